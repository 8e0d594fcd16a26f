/* Measuring the columns of an export.
 *
 * Every column of a file is measured by a few counts over its different texts, which in a sheet of 500 columns are far
 * fewer than its rows; the commonest are then asked for where a column has few enough to be a list. */
#include "ingest/profile.h"

#include <gio/gio.h>

#define FEW_VALUES     400
#define MOST_OF        0.95
#define LONGEST_NUMBER 60 /* characters of a date or number, spaces and currency included */

/* Patterns of whole values, without the spaces around them. */
#define YMD "^[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([ T].*)?$"
#define XMY "^[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2})([ T,].*)?$"
#define WORDS                                                                                                           \
  "^([0-9]{1,2}(er|º|°)?[-./ ]+(de )?[^-0-9 .,/]{3,10}[-./, ]+(del? )?[0-9]{2,4}|[^-0-9 .,/]{3,10}[.]? [0-9]{1,2},? " \
  "[0-9]{4})( .*)?$"
#define COMPACT  "^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$"
#define SERIAL   "^(3[0-9]|4[0-9]|5[0-4])[0-9]{3}(\\.[0-9]+)?$"
#define EPOCH_MS "^1[0-9]{12}$|^/Date[(]-?[0-9]+([+-][0-9]{4})?[)]/$"
#define MONTH    "^(19|20)[0-9]{2}[-/.](0?[1-9]|1[0-2])$"
/* Languages put other spaces than the plain one between thousands and before signs. */
#define SPACES " \\x{a0}\\x{2009}\\x{202f}"
#define GAP    "[" SPACES "]?"
#define SIGNS  "[€$£¥₹₩₽₺₴₪]|R[$]|US[$]|C[$]|A[$]|kr[.]?|zł|Kč|Ft|lei|Fr[.]?|Rs[.]?"
#define CODES                                                                        \
  "EUR|USD|GBP|CHF|BRL|MXN|SEK|PLN|CAD|AUD|NZD|INR|JPY|CNY|DKK|NOK|CZK|HUF|RON|BGN|" \
  "TRY|RUB|UAH|ILS|SGD|HKD|TWD|KRW|THB|MYR|IDR|PHP|VND|ZAR|AED|SAR|EGP|MAD|NGN|KES|" \
  "ARS|CLP|COP|PEN"
#define MONEY   SIGNS "|" CODES
#define DIGITS  "[0-9][0-9.,''’" SPACES "]*"
#define NUMBER  "^[-+(]?" GAP "(" MONEY ")?" GAP "[-+]?" DIGITS "(" GAP "(" MONEY "|%))?-?\\)?$"
#define LETTERS "[kK]|[tT]sd|TSD|[mM]|[mM]io|MIO|[mM]ln|[mM]rd|[bB]n"
#define SHORT   "^[-+(]?" GAP "(" MONEY ")?" GAP "[-+]?" DIGITS GAP "(" LETTERS ")[.]?" GAP "(" MONEY ")?-?[)]?$"
#define BEHIND  "^[^0-9]*[(−–-]|[-−–]$" /* a sign that is not a plain minus before the digits */
#define MINUS   "^[(]|^[^0-9]*[−–]|[-−–]$"

void profile_column_free(ProfileColumn *column) {
  g_free(column->header);
  g_free(column->key);
  g_strfreev(column->words);
  for (gsize i = 0; i < column->n_values; i++) g_free(column->values[i].text);
  g_free(column->values);
  g_free(column);
}

char *profile_key(const char *header) {
  g_autofree char *lower = g_utf8_strdown(header, -1);
  GString *key = g_string_new(NULL);
  for (const char *p = lower; *p; p = g_utf8_next_char(p))
    if (g_unichar_isalnum(g_utf8_get_char(p))) g_string_append_unichar(key, g_utf8_get_char(p));
  return g_string_free(key, FALSE);
}

