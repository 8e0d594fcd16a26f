/* People, teams and memberships.
 *
 * A person's places come from `membership` where it has rows for them, else from the person's own team, manager and
 * region. Gaps between memberships stay gaps: whoever was in no team then counts for none. A place takes what it lacks
 * from its team, the team's manager and the region of the nearest level above that has one; and what that lacks from
 * the person. It is taken apart where the team, or one above it, gets another leader. */
#include "query/org.h"

#include "query/org_private.h"

static gint32 integer_or(StoreValue value, gint32 otherwise) {
  return value.type == STORE_NULL ? otherwise : (gint32)value.integer;
}

static gint32 region_code(QueryOrg *org, StoreValue value) {
  if (value.type != STORE_TEXT || value.text[0] == '\0') return -1;
  g_autofree char *folded = g_utf8_casefold(value.text, -1);
  gpointer code = g_hash_table_lookup(org->region_codes, folded);
  if (code != NULL) return GPOINTER_TO_INT(code) - 1;
  g_ptr_array_add(org->region_names, g_strdup(value.text));
  gint32 made = (gint32)org->region_names->len - 1;
  g_hash_table_insert(org->region_codes, g_steal_pointer(&folded), GINT_TO_POINTER(made + 1));
  return made;
}

/* `empty`: what stands for a key without a row. */
static gpointer at_key(GArray *array, gint32 key, gconstpointer empty) {
  if (key <= 0) return NULL;
  while ((guint)key >= array->len) g_array_append_vals(array, empty, 1);
  return array->data + (gsize)key * g_array_get_element_size(array);
}

static gboolean load_teams(QueryOrg *org, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(org->context->store, "SELECT key, parent, manager, region, level FROM team", NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  const OrgTeam none = {.region = -1};
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    OrgTeam *team = at_key(org->teams, (gint32)store_rows_value(rows, r, 0).integer, &none);
    if (team == NULL) continue;
    team->parent = integer_or(store_rows_value(rows, r, 1), 0);
    team->manager = integer_or(store_rows_value(rows, r, 2), 0);
    team->region = region_code(org, store_rows_value(rows, r, 3));
    StoreValue level = store_rows_value(rows, r, 4);
    if (level.type != STORE_TEXT || level.text[0] == '\0') continue;
    team->level = g_intern_string(level.text);
    if (!g_ptr_array_find(org->levels, team->level, NULL)) g_ptr_array_add(org->levels, (gpointer)team->level);
  }
  g_ptr_array_add(org->levels, NULL);
  return TRUE;
}

static const OrgTeam *team_of(const QueryOrg *org, gint32 key) {
  return key > 0 && (guint)key < org->teams->len ? &g_array_index(org->teams, OrgTeam, key) : NULL;
}

/* Teams may be drawn in a circle by mistake (`attain check` says so); a chain longer than there are teams has met
 * itself. */
static gint32 region_of_team(const QueryOrg *org, gint32 key) {
  const OrgTeam *team = team_of(org, key);
  for (guint step = 0; team != NULL && step <= org->teams->len; step++, team = team_of(org, team->parent))
    if (team->region >= 0) return team->region;
  return -1;
}

/* `own`: the person's own manager and region. The team's leader is the same on all days of the place. */
static QueryPlace complete_place(const QueryOrg *org, QueryPlace place, const QueryPlace *own) {
  if (place.manager == 0) place.manager = query_org_team_leader(org, place.team, place.from);
  if (place.manager == 0) place.manager = own->manager;
  if (place.region < 0) place.region = region_of_team(org, place.team);
  if (place.region < 0) place.region = own->region;
  return place;
}

static gboolean load_people(QueryOrg *org, GArray *fallback, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      org->context->store, "SELECT key, merged_into, team, manager, region FROM person", NULL, 0, 10000000, error);
  if (rows == NULL) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    gint32 key = (gint32)store_rows_value(rows, r, 0).integer;
    OrgPerson *person = at_key(org->people, key, &(const OrgPerson){0});
    if (person == NULL) continue;
    person->survivor = integer_or(store_rows_value(rows, r, 1), 0);
    QueryPlace *place = at_key(fallback, key, &(const QueryPlace){.region = -1});
    *place = (QueryPlace){BASE_DAY_MIN, BASE_DAY_MAX, integer_or(store_rows_value(rows, r, 2), 0),
                          integer_or(store_rows_value(rows, r, 3), 0), region_code(org, store_rows_value(rows, r, 4))};
  }
  return TRUE;
}

