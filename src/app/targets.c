/* What the commands about targets have in common. */
#include "app/targets.h"

char *targets_author(const CliArguments *arguments) {
  const char *name = cli_option(arguments, "as"), *real = g_get_real_name();
  if (name) return g_strdup(name);
  return g_strdup(real && *real && !g_str_equal(real, "Unknown") ? real : g_get_user_name());
}

gboolean targets_number(const CliArguments *arguments, guint operand, gint64 *number, GError **error) {
  const char *text = cli_operand(arguments, operand);
  guint64 value;
  if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, &value, NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "\"%s\" is not the number of a target: `attain target` lists them with their numbers", text);
    return FALSE;
  }
  *number = (gint64)value;
  return TRUE;
}

AnswerSaying targets_saying(const CliArguments *arguments, const char *sentence, const char *author) {
  return (AnswerSaying){.sentence = sentence,
                        .who = cli_option(arguments, "for"),
                        .objective = cli_option(arguments, "objective"),
                        .spread = cli_option(arguments, "spread"),
                        .parts = cli_option(arguments, "parts"),
                        .from = cli_option(arguments, "from"),
                        .author = author,
                        .reason = cli_option(arguments, "reason")};
}
