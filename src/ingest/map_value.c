/* The typed SELECT: texts to values, in four layers so that nothing is computed twice.
 *
 *   raw    r0 …                      texts                                              (map_raw.c)
 *   money  r0 …, _cur, p0 …          the row's currency, on which the digits of amounts depend; the parts of odd
 * numbers parsed c0 …; for times n0 (microseconds), o0 (has an offset), d0 (is a day) utc    u0: microseconds UTC out
 * the ledger's columns, days, and _reason: the first text that is no value of its column
 *
 * Most values are in the plainest form (1234.50, 2024-03-31), which one cast reads; only what it cannot read goes
 * through the macros of sql/values.sql. */
#include "base/money.h"
#include "ingest/map.h"

#define EMPTY_WORDS \
  "('null', 'none', 'n/a', 'na', '#n/a', 'nan', '-', '--', '–', '—', '\\n', '0000-00-00', '0000-00-00 00:00:00')"

static const MapColumn *column_of(const MapPart *part, guint i) {
  return &g_array_index(part->columns, MapColumn, i);
}

static int find_column(const MapPart *part, const char *target) {
  for (guint i = 0; i < part->columns->len; i++) {
    if (g_str_equal(column_of(part, i)->column->target, target)) return (int)i;
  }
  return -1;
}

static const char *default_currency(const Load *load, const MapPart *part) {
  const SourceTable *table = part->map->from;
  return table && table->currency ? table->currency : load->source->currency;
}

/* --- currency --- */

static gboolean is_dollar(const char *currency) {
  static const char *const dollars[] = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"};
  for (gsize i = 0; i < G_N_ELEMENTS(dollars); i++) {
    if (g_str_equal(currency, dollars[i])) return TRUE;
  }
  return FALSE;
}

/* The row's own currency column, else what the amounts carry, else the source's. */
static void append_currency(GString *sql, const Load *load, const MapPart *part) {
  const char *currency = default_currency(load, part);
  g_autofree char *quoted = store_quote_text(currency);
  int own = find_column(part, "currency");
  g_string_append(sql, "coalesce(");
  if (own >= 0) g_string_append_printf(sql, "attain_currency(r%d), ", own);
  for (guint i = 0; i < part->columns->len; i++) {
    if (column_of(part, i)->type != LEDGER_MONEY || column_of(part, i)->form == MAP_PLAIN_NUMBER) continue;
    g_string_append_printf(sql, "CASE WHEN TRY_CAST(r%u AS DOUBLE) IS NULL THEN attain_currency_of(r%u, '%s') END, ", i,
                           i, is_dollar(currency) ? currency : "USD");
  }
  g_string_append_printf(sql, "%s) AS _cur", quoted);
}

/* Currencies that do not have two digits, as in " WHEN _cur IN ('JPY', …) THEN 1". */
static char *odd_currencies(void) {
  static const char *const codes[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                      "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF", "BHD",
                                      "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "CLF", "UYW"};
  static const int factors[] = {1, 1000, 10000};
  static const int digits[] = {0, 3, 4};
  GString *sql = g_string_new(NULL);
  for (gsize f = 0; f < G_N_ELEMENTS(factors); f++) {
    const char *before = " WHEN _cur IN (";
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
      if (base_currency_digits(codes[i]) != digits[f]) continue;
      g_string_append_printf(sql, "%s'%s'", before, codes[i]);
      before = ", ";
    }
    if (*before == ',') g_string_append_printf(sql, ") THEN %d", factors[f]);
  }
  return g_string_free(sql, FALSE);
}

/* 10^digits of the currency of the row. The usual ones are asked first. */
static char *currency_factor(const char *usual) {
  g_autofree char *odd = odd_currencies();
  g_autofree char *quoted = store_quote_text(usual);
  gboolean is_hundred = base_currency_digits(usual) == 2;
  return g_strdup_printf("CASE WHEN _cur = %s THEN %d%s ELSE 100 END", is_hundred ? quoted : "'USD'", 100, odd);
}

/* --- numbers --- */