/* Takes it apart by the leaders that its team had, and completes the parts. */
static void add_place(QueryOrg *org, OrgPerson *person, QueryPlace place, const QueryPlace *own) {
  if (person->n_places == 0) person->first_place = org->places->len;
  for (BaseDay until = place.until; place.from < until; place.from = place.until) {
    place.until = MIN(until, query_org_next_leader(org, place.team, place.from));
    QueryPlace part = complete_place(org, place, own);
    g_array_append_val(org->places, part);
    person->n_places++;
  }
}

typedef struct {
  gint32 person;
  QueryPlace place;
  const char *id; /* in the rows */
} Membership;

static gint by_person_and_day(gconstpointer a, gconstpointer b) {
  const Membership *x = a, *y = b;
  if (x->person != y->person) return x->person < y->person ? -1 : 1;
  if (x->place.from != y->place.from) return x->place.from < y->place.from ? -1 : 1;
  if (x->place.until != y->place.until) return x->place.until < y->place.until ? -1 : 1;
  return g_strcmp0(x->id, y->id);
}

static GArray *memberships_of(QueryOrg *org, const StoreRows *rows) {
  GArray *memberships = g_array_new(FALSE, FALSE, sizeof(Membership));
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    QueryPlace place = {integer_or(store_rows_value(rows, r, 1), BASE_DAY_MIN),
                        integer_or(store_rows_value(rows, r, 2), BASE_DAY_MAX),
                        integer_or(store_rows_value(rows, r, 3), 0), integer_or(store_rows_value(rows, r, 4), 0),
                        region_code(org, store_rows_value(rows, r, 5))};
    Membership membership = {integer_or(store_rows_value(rows, r, 0), 0), place, store_rows_value(rows, r, 6).text};
    if (membership.person > 0 && (guint)membership.person < org->people->len && place.from < place.until)
      g_array_append_val(memberships, membership);
  }
  g_array_sort(memberships, by_person_and_day);
  return memberships;
}

/* Of the person whose places are the last there are. */
static void end_places(QueryOrg *org, OrgPerson *person, BaseDay day) {
  while (person->n_places > 0) {
    QueryPlace *last = &g_array_index(org->places, QueryPlace, org->places->len - 1);
    last->until = MIN(last->until, day);
    if (last->from < last->until) return;
    g_array_set_size(org->places, org->places->len - 1);
    person->n_places--;
  }
}

/* Memberships of a person come in order of their days. A later one ends an earlier that overlaps it. */
static void add_membership(QueryOrg *org, const GArray *fallback, const Membership *membership) {
  QueryPlace place = membership->place;
  guint key = (guint)membership->person;
  OrgPerson *person = &g_array_index(org->people, OrgPerson, key);
  person->has_memberships = TRUE;
  if (org->context->organisation->team_credit == CONF_CREDIT_NOW) {
    if (org->context->today < place.from || org->context->today >= place.until) return;
    place.from = BASE_DAY_MIN;
    place.until = BASE_DAY_MAX;
  }
  const QueryPlace none = {.region = -1};
  end_places(org, person, place.from);
  add_place(org, person, place, key < fallback->len ? &g_array_index(fallback, QueryPlace, key) : &none);
}

static gboolean load_memberships(QueryOrg *org, const GArray *fallback, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      org->context->store, "SELECT person, from_at_day, until_at_day, team, manager, region, id FROM membership", NULL,
      0, 10000000, error);
  if (rows == NULL) return FALSE;
  g_autoptr(GArray) memberships = memberships_of(org, rows);
  for (guint i = 0; i < memberships->len; i++)
    add_membership(org, fallback, &g_array_index(memberships, Membership, i));
  for (guint key = 1; key < org->people->len; key++) {
    OrgPerson *person = &g_array_index(org->people, OrgPerson, key);
    if (person->has_memberships || key >= fallback->len) continue;
    const QueryPlace *own = &g_array_index(fallback, QueryPlace, key);
    add_place(org, person, *own, own);
  }
  return TRUE;
}

