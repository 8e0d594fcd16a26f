/* Messages in the database: three tables, to which rows are only added.
 *
 *   attain_alert_message   who is told
 *   attain_alert_told      of which events
 *   attain_alert_attempt   begun │ sent │ failed │ refused │ given-up │ again │ no-address
 *
 * Between a receiver's answer and the row that marks it there is one statement, prepared before: killed just there, the
 * message is found as begun and is sent again under the same id. That is the only way in which one can be sent twice;
 * the other choice, to mark first, would lose messages instead. Who lets others at the database meanwhile says until
 * when the attempt is theirs: nobody else begins one before. */
#include "alert/outbox.h"

#include "alert/people.h"
#include "base/fault.h"
#include "store/values.h"

#define MINUTE_US  (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define MAX_PAUSE  (6 * 60 * MINUTE_US)
#define MAX_WAIT   (24 * 60 * MINUTE_US) /* that a receiver may ask for */
#define MAX_UNSENT 1000000

static const char *const outcomes[] = {"waiting", "sent", "refused", "given-up"};

const char *alert_outcome_name(AlertOutcome outcome) {
  return outcomes[outcome];
}

static void free_event(gpointer data) {
  alert_event_free(data);
}

void alert_message_free(AlertMessage *message) {
  if (!message) return;
  g_free(message->id);
  g_free(message->channel);
  g_free(message->recipient);
  g_free(message->words);
  g_clear_pointer(&message->events, g_ptr_array_unref);
  g_free(message);
}

static void free_message(gpointer data) {
  alert_message_free(data);
}

void alert_delivery_clear(AlertDelivery *delivery) {
  g_clear_pointer(&delivery->failure, g_free);
}

gint64 alert_outbox_pause_us(guint attempt) {
  gint64 pause_us = MINUTE_US;
  for (guint i = 1; i < attempt && pause_us < MAX_PAUSE; i++) pause_us *= 2;
  return MIN(pause_us, MAX_PAUSE);
}

/* --- attempts --- */

/* A row of what became of an attempt. Its number goes on from the rows there are. */
static gboolean mark(Store *store, gint64 message, const char *outcome, const char *words, gint64 at_us, gint64 next_us,
                     GError **error) {
  const StoreValue values[] = {store_of_int(message), store_of_instant(at_us), store_of_text(outcome),
                               store_of_text(words), next_us ? store_of_instant(next_us) : store_of_text(NULL)};
  return store_run_kept(store,
                        "INSERT INTO attain_alert_attempt SELECT $1, coalesce(max(attempt), 0) + 1, $2, $3, $4, $5 "
                        "FROM attain_alert_attempt WHERE message = $1",
                        values, G_N_ELEMENTS(values), NULL, error);
}

/* --- filling --- */

/* Who hears of what: a message in the making. */
typedef struct {
  char *to, *why; /* as AlertAddressee */
  GArray *events; /* numbers */
} Parcel;

static void free_parcel(gpointer data) {
  Parcel *parcel = data;
  g_free(parcel->to);
  g_free(parcel->why);
  g_array_unref(parcel->events);
  g_free(parcel);
}

static void put(GPtrArray *parcels, const char *to, const char *why, gint64 event) {
  Parcel *parcel = NULL;
  for (guint i = 0; i < parcels->len && !parcel; i++) {
    Parcel *other = g_ptr_array_index(parcels, i);
    if (g_ascii_strcasecmp(other->to, to) == 0 && g_strcmp0(other->why, why) == 0) parcel = other;
  }
  if (!parcel) {
    parcel = g_new0(Parcel, 1);
    *parcel = (Parcel){g_strdup(to), g_strdup(why), g_array_new(FALSE, FALSE, sizeof event)};
    g_ptr_array_add(parcels, parcel);
  }
  guint n = parcel->events->len;
  if (n == 0 || g_array_index(parcel->events, gint64, n - 1) != event) g_array_append_val(parcel->events, event);
}

typedef struct {
  Store *store;
  const AlertDesk *desk;
  AlertPeople *people; /* read where first somebody is looked for */
  gint64 last;         /* number of a message */
} Filling;

typedef struct {
  gint64 number;
  const char *who;
  BaseDay day; /* on which it happened */
} Untold;

