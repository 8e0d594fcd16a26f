/* Organisations compared person by person. */
#include "query/org_differ.h"

#include "query/org_private.h"

struct QueryOrgDifference {
  QueryOrg *orgs[2];  /* before, after */
  GHashTable *people; /* their keys, as gint64 */
};

static gboolean is_level_same(const OrgTeam *a, const OrgTeam *b) {
  return a->level == b->level; /* interned */
}

/* Whether a team, and all above it, stand as they stood, and have the leaders that they had. A chain longer than there
 * are teams has met itself. */
static gboolean is_team_same(const QueryOrg *before, const QueryOrg *after, gint32 key) {
  for (guint step = 0; key > 0 && step <= before->teams->len; step++) {
    if ((guint)key >= before->teams->len || (guint)key >= after->teams->len)
      return (guint)key >= before->teams->len && (guint)key >= after->teams->len;
    const OrgTeam *was = &g_array_index(before->teams, OrgTeam, key), *is = &g_array_index(after->teams, OrgTeam, key);
    if (was->parent != is->parent || !is_level_same(was, is) || !query_org_same_leaders(before, after, key))
      return FALSE;
    key = was->parent;
  }
  return TRUE;
}

static gboolean is_place_same(const QueryOrgDifference *difference, const QueryPlace *was, const QueryPlace *is) {
  return was->from == is->from && was->until == is->until && was->team == is->team && was->manager == is->manager &&
         was->region == is->region && is_team_same(difference->orgs[0], difference->orgs[1], is->team);
}

static gboolean is_person_same(const QueryOrgDifference *difference, gint32 key) {
  QueryOrg *const *orgs = difference->orgs;
  gint32 survivor = query_org_person(orgs[0], key);
  if (survivor != query_org_person(orgs[1], key)) return FALSE;
  guint n_were, n_are;
  const QueryPlace *were = query_org_places(orgs[0], survivor, &n_were),
                   *are = query_org_places(orgs[1], survivor, &n_are);
  if (n_were != n_are) return FALSE;
  for (guint i = 0; i < n_are; i++)
    if (!is_place_same(difference, &were[i], &are[i])) return FALSE;
  return TRUE;
}

/* Cells know regions by their codes. New ones come after those there are. */
static gboolean are_regions_same(const QueryOrg *before, const QueryOrg *after) {
  if (before->region_names->len > after->region_names->len) return FALSE;
  for (guint i = 0; i < before->region_names->len; i++)
    if (!g_str_equal(g_ptr_array_index(before->region_names, i), g_ptr_array_index(after->region_names, i)))
      return FALSE;
  return TRUE;
}

QueryOrgDifference *query_org_difference_new(QueryOrg *before, QueryOrg *after) {
  if (!are_regions_same(before, after)) return NULL;
  g_autoptr(QueryOrgDifference) difference = g_new0(QueryOrgDifference, 1);
  difference->orgs[0] = before;
  difference->orgs[1] = after;
  difference->people = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  gint32 n = MAX(query_org_n_people(before), query_org_n_people(after));
  for (gint32 person = 1; person < n; person++) {
    gint64 key = person;
    if (!is_person_same(difference, person)) g_hash_table_add(difference->people, g_memdup2(&key, sizeof key));
  }
  /* Where half of all are elsewhere, reading their records twice takes as long as counting afresh. */
  return (gint32)g_hash_table_size(difference->people) * 2 > n ? NULL : g_steal_pointer(&difference);
}

void query_org_difference_free(QueryOrgDifference *difference) {
  if (difference == NULL) return;
  g_clear_pointer(&difference->people, g_hash_table_unref);
  g_free(difference);
}

guint query_org_difference_n_people(const QueryOrgDifference *difference) {
  return g_hash_table_size(difference->people);
}

/* --- their records --- */

static gboolean is_elsewhere(const QueryOrgDifference *difference, gint32 person) {
  gint64 key = person;
  return g_hash_table_contains(difference->people, &key);
}

static void add_key(GHashTable *keys, gint64 key) {
  if (!g_hash_table_contains(keys, &key)) g_hash_table_add(keys, g_memdup2(&key, sizeof key));
}

/* Records that were theirs in an earlier version. */
static void add_moved(const QueryOrgDifference *difference, QueryOrg *org, const LedgerTable *table, GHashTable *keys) {
  if (!query_org_table_has_moves(org, table)) return;
  GHashTableIter iter;
  gpointer key, moves;
  g_hash_table_iter_init(&iter, g_hash_table_lookup(org->moves, table->name));
  while (g_hash_table_iter_next(&iter, &key, &moves)) {
    const GArray *list = moves;
    for (guint i = 0; i < list->len; i++)
      if (is_elsewhere(difference, g_array_index(list, OrgMove, i).owner)) add_key(keys, *(const gint64 *)key);
  }
}

/* Deals that they have a share of. */
static void add_shared(const QueryOrgDifference *difference, const QueryOrg *org, GHashTable *keys) {
  GHashTableIter iter;
  gpointer key, credits;
  g_hash_table_iter_init(&iter, org->splits);
  while (g_hash_table_iter_next(&iter, &key, &credits)) {
    const GArray *list = credits;
    for (guint i = 0; i < list->len; i++)
      if (is_elsewhere(difference, g_array_index(list, QueryCredit, i).person)) add_key(keys, *(const gint64 *)key);
  }
}

/* "expression IN (…)" */
static void append_in(GString *sql, const char *expression, GHashTable *keys) {
  GHashTableIter iter;
  gpointer key;
  g_string_append_printf(sql, "%s IN (SELECT unnest([", expression);
  g_hash_table_iter_init(&iter, keys);
  for (gboolean first = TRUE; g_hash_table_iter_next(&iter, &key, NULL); first = FALSE)
    g_string_append_printf(sql, "%s%" G_GUINT64_FORMAT, first ? "" : ", ", *(const guint64 *)key);
  g_string_append(sql, "]::UBIGINT[]))");
}

char *query_org_difference_sql(const QueryOrgDifference *difference, const LedgerTable *fact, const LedgerTable *moved,
                               const char *owner, const char *key) {
  if (g_hash_table_size(difference->people) == 0) return g_strdup("FALSE");
  g_autoptr(GHashTable) keys = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < 2; i++) {
    if (moved != NULL) add_moved(difference, difference->orgs[i], moved, keys);
    if (query_org_has_splits(difference->orgs[i], fact)) add_shared(difference, difference->orgs[i], keys);
  }
  GString *sql = g_string_new(NULL);
  append_in(sql, owner, difference->people);
  if (g_hash_table_size(keys) > 0) {
    g_string_append(sql, " OR ");
    append_in(sql, key, keys);
  }
  return g_string_free(sql, FALSE);
}
