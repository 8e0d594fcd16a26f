/* What `--by NAME` means for each fact: a column of it, a path through its references, or a place in the organisation.
 */
#pragma once

#include "query/org.h"

typedef enum {
  DIM_PATH,    /* a column reached from the fact's row */
  DIM_REP,     /* the person credited */
  DIM_TEAM,    /* their team on the day */
  DIM_LEVEL,   /* the team above it of a named level */
  DIM_MANAGER, /* their manager on the day */
  DIM_REGION,  /* their region on the day; the account's where nobody is credited */
} DimKind;

typedef struct {
  DimKind kind;
  const char *name; /* as asked, lower case */
} Dim;

/* How one fact answers a dimension. */
typedef struct {
  gboolean possible;
  KpiHop path[6]; /* DIM_PATH: hops to a TEXT, BOOL, COUNT or REF column */
  guint n_path;
} DimPath;

/* Errors: NOT_FOUND with the nearest name. */
gboolean query_dim_resolve(const QueryContext *context, const QueryOrg *org, const char *name, Dim *dim,
                           GError **error);
/* A word as the name of a column: people's other words (customer) are the ledger's (account). The caller frees. */
char *query_dim_word(const char *word);
/* TRUE when the dimension goes by the person credited. */
gboolean query_dim_by_person(const Dim *dim);
/* The member of a place that a by-person dimension asks for; -1 for none. */
gint64 query_dim_place_member(const QueryOrg *org, const Dim *dim, gint32 person, QueryPlace place);
/* The dimension table whose rows are its members, people or teams; NULL: of a path it is not the dimension that says,
 * and regions are texts. */
const char *query_dim_table(const Dim *dim);
/* How `table` answers `dim`; possible = FALSE when it cannot. */
DimPath query_dim_path(const QueryContext *context, const LedgerTable *table, const Dim *dim);
/* The reference column of `table` that leads to `entity`, directly or through its deal: a path of 1 or 2 hops. An
 * entity equal to the table itself is its own key: a path of one hop without a column. n_path 0 when there is none. */
DimPath query_entity_path(const QueryContext *context, const LedgerTable *table, const LedgerTable *entity);

/* --- members: the ids of a dimension within one question, and their names --- */
typedef struct DimMembers DimMembers;
DimMembers *query_members_new(const QueryContext *context, const QueryOrg *org, const Dim *dim);
void query_members_free(DimMembers *members);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DimMembers, query_members_free)
/* Of several dimensions, each with the names that it has whatever is counted; ends with NULL. */
DimMembers **query_members_of(const QueryContext *context, const QueryOrg *org, const Dim *dims, guint n_dims,
                              GError **error);
void query_members_free_all(DimMembers **members);
/* The id of a text (made when new); -1 for NULL or empty: "none". */
gint64 query_members_intern(DimMembers *members, const char *text);
/* Names of the dimension table `table` (NULL: texts); for REF dimensions ids are keys. Reads the table once. */
gboolean query_members_load(DimMembers *members, const char *table, GError **error);
/* The dimension table that ids are keys of; NULL of texts. */
const char *query_members_table(const DimMembers *members);
/* SELECT of the key and the shown name of all rows of a table (quoted) whose name others have too; `merges`: it has
 * rows that were merged. The caller frees. */
char *query_namesakes_sql(const char *quoted, gboolean merges);
/* Reads the names of a dimension table again, when members are of it. */
gboolean query_members_reload(DimMembers *members, GError **error);
/* Goes up when names are read again. */
guint query_members_version(const DimMembers *members);
/* Its names as they are now, for readers in other threads: nothing can be added. */
DimMembers *query_members_copy(const DimMembers *members);
/* Whether a copy lacks names that there are now. */
gboolean query_members_differ(const DimMembers *members, const DimMembers *copy);
/* The survivor of merged records. */
gint64 query_members_survivor(const DimMembers *members, gint64 id);
/* With its id behind it where others have the same name: "Ana Silva (17)". NULL for none. */
const char *query_members_name(const DimMembers *members, gint64 id);
/* A number that sorts a member among others: stages by position, the rest by name. */
int query_members_compare(const DimMembers *members, gint64 a, gint64 b);
/* Makes names found without going through all, until names are added or read again. */
void query_members_index(DimMembers *members);
/* Adds the ids (gint64) of all members of a name, case-insensitive, or of the one that a name with its id means. FALSE
 * when there is none. */
gboolean query_members_find(const DimMembers *members, const char *name, GArray *ids);
/* The names of all known members by id, without their ids; some are NULL. */
const char *const *query_members_names(const DimMembers *members, gsize *n);
