/* How much of a target's days is of people whom who asks may see. */
#pragma once

#include "query/seen.h"
#include "target/keep.h"

/* How much of the days [start, end) of a version's member, which was found, the context may see. */
QueryShare target_version_share(const QueryContext *context, const QueryOrg *org, const TargetVersion *version,
                                BaseDay start, BaseDay end);
