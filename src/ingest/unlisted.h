/* Values that a mapping does not name. Private to src/ingest. */
#pragma once

#include "ingest/map.h"

/* Notes what no `values:` of a column with `else:` names, and the stages of deals that the stage table has not; after
 * the rows are written. Keeps the sentences for `attain check`; `*is_changed` when they are not what was kept before.
 */
/* `*of_stages` (char *, the caller's): the sentences on stages, also when an error is set. */
gboolean unlisted_keep(Load *load, const GPtrArray *entries, ReadStage *const *stages, GPtrArray **of_stages,
                       gboolean *is_changed, GError **error);
