/* Decisions over a whole column: day first or month first, decimal comma or point, percent or fraction.
 *
 * One value seldom tells (is 03/04/2024 in March?), the column nearly always does. Tables of up to WHOLE_ROWS rows are
 * looked at whole; of larger ones the beginning decides where it is certain, and the whole column is asked where it is
 * not. What stays open is decided by the other columns of the file, then by the organisation's country as its currency
 * tells it, and noted. */
#include "ingest/map.h"

#define WHOLE_ROWS  100000 /* looked at whole */
#define SAMPLE_ROWS 20000
#define FORMAT_ROWS 2000

static const char *const day_first[] = {"%d/%m/%y", "%d/%m/%Y", "%d.%m.%y", "%d.%m.%Y", "%d-%m-%y", "%d-%m-%Y"};
static const char *const month_first[] = {"%m/%d/%y", "%m/%d/%Y", "%m.%d.%y", "%m.%d.%Y", "%m-%d-%y", "%m-%d-%Y"};
static const char *const year_first[] = {"%Y%m%d", "%Y.%m.%d", "%Y/%m/%d"};
static const char *const in_words[] = {"%d %b %Y", "%d %B %Y",  "%b %d %Y",  "%B %d %Y",    "%d-%b-%Y",
                                       "%d-%b-%y", "%d. %B %Y", "%d. %b %Y", "%a %b %d %Y", "%d/%b/%Y"};
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
 */
