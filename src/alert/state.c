/* One table of phases by verdicts; who is told follows from what was told before. */
#include "alert/state.h"

static const char *const phases[] = {"calm", "pending", "firing", "recovering"};
static const char *const acts[] = {"none",    "pend",   "calm", "fire",   "ease", "relapse",
                                   "recover", "remind", "end",  "snooze", "wake", "ack"};

const char *alert_phase_name(AlertPhase phase) {
  return phases[phase];
}
const char *alert_act_name(AlertAct act) {
  return acts[act];
}

gboolean alert_act_parse(const char *name, AlertAct *act) {
  for (guint i = 1; i < G_N_ELEMENTS(acts); i++) {
    if (!g_str_equal(name, acts[i])) continue;
    *act = (AlertAct)i;
    return TRUE;
  }
  return FALSE;
}

void alert_state_clear(AlertState *state) {
  g_free(state->acked_by);
  *state = (AlertState){0};
}

/* --- what happens --- */

static AlertAct when_bad(const AlertClock *clock, const AlertTiming *timing, const AlertState *state, gint64 now_us) {
  switch (state->phase) {
    case ALERT_CALM:
      return timing->hold.n == 0 ? ALERT_ACT_FIRE : ALERT_ACT_PEND;
    case ALERT_PENDING:
      return alert_duration_is_over(clock, timing->hold, state->since_us, now_us) ? ALERT_ACT_FIRE : ALERT_ACT_NONE;
    case ALERT_FIRING:
      return ALERT_ACT_NONE;
    case ALERT_RECOVERING:
      return ALERT_ACT_RELAPSE;
  }
  g_assert_not_reached();
}

static AlertAct when_good(const AlertClock *clock, const AlertTiming *timing, const AlertState *state, gint64 now_us) {
  switch (state->phase) {
    case ALERT_CALM:
      return ALERT_ACT_NONE;
    case ALERT_PENDING:
      return ALERT_ACT_CALM;
    case ALERT_FIRING:
      return timing->recover_after.n == 0 ? ALERT_ACT_RECOVER : ALERT_ACT_EASE;
    case ALERT_RECOVERING:
      return alert_duration_is_over(clock, timing->recover_after, state->since_us, now_us) ? ALERT_ACT_RECOVER
                                                                                           : ALERT_ACT_NONE;
  }
  g_assert_not_reached();
}

static AlertAct next_act(const AlertClock *clock, const AlertTiming *timing, const AlertState *state,
                         AlertVerdict verdict, gint64 now_us) {
  switch (verdict) {
    case ALERT_BAD:
      return when_bad(clock, timing, state, now_us);
    case ALERT_GOOD:
      return when_good(clock, timing, state, now_us);
    case ALERT_BETWEEN:
      if (state->phase == ALERT_PENDING) return ALERT_ACT_CALM;
      return state->phase == ALERT_RECOVERING ? ALERT_ACT_RELAPSE : ALERT_ACT_NONE;
    case ALERT_UNKNOWN:
      return ALERT_ACT_NONE;
    case ALERT_GONE:
      if (state->phase == ALERT_PENDING) return ALERT_ACT_CALM;
      return state->phase == ALERT_CALM ? ALERT_ACT_NONE : ALERT_ACT_END;
  }
  g_assert_not_reached();
}

/* --- who hears of it --- */

/* A firing that nobody was told of, for it was snoozed, is told when that is over. Reminders count from when people
 * hear of it: none gather in quiet hours. */
static gboolean is_reminded(const AlertClock *clock, const AlertTiming *timing, const AlertState *state,
                            gint64 now_us) {
  if (state->phase != ALERT_FIRING || state->acked_by) return FALSE;
  if (state->told_us == 0) return TRUE;
  return timing->remind.n > 0 && alert_duration_is_over(clock, timing->remind, state->told_us, now_us);
}

AlertStep alert_step(const AlertClock *clock, const AlertTiming *timing, const AlertState *state,
                     gint64 snoozed_until_us, AlertVerdict verdict, gint64 now_us) {
  gboolean is_snoozed = now_us < MAX(state->snoozed_until_us, snoozed_until_us);
  AlertStep step = {next_act(clock, timing, state, verdict, now_us), FALSE};
  if (is_snoozed) return step;
  if (step.act == ALERT_ACT_FIRE) step.is_told = TRUE;
  if (step.act == ALERT_ACT_RECOVER) step.is_told = state->told_us != 0;
  gboolean is_judged = verdict == ALERT_BAD || verdict == ALERT_BETWEEN;
  if (step.act == ALERT_ACT_NONE && is_judged && is_reminded(clock, timing, state, now_us))
    step = (AlertStep){ALERT_ACT_REMIND, TRUE};
  return step;
}

/* --- what it makes of the state --- */

static void enter(AlertState *state, AlertPhase phase, gint64 at_us) {
  state->phase = phase;
  state->since_us = at_us;
}

static void leave_firing(AlertState *state, gint64 at_us) {
  enter(state, ALERT_CALM, at_us);
  state->fired_us = state->told_us = 0;
  g_clear_pointer(&state->acked_by, g_free);
}

void alert_state_apply(AlertState *state, const AlertDone *done) {
  gint64 at_us = done->at_us;
  switch (done->act) {
    case ALERT_ACT_PEND:
      enter(state, ALERT_PENDING, at_us);
      break;
    case ALERT_ACT_FIRE:
      leave_firing(state, at_us);
      enter(state, ALERT_FIRING, at_us);
      state->fired_us = at_us;
      break;
    case ALERT_ACT_EASE:
      enter(state, ALERT_RECOVERING, at_us);
      break;
    case ALERT_ACT_RELAPSE:
      enter(state, ALERT_FIRING, at_us);
      break;
    case ALERT_ACT_CALM:
    case ALERT_ACT_RECOVER:
    case ALERT_ACT_END:
      leave_firing(state, at_us);
      break;
    case ALERT_ACT_SNOOZE:
      state->snoozed_until_us = done->until_us;
      break;
    case ALERT_ACT_WAKE:
      state->snoozed_until_us = 0;
      break;
    case ALERT_ACT_ACK:
      g_free(state->acked_by);
      state->acked_by = g_strdup(done->author);
      break;
    case ALERT_ACT_NONE:
    case ALERT_ACT_REMIND:
      break;
  }
  if (done->heard_us && (done->act == ALERT_ACT_FIRE || done->act == ALERT_ACT_REMIND)) state->told_us = done->heard_us;
}
