/* A question bound to cells that are kept, so that asking again only reads them. Private to src/query.
 *
 *   request ─► KPIs, periods ─► windows ─► formulas whose leaves are columns and slots        made once
 *                                                   │
 *   side of a board: cells, members, rates ─────────┴──► numbers                              each time
 *
 * A binding points at nothing that a side owns: it says in which table and column a measure lies and between which
 * days, not in whose memory. So it holds for both sides, whatever changes, and for every board whose cells are laid out
 * alike: the boards of a hundred people's own scorecards share one. Once made it is never changed, and any number of
 * readers hold it. It holds until another day comes, or records of days that there were none of (which a period
 * like `all` goes by).
 *
 * Not so where a formula goes through a group's accounts or deals for all windows at once: what it finds lies beside
 * the formulas. Such a binding is its maker's alone. */
#pragma once

#include "query/limit.h"
#include "query/run.h"

typedef struct QueryBinding QueryBinding;

typedef enum {
  BINDING_MADE,
  BINDING_LACKS_CELLS,
  BINDING_IS_OUTSIDE,  /* days are asked that there are no cells for */
  BINDING_IS_UNSUITED, /* it cannot be read as a part of these cells */
  BINDING_FAILED,
} BindingOutcome;

/* Cells that a question is read from. */
typedef struct {
  const Board *board;
  guint side;
  const QueryContext *context; /* the side's */
  const BoardLimit *limit;     /* the question is about these members only; NULL: about all that the board has */
  const QuerySight *sight;     /* the reader's, which the board or the limit keeps to */
  const BaseStop *stop;        /* the reader's; or NULL */
} BindingCells;

/* Binds a request to a side's cells. Where some are missing, `lacking` is a plan of all that it needs, the caller's to
 * free. */
BindingOutcome query_binding_make(const BindingCells *cells, const QueryRequest *request, QueryBinding **made,
                                  QueryPlan **lacking, GError **error);
QueryBinding *query_binding_hold(QueryBinding *binding);
void query_binding_free(QueryBinding *binding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryBinding, query_binding_free)

const BoardLayout *query_binding_layout(const QueryBinding *binding);
/* Whether it is still what the request means. */
gboolean query_binding_holds(const QueryBinding *binding, const QueryContext *context);
/* Whether numbers of single accounts or deals rest on the total of all: what is remembered of them is of one total. */
gboolean query_binding_mixes_whole(const QueryBinding *binding);
gboolean query_binding_can_be_shared(const QueryBinding *binding);
/* Whether a formula reads the total of all, so that a group's numbers may change with another's. */
gboolean query_binding_reads_whole(const QueryBinding *binding);
/* The measures that it reads: PlanUse. */
const GPtrArray *query_binding_uses(const QueryBinding *binding);
gsize query_binding_bytes(const QueryBinding *binding);

/* What of an earlier answer to the same question may be taken over: the groups that have not changed. */
typedef struct {
  const QueryResult *result; /* NULL: there is none */
  guint32 change;            /* the last that is in it */
} BindingEarlier;

/* The answer from a side's cells, which must be laid out as those that it was bound to. Errors: as query_run(). */
QueryResult *query_binding_read(const QueryBinding *binding, const BindingCells *cells, const QueryRequest *request,
                                BindingEarlier earlier, GError **error);
