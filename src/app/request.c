/* From options to a question. */
#include "app/request.h"

gboolean request_read(const Session *session, const CliArguments *arguments, AnswerRequest *request, GError **error) {
  g_autoptr(GPtrArray) kpis = g_ptr_array_new();
  for (guint i = 0; i < cli_n_operands(arguments); i++) g_ptr_array_add(kpis, (gpointer)cli_operand(arguments, i));
  g_ptr_array_add(kpis, NULL);
  AnswerQuestion question = {.kpis = (const char *const *)kpis->pdata,
                             .by = cli_option_all(arguments, "by"),
                             .where = cli_option_all(arguments, "where"),
                             .period = cli_option(arguments, "period"),
                             .grain = cli_option(arguments, "grain"),
                             .compare = cli_option(arguments, "compare"),
                             .rates_of = cli_option(arguments, "rates-of"),
                             .credit_now = g_strcmp0(cli_option(arguments, "credit"), "now") == 0,
                             .is_command = TRUE};
  return answer_request_read(session, &question, request, error);
}
