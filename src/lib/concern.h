/* Whom targets concern: what a handle that does not see everything is told of them, and may say. Private to src/lib. */
#pragma once

#include "lib/reader.h"
#include "query/org.h"
#include "target/keep.h"

/* The targets whose members the handle may see; the caller frees. In the turn. */
GPtrArray *lib_read_targets(AttainWorkspace *workspace, GError **error);
/* What a version's member, which was found, is to the handle's user, by the organisation of today. In the turn. */
gboolean lib_relation(AttainWorkspace *workspace, const TargetVersion *version, AccessRelation *relation,
                      GError **error);
/* The same for the days of the version's terms: where none of them is theirs, neither is the member. `context` and its
 * `org` are the handle's. */
gboolean lib_relation_then(AttainWorkspace *workspace, const QueryContext *context, const QueryOrg *org,
                           const TargetVersion *version, AccessRelation *relation, GError **error);
/* Whether who is that to a member may say this of its targets; FORBIDDEN. */
gboolean lib_check_relation(TargetAct act, AccessRelation relation, GError **error);
/* Whether the handle may say this of a target of these terms, that is there (`target`) or comes to be (NULL). One's own
 * are proposed, countered, answered and commented on; set, adjusted and withdrawn are those of whom one leads. Errors:
 * FORBIDDEN. In the turn. */
gboolean lib_may_say(AttainWorkspace *workspace, TargetAct act, const TargetTerms *terms, const Target *target,
                     GError **error);
/* Whether one of the targets, agreed or open, serves the objective, which is one of all. */
gboolean lib_is_served(const TargetObjective *objective, const GPtrArray *objectives, const GPtrArray *targets);
/* Whether the handle may name this objective (NULL: none), given the targets that it sees: those that they serve. One
 * that is not there is refused as one that is not theirs. Errors: NOT_FOUND. In the turn. */
gboolean lib_may_name(AttainWorkspace *workspace, const char *objective, const GPtrArray *targets, GError **error);
