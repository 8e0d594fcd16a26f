/* What somebody may see of the facts: a set of places in the organisation, of which any makes a credited row visible.
 *
 * A context without a sight sees everything (an operator, an executive, a command). With one, every question, listing,
 * trail and change is answered as if the ledger had no rows but those that are credited to one of the places, on the
 * day of the event: nobody's rows, and facts whose records name nobody, are not among them. A sight without places sees
 * nothing. It is enforced where rows are credited (query_where_allows()), for all who ask. */
#pragma once

#include <glib.h>

typedef struct QuerySight QuerySight;

QuerySight *query_sight_new(void);
/* All three before the sight is given to anyone; then it is never changed, and any number of threads may use it. The
 * numbers are keys of the ledger's tables `person` and `team`; a person who was merged is the one they were merged
 * into. Said twice is said once. */
/* What is credited to the person. */
void query_sight_add_person(QuerySight *sight, gint32 person);
/* What is credited to people whose manager on the day of the event the person was. */
void query_sight_add_manager(QuerySight *sight, gint32 person);
/* What is credited to people who on the day of the event were in a team that the person led on that day, or in one
 * below it. */
void query_sight_add_leader(QuerySight *sight, gint32 person);
/* What is credited to people who on the day of the event were in the team, or in one below it. */
void query_sight_add_team(QuerySight *sight, gint32 team);

/* Counted: whoever keeps it holds it. From any thread. NULL gives NULL. */
QuerySight *query_sight_hold(const QuerySight *sight);
void query_sight_free(QuerySight *sight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QuerySight, query_sight_free)

/* Without places: nothing is visible. FALSE for NULL. */
gboolean query_sight_is_empty(const QuerySight *sight);

/* The same text for those who see the same places, however they were added: a key for what is kept. It is never empty;
 * "*" for NULL, which sees everything. Owned by the sight. */
const char *query_sight_key(const QuerySight *sight);
