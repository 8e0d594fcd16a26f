/* The conditions of one scan: every `where` taken apart into leaves, evaluated a chunk at a time.
 *
 *   kind in ('call', 'email') and outcome <> 'no_show' and days(due_at, done_at) <= 0
 *   └── of the codes of kind ─┘   └─ of the codes ──┘     └──── a boolean column ────┘
 *
 * A part that says something of one text column is decided once for each distinct text and looked up by its code;
 * what DuckDB knows better stays SQL. Equal parts are one node, whatever the number of measures they serve. */
#pragma once

#include "query/sql.h"
#include "store/store.h"

/* A column of a scan's SELECT. */
typedef struct {
  char *sql;
  StoreColumnType type;
} ScanColumn;

/* The index of a column in `columns` (of ScanColumn), added when it is not there yet. Takes `sql` over. */
gint scan_column_add(GArray *columns, char *sql, StoreColumnType type);
/* The same, but -1 when it is not there. Takes `sql` over. */
gint scan_column_find(const GArray *columns, char *sql, StoreColumnType type);

typedef struct Conditions Conditions;

/* Columns that the conditions need are added to `columns`; those there already are used where they can be. Both
 * arguments outlive the conditions. */
Conditions *conditions_new(SqlSelect *select, GArray *columns);
void conditions_free(Conditions *conditions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conditions, conditions_free)

/* The number under which `where` is asked of a chunk; the same for the same condition. */
gint conditions_add(Conditions *conditions, const KpiExpr *where);
/* Goes on to the next chunk. */
void conditions_begin(Conditions *conditions, const StoreChunk *chunk);
/* For each row of the chunk 1 where the condition holds, else 0; good until the next chunk. */
const guint8 *conditions_rows(Conditions *conditions, gint condition);