/* To whom it is about and who leads them; what is about no person tells the addresses alone. */
static gboolean put_related(Filling *filling, const ConfChannel *channel, GPtrArray *parcels, const Untold *event,
                            GError **error) {
  const gboolean wanted[] = {channel->to_member, channel->to_leader};
  if (!filling->people && !(filling->people = alert_people_read(filling->desk->context, error))) return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
    g_auto(AlertAddressee) addressee = {0};
    if (!wanted[i]) continue;
    if (alert_people_find(filling->people, event->who, event->day, (AlertRelation)i, &addressee))
      put(parcels, addressee.to, addressee.why, event->number);
    else if (!*channel->mail)
      put(parcels, *event->who ? event->who : "nobody",
          "it is about no person and no team: name an address in the channel, too", event->number);
  }
  return TRUE;
}

static gboolean add_message(Filling *filling, const char *channel, const Parcel *parcel, GError **error) {
  g_autofree char *uuid = g_uuid_string_random();
  g_autofree char *id = g_strconcat("attain-", uuid, NULL);
  gint64 now_us = filling->desk->context->now_us, number = ++filling->last;
  const StoreValue values[] = {store_of_int(number), store_of_text(id), store_of_text(channel),
                               store_of_text(parcel->to), store_of_instant(now_us)};
  if (!store_run_kept(filling->store, "INSERT INTO attain_alert_message VALUES (?, ?, ?, ?, ?)", values,
                      G_N_ELEMENTS(values), NULL, error))
    return FALSE;
  for (guint i = 0; i < parcel->events->len; i++) {
    const StoreValue told[] = {store_of_int(number), store_of_int(g_array_index(parcel->events, gint64, i))};
    if (!store_run_kept(filling->store, "INSERT INTO attain_alert_told VALUES (?, ?)", told, G_N_ELEMENTS(told), NULL,
                        error))
      return FALSE;
  }
  return !parcel->why || mark(filling->store, number, "no-address", parcel->why, now_us, 0, error);
}

static gboolean fill_channel(Filling *filling, const ConfChannel *channel, const GArray *events, GError **error) {
  static char *nobody[] = {(char *)"", NULL};
  gboolean is_mail = channel->kind == CONF_CHANNEL_MAIL;
  g_autoptr(GPtrArray) parcels = g_ptr_array_new_with_free_func(free_parcel);
  for (guint i = 0; i < events->len; i++) {
    const Untold *event = &g_array_index(events, Untold, i);
    for (char **at = is_mail ? channel->mail : nobody; *at; at++) put(parcels, *at, NULL, event->number);
    gboolean is_related = is_mail && (channel->to_member || channel->to_leader);
    if (is_related && !put_related(filling, channel, parcels, event, error)) return FALSE;
  }
  for (guint i = 0; i < parcels->len; i++)
    if (!add_message(filling, channel->name, g_ptr_array_index(parcels, i), error)) return FALSE;
  return TRUE;
}

/* Each channel with the events that it was not told of. */
static StoreRows *read_untold(Store *store, gint64 now_us, GError **error) {
  StoreValue now = store_of_instant(now_us);
  return store_query(store,
                     "SELECT e.channel, e.event, e.who, e.happened_at FROM (SELECT event, who, happened_at, "
                     "unnest(string_split(channels, ' ')) AS channel FROM attain_alert_event WHERE due_at <= ? AND "
                     "channels <> '') e WHERE NOT EXISTS (SELECT 1 FROM "
                     "attain_alert_told t JOIN attain_alert_message m USING (message) WHERE t.event = e.event AND "
                     "m.channel = e.channel) ORDER BY e.channel, e.event",
                     &now, 1, MAX_UNSENT, error);
}

/* Of a channel that is gone: kept as refused, so that it is not told when a channel of that name is there again. */
static gboolean tell_nobody(Filling *filling, const char *channel, const GArray *events, GError **error) {
  g_autoptr(GPtrArray) parcels = g_ptr_array_new_with_free_func(free_parcel);
  for (guint i = 0; i < events->len; i++)
    put(parcels, "", "attain.yaml has no such channel any more", g_array_index(events, Untold, i).number);
  return add_message(filling, channel, g_ptr_array_index(parcels, 0), error);
}

