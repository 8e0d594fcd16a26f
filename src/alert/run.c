/* Judging reads and may take its time; the transaction that writes is short. */
#include "alert/run.h"

static gboolean write_all(const AlertRun *run, const GPtrArray *events, GError **error) {
  if (!store_begin(run->store, error)) return FALSE;
  if (alert_events_write(run->store, events, error) && alert_outbox_fill_within(run->store, run->desk, error))
    return store_commit(run->store, error);
  store_rollback(run->store);
  return FALSE;
}

/* Once for each rule. */
static void tell_unjudged(const AlertRun *run, const GPtrArray *findings) {
  for (guint i = 0; run->unjudged && i < findings->len; i++) {
    const AlertFinding *finding = g_ptr_array_index(findings, i);
    if (finding->verdict == ALERT_GONE)
      g_ptr_array_add(run->unjudged,
                      g_strdup_printf("the rule \"%s\" is not judged: %s", finding->rule->name, finding->words));
  }
}

GPtrArray *alert_run(const AlertRun *run, AlertBook *book, GError **error) {
  AlertClock clock = alert_desk_clock(run->desk);
  AlertDesk desk = *run->desk;
  desk.book = book;
  g_autoptr(GPtrArray) findings = alert_judge(&desk, run->judged, error);
  if (!findings) return NULL;
  tell_unjudged(run, findings);
  g_autoptr(GPtrArray) events = alert_book_take(book, &clock, run->rules, run->judged, findings,
                                                run->desk->context->now_us, run->say, run->user_data);
  gboolean writes = events->len > 0 || run->looks_at_due;
  if (writes && !write_all(run, events, error)) return NULL;
  if (run->next_us && run->rules)
    *run->next_us = alert_next_us(book, run->rules, findings, &clock, run->desk->context->now_us);
  return g_steal_pointer(&events);
}
