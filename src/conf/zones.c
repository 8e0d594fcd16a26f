/* Time zone names against the machine's own list (zone1970.tab), so that "Paris" or "Europe/Pariss" can be answered
 * with "Europe/Paris". Where that list is missing the names are still checked, only without a suggestion. */
#include "conf/zones.h"

static const char *zone_folder(void) {
  const char *folder = g_getenv("TZDIR");
  return folder ? folder : "/usr/share/zoneinfo";
}

/* Whether there is such a file, without reading its rules: the calendar does. */
static gboolean has_file(const char *zone) {
  g_autofree char *path = g_build_filename(zone_folder(), zone, NULL);
  char mark[4];
  FILE *file = fopen(path, "rbe");
  if (!file) return FALSE;
  gboolean found = fread(mark, sizeof mark, 1, file) == 1 && memcmp(mark, "TZif", sizeof mark) == 0;
  fclose(file);
  return found;
}

static gboolean is_known(const char *zone) {
  if (strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") != strlen(zone)) return FALSE;
  if (*zone == '/' || *zone == 0 || !g_ascii_isalpha(*zone)) return FALSE;
  if (has_file(zone)) return TRUE;
  g_autoptr(GTimeZone) known = g_time_zone_new_identifier(zone);
  return known != NULL;
}

/* Names in the third column of zone1970.tab. */
static char **known_zones(void) {
  g_autofree char *path = g_build_filename(zone_folder(), "zone1970.tab", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GStrvBuilder) zones = g_strv_builder_new();
  if (g_file_get_contents(path, &text, NULL, NULL)) {
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
      g_auto(GStrv) columns = g_strsplit(lines[i], "\t", -1);
      if (*lines[i] != '#' && g_strv_length(columns) >= 3) g_strv_builder_add(zones, columns[2]);
    }
  }
  return g_strv_builder_end(zones);
}

/* The zone nearest to `zone`, by its whole name or by its city. */
static char *nearest_zone(const char *zone) {
  g_auto(GStrv) zones = known_zones();
  guint n = g_strv_length(zones);
  const char *nearest = base_nearest(zone, (const char *const *)zones, n);
  if (nearest) return g_strdup(nearest);
  g_autofree const char **cities = g_new0(const char *, n + 1);
  for (guint i = 0; i < n; i++) {
    const char *slash = strrchr(zones[i], '/');
    cities[i] = slash ? slash + 1 : zones[i];
  }
  const char *slash = strrchr(zone, '/');
  const char *city = base_nearest(slash ? slash + 1 : zone, cities, n);
  for (guint i = 0; city && i < n; i++)
    if (cities[i] == city) return g_strdup(zones[i]);
  return NULL;
}

gboolean conf_check_zone(const ConfNode *node, const char *zone, GError **error) {
  if (is_known(zone)) return TRUE;
  g_autofree char *nearest = nearest_zone(zone);
  if (nearest)
    base_error_at(error, BASE_ERROR_INPUT, node->span, "unknown time zone \"%s\": did you mean \"%s\"?", zone, nearest);
  else
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "unknown time zone \"%s\": write a region and city, such as Europe/Paris, America/New_York or UTC",
                  zone);
  return FALSE;
}
