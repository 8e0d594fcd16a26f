/* Reading policy.yaml. Private to src/access. */
#pragma once

#include "access/policy.h"
#include "conf/conf.h"

/* `wanted` says what should stand there. Errors: INPUT, also of a node with too many items. */
gboolean access_need_kind(const ConfNode *node, ConfKind kind, const char *wanted, GError **error);
/* Of the number that `map` has as `key`. Errors: INPUT. */
gboolean access_check_between(const ConfNode *map, const char *key, int value, int least, int most, GError **error);
/* The section `shared`; NULL: there is none. Errors: INPUT. */
gboolean access_shared_read(const ConfNode *node, AccessPolicy *policy, GError **error);