static gboolean needs_parts(const MapColumn *column) {
  return map_is_number(column->type) && column->form != MAP_PLAIN_NUMBER;
}

/* A number is taken apart where the cast does not read it, or would read it wrongly: with a decimal comma, 1.234 is a
 * thousand and more. Elsewhere p is NULL. */
static void append_number_parts(GString *sql, const MapPart *part) {
  for (guint i = 0; i < part->columns->len; i++) {
    const MapColumn *column = column_of(part, i);
    if (!needs_parts(column)) continue;
    gboolean is_double = column->type == LEDGER_NUMBER || column->type == LEDGER_SHARE;
    g_autofree char *guard = column->decimal == ',' ? g_strdup_printf(" OR contains(r%u, '.')", i) : g_strdup("");
    g_string_append_printf(sql,
                           ", CASE WHEN r%u IS NOT NULL AND (NOT coalesce(%sTRY_CAST(r%u AS %s)%s, FALSE)%s) THEN "
                           "attain_number_parts(r%u) END AS p%u",
                           i, is_double ? "isfinite(" : "", i, is_double ? "DOUBLE" : "DECIMAL(13, 4)",
                           is_double ? ")" : " IS NOT NULL", guard, i, i);
  }
}

/* w0 …: dates with the month in English, where a column names months. */
static void append_named_dates(GString *sql, const MapPart *part) {
  for (guint i = 0; i < part->columns->len; i++)
    if (column_of(part, i)->has_names) g_string_append_printf(sql, ", attain_in_english(r%u) AS w%u", i, i);
}

/* --- one value --- */

static char *decimal_sql(const MapColumn *column, guint i) {
  return g_strdup_printf("attain_decimal(p%u, '%c')", i, column->decimal);
}

/* Exact: a decimal of the currency's own digits, never a double. Of 18 digits it is a machine's integer; what is longer
 * is read the slow way. */
static char *plain_money_sql(guint i, int digits) {
  int factor = 1;
  for (int digit = 0; digit < digits; digit++) factor *= 10;
  if (digits == 0) return g_strdup_printf("CAST(TRY_CAST(r%u AS DECIMAL(18, 0)) AS BIGINT)", i);
  return g_strdup_printf("CAST(TRY_CAST(r%u AS DECIMAL(%d, %d)) * %d::DECIMAL(%d, 0) AS BIGINT)", i, 17 - digits,
                         digits, factor, digits + 1);
}

/* By the digits of each row's currency. */
static char *quick_money_sql(const char *factor, guint i) {
  GString *sql = g_string_new("CASE ");
  g_string_append(sql, factor);
  for (int digits = 2, power = 100; digits >= 0; digits -= 2, power /= 100) {
    g_autofree char *quick = plain_money_sql(i, digits);
    g_string_append_printf(sql, " WHEN %d THEN %s", power, quick);
  }
  g_autofree char *three = plain_money_sql(i, 3);
  g_autofree char *four = plain_money_sql(i, 4);
  g_string_append_printf(sql, " WHEN 1000 THEN %s ELSE %s END", three, four);
  return g_string_free(sql, FALSE);
}

static char *money_sql(const Load *load, const MapPart *part, const MapColumn *column, guint i) {
  const char *usual = default_currency(load, part);
  gboolean is_plain = column->form == MAP_PLAIN_NUMBER, is_minor = column->column->unit == SOURCE_UNIT_MINOR;
  if (is_plain && is_minor) return plain_money_sql(i, 0);
  if (is_plain && find_column(part, "currency") < 0) return plain_money_sql(i, base_currency_digits(usual));
  g_autofree char *factor = is_minor ? g_strdup("1") : currency_factor(usual);
  g_autofree char *quick = is_minor ? plain_money_sql(i, 0) : quick_money_sql(factor, i);
  if (is_plain) return g_steal_pointer(&quick);
  g_autofree char *slow = decimal_sql(column, i);
  return g_strdup_printf("CASE WHEN p%u IS NULL THEN %s ELSE TRY_CAST(round(%s * %s, 0) AS BIGINT) END", i, quick, slow,
                         factor);
}

