/* A board: the kept cells of one way of grouping (dimensions, conditions, credit, currency), for all measures that were
 * asked so far by day. Private to src/query.
 *
 *   generation 0   measures asked first    ─► tables ─► cells by rep and day ─► by day          side 0, side 1
 *   generation 1   measures asked later    ─► tables ─► …
 *
 * The writer's part is the generations: plans that say how rows become cells, and scan what changed. The readers' part
 * is a side: the cells, and the names of the members. There are two sides, one of which is read while the other is
 * changed (src/query/live.c). */
#pragma once

#include "query/changes.h"
#include "query/evaluate.h"

#define BOARD_MAX_DIMS 6
#define QUERY_LIVE_CAP "the cap on cells (max_cells_mb under limits in attain.yaml)"

typedef struct Board Board;

/* What a board is for. Texts are the caller's. */
typedef struct {
  const char *const *by; /* NULL-terminated */
  const char *const *where;
  gboolean credit_now;
  BaseDay rates_of;
  const QuerySight *sight; /* the board has only what it sees; NULL: everything */
} BoardKey;
char *board_key_text(const BoardKey *key);

/* `context` is copied; its store is where the board reads from whenever it is extended or follows changes. */
Board *board_new(const QueryContext *context, const BoardKey *key, GError **error);
void board_free(Board *board);

/* --- the writer --- */
void board_set_building(Board *board, guint side, gint64 number);
/* Adds cells for the uses of a view that lack them. The side is the one that is changed. Errors: as a scan; LIMIT when
 * the board takes more than `max_bytes`. */
gboolean board_extend(Board *board, guint side, const QueryContext *context, const QueryPlan *view, gsize max_bytes,
                      GError **error);
/* What the cells lose and gain by changes, from the ledger as it was and as it is. FALSE without an error: cells have
 * to be counted afresh. */
gboolean board_follow(Board *board, const QueryContext *before, const QueryContext *after, const QueryChanges *changes,
                      GError **error);
/* What the board and a side read from here on: the ledger's counts are replaced by each change, whether it touches the
 * board or not. */
void board_meet(Board *board, guint side, const QueryContext *context);
/* Does to a side what board_follow() found, as the change of a number. FALSE: it cannot be done, count afresh. */
gboolean board_apply(Board *board, guint side, guint32 number);
/* Forgets what was found. */
void board_settle(Board *board);
/* Makes one side like the other; unless `all` is to be copied, only the tables that it lacks. */
void board_copy_side(Board *board, guint from, guint to, gboolean all);
gsize board_bytes(const Board *board, guint side);
gsize board_n_filled(const Board *board, guint side); /* cells in which something lies, subtotals' too */

/* --- readers --- */
/* Where the cells of all measures lie: what is bound to one board's cells reads those of every board laid out alike. */
typedef struct BoardLayout BoardLayout;
const BoardLayout *board_layout(const Board *board, guint side);
BoardLayout *board_layout_copy(const BoardLayout *layout);
void board_layout_free(BoardLayout *layout);
guint board_layout_hash(const BoardLayout *layout);
gboolean board_layouts_equal(const BoardLayout *a, const BoardLayout *b);

/* A plan for a question's formulas to be collected in. `context` has no store. */
QueryPlan *board_view(const Board *board, guint side, const QueryContext *context);
/* Where the cells of everything collected lie. FALSE when some are missing, or days are asked that no cell is for
 * (`outside`). */
gboolean board_attach(const Board *board, guint side, QueryPlan *view, gboolean *outside);
/* The plan by which a side is read: all that it points at is the side's, but `context`. It has no uses. */
QueryPlan board_reading(const Board *board, guint side, const QueryContext *context);
/* The levels of a side's tables and the first days of their facts. */
const Evaluator *board_levels(const Board *board, guint side);
/* Whether anything of a group (of the first dimensions) changed after the change of a number. */
gboolean board_has_changed(const Board *board, guint side, guint n_members, const gint64 *ids, guint32 number);
/* The scan by which a side's cells were last made: what changed before it is not remembered. */
gint64 board_building(const Board *board, guint side);
/* Another number when members have been named anew. */
guint board_naming(const Board *board, guint side);
const Dim *board_dims(const Board *board, guint *n_dims);
