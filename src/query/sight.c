/* Places of a sight, kept in order, with the text that stands for them; and what they decide.
 *
 * Whether a row is visible goes by the person credited and where that person stood on the day, exactly as `--by rep`,
 * `--by manager` and `--by team` group it: so a manager's sight is the group that has the manager's name, and nothing
 * is visible to one of two leaders who was not theirs on the day. */
#include "query/sight.h"

#include "query/seen.h"

typedef enum { PLACE_PERSON, PLACE_MANAGER, PLACE_LEADER, PLACE_TEAM } PlaceKind;

typedef struct {
  PlaceKind kind;
  gint32 id;
} SightPlace;

struct QuerySight {
  gint n_holders; /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  GArray *places; /* SightPlace, in order, each once */
  char *key;
};

QuerySight *query_sight_new(void) {
  QuerySight *sight = g_new0(QuerySight, 1);
  sight->n_holders = 1;
  sight->places = g_array_new(FALSE, FALSE, sizeof(SightPlace));
  sight->key = g_strdup("nothing");
  return sight;
}

QuerySight *query_sight_hold(const QuerySight *sight) {
  QuerySight *held = (QuerySight *)sight;
  if (held != NULL) g_atomic_int_inc(&held->n_holders);
  return held;
}

void query_sight_free(QuerySight *sight) {
  if (sight == NULL || !g_atomic_int_dec_and_test(&sight->n_holders)) return;
  g_array_unref(sight->places);
  g_free(sight->key);
  g_free(sight);
}

static void write_key(QuerySight *sight) {
  static const char letters[] = {'p', 'm', 'l', 't'};
  GString *key = g_string_new(NULL);
  for (guint i = 0; i < sight->places->len; i++) {
    const SightPlace *place = &g_array_index(sight->places, SightPlace, i);
    g_string_append_printf(key, "%s%c%d", i > 0 ? "," : "", letters[place->kind], place->id);
  }
  g_free(sight->key);
  sight->key = g_string_free(key, FALSE);
}

static void add(QuerySight *sight, SightPlace place) {
  guint at = 0;
  for (; at < sight->places->len; at++) {
    const SightPlace *other = &g_array_index(sight->places, SightPlace, at);
    if (other->kind == place.kind && other->id == place.id) return;
    if (other->kind > place.kind || (other->kind == place.kind && other->id > place.id)) break;
  }
  g_array_insert_val(sight->places, at, place);
  write_key(sight);
}

void query_sight_add_person(QuerySight *sight, gint32 person) {
  add(sight, (SightPlace){PLACE_PERSON, person});
}

void query_sight_add_manager(QuerySight *sight, gint32 person) {
  add(sight, (SightPlace){PLACE_MANAGER, person});
}

void query_sight_add_leader(QuerySight *sight, gint32 person) {
  add(sight, (SightPlace){PLACE_LEADER, person});
}

void query_sight_add_team(QuerySight *sight, gint32 team) {
  add(sight, (SightPlace){PLACE_TEAM, team});
}

gboolean query_sight_is_empty(const QuerySight *sight) {
  return sight != NULL && sight->places->len == 0;
}

const char *query_sight_key(const QuerySight *sight) {
  return sight == NULL ? "*" : sight->key;
}

/* --- deciding --- */

static gboolean same_person(const QueryOrg *org, gint32 a, gint32 b) {
  return a > 0 && query_org_person(org, a) == query_org_person(org, b);
}

static gboolean is_of(const QueryOrg *org, const SightPlace *seen, gint32 person, const QueryPlace *place) {
  switch (seen->kind) {
    case PLACE_PERSON:
      return same_person(org, person, seen->id);
    case PLACE_MANAGER:
      return same_person(org, place->manager, seen->id);
    case PLACE_LEADER: /* all days of a place have the same leaders */
      return query_org_leads(org, seen->id, place->team, place->from);
    case PLACE_TEAM:
      return query_org_team_is_within(org, place->team, seen->id);
  }
  return FALSE;
}

gboolean query_sight_sees(const QuerySight *sight, const QueryOrg *org, gint32 person, QueryPlace place) {
  if (sight == NULL) return TRUE;
  for (guint i = 0; person > 0 && i < sight->places->len; i++)
    if (is_of(org, &g_array_index(sight->places, SightPlace, i), person, &place)) return TRUE;
  return FALSE;
}