static gboolean fill(Filling *filling, const StoreRows *rows, GError **error) {
  const Calendar *calendar = filling->desk->context->calendar;
  gsize n = store_rows_count(rows);
  for (gsize first = 0, row = 0; first < n; first = row) {
    const char *name = store_text_at(rows, first, 0);
    g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Untold));
    for (row = first; row < n && g_str_equal(store_text_at(rows, row, 0), name); row++) {
      Untold event = {store_int_at(rows, row, 1), store_text_at(rows, row, 2),
                      calendar_day_of(calendar, store_int_at(rows, row, 3))};
      g_array_append_val(events, event);
    }
    const ConfChannel *channel = conf_alerts_find(filling->desk->alerts, name);
    gboolean ok = channel ? fill_channel(filling, channel, events, error) : tell_nobody(filling, name, events, error);
    if (!ok) return FALSE;
  }
  return TRUE;
}

gboolean alert_outbox_fill_within(Store *store, const AlertDesk *desk, GError **error) {
  g_autoptr(StoreRows) rows = read_untold(store, desk->context->now_us, error);
  if (!rows || store_rows_count(rows) == 0) return rows != NULL;
  g_autoptr(StoreRows) last =
      store_query(store, "SELECT coalesce(max(message), 0) FROM attain_alert_message", NULL, 0, 0, error);
  if (!last) return FALSE;
  Filling filling = {.store = store, .desk = desk, .last = store_int_at(last, 0, 0)};
  gboolean ok = fill(&filling, rows, error);
  alert_people_free(filling.people);
  return ok;
}

gboolean alert_outbox_fill(Store *store, const AlertDesk *desk, GError **error) {
  if (!store_begin(store, error)) return FALSE;
  if (alert_outbox_fill_within(store, desk, error)) return store_commit(store, error);
  store_rollback(store);
  return FALSE;
}

/* --- reading --- */

static AlertOutcome outcome_of(const char *last) {
  if (g_strcmp0(last, "sent") == 0) return ALERT_SENT;
  if (g_strcmp0(last, "refused") == 0) return ALERT_REFUSED;
  return g_strcmp0(last, "given-up") == 0 ? ALERT_GIVEN_UP : ALERT_WAITING;
}

static AlertMessage *message_at(const StoreRows *rows, gsize row) {
  const char *last = store_text_at(rows, row, 6);
  AlertMessage *message = g_new0(AlertMessage, 1);
  *message = (AlertMessage){.number = store_int_at(rows, row, 0),
                            .id = g_strdup(store_text_at(rows, row, 1)),
                            .channel = g_strdup(store_text_at(rows, row, 2)),
                            .recipient = g_strdup(store_text_at(rows, row, 3)),
                            .made_us = store_int_at(rows, row, 4),
                            .n_attempts = (guint)store_int_at(rows, row, 5),
                            .outcome = outcome_of(last),
                            .has_no_address = store_int_at(rows, row, 10) > 0,
                            .is_unsure = g_strcmp0(last, "begun") == 0,
                            .words = g_strdup(store_text_at(rows, row, 7)),
                            .next_us = store_int_at(rows, row, 8),
                            .tried_us = store_int_at(rows, row, 9)};
  message->events = g_ptr_array_new_with_free_func(free_event);
  return message;
}

static int gravest_first(gconstpointer a, gconstpointer b) {
  const AlertEvent *one = *(const AlertEvent *const *)a, *other = *(const AlertEvent *const *)b;
  if (one->severity != other->severity) return one->severity > other->severity ? -1 : 1;
  return one->event < other->event ? -1 : one->event > other->event;
}

static gboolean add_events(Store *store, const GPtrArray *messages, GError **error) {
  g_autoptr(GPtrArray) events = messages->len > 0 ? alert_events_read(store, NULL, 0, error) : NULL;
  g_autoptr(StoreRows) told =
      events ? store_query(store, "SELECT message, event FROM attain_alert_told", NULL, 0, 0, error) : NULL;
  if (!told) return messages->len == 0;
  g_autoptr(GHashTable) by_event = g_hash_table_new(g_int64_hash, g_int64_equal);
  g_autoptr(GHashTable) by_number = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint i = 0; i < events->len; i++) {
    AlertEvent *event = g_ptr_array_index(events, i);
    g_hash_table_insert(by_event, &event->event, event);
  }
  for (guint i = 0; i < messages->len; i++) {
    AlertMessage *message = g_ptr_array_index(messages, i);
    g_hash_table_insert(by_number, &message->number, message);
  }
  for (gsize i = 0; i < store_rows_count(told); i++) {
    gint64 number = store_int_at(told, i, 0), event = store_int_at(told, i, 1);
    AlertMessage *message = g_hash_table_lookup(by_number, &number);
    const AlertEvent *found = g_hash_table_lookup(by_event, &event);
    if (message && found) g_ptr_array_add(message->events, alert_event_copy(found));
  }
  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_sort(((AlertMessage *)g_ptr_array_index(messages, i))->events, gravest_first);
  return TRUE;
}

