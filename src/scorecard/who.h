/* Whose scorecard is meant, and what is on it where nothing is said. */
#pragma once

#include "target/members.h"

/* "company", "team:North", "rep:Ana Silva", or a bare name: the team, person, region … of that name, or the only one
 * with it in theirs. Of a name that is several, a team comes first; of a person, who leads people is meant as their
 * manager. Caller frees both; of the company `*member` is NULL. Errors: NOT_FOUND with the nearest name; those of
 * target_who_read(). */
gboolean scorecard_who_read(const QueryContext *context, const char *text, char **dimension, char **member,
                            GError **error);

/* The set of KPIs for members of a dimension: "rep" of people, "leader" of teams and managers, "marketing" of sources
 * and campaigns, else "manager". */
const char *scorecard_role_of(const char *dimension);
