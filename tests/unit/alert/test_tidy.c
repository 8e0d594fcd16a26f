/* History that is old goes, and the book is what it was. A year of verdicts by chance and of what people say is
 * written, told and tidied; then every state, what is still to be told, and the number of the next event are as before.
 * Times are days after Monday, 4 May 2026, UTC. */
#include "alert/outbox.h"
#include "alert/tidy.h"
#include "company.h"

#include <string.h>

#define DAY_US  (G_GINT64_CONSTANT(24) * 3600 * G_USEC_PER_SEC)
#define N_DAYS  120
#define N_SEEDS 4

static gint64 at(int day) {
  return (gint64)base_day_from_civil(2026, 5, 4) * DAY_US + day * DAY_US;
}

static char *to_log[] = {(char *)"log", NULL};
static const char *const rule_names[] = {"few", "late"};
static const char *const members[] = {"rep:Ana", "rep:Ben", "rep:Cem", "company"};

typedef struct {
  World world;
  ConfOrganisation *organisation;
  AlertBook *book;
  AlertRule rules[2];
} Desk;

static void desk_clear(Desk *desk) {
  alert_book_free(desk->book);
  conf_organisation_free(desk->organisation);
  world_clear(&desk->world);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static Desk desk_of(void) {
  static const char text[] = "name: Test\ncurrency: EUR\nalerts: {channels: {log: {command: [cat]}}}\n";
  g_autoptr(GError) error = NULL;
  Desk desk = {.world = world_empty("{}\n"), .book = alert_book_new()};
  desk.organisation = conf_organisation_parse("attain.yaml", text, strlen(text), ".", &error);
  if (!desk.organisation) fail_msg("%s", error->message);
  for (guint i = 0; i < G_N_ELEMENTS(rule_names); i++)
    desk.rules[i] = (AlertRule){.name = (char *)rule_names[i],
                                .title = (char *)rule_names[i],
                                .severity = ALERT_WARNING,
                                .to = to_log,
                                .timing = {.hold = {i == 0 ? 0 : 2, ALERT_DAYS},
                                           .recover_after = {i == 0 ? 0 : 2, ALERT_DAYS},
                                           .remind = {2, ALERT_DAYS}}};
  return desk;
}

static AlertReply receive(const AlertMessage *message, gpointer answer) {
  return (AlertReply){.answer = *(AlertAnswer *)answer};
}

/* Makes messages of what is due, and offers them. */
static void tell(Desk *desk, int day, AlertAnswer answer) {
  QueryContext context = desk->world.context;
  const AlertDesk of = {.context = &context, .alerts = &desk->organisation->alerts};
  g_auto(AlertDelivery) delivery = {0};
  context.now_us = at(day);
  context.today = calendar_day_of(desk->world.calendar, at(day));
  assert_true(alert_outbox_fill(desk->world.store, &of, NULL));
  assert_true(alert_outbox_send(desk->world.store, at(day), receive, &answer, &delivery, NULL));
}

static void judge(Desk *desk, AlertRule *rule, const AlertVerdict *verdicts, int day) {
  const AlertClock clock = {desk->world.calendar, &desk->organisation->alerts};
  AlertFinding findings[G_N_ELEMENTS(members)];
  g_autoptr(GPtrArray) rules = g_ptr_array_new(), found = g_ptr_array_new();
  g_ptr_array_add(rules, rule);
  for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
    findings[i] = (AlertFinding){.rule = rule, .who = (char *)members[i], .verdict = verdicts[i]};
    g_ptr_array_add(found, &findings[i]);
  }
  g_autoptr(GPtrArray) events = alert_book_take(desk->book, &clock, NULL, rules, found, at(day), NULL, NULL);
  assert_true(alert_events_write(desk->world.store, events, NULL));
}

