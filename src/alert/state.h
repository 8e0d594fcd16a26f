/* What becomes of a rule for one member: from judgement to judgement, one act at most.
 *
 *                 bad                    bad for `hold`                good
 *     calm ─────────────────► pending ───────────────────► firing ─────────────► recovering
 *       ▲  ◄─── not bad ─────────┘                          │  ▲  ◄── not good ──────┘ │
 *       └───────────────────────────────────────────────────┼──┴── good for `recover_after` ◄─┘
 *                    judged no more                     remind, snooze, acknowledge
 *
 * Nothing here knows the database: a state is what its acts have made of it, whether they have just happened or are
 * read again. */
#pragma once

#include "alert/when.h"

typedef enum { ALERT_CALM, ALERT_PENDING, ALERT_FIRING, ALERT_RECOVERING } AlertPhase;
/* "calm", "pending", "firing", "recovering". */
const char *alert_phase_name(AlertPhase phase);

typedef enum {
  ALERT_GOOD,
  ALERT_BETWEEN, /* no longer beyond the limit, and not yet where it counts as recovered */
  ALERT_BAD,
  ALERT_UNKNOWN, /* too little data, an unfinished period: what holds goes on holding, in silence */
  ALERT_GONE,    /* there is nothing to be judged any more */
} AlertVerdict;

typedef enum {
  ALERT_ACT_NONE,
  ALERT_ACT_PEND,    /* calm → pending */
  ALERT_ACT_CALM,    /* pending → calm */
  ALERT_ACT_FIRE,    /* → firing */
  ALERT_ACT_EASE,    /* firing → recovering */
  ALERT_ACT_RELAPSE, /* recovering → firing */
  ALERT_ACT_RECOVER, /* → calm */
  ALERT_ACT_REMIND,  /* firing, told again */
  ALERT_ACT_END,     /* → calm: judged no more */
  ALERT_ACT_SNOOZE,  /* told to nobody until a time */
  ALERT_ACT_WAKE,    /* that is over before */
  ALERT_ACT_ACK,     /* somebody sees to it: no reminders until it has recovered */
} AlertAct;
/* "pend", "fire", …; parse: FALSE where it is none. */
const char *alert_act_name(AlertAct act);
gboolean alert_act_parse(const char *name, AlertAct *act);

typedef struct {
  AlertPhase phase;
  gint64 since_us; /* of the phase */
  gint64 fired_us; /* of the firing that holds */
  gint64 told_us;  /* when people last hear of that firing, which may be after quiet hours; 0: not yet */
  char *acked_by;  /* NULL: not acknowledged */
  gint64 snoozed_until_us;
} AlertState;

void alert_state_clear(AlertState *state);

/* How long things take, of a rule. */
typedef struct {
  AlertDuration hold;          /* bad for so long before it fires */
  AlertDuration recover_after; /* good for so long before it has recovered */
  AlertDuration remind;        /* told again after; n = 0: never */
} AlertTiming;

typedef struct {
  AlertAct act;
  gboolean is_told; /* somebody is to hear of it */
} AlertStep;

/* What a judgement makes of a state. `snoozed_until_us`: of the whole rule, or 0. */
AlertStep alert_step(const AlertClock *clock, const AlertTiming *timing, const AlertState *state,
                     gint64 snoozed_until_us, AlertVerdict verdict, gint64 now_us);

/* An act that has happened. */
typedef struct {
  AlertAct act;
  gint64 at_us;
  gint64 heard_us;    /* when people hear of it: at once, after quiet hours, or with a digest; 0: nobody does */
  gint64 until_us;    /* SNOOZE */
  const char *author; /* ACK */
} AlertDone;

/* The state after an act. */
void alert_state_apply(AlertState *state, const AlertDone *done);
