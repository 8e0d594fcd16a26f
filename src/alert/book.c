/* The book: entries by rule, member and target, and one line more for each act.
 *
 * What is read back is the same as what was written: a state is never stored, it follows from the acts, so nothing can
 * disagree. */
#include "alert/book.h"

#include "store/values.h"

struct AlertBook {
  GPtrArray *entries;  /* Entry, in order of their keys */
  GHashTable *by_key;  /* key → Entry */
  GHashTable *snoozed; /* what is snoozed as such (key_of_saying) → gint64 *, until when */
  gint64 last_event;
};

typedef struct {
  AlertEntry entry;
  AlertEvent *last;
  char *key;
} Entry;

/* --- life --- */

void alert_event_free(AlertEvent *event) {
  if (!event) return;
  g_free(event->rule);
  g_free(event->who);
  g_free(event->words);
  g_free(event->author);
  g_strfreev(event->channels);
  g_free(event);
}

static void free_event(gpointer data) {
  alert_event_free(data);
}

AlertEvent *alert_event_copy(const AlertEvent *event) {
  AlertEvent *copy = g_memdup2(event, sizeof *event);
  copy->rule = g_strdup(event->rule);
  copy->who = g_strdup(event->who);
  copy->words = g_strdup(event->words);
  copy->author = g_strdup(event->author);
  copy->channels = g_strdupv(event->channels);
  return copy;
}

static void free_entry(gpointer data) {
  Entry *entry = data;
  g_free(entry->entry.rule);
  g_free(entry->entry.who);
  alert_state_clear(&entry->entry.state);
  alert_event_free(entry->last);
  g_free(entry->key);
  g_free(entry);
}

AlertBook *alert_book_new(void) {
  AlertBook *book = g_new0(AlertBook, 1);
  book->entries = g_ptr_array_new_with_free_func(free_entry);
  book->by_key = g_hash_table_new(g_str_hash, g_str_equal);
  book->snoozed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return book;
}

void alert_book_free(AlertBook *book) {
  if (!book) return;
  g_hash_table_unref(book->by_key);
  g_hash_table_unref(book->snoozed);
  g_ptr_array_unref(book->entries);
  g_free(book);
}

/* --- entries --- */

static char *key_of(const char *rule, const char *who, gint64 target) {
  return g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT, rule, who, target);
}

/* Of a rule as a whole (`who` "") or of all that it says of somebody: also of what has no entry yet. */
static char *key_of_saying(const char *rule, const char *who) {
  return g_strconcat(rule, "\n", who, NULL);
}

static int by_key(gconstpointer a, gconstpointer b) {
  const Entry *one = *(const Entry *const *)a, *other = *(const Entry *const *)b;
  return strcmp(one->key, other->key);
}

static gint64 snoozed_until(const AlertBook *book, const char *rule, const char *who) {
  g_autofree char *key = key_of_saying(rule, who);
  const gint64 *until_us = g_hash_table_lookup(book->snoozed, key);
  return until_us ? *until_us : 0;
}

static Entry *need_entry(AlertBook *book, const char *rule, const char *who, gint64 target) {
  g_autofree char *key = key_of(rule, who, target);
  Entry *entry = g_hash_table_lookup(book->by_key, key);
  if (entry) return entry;
  entry = g_new0(Entry, 1);
  entry->entry = (AlertEntry){.rule = g_strdup(rule), .who = g_strdup(who), .target = target};
  entry->key = g_steal_pointer(&key);
  entry->entry.state.snoozed_until_us = snoozed_until(book, rule, who);
  g_ptr_array_add(book->entries, entry);
  g_hash_table_insert(book->by_key, entry->key, entry);
  return entry;
}

guint alert_book_n(const AlertBook *book) {
  return book->entries->len;
}

const AlertEntry *alert_book_entry(const AlertBook *book, guint index) {
  return &((const Entry *)g_ptr_array_index(book->entries, index))->entry;
}

const AlertEntry *alert_book_find(const AlertBook *book, const char *rule, const char *who, gint64 target) {
  g_autofree char *key = key_of(rule, who, target);
  const Entry *entry = g_hash_table_lookup(book->by_key, key);
  return entry ? &entry->entry : NULL;
}

gint64 alert_book_snoozed_until(const AlertBook *book, const char *rule) {
  return snoozed_until(book, rule, "");
}

gboolean alert_entry_fires(const AlertEntry *entry) {
  return entry->state.phase == ALERT_FIRING || entry->state.phase == ALERT_RECOVERING;
}

static gboolean is_alive(const AlertEntry *entry) {
  return entry->state.phase != ALERT_CALM;
}

/* --- acts --- */

static gboolean is_said(AlertAct act) {
  return act == ALERT_ACT_SNOOZE || act == ALERT_ACT_WAKE || act == ALERT_ACT_ACK;
}

static void apply_to(Entry *entry, const AlertEvent *event) {
  const AlertDone done = {event->act, event->at_us, event->is_told ? event->due_us : 0, event->until_us, event->author};
  alert_state_apply(&entry->entry.state, &done);
  if (is_said(event->act)) return;
  alert_event_free(entry->last);
  entry->last = alert_event_copy(event);
  entry->entry.last = entry->last;
}

