/* Agreeing on targets: what may be said, by whom, and after what. */
#pragma once

#include "query/query.h"
#include "target/keep.h"

/* Whether a version can be one of `self` (NULL: of a new target), beside `targets`, which are all there are. Errors:
 * INPUT and NOT_FOUND with what to write instead, for a KPI or member that is not there, an amount that cannot be, a
 * span that has ended or overlaps that of another target of the same KPI and member, parts that do not come to the
 * amount. Spans may lie within one another: a month's target within its quarter's. */
gboolean target_check(const QueryContext *context, const GPtrArray *targets, const Target *self,
                      const TargetVersion *version, GError **error);

/* The same of a member that is known to be there: for many at once. */
gboolean target_check_known(const QueryContext *context, const GPtrArray *targets, const Target *self,
                            const TargetVersion *version, GError **error);

/* The version that was proposed or countered and not answered yet, with who said so; NULL: there is none. */
const TargetVersion *target_pending(const Target *target, const TargetEvent **proposal);

/* Whether an act is possible now: an answer needs something to be answered, and nobody accepts what they proposed
 * themselves; adjusting needs an agreed target and a reason (`words`). Errors: INPUT, USAGE for missing words. */
gboolean target_check_act(const Target *target, TargetAct act, const char *author, const char *words, GError **error);

/* The target of a number. Errors: NOT_FOUND, with the numbers there are. */
Target *target_find(const GPtrArray *targets, gint64 number, GError **error);
