/* A rule held against history: what it would have said at the end of each day, of what was known then.
 *
 * The ledger of then is store/as_of.c's: the versions believed on that day, the targets as they were agreed, and
 * nothing that came later. Nothing is written. */
#pragma once

#include "alert/book.h"

typedef struct {
  GPtrArray *events;   /* AlertEvent: what would have followed */
  int n_days;          /* judged */
  int n_silent;        /* of these: nothing could be said of anybody */
  int n_ledgers;       /* how often the ledger was another than the day before */
  BaseDay first;       /* the first day that was judged: not before the first load; BASE_DAY_NONE: none was */
  const char *silence; /* why, on the last silent day; static, or NULL */
} AlertReplay;

void alert_replay_clear(AlertReplay *replay);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AlertReplay, alert_replay_clear)

#define ALERT_MAX_REPLAYED_DAYS 4000

/* From the day `since`, or that of the first load, to the desk's clock. `in_hindsight`: by the records as they are
 * known now, of which only what happened by then is seen, from `since` on. The desk's store is not used by another
 * thread meanwhile; its `ask` is not used, for cells are of now. Errors: LIMIT, those of alert_judge(). */
gboolean alert_replay(const AlertDesk *desk, const AlertRule *rule, BaseDay since, gboolean in_hindsight, AlertSay say,
                      gpointer user_data, AlertReplay *replay, GError **error);
