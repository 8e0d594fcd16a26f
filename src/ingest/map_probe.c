/* Decisions over a whole column: day first or month first, decimal comma or point, percent or fraction.
 *
 * One value seldom tells (is 03/04/2024 in March?), the column nearly always does. Of large tables the beginning
 * decides where it is certain, and the whole column is asked where it is not. What stays open is decided by the other
 * columns of the file, then by the organisation's country as its currency tells it, and noted. */
#include "ingest/map.h"

static MapColumn *column_of(const MapPart *part, guint i) {
  return &g_array_index(part->columns, MapColumn, i);
}

/* --- the whole column, when its beginning does not tell --- */

static gboolean is_open(const Load *load, const MapColumn *column) {
  const gint64 *n = column->stats.of;
  if (n[MAP_N] == 0) return FALSE;
  if (column->type == LEDGER_SHARE) return !column->column->unit && n[MAP_N_ABOVE] == 0 && n[MAP_N_BETWEEN] == 0;
  if (column->type != LEDGER_INSTANT) return FALSE;
  gboolean has_order = n[MAP_N_ORDERED] == 0 || n[MAP_N_DAY] > 0 || n[MAP_N_MONTH] > 0 || map_format(load, column);
  return !has_order || (n[MAP_N_MIDNIGHT] > 0 && n[MAP_N_MIDNIGHT] == n[MAP_N_TIME]);
}

static gboolean ask_whole(Load *load, MapPart *part, GError **error) {
  gboolean any = FALSE;
  for (guint i = 0; i < part->columns->len; i++) any |= is_open(load, column_of(part, i));
  if (!any || !map_is_sampled(part)) return TRUE;
  g_autofree MapStats *stats = map_stats(load, part, TRUE, error);
  if (!stats) return FALSE;
  for (guint i = 0; i < part->columns->len; i++) {
    MapColumn *column = column_of(part, i);
    column->stats = (MapStats){0};
    for (guint f = 0; f < part->stage->files->len; f++)
      map_stats_add(&column->stats, &stats[(gsize)f * part->columns->len + i]);
  }
  return TRUE;
}

/* --- dates --- */

typedef enum { ORDER_OPEN, ORDER_DAY, ORDER_MONTH, ORDER_NONE } Order;

static Order order_of(const Load *load, const MapColumn *column) {
  const char *given = map_format(load, column);
  if (given && g_str_equal(given, "dmy")) return ORDER_DAY;
  if (given && g_str_equal(given, "mdy")) return ORDER_MONTH;
  if (given && g_str_equal(given, "ymd")) return ORDER_NONE;
  const gint64 *n = column->stats.of;
  if (n[MAP_N_ORDERED] == 0) return ORDER_NONE;
  return n[MAP_N_DAY] > n[MAP_N_MONTH] ? ORDER_DAY : n[MAP_N_MONTH] > 0 ? ORDER_MONTH : ORDER_OPEN;
}

static gboolean is_american(const Load *load) {
  return g_strcmp0(load->organisation->currency, "USD") == 0;
}

/* All midnight: an export that writes dates as times. One time of day in the whole column makes them times. */
static void find_kind_of_time(const Load *load, MapColumn *column) {
  const gint64 *n = column->stats.of;
  const char *given = map_format(load, column);
  column->is_all_days = n[MAP_N_MIDNIGHT] > 0 && n[MAP_N_MIDNIGHT] == n[MAP_N_TIME];
  column->is_epoch = n[MAP_N_EPOCH] > 0 || (given && g_str_equal(given, "epoch"));
}

static gboolean probe_dates(Load *load, MapPart *part, GError **error) {
  Order common = ORDER_OPEN;
  for (guint i = 0; i < part->columns->len; i++) {
    if (column_of(part, i)->type != LEDGER_INSTANT) continue;
    Order order = order_of(load, column_of(part, i));
    if (common == ORDER_OPEN && (order == ORDER_DAY || order == ORDER_MONTH)) common = order;
  }
  for (guint i = 0; i < part->columns->len; i++) {
    MapColumn *column = column_of(part, i);
    if (column->type != LEDGER_INSTANT) continue;
    find_kind_of_time(load, column);
    Order own = order_of(load, column), order = own;
    if (own == ORDER_OPEN || own == ORDER_NONE)
      order = common != ORDER_OPEN ? common : is_american(load) ? ORDER_MONTH : ORDER_DAY;
    if (own == ORDER_OPEN) {
      load_note(load,
                "%s: the dates can be read day first or month first; they were read %s first%s. Say date_format: dmy "
                "or mdy to be sure",
                map_header(column), order == ORDER_DAY ? "day" : "month",
                common != ORDER_OPEN ? ", as the other dates of the file" : "");
    }
    column->is_month_first = order == ORDER_MONTH;
    if (!map_formats(load, part, i, column->is_month_first, error)) return FALSE;
  }
  return TRUE;
}

/* --- numbers --- */

