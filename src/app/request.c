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

gboolean request_number(const CliArguments *arguments, const char *name, guint otherwise, guint *number,
                        GError **error) {
  const char *text = cli_option(arguments, name);
  guint64 value = otherwise;
  if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, &value, NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--%s takes a whole number from 1, not '%s'", name, text);
    return FALSE;
  }
  *number = (guint)value;
  return TRUE;
}
