/* What one load has read and mapped, between load.c and load_write.c. Private to src/ingest. */
#pragma once

#include "ingest/load.h"
#include "ingest/read.h"
#include "ingest/upsert.h"

typedef struct {
  Load load;
  ReadStage **stages;    /* one for each of the source's tables, NULL when nothing uses it */
  GPtrArray *row_stages; /* ReadStage of rows in place */
  GPtrArray *entries;    /* MapEntry, in the map's order */
  GPtrArray *targets;    /* UpsertTarget: dimensions first */
  IngestCount *counts;   /* one a map entry */
  gint64 last_load;      /* the source's, before this one; 0: none */
  GPtrArray *unlisted_stages;
} LoadRun;

/* Writes what was mapped in one transaction, with what follows from it and the notes on it. `started`: the monotonic
 * clock when the load began. A load that changes nothing leaves the database as it is, and *is_changed FALSE. */
gboolean load_write(LoadRun *run, gboolean *is_changed, gint64 started, GError **error);
