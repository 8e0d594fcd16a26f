/* What becomes of a rule for one member, as a diary: each line is the hour, the verdict, and what is to follow. The
 * hour is counted from the first; `!` says that somebody is told. */
#include "alert/state.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define HOUR_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define START   (20000 * 24 * HOUR_US)

typedef struct {
  int hour;
  AlertVerdict verdict;
  const char *act; /* with ! where it is told */
  AlertPhase phase;
} Line;

static Calendar *calendar;
static ConfAlerts alerts;

static int set_up(void **state) {
  calendar = calendar_new(&(CalendarConfig){0}, NULL);
  conf_alerts_init(&alerts);
  return calendar ? 0 : -1;
}

static int tear_down(void **state) {
  calendar_free(calendar);
  return 0;
}

static AlertStep step_at(const AlertTiming *timing, AlertState *state, int hour, AlertVerdict verdict,
                         gint64 rule_snoozed_us) {
  const AlertClock clock = {calendar, &alerts};
  gint64 now_us = START + hour * HOUR_US;
  AlertStep step = alert_step(&clock, timing, state, rule_snoozed_us, verdict, now_us);
  const AlertDone done = {.act = step.act, .at_us = now_us, .heard_us = step.is_told ? now_us : 0};
  alert_state_apply(state, &done);
  return step;
}

static void expect(const AlertTiming *timing, AlertState *state, const Line *lines, gsize n) {
  for (gsize i = 0; i < n; i++) {
    AlertStep step = step_at(timing, state, lines[i].hour, lines[i].verdict, 0);
    g_autofree char *act = g_strconcat(alert_act_name(step.act), step.is_told ? "!" : "", NULL);
    if (!g_str_equal(act, lines[i].act) || state->phase != lines[i].phase)
      fail_msg("hour %d: %s, then %s; wanted %s, then %s", lines[i].hour, act, alert_phase_name(state->phase),
               lines[i].act, alert_phase_name(lines[i].phase));
  }
}
#define EXPECT(timing, state, ...)                     \
  do {                                                 \
    const Line lines[] = {__VA_ARGS__};                \
    expect(timing, state, lines, G_N_ELEMENTS(lines)); \
  } while (0)

static void fires_and_recovers_at_once(void **state) {
  const AlertTiming timing = {0};
  AlertState one = {0};
  EXPECT(&timing, &one,                             //
         {0, ALERT_GOOD, "none", ALERT_CALM},       //
         {1, ALERT_BAD, "fire!", ALERT_FIRING},     //
         {2, ALERT_BAD, "none", ALERT_FIRING},      //
         {3, ALERT_BETWEEN, "none", ALERT_FIRING},  //
         {4, ALERT_GOOD, "recover!", ALERT_CALM},   //
         {5, ALERT_GOOD, "none", ALERT_CALM},       //
         {6, ALERT_BETWEEN, "none", ALERT_CALM});
  alert_state_clear(&one);
}

/* Two days of being bad before it fires; a good hour in between begins the count anew. */
static void holds_before_it_fires(void **state) {
  const AlertTiming timing = {.hold = {2, ALERT_DAYS}};
  AlertState one = {0};
  EXPECT(&timing, &one,                               //
         {0, ALERT_BAD, "pend", ALERT_PENDING},       //
         {47, ALERT_BAD, "none", ALERT_PENDING},      //
         {47, ALERT_GOOD, "calm", ALERT_CALM},        //
         {50, ALERT_BAD, "pend", ALERT_PENDING},      //
         {60, ALERT_BETWEEN, "calm", ALERT_CALM},     //
         {70, ALERT_BAD, "pend", ALERT_PENDING},      //
         {80, ALERT_UNKNOWN, "none", ALERT_PENDING},  //
         {117, ALERT_BAD, "none", ALERT_PENDING},     //
         {118, ALERT_BAD, "fire!", ALERT_FIRING});
  assert_true(one.fired_us == START + 118 * HOUR_US);
  alert_state_clear(&one);
}

/* Good for six hours before it has recovered; falling back between the limits, it goes on firing and tells nobody. */
static void recovers_when_it_stays_good(void **state) {
  const AlertTiming timing = {.recover_after = {6, ALERT_HOURS}};
  AlertState one = {0};
  EXPECT(&timing, &one,                                  //
         {0, ALERT_BAD, "fire!", ALERT_FIRING},          //
         {1, ALERT_GOOD, "ease", ALERT_RECOVERING},      //
         {6, ALERT_GOOD, "none", ALERT_RECOVERING},      //
         {6, ALERT_BETWEEN, "relapse", ALERT_FIRING},    //
         {8, ALERT_GOOD, "ease", ALERT_RECOVERING},      //
         {9, ALERT_BAD, "relapse", ALERT_FIRING},        //
         {10, ALERT_GOOD, "ease", ALERT_RECOVERING},     //
         {15, ALERT_UNKNOWN, "none", ALERT_RECOVERING},  //
         {16, ALERT_GOOD, "recover!", ALERT_CALM});
  alert_state_clear(&one);
}

