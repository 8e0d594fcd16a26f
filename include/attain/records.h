/* Where records come from in libattain, and whose they may be: sources, loads, rejected rows, the organisation.
 * Included by attain/attain.h, which says what holds for all functions. */
#ifndef ATTAIN_RECORDS_H
#define ATTAIN_RECORDS_H

#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All give JSON of one commit; give it back with attain_free(). Any thread, and within a callback. They wait for a
 * writer. Errors: IO. */

/* {"sources": [{"source", "file", "error", "load", "at", "read", "rejected"} …], "as_of"}: those in sources/, with
 * their last load; then those that only programs put. `error`: what is wrong with the file, or null. Who may not see
 * everything and run the server is told names and times, for the freshness of their numbers; the rest is null. */
ATTAIN_API char *attain_sources(AttainWorkspace *workspace, AttainError *error);

/* A part of a long list. What is written meanwhile neither repeats nor hides anything on later pages. */
typedef struct {
  const char *cursor; /* `next` of the page before; NULL: the first page */
  unsigned limit;     /* entries; 0: 100 */
} AttainPage;

/* {"loads": [{"load", "source", "at", "seconds", "read", "new", "changed", "unchanged", "rejected", "skipped",
 * "closed"} …], "next"}, the oldest first. `next`: the cursor of the page behind it, or null. `source` NULL: of all;
 * `page` may be NULL. Errors also: INPUT for what is no cursor. */
ATTAIN_API char *attain_loads(AttainWorkspace *workspace, const char *source, const AttainPage *page,
                              AttainError *error);
/* {"rejected": [{"load", "source", "table", "from", "file", "line", "reason", "row"} …], "next"}: the rows that the
 * last load of each source kept out, by load and place. Otherwise as attain_loads(). */
ATTAIN_API char *attain_rejected(AttainWorkspace *workspace, const char *source, const AttainPage *page,
                                 AttainError *error);

/* {"people": [{"person", "id", "name", "email", "title", "role", "team", "manager", "region", "hired", "left"} …],
 * "teams": [{"team", "id", "name", "parent", "level", "manager", "region"} …], "memberships": [{"person", "team",
 * "manager", "role", "region", "from", "until"} …]}. `person`, `team`, `manager` and `parent` are numbers by which the
 * three refer to each other. Of a user's handle: the people whose numbers they may see today, and their teams. */
ATTAIN_API char *attain_organisation(AttainWorkspace *workspace, AttainError *error);
/* The company as attain.yaml and policy.yaml say it: {"name", "currency", "time_zone", "business", "calendar",
 * "credit", "max_rejected", "roles": [{"role", "sees", "may"} …]}. Errors: INPUT for a mistake in policy.yaml. */
ATTAIN_API char *attain_company(AttainWorkspace *workspace, AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
