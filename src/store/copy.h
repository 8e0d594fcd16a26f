/* A copy of an open database. */
#pragma once

#include "store/store.h"

typedef struct {
  guint form;  /* of the database, as attain_meta says */
  gint64 load; /* its last commit; 0: none */
} StoreCopied;

/* Writes the database as of one commit into a new file, while others go on: what they commit meanwhile is not in it. A
 * transaction of the store stands at its commit and is ended; where there is none, the last one is taken. The file is
 * whole and on the disk when this returns; where it fails there is none. Errors: IO. */
gboolean store_copy(Store *store, const char *path, StoreCopied *copied, GError **error);
