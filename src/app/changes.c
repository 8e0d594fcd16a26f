/* What restated a number, printed. Two readers of one file in one process would share its lock, so the present is read
 * and closed before the past is opened. */
#include "app/changes.h"

#include "answer/changes.h"

static void print_text(const AnswerChanges *changes, guint n_kpis, const CliContext *context, gboolean markdown) {
  for (guint k = 0; k < n_kpis; k++) {
    g_autofree char *heading = answer_changes_heading(changes, k);
    g_autoptr(GPtrArray) tables = answer_changes_tables(changes, k);
    fprintf(context->out, "%s%s\n", k > 0 ? "\n" : "", heading);
    for (guint t = 0; t < tables->len; t++) {
      fputc('\n', context->out);
      cli_table_write(g_ptr_array_index(tables, t), context, markdown);
    }
    if (tables->len == 0) fputs("No record behind it counts otherwise.\n", context->out);
  }
}

int changes_print(CliContext *context, Session *session, const AnswerRequest *request, const char *since, gsize limit,
                  const char *format, GError **error) {
  g_autoptr(AnswerChanges) changes = answer_changes_new(session, request, limit, error);
  if (changes == NULL) return -1;
  g_clear_pointer(&session->store, store_close);
  g_autoptr(Session) past =
      session_open_as_of(session->folder, context->now, since, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  if (past == NULL || !answer_changes_since(changes, past, error)) return -1;
  if (g_strcmp0(format, "json") == 0)
    answer_changes_json(changes, context->out);
  else if (g_strcmp0(format, "csv") == 0)
    answer_changes_csv(changes, context->out);
  else
    print_text(changes, g_strv_length(request->kpis), context, g_strcmp0(format, "md") == 0);
  return 0;
}