static void say(Desk *desk, const char *rule, const char *who, AlertAct act, int day, int until) {
  g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func((GDestroyNotify)alert_event_free);
  gint64 until_us = act == ALERT_ACT_SNOOZE ? at(until) : 0;
  g_ptr_array_add(said, alert_book_say(desk->book, rule, who, act, at(day), until_us, "Mia", NULL));
  assert_true(alert_events_write(desk->world.store, said, NULL));
}

static void live_a_day(Desk *desk, GRand *chance, int day) {
  static const AlertAct acts[] = {ALERT_ACT_SNOOZE, ALERT_ACT_WAKE, ALERT_ACT_ACK};
  for (guint r = 0; r < G_N_ELEMENTS(rule_names); r++) {
    AlertVerdict verdicts[G_N_ELEMENTS(members)];
    for (guint i = 0; i < G_N_ELEMENTS(members); i++)
      verdicts[i] = g_rand_boolean(chance) ? ALERT_BAD : (AlertVerdict)g_rand_int_range(chance, ALERT_GOOD, ALERT_GONE);
    judge(desk, &desk->rules[r], verdicts, day);
    if (g_rand_int_range(chance, 0, 4) > 0) continue;
    const char *who = g_rand_boolean(chance) ? "" : members[g_rand_int_range(chance, 0, G_N_ELEMENTS(members))];
    say(desk, rule_names[r], who, acts[g_rand_int_range(chance, 0, 3)], day, day + g_rand_int_range(chance, 1, 150));
  }
  tell(desk, day, g_rand_int_range(chance, 0, 5) > 0 ? ALERT_TAKEN : ALERT_LATER);
}

/* All that anything follows from at `day` and later. */
static char *written(const Desk *desk, int day) {
  g_autoptr(AlertBook) book = alert_book_read(desk->world.store, NULL);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < alert_book_n(book); i++) {
    const AlertEntry *entry = alert_book_entry(book, i);
    const AlertState *state = &entry->state;
    g_string_append_printf(out, "%s %s %s %ld %ld %ld %s %ld %ld\n", entry->rule, entry->who,
                           alert_phase_name(state->phase), state->since_us, state->fired_us, state->told_us,
                           state->acked_by ? state->acked_by : "-", MAX(state->snoozed_until_us, at(day)),
                           entry->last->event);
  }
  for (guint r = 0; r < G_N_ELEMENTS(rule_names); r++)
    g_string_append_printf(out, "%ld\n", MAX(alert_book_snoozed_until(book, rule_names[r]), at(day)));
  g_autoptr(GPtrArray) waiting = alert_outbox_read(desk->world.store, TRUE, NULL);
  for (guint i = 0; i < waiting->len; i++) {
    const AlertMessage *message = g_ptr_array_index(waiting, i);
    g_string_append_printf(out, "%ld %s %u %u\n", message->number, message->id, message->n_attempts,
                           message->events->len);
  }
  AlertEvent *next = alert_book_say(book, "few", "", ALERT_ACT_ACK, at(day), 0, "Mia", NULL);
  g_string_append_printf(out, "next %ld\n", next->event);
  alert_event_free(next);
  return g_string_free(out, FALSE);
}

static gint64 count(const Desk *desk, const char *sql) {
  g_autoptr(StoreRows) rows = store_query(desk->world.store, sql, NULL, 0, 0, NULL);
  return store_rows_value(rows, 0, 0).integer;
}

static gint64 tidy(Desk *desk, int before, gint64 most) {
  gint64 n = -1;
  g_autoptr(GError) error = NULL;
  assert_true(store_begin(desk->world.store, NULL));
  if (!alert_tidy(desk->world.store, at(before), most, &n, &error)) fail_msg("%s", error->message);
  assert_true(store_commit(desk->world.store, NULL));
  return n;
}

