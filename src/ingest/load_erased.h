/* A load's rows without what was erased. Private to src/ingest. */
#pragma once

#include "ingest/map.h"

/* Puts what stands for it in place of what was erased, in the rows of these MapEntry. */
gboolean load_keep_erased(Load *load, const GPtrArray *entries, GError **error);
/* The same of the texts of a temp table's column: of rows that are rejected. */
gboolean load_keep_erased_in(Load *load, const char *table, const char *column, GError **error);
