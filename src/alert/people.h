/* Whom mail about an alert reaches: who it is about and who leads them, by the people's addresses in the ledger.
 *
 *   about a person        member: the person        leader: who led them on the day of the alert
 *   about a team          both: who leads the team
 *   about anything else   nobody */
#pragma once

#include "query/query.h"

typedef struct AlertPeople AlertPeople;

/* All people and teams as they are known to the context. Errors: those of the database. */
AlertPeople *alert_people_read(const QueryContext *context, GError **error);
void alert_people_free(AlertPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlertPeople, alert_people_free)

typedef struct {
  char *to;  /* a mail address; of whom none is known, the name */
  char *why; /* there is no address, in words; NULL: `to` is one */
} AlertAddressee;
void alert_addressee_clear(AlertAddressee *addressee);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AlertAddressee, alert_addressee_clear)

typedef enum { ALERT_MEMBER, ALERT_LEADER } AlertRelation;

/* The member or leader of `who` ("rep:Ana Silva", "team:North"); the caller clears it. FALSE: it is about no person and
 * no team. */
gboolean alert_people_find(const AlertPeople *people, const char *who, BaseDay day, AlertRelation relation,
                           AlertAddressee *addressee);
