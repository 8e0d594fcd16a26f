/* The organisation's time zone as a table of UTC offsets.
 *
 * GLib knows the zone's rules, but asks for a lock and a search through its own structures for every instant; loading a
 * million rows needs an answer in nanoseconds. The offsets to the end of the year 2100 are therefore read once into two
 * arrays:
 *
 *   starts_us    -inf        1883-11-18    1918-03-31   …   2100-11-07
 *   offsets_us   -4:56:02    -5:00         -4:00        …   -5:00
 *
 * GLib has no call that lists the changes, but numbers the intervals between them in order of time; where two instants
 * have the same number nothing changes between them, so halving the time between finds each change to the second. */
#include "calendar/private.h"

#define ZONE_FIRST_S (G_GINT64_CONSTANT(-62135596800)) /* 0001-01-01 UTC */
#define ZONE_LAST_S  (G_GINT64_CONSTANT(4133980800))   /* 2101-01-01 UTC */
#define ZONE_FOLDER  "/usr/share/zoneinfo"

static const char *zone_folder(void) {
  const char *folder = g_getenv("TZDIR");
  return folder != NULL ? folder : ZONE_FOLDER;
}

/* The name most like `name` in the table of zones that comes with the operating system's time zone data. */
static char *nearest_zone(const char *name) {
  g_autofree char *path = g_build_filename(zone_folder(), "zone.tab", NULL);
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL)) return NULL;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_auto(GStrv) fields = g_strsplit(*line, "\t", 4);
    if (**line != '#' && g_strv_length(fields) >= 3) g_ptr_array_add(names, g_strdup(fields[2]));
  }
  g_autofree char *joined = g_strdelimit(g_strdup(name), " ", '_');
  return g_strdup(base_nearest(joined, (const char *const *)names->pdata, names->len));
}

static GTimeZone *unknown_zone(const char *name, GError **error) {
  g_autofree char *nearest = nearest_zone(name);
  if (nearest != NULL)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "there is no time zone '%s'; did you mean %s?", name, nearest);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "there is no time zone '%s'; write a name such as Europe/Berlin, America/New_York or UTC", name);
  return NULL;
}

/* A name is checked before GLib sees it: a path out of the folder, or another file in it, must not be read as a zone.
 */
static GTimeZone *open_zone(const char *name, GError **error) {
  gsize length = strlen(name);
  if (length == 0 || length > 64 || !g_ascii_isalpha(name[0]) ||
      strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") != length)
    return unknown_zone(name, error);
  if (strcmp(name, "UTC") == 0) return g_time_zone_new_utc();
  g_autofree char *path = g_build_filename(zone_folder(), name, NULL);
  g_autofree char *data = NULL;
  gsize size;
  if (!g_file_get_contents(path, &data, &size, NULL) || size < 44 || memcmp(data, "TZif", 4) != 0)
    return unknown_zone(name, error);
  GTimeZone *zone = g_time_zone_new_identifier(name);
  return zone != NULL ? zone : unknown_zone(name, error);
}

typedef struct {
  GTimeZone *zone;
  GArray *starts_us;
  GArray *offsets_us;
} Reading;

static int interval_at(const Reading *reading, gint64 second) {
  return g_time_zone_find_interval(reading->zone, G_TIME_TYPE_UNIVERSAL, second);
}

static void add_offset(Reading *reading, gint64 start_us, int interval) {
  gint64 offset_us = (gint64)g_time_zone_get_offset(reading->zone, interval) * 1000000;
  guint n = reading->offsets_us->len;
  if (n > 0 && g_array_index(reading->offsets_us, gint64, n - 1) == offset_us) return;
  g_array_append_val(reading->starts_us, start_us);
  g_array_append_val(reading->offsets_us, offset_us);
}

/* Adds the changes in (low, high], in order. The depth is at most log2 of the seconds between. */
static void add_changes(Reading *reading, gint64 low, int low_interval, gint64 high, int high_interval) {
  if (low_interval == high_interval) return;
  if (high - low == 1) {
    add_offset(reading, high * 1000000, high_interval);
    return;
  }
  gint64 middle = low + (high - low) / 2;
  int middle_interval = interval_at(reading, middle);
  add_changes(reading, low, low_interval, middle, middle_interval);
  add_changes(reading, middle, middle_interval, high, high_interval);
}

gboolean calendar_zone_init(CalendarZone *zone, const char *name, GError **error) {
  g_autoptr(GTimeZone) source = open_zone(name != NULL ? name : "UTC", error);
  if (source == NULL) return FALSE;
  Reading reading = {.zone = source,
                     .starts_us = g_array_new(FALSE, FALSE, sizeof(gint64)),
                     .offsets_us = g_array_new(FALSE, FALSE, sizeof(gint64))};
  int first = interval_at(&reading, ZONE_FIRST_S), last = interval_at(&reading, ZONE_LAST_S);
  add_offset(&reading, G_MININT64, first);
  add_changes(&reading, ZONE_FIRST_S, first, ZONE_LAST_S, last);
  zone->n = reading.starts_us->len;
  zone->starts_us = (gint64 *)(void *)g_array_free(reading.starts_us, FALSE);
  zone->offsets_us = (gint64 *)(void *)g_array_free(reading.offsets_us, FALSE);
  return TRUE;
}

void calendar_zone_clear(CalendarZone *zone) {
  g_free(zone->starts_us);
  g_free(zone->offsets_us);
}

/* The last entry that starts at or before the instant. The loop's length depends on n alone, and its one choice
 * compiles to a conditional move: no branch to predict. */
gsize calendar_zone_entry(const CalendarZone *zone, gint64 utc_us) {
  const gint64 *base = zone->starts_us;
  for (gsize n = zone->n; n > 1; n -= n / 2) base += base[n / 2] <= utc_us ? n / 2 : 0;
  return (gsize)(base - zone->starts_us);
}

#define CIVIL_FIRST_US ((gint64)BASE_DAY_MIN * CALENDAR_DAY_US)
#define CIVIL_END_US   (((gint64)BASE_DAY_MAX + 1) * CALENDAR_DAY_US)

BaseDay calendar_day_of(const Calendar *calendar, gint64 utc_us) {
  utc_us = CLAMP(utc_us, CIVIL_FIRST_US - CALENDAR_DAY_US, CIVIL_END_US + CALENDAR_DAY_US);
  gint64 local_us = utc_us + calendar->zone.offsets_us[calendar_zone_entry(&calendar->zone, utc_us)];
  return (BaseDay)calendar_floor_div(CLAMP(local_us, CIVIL_FIRST_US, CIVIL_END_US - 1), CALENDAR_DAY_US);
}

/* Offsets lie within 26 hours of UTC: the entry in force two days earlier is early enough to start from. */
gint64 calendar_zone_first_instant(const CalendarZone *zone, gint64 local_us) {
  gsize i = calendar_zone_entry(zone, local_us - 2 * CALENDAR_DAY_US);
  while (i + 1 < zone->n && zone->starts_us[i + 1] + zone->offsets_us[i] <= local_us) i++;
  return MAX(zone->starts_us[i], local_us - zone->offsets_us[i]);
}

gint64 calendar_start_of_day(const Calendar *calendar, BaseDay day) {
  return calendar_zone_first_instant(&calendar->zone, (gint64)day * CALENDAR_DAY_US);
}
