/* What people add to the rows of boards that are looked at together:
 *
 *   atom: a person in one group of each dimension of these boards; what the reader sees of it is taken away
 *   row:  a group of a board, a total, all peers, a quarter of them
 *   layers: of each KPI its value, how many records it rests on, numerator and denominator; what is between the two of
 * a proportion, and between two KPIs that add up in the same unit (revenue, and revenue of new business): who reads
 *           both reads that, too
 *
 * A KPI goes with another that is made of a fact that it is made of, too: revenue, won deals and their average are one
 * question. Whichever of them and of the boards is asked for, the problem is the same to the order of its rows, and so
 * is its solution. */
#include "access/board_private.h"

#include <math.h>

static void free_atom(gpointer data) {
  AccessAtom *atom = data;
  g_free(atom->members);
  g_free(atom->full);
  g_free(atom->own);
  g_free(atom);
}

static void free_peers(gpointer data) {
  AccessPeers *peers = data;
  g_array_unref(peers->values);
  g_free(peers);
}

void access_mask_free(AccessMask *mask) {
  if (!mask) return;
  g_ptr_array_unref(mask->kpis);
  g_ptr_array_unref(mask->boards);
  g_ptr_array_unref(mask->by);
  query_result_free(mask->full);
  query_result_free(mask->own);
  g_hash_table_unref(mask->people);
  g_hash_table_unref(mask->atoms);
  g_hash_table_unref(mask->rows);
  g_hash_table_unref(mask->peers);
  g_hash_table_unref(mask->why_not);
  g_array_unref(mask->is_sum);
  access_cells_free(mask->cells);
  g_free(mask->published);
  g_free(mask);
}

QueryResult *access_board_ask(const QueryContext *context, const GPtrArray *kpis, const char *const *by,
                              const CalendarPeriod *period, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint k = 0; k < kpis->len; k++)
    g_ptr_array_add(names, (gpointer)((const KpiDefinition *)g_ptr_array_index(kpis, k))->name);
  g_ptr_array_add(names, NULL);
  QueryRequest request = {
      .kpis = (const char *const *)names->pdata, .by = by, .spans = period, .n_spans = 1, .rates_of = BASE_DAY_NONE};
  return query_run(context, &request, error);
}

/* --- KPIs and boards that go together --- */

/* A KPI of which it is not known what it is made of goes with all. */
static gboolean goes_with(const KpiDefinition *a, const KpiDefinition *b) {
  if (!a->needs || !a->needs[0] || !b->needs || !b->needs[0]) return TRUE;
  for (const char *const *need = a->needs; *need; need++)
    if (g_strv_contains(b->needs, *need)) return TRUE;
  return a == b;
}

static gboolean joins(const GPtrArray *kpis, const KpiDefinition *kpi) {
  for (guint k = 0; k < kpis->len; k++)
    if (goes_with(g_ptr_array_index(kpis, k), kpi)) return !g_ptr_array_find((GPtrArray *)kpis, kpi, NULL);
  return FALSE;
}

/* Adds what joins of a board; whether something did. */
static gboolean join_board(AccessMask *mask, const AccessBoard *board, gboolean *joined, GError **error) {
  for (char **name = board->kpis; *name; name++) {
    const KpiDefinition *kpi = kpi_catalogue_find(mask->reader->context->catalogue, *name, error);
    if (!kpi) g_prefix_error(error, "board %s, which is looked at with it: ", board->name);
    if (!kpi) return FALSE;
    if (!joins(mask->kpis, kpi)) continue;
    g_ptr_array_add(mask->kpis, (gpointer)kpi);
    *joined = TRUE;
  }
  return TRUE;
}

static const AccessBoard *board_at(const AccessMask *mask, guint index) {
  return g_ptr_array_index(mask->reader->boards, index);
}

static gboolean find_kpis(AccessMask *mask, GError **error) {
  for (gboolean joined = TRUE; joined;) {
    joined = FALSE;
    for (guint b = 0; b < mask->reader->boards->len; b++)
      if (board_at(mask, b)->names != ACCESS_NAMES_SHOWN && !join_board(mask, board_at(mask, b), &joined, error))
        return FALSE;
  }
  return TRUE;
}

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp((*(const KpiDefinition *const *)a)->name, (*(const KpiDefinition *const *)b)->name);
}

