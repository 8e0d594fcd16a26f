/* Bodies of requests: whatever comes is read or told to be wrong, and what a question asks of it is never half read. */
#include "app/api_question.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  if (strlen(text) != size || !g_utf8_validate(text, -1, NULL)) return 0; /* refused before it is read */
  g_autoptr(ApiBody) body = api_body_parse(text, size);
  const GPtrArray *questions = api_body_objects(body, "questions", 50);
  for (guint i = 0; i < questions->len; i++) {
    ApiQuestion asked = {0};
    api_question_of_body(questions->pdata[i], &asked);
    for (const char *const *kpi = asked.question.kpis; kpi && *kpi; kpi++)
      if (!g_utf8_validate(*kpi, -1, NULL)) abort();
  }
  const char *wrong = api_body_wrong(body);
  if (wrong && !g_utf8_validate(wrong, -1, NULL)) abort();
  return 0;
}