char **profile_words(const char *header) {
  GPtrArray *words = g_ptr_array_new();
  g_autoptr(GString) word = g_string_new(NULL);
  gunichar before = 0;
  for (const char *p = header;; p = g_utf8_next_char(p)) {
    gunichar c = *p ? g_utf8_get_char(p) : 0;
    gboolean hump = c && g_unichar_isupper(c) && before && (g_unichar_islower(before) || g_unichar_isdigit(before));
    if (word->len && (!c || hump || !g_unichar_isalnum(c))) {
      g_ptr_array_add(words, g_utf8_strdown(word->str, -1));
      g_string_truncate(word, 0);
    }
    if (!c) break;
    if (g_unichar_isalnum(c)) g_string_append_unichar(word, c);
    before = c;
  }
  g_ptr_array_add(words, NULL);
  return (char **)g_ptr_array_free(words, FALSE);
}

/* "Order #" is the order's number. */
static char *spelled_out(const char *header) {
  g_auto(GStrv) parts = g_strsplit(header, "#", -1);
  return g_strjoinv(" number ", parts);
}

/* "Value (k€)", "Umsatz TEUR", "Revenue in millions": what one stands for. */
static double scale_of(const char *header) {
  static const struct {
    const char *part;
    double scale;
  } parts[] = {{"k€", 1e3},         {"k$", 1e3},       {"k£", 1e3},   {"t€", 1e3},      {"keur", 1e3},
               {"kusd", 1e3},       {"kgbp", 1e3},     {"teur", 1e3}, {"tusd", 1e3},    {"tchf", 1e3},
               {"thousand", 1e3},   {"tausend", 1e3},  {"tsd", 1e3},  {"millier", 1e3}, {"000s", 1e3},
               {"'000", 1e3},       {"€000", 1e3},     {"$000", 1e3}, {"(k)", 1e3},     {"(000)", 1e3},
               {"m€", 1e6},         {"m$", 1e6},       {"meur", 1e6}, {"musd", 1e6},    {"mio", 1e6},
               {"in million", 1e6}, {"(millions", 1e6}};
  g_autofree char *lower = g_utf8_strdown(header, -1);
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    const char *at = strstr(lower, parts[i].part);
    if (at && (at == lower || !g_ascii_isalpha(at[-1]) || !g_ascii_isalpha(*at))) return parts[i].scale;
  }
  return 1;
}

ProfileColumn *profile_column_new(const char *header) {
  ProfileColumn *column = g_new0(ProfileColumn, 1);
  column->header = g_strdup(header);
  g_autofree char *spelled = spelled_out(header);
  column->key = profile_key(spelled);
  column->words = profile_words(spelled);
  column->scale = scale_of(header);
  return column;
}

ProfileColumn *profile_find(const ProfileFile *file, const char *key) {
  for (guint i = 0; i < file->columns->len; i++) {
    ProfileColumn *column = file->columns->pdata[i];
    if (g_str_equal(column->key, key)) return column;
  }
  return NULL;
}

/* --- SQL of a column --- */

static char *trimmed(const ProfileColumn *column) {
  g_autofree char *name = store_quote_name(column->header);
  return g_strdup_printf("nullif(trim(%s), '')", name);
}

char *profile_sql_text(const ProfileColumn *column) {
  g_autofree char *name = store_quote_name(column->header);
  return g_strdup_printf(
      "(CASE WHEN length(%s) <= 4 AND lower(trim(%s)) IN ('', 'n/a', '#n/a', 'null', 'none', 'nan', '-', '--', '–') "
      "THEN "
      "NULL ELSE nullif(trim(%s), '') END)",
      name, name, name);
}

