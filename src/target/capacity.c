/* Capacity by person and day, added up to members.
 *
 * A day of a person is looked at once: is it a working day, were they employed, in which place (team, manager, region),
 * how ramped, how much away. People times days is small: 500 people and a year are 130,000 days. */
#include "target/capacity.h"

#include "query/dims.h"
#include "query/seen.h"
#include "store/values.h"
#include "target/members.h"

#define MAX_ROWS 10000000

typedef struct {
  gint32 key;
  BaseDay hired, ramped, left; /* BASE_DAY_NONE: not said */
  gboolean carries;
} Person;

typedef struct {
  BaseDay from, until;
  double share; /* away */
} Absence;

typedef struct {
  const QueryContext *context;
  QueryOrg *org;
  GArray *people;       /* Person */
  GHashTable *absences; /* person -> GArray of Absence */
  DimMembers *person_names, *team_names;
  GHashTable *members; /* "name\nabove" -> TargetCapacity */
} Count;

/* What days are counted for. */
typedef struct {
  const char *dimension;
  const char *within_dimension; /* NULL: whatever is above */
  const char *within;           /* NULL: each */
  BaseDay start, end;
} Asked;

static void clear_capacity(gpointer data) {
  g_free(((TargetCapacity *)data)->name);
  g_free(((TargetCapacity *)data)->above);
}

static void free_capacity(gpointer data) {
  clear_capacity(data);
  g_free(data);
}

static void count_clear(Count *count) {
  query_org_free(count->org);
  g_clear_pointer(&count->people, g_array_unref);
  g_clear_pointer(&count->absences, g_hash_table_unref);
  query_members_free(count->person_names);
  query_members_free(count->team_names);
  g_clear_pointer(&count->members, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Count, count_clear)

/* --- reading --- */

/* With `and_targets` also those who have a target without carrying a quota. */
static gboolean read_people(Count *count, gboolean and_targets, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      count->context->store,
      "WITH marked AS (SELECT count(*) FILTER (WHERE quota_carrying OR role = 'rep') AS n FROM person), people AS ("
      "SELECT key, hired_at_day, ramped_at_day, left_at_day, CASE WHEN marked.n > 0 THEN coalesce(quota_carrying, role "
      "= 'rep', FALSE) ELSE key IN (SELECT owner FROM opportunity) END AS carries FROM person, marked WHERE "
      "merged_into IS NULL) SELECT * FROM people WHERE carries OR ($1 AND key IN (SELECT member_key FROM "
      "attain_target_version WHERE member_table = 'person')) ORDER BY key",
      (const StoreValue[]){store_of_bool(and_targets)}, 1, MAX_ROWS, error);
  count->people = g_array_new(FALSE, FALSE, sizeof(Person));
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    Person person = {(gint32)store_int_at(rows, i, 0), store_day_at(rows, i, 1), store_day_at(rows, i, 2),
                     store_day_at(rows, i, 3), store_int_at(rows, i, 4) != 0};
    g_array_append_val(count->people, person);
  }
  return rows != NULL;
}

static gboolean read_absences(Count *count, BaseDay start, BaseDay end, GError **error) {
  const StoreValue span[] = {store_of_day(start), store_of_day(end)};
  g_autoptr(StoreRows) rows =
      store_query(count->context->store,
                  "SELECT person, from_at_day, until_at_day, coalesce(share, 1) FROM absence WHERE "
                  "from_at_day < $2 AND until_at_day > $1",
                  span, G_N_ELEMENTS(span), MAX_ROWS, error);
  count->absences = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    gint32 person = query_org_person(count->org, (gint32)store_int_at(rows, i, 0));
    GArray *list = g_hash_table_lookup(count->absences, GINT_TO_POINTER(person));
    if (!list) {
      list = g_array_new(FALSE, FALSE, sizeof(Absence));
      g_hash_table_insert(count->absences, GINT_TO_POINTER(person), list);
    }
    Absence absence = {store_day_at(rows, i, 1), store_day_at(rows, i, 2), 1};
    store_number_at(rows, i, 3, &absence.share);
    g_array_append_val(list, absence);
  }
  return rows != NULL;
}

static gboolean read_names(Count *count, GError **error) {
  const Dim rep = {DIM_REP, "rep"}, team = {DIM_TEAM, "team"};
  count->person_names = query_members_new(count->context, count->org, &rep);
  count->team_names = query_members_new(count->context, count->org, &team);
  return query_members_load(count->person_names, "person", error) &&
         query_members_load(count->team_names, "team", error);
}

/* --- a person's day --- */

static double presence(const Count *count, const Person *person, BaseDay day) {
  const GArray *list = g_hash_table_lookup(count->absences, GINT_TO_POINTER(person->key));
  double away = 0;
  for (guint i = 0; list && i < list->len; i++) {
    const Absence *absence = &g_array_index(list, Absence, i);
    if (absence->from <= day && day < absence->until) away = MAX(away, absence->share);
  }
  return 1 - CLAMP(away, 0, 1);
}

static double ramp(const Person *person, BaseDay day) {
  if (person->ramped == BASE_DAY_NONE || day >= person->ramped || person->hired == BASE_DAY_NONE) return 1;
  return person->ramped <= person->hired ? 1 : (double)(day - person->hired) / (person->ramped - person->hired);
}

static gboolean is_employed(const Person *person, BaseDay day) {
  return (person->hired == BASE_DAY_NONE || day >= person->hired) &&
         (person->left == BASE_DAY_NONE || day < person->left);
}

