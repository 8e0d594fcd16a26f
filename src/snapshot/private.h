/* What the files of src/snapshot share. */
#pragma once

#include "snapshot/snapshot.h"

Snapshot *snapshot_new(void);
/* The text, kept as long as the snapshot; NULL for NULL. */
const char *snapshot_text(Snapshot *snapshot, const char *text);
/* No records and no target: a number that says nothing of a member. */
gboolean snapshot_is_nothing(const QueryValue *value);
