/* What somebody who does not see everything may ask of the records that theirs refer to. */
#pragma once

#include "query/context.h"

/* Whether dimensions and conditions (lists that end with NULL, or NULL) tell nothing of other people, whoever the
 * reader is. Their names are not looked up. Errors: FORBIDDEN with the name that does. */
gboolean query_reach_check(const LedgerSchema *schema, const char *const *by, const char *const *where, GError **error);
