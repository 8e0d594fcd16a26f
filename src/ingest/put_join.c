/* Several puts as one: what has to be known of each before, and their records one behind the other. Which puts may be
 * joined is for the caller: the same table, source and columns, and no id twice. */
#include "ingest/put.h"
#include "ingest/writer_private.h"

#include <string.h>

#define BETWEEN "\x1f" /* names of columns hold no control characters: JSON texts with them are not read */

void ingest_peek_clear(IngestPeek *peek) {
  g_clear_pointer(&peek->columns, g_free);
  g_clear_pointer(&peek->ids, g_strfreev);
}

static gboolean take_ids(const WriterRecords *records, guint id_at, char **ids) {
  for (guint r = 0; r < records->n_rows; r++) {
    const WriterCell *cell = &g_array_index(records->cells, WriterCell, r * records->columns->len + id_at);
    if ((cell->kind != WRITER_TEXT && cell->kind != WRITER_NUMBER) || !*cell->text) return FALSE;
    ids[r] = g_strdup(cell->text);
  }
  return TRUE;
}

gboolean ingest_put_peek(const char *json, guint max_records, IngestPeek *peek) {
  g_auto(WriterRecords) records = {0};
  g_auto(IngestPeek) seen = {0};
  if (strlen(json) > INGEST_PUT_MAX_BYTES || !writer_json_read(json, max_records, &records)) return FALSE;
  const GPtrArray *names = records.columns;
  guint id_at = 0;
  while (id_at < names->len && !g_str_equal(names->pdata[id_at], "id")) id_at++;
  if (id_at == names->len) return FALSE;
  seen.n_records = records.n_rows;
  seen.ids = g_new0(char *, records.n_rows + 1);
  if (!take_ids(&records, id_at, seen.ids)) return FALSE;
  g_autoptr(GString) columns = g_string_new(NULL);
  for (guint c = 0; c < names->len; c++) g_string_append_printf(columns, "%s" BETWEEN, (char *)names->pdata[c]);
  seen.columns = g_string_free(g_steal_pointer(&columns), FALSE);
  *peek = seen;
  seen = (IngestPeek){0};
  return TRUE;
}

/* What stands between the brackets of an array, or an object as it is. */
static void append_records(GString *joined, const char *json) {
  const char *from = json + strspn(json, " \t\r\n");
  const char *end = from + strlen(from);
  if (*from == '[') {
    from++;
    while (end > from && *end != ']') end--;
  }
  if (joined->len > 1) g_string_append_c(joined, ',');
  g_string_append_len(joined, from, end - from);
}

char *ingest_put_join(const char *const *calls) {
  GString *joined = g_string_new("[");
  for (; *calls; calls++) append_records(joined, *calls);
  g_string_append_c(joined, ']');
  return g_string_free(joined, FALSE);
}