static void add_member(GHashTable *members, gint64 member) {
  if (member >= 0) g_hash_table_add(members, g_memdup2(&member, sizeof member));
}

/* A new team has nobody yet, but somebody who leads it. */
static void add_teams_of_today(GHashTable *members, const QuerySight *sight, const QueryOrg *org, const Dim *dim) {
  for (gint32 team = 1; team < query_org_n_teams(org); team++) {
    const QueryPlace place = {.from = query_org_today(org), .until = BASE_DAY_MAX, .team = team, .region = -1};
    gboolean is_seen = FALSE;
    for (guint i = 0; i < sight->places->len && !is_seen; i++)
      is_seen = is_of(org, &g_array_index(sight->places, SightPlace, i), 0, &place);
    if (is_seen) add_member(members, query_dim_place_member(org, dim, 0, place));
  }
}

GHashTable *query_sight_members(const QuerySight *sight, const QueryOrg *org, const Dim *dim) {
  GHashTable *members = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  const QueryPlace nowhere = {BASE_DAY_MIN, BASE_DAY_MAX, 0, 0, -1};
  for (gint32 person = 1; person < query_org_n_people(org); person++) {
    guint n;
    const QueryPlace *places = query_org_places(org, person, &n);
    if (query_org_person(org, person) != person) continue;
    for (guint i = 0; i < n; i++)
      if (query_sight_sees(sight, org, person, places[i]))
        add_member(members, query_dim_place_member(org, dim, person, places[i]));
    if (query_sight_sees(sight, org, person, nowhere))
      add_member(members, query_dim_place_member(org, dim, person, nowhere));
  }
  if (dim->kind == DIM_TEAM || dim->kind == DIM_LEVEL) add_teams_of_today(members, sight, org, dim);
  return members;
}

QueryShare query_sight_share(const QuerySight *sight, const QueryOrg *org, const Dim *dim, gint64 member, BaseDay start,
                             BaseDay end) {
  gboolean is_any_seen = sight == NULL, is_any_hidden = FALSE;
  for (gint32 person = 1; sight != NULL && person < query_org_n_people(org); person++) {
    guint n;
    const QueryPlace *places = query_org_places(org, person, &n);
    if (query_org_person(org, person) != person) continue;
    for (guint i = 0; i < n; i++) {
      if (places[i].from >= end || places[i].until <= start) continue;
      if (query_dim_place_member(org, dim, person, places[i]) != member) continue;
      gboolean is_seen = query_sight_sees(sight, org, person, places[i]);
      is_any_seen |= is_seen;
      is_any_hidden |= !is_seen;
    }
  }
  if (is_any_seen) return is_any_hidden ? QUERY_SHARE_SOME : QUERY_SHARE_ALL;
  return is_any_hidden ? QUERY_SHARE_NONE : QUERY_SHARE_EMPTY;
}

/* --- one place, as a group --- */

/* A team with all below it is the group of its level, unless one below is called the same; alone it is its own. NULL:
 * no group is just these. */
static const char *team_dimension(const QueryOrg *org, gint32 team, DimKind *kind) {
  const char *level = query_org_team_level(org, team);
  *kind = DIM_TEAM;
  for (gint32 other = 1; other < query_org_n_teams(org); other++) {
    if (other == team || !query_org_team_is_within(org, other, team)) continue;
    *kind = DIM_LEVEL;
    const char *below = query_org_team_level(org, other);
    if (level == NULL || (below != NULL && g_ascii_strcasecmp(level, below) == 0)) return NULL;
  }
  return *kind == DIM_TEAM ? "team" : level;
}

gboolean query_sight_group(const QuerySight *sight, const QueryContext *context, const QueryOrg *org, Dim *dim,
                           gint64 *member) {
  if (sight->places->len != 1) return FALSE;
  const SightPlace *place = &g_array_index(sight->places, SightPlace, 0);
  if (place->kind == PLACE_LEADER) return FALSE;
  DimKind kind = place->kind == PLACE_PERSON ? DIM_REP : DIM_MANAGER;
  const char *name = kind == DIM_REP ? "rep" : "manager";
  if (place->kind == PLACE_TEAM) name = team_dimension(org, place->id, &kind);
  *member = place->kind == PLACE_TEAM ? place->id : query_org_person(org, place->id);
  /* A level may be called as another dimension is. */
  return *member > 0 && name != NULL && query_dim_resolve(context, org, name, dim, NULL) && dim->kind == kind;
}
