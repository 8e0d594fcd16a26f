/* One look at all columns of all files of an entry: how many values are of which kind.
 *
 * It is one statement, whatever the number of columns and files: a small file costs little, and each file's own numbers
 * are there when files differ. Tables of up to WHOLE_ROWS rows are looked at whole, of larger ones the beginning of
 * each file. The regular expressions are asked only where a cheaper test leaves something to ask. */
#include "ingest/map.h"

#define WHOLE_ROWS  100000
#define SAMPLE_ROWS 20000

typedef struct {
  MapStat stat;
  const char *sql; /* {} is the column's number; r the text, a and b the first two numbers of a date */
} Question;

static const Question of_dates[] = {
    {MAP_N, "count(r{})"},
    {MAP_N_ORDERED, "count(a{})"},
    {MAP_N_DAY, "count(*) FILTER (a{} > 12 AND b{} <= 12)"},
    {MAP_N_MONTH, "count(*) FILTER (b{} > 12 AND a{} <= 12)"},
    {MAP_N_TIME, "count(*) FILTER (contains(r{}, ':'))"},
    {MAP_N_MIDNIGHT,
     "count(CASE WHEN contains(r{}, '0:00') AND regexp_matches(r{}, '[ T]0?0:00(:00(\\.0+)?)?$') THEN 1 END)"},
    {MAP_N_EPOCH,
     "count(CASE WHEN f{} AND regexp_matches(r{}, "
     "'^(\\d{5}(\\.\\d+)?|\\d{9,10}(\\.\\d+)?|\\d{12,13}|\\d{16}|/Date\\(.*)$') "
     "THEN 1 END)"},
    {MAP_N_ISO, "count(*) FILTER (NOT f{} AND r{}[5:5] = '-')"},
    {MAP_N_FOREIGN, "count(*) FILTER (f{})"},
    {MAP_N_UTC, "count(*) FILTER (ends_with(r{}, 'Z'))"},
    {MAP_N_SEPARATED,
     "count(*) FILTER (length(r{}) < 16 OR (length(r{}) = 16 AND r{} LIKE '_____________:%') OR r{} LIKE "
     "'________________:%')"},
    {MAP_LEAST, "coalesce(min(length(r{})), 0)"},
    {MAP_MOST, "coalesce(max(length(r{})), 0)"},
};

static const Question of_numbers[] = {
    {MAP_N, "count(r{})"},
    {MAP_N_COMMA, "count(*) FILTER (s{} = ',')"},
    {MAP_N_POINT, "count(*) FILTER (s{} = '.')"},
    {MAP_N_UNSURE, "count(*) FILTER (s{} = '?')"},
    {MAP_N_PLAIN, "count(*) FILTER (isfinite(v{}))"},
    {MAP_N_ABOVE, "count(*) FILTER (w{} > 1)"},
    {MAP_N_BETWEEN, "count(*) FILTER (w{} > 0 AND w{} < 1)"},
};

gboolean map_is_number(LedgerType type) {
  return type == LEDGER_MONEY || type == LEDGER_COUNT || type == LEDGER_NUMBER || type == LEDGER_SHARE ||
         type == LEDGER_DURATION;
}

const char *map_header(const MapColumn *column) {
  return column->column->of ? column->column->of : column->column->target;
}

const char *map_format(const Load *load, const MapColumn *column) {
  return column->column->format ? column->column->format : load->source->date_format;
}

gboolean map_is_sampled(const MapPart *part) {
  return part->stage->is_view || part->stage->n_rows > WHOLE_ROWS;
}

char *map_sample_select(const MapPart *part) {
  if (!map_is_sampled(part)) return g_strdup(part->raw_select);
  if (part->stage->files->len == 1)
    return g_strdup_printf("SELECT * FROM (%s) LIMIT %d", part->raw_select, SAMPLE_ROWS);
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "SELECT * FROM (%s) WHERE _row < list_extract([", part->raw_select);
  for (guint i = 0; i < part->stage->files->len; i++) {
    const ReadFile *file = &g_array_index(part->stage->files, ReadFile, i);
    g_string_append_printf(sql, "%s%" G_GINT64_FORMAT, i ? ", " : "", file->first_row + SAMPLE_ROWS);
  }
  g_string_append(sql, "], _file + 1)");
  return g_string_free(sql, FALSE);
}

void map_stats_add(MapStats *sum, const MapStats *other) {
  gboolean is_first = sum->of[MAP_N] == 0;
  for (guint i = 0; i < MAP_N_STATS; i++) {
    if (i == MAP_LEAST && other->of[MAP_N] > 0) {
      sum->of[i] = is_first ? other->of[i] : MIN(sum->of[i], other->of[i]);
    } else if (i == MAP_MOST) {
      sum->of[i] = MAX(sum->of[i], other->of[i]);
    } else if (i != MAP_LEAST) {
      sum->of[i] += other->of[i];
    }
  }
}

