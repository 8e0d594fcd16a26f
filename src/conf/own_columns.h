/* A workspace's own columns and facts: the sections `dimensions` and `facts` of attain.yaml. Private to src/conf. */
#pragma once

#include "conf/conf.h"

/* Either node may be NULL. The array is freed with conf_free_own_columns(). */
gboolean conf_read_own_columns(const ConfNode *dimensions, const ConfNode *facts, LedgerExtraColumn **extra,
                               gsize *n_extra, GError **error);
void conf_free_own_columns(LedgerExtraColumn *extra, gsize n_extra);