static char *double_sql(const MapColumn *column, guint i) {
  if (column->form == MAP_PLAIN_NUMBER)
    return g_strdup_printf("(CASE WHEN isfinite(TRY_CAST(r%u AS DOUBLE)) THEN TRY_CAST(r%u AS DOUBLE) END%s)", i, i,
                           column->is_percent ? " / 100" : "");
  g_autofree char *slow = decimal_sql(column, i);
  g_autofree char *divisor =
      column->is_percent ? g_strdup("100") : g_strdup_printf("(CASE WHEN contains(r%u, '%%') THEN 100 ELSE 1 END)", i);
  return g_strdup_printf(
      "(CASE WHEN p%u IS NULL THEN TRY_CAST(r%u AS DOUBLE) ELSE CAST(%s AS DOUBLE) END / %s::DOUBLE)", i, i, slow,
      divisor);
}

static char *count_sql(const MapColumn *column, guint i) {
  g_autofree char *quick = g_strdup_printf(
      "CASE WHEN TRY_CAST(r%u AS DOUBLE) = floor(TRY_CAST(r%u AS DOUBLE)) THEN TRY_CAST(r%u AS BIGINT) END", i, i, i);
  if (column->form == MAP_PLAIN_NUMBER) return g_steal_pointer(&quick);
  g_autofree char *slow = decimal_sql(column, i);
  return g_strdup_printf("CASE WHEN p%u IS NULL THEN %s WHEN %s = floor(%s) THEN TRY_CAST(%s AS BIGINT) END", i, quick,
                         slow, slow, slow);
}

static char *duration_sql(const MapColumn *column, guint i) {
  static const double seconds[] = {[SOURCE_UNIT_MS] = 0.001,
                                   [SOURCE_UNIT_SECONDS] = 1,
                                   [SOURCE_UNIT_MINUTES] = 60,
                                   [SOURCE_UNIT_HOURS] = 3600,
                                   [SOURCE_UNIT_DAYS] = 86400};
  double factor = column->column->unit ? seconds[column->column->unit] : 1;
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_dtostr(text, sizeof text, factor);
  g_autofree char *slow = decimal_sql(column, i);
  return g_strdup_printf(
      "CASE WHEN p%u IS NULL THEN TRY_CAST(round(TRY_CAST(r%u AS DECIMAL(13, 4)) * %s, 0) AS BIGINT) ELSE "
      "coalesce(TRY_CAST(round(%s * %s, 0) AS BIGINT), attain_seconds(r%u)) END",
      i, i, text, slow, text, i);
}

static char *reference_sql(const Load *load, const MapColumn *column, guint i) {
  const LedgerTable *table = ledger_schema_find(load->schema, column->column->column->ref);
  if (table->kind == LEDGER_DIMENSION) return g_strdup_printf("r%u", i);
  const char *source = column->column->source ? column->column->source : load->source->name;
  g_autofree char *prefix = store_quote_text(source);
  return g_strdup_printf("CASE WHEN r%u IS NOT NULL THEN hash(%s || chr(31) || r%u) END", i, prefix, i);
}

static char *value_sql(const Load *load, const MapPart *part, const MapColumn *column, guint i) {
  switch (column->type) {
    case LEDGER_MONEY:
      return money_sql(load, part, column, i);
    case LEDGER_NUMBER:
    case LEDGER_SHARE:
      return double_sql(column, i);
    case LEDGER_COUNT:
      return count_sql(column, i);
    case LEDGER_DURATION:
      return duration_sql(column, i);
    case LEDGER_BOOL:
      return g_strdup_printf("attain_bool(r%u)", i);
    case LEDGER_REF:
      return reference_sql(load, column, i);
    case LEDGER_TEXT:
    case LEDGER_INSTANT:
      break;
  }
  return g_strdup_printf("r%u", i);
}

/* --- the layers --- */