gboolean access_board_has(const AccessMask *mask, const AccessBoard *board, const KpiDefinition *kpi) {
  for (char **name = board->kpis; *name; name++)
    if (kpi_catalogue_find(mask->reader->context->catalogue, *name, NULL) == kpi) return TRUE;
  return FALSE;
}

static gboolean has_some(const AccessMask *mask, const AccessBoard *board) {
  for (guint k = 0; k < mask->kpis->len; k++)
    if (access_board_has(mask, board, g_ptr_array_index(mask->kpis, k))) return TRUE;
  return FALSE;
}

static void find_boards(AccessMask *mask) {
  for (guint b = 0; b < mask->reader->boards->len; b++) {
    const AccessBoard *board = board_at(mask, b);
    if (board->names == ACCESS_NAMES_SHOWN || !has_some(mask, board)) continue;
    g_ptr_array_add(mask->boards, (gpointer)board);
    for (char **dim = board->by; *dim && board->names == ACCESS_NAMES_HIDDEN; dim++)
      if (!g_ptr_array_find_with_equal_func(mask->by, *dim, g_str_equal, NULL)) g_ptr_array_add(mask->by, *dim);
  }
  g_ptr_array_add(mask->by, (gpointer) "rep");
  g_ptr_array_add(mask->by, NULL);
}

guint access_mask_n_dims(const AccessMask *mask) {
  return mask->by->len - 2;
}

/* --- atoms --- */

static char *key_of(const char *const *members, guint n) {
  GString *key = g_string_new(NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf(key, "%s%s\x1f", members[i] ? "=" : "0", members[i] ? members[i] : "");
  return g_string_free(key, FALSE);
}

static guint number_of(GHashTable *numbers, const char *name) {
  if (!name) return 0;
  guint number = GPOINTER_TO_UINT(g_hash_table_lookup(numbers, name));
  if (number > 0) return number;
  number = g_hash_table_size(numbers) + 1;
  g_hash_table_insert(numbers, g_strdup(name), GUINT_TO_POINTER(number));
  return number;
}

static AccessAtom *atom_of(AccessMask *mask, const QueryRow *row) {
  guint n = access_mask_n_dims(mask), n_kpis = mask->kpis->len;
  g_autofree char *key = key_of(row->members, n + 1);
  AccessAtom *atom = g_hash_table_lookup(mask->atoms, key);
  if (atom) return atom;
  atom = g_new0(AccessAtom, 1);
  atom->person = number_of(mask->people, row->members[n]);
  atom->members = g_memdup2(row->members, (n + 1) * sizeof(char *));
  atom->full = g_new0(const QueryValue *, n_kpis);
  atom->own = g_new0(const QueryValue *, n_kpis);
  g_hash_table_insert(mask->atoms, g_steal_pointer(&key), atom);
  return atom;
}

static void take_rows(AccessMask *mask, const QueryResult *result, gboolean is_own) {
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (row->n_members != access_mask_n_dims(mask) + 1) continue;
    AccessAtom *atom = atom_of(mask, row);
    (is_own ? atom->own : atom->full)[row->kpi] = &row->value;
  }
}

/* Their records as they were believed then, by the same names. */
static gboolean ask_both(AccessMask *mask, GError **error) {
  QueryContext theirs = *mask->reader->context;
  theirs.sight = mask->reader->sight;
  const char *const *by = (const char *const *)mask->by->pdata;
  mask->full = access_board_ask(mask->reader->context, mask->kpis, by, mask->period, error);
  mask->own = mask->full ? access_board_ask(&theirs, mask->kpis, by, mask->period, error) : NULL;
  if (!mask->own) return FALSE;
  take_rows(mask, mask->full, FALSE);
  take_rows(mask, mask->own, TRUE);
  return TRUE;
}

/* What the reader sees is a part of what there is. Should it ever not be, what they know is not known. */
static gboolean is_part(const AccessMask *mask) {
  GHashTableIter iter;
  gpointer at;
  g_hash_table_iter_init(&iter, mask->atoms);
  while (g_hash_table_iter_next(&iter, NULL, &at))
    for (guint k = 0; k < mask->kpis->len; k++)
      if (((const AccessAtom *)at)->own[k] && !((const AccessAtom *)at)->full[k]) return FALSE;
  return TRUE;
}

/* --- KPIs that cannot be looked at person by person --- */

