/* Shared boards: what one period's table is for a reader, so that it tells of nobody whom the reader does not see.
 *
 *   records as they were believed when the period had settled
 *      ├─ by the boards' dimensions and person, all ─┐
 *      └─ the same, what the reader sees ────────────┴─► what others add ─► suppress.h ─► rows that are published
 *
 * What can be told of a table can also be told by another: all boards that the reader gets and that hide people are
 * looked at together, and of them all KPIs that are made of the same facts, even where only one is asked for; a row is
 * there for all of these KPIs or for none. The answer to one question is a part of the answers to all of them.
 *
 * It is not told that a KPI has a hidden row, but how many; which members they are is not told. */
#pragma once

#include "access/policy.h"
#include "query/query.h"

typedef struct {
  guint kpi;              /* of AccessBoardTable.kpis */
  guint n_members;        /* fewer than the board's dimensions: a subtotal; 0: the total */
  const char *members[2]; /* NULL: records that have none */
  QueryValue value;
} AccessBoardRow;

typedef struct {
  gboolean is_hidden;
  guint n_people;
  double mean; /* of the people's own numbers */
} AccessBoardPart;

/* Of a board with `names: own`. */
typedef struct {
  gboolean has_own;
  QueryValue own;
  guint n_peers;      /* others with a number; 0: too few to be told of */
  guint rank;         /* among them and oneself, 1: the best; equal ones share it. 0: none */
  double better_than; /* share of the peers who are behind */
  guint n_parts;      /* quarters of the peers from the lowest numbers up; halves or all where they are too few */
  AccessBoardPart parts[4];
} AccessStanding;

typedef struct {
  GPtrArray *kpis;   /* const KpiDefinition *, as on the board */
  GArray *rows;      /* AccessBoardRow: by member, then KPI; totals last */
  GArray *standings; /* AccessStanding, by KPI; empty without `names: own` */
  GArray *n_hidden;  /* guint, by KPI: rows that there are and that are not told */
  GPtrArray *notes;  /* char * */
  GStringChunk *texts;
} AccessBoardTable;

void access_board_table_free(AccessBoardTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessBoardTable, access_board_table_free)

typedef struct {
  const QueryContext *context; /* of the records as they were when the period had settled; it sees everything */
  const QuerySight *sight;     /* the reader's; NULL: everything */
  gint32 person;               /* who the reader is; 0: nobody of the records */
  const GPtrArray *boards;     /* const AccessBoard *: all that the reader gets, `board` among them */
  const AccessProtection *protection;
} AccessBoardReader;

/* Errors: NOT_FOUND for a KPI or dimension, LIMIT, IO. */
AccessBoardTable *access_board_make(const AccessBoardReader *reader, const AccessBoard *board,
                                    const CalendarPeriod *period, GError **error);