static void append_plain_time(GString *sql, const MapColumn *column, guint i) {
  const char *guard = column->form == MAP_PLAIN_UTC    ? " AND ends_with(r{}, 'Z')"
                      : column->form != MAP_PLAIN_TIME ? ""
                      : column->length == 16           ? " AND r{}[14:14] = ':'"
                                                       : " AND r{}[17:17] = ':'";
  g_autoptr(GString) text = g_string_new(", CASE WHEN length(r{}) = ");
  g_string_append_printf(text, "%" G_GINT64_FORMAT "%s THEN attain_sane(epoch_us(TRY_CAST(r{} AS %s))) END AS n{}",
                         column->length, guard, column->form == MAP_PLAIN_DAY ? "DATE" : "TIMESTAMP");
  g_autofree char *number = g_strdup_printf("%u", i);
  g_string_replace(text, "{}", number, 0);
  g_string_append(sql, text->str);
}

static void append_parsed_time(GString *sql, const MapColumn *column, guint i) {
  if (column->form != MAP_ANY) {
    append_plain_time(sql, column, i);
    return;
  }
  g_string_append_printf(sql, ", attain_has_offset(r%u) AS o%u, ", i, i);
  g_autofree char *text = column->has_names ? g_strdup_printf("coalesce(w%u, r%u)", i, i) : g_strdup_printf("r%u", i);
  g_string_append_printf(sql, "%s AS d%u, ", column->is_all_days ? "TRUE" : "FALSE", i);
  g_string_append_printf(
      sql, "CASE WHEN attain_has_offset(r%u) THEN attain_with_offset(r%u) ELSE attain_naive(%s, %s) END AS n%u", i, i,
      text, column->formats, i);
  if (column->is_epoch) {
    g_string_append_printf(
        sql,
        ", CASE WHEN regexp_matches(r%u, '^\\d+(\\.\\d+)?$|^/Date\\(') THEN attain_sane(attain_epoch(r%u)) END AS e%u",
        i, i, i);
  } else {
    g_string_append_printf(sql, ", NULL::BIGINT AS e%u", i);
  }
}

static void append_parsed(GString *sql, const Load *load, const MapPart *part) {
  g_string_append(sql, "SELECT *");
  for (guint i = 0; i < part->columns->len; i++) {
    const MapColumn *column = column_of(part, i);
    if (column->type == LEDGER_INSTANT) {
      append_parsed_time(sql, column, i);
      continue;
    }
    g_autofree char *value = value_sql(load, part, column, i);
    g_string_append_printf(sql, ", %s AS c%u", value, i);
  }
}

/* A day starts in the organisation's zone; a time without an offset is in the source's. */
static void append_utc(GString *sql, const Load *load, const MapPart *part) {
  g_string_append(sql, "SELECT *");
  for (guint i = 0; i < part->columns->len; i++) {
    const MapColumn *column = column_of(part, i);
    if (column->type != LEDGER_INSTANT) continue;
    const char *zone = column->column->time_zone ? column->column->time_zone : load->source->time_zone;
    g_autofree char *us = g_strdup_printf("n%u", i);
    g_autofree char *of_day = map_zone_offset_sql(load->organisation->time_zone, us, TRUE);
    g_autofree char *of_time = map_zone_offset_sql(zone, us, TRUE);
    if (column->form == MAP_PLAIN_UTC) g_string_append_printf(sql, ", n%u AS u%u", i, i);
    if (column->form == MAP_PLAIN_DAY || column->form == MAP_PLAIN_TIME) {
      g_string_append_printf(sql, ", n%u - %s AS u%u", i,
                             column->form == MAP_PLAIN_DAY || column->is_all_days ? of_day : of_time, i);
    }
    if (column->form != MAP_ANY) continue;
    g_string_append_printf(sql,
                           ", CASE WHEN e%u IS NOT NULL THEN e%u WHEN o%u THEN n%u WHEN d%u OR NOT contains(r%u, ':') "
                           "THEN n%u - %s ELSE n%u - %s END AS u%u",
                           i, i, i, i, i, i, i, of_day, i, of_time, i);
  }
}

/* Its day is the one it says: a date, or a time of the organisation's own zone. The hour that spring skips stays in its
 * day. */
