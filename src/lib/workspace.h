/* A workspace as the library keeps it. Private to src/lib.
 *
 *   callers ─► question ─► cells of the last commit (query/live)      never wait for a writer
 *   callers ─► writing ─► before ─► put, remove, load ─► after ─► subscribers
 *
 * `writing` is held by whoever changes the ledger, the clock or the subscribers, from before the change until the last
 * subscriber was told. A callback runs in that thread, under it. */
#pragma once

#include "alert/book.h"
#include "attain/attain.h"
#include "ingest/writer.h"
#include "query/live.h"
#include "session/session.h"

typedef struct {
  guint64 number;
  AttainCallback callback; /* NULL: it ended while subscribers were told */
  void *user_data;
} Subscription;

struct AttainWorkspace {
  Session *session; /* its store is the writer's; readers use what does not change: schema, definitions, calendar */
  QueryLive *live;
  gboolean is_read_only;
  guint64 max_cells_bytes;

  GMutex writing;        /* of all below */
  IngestWriter *put;     /* the fast way of records; NULL until the first */
  GThread *writer;       /* who holds it (atomic), so that a callback that would wait for itself is told so */
  gint64 clock_us;       /* where the clock was put, or -1: the system's (atomic) */
  gint64 moved_us;       /* the clock of the answers (atomic) */
  GArray *subscriptions; /* Subscription */
  guint64 last_subscription;
  GPtrArray *alert_rules; /* AlertRule, judged in each commit; NULL: they are not */
  AlertBook *alert_book;  /* as the database has it; NULL: to be read */
  guint turns;            /* taken by its holder, one within the other */
};

/* --- workspace.c --- */

/* Takes `cause`, which may be NULL. Always FALSE. */
gboolean lib_fail(AttainError *error, GError *cause);
gboolean lib_fail_with(AttainError *error, AttainErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Errors: USAGE from a callback. */
gboolean lib_begin_writing(AttainWorkspace *workspace, AttainError *error);
void lib_end_writing(AttainWorkspace *workspace);
/* Within lib_begin_writing(), after a failure. Whether the database was lost and is there again. */
gboolean lib_mend(AttainWorkspace *workspace);
gint64 lib_now(const AttainWorkspace *workspace);
/* While the system's clock is used: lets that of the answers follow it. */
void lib_follow_clock(AttainWorkspace *workspace);
/* query_live_before(), of a database that is opened again if it has to be. */
gboolean lib_begin_change(AttainWorkspace *workspace, GError **error);
/* After it: answers take what was done, and the clock. */
gboolean lib_publish(AttainWorkspace *workspace, GError **error);

/* --- turn.c: answers that read the database beside the cells --- */

/* Waits for the writer and holds its turn until lib_give_turn(), so that all that is read is of one commit. In a
 * callback the thread has the turn already. Errors: USAGE. */
gboolean lib_take_turn(AttainWorkspace *workspace, AttainError *error);
void lib_give_turn(AttainWorkspace *workspace);
/* The workspace as the answers see it: at the clock of the last commit. It owns nothing. */
Session lib_session(const AttainWorkspace *workspace);
/* A TargetAsk; `live` is the workspace's. */
QueryResult *lib_ask_cells(gpointer live, const QueryRequest *request, GError **error);

/* --- alerts.c --- */
/* Reads the rules that are judged in each commit. Errors: INPUT. */
gboolean lib_read_alerts(AttainWorkspace *workspace, GError **error);
void lib_forget_alerts(AttainWorkspace *workspace);
/* After a commit, in the writer's thread: judges the rules that it concerns. What fails is judged again by
 * attain_alert_run(), which then says why. */
void lib_judge_alerts(AttainWorkspace *workspace, const AttainChange *change);

/* --- subscribe.c --- */
void lib_tell_subscribers(AttainWorkspace *workspace, const AttainChange *change);
