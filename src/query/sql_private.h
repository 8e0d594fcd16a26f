/* Between sql.c and the files that make its expressions. */
#pragma once

#include "query/sql.h"

struct SqlSelect {
  const QueryContext *context;
  const LedgerTable *table;
  const StoreGiven *rows; /* in the place of the table's; or NULL */
  GArray *joins;
  char *now; /* TIMESTAMP literal */
  const LedgerTable *money_table;
  char *money_alias;
};

/* The column at the end of a path; `day`: the local day of an instant instead of the instant. The caller frees. */
char *sql_render_path(SqlSelect *select, const KpiHop *path, guint n_path, gboolean day);

/* Appends the working time between two instants, given as SQL, in days of 24 hours; elapsed time where the calendar has
 * no working hours. `now_us`: the clock. */
void sql_working_hours(GString *out, const Calendar *calendar, const char *from, const char *until, gint64 now_us);