static gboolean order_formats(Load *load, guint index, GArray *formats, GError **error) {
  g_autoptr(GString) sql = g_string_new("SELECT ");
  for (guint i = 0; i < formats->len; i++) {
    g_autofree char *quoted = store_quote_text(g_array_index(formats, Format, i).format);
    g_string_append_printf(sql, "%scount(try_strptime(v, %s))", i ? ", " : "", quoted);
  }
  g_string_append_printf(
      sql,
      " FROM (SELECT DISTINCT replace(r%u, ', ', ' ') AS v FROM attain_sample WHERE attain_iso(r%u) IS NULL LIMIT %d)",
      index, index, FORMAT_ROWS);
  g_autoptr(StoreRows) rows = load_query(load, error, "%s", sql->str);
  if (!rows) return FALSE;
  for (guint i = 0; i < formats->len; i++) g_array_index(formats, Format, i).n = store_rows_value(rows, 0, i).integer;
  g_array_sort(formats, compare_formats);
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

/* --- dates --- */

typedef enum { ORDER_OPEN, ORDER_DAY, ORDER_MONTH, ORDER_NONE } Order;

/* Which of day-first and month-first the numeric dates allow: a first number above 12 is a day. */
static gboolean find_order(Load *load, guint index, const char *relation, Order *order, GError **error) {
  g_autoptr(StoreRows) rows = load_query(load, error,
                                         "SELECT count(*), count(*) FILTER (a > 12 AND b <= 12), count(*) FILTER (b > "
                                         "12 AND a <= 12) FROM (SELECT TRY_CAST(p.a AS INTEGER) AS a, "
                                         "TRY_CAST(p.b AS INTEGER) AS b FROM (SELECT regexp_extract(r%u, "
                                         "'^(\\d{1,2})[-/.](\\d{1,2})[-/.]\\d{2,4}', ['a', 'b']) AS p FROM %s "
                                         "WHERE r%u IS NOT NULL)) WHERE a IS NOT NULL",
                                         index, relation, index);
  if (!rows) return FALSE;
  gint64 n = store_rows_value(rows, 0, 0).integer, n_day = store_rows_value(rows, 0, 1).integer,
         n_month = store_rows_value(rows, 0, 2).integer;
  *order = n == 0 ? ORDER_NONE : n_day > n_month ? ORDER_DAY : n_month > 0 ? ORDER_MONTH : ORDER_OPEN;
  return TRUE;
}

/* All midnight: an export that writes dates as times. One time of day in the whole column makes them times. */
static gboolean find_all_days(Load *load, MapColumn *column, guint index, const char *relation, GError **error) {
  gint64 n_times = 0, n_midnight = 0;
  g_autoptr(StoreRows) rows =
      load_query(load, error,
                 "SELECT count(*) FILTER (NOT is_midnight), count(*) FILTER (is_midnight) FROM (SELECT "
                 "regexp_matches(r%u, '[ T]0?0:00(:00(\\.0+)?)?$') AS is_midnight FROM %s WHERE contains(r%u, ':'))",
                 index, relation, index);
  if (!rows) return FALSE;
  n_times = store_rows_value(rows, 0, 0).integer;
  n_midnight = store_rows_value(rows, 0, 1).integer;
  column->is_all_days = n_times == 0 && n_midnight > 0;
  return TRUE;
}

static gboolean find_epoch(Load *load, MapColumn *column, guint index, GError **error) {
  gint64 n = 0;
  if (!load_count(load, &n, error,
                  "SELECT count(*) FROM attain_sample WHERE regexp_matches(r%u, "
                  "'^(\\d{5}(\\.\\d+)?|\\d{9,10}(\\.\\d+)?|\\d{12,13}|\\d{16})$')",
                  index)) {
    return FALSE;
  }
  column->is_epoch = n > 0;
  return TRUE;
}

static const char *format_of(const Load *load, const MapColumn *column) {
  return column->column->format ? column->column->format : load->source->date_format;
}

static gboolean settle_formats(Load *load, MapColumn *column, guint index, Order order, GError **error) {
  const char *given = format_of(load, column);
  g_autoptr(GArray) formats = g_array_new(FALSE, FALSE, sizeof(Format));
  g_array_set_clear_func(formats, clear_format);
  if (given && strchr(given, '%')) {
    Format format = {.format = g_strdup(given)};
    g_array_append_val(formats, format);
  } else {
    if (order == ORDER_MONTH) {
      add_formats(formats, month_first, G_N_ELEMENTS(month_first));
    } else {
      add_formats(formats, day_first, G_N_ELEMENTS(day_first));
    }
    add_formats(formats, year_first, G_N_ELEMENTS(year_first));
    add_formats(formats, in_words, G_N_ELEMENTS(in_words));
    if (!order_formats(load, index, formats, error)) return FALSE;
  }
  column->is_day_first = order != ORDER_MONTH;
  column->formats = format_list(formats);
  return TRUE;
}

static gboolean is_american(const Load *load) {
  return g_strcmp0(load->organisation->currency, "USD") == 0;
}

static gboolean find_orders(Load *load, MapEntry *entry, Order *orders, const char *whole, gboolean is_sample,
                            GError **error) {
  for (guint i = 0; i < entry->columns->len; i++) {
    MapColumn *column = &g_array_index(entry->columns, MapColumn, i);
    orders[i] = ORDER_NONE;
    if (column->type != LEDGER_INSTANT) continue;
    const char *given = format_of(load, column);
    if (!find_epoch(load, column, i, error) || !find_order(load, i, "attain_sample", &orders[i], error)) return FALSE;
    if (orders[i] == ORDER_OPEN && is_sample && !find_order(load, i, whole, &orders[i], error)) return FALSE;
    if (!find_all_days(load, column, i, "attain_sample", error)) return FALSE;
    if (column->is_all_days && is_sample && !find_all_days(load, column, i, whole, error)) return FALSE;
    if (given && g_str_equal(given, "dmy")) orders[i] = ORDER_DAY;
    if (given && g_str_equal(given, "mdy")) orders[i] = ORDER_MONTH;
    if (given && g_str_equal(given, "ymd") && orders[i] != ORDER_NONE) orders[i] = ORDER_NONE;
    if (given && g_str_equal(given, "epoch")) column->is_epoch = TRUE;
  }
  return TRUE;
}

static const char *header_of(const MapColumn *column) {
  return column->column->of ? column->column->of : column->column->target;
}

static gboolean probe_dates(Load *load, MapEntry *entry, const char *whole, gboolean is_sample, GError **error) {
  g_autofree Order *orders = g_new0(Order, entry->columns->len + 1);
  if (!find_orders(load, entry, orders, whole, is_sample, error)) return FALSE;
  Order common = ORDER_OPEN;
  for (guint i = 0; i < entry->columns->len; i++) {
    if (common == ORDER_OPEN && (orders[i] == ORDER_DAY || orders[i] == ORDER_MONTH)) common = orders[i];
  }
  for (guint i = 0; i < entry->columns->len; i++) {
    MapColumn *column = &g_array_index(entry->columns, MapColumn, i);
    if (column->type != LEDGER_INSTANT) continue;
    Order order = orders[i];
    if (order == ORDER_OPEN || order == ORDER_NONE)
      order = common != ORDER_OPEN ? common : is_american(load) ? ORDER_MONTH : ORDER_DAY;
    if (orders[i] == ORDER_OPEN) {
      load_note(load,
                "%s: the dates can be read day first or month first; they were read %s first%s. Say date_format: dmy "
                "or mdy to be sure",
                header_of(column), order == ORDER_DAY ? "day" : "month",
                common != ORDER_OPEN ? ", as the other dates of the file" : "");
    }
    if (!settle_formats(load, column, i, order, error)) return FALSE;
  }
  return TRUE;
}

/* --- numbers --- */

static gboolean is_number(LedgerType type) {
  return type == LEDGER_MONEY || type == LEDGER_COUNT || type == LEDGER_NUMBER || type == LEDGER_SHARE ||
         type == LEDGER_DURATION;
}

/* ',' or '.', '?' when it could be either, 0 when there is no sign at all. */
static gboolean find_decimal(Load *load, guint index, int *decimal, GError **error) {
  g_autoptr(StoreRows) rows =
      load_query(load, error,
                 "SELECT count(*) FILTER (s = ','), count(*) FILTER (s = '.'), count(*) FILTER (s = '?') FROM (SELECT "
                 "attain_decimal_sign(r%u) AS s FROM attain_sample WHERE contains(r%u, ',') OR contains(r%u, '.'))",
                 index, index, index);
  if (!rows) return FALSE;
  gint64 n_comma = store_rows_value(rows, 0, 0).integer, n_point = store_rows_value(rows, 0, 1).integer;
  *decimal = n_comma > n_point ? ',' : n_point > 0 ? '.' : store_rows_value(rows, 0, 2).integer > 0 ? '?' : 0;
  return TRUE;
}

static char delimiter_of(const MapEntry *entry) {
  return entry->stage->files->len ? g_array_index(entry->stage->files, ReadFile, 0).dialect.delimiter : 0;
}

static gboolean probe_decimals(Load *load, MapEntry *entry, GError **error) {
  int common = 0;
  for (guint i = 0; i < entry->columns->len; i++) {
    MapColumn *column = &g_array_index(entry->columns, MapColumn, i);
    if (!is_number(column->type)) continue;
    column->decimal = column->column->decimal ? column->column->decimal : load->source->decimal;
    if (!column->decimal && !find_decimal(load, i, &column->decimal, error)) return FALSE;
    if (!common && (column->decimal == ',' || column->decimal == '.')) common = column->decimal;
  }
  for (guint i = 0; i < entry->columns->len; i++) {
    MapColumn *column = &g_array_index(entry->columns, MapColumn, i);
    if (!is_number(column->type) || column->decimal == ',' || column->decimal == '.') continue;
    gboolean is_open = column->decimal == '?';
    column->decimal = common ? common : is_open && delimiter_of(entry) == ';' ? ',' : '.';
    if (is_open && !common) {
      load_note(load, "%s: numbers such as 1%s234 were read as %s. Say decimal: \",\" or \".\" to be sure",
                header_of(column), column->decimal == ',' ? "." : ",", "a thousand and more");
    }
  }
  return TRUE;
}

static gboolean probe_share(Load *load, MapColumn *column, guint index, const char *whole, gboolean is_sample,
                            GError **error) {
  if (column->column->unit) {
    column->is_percent = column->column->unit == SOURCE_UNIT_PERCENT;
    return TRUE;
  }
  gint64 n_above = 0;
  const char *relations[] = {"attain_sample", whole};
  for (int pass = 0; pass < (is_sample ? 2 : 1) && n_above == 0; pass++) {
    if (!load_count(
            load, &n_above, error,
            "SELECT count(*) FROM %s WHERE NOT contains(r%u, '%%') AND TRY_CAST(replace(r%u, ',', '.') AS DOUBLE) > 1",
            relations[pass], index, index)) {
      return FALSE;
    }
  }
  column->is_percent = n_above > 0;
  if (n_above > 0 && column->type == LEDGER_SHARE && column->column->of) {
    load_note(load, "%s: has values above 1, so it was read as percent. Say unit: percent or fraction to be sure",
              header_of(column));
  }
  return TRUE;
}

/* --- plain columns --- */

static gboolean find_plain_number(Load *load, MapColumn *column, guint index, GError **error) {
  gint64 n_other = 0;
  if (column->decimal != '.') return TRUE;
  if (!load_count(load, &n_other, error,
                  "SELECT count(*) FROM attain_sample WHERE r%u IS NOT NULL AND NOT coalesce(isfinite(TRY_CAST(r%u AS "
                  "DOUBLE)), FALSE)",
                  index, index)) {
    return FALSE;
  }
  if (n_other == 0) column->form = MAP_PLAIN_NUMBER;
  return TRUE;
}

static gboolean find_plain_time(Load *load, MapColumn *column, guint index, GError **error) {
  g_autoptr(StoreRows) rows =
      load_query(load, error,
                 "SELECT min(length(r)), max(length(r)), bool_and(ends_with(r, 'Z')), bool_and(TRY_CAST(r AS "
                 "TIMESTAMP) IS NOT NULL AND r[5:5] = '-'), bool_and(length(r) < 17 OR r[17:17] = ':') "
                 "FROM (SELECT r%u AS r FROM attain_sample WHERE r%u IS NOT NULL)",
                 index, index);
  if (!rows) return FALSE;
  StoreValue least = store_rows_value(rows, 0, 0), most = store_rows_value(rows, 0, 1),
             is_iso = store_rows_value(rows, 0, 3);
  if (least.type == STORE_NULL || least.integer != most.integer || !is_iso.integer ||
      !store_rows_value(rows, 0, 4).integer)
    return TRUE;
  column->length = least.integer;
  if (least.integer == 10) column->form = MAP_PLAIN_DAY;
  if (least.integer == 19) column->form = MAP_PLAIN_TIME;
  if (least.integer >= 20 && store_rows_value(rows, 0, 2).integer) column->form = MAP_PLAIN_UTC;
  return TRUE;
}

static gboolean has_own_format(const Load *load, const MapColumn *column) {
  const char *format = format_of(load, column);
  return format && !g_str_equal(format, "ymd");
}

static gboolean find_plain(Load *load, MapEntry *entry, GError **error) {
  for (guint i = 0; i < entry->columns->len; i++) {
    MapColumn *column = &g_array_index(entry->columns, MapColumn, i);
    if (is_number(column->type) && column->type != LEDGER_DURATION && !find_plain_number(load, column, i, error))
      return FALSE;
    if (column->type == LEDGER_INSTANT && !has_own_format(load, column) && !find_plain_time(load, column, i, error))
      return FALSE;
  }
  return TRUE;
}

gboolean map_probe(Load *load, MapEntry *entry, GError **error) {
  gboolean is_sample = entry->stage->is_view || entry->stage->n_rows > WHOLE_ROWS;
  load_temporary(load, "attain_sample");
  if (!load_run(load, NULL, error, "CREATE OR REPLACE TEMP TABLE attain_sample AS SELECT * FROM (%s) LIMIT %d",
                entry->raw_select, is_sample ? SAMPLE_ROWS : WHOLE_ROWS)) {
    return FALSE;
  }
  g_autofree char *whole = g_strdup_printf("(%s)", entry->raw_select);
  if (!probe_dates(load, entry, whole, is_sample, error) || !probe_decimals(load, entry, error)) return FALSE;
  for (guint i = 0; i < entry->columns->len; i++) {
    MapColumn *column = &g_array_index(entry->columns, MapColumn, i);
    if (column->type == LEDGER_NUMBER) column->is_percent = column->column->unit == SOURCE_UNIT_PERCENT;
    if (column->type == LEDGER_SHARE && !probe_share(load, column, i, whole, is_sample, error)) return FALSE;
  }
  return find_plain(load, entry, error);
}
