/* Who is who and who leads what, from the tables of people and teams.
 *
 * A person who was merged into another is that other everywhere here. */
#include "access/people.h"

#include "store/values.h"

#define MAX_STEPS 64 /* up teams or merges, which might be a ring */

typedef struct {
  gint32 merged_into, manager, team;
  char *name, *id, *email;
} Person;

typedef struct {
  BaseDay from, until;
  gint32 person;
} Leader;

typedef struct {
  gint32 parent, manager;
  GArray *leaders; /* Leader, the later after the earlier; NULL: `manager` always is */
  char *name, *id;
} Team;

struct AccessPeople {
  GHashTable *people; /* key -> Person */
  GHashTable *teams;  /* key -> Team */
};

static void free_person(gpointer data) {
  Person *person = data;
  g_free(person->name);
  g_free(person->id);
  g_free(person->email);
  g_free(person);
}

static void free_team(gpointer data) {
  Team *team = data;
  g_clear_pointer(&team->leaders, g_array_unref);
  g_free(team->name);
  g_free(team->id);
  g_free(team);
}

static char *text_at(const StoreRows *rows, gsize row, guint column) {
  const char *text = store_text_at(rows, row, column);
  return text ? g_strstrip(g_strdup(text)) : NULL;
}

static gboolean read_people(AccessPeople *people, Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store, "SELECT key, merged_into, manager, team, name, id, email FROM person",
                                          NULL, 0, 10000000, error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++) {
    Person *person = g_new0(Person, 1);
    *person = (Person){.merged_into = (gint32)store_int_at(rows, r, 1),
                       .manager = (gint32)store_int_at(rows, r, 2),
                       .team = (gint32)store_int_at(rows, r, 3),
                       .name = text_at(rows, r, 4),
                       .id = text_at(rows, r, 5),
                       .email = text_at(rows, r, 6)};
    g_hash_table_insert(people->people, GINT_TO_POINTER((gint32)store_int_at(rows, r, 0)), person);
  }
  return rows != NULL;
}

static gboolean read_teams(AccessPeople *people, Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT key, parent, manager, name, id FROM team", NULL, 0, 10000000, error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++) {
    Team *team = g_new0(Team, 1);
    *team = (Team){.parent = (gint32)store_int_at(rows, r, 1),
                   .manager = (gint32)store_int_at(rows, r, 2),
                   .name = text_at(rows, r, 3),
                   .id = text_at(rows, r, 4)};
    g_hash_table_insert(people->teams, GINT_TO_POINTER((gint32)store_int_at(rows, r, 0)), team);
  }
  return rows != NULL;
}

static gboolean read_leaders(AccessPeople *people, Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store,
                  "SELECT team, from_at_day, until_at_day, person FROM leadership ORDER BY team, from_at_day NULLS "
                  "FIRST, until_at_day NULLS LAST, id",
                  NULL, 0, 10000000, error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++) {
    Team *team = g_hash_table_lookup(people->teams, GINT_TO_POINTER((gint32)store_int_at(rows, r, 0)));
    Leader leader = {store_day_at(rows, r, 1), store_day_at(rows, r, 2), (gint32)store_int_at(rows, r, 3)};
    if (leader.from == BASE_DAY_NONE) leader.from = BASE_DAY_MIN;
    if (leader.until == BASE_DAY_NONE) leader.until = BASE_DAY_MAX;
    if (!team || leader.from >= leader.until) continue;
    if (!team->leaders) team->leaders = g_array_new(FALSE, FALSE, sizeof(Leader));
    g_array_append_val(team->leaders, leader);
  }
  return rows != NULL;
}

AccessPeople *access_people_read(Store *store, GError **error) {
  g_autoptr(AccessPeople) people = g_new0(AccessPeople, 1);
  people->people = g_hash_table_new_full(NULL, NULL, NULL, free_person);
  people->teams = g_hash_table_new_full(NULL, NULL, NULL, free_team);
  return read_people(people, store, error) && read_teams(people, store, error) && read_leaders(people, store, error)
             ? g_steal_pointer(&people)
             : NULL;
}

void access_people_free(AccessPeople *people) {
  if (!people) return;
  g_hash_table_unref(people->people);
  g_hash_table_unref(people->teams);
  g_free(people);
}

/* --- who is who --- */

static const Person *person_at(const AccessPeople *people, gint32 key) {
  return key > 0 ? g_hash_table_lookup(people->people, GINT_TO_POINTER(key)) : NULL;
}

