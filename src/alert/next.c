/* Nothing is said twice here: whether something would happen at an instant is asked of what would do it, alert_step()
 * and alert_duration_is_over(), and the first such instant is looked for between now and the next day. */
#include "alert/next.h"

typedef gboolean (*Happens)(gconstpointer what, const AlertClock *clock, gint64 at_us);

/* The first instant after `from_us` and not after `to_us`; `to_us` where there is none, or where it has come by
 * `from_us` and made nothing of it. Whatever has happened goes on. */
static gint64 first_us(Happens happens, gconstpointer what, const AlertClock *clock, gint64 from_us, gint64 to_us) {
  if (!happens(what, clock, to_us) || happens(what, clock, from_us)) return to_us;
  while (to_us - from_us > 1) {
    gint64 middle_us = from_us + (to_us - from_us) / 2;
    if (happens(what, clock, middle_us))
      to_us = middle_us;
    else
      from_us = middle_us;
  }
  return to_us;
}

typedef struct {
  const AlertRule *rule;
  const AlertState *state;
  gint64 snoozed_until_us;
} Standing;

/* Where all stays as bad or good as it is. */
static gboolean acts(gconstpointer what, const AlertClock *clock, gint64 at_us) {
  const Standing *standing = what;
  AlertVerdict verdict = standing->state->phase == ALERT_RECOVERING ? ALERT_GOOD : ALERT_BAD;
  return alert_step(clock, &standing->rule->timing, standing->state, standing->snoozed_until_us, verdict, at_us).act !=
         ALERT_ACT_NONE;
}

static gboolean is_too_old(gconstpointer what, const AlertClock *clock, gint64 at_us) {
  const AlertFinding *finding = what;
  return alert_duration_is_over(clock, finding->rule->older_than, finding->since_us, at_us);
}

gint64 alert_next_us(const AlertBook *book, const GPtrArray *rules, const GPtrArray *findings, const AlertClock *clock,
                     gint64 now_us) {
  gint64 next_us = calendar_start_of_day(clock->calendar, calendar_day_of(clock->calendar, now_us) + 1);
  for (guint i = 0; i < alert_book_n(book); i++) {
    const AlertEntry *entry = alert_book_entry(book, i);
    if (entry->state.phase == ALERT_CALM) continue;
    const Standing standing = {alert_rules_find(rules, entry->rule), &entry->state,
                               alert_book_snoozed_until(book, entry->rule)};
    if (standing.rule && !standing.rule->is_paused) next_us = first_us(acts, &standing, clock, now_us, next_us);
  }
  for (guint i = 0; findings && i < findings->len; i++) {
    const AlertFinding *finding = g_ptr_array_index(findings, i);
    if (finding->rule->kind == ALERT_FRESHNESS && finding->since_us != G_MININT64)
      next_us = first_us(is_too_old, finding, clock, now_us, next_us);
  }
  return next_us;
}