/* ',' or '.', '?' when it could be either, 0 when there is no sign at all. */
static int decimal_of(const Load *load, const MapColumn *column) {
  if (column->column->decimal) return column->column->decimal;
  if (load->source->decimal) return load->source->decimal;
  const gint64 *n = column->stats.of;
  return n[MAP_N_COMMA] > n[MAP_N_POINT] ? ',' : n[MAP_N_POINT] > 0 ? '.' : n[MAP_N_UNSURE] > 0 ? '?' : 0;
}

static char delimiter_of(const MapPart *part) {
  return part->stage->files->len ? g_array_index(part->stage->files, ReadFile, part->first_file).dialect.delimiter : 0;
}

/* Told with a number of the file: whether its sign was taken for thousands or for decimals. */
static gboolean note_unsure(Load *load, const MapPart *part, guint index, GError **error) {
  const MapColumn *column = &g_array_index(part->columns, MapColumn, index);
  g_autofree char *sample = map_sample_select(part);
  g_autoptr(StoreRows) rows = load_query(load, error,
                                         "SELECT min(r%u) FROM (%s) AS t WHERE "
                                         "attain_decimal_sign(attain_digits(attain_number_parts(r%u))) = '?'",
                                         index, sample, index);
  if (!rows) return FALSE;
  StoreValue value = store_rows_count(rows) ? store_rows_value(rows, 0, 0) : (StoreValue){0};
  const char *example = value.type == STORE_TEXT ? value.text : "1.234";
  gboolean is_fraction = strchr(example, column->decimal) != NULL;
  load_note(
      load,
      "%s: numbers such as %s can be read two ways; they were read %s. Say decimal: \"%c\" if that is wrong, \"%c\" "
      "to be sure",
      map_header(column), example, is_fraction ? "with three decimals" : "as thousands",
      column->decimal == '.' ? ',' : '.', column->decimal);
  return TRUE;
}

static gboolean probe_decimals(Load *load, MapPart *part, GError **error) {
  int common = 0;
  for (guint i = 0; i < part->columns->len; i++) {
    MapColumn *column = column_of(part, i);
    if (!map_is_number(column->type)) continue;
    column->decimal = decimal_of(load, column);
    if (!common && (column->decimal == ',' || column->decimal == '.')) common = column->decimal;
  }
  for (guint i = 0; i < part->columns->len; i++) {
    MapColumn *column = column_of(part, i);
    if (!map_is_number(column->type) || column->decimal == ',' || column->decimal == '.') continue;
    gboolean is_unsure = column->decimal == '?';
    column->decimal = common ? common : is_unsure && delimiter_of(part) == ';' ? ',' : '.';
    if (is_unsure && !common && !note_unsure(load, part, i, error)) return FALSE;
  }
  return TRUE;
}

static void probe_share(Load *load, MapColumn *column) {
  if (column->column->unit || column->type == LEDGER_NUMBER) {
    column->is_percent = column->column->unit == SOURCE_UNIT_PERCENT;
    return;
  }
  column->is_percent = column->stats.of[MAP_N_ABOVE] > 0;
  if (column->is_percent && column->column->of)
    load_note(load, "%s: has values above 1, so it was read as percent. Say unit: percent or fraction to be sure",
              map_header(column));
}

/* --- plain columns --- */

static MapForm form_of_time(const MapColumn *column) {
  const gint64 *n = column->stats.of;
  if (n[MAP_N] == 0) return MAP_PLAIN_DAY; /* whatever comes after all is of another length, and so read with care */
  if (n[MAP_LEAST] != n[MAP_MOST] || n[MAP_N_ISO] != n[MAP_N] || n[MAP_N_SEPARATED] != n[MAP_N]) return MAP_ANY;
  if (n[MAP_LEAST] == 10) return MAP_PLAIN_DAY;
  if (n[MAP_LEAST] == 16 || n[MAP_LEAST] == 19) return MAP_PLAIN_TIME;
  return n[MAP_LEAST] >= 20 && n[MAP_N_UTC] == n[MAP_N] ? MAP_PLAIN_UTC : MAP_ANY;
}

static void find_form(const Load *load, MapColumn *column) {
  const char *format = column->type == LEDGER_INSTANT ? map_format(load, column) : NULL;
  if (column->type == LEDGER_INSTANT && (!format || g_str_equal(format, "ymd"))) {
    column->form = form_of_time(column);
    column->length = column->stats.of[MAP_LEAST];
  }
  gboolean is_plain = column->decimal == '.' && column->stats.of[MAP_N_PLAIN] == column->stats.of[MAP_N];
  if (map_is_number(column->type) && column->type != LEDGER_DURATION && is_plain) column->form = MAP_PLAIN_NUMBER;
}

gboolean map_probe(Load *load, MapPart *part, GError **error) {
  if (!ask_whole(load, part, error) || !probe_dates(load, part, error)) return FALSE;
  if (!probe_decimals(load, part, error)) return FALSE;
  for (guint i = 0; i < part->columns->len; i++) {
    MapColumn *column = column_of(part, i);
    if (column->type == LEDGER_NUMBER || column->type == LEDGER_SHARE) probe_share(load, column);
    find_form(load, column);
  }
  return TRUE;
}