GPtrArray *alert_outbox_read(Store *store, gboolean only_waiting, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store,
      "SELECT m.message, m.id, m.channel, m.recipient, m.made_at, coalesce(a.n, 0), a.outcome, a.words, a.next_at, "
      "a.tried_at, coalesce(a.n_without, 0) FROM attain_alert_message m LEFT JOIN (SELECT message, count(*) FILTER "
      "(outcome = 'begun') AS n, "
      "count(*) FILTER (outcome = 'no-address') AS n_without, "
      "arg_max(outcome, attempt) AS outcome, arg_max(words, attempt) AS words, arg_max(next_at, attempt) AS next_at, "
      "max(tried_at) AS tried_at FROM attain_alert_attempt GROUP BY message) a USING (message) ORDER BY m.message",
      NULL, 0, 0, error);
  if (!rows) return NULL;
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(free_message);
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    g_autoptr(AlertMessage) message = message_at(rows, i);
    if (!only_waiting || message->outcome == ALERT_WAITING) g_ptr_array_add(messages, g_steal_pointer(&message));
  }
  return add_events(store, messages, error) ? g_steal_pointer(&messages) : NULL;
}

/* --- sending --- */

static gboolean mark_reply(Store *store, const AlertMessage *message, const AlertReply *reply, gint64 now_us,
                           AlertDelivery *delivery, GError **error) {
  guint attempt = message->n_attempts + 1;
  const char *words = reply->words;
  if (reply->answer == ALERT_TAKEN) {
    delivery->n_sent++;
    return mark(store, message->number, "sent", words, now_us, 0, error);
  }
  if (!delivery->failure) delivery->failure = g_strdup_printf("%s: %s", message->channel, words ? words : "not sent");
  if (reply->answer == ALERT_NEVER || attempt >= ALERT_MAX_ATTEMPTS) {
    delivery->n_lost++;
    return mark(store, message->number, reply->answer == ALERT_NEVER ? "refused" : "given-up", words, now_us, 0, error);
  }
  delivery->n_later++;
  gint64 pause_us = MAX(alert_outbox_pause_us(attempt), MIN(reply->wait_us, MAX_WAIT));
  return mark(store, message->number, "failed", words, now_us, now_us + pause_us, error);
}

/* There is nobody to send it to: refused, without an attempt. */
static gboolean refuse(Store *store, const AlertMessage *message, gint64 now_us, AlertDelivery *delivery,
                       GError **error) {
  const AlertReply nobody = {.answer = ALERT_NEVER, .words = message->words};
  return mark_reply(store, message, &nobody, now_us, delivery, error);
}

GPtrArray *alert_outbox_due(Store *store, gint64 now_us, gboolean is_alone, AlertDelivery *delivery, GError **error) {
  g_autoptr(GPtrArray) messages = alert_outbox_read(store, TRUE, error);
  g_autoptr(GPtrArray) due = g_ptr_array_new_with_free_func(free_message);
  while (messages && messages->len > 0) {
    g_autoptr(AlertMessage) message = g_ptr_array_steal_index(messages, 0);
    if (message->next_us > now_us && !(is_alone && message->is_unsure)) continue;
    if (!message->has_no_address)
      g_ptr_array_add(due, g_steal_pointer(&message));
    else if (!refuse(store, message, now_us, delivery, error))
      return NULL;
  }
  return messages ? g_steal_pointer(&due) : NULL;
}

gboolean alert_outbox_begin(Store *store, const AlertMessage *message, gint64 now_us, gint64 until_us,
                            gboolean *is_ours, GError **error) {
  const StoreValue number = store_of_int(message->number);
  g_autoptr(StoreRows) rows =
      store_query(store,
                  "SELECT count(*) FILTER (outcome = 'begun'), arg_max(outcome, attempt) FROM attain_alert_attempt "
                  "WHERE message = ?",
                  &number, 1, 0, error);
  if (!rows) return FALSE;
  gboolean waits = outcome_of(store_text_at(rows, 0, 1)) == ALERT_WAITING;
  gboolean is_untouched = waits && store_int_at(rows, 0, 0) == message->n_attempts;
  if (is_untouched && !mark(store, message->number, "begun", NULL, now_us, until_us, error)) return FALSE;
  *is_ours = is_untouched;
  return TRUE;
}

