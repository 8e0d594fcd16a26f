/* Whom targets can be for: members of dimensions by the names that people write. */
#pragma once

#include "query/query.h"
#include "target/target.h"

#define TARGET_COMPANY "company"

/* "team:north" is the dimension team and its member North, as the ledger writes it; "company" is all; "rep:" is each
 * rep: then `*member` is NULL. Caller frees both. Errors: NOT_FOUND with the nearest name, USAGE for what is no
 * DIMENSION:NAME, FORBIDDEN for accounts, deals and the like where the context does not see everything. */
gboolean target_who_read(const QueryContext *context, const char *text, char **dimension, char **member,
                         GError **error);
/* Sets the error of a name that is none of a dimension's: NOT_FOUND with the nearest, or with those that may be meant.
 */
void target_member_missing(const char *dimension, const GPtrArray *names, const char *text, GError **error);
/* "team:North", "company", "rep:" of each; caller frees. */
char *target_who_write(const char *dimension, const char *member);

typedef struct {
  char *dimension;
  char *name;
} TargetKnown;

/* All members that a sentence may name: reps, teams, managers, regions, products, industries, segments and sources.
 * Caller frees the array of TargetKnown with its texts. Errors: of the database. */
GArray *target_members_known(const QueryContext *context, GError **error);
/* The names of one dimension, each once, by name; caller frees. Errors: NOT_FOUND. */
GPtrArray *target_members_of(const QueryContext *context, const char *dimension, GError **error);
/* Of the dimension rep: those who carry targets in [start, end), as target_capacity() finds them; of others all. Caller
 * frees. */
GPtrArray *target_members_selling(const QueryContext *context, const char *dimension, BaseDay start, BaseDay end,
                                  GError **error);
/* Those who carry targets, or have people who do, and are in the member `within` of `within_dimension` on one of the
 * days: the reps of a team, the teams of a region. Caller frees. */
GPtrArray *target_members_within(const QueryContext *context, const char *dimension, const char *within_dimension,
                                 const char *within, BaseDay start, BaseDay end, GError **error);