static gboolean has_extreme(const KpiExpr *expr) {
  if (expr->measure && (expr->measure->agg == KPI_AGG_MIN || expr->measure->agg == KPI_AGG_MAX)) return TRUE;
  if (expr->kpi && has_extreme(expr->kpi->versions[expr->kpi->n_versions - 1].expr)) return TRUE;
  for (guint i = 0; i < expr->n_args; i++)
    if (has_extreme(expr->args[i])) return TRUE;
  return FALSE;
}

/* Whether a fact names people, itself or by what it refers to. */
static gboolean is_of_people(const LedgerSchema *schema, const LedgerTable *table) {
  if (!table || ledger_table_owner(table) || g_str_equal(table->name, "person")) return TRUE;
  for (guint c = 0; c < table->n_columns; c++) {
    const LedgerColumn *column = &table->columns[c];
    const LedgerTable *to = column->type == LEDGER_REF ? ledger_schema_find(schema, column->ref) : NULL;
    if (to && to->kind != LEDGER_DIMENSION && ledger_table_owner(to)) return TRUE;
    if (to && g_str_equal(to->name, "person")) return TRUE;
  }
  return FALSE;
}

static gboolean is_impersonal(const AccessMask *mask, const KpiDefinition *kpi) {
  const LedgerSchema *schema = mask->reader->context->schema;
  for (const char *const *need = kpi->needs; need && *need; need++)
    if (is_of_people(schema, ledger_schema_find(schema, *need))) return FALSE;
  return kpi->needs && kpi->needs[0];
}

/* The total has something, but nothing by person; or some row says so. */
static gboolean lacks_people(const AccessMask *mask, guint k) {
  gboolean has_row = FALSE, has_total = FALSE;
  for (guint r = 0; r < query_result_n_rows(mask->full); r++) {
    const QueryRow *row = query_result_row(mask->full, r);
    if (row->kpi != k) continue;
    if (row->value.flags & QUERY_FLAG_NO_DIMENSION) return TRUE;
    has_row = has_row || row->value.n > 0 || row->value.has_value;
  }
  for (guint t = 0; t < query_result_n_totals(mask->full); t++) {
    const QueryRow *row = query_result_total(mask->full, t);
    if (row->kpi == k && row->n_members == 0) has_total = row->value.n > 0 || row->value.value != 0;
  }
  return has_total && !has_row;
}

static void find_why_not(AccessMask *mask) {
  for (guint k = 0; k < mask->kpis->len; k++) {
    const KpiDefinition *kpi = g_ptr_array_index(mask->kpis, k);
    if (is_impersonal(mask, kpi)) continue;
    const char *why = has_extreme(kpi->versions[kpi->n_versions - 1].expr) ? "it is the number of a single record"
                      : lacks_people(mask, k) ? "some of its records do not say whose they are, or not by all that the "
                                                "boards are by"
                                              : NULL;
    if (why) g_hash_table_insert(mask->why_not, (gpointer)kpi, (gpointer)why);
  }
}

/* --- rows --- */

static guint row_of(AccessMask *mask, const char *key, guint level) {
  guint number = GPOINTER_TO_UINT(g_hash_table_lookup(mask->rows, key));
  if (number > 0) return number - 1;
  number = access_cells_add_row(mask->cells, level);
  g_hash_table_insert(mask->rows, g_strdup(key), GUINT_TO_POINTER(number + 1));
  return number;
}

/* Of a group, the same for all boards that have it: its dimensions in order, each with its member. */
static char *group_key(const AccessMask *mask, const char *const *by, const char *const *members, guint n) {
  GString *key = g_string_new(NULL);
  for (guint d = 0; d < access_mask_n_dims(mask); d++)
    for (guint i = 0; i < n; i++)
      if (g_str_equal(by[i], g_ptr_array_index(mask->by, d)))
        g_string_append_printf(key, "%u%s%s\x1f", d, members[i] ? "=" : "0", members[i] ? members[i] : "");
  return g_string_free(key, FALSE);
}

static const char *member_of(const AccessMask *mask, const AccessAtom *atom, const char *dim) {
  for (guint d = 0; d < access_mask_n_dims(mask); d++)
    if (g_str_equal(g_ptr_array_index(mask->by, d), dim)) return atom->members[d];
  return NULL;
}

void access_add_number(GArray *rows, guint row) {
  for (guint i = 0; i < rows->len; i++)
    if (g_array_index(rows, guint, i) == row) return;
  g_array_append_val(rows, row);
}