static const Team *team_at(const AccessPeople *people, gint32 key) {
  return key > 0 ? g_hash_table_lookup(people->teams, GINT_TO_POINTER(key)) : NULL;
}

/* As query/org_leaders.c finds them: a later row ends an earlier. */
static gint32 leader_of(const Team *team, BaseDay day) {
  if (!team->leaders) return team->manager;
  for (guint i = team->leaders->len; i-- > 0;) {
    const Leader *leader = &g_array_index(team->leaders, Leader, i);
    if (leader->from <= day) return day < leader->until ? leader->person : 0;
  }
  return 0;
}

static gint32 survivor(const AccessPeople *people, gint32 key) {
  for (guint step = 0; step < MAX_STEPS; step++) {
    const Person *person = person_at(people, key);
    if (!person || person->merged_into == 0 || person->merged_into == key) break;
    key = person->merged_into;
  }
  return key;
}

static gboolean is_text(const char *a, const char *b) {
  if (!a || !b) return FALSE;
  g_autofree char *x = g_utf8_casefold(a, -1), *y = g_utf8_casefold(b, -1);
  return strcmp(x, y) == 0;
}

typedef struct {
  gint32 key;
  guint n; /* different ones */
} Found;

/* Those whom `text` may name: an id or address comes before a name. */
static Found find_person(const AccessPeople *people, const char *text, gboolean by_name) {
  Found found = {0};
  GHashTableIter iter;
  gpointer key, at;
  g_hash_table_iter_init(&iter, people->people);
  while (g_hash_table_iter_next(&iter, &key, &at)) {
    const Person *person = at;
    gboolean is_it =
        by_name ? is_text(person->name, text) : g_strcmp0(person->id, text) == 0 || is_text(person->email, text);
    if (!is_it) continue;
    gint32 one = survivor(people, GPOINTER_TO_INT(key));
    if (found.n == 0 || one != found.key) found.n++;
    found.key = one;
  }
  return found;
}

static Found find_anyhow(const AccessPeople *people, const char *text) {
  Found found = find_person(people, text, FALSE);
  return found.n > 0 ? found : find_person(people, text, TRUE);
}

static void set_unknown(const AccessPeople *people, const char *text, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  GHashTableIter iter;
  gpointer at;
  g_hash_table_iter_init(&iter, people->people);
  while (g_hash_table_iter_next(&iter, NULL, &at))
    if (((const Person *)at)->name) g_ptr_array_add(names, ((const Person *)at)->name);
  const char *nearest = base_nearest(text, (const char *const *)names->pdata, names->len);
  if (nearest)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "the records have no person \"%s\": did you mean \"%s\"?",
                text, nearest);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "the records have no person \"%s\": say who it is by name, e-mail address or id", text);
}

gint64 access_people_find(const AccessPeople *people, const char *text, GError **error) {
  Found found = find_anyhow(people, text);
  if (found.n == 1) return found.key;
  if (found.n == 0)
    set_unknown(people, text, error);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "the records have several people \"%s\": say which by e-mail address or id", text);
  return 0;
}

const char *access_people_name(const AccessPeople *people, gint64 key) {
  const Person *person = person_at(people, survivor(people, (gint32)key));
  return person ? (person->name ? person->name : person->id) : NULL;
}

/* --- what is seen --- */

static void add_own(const AccessPeople *people, const User *user, QuerySight *sight) {
  if (user->person > 0) query_sight_add_person(sight, survivor(people, (gint32)user->person));
}

static void add_led(const AccessPeople *people, const User *user, QuerySight *sight) {
  if (user->person <= 0) return;
  gint32 leader = survivor(people, (gint32)user->person);
  query_sight_add_manager(sight, leader);
  query_sight_add_leader(sight, leader);
}

static void add_group(const AccessPeople *people, const AccessGroup *group, QuerySight *sight) {
  for (char **name = group->people; name && *name; name++) {
    Found found = find_anyhow(people, *name);
    if (found.n == 1) query_sight_add_person(sight, found.key);
  }
  GHashTableIter iter;
  gpointer key, at;
  g_hash_table_iter_init(&iter, people->teams);
  while (g_hash_table_iter_next(&iter, &key, &at)) {
    const Team *team = at;
    for (char **name = group->teams; name && *name; name++)
      if (is_text(team->name, *name) || g_strcmp0(team->id, *name) == 0)
        query_sight_add_team(sight, GPOINTER_TO_INT(key));
  }
}

