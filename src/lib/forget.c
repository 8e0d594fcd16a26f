/* Bounds of what is kept of systems' words. Rows are written anew whenever something is told of them, so the first of a
 * table are those of which nothing was told for longest. What is forgotten of a record are the times of its values:
 * later words of it count as new. */
#include "lib/take.h"

#define EVENTS_US   (4 * G_TIME_SPAN_DAY)  /* systems try again for three days at most */
#define DELETION_US (31 * G_TIME_SPAN_DAY) /* and tell late for as long */

static gboolean forget_first(Store *store, const char *table, gint64 max, GError **error) {
  g_autofree char *count = g_strdup_printf("SELECT count(*) FROM %s", table);
  g_autoptr(StoreRows) rows = store_query(store, count, NULL, 0, 0, error);
  if (!rows) return FALSE;
  gint64 n = store_rows_value(rows, 0, 0).integer;
  if (n <= max) return TRUE;
  g_autofree char *sql =
      g_strdup_printf("DELETE FROM %s WHERE rowid IN (SELECT rowid FROM %s ORDER BY rowid LIMIT ?)", table, table);
  const StoreValue gone = {.type = STORE_INT, .integer = n - max + max / 10}; /* so that it is not done each time */
  return store_run(store, sql, &gone, 1, NULL, error);
}

gboolean lib_forget_told(Store *store, gint64 now_us, gint64 max, GError **error) {
  const StoreValue events = {.type = STORE_INSTANT, .integer = now_us - EVENTS_US};
  const StoreValue deletions = {.type = STORE_INSTANT, .integer = now_us - DELETION_US};
  return store_run(store, "DELETE FROM attain_told_event WHERE told_at <= ?", &events, 1, NULL, error) &&
         store_run(store, "DELETE FROM attain_told_record WHERE removed_at <= ?", &deletions, 1, NULL, error) &&
         forget_first(store, "attain_told_event", max, error) && forget_first(store, "attain_told_record", max, error);
}
