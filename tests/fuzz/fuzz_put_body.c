/* Bodies of records: an object that gets the id of its address is one object with that id, whatever the id is made of;
 * lines become one list. The first line of the input is the id. */
#include "app/api_body.h"
#include "app/api_put_body.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = fuzz_text(data, size);
  if (!g_utf8_validate(text, -1, NULL)) return 0; /* refused before it is read */
  char *line = strchr(text, '\n');
  const char *body = line ? line + 1 : "{}";
  if (line) *line = '\0';
  g_autofree char *lines = put_body_of_lines(body);
  g_assert(lines[0] == '[' && g_str_has_suffix(lines, "]"));
  g_autofree char *record = put_body_with_id(body, text);
  if (!record) return 0;
  g_assert(g_utf8_validate(record, -1, NULL) && record[0] == '{');
  g_autofree char *empty = put_body_with_id(" { } ", text);
  g_autoptr(ApiBody) alone = api_body_parse(empty, strlen(empty));
  const char *id = api_body_text(alone, "id");
  g_assert(id ? g_str_equal(id, text) : api_body_wrong(alone) || !*text);
  return 0;
}