char *profile_sql_date(const ProfileColumn *column) {
  g_autofree char *text = trimmed(column);
  switch (column->date) {
    case PROFILE_DATE_DMY:
    case PROFILE_DATE_DMY_OR_MDY:
      return g_strdup_printf(
          "CAST(try_strptime(left(replace(replace(%s, '.', '/'), '-', '/'), 10), ['%%d/%%m/%%Y', '%%d/%%m/%%y', "
          "'%%d/%%m/%%Y ', '%%d/%%m/%%y %%H']) AS TIMESTAMP)",
          text);
    case PROFILE_DATE_MDY:
      return g_strdup_printf(
          "CAST(try_strptime(regexp_extract(%s, '^[^ ,T]+'), ['%%m/%%d/%%Y', '%%m/%%d/%%y', '%%m-%%d-%%Y', "
          "'%%m-%%d-%%y']) AS TIMESTAMP)",
          text);
    case PROFILE_DATE_WORDS:
      return g_strdup_printf(
          "CAST(try_strptime(coalesce(attain_in_english(%s), %s), ['%%d %%b %%Y', '%%d-%%b-%%Y', '%%d-%%b-%%y', "
          "'%%b %%d, %%Y', '%%B %%d, %%Y', '%%d %%B %%Y', '%%b %%d %%Y', '%%d. %%b %%Y', '%%d/%%b/%%Y', "
          "'%%d/%%b/%%y']) "
          "AS TIMESTAMP)",
          text, text);
    case PROFILE_DATE_COMPACT:
      return g_strdup_printf("CAST(try_strptime(%s, '%%Y%%m%%d') AS TIMESTAMP)", text);
    case PROFILE_DATE_SERIAL:
      return g_strdup_printf("(TIMESTAMP '1899-12-30' + to_days(CAST(floor(try_cast(%s AS DOUBLE)) AS INTEGER)))",
                             text);
    case PROFILE_DATE_MONTH:
      return g_strdup_printf("CAST(try_strptime(%s, ['%%Y-%%m', '%%Y/%%m', '%%Y.%%m']) AS TIMESTAMP)", text);
    case PROFILE_DATE_EPOCH_MS:
      return g_strdup_printf("make_timestamp(try_cast(regexp_extract(%s, '-?[0-9]+') AS BIGINT) * 1000)", text);
    default:
      return g_strdup_printf(
          "CAST(try_strptime(regexp_extract(replace(replace(%s, '/', '-'), '.', '-'), '^[0-9]+-[0-9]+-[0-9]+'), "
          "'%%Y-%%m-%%d') AS TIMESTAMP)",
          text);
  }
}

/* The digits of a text with its decimal sign, and a minus unless `signs` are read apart. */
static char *digits_sql(const ProfileColumn *column, const char *text, gboolean signs) {
  const char *minus = signs ? "" : "-";
  if (column->decimal_comma)
    return g_strdup_printf(
        "try_cast(replace(replace(regexp_replace(%s, '[^0-9.,%s]', '', 'g'), '.', ''), ',', '.') AS DOUBLE)", text,
        minus);
  return g_strdup_printf("try_cast(regexp_replace(%s, '[^0-9.%s]', '', 'g') AS DOUBLE)", text, minus);
}

char *profile_sql_amount(const ProfileColumn *column) {
  g_autofree char *name = store_quote_name(column->header);
  return column->has_suffix ? g_strdup_printf("attain_amount(%s, '%c')", name, column->decimal_comma ? ',' : '.')
                            : g_steal_pointer(&name);
}

static char *plain_number(const ProfileColumn *column) {
  g_autofree char *amount = column->has_suffix ? profile_sql_amount(column) : NULL;
  g_autofree char *text = amount ? g_strdup_printf("trim(%s)", amount) : trimmed(column);
  g_autofree char *digits = digits_sql(column, text, column->has_odd_signs);
  if (!column->has_odd_signs) return g_steal_pointer(&digits);
  return g_strdup_printf("(CASE WHEN regexp_matches(%s, '" BEHIND "') THEN -1 ELSE 1 END * %s)", text, digits);
}

char *profile_sql_number(const ProfileColumn *column) {
  g_autofree char *number = plain_number(column);
  if (column->scale > 1 && !column->has_suffix) return g_strdup_printf("(%s * %.0f)", number, column->scale);
  return g_steal_pointer(&number);
}

