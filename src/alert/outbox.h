/* Messages that tell of alerts, until they are sent.
 *
 *   events that are due ─► one message for each channel and recipient ─► an attempt is begun ─► sent   people.h
 *                                        ▲                                      ├─► failed: again later, ever rarer
 *                                        └──────────────────────────────────────┘   ├─► refused, or given up
 *
 * A message is made in the transaction that says of which events it tells, so that none is told twice and none is
 * forgotten. Its id stays the same through all attempts: receivers that know it take it once. */
#pragma once

#include "alert/book.h"

#define ALERT_MAX_ATTEMPTS 12

typedef enum {
  ALERT_WAITING, /* not tried yet, or tried and to be tried again */
  ALERT_SENT,
  ALERT_REFUSED, /* for good, by whoever was to take it */
  ALERT_GIVEN_UP /* after ALERT_MAX_ATTEMPTS */
} AlertOutcome;
const char *alert_outcome_name(AlertOutcome outcome);

typedef struct {
  gint64 number; /* from 1 */
  char *id;      /* unique in the world, without blanks: Message-ID, Idempotency-Key */
  char *channel;
  char *recipient; /* a mail address, or the name of somebody who has none; "" of other channels */
  gint64 made_us;
  GPtrArray *events; /* AlertEvent, the gravest first */
  AlertOutcome outcome;
  guint n_attempts;
  gboolean has_no_address; /* there is nobody to send it to: it is refused, and `words` say why */
  gboolean is_unsure;      /* an attempt was begun of which nothing is known: it may have been sent */
  gint64 tried_us;         /* the last attempt */
  gint64 next_us;          /* WAITING: not before */
  char *words;             /* what was said of the last attempt; or NULL */
} AlertMessage;

void alert_message_free(AlertMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlertMessage, alert_message_free)

/* Makes messages of all events that are due by the desk's clock and not told yet: for each channel one, of mail one for
 * each recipient with what they are to hear. For whom there is no address, and for a channel
 * that attain.yaml no longer has, the message is made and refused. Errors: those of the database. */
gboolean alert_outbox_fill(Store *store, const AlertDesk *desk, GError **error);
/* The same within the caller's transaction, with the events that it has just written, too. */
gboolean alert_outbox_fill_within(Store *store, const AlertDesk *desk, GError **error);

/* All messages by number; `only_waiting`: those that are still to be sent. Caller frees with g_ptr_array_unref(). */
GPtrArray *alert_outbox_read(Store *store, gboolean only_waiting, GError **error);

typedef enum { ALERT_TAKEN, ALERT_LATER, ALERT_NEVER } AlertAnswer;

typedef struct {
  AlertAnswer answer;
  char *words;    /* why not, or what was answered; NULL: nothing to say. The caller's to free */
  gint64 wait_us; /* LATER: not again before, as the receiver asked; 0: it did not say */
} AlertReply;

/* Sends one message. */
typedef AlertReply (*AlertSend)(const AlertMessage *message, gpointer user_data);

typedef struct {
  guint n_sent, n_later, n_lost; /* n_lost: refused or given up */
  char *failure;                 /* of the first that was not sent; or NULL */
} AlertDelivery;
void alert_delivery_clear(AlertDelivery *delivery);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AlertDelivery, alert_delivery_clear)

/* Sends what waits and may be tried by now, one after the other; `now_us` is the clock by which attempts are dated.
 * Errors: those of the database; what was sent before is marked. */
gboolean alert_outbox_send(Store *store, gint64 now_us, AlertSend send, gpointer user_data, AlertDelivery *delivery,
                           GError **error);

/* The same in steps, for who lets others at the database while it sends: what is due, and of each message begun, sent,
 * ended. What has nobody to go to is refused at once and counted. `is_alone`: nobody else can be sending, so what was
 * begun by who is gone is due, too. Caller frees. Errors: those of the database. */
GPtrArray *alert_outbox_due(Store *store, gint64 now_us, gboolean is_alone, AlertDelivery *delivery, GError **error);
/* Before it is sent. `until_us`: nobody else tries it before, unless it has ended; 0: nobody else is there. `is_ours`
 * FALSE: somebody else has tried it since it was read; nothing is written then. */
gboolean alert_outbox_begin(Store *store, const AlertMessage *message, gint64 now_us, gint64 until_us,
                            gboolean *is_ours, GError **error);
/* What came of it; added to `delivery`. */
gboolean alert_outbox_end(Store *store, const AlertMessage *message, const AlertReply *reply, gint64 now_us,
                          AlertDelivery *delivery, GError **error);

typedef struct {
  guint n;        /* messages that were made and are still to be sent */
  gint64 next_us; /* when one may be tried, or one is to be made; G_MAXINT64: none */
} AlertWaiting;
gboolean alert_outbox_next(Store *store, gint64 now_us, AlertWaiting *waiting, GError **error);

/* Lets a message be tried again that was refused or given up. Errors: NOT_FOUND, INPUT. */
gboolean alert_outbox_again(Store *store, gint64 number, gint64 now_us, GError **error);
/* How long after its nth attempt (from 1) a message is tried again, in microseconds: a minute, doubled each time, at
 * most six hours. */
gint64 alert_outbox_pause_us(guint attempt);
