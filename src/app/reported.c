/* Reported beside now, printed. */
#include "app/reported.h"

#include "answer/reported.h"

int reported_print(CliContext *context, const Session *session, const AnswerRequest *request, guint revision,
                   gboolean strict, const char *format, GError **error) {
  g_auto(AnswerReported) reported = {0};
  if (!answer_reported_ask(session, request, revision, strict, TRUE, &reported, error)) return -1;
  if (g_strcmp0(format, "json") == 0) {
    answer_reported_json(&reported, context->out);
    return 0;
  }
  if (g_strcmp0(format, "csv") == 0) {
    answer_reported_csv(&reported, context->out);
    return 0;
  }
  g_autoptr(CliTable) table = answer_reported_table(&reported);
  if (table) {
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
    return 0;
  }
  g_autofree char *heading = answer_reported_heading(&reported);
  fprintf(context->out, "%s\nEvery number stands as it was reported.\n", heading);
  return 0;
}