gint64 profile_count(Store *scratch, const char *sql) {
  g_autoptr(StoreRows) rows = store_query(scratch, sql, NULL, 0, 0, NULL);
  if (!rows || store_rows_count(rows) == 0) return -1;
  StoreValue value = store_rows_value(rows, 0, 0);
  return value.type == STORE_NULL ? 0 : value.type == STORE_DOUBLE ? (gint64)value.number : value.integer;
}

/* --- measuring --- */

/* Of the column's different texts `v`, each with the number `n` of its rows. `short`: with a digit and not long, which
 * every date and number is; the patterns cost most, and most texts are neither. */
static char *measures_sql(const ProfileFile *file, const ProfileColumn *column) {
  const char *patterns[] = {YMD, XMY, WORDS, COMPACT, SERIAL, EPOCH_MS, NUMBER, MONTH, SHORT, "^-?[0-9]+$"};
  g_autofree char *text = profile_sql_text(column);
  GString *sql = g_string_new("SELECT sum(n), count(*)");
  for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++)
    g_string_append_printf(sql, ", sum(n) FILTER (short AND regexp_matches(v, '%s'))", patterns[i]);
  g_string_append(sql,
                  ", sum(n) FILTER (ends_with(v, '%'))"
                  ", sum(n) FILTER (lower(v) IN ('true', 'false', 'yes', 'no', '0', '1', 'y', 'n', 't', 'f', "
                  "'ja', 'nein', 'oui', 'non', 'si', 'sí', 'sim', 'não', 'nao', 'wahr', 'falsch', 'x', 'vrai', "
                  "'faux'))"
                  ", sum(n) FILTER (contains(v, '@') AND regexp_matches(v, '^[^@ ]+@[^@ ]+[.][^@ ]+$'))"
                  ", sum(n) FILTER (lower(v) <> upper(v))"
                  ", sum(n) FILTER (short AND regexp_matches(v, '^[^,]*,[0-9]{1,2}[^0-9.,]*$'))"
                  ", sum(n) FILTER (short AND regexp_matches(v, '^[^.]*[.][0-9]{1,2}[^0-9.,]*$'))"
                  ", max(length(v))"
                  ", sum(n) FILTER (short AND regexp_matches(v, '" MINUS
                  "'))"
                  ", sum(n) FILTER (short AND regexp_matches(v, '^[^,]*,[0-9]{1,2}[^0-9.,]*$') AND NOT "
                  "regexp_matches(v, '" SHORT
                  "'))"
                  ", sum(n) FILTER (short AND regexp_matches(v, '^[^.]*[.][0-9]{1,2}[^0-9.,]*$') AND NOT "
                  "regexp_matches(v, '" SHORT "'))");
  g_string_append_printf(sql,
                         " FROM (SELECT v, n, length(v) <= %d AND regexp_matches(v, '[0-9]') AS short FROM "
                         "(SELECT %s AS v, count(*) AS n FROM %s GROUP BY 1) WHERE v IS NOT NULL)",
                         LONGEST_NUMBER, text, file->table);
  return g_string_free(sql, FALSE);
}

static gint64 whole(const StoreRows *rows, guint column) {
  StoreValue v = store_rows_value(rows, 0, column);
  return v.type == STORE_NULL ? 0 : v.type == STORE_DOUBLE ? (gint64)v.number : v.integer;
}

static gboolean mostly(gint64 part, gint64 of) {
  return of > 0 && (double)part >= MOST_OF * (double)of;
}

/* Day before month, or after it? A part above 12 is the day; a dot between them is how people write who put the day
 * first. */
