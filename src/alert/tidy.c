/* What may go of the tables that src/store/sql/alerts.sql describes. A state follows from the acts since it was last
 * calm (state.c: these forget all that was before), so the acts before make nothing any more; book.c says what snoozes
 * and acknowledgements are applied to. */
#include "alert/tidy.h"

/* Events of one rule, member and target: `calmed`, the last that forgets what was before. */
#define STANDING                                                                                                     \
  "standing AS (SELECT rule, who, target, coalesce(max(event) FILTER (act IN ('calm', 'recover', 'end')), 0) AS "    \
  "calmed, coalesce(max(event) FILTER (act = 'remind'), 0) AS reminded, max(event) AS last FROM attain_alert_event " \
  "WHERE act NOT IN ('snooze', 'wake', 'ack') GROUP BY ALL)"

/* By rule: the first snooze that holds, and the first event of what is not calm. */
#define SNOOZED                                                                                                        \
  "snoozed AS (SELECT rule, min(event) AS event FROM attain_alert_event WHERE act = 'snooze' AND until > %s GROUP BY " \
  "rule)"
#define ALIVE "alive AS (SELECT rule, min(calmed) AS event FROM standing WHERE last > calmed GROUP BY rule)"

/* As outbox.c makes messages: of each channel of an event one that tells of it. */
#define UNTOLD                                                                                               \
  "untold AS (SELECT e.event FROM (SELECT event, unnest(string_split(channels, ' ')) AS channel FROM "       \
  "attain_alert_event WHERE due_at IS NOT NULL AND channels <> '') e WHERE NOT EXISTS (SELECT 1 FROM "       \
  "attain_alert_told t JOIN attain_alert_message m USING (message) WHERE t.event = e.event AND m.channel = " \
  "e.channel))"
#define ENDED                                                                                                         \
  "ended AS (SELECT message FROM attain_alert_attempt GROUP BY message HAVING arg_max(outcome, attempt) IN ('sent', " \
  "'refused', 'given-up'))"

static gboolean find_old(Store *store, gint64 before_us, gint64 most, GError **error) {
  g_autofree char *before = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", before_us);
  g_autofree char *sql = g_strdup_printf(
      "CREATE OR REPLACE TEMP TABLE attain_alert_old AS WITH " STANDING ", " SNOOZED ", " ALIVE ", " UNTOLD ", " ENDED
      " SELECT e.event FROM attain_alert_event e LEFT JOIN standing s ON e.act NOT IN ('snooze', 'wake', 'ack') AND "
      "s.rule = e.rule AND s.who = e.who AND s.target = e.target LEFT JOIN snoozed z ON z.rule = e.rule LEFT JOIN "
      "alive a ON a.rule = e.rule WHERE e.happened_at < %s AND CASE WHEN e.act IN ('snooze', 'wake') THEN z.event IS "
      "NULL OR e.event < z.event WHEN e.act = 'ack' THEN a.event IS NULL OR e.event < a.event ELSE e.event < s.calmed "
      "OR (e.act = 'remind' AND e.event < s.reminded) END AND e.event NOT IN (FROM untold) AND e.event NOT IN (SELECT "
      "event FROM attain_alert_told WHERE message NOT IN (FROM ended)) AND e.event < (SELECT max(event) FROM "
      "attain_alert_event) ORDER BY e.event LIMIT %" G_GINT64_FORMAT,
      before, before, most);
  return store_run(store, sql, NULL, 0, NULL, error);
}

/* The newest message stays, too: numbers go on from it. */
#define REST                                                                                                    \
  "DELETE FROM attain_alert_told WHERE event IN (FROM attain_alert_old);"                                       \
  "DELETE FROM attain_alert_message WHERE message NOT IN (SELECT message FROM attain_alert_told) AND message <" \
  " (SELECT max(message) FROM attain_alert_message);"                                                           \
  "DELETE FROM attain_alert_attempt WHERE message NOT IN (SELECT message FROM attain_alert_message)"

static gboolean take_out(Store *store, gint64 *n, GError **error) {
  return store_run(store, "DELETE FROM attain_alert_event WHERE event IN (FROM attain_alert_old)", NULL, 0, n, error) &&
         (*n == 0 || store_run(store, REST, NULL, 0, NULL, error));
}

gboolean alert_tidy(Store *store, gint64 before_us, gint64 most, gint64 *n, GError **error) {
  gint64 gone = 0;
  gboolean ok = find_old(store, before_us, most, error) && take_out(store, &gone, error);
  store_run(store, "DROP TABLE IF EXISTS attain_alert_old", NULL, 0, NULL, NULL);
  if (ok) *n = gone;
  return ok;
}
