/* What has become of alerts: a book of acts, to which lines are only added, and the states that they make.
 *
 *   findings ─► alert_book_take() ─► acts ─► lines in the database, with when and where they are to be told
 *                     ▲                                    │
 *                     └──── states ◄──── read back ◄───────┘                                      outbox.h
 *
 * A book may be kept in memory as long as nobody else writes to the database. */
#pragma once

#include "alert/judge.h"

typedef struct {
  gint64 event; /* its number, from 1 */
  char *rule;
  char *who;     /* of SNOOZE, WAKE and ACK "" means all of the rule */
  gint64 target; /* 0: of no target */
  AlertAct act;
  gint64 at_us;
  gboolean has_value;
  double value, threshold;
  AlertSeverity severity;
  char *words;      /* or NULL */
  char *author;     /* of what people say; or NULL */
  gint64 until_us;  /* SNOOZE */
  gboolean is_told; /* to `channels`, at `due_us`: */
  gint64 due_us;
  char **channels; /* never NULL */
} AlertEvent;

void alert_event_free(AlertEvent *event);
AlertEvent *alert_event_copy(const AlertEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlertEvent, alert_event_free)

typedef struct {
  char *rule, *who;
  gint64 target;
  AlertState state;
  const AlertEvent *last; /* that changed its phase or told of it; NULL: none */
} AlertEntry;

/* Firing or recovering. */
gboolean alert_entry_fires(const AlertEntry *entry);

/* With nothing in it: for what never was written, such as replayed history. */
AlertBook *alert_book_new(void);
/* Of lines (AlertEvent) in their order. */
AlertBook *alert_book_of(const GPtrArray *events);
/* As the database has it. Errors: those of the database. */
AlertBook *alert_book_read(Store *store, GError **error);
void alert_book_free(AlertBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlertBook, alert_book_free)

/* All that ever had a state, by rule and who. */
guint alert_book_n(const AlertBook *book);
const AlertEntry *alert_book_entry(const AlertBook *book, guint index);
const AlertEntry *alert_book_find(const AlertBook *book, const char *rule, const char *who, gint64 target);
/* Until when a rule as a whole is snoozed; 0: it is not. */
gint64 alert_book_snoozed_until(const AlertBook *book, const char *rule);

/* Says what an act means, for people; caller frees. */
typedef char *(*AlertSay)(const AlertFinding *finding, AlertAct act, const AlertState *before, gpointer user_data);

/* What the findings make of the states: the acts that follow, as AlertEvent, in the order of the findings. `judged`
 * (AlertRule) are the rules that were judged: whatever is alive of them and was not found is judged no more. What is
 * alive of rules that are not in `all` has ended, too; NULL: not all rules are known, so none has. Caller frees with
 * g_ptr_array_unref(). */
GPtrArray *alert_book_take(AlertBook *book, const AlertClock *clock, const GPtrArray *all, const GPtrArray *judged,
                           const GPtrArray *findings, gint64 now_us, AlertSay say, gpointer user_data);

/* What people say: SNOOZE (until), WAKE, ACK; of all of a rule (who ""), or of all that it says of somebody, whose
 * targets it may be about. The event is added to the book and returned; it belongs to the caller. */
AlertEvent *alert_book_say(AlertBook *book, const char *rule, const char *who, AlertAct act, gint64 at_us,
                           gint64 until_us, const char *author, const char *words);

/* Adds lines within the caller's transaction. */
gboolean alert_events_write(Store *store, const GPtrArray *events, GError **error);
/* All lines, or the last `max` (0: all) of a rule (NULL: of all), oldest first. Caller frees. */
GPtrArray *alert_events_read(Store *store, const char *rule, gsize max, GError **error);