static gboolean is_of_key(gpointer key, gpointer value, gpointer prefix) {
  return g_str_has_prefix(key, prefix);
}

static void keep_snooze(AlertBook *book, const AlertEvent *event) {
  g_autofree char *key = key_of_saying(event->rule, event->who);
  if (event->act == ALERT_ACT_SNOOZE)
    g_hash_table_insert(book->snoozed, g_steal_pointer(&key), g_memdup2(&event->until_us, sizeof event->until_us));
  else if (*event->who)
    g_hash_table_remove(book->snoozed, key);
  else
    g_hash_table_foreach_remove(book->snoozed, is_of_key, key);
}

static gboolean is_meant(const AlertEntry *entry, const AlertEvent *event) {
  return g_str_equal(entry->rule, event->rule) &&
         (*event->who == '\0' ||
          (g_str_equal(entry->who, event->who) && (event->target == 0 || event->target == entry->target)));
}

/* What people say is of all that fires of a rule, or of somebody in it; who snoozes means what begins to fire, too. */
static void apply_said(AlertBook *book, const AlertEvent *event) {
  if (event->act != ALERT_ACT_ACK && event->target == 0) keep_snooze(book, event);
  for (guint i = 0; i < book->entries->len; i++) {
    Entry *entry = g_ptr_array_index(book->entries, i);
    gboolean is_rule_snoozed = event->act == ALERT_ACT_SNOOZE && *event->who == '\0';
    gboolean is_idle = event->act == ALERT_ACT_ACK && !alert_entry_fires(&entry->entry);
    if (is_meant(&entry->entry, event) && !is_rule_snoozed && !is_idle) apply_to(entry, event);
  }
}

static void apply(AlertBook *book, const AlertEvent *event) {
  if (is_said(event->act))
    apply_said(book, event);
  else
    apply_to(need_entry(book, event->rule, event->who, event->target), event);
  book->last_event = MAX(book->last_event, event->event);
}

static gint64 due_of(const AlertClock *clock, const AlertRule *rule, gint64 now_us) {
  gint64 due_us = alert_digest_due(clock->calendar, rule->digest, now_us);
  return rule->disturbs ? due_us : alert_loud_from(clock, due_us);
}

static AlertEvent *act_on(AlertBook *book, const AlertClock *clock, const AlertRule *rule, Entry *entry, AlertStep step,
                          const AlertFinding *finding, gint64 now_us) {
  AlertEvent *event = g_new0(AlertEvent, 1);
  *event = (AlertEvent){.event = book->last_event + 1,
                        .rule = g_strdup(entry->entry.rule),
                        .who = g_strdup(entry->entry.who),
                        .target = entry->entry.target,
                        .act = step.act,
                        .at_us = now_us,
                        .has_value = finding && finding->has_value,
                        .value = finding ? finding->value : 0,
                        .threshold = rule ? rule->limit : 0,
                        .severity = rule ? rule->severity : ALERT_INFO,
                        .is_told = step.is_told && rule};
  event->due_us = event->is_told ? due_of(clock, rule, now_us) : 0;
  event->channels = event->is_told ? g_strdupv(rule->to) : g_new0(char *, 1);
  return event;
}

static void judge_entry(AlertBook *book, const AlertClock *clock, const AlertRule *rule, Entry *entry,
                        const AlertFinding *finding, gint64 now_us, AlertSay say, gpointer user_data,
                        GPtrArray *events) {
  const AlertTiming never = {0};
  AlertVerdict verdict = finding ? finding->verdict : ALERT_GONE;
  AlertStep step = alert_step(clock, rule ? &rule->timing : &never, &entry->entry.state,
                              alert_book_snoozed_until(book, entry->entry.rule), verdict, now_us);
  if (step.act == ALERT_ACT_NONE) return;
  AlertEvent *event = act_on(book, clock, rule, entry, step, finding, now_us);
  if (finding && say) event->words = say(finding, step.act, &entry->entry.state, user_data);
  apply(book, event);
  g_ptr_array_add(events, event);
}

GPtrArray *alert_book_take(AlertBook *book, const AlertClock *clock, const GPtrArray *all, const GPtrArray *judged,
                           const GPtrArray *findings, gint64 now_us, AlertSay say, gpointer user_data) {
  GPtrArray *events = g_ptr_array_new_with_free_func(free_event);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < findings->len; i++) {
    const AlertFinding *finding = g_ptr_array_index(findings, i);
    g_autofree char *key = key_of(finding->rule->name, finding->who, finding->target);
    Entry *entry = g_hash_table_lookup(book->by_key, key);
    if (!entry && finding->verdict != ALERT_BAD) continue;
    if (!entry) entry = need_entry(book, finding->rule->name, finding->who, finding->target);
    g_hash_table_add(seen, entry);
    judge_entry(book, clock, finding->rule, entry, finding, now_us, say, user_data, events);
  }
  for (guint i = 0; i < book->entries->len; i++) {
    Entry *entry = g_ptr_array_index(book->entries, i);
    if (g_hash_table_contains(seen, entry) || !is_alive(&entry->entry)) continue;
    const AlertRule *rule = alert_rules_find(judged, entry->entry.rule);
    if (rule || (all && !alert_rules_find(all, entry->entry.rule)))
      judge_entry(book, clock, rule, entry, NULL, now_us, say, user_data, events);
  }
  g_ptr_array_sort(book->entries, by_key);
  return events;
}