GArray *access_mask_groups(AccessMask *mask, const AccessAtom *atom) {
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint b = 0; b < mask->boards->len; b++) {
    const AccessBoard *board = g_ptr_array_index(mask->boards, b);
    const char *members[2] = {0};
    if (board->names != ACCESS_NAMES_HIDDEN) continue;
    for (guint n = 0;; n++) {
      g_autofree char *key = group_key(mask, (const char *const *)board->by, members, n);
      access_add_number(rows, row_of(mask, key, n));
      if (!board->by[n]) break;
      members[n] = member_of(mask, atom, board->by[n]);
    }
  }
  return rows;
}

/* What the reader does not see of a number; `has` is whether they see some of it. */
static double left(double full, gboolean has, double own, gboolean is_more) {
  if (!has) return full;
  double rest = full - own;
  return fabs(rest) > ACCESS_NOTHING ? rest : is_more ? full : 0;
}

static void left_of(const QueryValue *full, const QueryValue *own, double *layers) {
  if (!full) return;
  gboolean has = own != NULL, is_more = full->n > (has ? own->n : 0);
  if (full->has_value) layers[0] = left(full->value, has && own->has_value, has ? own->value : 0, is_more);
  layers[1] = (double)full->n - (has ? (double)own->n : 0);
  if (!full->has_parts) return;
  layers[2] = left(full->numerator, has && own->has_parts, has ? own->numerator : 0, FALSE);
  layers[3] = left(full->denominator, has && own->has_parts, has ? own->denominator : 0, FALSE);
}

guint access_mask_n_layers(const AccessMask *mask) {
  guint n = mask->kpis->len;
  return ACCESS_LAYERS * n + n + n * (n - 1) / 2;
}

static gboolean is_added(const AccessMask *mask, guint k, guint layer) {
  return g_array_index(mask->is_sum, gboolean, ACCESS_LAYERS * k + layer);
}

gboolean access_mask_may_differ(const AccessMask *mask, guint a, guint b) {
  KpiUnit x = ((const KpiDefinition *)g_ptr_array_index(mask->kpis, a))->unit,
          y = ((const KpiDefinition *)g_ptr_array_index(mask->kpis, b))->unit;
  return x.kind == y.kind && x.money_power == y.money_power && x.days_power == y.days_power && is_added(mask, a, 0) &&
         is_added(mask, b, 0);
}

/* What is between numbers that are told: of one KPI, then of each two. */
static void add_between(const AccessMask *mask, double *layers) {
  guint n = mask->kpis->len;
  double *at = layers + (gsize)ACCESS_LAYERS * n;
  for (guint k = 0; k < n; k++) {
    const double *of_kpi = layers + (gsize)ACCESS_LAYERS * k;
    *at++ = ((const KpiDefinition *)g_ptr_array_index(mask->kpis, k))->proportion ? of_kpi[3] - of_kpi[2] : 0;
  }
  for (guint a = 1; a < n; a++)
    for (guint b = 0; b < a; b++)
      *at++ =
          access_mask_may_differ(mask, a, b) ? layers[(gsize)ACCESS_LAYERS * a] - layers[(gsize)ACCESS_LAYERS * b] : 0;
}

gboolean access_mask_others(const AccessMask *mask, const AccessAtom *atom, double *layers) {
  gboolean any = FALSE;
  memset(layers, 0, sizeof *layers * access_mask_n_layers(mask));
  for (guint k = 0; k < mask->kpis->len; k++)
    if (!g_hash_table_contains(mask->why_not, g_ptr_array_index(mask->kpis, k)))
      left_of(atom->full[k], atom->own[k], layers + (gsize)ACCESS_LAYERS * k);
  for (guint l = 0; l < ACCESS_LAYERS * mask->kpis->len; l++) any = any || fabs(layers[l]) > ACCESS_NOTHING;
  add_between(mask, layers);
  return any;
}

/* --- the whole --- */

static double layer_of(const QueryValue *value, guint layer) {
  const double parts[ACCESS_LAYERS] = {value->has_value ? value->value : 0, (double)value->n,
                                       value->has_parts ? value->numerator : 0,
                                       value->has_parts ? value->denominator : 0};
  return parts[layer];
}

