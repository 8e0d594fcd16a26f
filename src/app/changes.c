/* What restated a number, printed. */
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

static int print(CliContext *context, const AnswerRequest *request, const AnswerChanges *changes, const char *format) {
  if (g_strcmp0(format, "json") == 0)
    answer_changes_json(changes, context->out);
  else if (g_strcmp0(format, "csv") == 0)
    answer_changes_csv(changes, context->out);
  else
    print_text(changes, g_strv_length(request->kpis), context, g_strcmp0(format, "md") == 0);
  return 0;
}

int changes_print(CliContext *context, const Session *session, const AnswerRequest *request, const char *since,
                  gsize limit, const char *format, GError **error) {
  g_autoptr(AnswerChanges) changes = answer_changes_ask(session, request, "--changed-since", since, limit, error);
  return changes ? print(context, request, changes, format) : -1;
}
