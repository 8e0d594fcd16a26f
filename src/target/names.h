/* Members that are rows of a table, by key: a target stays with its row when the row is renamed, merged into another or
 * comes to have a namesake. Private to src/target. */
#pragma once

#include "base/day.h"
#include "store/store.h"

typedef struct TargetNames TargetNames;

/* The names of a table's rows as answers show them: "Ana Silva", "Ana Silva (17)" where there are two. Errors: of the
 * database. */
TargetNames *target_names_load(Store *store, const char *table, GError **error);
void target_names_free(TargetNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TargetNames, target_names_free)
/* Of a row, or of the one that it was merged into; NULL: it is there no more. */
const char *target_names_of(const TargetNames *names, gint64 key);
/* The key of whoever bears the name, in whatever letters; 0: nobody. */
gint64 target_names_find(const TargetNames *names, const char *name);

/* Of a person, the first day on which they were not employed any more; BASE_DAY_NONE: they are, or it is not known. */
BaseDay target_names_left(const TargetNames *names, gint64 key);
/* Errors: INPUT where the person of that name has left before the span begins. */
gboolean target_names_check_there(const TargetNames *names, const char *name, BaseDay start, GError **error);

/* The table of a dimension's members that have names of their own; `*table` NULL: its members are texts. Errors: of the
 * database. */
gboolean target_names_table(Store *store, const char *dimension, const char **table, GError **error);