static gboolean says_its_day(const Load *load, const MapColumn *column) {
  const char *zone = column->column->time_zone ? column->column->time_zone : load->source->time_zone;
  return column->form == MAP_PLAIN_DAY ||
         (column->form == MAP_PLAIN_TIME &&
          (column->is_all_days || g_strcmp0(zone, load->organisation->time_zone) == 0));
}

static void append_instant(GString *sql, const Load *load, const MapColumn *column, guint i, const char *name) {
  g_autofree char *us = g_strdup_printf("u%u", i);
  g_autofree char *offset = map_zone_offset_sql(load->organisation->time_zone, us, FALSE);
  g_autofree char *day = g_strconcat(name, "_day", NULL);
  g_autofree char *quoted = store_quote_name(name);
  g_autofree char *quoted_day = store_quote_name(day);
  if (says_its_day(load, column)) {
    g_string_append_printf(sql, ", make_timestamp(u%u) AS %s, CAST(make_timestamp(n%u) AS DATE) AS %s", i, quoted, i,
                           quoted_day);
    return;
  }
  g_string_append_printf(sql, ", make_timestamp(u%u) AS %s, CAST(make_timestamp(u%u + %s) AS DATE) AS %s", i, quoted, i,
                         offset, quoted_day);
}

static const char *what_it_is_not(LedgerType type) {
  static const char *const what[] = {[LEDGER_TEXT] = NULL,
                                     [LEDGER_REF] = NULL,
                                     [LEDGER_MONEY] = "no amount",
                                     [LEDGER_COUNT] = "no whole number",
                                     [LEDGER_NUMBER] = "no number",
                                     [LEDGER_SHARE] = "no share",
                                     [LEDGER_INSTANT] = "no date or time",
                                     [LEDGER_DURATION] = "no duration",
                                     [LEDGER_BOOL] = "neither yes nor no"};
  return what[type];
}

static gboolean is_required(const MapColumn *column) {
  return column->column->column && (column->column->column->flags & LEDGER_REQUIRED);
}

/* Nearly all rows are good: that is asked first, in a few comparisons with NULL. */
static void append_good(GString *sql, const MapPart *part) {
  int id = find_column(part, "id");
  if (id >= 0)
    g_string_append_printf(sql, "r%d IS NOT NULL", id);
  else
    g_string_append(sql, "TRUE");
  for (guint i = 0; i < part->columns->len; i++) {
    const MapColumn *column = column_of(part, i);
    const char *prefix = column->type == LEDGER_INSTANT ? "u" : "c";
    if (g_str_equal(column->column->target, "currency"))
      g_string_append_printf(sql, " AND (r%u IS NULL OR attain_currency(r%u) IS NOT NULL)", i, i);
    else if (what_it_is_not(column->type))
      g_string_append_printf(sql, " AND (%s%u IS NOT NULL OR r%u IS NULL)", prefix, i, i);
    if (is_required(column)) g_string_append_printf(sql, " AND %s%u IS NOT NULL", prefix, i);
  }
}

/* 'close_date: "31.02.2024" is no date' */
static void append_reasons(GString *sql, const MapPart *part) {
  g_string_append(sql, ", CASE WHEN ");
  append_good(sql, part);
  g_string_append(sql, " THEN NULL");
  int id = find_column(part, "id");
  if (id >= 0) g_string_append_printf(sql, " WHEN r%d IS NULL THEN 'id is empty'", id);
  for (guint i = 0; i < part->columns->len; i++) {
    const MapColumn *column = column_of(part, i);
    const char *name = column->column->of ? column->column->of : column->column->target;
    const char *prefix = column->type == LEDGER_INSTANT ? "u" : "c";
    g_autofree char *quoted = store_quote_text(name);
    if (g_str_equal(column->column->target, "currency")) {
      g_string_append_printf(sql,
                             " WHEN r%u IS NOT NULL AND attain_currency(r%u) IS NULL THEN %s || ': \"' || r%u[1:100] "
                             "|| '\" is no currency code'",
                             i, i, quoted, i);
    } else if (what_it_is_not(column->type)) {
      g_string_append_printf(sql,
                             " WHEN %s%u IS NULL AND r%u IS NOT NULL AND lower(r%u) NOT IN " EMPTY_WORDS
                             " THEN %s || ': \"' || r%u[1:100] || '\" is %s'",
                             prefix, i, i, i, quoted, i, what_it_is_not(column->type));
    }
    if (is_required(column))
      g_string_append_printf(sql, " WHEN %s%u IS NULL THEN %s || ' is empty'", prefix, i, quoted);
  }
  g_string_append(sql, " WHEN FALSE THEN '' END AS _reason");
}

