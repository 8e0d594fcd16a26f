/* The book and the outbox: what is written is read again, nothing is told twice, nothing is lost. Times are hours after
 * midnight of Monday, 4 May 2026, UTC. */
#include "alert/outbox.h"
#include "base/fault.h"
#include "company.h"

#include <string.h>

#define HOUR_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

static gint64 at(double hour) {
  return (gint64)base_day_from_civil(2026, 5, 4) * 24 * HOUR_US + (gint64)(hour * (double)HOUR_US);
}

static ConfOrganisation *organisation_of(const char *alerts) {
  g_autofree char *text = g_strconcat("name: Test\ncurrency: EUR\nalerts:\n", alerts, NULL);
  g_autoptr(GError) error = NULL;
  ConfOrganisation *organisation = conf_organisation_parse("attain.yaml", text, strlen(text), ".", &error);
  if (!organisation) fail_msg("%s", error->message);
  return organisation;
}

#define CHANNELS                                                                                       \
  "  quiet_hours: 20:00-06:00\n  mail: {server: localhost, from: attain@example.com}\n"                \
  "  channels:\n    log: {command: [cat]}\n    managers: {mail: [mia@example.com, tom@example.com]}\n" \
  "    reps: {mail: [member, leader, ops@example.com]}\n"

static AlertRule rule_of(const char *name, char **to) {
  return (AlertRule){.name = (char *)name,
                     .title = (char *)name,
                     .fires_below = TRUE,
                     .limit = 10,
                     .recover = 10,
                     .severity = ALERT_WARNING,
                     .to = to};
}

static void fill(const World *world, const ConfAlerts *alerts, gint64 now_us) {
  QueryContext context = world->context;
  const AlertDesk desk = {.context = &context, .alerts = alerts};
  g_autoptr(GError) error = NULL;
  context.now_us = now_us;
  context.today = calendar_day_of(world->calendar, now_us);
  if (!alert_outbox_fill(world->store, &desk, &error)) fail_msg("%s", error->message);
}

/* What the book makes of one verdict. */
static GPtrArray *take(const World *world, const ConfAlerts *alerts, AlertBook *book, AlertRule *rule, const char *who,
                       AlertVerdict verdict, gint64 now_us) {
  const AlertClock clock = {world->calendar, alerts};
  AlertFinding finding = {.rule = rule, .who = (char *)who, .verdict = verdict, .has_value = TRUE, .value = 5};
  g_autoptr(GPtrArray) rules = g_ptr_array_new(), findings = g_ptr_array_new();
  g_ptr_array_add(rules, rule);
  g_ptr_array_add(findings, &finding);
  GPtrArray *events = alert_book_take(book, &clock, rules, rules, findings, now_us, NULL, NULL);
  g_autoptr(GError) error = NULL;
  if (!alert_events_write(world->store, events, &error)) fail_msg("%s", error->message);
  fill(world, alerts, now_us);
  return events;
}

/* --- sending --- */

typedef struct {
  AlertAnswer answer;
  guint n;
  GString *ids;   /* those that were offered */
  gint64 wait_us; /* asked for */
} Receiver;

static AlertReply receive(const AlertMessage *message, gpointer user_data) {
  Receiver *receiver = user_data;
  receiver->n++;
  g_string_append_printf(receiver->ids, "%s ", message->id);
  return (AlertReply){.answer = receiver->answer,
                      .words = g_strdup(receiver->answer != ALERT_TAKEN ? "no" : NULL),
                      .wait_us = receiver->wait_us};
}

static AlertDelivery deliver(const World *world, AlertAnswer answer, gint64 now_us, guint n_offered) {
  Receiver receiver = {answer, 0, g_string_new(NULL)};
  AlertDelivery delivery;
  g_autoptr(GError) error = NULL;
  if (!alert_outbox_send(world->store, now_us, receive, &receiver, &delivery, &error)) fail_msg("%s", error->message);
  g_string_free(receiver.ids, TRUE);
  assert_int_equal(n_offered, receiver.n);
  return delivery;
}

static GPtrArray *read_all(const World *world) {
  g_autoptr(GError) error = NULL;
  GPtrArray *messages = alert_outbox_read(world->store, FALSE, &error);
  if (!messages) fail_msg("%s", error->message);
  return messages;
}

/* An empty company, a book, and the rule `few` that tells one channel or two. */
typedef struct {
  World world;
  ConfOrganisation *organisation;
  const ConfAlerts *alerts;
  AlertBook *book;
  AlertRule few;
} Desk;

