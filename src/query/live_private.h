/* Two sides of kept cells from inside, private to src/query/{live,live_ask,live_follow}.c.
 *
 * The locks are pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#pragma once

#include "query/asked.h"
#include "query/live.h"

#include <pthread.h>

typedef struct {
  guint32 change; /* the number of the last that is in it */
  guint resets;
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
  GHashTable *too_large;     /* keys of boards that do not fit */

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
gboolean live_build(QueryLive *live, const BoardKey *key, const QueryPlan *view, GError **error);