/* Whether the parts of a layer come to the total; medians and rates do not. */
static gboolean adds_up(const AccessMask *mask, guint k, guint layer) {
  double sum = 0, total = 0;
  for (guint r = 0; r < query_result_n_rows(mask->full); r++) {
    const QueryRow *row = query_result_row(mask->full, r);
    if (row->kpi == k) sum += layer_of(&row->value, layer);
  }
  for (guint t = 0; t < query_result_n_totals(mask->full); t++) {
    const QueryRow *row = query_result_total(mask->full, t);
    if (row->kpi == k && row->n_members == 0) total = layer_of(&row->value, layer);
  }
  return fabs(sum - total) <= 1e-6 * MAX(1, fabs(total));
}

GPtrArray *access_mask_atoms(const AccessMask *mask) {
  GPtrArray *atoms = g_ptr_array_new();
  g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(mask->atoms), (GCompareFunc)strcmp);
  for (const GList *at = keys; at; at = at->next) g_ptr_array_add(atoms, g_hash_table_lookup(mask->atoms, at->data));
  return atoms;
}

static void add_atoms(AccessMask *mask) {
  g_autofree double *layers = g_new0(double, access_mask_n_layers(mask) + 1);
  g_autoptr(GPtrArray) atoms = access_mask_atoms(mask);
  for (guint i = 0; i < atoms->len; i++) {
    const AccessAtom *atom = g_ptr_array_index(atoms, i);
    g_autoptr(GArray) rows = access_mask_groups(mask, atom);
    if (access_mask_others(mask, atom, layers))
      access_cells_add(mask->cells, atom->person, (const guint *)(gpointer)rows->data, rows->len, layers);
  }
}

static gboolean solve(AccessMask *mask, GError **error) {
  guint n_layers = access_mask_n_layers(mask);
  find_why_not(mask);
  for (guint l = 0; l < n_layers; l++) {
    gboolean is_own = l < ACCESS_LAYERS * mask->kpis->len; /* what is between is only looked at where both add up */
    gboolean adds = !is_own || adds_up(mask, l / ACCESS_LAYERS, l % ACCESS_LAYERS);
    g_array_append_val(mask->is_sum, adds);
  }
  mask->cells = access_cells_new(n_layers, (const gboolean *)(gpointer)mask->is_sum->data);
  add_atoms(mask);
  mask->published = g_new0(gboolean, g_hash_table_size(mask->rows) + 1);
  if (!is_part(mask)) return TRUE; /* nothing is published */
  access_cells_publish(mask->cells, mask->reader->protection, mask->published);
  return access_mask_find_peers(mask, error);
}

AccessMask *access_mask_new(const AccessBoardReader *reader, const KpiDefinition *kpi, const CalendarPeriod *period,
                            GError **error) {
  g_autoptr(AccessMask) mask = g_new0(AccessMask, 1);
  mask->reader = reader;
  mask->period = period;
  mask->kpis = g_ptr_array_new();
  mask->boards = g_ptr_array_new();
  mask->by = g_ptr_array_new();
  mask->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  mask->atoms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_atom);
  mask->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  mask->peers = g_hash_table_new_full(NULL, NULL, NULL, free_peers);
  mask->why_not = g_hash_table_new(NULL, NULL);
  mask->is_sum = g_array_new(FALSE, FALSE, sizeof(gboolean));
  g_ptr_array_add(mask->kpis, (gpointer)kpi);
  if (!find_kpis(mask, error)) return NULL;
  g_ptr_array_sort(mask->kpis, by_name);
  find_boards(mask);
  return ask_both(mask, error) && solve(mask, error) ? g_steal_pointer(&mask) : NULL;
}

gboolean access_mask_has(const AccessMask *mask, const KpiDefinition *kpi) {
  return g_ptr_array_find(mask->kpis, kpi, NULL);
}

const char *access_mask_why_not(const AccessMask *mask, const KpiDefinition *kpi) {
  return g_hash_table_lookup(mask->why_not, kpi);
}

gboolean access_mask_shows(const AccessMask *mask, const KpiDefinition *kpi, const char *const *by,
                           const char *const *members, guint n_members) {
  if (is_impersonal(mask, kpi)) return TRUE;
  if (access_mask_why_not(mask, kpi)) return FALSE;
  g_autofree char *key = group_key(mask, by, members, n_members);
  guint number = GPOINTER_TO_UINT(g_hash_table_lookup(mask->rows, key));
  return number > 0 && mask->published[number - 1];
}

const AccessPeers *access_mask_peers(const AccessMask *mask, const KpiDefinition *kpi) {
  return g_hash_table_lookup(mask->peers, kpi);
}
