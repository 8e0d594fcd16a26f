/* Two sides of kept cells from inside, private to src/query/{live,live_ask,live_follow}.c.
 *
 * The locks are pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#pragma once

#include "query/asked.h"
#include "query/limit.h"
#include "query/live.h"

#include <pthread.h>

/* The organisation by which questions about somebody are recognised, as it is until people or teams change. */
typedef struct LivePeople LivePeople;

/* A way to an answer: the board, and what of it is asked. */
typedef struct {
  BoardKey key;
  char *text; /* the key's */
  const char *by[BOARD_MAX_DIMS + 1];
  char **where; /* the key's own, or NULL */
  gboolean is_limited;
  gboolean must_name_people; /* a condition names somebody: of facts that name nobody it is an error */
  BoardLimit limit;
  guint organisation; /* limited: the number of the one in which names were looked up */
} LiveWay;

typedef struct {
  guint32 change;       /* the number of the last that is in it */
  guint organisation;   /* another number when people or teams may be called, or stand, otherwise */
  GHashTable *boards;   /* key -> Board; a board is on both sides but while one of them is behind */
  QueryContext context; /* its store is NULL: readers have none */
  QueryLoad load;
} LiveSide;

/* What the side that is not read lacks. */
typedef enum { BEHIND_NOTHING, BEHIND_CELLS, BEHIND_CHANGES, BEHIND_ALL } Behind;

struct QueryLive {
  pthread_mutex_t entering; /* of `active` and `n_readers` */
  pthread_cond_t left;
  guint active;
  guint n_readers[2];
  LiveSide sides[2];

  AskedBefore *asked;

  pthread_mutex_t answering; /* of what follows; held for a look only, so that nobody waits for who writes */
  const BaseStop *asker;     /* for whom `asker_store` runs statements; NULL: for nobody who may be stopped */
  Store *asker_store;
  GHashTable *too_large; /* keys of boards that do not fit */
  LivePeople *people;    /* NULL until somebody is asked about */

  pthread_mutex_t writing; /* of all below, and of the side that is not active */
  Store *now, *then;       /* connections; `then` stands still while a change is made */
  gboolean is_changing;
  gint is_behind; /* a change could not be taken in: answers are of before, until all is counted afresh (atomic) */
  Behind behind;
  const StoreWritten *written; /* by the change that is made; or NULL */
  QueryStat *stat, *stat_before;
  guint32 change;
  gsize max_bytes;
  QueryLiveState state;
};

static inline guint live_idle_side(const QueryLive *live) {
  return 1 - live->active;
}

/* The writer's, which holds `writing`, as are all that follow. */
QueryContext live_writer_context(const LiveSide *side, Store *store);
/* Makes the idle side like the active one, once its last reader has left. */
void live_catch_up(QueryLive *live);
/* The sides change places; the other then lacks something. */
void live_publish(QueryLive *live, Behind behind);
/* Takes in what could not be taken in before. Until it is done nothing is counted, for cells would be of two commits.
 * None is missed while one is made. */
gboolean live_take_missed(QueryLive *live, GError **error);
/* A new board, or more cells in one, on the idle side. `view`: what is lacking; NULL = a board. */
gboolean live_build(QueryLive *live, const BoardKey *key, const QueryPlan *view, const BaseStop *stop, GError **error);
/* From one to the other what the context's store runs is for who goes by `stop`, which may be NULL; the context then
 * has it. Not while a change is made: a statement that fails would take with it the transaction in which `then` stands
 * still, so what is asked of it meanwhile is not cut short. */
void live_begin_asking(QueryLive *live, QueryContext *context, const BaseStop *stop);
void live_end_asking(QueryLive *live);

/* --- live_limit.c --- */
/* The board of all members that a question about one of them can be read from, as long as the organisation is the one
 * of that number. FALSE: there is none, or the organisation is not known so; the question then has a board of
 * its own. `way` must be zeroed. */
gboolean live_limit(QueryLive *live, const QuerySight *sight, const QueryRequest *request, guint organisation,
                    LiveWay *way);
/* Whether what a plan's uses (PlanUse) read can be limited so. */
gboolean live_way_suits(const LiveWay *way, const QueryContext *context, const GPtrArray *uses);
void live_way_clear(LiveWay *way);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LiveWay, live_way_clear)
void live_people_free(LivePeople *people);
