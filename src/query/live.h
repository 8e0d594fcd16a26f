/* Answers from cells that are kept in memory and follow every change of the ledger.
 *
 *   readers ──► side 0: boards of cells as of commit 7 ──► values        one mutex, held to enter and to leave
 *   writer  ──► side 1: + what commit 8 changed, then the sides change places
 *
 * A question's cells are counted by a scan the first time; after that it costs what its values cost, and a change costs
 * its own size: what the changed records had added is taken away, what they add now is added. Answers are kept too,
 * and what a question is bound to: asked again, only the members that a change touched are read from the cells anew.
 * Readers never wait for a writer and
 * never see half a change: every answer is of one commit.
 *
 * One process has the database, and tells here what it does to it: query_live_before() before a change is made,
 * query_live_after() when it is committed (or was not). A change that was not told is found at the next
 * query_live_after(); all cells are then counted afresh. */
#pragma once

#include "base/stop.h"
#include "query/query.h"

typedef struct QueryLive QueryLive;

/* `context` is copied; its store must outlive this, as must all that it names. `max_bytes`: cap on the memory of cells;
 * a question that needs more is answered from the records, and says so. */
QueryLive *query_live_new(const QueryContext *context, gsize max_bytes, GError **error);
void query_live_free(QueryLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryLive, query_live_free)

/* Any thread. As query_run() with that sight in its context (NULL: everything), without the notes that need records to
 * be counted again. Errors: as query_run(). */
QueryResult *query_live_ask(QueryLive *live, const QuerySight *sight, const QueryRequest *request, GError **error);
/* The same as long as `stop` does not say that nobody waits for it. What was not made whole is not kept: others who ask
 * for it, or wait for it, have it made anew. Errors: also G_IO_ERROR_CANCELLED. */
QueryResult *query_live_ask_until(QueryLive *live, const QuerySight *sight, const QueryRequest *request,
                                  const BaseStop *stop, GError **error);
/* Any thread, once `flag` is set: ends the statement that is run for who goes by it. FALSE: none is. */
gboolean query_live_interrupt(QueryLive *live, const gint *flag);

/* For benchmarks. Forgets the answers that were given: the next ones are read from the cells again, as when all members
 * have changed. */
void query_live_forget_answers(QueryLive *live);
/* … and what the questions are bound to, as if none had been asked before. */
void query_live_forget_questions(QueryLive *live);

/* --- for the one who changes the ledger --- */
gboolean query_live_before(QueryLive *live, GError **error);
/* Between the two: what was written is these rows and nothing else. Where it is not told, or something was missed
 * before, the ledger is asked. They must last until query_live_after(). NULL: it is not known. */
void query_live_tell(QueryLive *live, const StoreWritten *written);
/* `now_us`: the clock from here on; a new day counts everything afresh. */
gboolean query_live_after(QueryLive *live, gint64 now_us, GError **error);

/* Opens a database again that is lost (store/reopen.h), whoever asks meanwhile. What was not answered for comes to be
 * known at the next question or query_live_after(). Whatever else uses the store may not do so now. */
gboolean query_live_reopen(QueryLive *live, Store *store, GError **error);

/* The last load that answers know of. */
gint64 query_live_load(QueryLive *live);

/* Looks at all cells. */
typedef struct {
  gint64 load;
  gint64 n_builds;  /* scans of facts for cells that were not there */
  gint64 n_follows; /* changes followed by cells */
  gint64 n_resets;  /* changes after which all cells are counted afresh */
  gsize bytes;      /* of the cells of one side; there may be two */
} QueryLiveState;
QueryLiveState query_live_state(QueryLive *live);
/* How many cells those bytes are for: those that are not empty, subtotals and totals among them. Goes through all. */
gsize query_live_n_cells(QueryLive *live);
