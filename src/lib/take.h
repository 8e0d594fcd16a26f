/* Between take.c, which takes what systems tell, left.c, which keeps what nothing could be made of, and forget.c, which
 * bounds what is kept. Private to src/lib; within the turn. */
#pragma once

#include "ingest/take.h"
#include "lib/workspace.h"

/* --- left.c --- */

/* Of one call: what was told of a source's records and could not be taken. */
typedef struct LibLeft LibLeft;
LibLeft *lib_left_new(const IngestSource *source);
void lib_left_free(LibLeft *left);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibLeft, lib_left_free)

/* Whether something can be made of it; else it is left: an object without a table of the source, a record without an
 * id, what the caller says is wrong. What was left of an object that has a table now is settled. */
gboolean lib_left_lets(LibLeft *left, const AttainTold *told);
/* `properties` of a record of a table, of which the mapping names none. */
void lib_left_properties(LibLeft *left, const char *table, const char *id, const GPtrArray *properties);
/* A value that is too long to be kept. */
void lib_left_long(LibLeft *left, const char *table, const char *id, const char *property, gsize max_bytes);
/* Keeps it in the table `rejected`, each reason once, and no more what is settled. `*load`: of the commit; 0: nothing
 * changed. Errors: IO. */
gboolean lib_left_keep(LibLeft *left, AttainWorkspace *workspace, gint64 *load, GError **error);

/* --- forget.c --- */

#define LIB_MAX_TOLD 1000000 /* records, and events */

/* Forgets events of more than four days, deletions of more than a month, and of more than `max` records or events those
 * of which was told longest ago. In the caller's transaction. Errors: IO. */
gboolean lib_forget_told(Store *store, gint64 now_us, gint64 max, GError **error);
