/* The dialect of any bytes: found, or said to be empty; its header lies within the text. */
#include "fuzz.h"
#include "ingest/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = size ? (const char *)data : "";
  g_autoptr(GError) error = NULL;
  ReadDialect dialect = {0};
  read_dialect_is_wrapped(text, size);
  if (read_dialect_find(text, size, size % 2 == 0, NULL, &dialect, &error)) {
    g_assert(dialect.n_headers > 0 && g_strv_length(dialect.headers) == dialect.n_headers);
    g_assert(dialect.skip <= size + 1);
    g_auto(GStrv) unique = read_unique_headers(dialect.headers, dialect.n_headers, NULL);
    g_assert(g_strv_length(unique) == dialect.n_headers);
    read_dialect_clear(&dialect);
  } else {
    g_assert(error && *error->message);
  }
  guint n_lines = 0;
  const char *end = text + size;
  for (const char *at = text; at < end;) {
    const char *next = read_record_end(at, end, '"', ',', &n_lines);
    g_assert(next > at && next <= end);
    at = next;
  }
  return 0;
}