QueryOrg *query_org_load(const QueryContext *context, GError **error) {
  g_autoptr(QueryOrg) org = g_new0(QueryOrg, 1);
  org->context = context;
  org->people = g_array_new(FALSE, TRUE, sizeof(OrgPerson));
  org->places = g_array_new(FALSE, TRUE, sizeof(QueryPlace));
  org->teams = g_array_new(FALSE, TRUE, sizeof(OrgTeam));
  org->leaders = g_array_new(FALSE, FALSE, sizeof(OrgLeader));
  org->levels = g_ptr_array_new();
  org->region_codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  org->region_names = g_ptr_array_new_with_free_func(g_free);
  org->moves = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_hash_table_unref);
  g_autoptr(GArray) fallback = g_array_new(FALSE, TRUE, sizeof(QueryPlace));
  if (!load_teams(org, error) || !query_org_load_leaders(org, error) || !load_people(org, fallback, error) ||
      !load_memberships(org, fallback, error))
    return NULL;
  if (!query_org_load_rates(org, error) || !query_org_load_splits(org, error)) return NULL;
  return g_steal_pointer(&org);
}

void query_org_free(QueryOrg *org) {
  if (org == NULL) return;
  g_array_unref(org->people);
  g_array_unref(org->places);
  g_array_unref(org->teams);
  g_array_unref(org->leaders);
  g_ptr_array_unref(org->levels);
  g_hash_table_unref(org->region_codes);
  g_ptr_array_unref(org->region_names);
  g_clear_pointer(&org->currencies, g_ptr_array_unref);
  g_clear_pointer(&org->splits, g_hash_table_unref);
  g_hash_table_unref(org->moves);
  g_free(org);
}

gint32 query_org_person(const QueryOrg *org, gint32 person) {
  for (guint step = 0; step < 16 && person > 0 && (guint)person < org->people->len; step++) {
    gint32 survivor = g_array_index(org->people, OrgPerson, person).survivor;
    if (survivor == 0 || survivor == person) break;
    person = survivor;
  }
  return person;
}

static const QueryPlace nowhere = {BASE_DAY_MIN, BASE_DAY_MAX, 0, 0, -1};

const QueryPlace *query_org_places(const QueryOrg *org, gint32 person, guint *n) {
  *n = 1;
  if (person <= 0 || (guint)person >= org->people->len) return &nowhere;
  const OrgPerson *found = &g_array_index(org->people, OrgPerson, person);
  if (found->n_places == 0) return &nowhere;
  *n = found->n_places;
  return &g_array_index(org->places, QueryPlace, found->first_place);
}

QueryPlace query_org_place_at(const QueryOrg *org, gint32 person, BaseDay day) {
  guint n;
  const QueryPlace *places = query_org_places(org, person, &n);
  if (n == 1 && places->from == BASE_DAY_MIN && places->until == BASE_DAY_MAX) return *places;
  for (guint i = n; i-- > 0;)
    if (places[i].from <= day && day < places[i].until) return places[i];
  return nowhere;
}

const char *query_org_region_name(const QueryOrg *org, gint32 region) {
  return region < 0 || (guint)region >= org->region_names->len ? NULL
                                                               : g_ptr_array_index(org->region_names, (guint)region);
}

BaseDay query_org_today(const QueryOrg *org) {
  return org->context->today;
}

gint32 query_org_n_people(const QueryOrg *org) {
  return (gint32)org->people->len;
}

gint32 query_org_n_teams(const QueryOrg *org) {
  return (gint32)org->teams->len;
}

const char *query_org_team_level(const QueryOrg *org, gint32 team) {
  const OrgTeam *found = team_of(org, team);
  return found == NULL ? NULL : found->level;
}

gint32 query_org_team_parent(const QueryOrg *org, gint32 team) {
  const OrgTeam *found = team_of(org, team);
  return found == NULL ? 0 : found->parent;
}

gboolean query_org_team_is_within(const QueryOrg *org, gint32 team, gint32 above) {
  for (guint step = 0; team > 0 && step <= org->teams->len; step++) {
    if (team == above) return TRUE;
    const OrgTeam *found = team_of(org, team);
    team = found == NULL ? 0 : found->parent;
  }
  return FALSE;
}

gint32 query_org_team_at_level(const QueryOrg *org, gint32 team, const char *level) {
  for (guint step = 0; team > 0 && step <= org->teams->len; step++) {
    const OrgTeam *found = team_of(org, team);
    if (found == NULL) return 0;
    if (found->level != NULL && g_ascii_strcasecmp(found->level, level) == 0) return team;
    team = found->parent;
  }
  return 0;
}

gboolean query_org_has_level(const QueryOrg *org, const char *level) {
  for (guint i = 0; i + 1 < org->levels->len; i++)
    if (g_ascii_strcasecmp(g_ptr_array_index(org->levels, i), level) == 0) return TRUE;
  return FALSE;
}

const char *const *query_org_levels(const QueryOrg *org) {
  return (const char *const *)org->levels->pdata;
}
