/* Who led which team, when.
 *
 * A team's leaders come from `leadership` where it has rows for it, else from the team's own record, of all days: a
 * load that finds another leader in that record writes such rows (ingest/upsert_infer.c). Gaps between rows stay gaps:
 * the team then had no leader. As with memberships, a later row ends an earlier that overlaps it. */
#include "query/org_private.h"

#define MAX_ROWS 10000000

typedef struct {
  gint32 team;
  OrgLeader leader;
  const char *id; /* in the rows */
} Leadership;

static gint by_team_and_day(gconstpointer a, gconstpointer b) {
  const Leadership *x = a, *y = b;
  if (x->team != y->team) return x->team < y->team ? -1 : 1;
  if (x->leader.from != y->leader.from) return x->leader.from < y->leader.from ? -1 : 1;
  if (x->leader.until != y->leader.until) return x->leader.until < y->leader.until ? -1 : 1;
  return g_strcmp0(x->id, y->id);
}

static gint32 integer_or(StoreValue value, gint32 otherwise) {
  return value.type == STORE_NULL ? otherwise : (gint32)value.integer;
}

static GArray *leaderships_of(const QueryOrg *org, const StoreRows *rows) {
  GArray *all = g_array_new(FALSE, FALSE, sizeof(Leadership));
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    OrgLeader leader = {integer_or(store_rows_value(rows, r, 2), BASE_DAY_MIN),
                        integer_or(store_rows_value(rows, r, 3), BASE_DAY_MAX),
                        integer_or(store_rows_value(rows, r, 1), 0)};
    Leadership one = {integer_or(store_rows_value(rows, r, 0), 0), leader, store_rows_value(rows, r, 4).text};
    if (one.team > 0 && (guint)one.team < org->teams->len && leader.from < leader.until) g_array_append_val(all, one);
  }
  g_array_sort(all, by_team_and_day);
  return all;
}

static void add_leader(QueryOrg *org, OrgTeam *team, OrgLeader leader) {
  if (leader.from >= leader.until) return;
  if (team->n_leaders > 0) {
    OrgLeader *last = &g_array_index(org->leaders, OrgLeader, team->first_leader + team->n_leaders - 1);
    if (last->person == leader.person) {
      last->until = leader.until;
      return;
    }
  } else {
    team->first_leader = org->leaders->len;
  }
  g_array_append_val(org->leaders, leader);
  team->n_leaders++;
}

/* Under team credit "now" who leads today always did. */
static void add_leaders(QueryOrg *org, OrgTeam *team, const Leadership *of, guint n) {
  gboolean is_now = org->context->organisation->team_credit == CONF_CREDIT_NOW;
  BaseDay at = BASE_DAY_MIN, today = org->context->today;
  OrgLeader now = {BASE_DAY_MIN, BASE_DAY_MAX, n == 0 ? team->manager : 0};
  for (guint i = 0; i < n; i++) {
    OrgLeader leader = of[i].leader;
    if (i + 1 < n) leader.until = MIN(leader.until, of[i + 1].leader.from);
    if (leader.from <= today && today < leader.until) now.person = leader.person;
    if (is_now) continue;
    add_leader(org, team, (OrgLeader){at, leader.from, 0});
    add_leader(org, team, leader);
    at = MAX(at, leader.until);
  }
  if (is_now || n == 0)
    add_leader(org, team, now);
  else
    add_leader(org, team, (OrgLeader){at, BASE_DAY_MAX, 0});
}

gboolean query_org_load_leaders(QueryOrg *org, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(org->context->store, "SELECT team, person, from_at_day, until_at_day, id FROM leadership", NULL, 0,
                  MAX_ROWS, error);
  if (rows == NULL) return FALSE;
  g_autoptr(GArray) all = leaderships_of(org, rows);
  guint first = 0;
  for (guint key = 1; key < org->teams->len; key++) {
    guint n = 0;
    while (first + n < all->len && g_array_index(all, Leadership, first + n).team == (gint32)key) n++;
    const Leadership *of = n > 0 ? &g_array_index(all, Leadership, first) : NULL;
    add_leaders(org, &g_array_index(org->teams, OrgTeam, key), of, n);
    first += n;
  }
  return TRUE;
}

/* --- asking --- */

static const OrgTeam *team_of(const QueryOrg *org, gint32 key) {
  return key > 0 && (guint)key < org->teams->len ? &g_array_index(org->teams, OrgTeam, key) : NULL;
}

static const OrgLeader *leader_at(const QueryOrg *org, const OrgTeam *team, BaseDay day) {
  for (guint i = team->n_leaders; i-- > 0;) {
    const OrgLeader *leader = &g_array_index(org->leaders, OrgLeader, team->first_leader + i);
    if (leader->from <= day) return leader;
  }
  return NULL;
}

gint32 query_org_team_leader(const QueryOrg *org, gint32 key, BaseDay day) {
  const OrgTeam *team = team_of(org, key);
  const OrgLeader *leader = team == NULL ? NULL : leader_at(org, team, day);
  return leader == NULL ? 0 : leader->person;
}

gboolean query_org_leads(const QueryOrg *org, gint32 person, gint32 key, BaseDay day) {
  const OrgTeam *team = team_of(org, key);
  gint32 wanted = query_org_person(org, person);
  for (guint step = 0; team != NULL && step <= org->teams->len; step++, team = team_of(org, team->parent)) {
    const OrgLeader *leader = leader_at(org, team, day);
    if (leader != NULL && leader->person > 0 && query_org_person(org, leader->person) == wanted) return TRUE;
  }
  return FALSE;
}

BaseDay query_org_next_leader(const QueryOrg *org, gint32 key, BaseDay day) {
  BaseDay next = BASE_DAY_MAX;
  const OrgTeam *team = team_of(org, key);
  for (guint step = 0; team != NULL && step <= org->teams->len; step++, team = team_of(org, team->parent)) {
    const OrgLeader *leader = leader_at(org, team, day);
    if (leader != NULL) next = MIN(next, leader->until);
  }
  return next;
}

gboolean query_org_same_leaders(const QueryOrg *a, const QueryOrg *b, gint32 key) {
  const OrgTeam *was = team_of(a, key), *is = team_of(b, key);
  if (was == NULL || is == NULL) return was == is;
  if (was->n_leaders != is->n_leaders) return FALSE;
  for (guint i = 0; i < is->n_leaders; i++) {
    const OrgLeader *x = &g_array_index(a->leaders, OrgLeader, was->first_leader + i);
    const OrgLeader *y = &g_array_index(b->leaders, OrgLeader, is->first_leader + i);
    if (x->from != y->from || x->until != y->until || x->person != y->person) return FALSE;
  }
  return TRUE;
}
