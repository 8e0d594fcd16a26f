/* attain user: who may sign in, and as what. */
#include "app/commands.h"
#include "app/failed.h"
#include "app/people.h"

static const PeopleColumn columns[] = {
    {"user", PEOPLE_TEXT},    {"name", PEOPLE_TEXT},      {"person", PEOPLE_TEXT},       {"role", PEOPLE_TEXT},
    {"groups", PEOPLE_TEXTS}, {"is_locked", PEOPLE_FLAG}, {"signs_in_by", PEOPLE_TEXTS}, {"only_provider", PEOPLE_FLAG},
};

static int run_list(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  if (!app_people_open(context, &people, error)) return -1;
  return app_people_write(context, arguments, attain_users(people.workspace, &failed), "users", columns,
                          G_N_ELEMENTS(columns), &failed, error);
}

static AttainUser user_of(const CliArguments *arguments) {
  const char *const *groups = cli_option_all(arguments, "group");
  return (AttainUser){.user = cli_operand(arguments, 0),
                      .name = cli_option(arguments, "name"),
                      .person = cli_option(arguments, "person"),
                      .role = cli_option(arguments, "role"),
                      .groups = groups[0] ? groups : NULL,
                      .sign_in = cli_option(arguments, "sign-in")};
}

static int run_add(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  AttainUser user = user_of(arguments);
  if (!app_people_open(context, &people, error)) return -1;
  return app_people_link(context, user.user, attain_user_add(people.workspace, &user, &failed), &failed, error);
}

static int run_invite(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  const char *user = cli_operand(arguments, 0);
  if (!app_people_open(context, &people, error)) return -1;
  return app_people_link(context, user, attain_user_invite(people.workspace, user, &failed), &failed, error);
}

static int say(CliContext *context, bool ok, const char *user, const char *words, AttainError *failed, GError **error) {
  if (!ok) return app_fail(failed, error);
  fprintf(context->out, "%s %s.\n", user, words);
  return 0;
}

static int run_change(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  AttainUser user = user_of(arguments);
  if (!app_people_open(context, &people, error)) return -1;
  return say(context, attain_user_change(people.workspace, &user, &failed), user.user, "is changed", &failed, error);
}

static int lock(CliContext *context, const CliArguments *arguments, bool locked, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  const char *user = cli_operand(arguments, 0);
  if (!app_people_open(context, &people, error)) return -1;
  bool ok = attain_user_lock(people.workspace, user, locked, &failed);
  return say(context, ok, user, locked ? "is locked: their sessions and tokens have ended" : "is unlocked", &failed,
             error);
}

static int run_lock(CliContext *context, const CliArguments *arguments, GError **error) {
  return lock(context, arguments, true, error);
}

static int run_unlock(CliContext *context, const CliArguments *arguments, GError **error) {
  return lock(context, arguments, false, error);
}

static const CliOption list_options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

static const CliOption user_options[] = {
    {"role", 0, CLI_VALUE, "ROLE", "what they may and see",
     "rep|leader|manager|executive|finance|marketing|coach|administrator"},
    {"person", 0, CLI_VALUE, "PERSON", "who of the records they are: name, e-mail address or id; \"\": nobody", NULL},
    {"name", 0, CLI_VALUE, "NAME", "what others call them; without it the person's name", NULL},
    {"group", 0, CLI_VALUES, "GROUP", "a group of policy.yaml", NULL},
    {"sign-in", 0, CLI_VALUE, "WAY", "by a password or the provider of sign-in, or by the provider only",
     "any|provider"},
};

const CliCommand cmd_user = {
    .name = "user",
    .synopsis = "",
    .about = "list who may sign in, and as what",
    .details = "docs/security.md says what each role may and sees.",
    .examples = "attain user\tall",
    .options = list_options,
    .n_options = G_N_ELEMENTS(list_options),
    .run = run_list,
};

const CliCommand cmd_user_add = {
    .name = "user add",
    .synopsis = "USER",
    .about = "let somebody sign in: prints a one-time link with which they choose a password",
    .examples = "attain user add ana@example.com --role rep --person \"Ana Silva\"\ta rep with their own numbers",
    .options = user_options,
    .n_options = G_N_ELEMENTS(user_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_add,
};

const CliCommand cmd_user_change = {
    .name = "user change",
    .synopsis = "USER",
    .about = "change what somebody is; what is not given stays",
    .examples = "attain user change ana@example.com --role leader\tends her sessions, too",
    .options = user_options,
    .n_options = G_N_ELEMENTS(user_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_change,
};

const CliCommand cmd_user_lock = {
    .name = "user lock",
    .synopsis = "USER",
    .about = "keep somebody out; nothing of theirs is lost",
    .examples = "attain user lock ana@example.com\tends their sessions and tokens",
    .min_operands = 1,
    .max_operands = 1,
    .run = run_lock,
};

const CliCommand cmd_user_unlock = {
    .name = "user unlock",
    .synopsis = "USER",
    .about = "let somebody in again, with the password they had",
    .examples = "attain user unlock ana@example.com\tshe signs in anew",
    .min_operands = 1,
    .max_operands = 1,
    .run = run_unlock,
};

const CliCommand cmd_user_invite = {
    .name = "user invite",
    .synopsis = "USER",
    .about = "another one-time link, for who has lost theirs or the password",
    .examples = "attain user invite ana@example.com\tthe old password holds until it is used",
    .min_operands = 1,
    .max_operands = 1,
    .run = run_invite,
};
