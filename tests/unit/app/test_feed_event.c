/* What readers are told of commits: people 1 and 2 are of the reader's team, 3 was once, 9 never. */
#include "app/feed_private.h"
#include "unit.h"

#include <string.h>

static const AttainPerson people[] = {{1, "Ana", "North", true}, {2, "Ben", "North", true}, {3, "Cem", "South", false}};
static const AttainPerson without_ben[] = {{1, "Ana", "North", true}, {2, "Ben", "South", false}};
static const AttainSeen north = {.n_people = 3, .people = people}, later = {.n_people = 2, .people = without_ben},
                        nobody = {0}, all = {.all = true, .n_people = 3, .people = people};

/* A commit that changed records of one table; `touched` NULL: it is not known whose. */
static FeedChange *commit(gint64 load, const char *table, const AttainTouched *touched) {
  return feed_change_new(
      &(AttainChange){.load = load, .source = "crm", .n_tables = 1, .tables = &table, .touched = touched}, 0);
}

static FeedChange *commit_of(gint64 load, const char *table, gint32 person) {
  return commit(load, table, &(AttainTouched){.n_people = 1, .people = &person});
}

static GPtrArray *some(FeedChange *first, FeedChange *second) {
  GPtrArray *changes = g_ptr_array_new_with_free_func(feed_change_free);
  g_ptr_array_add(changes, first);
  if (second) g_ptr_array_add(changes, second);
  return changes;
}

/* Takes both. `wanted`: the data after its time, or NULL. */
static void assert_told(GPtrArray *changes, GBytes *bytes, const char *wanted) {
  g_autofree char *text = bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
  if (!wanted && text) fail_msg("told: %s", text);
  if (wanted && (!text || !strstr(text, wanted))) fail_msg("told: %s\nwanted: %s", text ? text : "nothing", wanted);
  if (bytes) g_bytes_unref(bytes);
  g_ptr_array_unref(changes);
}

static void assert_at_once(FeedChange *change, const AttainSeen *seen, const char *wanted) {
  GPtrArray *changes = some(change, NULL);
  assert_told(changes, feed_event_write(changes, 0, NULL, seen), wanted);
}

#define BARE "\"sources\": [], \"tables\": [], \"for\": {\"everyone\": true}}"

static void test_whose(void **state) {
  static const gint32 one_of_theirs[] = {2, 9};
  assert_at_once(
      commit_of(5, "opportunity", 1), &north,
      "\"sources\": [\"crm\"], \"tables\": [\"opportunity\"], \"for\": {\"everyone\": false, \"people\": [\"Ana\"], "
      "\"teams\": [\"North\"]}}");
  assert_at_once(commit(5, "opportunity", &(AttainTouched){.n_people = 2, .people = one_of_theirs}), &north,
                 "\"people\": [\"Ben\"], \"teams\": [\"North\"]}}");
  assert_at_once(commit_of(5, "opportunity", 9), &north, NULL);
  assert_at_once(commit_of(5, "opportunity", 1), &nobody, NULL);
  assert_at_once(commit_of(5, "web_traffic", 9), &all, "\"tables\": [\"web_traffic\"]");
}

static void test_no_names(void **state) {
  assert_at_once(commit(5, "fx_rate", &(AttainTouched){.is_everybodys = true}), &north, BARE);
  assert_at_once(commit(5, "opportunity", NULL), &north, BARE);
  assert_at_once(commit(5, "spend", &(AttainTouched){0}), &north, NULL); /* nobody is credited with it */
}

/* Each table by itself: Ana's deals and another's activities are told as deals. */
static void test_tables(void **state) {
  static const gint32 ana = 1, other = 9;
  static const char *const tables[] = {"opportunity", "activity"};
  static const AttainTouched touched[] = {{.n_people = 1, .people = &ana}, {.n_people = 1, .people = &other}};
  const AttainChange change = {.load = 5, .source = "crm", .n_tables = 2, .tables = tables, .touched = touched};
  assert_at_once(feed_change_new(&change, 0), &north, "\"tables\": [\"opportunity\"]");
}

/* Ben leaves: neither his deal of before nor what moved him is told by name, Ana's is. */
static void test_moving(void **state) {
  GPtrArray *changes = some(commit_of(5, "opportunity", 2), commit_of(6, "person", 2));
  assert_told(changes, feed_event_write(changes, 2, &north, &later), BARE);
  changes = some(commit_of(5, "opportunity", 2), commit_of(6, "person", 2));
  assert_told(changes, feed_event_write(changes, 2, &later, &north), BARE);
  changes = some(commit_of(5, "opportunity", 1), commit_of(6, "person", 2));
  assert_told(changes, feed_event_write(changes, 2, &north, &later),
              "\"sources\": [\"crm\"], \"tables\": [\"opportunity\"], \"for\": {\"everyone\": true}}");
  changes = some(commit_of(5, "opportunity", 9), commit_of(6, "team", 0));
  assert_told(changes, feed_event_write(changes, 2, &north, &later), "id: 6\n");
}

/* Who was theirs once is told of with the heartbeat, and to who comes back. */
static void test_later(void **state) {
  assert_at_once(commit_of(5, "opportunity", 3), &north, NULL);
  GPtrArray *changes = some(commit_of(5, "opportunity", 3), commit_of(6, "opportunity", 9));
  assert_told(changes, feed_event_write_later(changes, &north), BARE);
  changes = some(commit_of(5, "opportunity", 1), commit_of(6, "opportunity", 9));
  assert_told(changes, feed_event_write_later(changes, &north), NULL);
  changes = some(commit_of(5, "opportunity", 3), commit_of(6, "opportunity", 9));
  assert_told(changes, feed_event_write_missed(changes, 0, &north), BARE);
  changes = some(commit_of(5, "opportunity", 1), commit_of(6, "person", 2));
  assert_told(changes, feed_event_write_missed(changes, 2, &north), BARE); /* whose Ana was before is not known */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_whose),  cmocka_unit_test(test_no_names), cmocka_unit_test(test_tables),
      cmocka_unit_test(test_moving), cmocka_unit_test(test_later),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