static ProfileDate order_of_day(Store *scratch, const ProfileFile *file, const ProfileColumn *column) {
  g_autofree char *v = profile_sql_text(column);
  g_autofree char *sql = g_strdup_printf(
      "SELECT count(*) FILTER (CAST(regexp_extract(v, '^([0-9]+)[-/.]([0-9]+)', 1) AS INTEGER) > 12), "
      "count(*) FILTER (CAST(regexp_extract(v, '^([0-9]+)[-/.]([0-9]+)', 2) AS INTEGER) > 12), count(*) FILTER (v LIKE "
      "'%%.%%.%%') "
      "FROM (SELECT %s AS v FROM %s) WHERE regexp_matches(v, '" XMY "')",
      v, file->table);
  g_autoptr(StoreRows) rows = store_query(scratch, sql, NULL, 0, 0, NULL);
  if (!rows || store_rows_count(rows) == 0) return PROFILE_DATE_DMY_OR_MDY;
  gint64 first = whole(rows, 0), second = whole(rows, 1), dots = whole(rows, 2);
  if (first > second) return PROFILE_DATE_DMY;
  if (second > first) return PROFILE_DATE_MDY;
  return dots > 0 ? PROFILE_DATE_DMY : PROFILE_DATE_DMY_OR_MDY;
}

static gboolean header_says_date(const ProfileColumn *column) {
  static const char *const hints[] = {"date", "datum", "fecha", "data", "created", "closed", "time",
                                      "day",  "tag",   "jour",  "dia",  "_at",     NULL};
  g_autofree char *lower = g_utf8_strdown(column->header, -1);
  for (gsize i = 0; hints[i]; i++)
    if (strstr(lower, hints[i])) return TRUE;
  return FALSE;
}

static void decide_date(Store *scratch, const ProfileFile *file, ProfileColumn *column, const gint64 *patterns) {
  gint64 n = column->n_filled;
  gboolean named = header_says_date(column);
  column->n_dates = patterns[0] + patterns[1] + patterns[2];
  if (mostly(column->n_dates, n)) {
    column->date = patterns[0] >= patterns[1] + patterns[2] ? PROFILE_DATE_YMD
                   : patterns[1] >= patterns[2]             ? order_of_day(scratch, file, column)
                                                            : PROFILE_DATE_WORDS;
  } else if (mostly(patterns[7], n)) {
    column->date = PROFILE_DATE_MONTH;
  } else if (mostly(patterns[5], n)) {
    column->date = PROFILE_DATE_EPOCH_MS;
  } else if (named && mostly(patterns[3], n)) {
    column->date = PROFILE_DATE_COMPACT;
  } else if (named && mostly(patterns[4], n)) {
    column->date = PROFILE_DATE_SERIAL;
  } else if (named && n > 0 && column->n_dates * 2 > n) {
    column->date = patterns[0] >= patterns[1] ? PROFILE_DATE_YMD : order_of_day(scratch, file, column);
  }
}

static void take_measures(Store *scratch, const ProfileFile *file, ProfileColumn *column, const StoreRows *rows) {
  gint64 patterns[9];
  column->n_filled = whole(rows, 0);
  column->n_distinct = whole(rows, 1);
  for (guint i = 0; i < 9; i++) patterns[i] = whole(rows, 2 + i);
  column->n_numbers = patterns[6];
  column->has_suffix = patterns[8] > 0 && mostly(patterns[6] + patterns[8], column->n_filled);
  if (column->has_suffix) column->n_numbers += patterns[8];
  column->n_integers = whole(rows, 11);
  column->n_percents = whole(rows, 12);
  column->n_booleans = whole(rows, 13);
  column->n_emails = whole(rows, 14);
  column->n_words = whole(rows, 15);
  column->n_comma_decimals = whole(rows, 16);
  column->n_dot_decimals = whole(rows, 17);
  column->longest = whole(rows, 18);
  column->has_odd_signs = whole(rows, 19) > 0;
  if (column->has_suffix && whole(rows, 20) + whole(rows, 21) > 0) {
    column->n_comma_decimals = whole(rows, 20);
    column->n_dot_decimals = whole(rows, 21);
  }
  column->decimal_comma = column->n_comma_decimals > column->n_dot_decimals;
  decide_date(scratch, file, column, patterns);
}

