/* The formats of a column of dates: the ones that its values have first, for DuckDB tries them in their order.
 *
 * Values in ISO 8601 need none and are read without any. Months named in another language are read as if in English. */
#include "ingest/map.h"

#define FORMAT_ROWS 2000

static const char *const day_first[] = {"%d/%m/%y", "%d/%m/%Y", "%d.%m.%y", "%d.%m.%Y", "%d-%m-%y", "%d-%m-%Y"};
static const char *const month_first[] = {"%m/%d/%y", "%m/%d/%Y", "%m.%d.%y", "%m.%d.%Y", "%m-%d-%y", "%m-%d-%Y"};
static const char *const year_first[] = {"%Y%m%d", "%Y.%m.%d", "%Y/%m/%d"};
static const char *const in_words[] = {"%d %b %y",    "%d %b %Y", "%d %B %Y",  "%b %d %Y",  "%B %d %Y",
                                       "%d-%b-%y",    "%d-%b-%Y", "%d. %B %Y", "%d. %b %y", "%d. %b %Y",
                                       "%a %b %d %Y", "%d/%b/%y", "%d/%b/%Y"};
static const char *const times[] = {"",         " %H:%M",   " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f",
                                    " %I:%M%p", "T%H:%M:%S"};

typedef struct {
  char *format;
  gint64 n;
} Format;

static void clear_format(gpointer data) {
  g_free(((Format *)data)->format);
}

static void add_formats(GArray *formats, const char *const *dates, gsize n) {
  for (gsize d = 0; d < n; d++) {
    for (gsize t = 0; t < G_N_ELEMENTS(times); t++) {
      Format format = {.format = g_strconcat(dates[d], times[t], NULL)};
      g_array_append_val(formats, format);
    }
  }
}

static int compare_formats(gconstpointer a, gconstpointer b) {
  gint64 difference = ((const Format *)b)->n - ((const Format *)a)->n;
  return difference > 0 ? 1 : difference < 0 ? -1 : 0;
}

/* The formats that the sample's values have, the commonest first; then all others, so that a later value is still read.
 * Those of two digits' years go before all: beside 2026, %Y would take 26 for the year 26. */
static gboolean order_formats(Load *load, const MapPart *part, guint index, GArray *formats, GError **error) {
  g_autoptr(GString) sql = g_string_new("SELECT ");
  for (guint i = 0; i < formats->len; i++) {
    g_autofree char *quoted = store_quote_text(g_array_index(formats, Format, i).format);
    g_string_append_printf(sql, "%scount(try_strptime(v, %s))", i ? ", " : "", quoted);
  }
  g_autofree char *sample = map_sample_select(part);
  const MapColumn *column = &g_array_index(part->columns, MapColumn, index);
  g_autofree char *text = column->has_names ? g_strdup_printf("coalesce(attain_in_english(r%u), r%u)", index, index)
                                            : g_strdup_printf("r%u", index);
  g_string_append_printf(sql,
                         " FROM (SELECT DISTINCT replace(%s, ', ', ' ') AS v FROM "
                         "(%s) WHERE attain_iso(r%u) IS NULL LIMIT %d)",
                         text, sample, index, FORMAT_ROWS);
  g_autoptr(StoreRows) rows = load_query(load, error, "%s", sql->str);
  if (!rows) return FALSE;
  for (guint i = 0; i < formats->len; i++) {
    Format *format = &g_array_index(formats, Format, i);
    format->n = store_rows_value(rows, 0, i).integer;
    if (format->n > 0 && strstr(format->format, "%y")) format->n += FORMAT_ROWS;
  }
  g_array_sort(formats, compare_formats);
  return TRUE;
}

/* Reading names of months costs, so it is done in columns that have some. */
static gboolean find_names(Load *load, const MapPart *part, guint index, MapColumn *column, GError **error) {
  g_autofree char *sample = map_sample_select(part);
  gint64 n = 0;
  if (!load_count(load, &n, error,
                  "SELECT count(attain_in_english(v)) FROM (SELECT DISTINCT r%u AS v FROM (%s) WHERE "
                  "attain_iso(r%u) IS NULL AND regexp_matches(r%u, '\\p{L}{3}') LIMIT %d)",
                  index, sample, index, index, FORMAT_ROWS))
    return FALSE;
  column->has_names = n > 0;
  return TRUE;
}

static char *format_list(const GArray *formats) {
  GString *list = g_string_new("[");
  for (guint i = 0; i < formats->len; i++) {
    g_autofree char *quoted = store_quote_text(g_array_index(formats, Format, i).format);
    g_string_append_printf(list, "%s%s", i ? ", " : "", quoted);
  }
  g_string_append_c(list, ']');
  return g_string_free(list, FALSE);
}

gboolean map_formats(Load *load, const MapPart *part, guint index, gboolean is_month_first, GError **error) {
  MapColumn *column = &g_array_index(part->columns, MapColumn, index);
  const char *given = map_format(load, column);
  g_autoptr(GArray) formats = g_array_new(FALSE, FALSE, sizeof(Format));
  g_array_set_clear_func(formats, clear_format);
  if (column->stats.of[MAP_N_FOREIGN] > 0 && !find_names(load, part, index, column, error)) return FALSE;
  if (given && strchr(given, '%')) {
    Format format = {.format = g_strdup(given)};
    g_array_append_val(formats, format);
  } else {
    const char *const *numeric = is_month_first ? month_first : day_first;
    add_formats(formats, numeric, G_N_ELEMENTS(day_first));
    add_formats(formats, year_first, G_N_ELEMENTS(year_first));
    add_formats(formats, in_words, G_N_ELEMENTS(in_words));
    if (column->stats.of[MAP_N_FOREIGN] > 0 && !order_formats(load, part, index, formats, error)) return FALSE;
  }
  column->formats = format_list(formats);
  return TRUE;
}
