/* How the files write dates, numbers and money: what is decided for all of them before any column is understood.
 *
 * A date such as 03/04/2024 and a number such as 1.234 can be read two ways. The other columns of the file decide, then
 * the other files; what stays open is said, as a load would read it. */
#include "ingest/propose.h"

/* --- dates and numbers --- */

typedef struct {
  gint64 dmy, mdy, either;
} Orders;

static Orders count_orders(const ProfileFile *file) {
  Orders n = {0};
  for (guint c = 0; file->table && c < file->columns->len; c++) {
    const ProfileColumn *column = file->columns->pdata[c];
    n.dmy += column->date == PROFILE_DATE_DMY;
    n.mdy += column->date == PROFILE_DATE_MDY;
    n.either += column->date == PROFILE_DATE_DMY_OR_MDY;
  }
  return n;
}

static void read_either(ProfileFile *file, gboolean american) {
  for (guint c = 0; c < file->columns->len; c++) {
    ProfileColumn *column = file->columns->pdata[c];
    if (column->date == PROFILE_DATE_DMY_OR_MDY) column->date = american ? PROFILE_DATE_MDY : PROFILE_DATE_DMY;
  }
}

static const char *example_of(const ProfileFile *file) {
  for (guint c = 0; c < file->columns->len; c++) {
    const ProfileColumn *column = file->columns->pdata[c];
    if (column->date == PROFILE_DATE_DMY_OR_MDY && column->n_values > 0) return column->values[0].text;
  }
  return "03/04/2024";
}

/* A file's other dates decide, then the other files', then the currency: day first but where one counts in US dollars,
 * as a load does. */
static void decide_dates(Propose *propose) {
  Orders all = {0};
  for (guint i = 0; i < propose->folder->files->len; i++) {
    const Orders n = count_orders(propose->folder->files->pdata[i]);
    all.dmy += n.dmy;
    all.mdy += n.mdy;
  }
  gboolean one_order = (all.dmy > 0) != (all.mdy > 0);
  gboolean american = one_order ? all.mdy > 0 : g_strcmp0(propose->currency, "USD") == 0;
  gboolean open = FALSE;
  for (guint i = 0; i < propose->folder->files->len; i++) {
    ProfileFile *file = propose->folder->files->pdata[i];
    const Orders n = count_orders(file);
    if (n.either == 0) continue;
    gboolean own = (n.dmy > 0) != (n.mdy > 0);
    if (!own) {
      propose_check(propose,
                    "%s: dates such as %s could be read two ways; they are read %s first%s. Change date_format: in the "
                    "file if that is wrong.",
                    file->pattern, example_of(file), american ? "month" : "day",
                    one_order ? ", as those of the other files" : "");
      open = TRUE;
    }
    read_either(file, own ? n.mdy > 0 : american);
  }
  if (one_order || (open && all.dmy + all.mdy == 0)) propose->date_format = american ? "mdy" : "dmy";
}

/* Of numbers that are surely decimal, those with a comma and those with a point: columns. */
static void decide_decimals(Propose *propose) {
  gint64 comma = 0, dot = 0;
  for (guint i = 0; i < propose->folder->files->len; i++) {
    const ProfileFile *file = propose->folder->files->pdata[i];
    for (guint c = 0; file->table && c < file->columns->len; c++) {
      const ProfileColumn *column = file->columns->pdata[c];
      if (!profile_is_number(column)) continue;
      comma += column->n_comma_decimals > 0 && column->n_dot_decimals == 0;
      dot += column->n_dot_decimals > 0;
    }
  }
  if (comma == 0 || dot > 0) return;
  propose->decimal = ',';
  for (guint i = 0; i < propose->folder->files->len; i++) {
    const ProfileFile *file = propose->folder->files->pdata[i];
    for (guint c = 0; c < file->columns->len; c++) {
      ProfileColumn *column = file->columns->pdata[c];
      if (column->n_dot_decimals == 0) column->decimal_comma = TRUE;
    }
  }
}

/* --- money --- */

/* The currency that a header names, else the one that most amounts of the column carry; NULL when there is none. */
static char *currency_of_column(const Propose *propose, const ProfileFile *file, const ProfileColumn *column) {
  static const struct {
    const char *sign, *code;
  } signs[] = {{"€", "EUR"},   {"eur", "EUR"}, {"£", "GBP"},   {"gbp", "GBP"}, {"R$", "BRL"},  {"brl", "BRL"},
               {"usd", "USD"}, {"US$", "USD"}, {"chf", "CHF"}, {"¥", "JPY"},   {"jpy", "JPY"}, {"mxn", "MXN"},
               {"cad", "CAD"}, {"aud", "AUD"}, {"inr", "INR"}, {"₹", "INR"},   {"sek", "SEK"}, {"$", "USD"}};
  for (gsize s = 0; s < G_N_ELEMENTS(signs); s++) {
    gboolean is_word = g_ascii_islower(signs[s].sign[0]);
    if (is_word ? g_strv_contains((const char *const *)column->words, signs[s].sign)
                : strstr(column->header, signs[s].sign) != NULL)
      return g_strdup(signs[s].code);
  }
  g_autofree char *text = profile_sql_text(column);
  g_autofree char *sql = g_strdup_printf(
      "SELECT c FROM (SELECT attain_currency_of(%s, 'USD') AS c FROM %s) WHERE c IS NOT NULL GROUP BY 1 "
      "HAVING count(*) * 2 > %" G_GINT64_FORMAT,
      text, file->table, column->n_filled);
  g_autoptr(StoreRows) rows = store_query(propose->scratch, sql, NULL, 0, 0, NULL);
  const char *code = rows && store_rows_count(rows) > 0 ? store_rows_value(rows, 0, 0).text : NULL;
  return code && base_currency_is_valid(code) ? g_strdup(code) : NULL;
}

/* The currency most rows carry in a column of currency codes, else that of the first column of amounts with one. */
static char *find_currency(const Propose *propose) {
  gint64 best = 0;
  char *code = NULL;
  for (guint i = 0; i < propose->folder->files->len; i++) {
    const ProfileFile *file = propose->folder->files->pdata[i];
    for (guint c = 0; c < file->columns->len; c++) {
      const ProfileColumn *column = file->columns->pdata[c];
      gboolean named = strstr(column->key, "curr") || strstr(column->key, "wahrung") || strstr(column->key, "devise") ||
                       strstr(column->key, "moneda") || strstr(column->key, "moeda");
      if (!named || column->n_values == 0 || !base_currency_is_valid(column->values[0].text) ||
          column->values[0].count <= best)
        continue;
      best = column->values[0].count;
      g_free(code);
      code = g_strdup(column->values[0].text);
    }
  }
  for (guint i = 0; i < propose->folder->files->len && !code; i++) {
    const ProfileFile *file = propose->folder->files->pdata[i];
    for (guint c = 0; c < file->columns->len && !code; c++)
      if (profile_is_number(file->columns->pdata[c])) code = currency_of_column(propose, file, file->columns->pdata[c]);
  }
  return code;
}

void propose_formats(Propose *propose) {
  propose->currency = find_currency(propose);
  decide_decimals(propose);
  decide_dates(propose);
}