/* Reminded every day of what was told last; never in silence, and not of what somebody sees to. */
static void reminds_after_an_interval(void **state) {
  const AlertTiming timing = {.remind = {1, ALERT_DAYS}};
  AlertState one = {0};
  EXPECT(&timing, &one,                              //
         {0, ALERT_BAD, "fire!", ALERT_FIRING},      //
         {23, ALERT_BAD, "none", ALERT_FIRING},      //
         {24, ALERT_BAD, "remind!", ALERT_FIRING},   //
         {47, ALERT_BAD, "none", ALERT_FIRING},      //
         {48, ALERT_UNKNOWN, "none", ALERT_FIRING},  //
         {49, ALERT_BETWEEN, "remind!", ALERT_FIRING});
  alert_state_apply(&one, &(AlertDone){ALERT_ACT_ACK, START + 50 * HOUR_US, 0, 0, "Mia"});
  assert_string_equal(one.acked_by, "Mia");
  EXPECT(&timing, &one,                              //
         {73, ALERT_BAD, "none", ALERT_FIRING},      //
         {200, ALERT_BAD, "none", ALERT_FIRING},     //
         {201, ALERT_GOOD, "recover!", ALERT_CALM},  //
         {202, ALERT_BAD, "fire!", ALERT_FIRING},    //
         {226, ALERT_BAD, "remind!", ALERT_FIRING});
  alert_state_clear(&one);
}

/* Snoozed from hour 1 to hour 10. What fired before recovers in silence; what fires meanwhile and still does is told
 * afterwards; what both fired and recovered meanwhile never is. */
static void snoozes_in_silence(void **state) {
  const AlertTiming timing = {0};
  AlertState one = {0};
  EXPECT(&timing, &one, {0, ALERT_BAD, "fire!", ALERT_FIRING});
  alert_state_apply(&one, &(AlertDone){ALERT_ACT_SNOOZE, START + HOUR_US, 0, START + 10 * HOUR_US, "Mia"});
  EXPECT(&timing, &one,                             //
         {2, ALERT_BAD, "none", ALERT_FIRING},      //
         {3, ALERT_GOOD, "recover", ALERT_CALM},    //
         {4, ALERT_BAD, "fire", ALERT_FIRING},      //
         {5, ALERT_GOOD, "recover", ALERT_CALM},    //
         {6, ALERT_BAD, "fire", ALERT_FIRING},      //
         {9, ALERT_BAD, "none", ALERT_FIRING},      //
         {10, ALERT_BAD, "remind!", ALERT_FIRING},  //
         {11, ALERT_BAD, "none", ALERT_FIRING},     //
         {12, ALERT_GOOD, "recover!", ALERT_CALM});
  alert_state_apply(&one, &(AlertDone){ALERT_ACT_SNOOZE, START + 13 * HOUR_US, 0, START + 99 * HOUR_US, "Mia"});
  alert_state_apply(&one, &(AlertDone){ALERT_ACT_WAKE, START + 14 * HOUR_US, 0, 0, "Mia"});
  EXPECT(&timing, &one, {15, ALERT_BAD, "fire!", ALERT_FIRING});
  alert_state_clear(&one);
}

static void a_whole_rule_is_snoozed(void **state) {
  const AlertTiming timing = {0};
  AlertState one = {0};
  AlertStep step = step_at(&timing, &one, 0, ALERT_BAD, START + 5 * HOUR_US);
  assert_true(step.act == ALERT_ACT_FIRE && !step.is_told);
  step = step_at(&timing, &one, 4, ALERT_BAD, START + 5 * HOUR_US);
  assert_true(step.act == ALERT_ACT_NONE);
  step = step_at(&timing, &one, 5, ALERT_BAD, START + 5 * HOUR_US);
  assert_true(step.act == ALERT_ACT_REMIND && step.is_told);
  alert_state_clear(&one);
}

/* A target that has ended, a rep who has left. */
static void ends_without_a_word(void **state) {
  const AlertTiming timing = {.hold = {1, ALERT_HOURS}};
  AlertState one = {0};
  EXPECT(&timing, &one,                          //
         {0, ALERT_GONE, "none", ALERT_CALM},    //
         {1, ALERT_BAD, "pend", ALERT_PENDING},  //
         {2, ALERT_GONE, "calm", ALERT_CALM},    //
         {3, ALERT_BAD, "pend", ALERT_PENDING},  //
         {4, ALERT_BAD, "fire!", ALERT_FIRING},  //
         {5, ALERT_GONE, "end", ALERT_CALM});
  assert_true(one.told_us == 0 && one.fired_us == 0);
  alert_state_clear(&one);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fires_and_recovers_at_once),  cmocka_unit_test(holds_before_it_fires),
      cmocka_unit_test(recovers_when_it_stays_good), cmocka_unit_test(reminds_after_an_interval),
      cmocka_unit_test(snoozes_in_silence),          cmocka_unit_test(a_whole_rule_is_snoozed),
      cmocka_unit_test(ends_without_a_word),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