/* The member of a dimension that a person's day belongs to; NULL: none. */
static const char *member_of(const Count *count, const Person *person, BaseDay day, const char *dimension) {
  if (g_str_equal(dimension, TARGET_COMPANY)) return TARGET_COMPANY;
  if (g_str_equal(dimension, "rep")) return query_members_name(count->person_names, person->key);
  QueryPlace place = query_org_place_at(count->org, person->key, day);
  if (g_str_equal(dimension, "region")) return query_org_region_name(count->org, place.region);
  if (g_str_equal(dimension, "manager")) return query_members_name(count->person_names, place.manager);
  gint32 team =
      g_str_equal(dimension, "team") ? place.team : query_org_team_at_level(count->org, place.team, dimension);
  return query_members_name(count->team_names, team);
}

/* --- adding up --- */

static TargetCapacity *capacity_of(Count *count, const char *name, const char *above) {
  g_autofree char *key = g_strconcat(name, "\n", above, NULL);
  TargetCapacity *capacity = g_hash_table_lookup(count->members, key);
  if (capacity) return capacity;
  capacity = g_new0(TargetCapacity, 1);
  capacity->name = g_strdup(name);
  capacity->above = g_strdup(above);
  g_hash_table_insert(count->members, g_steal_pointer(&key), capacity);
  return capacity;
}

/* Whether who asks may be told of the person's day. */
static gboolean is_seen(const Count *count, const Person *person, BaseDay day) {
  const QuerySight *sight = count->context->sight;
  return !sight || query_sight_sees(sight, count->org, person->key, query_org_place_at(count->org, person->key, day));
}

static void count_person(Count *count, const Person *person, const Asked *asked) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (BaseDay day = asked->start; day < asked->end; day++) {
    if (!calendar_is_working_day(count->context->calendar, day) || !is_employed(person, day) ||
        !is_seen(count, person, day))
      continue;
    const char *name = member_of(count, person, day, asked->dimension);
    const char *above = asked->within_dimension ? member_of(count, person, day, asked->within_dimension) : NULL;
    if (!name || (asked->within && g_strcmp0(above, asked->within) != 0)) continue;
    TargetCapacity *capacity = capacity_of(count, name, asked->within ? NULL : above);
    capacity->working_days += 1;
    capacity->days += presence(count, person, day) * ramp(person, day);
    capacity->carries |= person->carries;
    capacity->n_people += g_hash_table_add(seen, capacity);
  }
}

static int by_name(gconstpointer a, gconstpointer b) {
  const TargetCapacity *x = a, *y = b;
  int order = g_utf8_collate(x->name, y->name);
  return order ? order : g_strcmp0(x->above, y->above);
}

gboolean target_capacity_depth(const QueryContext *context, const char *dimension, int *depth, GError **error) {
  static const struct {
    const char *dimension;
    int depth;
  } known[] = {{TARGET_COMPANY, 0}, {"region", 1}, {"team", 3}, {"manager", 3}, {"rep", 4}};
  for (guint i = 0; i < G_N_ELEMENTS(known); i++)
    if (g_str_equal(known[i].dimension, dimension)) {
      *depth = known[i].depth;
      return TRUE;
    }
  g_autoptr(QueryOrg) org = query_org_load(context, error);
  if (org) *depth = query_org_has_level(org, dimension) ? 2 : -1;
  return org != NULL;
}

static gboolean check_dimension(const Count *count, const char *dimension, GError **error) {
  static const char *const known[] = {"rep", "team", "manager", "region", TARGET_COMPANY, NULL};
  if (g_strv_contains(known, dimension) || query_org_has_level(count->org, dimension)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
              "people are counted by rep, team, manager, region or a level of teams, not by %s", dimension);
  return FALSE;
}

static GArray *count_all(const QueryContext *context, const Asked *asked, gboolean and_targets, GError **error) {
  g_auto(Count) count = {.context = context, .org = query_org_load(context, error)};
  if (!count.org || !check_dimension(&count, asked->dimension, error) ||
      (asked->within_dimension && !check_dimension(&count, asked->within_dimension, error)) ||
      !read_people(&count, and_targets, error) || !read_absences(&count, asked->start, asked->end, error) ||
      !read_names(&count, error))
    return NULL;
  count.members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_capacity);
  for (guint i = 0; i < count.people->len; i++) count_person(&count, &g_array_index(count.people, Person, i), asked);
  GArray *found = g_array_new(FALSE, FALSE, sizeof(TargetCapacity));
  g_array_set_clear_func(found, clear_capacity);
  GHashTableIter iter;
  gpointer capacity;
  g_hash_table_iter_init(&iter, count.members);
  while (g_hash_table_iter_next(&iter, NULL, &capacity)) {
    TargetCapacity copy = *(const TargetCapacity *)capacity;
    copy.name = g_strdup(copy.name);
    copy.above = g_strdup(copy.above);
    g_array_append_val(found, copy);
  }
  g_array_sort(found, by_name);
  return found;
}

GArray *target_capacity(const QueryContext *context, const char *dimension, const char *within_dimension,
                        const char *within, BaseDay start, BaseDay end, GError **error) {
  Asked asked = {.dimension = dimension, .start = start, .end = end};
  if (within) asked.within_dimension = within_dimension;
  asked.within = within;
  return count_all(context, &asked, FALSE, error);
}

GArray *target_capacity_each(const QueryContext *context, const char *dimension, const char *within_dimension,
                             BaseDay start, BaseDay end, GError **error) {
  Asked asked = {.dimension = dimension, .within_dimension = within_dimension, .start = start, .end = end};
  return count_all(context, &asked, TRUE, error);
}
