/* Targets as a grid: rows are members, columns are periods, cells are amounts to reach. It goes out as a table for a
 * spreadsheet and comes back from it; what would change is known before anything is kept.
 *
 *   revenue by rep   2027-01   2027-02   2027-03
 *   Ana Silva          10000     10000     12000
 *   Bo Lund             8000                9000      an empty cell says nothing: what is there stays */
#pragma once

#include "query/query.h"
#include "sheet/sheet.h"
#include "target/keep.h"

typedef enum {
  TARGET_CELL_EMPTY,
  TARGET_CELL_SAME,
  TARGET_CELL_NEW,
  TARGET_CELL_CHANGED,
} TargetCellState;

typedef struct {
  gboolean has_amount;
  double amount;
  Target *target; /* the one that is there, or NULL: of the grid's targets */
  double before;  /* its amount */
  TargetCellState state;
} TargetCell;

typedef struct {
  char *kpi, *dimension;
  GPtrArray *members; /* char * */
  GArray *periods;    /* CalendarPeriod */
  TargetCell *cells;  /* by member, then period */
} TargetGrid;

void target_grid_free(TargetGrid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TargetGrid, target_grid_free)
/* Without the members of which `is_dropped` (of each) says so. */
void target_grid_drop(TargetGrid *grid, const gboolean *is_dropped);
TargetCell *target_grid_cell(const TargetGrid *grid, guint member, guint period);

/* The targets there are of a KPI, by the dimension's members and the grain's periods of a span: who carries targets
 * then, and whoever has one. Errors: NOT_FOUND, INPUT for a period, FORBIDDEN for what is not by people or teams where
 * the context does not see everything, those of the database. */
TargetGrid *target_grid_new(const QueryContext *context, const GPtrArray *targets, const char *kpi,
                            const char *dimension, const CalendarPeriod *span, CalendarGrain grain, GError **error);

/* A grid that comes back, beside the targets there are. Every cell that is wrong is told in `problems` (of char *: "B3:
 * …"), and then the grid is NULL with `error` set to the first. Amounts are as people write them: 12,000.50
 * or 12.000,50, with a percent sign for shares; a workbook's numbers are numbers. */
TargetGrid *target_grid_read(const QueryContext *context, const GPtrArray *targets, const SheetTable *sheet,
                             GPtrArray *problems, GError **error);

/* Keeps what is new and what changed, in one transaction; `said` has the author, words and time: a change needs words.
 */
gboolean target_grid_keep(const QueryContext *context, GPtrArray *targets, TargetGrid *grid, const TargetEvent *said,
                          GError **error);
