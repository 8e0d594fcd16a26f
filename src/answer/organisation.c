/* People, teams and memberships as far as a session's sight goes: who is seen today, where they stand now, and the
 * memberships of theirs that were seen. Whoever is not seen is not named, not even as a manager. */
#include "answer/origins.h"
#include "query/org.h"
#include "query/seen.h"

typedef struct {
  const Session *session;
  QueryOrg *org;
  GHashTable *people, *teams; /* keys that may be told; NULL: all */
  CliJson *json;
} Telling;

static gboolean is_told(GHashTable *told, StoreValue key) {
  if (key.type == STORE_NULL) return FALSE;
  return !told || g_hash_table_contains(told, GINT_TO_POINTER((gint32)key.integer));
}

/* --- members --- */

static void text_member(const Telling *telling, const char *name, StoreValue value) {
  cli_json_member_text(telling->json, name, value.type == STORE_NULL ? NULL : value.text);
}

static void day_member(const Telling *telling, const char *name, StoreValue value) {
  g_autofree char *day = value.type == STORE_NULL ? NULL : base_day_format((BaseDay)value.integer);
  cli_json_member_text(telling->json, name, day);
}

static void key_member(const Telling *telling, const char *name, GHashTable *told, StoreValue key) {
  cli_json_key(telling->json, name);
  if (is_told(told, key))
    cli_json_integer(telling->json, key.integer);
  else
    cli_json_null(telling->json);
}

/* --- who is seen --- */

static void see(Telling *telling) {
  const QuerySight *sight = telling->session->sight;
  telling->people = g_hash_table_new(NULL, NULL);
  telling->teams = g_hash_table_new(NULL, NULL);
  for (gint32 person = 1; person < query_org_n_people(telling->org); person++) {
    QueryPlace place = query_org_place_at(telling->org, person, telling->session->today);
    gboolean is_survivor = query_org_person(telling->org, person) == person;
    if (!is_survivor || !query_sight_sees(sight, telling->org, person, place)) continue;
    g_hash_table_add(telling->people, GINT_TO_POINTER(person));
    if (place.team) g_hash_table_add(telling->teams, GINT_TO_POINTER(place.team));
  }
}

/* --- lists --- */

static gboolean json_people(Telling *telling, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(telling->session->store,
                  "SELECT key, id, coalesce(name, id), email, title, role, team, manager, region, "
                  "CAST(hired_at_day AS DATE), CAST(left_at_day AS DATE) FROM person WHERE merged_into IS NULL "
                  "ORDER BY coalesce(name, id), key",
                  NULL, 0, 0, error);
  if (!rows) return FALSE;
  static const char *const texts[] = {"id", "name", "email", "title", "role"};
  cli_json_member_array(telling->json, "people");
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    const StoreValue *values = store_rows_row(rows, row);
    if (!is_told(telling->people, values[0])) continue;
    cli_json_begin_object(telling->json);
    cli_json_member_integer(telling->json, "person", values[0].integer);
    for (guint t = 0; t < G_N_ELEMENTS(texts); t++) text_member(telling, texts[t], values[1 + t]);
    QueryPlace place = query_org_place_at(telling->org, (gint32)values[0].integer, telling->session->today);
    const StoreValue team = {.type = place.team ? STORE_INT : STORE_NULL, .integer = place.team};
    const StoreValue manager = {.type = place.manager ? STORE_INT : STORE_NULL, .integer = place.manager};
    key_member(telling, "team", telling->teams, team);
    key_member(telling, "manager", telling->people, manager);
    cli_json_member_text(telling->json, "region",
                         place.region >= 0 ? query_org_region_name(telling->org, place.region) : NULL);
    day_member(telling, "hired", values[9]);
    day_member(telling, "left", values[10]);
    cli_json_end_object(telling->json);
  }
  cli_json_end_array(telling->json);
  return TRUE;
}

static gboolean json_teams(Telling *telling, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(telling->session->store,
                  "SELECT key, id, coalesce(name, id), level, region, parent, manager FROM team "
                  "ORDER BY coalesce(name, id), key",
                  NULL, 0, 0, error);
  if (!rows) return FALSE;
  static const char *const texts[] = {"id", "name", "level", "region"};
  cli_json_member_array(telling->json, "teams");
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    const StoreValue *values = store_rows_row(rows, row);
    if (!is_told(telling->teams, values[0])) continue;
    cli_json_begin_object(telling->json);
    cli_json_member_integer(telling->json, "team", values[0].integer);
    for (guint t = 0; t < G_N_ELEMENTS(texts); t++) text_member(telling, texts[t], values[1 + t]);
    key_member(telling, "parent", telling->teams, values[5]);
    key_member(telling, "manager", telling->people, values[6]);
    cli_json_end_object(telling->json);
  }
  cli_json_end_array(telling->json);
  return TRUE;
}

/* Of somebody who is seen now, the memberships in which they were seen, too. */
static gboolean was_seen(const Telling *telling, const StoreValue *values) {
  const QuerySight *sight = telling->session->sight;
  if (!sight) return TRUE;
  if (!is_told(telling->people, values[0])) return FALSE;
  BaseDay from = values[3].type == STORE_NULL ? BASE_DAY_MIN : (BaseDay)values[3].integer,
          until = values[4].type == STORE_NULL ? BASE_DAY_MAX : (BaseDay)values[4].integer;
  gint32 person = (gint32)values[0].integer;
  guint n;
  const QueryPlace *places = query_org_places(telling->org, person, &n);
  for (guint i = 0; i < n; i++)
    if (places[i].from < until && places[i].until > from && query_sight_sees(sight, telling->org, person, places[i]))
      return TRUE;
  return FALSE;
}

static gboolean json_memberships(Telling *telling, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(telling->session->store,
                  "SELECT person, team, manager, CAST(from_at_day AS DATE), CAST(until_at_day AS DATE), role, region "
                  "FROM membership ORDER BY person, from_at_day NULLS FIRST, key",
                  NULL, 0, 0, error);
  if (!rows) return FALSE;
  cli_json_member_array(telling->json, "memberships");
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    const StoreValue *values = store_rows_row(rows, row);
    if (!was_seen(telling, values)) continue;
    cli_json_begin_object(telling->json);
    key_member(telling, "person", telling->people, values[0]);
    key_member(telling, "team", telling->teams, values[1]);
    key_member(telling, "manager", telling->people, values[2]);
    text_member(telling, "role", values[5]);
    text_member(telling, "region", values[6]);
    day_member(telling, "from", values[3]);
    day_member(telling, "until", values[4]);
    cli_json_end_object(telling->json);
  }
  cli_json_end_array(telling->json);
  return TRUE;
}

gboolean answer_organisation_json(const Session *session, FILE *out, GError **error) {
  QueryContext context = answer_context(session);
  g_autoptr(QueryOrg) org = query_org_load(&context, error);
  if (!org) return FALSE;
  g_autoptr(CliJson) json = cli_json_new(out);
  Telling telling = {.session = session, .org = org, .json = json};
  if (session->sight) see(&telling);
  cli_json_begin_object(json);
  gboolean ok = json_people(&telling, error) && json_teams(&telling, error) && json_memberships(&telling, error);
  cli_json_end_object(json);
  g_clear_pointer(&telling.people, g_hash_table_unref);
  g_clear_pointer(&telling.teams, g_hash_table_unref);
  return ok;
}