QuerySight *access_sight(const AccessPeople *people, const AccessPolicy *policy, const User *user, gboolean sees_all) {
  AccessScope scope = policy->roles[user->role].sees;
  if (scope == ACCESS_ALL && sees_all) return NULL;
  QuerySight *sight = query_sight_new();
  if (scope != ACCESS_NOTHING) add_own(people, user, sight);
  if (scope == ACCESS_LED) add_led(people, user, sight);
  for (char **name = user->groups; scope == ACCESS_GROUPS && *name; name++) {
    const AccessGroup *group = access_policy_group(policy, *name);
    if (group) add_group(people, group, sight);
  }
  return sight;
}

gboolean access_leads(const AccessPeople *people, const User *user, BaseDay today, gint64 key) {
  gint32 leader = user->person > 0 ? survivor(people, (gint32)user->person) : 0;
  const Person *person = person_at(people, survivor(people, (gint32)key));
  if (leader == 0 || !person) return FALSE;
  if (survivor(people, person->manager) == leader) return TRUE;
  gint32 team = person->team;
  for (guint step = 0; step < MAX_STEPS; step++) {
    const Team *at = team_at(people, team);
    if (!at) return FALSE;
    if (survivor(people, leader_of(at, today)) == leader) return TRUE;
    team = at->parent;
  }
  return FALSE;
}

/* --- whose a member is --- */

static gboolean is_named(char *const *names, const char *name, const char *id, const char *email) {
  for (; names && *names; names++)
    if (is_text(name, *names) || g_strcmp0(id, *names) == 0 || is_text(email, *names)) return TRUE;
  return FALSE;
}

static gboolean is_in_groups(const AccessPolicy *policy, const User *user, const Person *person, const Team *team) {
  for (char **name = user->groups; *name; name++) {
    const AccessGroup *group = access_policy_group(policy, *name);
    if (group && person && is_named(group->people, person->name, person->id, person->email)) return TRUE;
    if (group && team && is_named(group->teams, team->name, team->id, NULL)) return TRUE;
  }
  return FALSE;
}

/* Of the team itself or one above it, as far as MAX_STEPS. */
static AccessRelation team_relation(const AccessPeople *people, const AccessPolicy *policy, const User *user,
                                    BaseDay today, gint32 key) {
  AccessScope scope = policy->roles[user->role].sees;
  gint32 leader = user->person > 0 ? survivor(people, (gint32)user->person) : 0;
  const Team *team = team_at(people, key);
  for (guint step = 0; team && step < MAX_STEPS; step++, team = team_at(people, team->parent)) {
    if (scope == ACCESS_LED && leader > 0 && survivor(people, leader_of(team, today)) == leader)
      return step == 0 ? ACCESS_THEIRS : ACCESS_BELOW_THEM;
    if (scope == ACCESS_GROUPS && is_in_groups(policy, user, NULL, team)) return ACCESS_BELOW_THEM;
  }
  return ACCESS_NOT_THEIRS;
}

static AccessRelation person_relation(const AccessPeople *people, const AccessPolicy *policy, const User *user,
                                      BaseDay today, gint32 key) {
  AccessScope scope = policy->roles[user->role].sees;
  gint32 person = survivor(people, key);
  const Person *at = person_at(people, person);
  if (!at) return ACCESS_NOT_THEIRS;
  if (user->person > 0 && survivor(people, (gint32)user->person) == person) return ACCESS_THEIRS;
  if (scope == ACCESS_LED && access_leads(people, user, today, person)) return ACCESS_BELOW_THEM;
  gboolean is_in_group =
      scope == ACCESS_GROUPS && (is_in_groups(policy, user, at, NULL) ||
                                 team_relation(people, policy, user, today, at->team) != ACCESS_NOT_THEIRS);
  return is_in_group ? ACCESS_BELOW_THEM : ACCESS_NOT_THEIRS;
}

AccessRelation access_relation(const AccessPeople *people, const AccessPolicy *policy, const User *user, BaseDay today,
                               const char *dimension, const char *table, gint64 key) {
  AccessScope scope = policy->roles[user->role].sees;
  if (scope == ACCESS_NOTHING || key <= 0) return ACCESS_NOT_THEIRS;
  if (g_strcmp0(table, "team") == 0) return team_relation(people, policy, user, today, (gint32)key);
  if (g_strcmp0(table, "person") != 0) return ACCESS_NOT_THEIRS;
  gboolean is_of_their_people = !g_str_equal(dimension, "rep"); /* a manager's: what all whom they lead come to */
  if (is_of_their_people && scope != ACCESS_LED) return ACCESS_NOT_THEIRS;
  return person_relation(people, policy, user, today, (gint32)key);
}
