/* Order lines whose orders stand in a file of their own: orders say when, who and for whom, lines say what and how
 * much.
 *
 *   order_items: order_id, product, price ──order_id──► orders: order_id, customer, date
 *
 * The order's columns are then looked up for each line. It is an order's file when its key is a document's number,
 * different in every row there and repeated in the lines, and when nearly all lines find theirs. */
#include "ingest/propose_kinds.h"

#define LEAST_FOUND 0.9

static gboolean has_date(const ProfileFile *file) {
  for (guint i = 0; i < file->columns->len; i++)
    if (profile_is_date(file->columns->pdata[i])) return TRUE;
  return FALSE;
}

static gboolean are_found(const Propose *propose, const ProfileFile *lines, const KindsJoin *join) {
  g_autofree char *key = profile_sql_text(join->key);
  g_autofree char *other = profile_sql_text(join->orders_key);
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s WHERE %s IN (SELECT %s FROM %s)", lines->table, key,
                                         other, join->orders->table);
  return (double)profile_count(propose->scratch, sql) >= LEAST_FOUND * (double)lines->n_rows;
}

/* Columns of both files; a header that both have is the lines'. */
static GPtrArray *both_columns(const ProfileFile *lines, const KindsJoin *join) {
  GPtrArray *columns = g_ptr_array_new();
  for (guint i = 0; i < lines->columns->len; i++) g_ptr_array_add(columns, lines->columns->pdata[i]);
  for (guint i = 0; i < join->orders->columns->len; i++) {
    ProfileColumn *column = join->orders->columns->pdata[i];
    if (column != join->orders_key && !profile_find(lines, column->key)) g_ptr_array_add(columns, column);
  }
  return columns;
}

static gboolean is_own(const ProfileFile *lines, const Guess *guess, const char *role) {
  ProfileColumn *column = guess_column(guess, role);
  return !column || g_ptr_array_find(lines->columns, column, NULL);
}

static Guess guess_with(const Propose *propose, const ProfileFile *lines, const Kind *sale, const KindsJoin *join) {
  const Guess none = {0};
  g_autoptr(GPtrArray) columns = both_columns(lines, join);
  ProfileFile both = *lines;
  both.columns = columns;
  Guess guess = kinds_guess(&both, sale);
  static const char *const amounts[] = {"net_amount", "quantity", "unit_price", "total_amount"};
  for (gsize i = 0; i < G_N_ELEMENTS(amounts); i++)
    for (guint r = 0; r < sale->n_roles; r++)
      if (g_str_equal(sale->roles[r].name, amounts[i]) && !is_own(lines, &guess, amounts[i])) guess.columns[r] = NULL;
  gboolean has_amount = guess_column(&guess, "net_amount") || guess_column(&guess, "unit_price");
  if (guess.total <= 0 || guess_column(&guess, "document") != join->key || !has_amount) return none;
  return is_own(lines, &guess, "at") || !are_found(propose, lines, join) ? none : guess;
}

Guess kinds_guess_lines(const Propose *propose, ProfileFile *lines, const Kind *sale, GHashTable *done,
                        KindsJoin *join) {
  Guess best = {0};
  for (guint f = 0; f < propose->folder->files->len; f++) {
    ProfileFile *orders = propose->folder->files->pdata[f];
    if (orders == lines || !orders->table || g_hash_table_contains(done, orders) || !has_date(orders)) continue;
    for (guint c = 0; c < lines->columns->len; c++) {
      ProfileColumn *key = lines->columns->pdata[c];
      ProfileColumn *other = profile_find(orders, key->key);
      if (!other || !profile_is_unique(orders, other) || key->n_distinct == 0 || profile_is_unique(lines, key))
        continue;
      const KindsJoin tried = {.orders = orders, .key = key, .orders_key = other};
      const Guess guess = guess_with(propose, lines, sale, &tried);
      if (guess.total <= best.total) continue;
      best = guess;
      *join = tried;
    }
  }
  return best;
}
