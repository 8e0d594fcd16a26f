/* Decimals from any text: no crash, and what is read is read again from its own writing. */
#include "base/decimal.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const BaseDecimalFormat formats[] = {
      {'.', ',', 2}, {',', '.', 3}, {'.', 0, 0}, {',', ' ', 18}, {'.', '\'', 4}};
  g_autofree char *text = fuzz_text(data, size);
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
    BaseDecimal decimal, again;
    if (base_decimal_parse(text, &formats[i], &decimal) != BASE_DECIMAL_OK) continue;
    g_assert(decimal.value > G_MININT64);
    g_autofree char *written = base_decimal_to_string(decimal.value, formats[i].digits);
    const BaseDecimalFormat plain = {'.', 0, formats[i].digits};
    g_assert(base_decimal_parse(written, &plain, &again) == BASE_DECIMAL_OK);
    g_assert(again.value == decimal.value && !again.rounded && !again.percent && again.currency[0] == '\0');
  }
  return 0;
}