static void desk_clear(Desk *desk) {
  alert_book_free(desk->book);
  conf_organisation_free(desk->organisation);
  world_clear(&desk->world);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static char *to_log[] = {(char *)"log", NULL};
static char *to_reps[] = {(char *)"reps", NULL};
static char *to_both[] = {(char *)"managers", (char *)"log", NULL};

static Desk desk_of(char **to) {
  Desk desk = {.world = world_empty("{}\n"), .organisation = organisation_of(CHANNELS), .book = alert_book_new()};
  desk.alerts = &desk.organisation->alerts;
  desk.few = rule_of("few", to);
  return desk;
}

/* How many things happened. */
static guint happens(Desk *desk, AlertRule *rule, const char *who, AlertVerdict verdict, gint64 now_us) {
  g_autoptr(GPtrArray) events = take(&desk->world, desk->alerts, desk->book, rule, who, verdict, now_us);
  return events->len;
}

/* The company of `few` is bad at 10:00, which is one event. */
static Desk fired_at_ten(char **to) {
  Desk desk = desk_of(to);
  assert_int_equal(1, happens(&desk, &desk.few, "company", ALERT_BAD, at(10)));
  return desk;
}

/* Mail goes to each by itself; a message that is sent is not offered again. */
static void each_recipient_has_a_message(void **state) {
  g_auto(Desk) desk = fired_at_ten(to_both);
  g_autoptr(GPtrArray) messages = read_all(&desk.world);
  assert_int_equal(3, messages->len);
  AlertDelivery delivery = deliver(&desk.world, ALERT_TAKEN, at(10), 3);
  assert_int_equal(3, delivery.n_sent);
  deliver(&desk.world, ALERT_TAKEN, at(11), 0);
  assert_int_equal(0, happens(&desk, &desk.few, "company", ALERT_BAD, at(12)));
  deliver(&desk.world, ALERT_TAKEN, at(12), 0);
}

/* A minute after the first attempt, then two, four …, at most six hours; given up after twelve. */
static void what_fails_is_tried_ever_more_rarely(void **state) {
  g_auto(Desk) desk = fired_at_ten(to_log);
  static const int minutes[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360};
  gint64 now_us = at(10);
  for (guint i = 0; i < G_N_ELEMENTS(minutes); i++) {
    g_auto(AlertDelivery) failed = deliver(&desk.world, ALERT_LATER, now_us, 1);
    assert_int_equal(1, failed.n_later);
    now_us += minutes[i] * HOUR_US / 60;
    deliver(&desk.world, ALERT_TAKEN, now_us - 1, 0);
  }
  g_auto(AlertDelivery) last = deliver(&desk.world, ALERT_LATER, now_us, 1);
  assert_int_equal(1, last.n_lost);
  deliver(&desk.world, ALERT_TAKEN, now_us + 1000 * HOUR_US, 0);
  g_autoptr(GPtrArray) messages = read_all(&desk.world);
  const AlertMessage *message = g_ptr_array_index(messages, 0);
  assert_true(message->outcome == ALERT_GIVEN_UP);
  assert_int_equal(ALERT_MAX_ATTEMPTS, message->n_attempts);
  g_autoptr(GError) error = NULL;
  assert_true(alert_outbox_again(desk.world.store, 1, now_us, &error));
  deliver(&desk.world, ALERT_TAKEN, now_us, 1);
}

static void what_is_refused_is_not_tried_again(void **state) {
  g_auto(Desk) desk = fired_at_ten(to_log);
  g_auto(AlertDelivery) delivery = deliver(&desk.world, ALERT_NEVER, at(10), 1);
  assert_string_equal("log: no", delivery.failure);
  deliver(&desk.world, ALERT_TAKEN, at(100), 0);
  g_autoptr(GError) error = NULL;
  assert_false(alert_outbox_again(desk.world.store, 7, at(100), &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
}

/* Fails between the answer and the mark, as a process that is killed there would: the id stays the same. */
static void an_unmarked_message_keeps_its_id(void **state) {
  g_auto(Desk) desk = fired_at_ten(to_log);
  Receiver receiver = {ALERT_TAKEN, 0, g_string_new(NULL)};
  g_autoptr(GError) error = NULL;
  AlertDelivery delivery;
  base_fault_arm("alert-mark", 1);
  assert_false(alert_outbox_send(desk.world.store, at(10), receive, &receiver, &delivery, &error));
  base_fault_disarm();
  g_autoptr(GPtrArray) unsure = read_all(&desk.world);
  assert_true(((const AlertMessage *)g_ptr_array_index(unsure, 0))->is_unsure);
  assert_true(alert_outbox_send(desk.world.store, at(10), receive, &receiver, &delivery, NULL));
  assert_true(alert_outbox_send(desk.world.store, at(10), receive, &receiver, &delivery, NULL));
  assert_int_equal(2, receiver.n);
  g_auto(GStrv) ids = g_strsplit(receiver.ids->str, " ", -1);
  assert_string_equal(ids[0], ids[1]);
  g_string_free(receiver.ids, TRUE);
}

/* Three things happen at 21:00, 22:00 and 05:59, in the quiet hours: at 06:00 there is one message of all three, the
 * gravest first. A digest at 08:00 gathers what happened since. */
static void what_waits_becomes_one_message(void **state) {
  g_auto(Desk) desk = desk_of(to_log);
  AlertRule grave = rule_of("grave", to_log), gathered = rule_of("gathered", to_log);
  grave.severity = ALERT_CRITICAL;
  gathered.digest = (AlertDigest){ALERT_DIGEST_DAILY, 8 * 60};
  assert_int_equal(1, happens(&desk, &desk.few, "rep:Ana", ALERT_BAD, at(21)));
  assert_int_equal(1, happens(&desk, &desk.few, "rep:Ana", ALERT_GOOD, at(22)));
  assert_int_equal(1, happens(&desk, &grave, "company", ALERT_BAD, at(29.983)));
  g_autoptr(GPtrArray) none = read_all(&desk.world);
  assert_int_equal(0, none->len);
  fill(&desk.world, desk.alerts, at(30));
  fill(&desk.world, desk.alerts, at(30));
  g_autoptr(GPtrArray) morning = read_all(&desk.world);
  assert_int_equal(1, morning->len);
  const AlertMessage *message = g_ptr_array_index(morning, 0);
  static const char *const wanted[] = {"grave", "few", "few"};
  assert_int_equal(3, message->events->len);
  for (guint i = 0; i < 3; i++)
    assert_string_equal(wanted[i], ((const AlertEvent *)g_ptr_array_index(message->events, i))->rule);
  guint n = happens(&desk, &gathered, "rep:Ana", ALERT_BAD, at(31));
  n += happens(&desk, &gathered, "rep:Ben", ALERT_GOOD, at(31.5));
  n += happens(&desk, &gathered, "rep:Cid", ALERT_BAD, at(32));
  /* Two that fire, and two that are judged no more, of which nobody hears: the rule `grave`, and Ana. */
  assert_int_equal(4, n);
  g_autoptr(GPtrArray) both = read_all(&desk.world);
  assert_int_equal(2, both->len);
  assert_int_equal(2, ((const AlertMessage *)g_ptr_array_index(both, 1))->events->len);
}

/* What fires at 21:00 is heard at 06:00: reminders every half an hour begin then, and do not gather in the night. */
static void reminders_count_from_when_people_hear(void **state) {
  g_auto(Desk) desk = desk_of(to_log);
  desk.few.timing.remind = (AlertDuration){30, ALERT_MINUTES};
  assert_int_equal(1, happens(&desk, &desk.few, "rep:Ana", ALERT_BAD, at(21)));
  assert_int_equal(0, happens(&desk, &desk.few, "rep:Ana", ALERT_BAD, at(22)));
  g_autoptr(AlertBook) again = alert_book_read(desk.world.store, NULL);
  assert_true(alert_book_find(again, "few", "rep:Ana", 0)->state.told_us == at(30));
  assert_int_equal(0, happens(&desk, &desk.few, "rep:Ana", ALERT_BAD, at(30.4)));
  assert_int_equal(1, happens(&desk, &desk.few, "rep:Ana", ALERT_BAD, at(30.5)));
}

/* A rule that could not be read has not ended: what fires goes on, and is found again when it is mended. */
static void what_cannot_be_read_goes_on(void **state) {
  g_auto(Desk) desk = fired_at_ten(to_log);
  const AlertClock clock = {desk.world.calendar, desk.alerts};
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  g_autoptr(GPtrArray) unknown = alert_book_take(desk.book, &clock, NULL, none, none, at(11), NULL, NULL);
  assert_int_equal(0, unknown->len);
  g_autoptr(GPtrArray) gone = alert_book_take(desk.book, &clock, none, none, none, at(12), NULL, NULL);
  assert_int_equal(1, gone->len);
  assert_true(((const AlertEvent *)g_ptr_array_index(gone, 0))->act == ALERT_ACT_END);
}

/* Ana has two targets: she is seen to and snoozed with both. Ben is snoozed before anything fires, and woken with all.
 */
static void what_is_said_is_of_all_of_somebody(void **state) {
  g_autoptr(AlertBook) book = alert_book_new();
  g_autoptr(ConfOrganisation) organisation = organisation_of(CHANNELS);
  g_autoptr(Calendar) calendar = calendar_new(&organisation->calendar, NULL);
  const AlertClock clock = {calendar, &organisation->alerts};
  AlertRule behind = rule_of("behind", to_log);
  AlertFinding bad[] = {{.rule = &behind, .who = (char *)"rep:Ana", .target = 1, .verdict = ALERT_BAD},
                        {.rule = &behind, .who = (char *)"rep:Ana", .target = 2, .verdict = ALERT_BAD},
                        {.rule = &behind, .who = (char *)"rep:Ben", .target = 3, .verdict = ALERT_BAD}};
  g_autoptr(GPtrArray) rules = g_ptr_array_new(), findings = g_ptr_array_new();
  g_ptr_array_add(rules, &behind);
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) g_ptr_array_add(findings, &bad[i]);
  alert_event_free(alert_book_say(book, "behind", "rep:Ben", ALERT_ACT_SNOOZE, at(9), at(20), "Mia", NULL));
  g_autoptr(GPtrArray) events = alert_book_take(book, &clock, rules, rules, findings, at(10), NULL, NULL);
  assert_int_equal(3, events->len);
  for (guint i = 0; i < 3; i++) assert_int_equal(i < 2, ((const AlertEvent *)g_ptr_array_index(events, i))->is_told);
  alert_event_free(alert_book_say(book, "behind", "rep:Ana", ALERT_ACT_ACK, at(11), 0, "Mia", NULL));
  for (guint i = 0; i < 2; i++)
    assert_string_equal("Mia", alert_book_find(book, "behind", "rep:Ana", i + 1)->state.acked_by);
  assert_null(alert_book_find(book, "behind", "rep:Ben", 3)->state.acked_by);
  alert_event_free(alert_book_say(book, "behind", "", ALERT_ACT_WAKE, at(12), 0, "Mia", NULL));
  assert_true(alert_book_find(book, "behind", "rep:Ben", 3)->state.snoozed_until_us == 0);
}

/* The channel writes to whom it is about, to who leads them, and to ops. Ana and Ben are led by Cid, Ben has no
 * address: ops and Cid have one message of both, Ana has one of hers, and that Ben has none is said once, when it is
 * sent. What is about the company goes to ops alone. */
static void each_hears_of_their_own(void **state) {
  g_auto(Desk) desk = desk_of(to_reps);
  world_add_team(&desk.world, 1, "North");
  world_add_person(&desk.world, 1, "Ana", 1);
  world_add_person(&desk.world, 2, "Ben", 1);
  world_add_person(&desk.world, 3, "Cid", 0);
  company_sql(desk.world.store, "UPDATE team SET manager = 3");
  company_sql(desk.world.store, "UPDATE person SET email = lower(name) || '@example.com' WHERE key <> 2");
  desk.few.digest = (AlertDigest){ALERT_DIGEST_DAILY, 8 * 60};
  AlertFinding bad[] = {{.rule = &desk.few, .who = (char *)"company", .verdict = ALERT_BAD},
                        {.rule = &desk.few, .who = (char *)"rep:Ana", .verdict = ALERT_BAD},
                        {.rule = &desk.few, .who = (char *)"rep:Ben", .verdict = ALERT_BAD}};
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    const AlertClock clock = {desk.world.calendar, desk.alerts};
    g_autoptr(GPtrArray) rules = g_ptr_array_new(), findings = g_ptr_array_new();
    g_ptr_array_add(rules, &desk.few);
    g_ptr_array_add(findings, &bad[i]);
    g_autoptr(GPtrArray) events = alert_book_take(desk.book, &clock, rules, rules, findings, at(7), NULL, NULL);
    assert_true(alert_events_write(desk.world.store, events, NULL));
  }
  fill(&desk.world, desk.alerts, at(8));
  g_autoptr(GPtrArray) messages = read_all(&desk.world);
  g_autoptr(GString) told = g_string_new(NULL);
  for (guint i = 0; i < messages->len; i++) {
    const AlertMessage *message = g_ptr_array_index(messages, i);
    g_string_append_printf(told, "%s:", message->recipient);
    for (guint e = 0; e < message->events->len; e++)
      g_string_append_printf(told, " %s", ((const AlertEvent *)g_ptr_array_index(message->events, e))->who);
    g_string_append(told, message->has_no_address ? " (no address)\n" : "\n");
  }
  assert_string_equal(
      "ops@example.com: company rep:Ana rep:Ben\n"
      "ana@example.com: rep:Ana\n"
      "cid@example.com: rep:Ana rep:Ben\n"
      "Ben: rep:Ben (no address)\n",
      told->str);
  g_auto(AlertDelivery) delivery = deliver(&desk.world, ALERT_TAKEN, at(8), 3);
  assert_int_equal(1, delivery.n_lost);
  assert_string_equal("reps: Ben has no e-mail address in the records", delivery.failure);
  g_auto(AlertDelivery) none = deliver(&desk.world, ALERT_TAKEN, at(9), 0);
  assert_int_equal(0, none.n_lost);
  g_autoptr(GError) error = NULL;
  assert_false(alert_outbox_again(desk.world.store, 4, at(9), &error));
  assert_non_null(strstr(error->message, "has nobody to go to"));
}

/* 429 with Retry-After: 600 seconds rather than the minute; but not for longer than a day. */
static void a_receiver_may_ask_for_time(void **state) {
  g_auto(Desk) desk = fired_at_ten(to_log);
  Receiver receiver = {ALERT_LATER, 0, g_string_new(NULL), HOUR_US / 6};
  g_auto(AlertDelivery) delivery = {0};
  assert_true(alert_outbox_send(desk.world.store, at(10), receive, &receiver, &delivery, NULL));
  g_string_free(receiver.ids, TRUE);
  deliver(&desk.world, ALERT_TAKEN, at(10.16), 0);
  deliver(&desk.world, ALERT_TAKEN, at(10.17), 1);
}

/* What waits for a channel that is gone is not told when one of its name is there again. */
static void a_channel_that_is_gone_tells_nobody(void **state) {
  g_auto(Desk) desk = desk_of(to_log);
  g_autoptr(ConfOrganisation) without = organisation_of("  channels: {other: {command: [cat]}}\n");
  desk.few.digest = (AlertDigest){ALERT_DIGEST_DAILY, 8 * 60};
  assert_int_equal(1, happens(&desk, &desk.few, "company", ALERT_BAD, at(7)));
  fill(&desk.world, &without->alerts, at(9));
  fill(&desk.world, desk.alerts, at(10));
  g_auto(AlertDelivery) delivery = deliver(&desk.world, ALERT_TAKEN, at(10), 0);
  assert_string_equal("log: attain.yaml has no such channel any more", delivery.failure);
}

/* A book that is read again is the book that was written. */
static void a_book_is_what_was_written(void **state) {
  g_auto(Desk) desk = desk_of(to_log);
  desk.few.timing.hold = (AlertDuration){1, ALERT_HOURS};
  assert_int_equal(1, happens(&desk, &desk.few, "rep:Ana", ALERT_BAD, at(10)));
  assert_int_equal(1, happens(&desk, &desk.few, "rep:Ana", ALERT_BAD, at(11)));
  g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func((GDestroyNotify)alert_event_free);
  g_ptr_array_add(said, alert_book_say(desk.book, "few", "rep:Ana", ALERT_ACT_ACK, at(12), 0, "Mia", "I know"));
  g_ptr_array_add(said, alert_book_say(desk.book, "few", "", ALERT_ACT_SNOOZE, at(12), at(20), "Mia", NULL));
  assert_true(alert_events_write(desk.world.store, said, NULL));
  g_autoptr(AlertBook) again = alert_book_read(desk.world.store, NULL);
  const AlertEntry *entry = alert_book_find(again, "few", "rep:Ana", 0);
  assert_non_null(entry);
  assert_true(entry->state.phase == ALERT_FIRING && entry->state.fired_us == at(11) && entry->state.told_us == at(11));
  assert_string_equal("Mia", entry->state.acked_by);
  assert_true(alert_book_snoozed_until(again, "few") == at(20));
  g_autoptr(GPtrArray) history = alert_events_read(desk.world.store, "few", 0, NULL);
  assert_int_equal(4, history->len);
  assert_string_equal("I know", ((const AlertEvent *)g_ptr_array_index(history, 2))->words);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_recipient_has_a_message),          cmocka_unit_test(what_fails_is_tried_ever_more_rarely),
      cmocka_unit_test(what_is_refused_is_not_tried_again),    cmocka_unit_test(an_unmarked_message_keeps_its_id),
      cmocka_unit_test(what_waits_becomes_one_message),        cmocka_unit_test(a_book_is_what_was_written),
      cmocka_unit_test(reminders_count_from_when_people_hear), cmocka_unit_test(what_cannot_be_read_goes_on),
      cmocka_unit_test(what_is_said_is_of_all_of_somebody),    cmocka_unit_test(each_hears_of_their_own),
      cmocka_unit_test(a_receiver_may_ask_for_time),           cmocka_unit_test(a_channel_that_is_gone_tells_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
