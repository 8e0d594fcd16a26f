/* Closed periods: closing one, and numbers as they were reported beside what they are now. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"
#include "snapshot/snapshot.h"

/* Nothing is owned. Lists end with NULL; several names in one text, with commas between, are taken apart. */
typedef struct {
  const char *period;
  const char *const *kpis; /* NULL or empty: all that have data */
  const char *const *by;   /* NULL or empty: rep and team */
  const char *note;        /* or NULL */
} AnswerClosing;

/* Computes a period's numbers, as of then where the session is. Errors: those of snapshot_take(). */
Snapshot *answer_snapshot_take(const Session *session, const AnswerClosing *closing, GError **error);
/* What is said of a snapshot as an object of JSON; of several as a document. */
void answer_snapshot_json(CliJson *json, const Snapshot *snapshot);
void answer_snapshots_json(const GPtrArray *snapshots, FILE *out);

typedef struct {
  const Session *session;
  Snapshot *snapshot;
  SnapshotComparison *comparison;
  const char *by;        /* or NULL */
  gboolean only_changed; /* no KPI was named: what differs is shown to people, all of it to programs */
} AnswerReported;

void answer_reported_clear(AnswerReported *reported);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerReported, answer_reported_clear)

/* Of the period's newest snapshot, or of `revision` (0: the newest). Without a KPI, what differs. `strict`: KPIs that
 * were not kept are an error, not passed over. `reported` must be zeroed; session and request must outlive it. Errors:
 * NOT_FOUND, USAGE, those of snapshot_compare(). */
gboolean answer_reported_ask(const Session *session, const AnswerRequest *request, guint revision, gboolean strict,
                             gboolean is_command, AnswerReported *reported, GError **error);
void answer_reported_json(const AnswerReported *reported, FILE *out);
void answer_reported_csv(const AnswerReported *reported, FILE *out);
/* NULL: no KPI was named, and every number stands as it was reported. */
CliTable *answer_reported_table(const AnswerReported *reported);
/* Whose numbers, of which closing; caller frees. */
char *answer_reported_heading(const AnswerReported *reported);
/* An instant to the microsecond, as --as-of takes it; caller frees. */
char *answer_reported_instant(gint64 utc_us);
