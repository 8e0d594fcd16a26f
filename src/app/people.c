/* The workspace of the commands about people, and their lists. */
#include "app/people.h"

#include "app/api_gate.h"
#include "app/failed.h"
#include "lib/guest.h"
#include "user/secret.h"

#include <string.h>

#define MAX_ROWS 1000000 /* no more than there may be users, tokens of theirs or entries of an answer */

gboolean app_people_open(const CliContext *context, AppPeople *people, GError **error) {
  AttainError failed = {0};
  people->workspace = lib_host_workspace(context->host, context->folder);
  people->is_own = people->workspace == NULL;
  if (people->is_own) people->workspace = attain_open(context->folder, &(AttainOptions){.now = context->now}, &failed);
  return people->workspace || app_fail(&failed, error) == 0;
}

gboolean app_people_open_clock(const CliContext *context, AppPeople *people, GError **error) {
  if (!app_people_open(context, people, error)) return FALSE;
  if (people->is_own || !context->now) return TRUE;
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_INPUT,
      "the server that has the workspace open goes by its own clock: leave --now out, or stop the server first");
  return FALSE;
}

void app_people_close(AppPeople *people) {
  if (people->is_own) attain_close(people->workspace);
}

/* --- lists --- */

/* "read, target" of a list, "–" of what is not there; the caller frees. */
static char *text_of(ApiBody *row, const PeopleColumn *column) {
  if (column->kind == PEOPLE_FLAG) return g_strdup(api_body_flag(row, column->member) ? "yes" : "no");
  if (column->kind == PEOPLE_NUMBER) return g_strdup_printf("%" G_GINT64_FORMAT, api_body_number(row, column->member));
  const char *const *texts = column->kind == PEOPLE_TEXTS ? api_body_texts(row, column->member) : NULL;
  if (texts && *texts) return g_strjoinv(", ", (char **)texts);
  const char *text = column->kind == PEOPLE_TEXT ? api_body_text(row, column->member) : NULL;
  return g_strdup(text ? text : "–");
}

/* "is_locked" heads its column as "Is locked". */
static char *head_of(const char *member) {
  char *head = g_strdelimit(g_strdup(member), "_", ' ');
  *head = g_ascii_toupper(*head);
  return head;
}

static void print_table(CliContext *context, const GPtrArray *rows, const char *list, const PeopleColumn *columns,
                        guint n_columns, gboolean markdown) {
  g_autofree char *title = head_of(list);
  g_autoptr(CliTable) table = cli_table_new(title);
  for (guint c = 0; c < n_columns; c++) {
    g_autofree char *head = head_of(columns[c].member);
    cli_table_add_column(table, head, CLI_LEFT);
  }
  for (guint r = 0; r < rows->len; r++) {
    cli_table_add_row(table);
    for (guint c = 0; c < n_columns; c++) {
      g_autofree char *text = text_of(g_ptr_array_index(rows, r), &columns[c]);
      cli_table_add_cell(table, text, CLI_STYLE_NONE);
    }
  }
  if (rows->len == 0) cli_table_add_note(table, "There is none yet.");
  cli_table_write(table, context, markdown);
}

int app_people_write(CliContext *context, const CliArguments *arguments, char *document, const char *list,
                     const PeopleColumn *columns, guint n_columns, AttainError *failed, GError **error) {
  const char *format = cli_option(arguments, "format");
  if (!document) return app_fail(failed, error);
  if (g_strcmp0(format, "json") == 0) {
    fputs(document, context->out);
  } else {
    g_autoptr(ApiBody) body = api_body_parse(document, strlen(document));
    print_table(context, api_body_objects(body, list, MAX_ROWS), list, columns, n_columns,
                g_strcmp0(format, "md") == 0);
  }
  attain_free(document);
  return 0;
}

int app_people_report(CliContext *context, const CliArguments *arguments, char *document, AppPeoplePrint print,
                      gboolean is_dry, AttainError *failed, GError **error) {
  if (!document) return app_fail(failed, error);
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    fputs(document, context->out);
  } else {
    g_autoptr(ApiBody) report = api_body_parse(document, strlen(document));
    print(context, report, is_dry);
  }
  attain_free(document);
  return 0;
}

int app_people_link(CliContext *context, const char *user, char *secret, AttainError *failed, GError **error) {
  if (!secret) return app_fail(failed, error);
  if (!*secret)
    fprintf(context->out, "%s signs in by the provider.\n", user);
  else
    fprintf(context->out, "%s chooses a password within three days at\n  " API_WELCOME "%s\nof the server's address.\n",
            user, secret);
  user_password_free(secret);
  return 0;
}
