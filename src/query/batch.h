/* Rows of a scan put together, private to src/query: enough that those of one group come several at a time, and that
 * two threads have something to do. */
#pragma once

#include "store/store.h"

#define BATCH_ROWS 65536 /* a row's number is a guint16 */

typedef struct ScanBatch ScanBatch;

/* `types` are copied. */
ScanBatch *scan_batch_new(const StoreColumnType *types, guint n_columns);
void scan_batch_free(ScanBatch *batch);
/* Whether a chunk's rows have room. */
gboolean scan_batch_takes(const ScanBatch *batch, gsize n_rows);
void scan_batch_add(ScanBatch *batch, const StoreChunk *chunk);
gsize scan_batch_n_rows(const ScanBatch *batch);
/* All its rows as one chunk, good until rows are added. */
StoreChunk scan_batch_rows(const ScanBatch *batch, StoreDictionary *const *dictionaries);
void scan_batch_empty(ScanBatch *batch);
