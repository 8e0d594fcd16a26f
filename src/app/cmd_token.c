/* attain token: how programs sign in. */
#include "app/commands.h"
#include "app/failed.h"
#include "app/people.h"
#include "user/role.h"
#include "user/secret.h"

static const PeopleColumn columns[] = {
    {"user", PEOPLE_TEXT},    {"name", PEOPLE_TEXT},    {"may", PEOPLE_TEXTS},
    {"made_at", PEOPLE_TEXT}, {"ends_at", PEOPLE_TEXT}, {"used_at", PEOPLE_TEXT},
};

static int run_list(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  if (!app_people_open(context, &people, error)) return -1;
  return app_people_write(context, arguments, attain_tokens(people.workspace, &failed), "tokens", columns,
                          G_N_ELEMENTS(columns), &failed, error);
}

static gboolean read_may(const CliArguments *arguments, guint *may, GError **error) {
  const char *const *all = cli_option_all(arguments, "may");
  *may = all[0] ? 0 : USER_MAY_READ;
  for (; *all; all++) {
    g_auto(GStrv) names = g_strsplit(*all, ",", -1);
    for (char **name = names; *name; name++) {
      if (user_may_parse(g_strstrip(*name), may)) continue;
      g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                  "--may: a token may read, target, alert, put, run, see_all and manage, not \"%s\"", *name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean read_days(const CliArguments *arguments, unsigned *days, GError **error) {
  const char *text = cli_option(arguments, "days");
  guint64 value = 0;
  if (text && !g_ascii_string_to_unsigned(text, 10, 1, 366, &value, NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--days: a token holds 1 to 366 days, not \"%s\"", text);
    return FALSE;
  }
  *days = (unsigned)value;
  return TRUE;
}

static int run_add(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  AttainToken token = {.user = cli_operand(arguments, 0), .name = cli_operand(arguments, 1)};
  guint may = 0;
  if (!read_may(arguments, &may, error) || !read_days(arguments, &token.days, error) ||
      !app_people_open(context, &people, error))
    return -1;
  token.may = may;
  char *secret = attain_token_add(people.workspace, &token, &failed);
  if (!secret) return app_fail(&failed, error);
  fprintf(context->out, "%s\n", secret);
  fputs("It is told only now. Programs send it as `Authorization: Bearer TOKEN`.\n", context->err);
  user_password_free(secret);
  return 0;
}

static int run_end(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  const char *user = cli_operand(arguments, 0), *name = cli_operand(arguments, 1);
  if (!app_people_open(context, &people, error)) return -1;
  if (!attain_token_end(people.workspace, user, name, &failed)) return app_fail(&failed, error);
  fprintf(context->out, "The token \"%s\" of %s has ended.\n", name, user);
  return 0;
}

static const CliOption list_options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

static const CliOption add_options[] = {
    {"may", 0, CLI_VALUES, "RIGHTS",
     "read (as without it), target, alert, put, run, see_all, manage: at most the user's", NULL},
    {"days", 0, CLI_VALUE, "N", "how long it holds (default: 90, at most 366)", NULL},
};

const CliCommand cmd_token = {
    .name = "token",
    .synopsis = "",
    .about = "list the tokens of programs, and when each was last used",
    .examples = "attain token\tof all users",
    .options = list_options,
    .n_options = G_N_ELEMENTS(list_options),
    .run = run_list,
};

const CliCommand cmd_token_add = {
    .name = "token add",
    .synopsis = "USER NAME",
    .about = "make a token for a program that asks as a user; prints its secret, once",
    .examples = "attain token add sync@example.com \"CRM sync\" --may put --days 366\tputs records",
    .options = add_options,
    .n_options = G_N_ELEMENTS(add_options),
    .min_operands = 2,
    .max_operands = 2,
    .run = run_add,
};

const CliCommand cmd_token_end = {
    .name = "token end",
    .synopsis = "USER NAME",
    .about = "end a token",
    .examples = "attain token end sync@example.com \"CRM sync\"\tfrom now on it is refused",
    .min_operands = 2,
    .max_operands = 2,
    .run = run_end,
};
