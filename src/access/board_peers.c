/* Where somebody stands among others: the others' numbers, and which parts of them may be told of.
 *
 * A quartile is one person's number, so what is told is the mean of each quarter: disjoint sets of people, of at least
 * the smallest group. They are rows like those of groups, of the one number that is told of them (the KPI's value), and
 * taken after the groups that the reader's boards have: company - quarters - … must leave enough people, too.
 *
 * Rows of groups are told for all KPIs that go together, so a sum of them is one of each kind of record by itself:
 * revenue of the web, and what is left of revenue. Parts are of one KPI. Where two that may differ are told together,
 * a part takes a person's web and their rest in one, and a sum may give the ones' web and the others' rest away. Which
 * people have records of which kinds is not known of more than two, so then no part is told. */
#include "access/board_private.h"

typedef struct {
  const char *name;
  double value;
} Peer;

/* One KPI. */
typedef struct {
  AccessMask *mask;
  guint kpi;
  GArray *found; /* Peer, from the lowest value */
  AccessPeers *peers;
  GHashTable *at; /* name -> place in `found` + 1 */
  AccessCells *cells;
  guint *rows; /* by row of the mask: its number here + 1, of those that are published */
  guint all;   /* the row of all peers; those of the parts follow */
} Ranking;

guint access_part_start(guint n, guint n_parts, guint i) {
  return i * (n / n_parts) + MIN(i, n % n_parts);
}

static int by_value(gconstpointer a, gconstpointer b) {
  const Peer *x = a, *y = b;
  if (x->value != y->value) return (x->value > y->value) - (x->value < y->value);
  return strcmp(x->name, y->name);
}

static gboolean is_on_own_board(const AccessMask *mask, guint k) {
  const KpiDefinition *kpi = g_ptr_array_index(mask->kpis, k);
  for (guint b = 0; b < mask->boards->len; b++) {
    const AccessBoard *board = g_ptr_array_index(mask->boards, b);
    if (board->names == ACCESS_NAMES_OWN && access_board_has(mask, board, kpi)) return TRUE;
  }
  return FALSE;
}

/* --- who they are --- */

static const char *const by_rep[] = {"rep", NULL};

/* What the records call the reader, from a question that sees nothing else. */
static GHashTable *own_names(const AccessMask *mask, GError **error) {
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  QueryContext own = *mask->reader->context;
  g_autoptr(QuerySight) sight = query_sight_new();
  if (mask->reader->person > 0) query_sight_add_person(sight, mask->reader->person);
  own.sight = sight;
  g_autoptr(QueryResult) result = access_board_ask(&own, mask->kpis, by_rep, mask->period, error);
  if (!result) return NULL;
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (row->n_members == 1 && row->members[0]) g_hash_table_add(names, g_strdup(row->members[0]));
  }
  return g_steal_pointer(&names);
}

static void find(Ranking *ranking, const QueryResult *result, GHashTable *self) {
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    Peer peer = {row->members[0], row->value.value};
    gboolean is_peer = row->kpi == ranking->kpi && row->n_members == 1 && peer.name && row->value.has_value &&
                       row->value.n > 0 && !g_hash_table_contains(self, peer.name);
    if (is_peer) g_array_append_val(ranking->found, peer);
  }
  g_array_sort(ranking->found, by_value);
  for (guint i = 0; i < ranking->found->len; i++) {
    const Peer *peer = &g_array_index(ranking->found, Peer, i);
    g_array_append_val(ranking->peers->values, peer->value);
    g_hash_table_insert(ranking->at, (gpointer)peer->name, GUINT_TO_POINTER(i + 1));
  }
  ranking->peers->n_parts = MIN(4, ranking->found->len / MAX(1, ranking->mask->reader->protection->least));
}

/* --- rows --- */

/* Whether more is told than this KPI's numbers: of groups by another one that may be a part of it or it of that, or the
 * parts of such a one, which come first. */
static gboolean is_mixed(const AccessMask *mask, guint k) {
  for (guint j = 0; j < mask->kpis->len; j++) {
    if (j == k || !access_mask_may_differ(mask, j, k)) continue;
    for (guint b = 0; b < mask->boards->len; b++) {
      const AccessBoard *board = g_ptr_array_index(mask->boards, b);
      if (!access_board_has(mask, board, g_ptr_array_index(mask->kpis, j))) continue;
      if (board->names == ACCESS_NAMES_HIDDEN || j < k) return TRUE;
    }
  }
  return FALSE;
}

