/* A load's rows without what was erased. Private to src/ingest. */
#pragma once

#include "ingest/load_run.h"

/* Puts what stands for it in place of what was erased, in the rows that were mapped. */
gboolean load_keep_erased(LoadRun *run, GError **error);
