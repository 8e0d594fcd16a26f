/* A target's member in the organisation, day by day. */
#include "target/share.h"

QueryShare target_version_share(const QueryContext *context, const QueryOrg *org, const TargetVersion *version,
                                BaseDay start, BaseDay end) {
  Dim dim;
  gboolean is_person = g_strcmp0(version->member_table, "person") == 0;
  if (!context->sight) return QUERY_SHARE_ALL;
  if (!version->member_table || version->member_key <= 0 ||
      !query_dim_resolve(context, org, version->terms.dimension, &dim, NULL) || !query_dim_by_person(&dim))
    return QUERY_SHARE_NONE;
  gint64 member = is_person ? query_org_person(org, (gint32)version->member_key) : version->member_key;
  return query_sight_share(context->sight, org, &dim, member, start, end);
}