/* Groups that are published come first, so that they are taken. */
static void add_rows(Ranking *ranking) {
  const AccessMask *mask = ranking->mask;
  guint n = g_hash_table_size(mask->rows);
  ranking->rows = g_new0(guint, n + 1);
  for (guint row = 0; row < n; row++)
    if (mask->published[row]) ranking->rows[row] = access_cells_add_row(ranking->cells, 0) + 1;
  ranking->all = access_cells_add_row(ranking->cells, 1);
  for (guint part = 0; part < ranking->peers->n_parts; part++) access_cells_add_row(ranking->cells, 2);
}

static void add_peer(const Ranking *ranking, guint place, GArray *rows) {
  guint n = ranking->found->len, n_parts = ranking->peers->n_parts;
  access_add_number(rows, ranking->all);
  for (guint part = 0; part < n_parts; part++)
    if (place >= access_part_start(n, n_parts, part) && place < access_part_start(n, n_parts, part + 1))
      access_add_number(rows, ranking->all + 1 + part);
}

static void add_atom(Ranking *ranking, const AccessAtom *atom, const double *layers) {
  const char *name = atom->members[access_mask_n_dims(ranking->mask)];
  guint place = name ? GPOINTER_TO_UINT(g_hash_table_lookup(ranking->at, name)) : 0;
  g_autoptr(GArray) groups = access_mask_groups(ranking->mask, atom), rows = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < groups->len; i++) {
    guint row = ranking->rows[g_array_index(groups, guint, i)];
    if (row > 0) access_add_number(rows, row - 1);
  }
  if (place > 0) add_peer(ranking, place - 1, rows);
  access_cells_add(ranking->cells, atom->person, (const guint *)(gpointer)rows->data, rows->len, layers);
}

static void add_atoms(Ranking *ranking) {
  AccessMask *mask = ranking->mask;
  g_autofree double *layers = g_new0(double, access_mask_n_layers(mask) + 1);
  g_autoptr(GPtrArray) atoms = access_mask_atoms(mask);
  for (guint i = 0; i < atoms->len; i++) {
    const AccessAtom *atom = g_ptr_array_index(atoms, i);
    const double *of_kpi = layers + (gsize)ACCESS_LAYERS * ranking->kpi;
    gboolean any = FALSE;
    access_mask_others(mask, atom, layers);
    for (guint l = 0; l < ACCESS_LAYERS; l++) any = any || of_kpi[l] > ACCESS_NOTHING || of_kpi[l] < -ACCESS_NOTHING;
    if (any) add_atom(ranking, atom, of_kpi);
  }
}

static void tell(Ranking *ranking) {
  guint n = g_hash_table_size(ranking->mask->rows) + 1 + 4;
  g_autofree gboolean *published = g_new0(gboolean, n + 1);
  AccessPeers *peers = ranking->peers;
  access_cells_publish(ranking->cells, ranking->mask->reader->protection, published);
  peers->is_shown = ranking->found->len > 0 && published[ranking->all];
  gboolean is_alone = !is_mixed(ranking->mask, ranking->kpi);
  for (guint part = 0; part < peers->n_parts; part++)
    peers->shows[part] = is_alone && published[ranking->all + 1 + part];
}

static AccessPeers *rank(AccessMask *mask, guint k, const QueryResult *result, GHashTable *self) {
  const gboolean is_sum = TRUE;
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Peer));
  g_autoptr(GHashTable) at = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(AccessCells) cells = access_cells_new(1, &is_sum);
  Ranking ranking = {.mask = mask, .kpi = k, .found = found, .peers = g_new0(AccessPeers, 1), .at = at, .cells = cells};
  ranking.peers->values = g_array_new(FALSE, FALSE, sizeof(double));
  find(&ranking, result, self);
  add_rows(&ranking);
  add_atoms(&ranking);
  tell(&ranking);
  g_free(ranking.rows);
  return ranking.peers;
}

gboolean access_mask_find_peers(AccessMask *mask, GError **error) {
  g_autoptr(GHashTable) self = NULL;
  g_autoptr(QueryResult) result = NULL;
  for (guint k = 0; k < mask->kpis->len; k++) {
    gpointer kpi = g_ptr_array_index(mask->kpis, k);
    if (!is_on_own_board(mask, k) || access_mask_why_not(mask, kpi)) continue;
    if (!self && !(self = own_names(mask, error))) return FALSE;
    if (!result && !(result = access_board_ask(mask->reader->context, mask->kpis, by_rep, mask->period, error)))
      return FALSE;
    g_hash_table_insert(mask->peers, kpi, rank(mask, k, result, self));
  }
  return TRUE;
}