gboolean alert_outbox_end(Store *store, const AlertMessage *message, const AlertReply *reply, gint64 now_us,
                          AlertDelivery *delivery, GError **error) {
  if (!base_fault("alert-mark")) return mark_reply(store, message, reply, now_us, delivery, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "a fault was asked for before a message was marked");
  return FALSE;
}

static gboolean send_one(Store *store, const AlertMessage *message, gint64 now_us, AlertSend send, gpointer user_data,
                         AlertDelivery *delivery, GError **error) {
  gboolean is_ours;
  if (!alert_outbox_begin(store, message, now_us, 0, &is_ours, error)) return FALSE;
  if (!is_ours) return TRUE;
  AlertReply reply = send(message, user_data);
  gboolean ok = alert_outbox_end(store, message, &reply, now_us, delivery, error);
  g_free(reply.words);
  return ok;
}

gboolean alert_outbox_send(Store *store, gint64 now_us, AlertSend send, gpointer user_data, AlertDelivery *delivery,
                           GError **error) {
  *delivery = (AlertDelivery){0};
  g_autoptr(GPtrArray) due = alert_outbox_due(store, now_us, FALSE, delivery, error);
  for (guint i = 0; due && i < due->len; i++)
    if (!send_one(store, g_ptr_array_index(due, i), now_us, send, user_data, delivery, error)) return FALSE;
  return due != NULL;
}

gboolean alert_outbox_next(Store *store, gint64 now_us, AlertWaiting *waiting, GError **error) {
  const StoreValue now = store_of_instant(now_us);
  g_autoptr(StoreRows) later = store_query(
      store, "SELECT min(due_at) FROM attain_alert_event WHERE channels <> '' AND due_at > ?", &now, 1, 0, error);
  g_autoptr(StoreRows) rows =
      later ? store_query(store,
                          "SELECT count(*), min(coalesce(a.next_at, m.made_at)) FROM attain_alert_message m LEFT JOIN "
                          "(SELECT message, arg_max(outcome, attempt) AS outcome, arg_max(next_at, attempt) AS next_at "
                          "FROM attain_alert_attempt GROUP BY message) a USING (message) WHERE a.outcome IS NULL OR "
                          "a.outcome NOT IN ('sent', 'refused', 'given-up')",
                          NULL, 0, 0, error)
            : NULL;
  if (!rows) return FALSE;
  *waiting = (AlertWaiting){.n = (guint)store_int_at(rows, 0, 0), .next_us = G_MAXINT64};
  if (store_rows_value(later, 0, 0).type != STORE_NULL) waiting->next_us = store_int_at(later, 0, 0);
  if (store_rows_value(rows, 0, 1).type != STORE_NULL)
    waiting->next_us = MIN(waiting->next_us, store_int_at(rows, 0, 1));
  return TRUE;
}

gboolean alert_outbox_again(Store *store, gint64 number, gint64 now_us, GError **error) {
  g_autoptr(GPtrArray) messages = alert_outbox_read(store, FALSE, error);
  if (!messages) return FALSE;
  for (guint i = 0; i < messages->len; i++) {
    const AlertMessage *message = g_ptr_array_index(messages, i);
    if (message->number != number) continue;
    if (message->has_no_address) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                  "message %" G_GINT64_FORMAT
                  " has nobody to go to: %s. Once that is mended, the next alert goes there",
                  number, message->words ? message->words : message->recipient);
      return FALSE;
    }
    if (message->outcome == ALERT_REFUSED || message->outcome == ALERT_GIVEN_UP)
      return mark(store, number, "again", NULL, now_us, now_us, error);
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                message->outcome == ALERT_SENT ? "message %" G_GINT64_FORMAT " was sent: it is not sent again"
                                               : "message %" G_GINT64_FORMAT " waits to be sent already",
                number);
    return FALSE;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
              "there is no message %" G_GINT64_FORMAT ": `attain alert outbox` lists them", number);
  return FALSE;
}