static int find_id(const MapPart *part) {
  int id = find_column(part, "id");
  return id < 0 && part->map->table->kind == LEDGER_DIMENSION ? find_column(part, "name") : id;
}

/* A row without an id is known by what it says. */
static void append_id(GString *sql, const MapPart *part) {
  int id = find_id(part);
  if (id >= 0) {
    g_string_append_printf(sql, ", r%d AS id", id);
    return;
  }
  g_string_append(sql, ", to_base(CAST(hash(concat_ws(chr(31)");
  for (guint i = 0; i < part->columns->len; i++) g_string_append_printf(sql, ", coalesce(r%u, '')", i);
  g_string_append(sql, ")) % 4611686018427387904 AS BIGINT), 36) AS id");
}

static void append_out(GString *sql, const Load *load, const MapPart *part) {
  g_string_append(sql, "SELECT _file, _row");
  append_id(sql, part);
  if (part->map->table->has_money) g_string_append(sql, ", _cur AS currency");
  for (guint i = 0; i < part->columns->len; i++) {
    const MapColumn *column = column_of(part, i);
    const char *target = column->column->target;
    if (g_str_equal(target, "modified_at")) g_string_append_printf(sql, ", make_timestamp(u%u) AS _modified", i);
    if (!column->column->column) continue;
    if (column->type == LEDGER_INSTANT) {
      append_instant(sql, load, column, i, target);
    } else {
      g_autofree char *quoted = store_quote_name(target);
      g_string_append_printf(sql, ", c%u AS %s", i, quoted);
    }
  }
  append_reasons(sql, part);
  g_string_append(sql, ", NULL::BIGINT AS _first, NULL::INTEGER AS _first_file, NULL::INTEGER AS _first_entry");
  if (part->stage->cursor) g_string_append(sql, ", _cursor");
}

static void append_part(GString *sql, const Load *load, const MapPart *part, const char *only) {
  append_out(sql, load, part);
  g_string_append(sql, " FROM (");
  append_utc(sql, load, part);
  g_string_append(sql, " FROM (");
  append_parsed(sql, load, part);
  g_string_append(sql, " FROM (SELECT *, ");
  append_currency(sql, load, part);
  append_number_parts(sql, part);
  append_named_dates(sql, part);
  g_string_append_printf(sql, " FROM (%s) WHERE %s", part->raw_select, part->stage->cursor_from ? "NOT _old" : "TRUE");
  if (only) g_string_append_printf(sql, " AND _row IN (%s)", only);
  g_string_append(sql, ")))");
}

gboolean map_has_id(const MapEntry *entry) {
  return find_id(entry->parts->pdata[0]) >= 0;
}

/* Rows without ids that are equal are counted. Facts are keyed by their source and id; dimensions get their keys when
 * they are written. */
char *map_typed_select(Load *load, const MapEntry *entry, const char *only) {
  gboolean is_fact = entry->map->table->kind != LEDGER_DIMENSION;
  gboolean has_id = map_has_id(entry);
  g_autofree char *source = store_quote_text(load->source->name);
  GString *sql = g_string_new(NULL);
  if (is_fact) g_string_append_printf(sql, "SELECT *, hash(%s || chr(31) || id) AS key FROM (", source);
  if (!has_id)
    g_string_append(sql, "SELECT * REPLACE ('row-' || id || '-' || row_number() OVER (PARTITION BY id) AS id) FROM (");
  for (guint i = 0; i < entry->parts->len; i++) {
    if (i > 0) g_string_append(sql, " UNION ALL ");
    append_part(sql, load, entry->parts->pdata[i], only);
  }
  if (!has_id) g_string_append_c(sql, ')');
  if (is_fact) g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}
