/* Whose records a sight shows. */
#include "query/sight_people.h"

#include "query/seen.h"

static void clear_person(gpointer data) {
  QuerySightPerson *person = data;
  g_free(person->name);
  g_free(person->team);
}

/* In any place, also in none: records of days on which somebody had no place are theirs. */
static gboolean shows(const QuerySight *sight, const QueryOrg *org, gint32 key) {
  const QueryPlace nowhere = {BASE_DAY_MIN, BASE_DAY_MAX, 0, 0, -1};
  guint n;
  gint32 person = query_org_person(org, key);
  const QueryPlace *places = query_org_places(org, person, &n);
  for (guint i = 0; i < n; i++)
    if (query_sight_sees(sight, org, person, places[i])) return TRUE;
  return query_sight_sees(sight, org, person, nowhere);
}

/* Where they are on the day. */
static gboolean shows_on(const QuerySight *sight, const QueryOrg *org, gint32 key, BaseDay day) {
  gint32 person = query_org_person(org, key);
  return query_sight_sees(sight, org, person, query_org_place_at(org, person, day));
}

static char *text_at(const StoreRows *rows, gsize row, guint column) {
  StoreValue value = store_rows_value(rows, row, column);
  return value.type == STORE_TEXT ? g_strdup(value.text) : NULL;
}

GArray *query_sight_people(const QuerySight *sight, const QueryContext *context, GError **error) {
  g_autoptr(QueryOrg) org = query_org_load(context, error);
  if (!org) return NULL;
  g_autoptr(StoreRows) rows =
      store_query(context->store,
                  "SELECT p.key, coalesce(s.name, s.id), t.name FROM person p LEFT JOIN person s ON s.key = "
                  "coalesce(p.merged_into, p.key) LEFT JOIN team t ON t.key = s.team ORDER BY p.key",
                  NULL, 0, 0, error);
  if (!rows) return NULL;
  GArray *people = g_array_new(FALSE, FALSE, sizeof(QuerySightPerson));
  g_array_set_clear_func(people, clear_person);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    gint32 key = (gint32)store_rows_value(rows, r, 0).integer;
    if (key >= query_org_n_people(org) || !shows(sight, org, key)) continue;
    QuerySightPerson person = {key, text_at(rows, r, 1), text_at(rows, r, 2),
                               shows_on(sight, org, key, context->today)};
    g_array_append_val(people, person);
  }
  return people;
}