static void append_numbered(GString *sql, const char *text, guint i) {
  g_autofree char *number = g_strdup_printf("%u", i);
  g_autoptr(GString) numbered = g_string_new(text);
  g_string_replace(numbered, "{}", number, 0);
  g_string_append(sql, numbered->str);
}

/* What the questions need of one column. A date whose second and third sign are digits begins with its year. */
static void append_helpers(GString *inner, GString *outer, LedgerType type, guint i) {
  if (type == LEDGER_INSTANT) {
    append_numbered(
        inner,
        ", r{}, CASE WHEN r{} IS NOT NULL AND NOT (r{}[2:2] BETWEEN '0' AND '9' AND r{}[3:3] BETWEEN '0' AND "
        "'9') THEN regexp_extract(r{}, '^(\\d{1,2})[-/.](\\d{1,2})[-/.]\\d{2,4}', ['a', 'b']) END AS p{}, "
        "r{} IS NOT NULL AND attain_iso(r{}) IS NULL AS f{}",
        i);
    append_numbered(outer, ", TRY_CAST(p{}.a AS INTEGER) AS a{}, TRY_CAST(p{}.b AS INTEGER) AS b{}", i);
  } else if (map_is_number(type)) {
    append_numbered(
        inner,
        ", r{}, CASE WHEN regexp_matches(r{}, '^[0-9]+[.][0-9]+$') THEN r{} WHEN contains(r{}, ',') OR contains(r{}, "
        "'.') THEN attain_digits(attain_number_parts(r{})) END AS g{}, TRY_CAST(r{} AS DOUBLE) AS v{}",
        i);
    append_numbered(
        outer,
        ", attain_decimal_sign(g{}) AS s{}, CASE WHEN contains(r{}, ',') THEN TRY_CAST(replace(r{}, ',', '.') "
        "AS DOUBLE) ELSE v{} END AS w{}",
        i);
  }
}

static const Question *questions_of(LedgerType type, gsize *n) {
  *n = type == LEDGER_INSTANT ? G_N_ELEMENTS(of_dates) : map_is_number(type) ? G_N_ELEMENTS(of_numbers) : 0;
  return type == LEDGER_INSTANT ? of_dates : of_numbers;
}

static char *stats_sql(const MapPart *part, gboolean whole) {
  g_autoptr(GString) inner = g_string_new("SELECT _file"), outer = g_string_new("SELECT *"),
                     sql = g_string_new("SELECT _file");
  for (guint i = 0; i < part->columns->len; i++) {
    const MapColumn *column = &g_array_index(part->columns, MapColumn, i);
    append_helpers(inner, outer, column->type, i);
    gsize n = 0;
    const Question *questions = questions_of(column->type, &n);
    for (gsize q = 0; q < n; q++) {
      g_string_append(sql, ", ");
      append_numbered(sql, questions[q].sql, i);
    }
  }
  g_autofree char *rows = whole ? g_strdup(part->raw_select) : map_sample_select(part);
  return g_strdup_printf("%s FROM (%s FROM (%s FROM (%s))) GROUP BY _file", sql->str, outer->str, inner->str, rows);
}

static gboolean has_questions(const MapPart *part) {
  gboolean found = FALSE;
  for (guint i = 0; i < part->columns->len; i++) {
    LedgerType type = g_array_index(part->columns, MapColumn, i).type;
    found |= type == LEDGER_INSTANT || map_is_number(type);
  }
  return found;
}

MapStats *map_stats(Load *load, const MapPart *part, gboolean whole, GError **error) {
  g_autofree MapStats *stats = g_new0(MapStats, (gsize)part->stage->files->len * part->columns->len + 1);
  if (!has_questions(part)) return g_steal_pointer(&stats);
  g_autofree char *sql = stats_sql(part, whole);
  g_autoptr(StoreRows) rows = load_query(load, error, "%s", sql);
  if (!rows) return NULL;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    MapStats *of_file = stats + (gsize)store_rows_value(rows, r, 0).integer * part->columns->len;
    guint at = 1;
    for (guint i = 0; i < part->columns->len; i++) {
      gsize n = 0;
      const Question *questions = questions_of(g_array_index(part->columns, MapColumn, i).type, &n);
      for (gsize q = 0; q < n; q++) of_file[i].of[questions[q].stat] = store_rows_value(rows, r, at++).integer;
    }
  }
  return g_steal_pointer(&stats);
}