AlertEvent *alert_book_say(AlertBook *book, const char *rule, const char *who, AlertAct act, gint64 at_us,
                           gint64 until_us, const char *author, const char *words) {
  AlertEvent *event = g_new0(AlertEvent, 1);
  *event = (AlertEvent){.event = book->last_event + 1,
                        .rule = g_strdup(rule),
                        .who = g_strdup(who),
                        .act = act,
                        .at_us = at_us,
                        .until_us = until_us,
                        .author = g_strdup(author),
                        .words = g_strdup(words),
                        .channels = g_new0(char *, 1)};
  apply(book, event);
  return event;
}

/* --- the database --- */

static gboolean write_event(Store *store, const AlertEvent *event, GError **error) {
  g_autofree char *channels = g_strjoinv(" ", event->channels);
  const StoreValue values[] = {
      store_of_int(event->event),
      store_of_text(event->rule),
      store_of_text(event->who),
      store_of_int(event->target),
      store_of_text(alert_act_name(event->act)),
      store_of_instant(event->at_us),
      store_of_number(event->has_value, event->value),
      store_of_number(event->has_value, event->threshold),
      store_of_text(alert_severity_name(event->severity)),
      store_of_text(event->words),
      store_of_text(event->author),
      event->until_us ? store_of_instant(event->until_us) : store_of_text(NULL),
      event->is_told ? store_of_instant(event->due_us) : store_of_text(NULL),
      store_of_text(channels),
  };
  return store_run_kept(store, "INSERT INTO attain_alert_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        values, G_N_ELEMENTS(values), NULL, error);
}

gboolean alert_events_write(Store *store, const GPtrArray *events, GError **error) {
  for (guint i = 0; i < events->len; i++)
    if (!write_event(store, g_ptr_array_index(events, i), error)) return FALSE;
  return TRUE;
}

static AlertEvent *event_at(const StoreRows *rows, gsize row) {
  AlertAct act;
  if (!alert_act_parse(store_text_at(rows, row, 4), &act)) return NULL;
  const char *channels = store_text_at(rows, row, 13);
  AlertEvent *event = g_new0(AlertEvent, 1);
  *event = (AlertEvent){.event = store_int_at(rows, row, 0),
                        .rule = g_strdup(store_text_at(rows, row, 1)),
                        .who = g_strdup(store_text_at(rows, row, 2)),
                        .target = store_int_at(rows, row, 3),
                        .act = act,
                        .at_us = store_int_at(rows, row, 5),
                        .words = g_strdup(store_text_at(rows, row, 9)),
                        .author = g_strdup(store_text_at(rows, row, 10)),
                        .until_us = store_int_at(rows, row, 11),
                        .is_told = store_rows_value(rows, row, 12).type != STORE_NULL,
                        .due_us = store_int_at(rows, row, 12),
                        .channels = channels && *channels ? g_strsplit(channels, " ", -1) : g_new0(char *, 1)};
  event->has_value = store_number_at(rows, row, 6, &event->value);
  store_number_at(rows, row, 7, &event->threshold);
  alert_severity_parse(store_text_at(rows, row, 8), &event->severity);
  return event;
}

#define COLUMNS \
  "event, rule, who, target, act, happened_at, value, threshold, severity, words, author, until, due_at, channels"

static GPtrArray *read_events(Store *store, const char *sql, const StoreValue *values, gsize n, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store, sql, values, n, 0, error);
  if (!rows) return NULL;
  GPtrArray *events = g_ptr_array_new_with_free_func(free_event);
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    AlertEvent *event = event_at(rows, i);
    if (event) g_ptr_array_add(events, event);
  }
  return events;
}

GPtrArray *alert_events_read(Store *store, const char *rule, gsize max, GError **error) {
  const StoreValue values[] = {store_of_text(rule), store_of_int(max > 0 ? (gint64)max : G_MAXINT32)};
  return read_events(store,
                     "SELECT * FROM (SELECT " COLUMNS
                     " FROM attain_alert_event WHERE $1 IS NULL OR rule = $1 ORDER BY event DESC LIMIT $2) ORDER BY "
                     "event",
                     values, G_N_ELEMENTS(values), error);
}

AlertBook *alert_book_of(const GPtrArray *events) {
  AlertBook *book = alert_book_new();
  for (guint i = 0; i < events->len; i++) apply(book, g_ptr_array_index(events, i));
  g_ptr_array_sort(book->entries, by_key);
  return book;
}

AlertBook *alert_book_read(Store *store, GError **error) {
  g_autoptr(GPtrArray) events =
      read_events(store, "SELECT " COLUMNS " FROM attain_alert_event ORDER BY event", NULL, 0, error);
  if (!events) return NULL;
  return alert_book_of(events);
}
