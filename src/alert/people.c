/* The names in alerts are those that answers show, so they are looked up as a question's members are: people of one
 * name are told apart by their ids. Who has left is written to no more; where a leader has, the next above is. */
#include "alert/people.h"

#include "conf/conf.h"
#include "query/dims.h"
#include "store/values.h"

#define MAX_STEPS 32 /* up a hierarchy, which might be a ring */

typedef struct {
  char *name, *email;
  gint32 manager;
  BaseDay left; /* BASE_DAY_NONE: has not */
} Person;

struct AlertPeople {
  const QueryContext *context;
  QueryOrg *org;
  GHashTable *people; /* key → Person */
};

static void free_person(gpointer data) {
  Person *person = data;
  g_free(person->name);
  g_free(person->email);
  g_free(person);
}

void alert_people_free(AlertPeople *people) {
  if (!people) return;
  g_clear_pointer(&people->org, query_org_free);
  g_hash_table_unref(people->people);
  g_free(people);
}

void alert_addressee_clear(AlertAddressee *addressee) {
  g_clear_pointer(&addressee->to, g_free);
  g_clear_pointer(&addressee->why, g_free);
}

/* --- reading --- */

static gboolean read_people(AlertPeople *people, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      people->context->store, "SELECT key, coalesce(name, id), coalesce(email, ''), manager, left_at_day FROM person",
      NULL, 0, 0, error);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    Person *person = g_new0(Person, 1);
    *person = (Person){.name = g_strdup(store_text_at(rows, i, 1)),
                       .email = g_strstrip(g_strdup(store_text_at(rows, i, 2))),
                       .manager = (gint32)store_int_at(rows, i, 3),
                       .left = store_day_at(rows, i, 4)};
    g_hash_table_insert(people->people, GINT_TO_POINTER((gint32)store_int_at(rows, i, 0)), person);
  }
  return rows != NULL;
}

AlertPeople *alert_people_read(const QueryContext *context, GError **error) {
  g_autoptr(AlertPeople) people = g_new0(AlertPeople, 1);
  people->context = context;
  people->people = g_hash_table_new_full(NULL, NULL, NULL, free_person);
  people->org = query_org_load(context, error);
  return people->org && read_people(people, error) ? g_steal_pointer(&people) : NULL;
}

/* --- who is who --- */

/* The key of a name in the table of people or teams; 0: there is none, or more than one. */
static gint32 find_key(const AlertPeople *people, const Dim *dim, const char *name) {
  g_autoptr(DimMembers) members = query_members_new(people->context, people->org, dim);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!query_members_load(members, query_dim_table(dim), NULL) || !query_members_find(members, name, ids)) return 0;
  gint64 first = query_members_survivor(members, g_array_index(ids, gint64, 0));
  for (guint i = 1; i < ids->len; i++)
    if (query_members_survivor(members, g_array_index(ids, gint64, i)) != first) return 0;
  return (gint32)first;
}

/* Who is there on the clock's day, and is not `self`. */
static gint32 if_there(const AlertPeople *people, gint32 key, gint32 self) {
  gint32 survivor = key ? query_org_person(people->org, key) : 0;
  const Person *person = g_hash_table_lookup(people->people, GINT_TO_POINTER(survivor));
  gboolean has_left = person && person->left != BASE_DAY_NONE && person->left <= people->context->today;
  return person && !has_left && survivor != self ? survivor : 0;
}

static gint32 leader_of_team(const AlertPeople *people, gint32 key, BaseDay day, gint32 self) {
  for (guint step = 0; key && step < MAX_STEPS; step++, key = query_org_team_parent(people->org, key)) {
    gint32 leader = if_there(people, query_org_team_leader(people->org, key, day), self);
    if (leader) return leader;
  }
  return 0;
}

/* The manager of the membership on the day, then those of the teams above, then to whom they report now. */
static gint32 leader_of_person(const AlertPeople *people, gint32 key, BaseDay day) {
  QueryPlace place = query_org_place_at(people->org, key, day);
  gint32 leader = if_there(people, place.manager, key);
  if (!leader) leader = leader_of_team(people, place.team, day, key);
  for (guint step = 0, at = (guint)key; !leader && at && step < MAX_STEPS; step++) {
    const Person *person = g_hash_table_lookup(people->people, GUINT_TO_POINTER(at));
    at = person ? (guint)person->manager : 0;
    leader = if_there(people, (gint32)at, key);
  }
  return leader;
}

/* --- their addresses --- */

static void address(const AlertPeople *people, gint32 key, AlertAddressee *addressee) {
  const Person *person = g_hash_table_lookup(people->people, GINT_TO_POINTER(query_org_person(people->org, key)));
  if (person->left != BASE_DAY_NONE && person->left <= people->context->today)
    addressee->why = g_strdup_printf("%s has left", person->name);
  else if (!*person->email)
    addressee->why = g_strdup_printf("%s has no e-mail address in the records", person->name);
  else if (!conf_is_mail_address(person->email))
    addressee->why = g_strdup_printf("the e-mail address of %s in the records cannot be written to", person->name);
  addressee->to = g_strdup(addressee->why ? person->name : person->email);
}

static void find_one(const AlertPeople *people, const Dim *dim, const char *name, BaseDay day, AlertRelation relation,
                     AlertAddressee *addressee) {
  gboolean is_person = g_str_equal(query_dim_table(dim), "person");
  gint32 key = find_key(people, dim, name);
  gint32 found = !key                       ? 0
                 : !is_person               ? leader_of_team(people, key, day, 0)
                 : relation == ALERT_LEADER ? leader_of_person(people, key, day)
                                            : key;
  if (found) {
    address(people, found, addressee);
    return;
  }
  addressee->to = g_strdup(name);
  addressee->why = key ? g_strdup_printf("the records name nobody who leads %s now", name)
                       : g_strdup_printf("the records know nobody, or several, by the name of %s", name);
}

gboolean alert_people_find(const AlertPeople *people, const char *who, BaseDay day, AlertRelation relation,
                           AlertAddressee *addressee) {
  const char *colon = strchr(who, ':');
  Dim dim;
  *addressee = (AlertAddressee){0};
  if (!colon) return FALSE;
  g_autofree char *dimension = g_strndup(who, (gsize)(colon - who));
  if (!query_dim_resolve(people->context, people->org, dimension, &dim, NULL) || !query_dim_table(&dim)) return FALSE;
  find_one(people, &dim, colon + 1, day, relation, addressee);
  return TRUE;
}
