/* The organisation as far as permissions need it: who is who, and who leads what, now. Read again whenever people or
 * teams change. */
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
/* Whether the user leads `person` now: as their manager, or as the leader of their team or one above. */
gboolean access_leads(const AccessPeople *people, const User *user, gint64 person);
