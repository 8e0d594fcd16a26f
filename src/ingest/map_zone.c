/* Time zones as SQL.
 *
 * DuckDB's own conversion costs some hundred nanoseconds a value. A zone has about two transitions a year, so its
 * offset is written as a balanced tree of CASEs over the years that records come from: a few comparisons a value.
 *
 * Local times: in the hour that spring skips, the offset before it holds (02:30 becomes 03:30); of the hour that autumn
 * repeats, the first is meant. Both follow from comparing with the transition plus the larger of its two offsets. */
#include "ingest/map.h"

#define FIRST_SECOND ((gint64)-631152000) /* 1950 */
#define LAST_SECOND  ((gint64)2524608000) /* 2050 */
#define STEP_SECONDS ((gint64)7 * 86400)  /* no zone changes twice in a week */

typedef struct {
  gint64 at;     /* first second with the offset, UTC */
  gint64 offset; /* seconds */
} Transition;

static gint64 offset_at(GTimeZone *zone, gint64 second) {
  return g_time_zone_get_offset(zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, second));
}

static GArray *find_transitions(GTimeZone *zone) {
  GArray *found = g_array_new(FALSE, FALSE, sizeof(Transition));
  Transition first = {.at = G_MININT64, .offset = offset_at(zone, FIRST_SECOND)};
  g_array_append_val(found, first);
  gint64 offset = first.offset;
  for (gint64 at = FIRST_SECOND; at < LAST_SECOND; at += STEP_SECONDS) {
    gint64 next = offset_at(zone, at + STEP_SECONDS);
    if (next == offset) continue;
    gint64 low = at, high = at + STEP_SECONDS; /* offset before `low` inclusive, next at `high` */
    while (high - low > 1) {
      gint64 middle = low + (high - low) / 2;
      if (offset_at(zone, middle) == next) {
        high = middle;
      } else {
        low = middle;
      }
    }
    Transition transition = {.at = high, .offset = next};
    g_array_append_val(found, transition);
    offset = next;
  }
  return found;
}

static void append_tree(GString *sql, const GArray *all, guint first, guint last, const char *us, gboolean is_local) {
  if (first == last) {
    g_string_append_printf(sql, "%" G_GINT64_FORMAT, g_array_index(all, Transition, first).offset * G_USEC_PER_SEC);
    return;
  }
  guint middle = (first + last + 1) / 2;
  const Transition *at = &g_array_index(all, Transition, middle), *before = &g_array_index(all, Transition, middle - 1);
  gint64 boundary = at->at + (is_local ? MAX(at->offset, before->offset) : 0);
  g_string_append_printf(sql, "CASE WHEN %s < %" G_GINT64_FORMAT " THEN ", us, boundary * G_USEC_PER_SEC);
  append_tree(sql, all, first, middle - 1, us, is_local);
  g_string_append(sql, " ELSE ");
  append_tree(sql, all, middle, last, us, is_local);
  g_string_append(sql, " END");
}

char *map_zone_offset_sql(const char *zone, const char *us, gboolean is_local) {
  g_autoptr(GTimeZone) found = g_time_zone_new_identifier(zone ? zone : "UTC");
  if (!found) found = g_time_zone_new_utc();
  g_autoptr(GArray) transitions = find_transitions(found);
  GString *sql = g_string_new("(");
  append_tree(sql, transitions, 0, transitions->len - 1, us, is_local);
  g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}
