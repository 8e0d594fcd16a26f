/* The organisation as far as permissions need it: who is who, and who leads what on a day. Read again whenever people
 * or teams change. */
#pragma once

#include "access/policy.h"
#include "query/sight.h"
#include "store/store.h"

typedef struct AccessPeople AccessPeople;

AccessPeople *access_people_read(Store *store, GError **error);
void access_people_free(AccessPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessPeople, access_people_free)

/* The key of who has this name, id or e-mail address. Errors: NOT_FOUND with the nearest; INPUT where there are
 * several. */
gint64 access_people_find(const AccessPeople *people, const char *text, GError **error);
/* NULL: nobody. */
const char *access_people_name(const AccessPeople *people, gint64 person);

/* What a user sees by the policy; `sees_all` FALSE: without the right to see everything, as a token may be. NULL:
 * everything. What a group names and is not in the records is passed over: it adds nothing. */
QuerySight *access_sight(const AccessPeople *people, const AccessPolicy *policy, const User *user, gboolean sees_all);
typedef enum {
  ACCESS_NOT_THEIRS,
  ACCESS_THEIRS,     /* the person they are, or a team that they lead themselves */
  ACCESS_BELOW_THEM, /* a person or team that they lead or that is in one of their groups */
} AccessRelation;
/* What a member of a dimension, a row of `table` ("person", "team"; NULL: none), is today to a user who does not see
 * everything. */
AccessRelation access_relation(const AccessPeople *people, const AccessPolicy *policy, const User *user, BaseDay today,
                               const char *dimension, const char *table, gint64 key);
/* Whether the user leads `person` today: as their manager now, or as the leader of their team or one above. */
gboolean access_leads(const AccessPeople *people, const User *user, BaseDay today, gint64 person);
