/* Checked expressions as SQL: the one place where a scan's text is made. Identifiers are quoted, text literals are
 * quoted by the store; nothing a user wrote gets into SQL in any other way. */
#pragma once

#include "query/context.h"

typedef struct SqlSelect SqlSelect; /* one SELECT over a fact and the references followed from it */

SqlSelect *sql_select_new(const QueryContext *context, const LedgerTable *table);
void sql_select_free(SqlSelect *select);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlSelect, sql_select_free)

/* These rows, of the same columns, stand in the place of the fact's own. */
void sql_read_rows(SqlSelect *select, const StoreGiven *rows);

/* A row expression; instants as TIMESTAMP. The caller frees. */
char *sql_value(SqlSelect *select, const KpiExpr *expr);
/* A condition that somebody asks with. Where it cannot be computed of a record, which may be another's than theirs, it
 * does not hold for it: an error would tell of the record. The caller frees. */
char *sql_condition(SqlSelect *select, const KpiExpr *expr);
/* An instant as the local DATE on which it lies. */
char *sql_day(SqlSelect *select, const KpiExpr *expr);
/* The column at the end of a path; a hop without a column is the row's key. */
char *sql_path(SqlSelect *select, const KpiHop *path, guint n_path);
/* Whether an expression is a deal's outcome itself, which compares exactly; other texts compare folded. */
gboolean sql_is_outcome(const KpiExpr *expr);
/* A text as DuckDB's lower() gives it. The caller frees. */
char *sql_fold(const char *text);
/* How many minor units a bare number beside money stands for. */
double sql_minor_units(const SqlSelect *select);
/* TRUE once a money column was used: the row's currency is then needed. */
gboolean sql_uses_money(const SqlSelect *select);
/* The currency that goes with the money used. */
char *sql_currency(SqlSelect *select);
/* The fact itself (0) and the tables joined so far, each with the expression that is its row's key, whether there is
 * such a row or not; NULL past the last. */
const LedgerTable *sql_joined(const SqlSelect *select, guint index, const char **key);
/* The table whose reference leads to a joined one. */
const LedgerTable *sql_referrer(const SqlSelect *select, guint index);
/* " FROM fact t0 LEFT JOIN …" for all paths used so far. */
char *sql_from(const SqlSelect *select);
/* The condition that a row lies in the days [from, until) of a measure (levels: that it holds at the start of `until`);
 * NULL when every row does. */
char *sql_inside(SqlSelect *select, const KpiMeasure *measure, BaseDay from, BaseDay until);
/* The condition of rows that can matter to what is asked of a measure: flows on a day in [from, until), levels that
 * hold at the start of some day in [from, until]. */
char *sql_within(SqlSelect *select, const KpiMeasure *measure, BaseDay from, BaseDay until);