static void take_values(Store *scratch, const ProfileFile *file, ProfileColumn *column) {
  if (column->n_distinct == 0 || column->n_distinct > FEW_VALUES || column->longest > 200) return;
  g_autofree char *v = profile_sql_text(column);
  g_autofree char *sql = g_strdup_printf(
      "SELECT %s AS v, count(*) AS n FROM %s WHERE v IS NOT NULL GROUP BY 1 ORDER BY n DESC, v LIMIT %d", v,
      file->table, PROFILE_MAX_VALUES);
  g_autoptr(StoreRows) rows = store_query(scratch, sql, NULL, 0, 0, NULL);
  if (!rows) return;
  column->n_values = store_rows_count(rows);
  column->values = g_new0(ProfileValue, column->n_values + 1);
  for (gsize i = 0; i < column->n_values; i++) {
    column->values[i].text = g_strdup(store_rows_value(rows, i, 0).text);
    column->values[i].count = store_rows_value(rows, i, 1).integer;
  }
}

static void take_range(Store *scratch, const ProfileFile *file, ProfileColumn *column) {
  if (!profile_is_number(column)) return;
  g_autofree char *number = profile_sql_number(column);
  g_autofree char *sql =
      g_strdup_printf("SELECT CAST(min(%s) AS DOUBLE), CAST(max(%s) AS DOUBLE) FROM %s", number, number, file->table);
  g_autoptr(StoreRows) rows = store_query(scratch, sql, NULL, 0, 0, NULL);
  if (!rows || store_rows_count(rows) == 0) return;
  StoreValue least = store_rows_value(rows, 0, 0), most = store_rows_value(rows, 0, 1);
  column->least = least.type == STORE_DOUBLE ? least.number : 0;
  column->most = most.type == STORE_DOUBLE ? most.number : 0;
}

/* Most columns of a CRM's wide tables are empty: they are counted first, so that only the others are looked at closely.
 */
static GPtrArray *filled_columns(Store *scratch, const ProfileFile *file) {
  GPtrArray *filled = g_ptr_array_new();
  g_autoptr(GString) sql = g_string_new("SELECT ");
  for (guint i = 0; i < file->columns->len; i++) {
    g_autofree char *v = profile_sql_text(file->columns->pdata[i]);
    g_string_append_printf(sql, "%scount(%s)", i ? ", " : "", v);
  }
  g_string_append_printf(sql, " FROM %s", file->table);
  g_autoptr(StoreRows) rows = store_query(scratch, sql->str, NULL, 0, 0, NULL);
  for (guint i = 0; i < file->columns->len; i++)
    if (!rows || whole(rows, i) > 0) g_ptr_array_add(filled, file->columns->pdata[i]);
  return filled;
}

void profile_measure(Store *scratch, ProfileFile *file) {
  g_autofree char *count = g_strdup_printf("SELECT count(*) FROM %s", file->table);
  file->n_rows = MAX(0, profile_count(scratch, count));
  g_autoptr(GPtrArray) columns = filled_columns(scratch, file);
  for (guint i = 0; i < columns->len; i++) {
    ProfileColumn *column = columns->pdata[i];
    g_autofree char *sql = measures_sql(file, column);
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreRows) rows = store_query(scratch, sql, NULL, 0, 0, &error);
    if (!rows) {
      g_debug("profile of %s: %s", file->name, error->message);
      continue;
    }
    take_measures(scratch, file, column, rows);
    take_values(scratch, file, column);
    take_range(scratch, file, column);
  }
}

gboolean profile_is_date(const ProfileColumn *column) {
  return column->date != PROFILE_DATE_NONE;
}

gboolean profile_is_number(const ProfileColumn *column) {
  return !profile_is_date(column) && mostly(column->n_numbers, column->n_filled);
}

gboolean profile_is_boolean(const ProfileColumn *column) {
  return mostly(column->n_booleans, column->n_filled) && column->n_distinct <= 4;
}

gboolean profile_is_unique(const ProfileFile *file, const ProfileColumn *column) {
  return file->n_rows > 0 && column->n_distinct == file->n_rows;
}
