/* `--where`: conditions on the rows that are counted.
 *
 * A condition on a person's place (rep, team, manager, region, a level of the teams) is decided in C, on the day of the
 * event, like credit itself; one on anything else becomes part of the scan. */
#pragma once

#include "query/dims.h"
#include "query/sql.h"

typedef struct {
  Dim dim;
  gboolean negated;
  char **names; /* as written */
  GArray *ids;  /* gint64 member ids they stand for; none where they are not looked up */
  DimMembers *members;
} PersonFilter;

typedef struct {
  GPtrArray *people;     /* PersonFilter: all must hold */
  GPtrArray *conditions; /* char *: conditions in the formula language */
  QuerySight *sight;     /* what must be visible besides; or NULL */
  gboolean is_unread;    /* names are not looked up */
} QueryWhere;

/* `texts`: NULL-terminated; NULL or empty for none. Conditions joined by `and` are taken apart. With the context's
 * sight. Errors: INPUT, NOT_FOUND for a name that nobody and nothing has (with the nearest), or that the sight does not
 * know. */
QueryWhere *query_where_parse(const QueryContext *context, const QueryOrg *org, const char *const *texts,
                              GError **error);
/* The same texts taken apart only: what names mean is not looked up, and nothing is read. Errors: INPUT. */
QueryWhere *query_where_take_apart(const QueryContext *context, const QueryOrg *org, const char *const *texts,
                                   GError **error);
void query_where_free(QueryWhere *where);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryWhere, query_where_free)

/* A condition as it is understood on the rows of `table`. The result belongs to the catalogue. */
KpiExpr *query_where_condition(const QueryContext *context, const LedgerTable *table, const char *condition,
                               GError **error);
/* Adds a sentence (char *) for each text of the conditions that no row of its column has. */
gboolean query_where_misspelt(const QueryContext *context, const QueryWhere *where, const LedgerTable *table,
                              GPtrArray *notes, GError **error);
/* The conditions on `table` as SQL, joined by AND; NULL text when there are none. */
gboolean query_where_sql(const QueryContext *context, const QueryWhere *where, SqlSelect *select,
                         const LedgerTable *table, char **sql, GError **error);
/* Whether it goes by people: then rows are counted as they are credited. */
gboolean query_where_is_by_person(const QueryWhere *where);
/* Whether some record of `table` may be visible: not where a sight goes by people and its records name nobody. */
gboolean query_where_reaches(const QueryWhere *where, const LedgerTable *table);
/* Whether what is credited to a person in a place is asked for, and visible. */
gboolean query_where_allows(const QueryOrg *org, const QueryWhere *where, gint32 person, QueryPlace place);