static void the_book_is_what_it_was(void **state) {
  for (guint32 seed = 1; seed <= N_SEEDS; seed++) {
    g_auto(Desk) desk = desk_of();
    g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
    for (int day = 0; day < N_DAYS; day++) live_a_day(&desk, chance, day);
    g_autofree char *before = written(&desk, N_DAYS);
    gint64 n_before = count(&desk, "SELECT count(*) FROM attain_alert_event"), n_gone = 0;
    gint64 n_messages = count(&desk, "SELECT max(message) FROM attain_alert_message");
    for (gint64 n = 7; n == 7; n_gone += n) n = tidy(&desk, 100, 7);
    g_autofree char *after = written(&desk, N_DAYS);
    assert_string_equal(after, before);
    tell(&desk, N_DAYS, ALERT_LATER);
    assert_int_equal(count(&desk, "SELECT max(message) FROM attain_alert_message"), n_messages);
    assert_true(n_gone > n_before / 3);
    assert_int_equal(count(&desk, "SELECT count(*) FROM attain_alert_event"), n_before - n_gone);
    assert_int_equal(count(&desk,
                           "SELECT count(*) FROM attain_alert_told WHERE event NOT IN (SELECT event FROM "
                           "attain_alert_event)"),
                     0);
    assert_int_equal(tidy(&desk, 100, 1000), 0);
  }
}

/* Bad on days 0 to 4, reminded on 2 and 4, good on 5: fire, two reminders, recover; then bad from day 190. */
static void only_what_is_old_goes(void **state) {
  g_auto(Desk) desk = desk_of();
  for (int day = 0; day < 6; day++) {
    judge(&desk, &desk.rules[0], (AlertVerdict[]){day < 5 ? ALERT_BAD : ALERT_GOOD, ALERT_GOOD, ALERT_GOOD, ALERT_GOOD},
          day);
    tell(&desk, day, ALERT_TAKEN);
  }
  judge(&desk, &desk.rules[0], (AlertVerdict[]){ALERT_BAD, ALERT_GOOD, ALERT_GOOD, ALERT_GOOD}, 190);
  tell(&desk, 190, ALERT_TAKEN);
  assert_int_equal(count(&desk, "SELECT count(*) FROM attain_alert_event"), 5);
  assert_int_equal(tidy(&desk, 0, 100), 0);
  assert_int_equal(tidy(&desk, 3, 100), 2);
  assert_int_equal(tidy(&desk, 200, 100), 1);
  assert_int_equal(count(&desk, "SELECT count(*) FROM attain_alert_event WHERE act IN ('recover', 'fire')"), 2);
  assert_int_equal(count(&desk, "SELECT count(*) FROM attain_alert_message"), 2);
  assert_int_equal(count(&desk, "SELECT count(DISTINCT message) FROM attain_alert_attempt"), 2);
}

/* Fired on day 0 and recovered on day 1: the firing goes once who is to hear of both has. Then the newest of all, which
 * makes nothing either, goes when there is a newer one. */
static void what_is_not_sent_stays(void **state) {
  static const AlertVerdict bad[] = {ALERT_BAD, ALERT_GOOD, ALERT_GOOD, ALERT_GOOD};
  static const AlertVerdict good[] = {ALERT_GOOD, ALERT_GOOD, ALERT_GOOD, ALERT_GOOD};
  g_auto(Desk) desk = desk_of();
  judge(&desk, &desk.rules[0], bad, 0);
  judge(&desk, &desk.rules[0], good, 1);
  assert_int_equal(tidy(&desk, 50, 100), 0);
  tell(&desk, 2, ALERT_LATER);
  assert_int_equal(tidy(&desk, 50, 100), 0);
  tell(&desk, 3, ALERT_TAKEN);
  assert_int_equal(tidy(&desk, 50, 100), 1);
  say(&desk, "few", "", ALERT_ACT_WAKE, 4, 0);
  assert_int_equal(tidy(&desk, 50, 100), 0);
  judge(&desk, &desk.rules[0], bad, 60);
  assert_int_equal(tidy(&desk, 50, 100), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_book_is_what_it_was),
      cmocka_unit_test(only_what_is_old_goes),
      cmocka_unit_test(what_is_not_sent_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
