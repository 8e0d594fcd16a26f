/* Changes of records, counted for the audit log. Private to src/lib.
 *
 * One thread may count while another writes. Times are of one clock that only goes forward; in the library the
 * monotonic one, in tests a given one. */
#pragma once

#include "lib/workspace.h"

/* What was counted is written at most so long after the first of it. */
#define LIB_TALLY_US G_TIME_SPAN_MINUTE
/* Entries that differ; then the sources, which users name, are told together as "other sources". */
#define LIB_MAX_TALLY_ROWS 1000

/* Of one commit: what one caller did to one table. The texts are copied. */
typedef struct {
  const char *who;   /* as in the audit log */
  const char *token; /* with which token, NULL: with none */
  const char *what;  /* "put", "removed", "webhook", "told" */
  const char *source, *table;
  gint64 load;
  gint64 n_new, n_changed, n_removed; /* all 0: nothing is counted */
} LibCounted;

/* What strangers may do any number of times: one entry has the first and how many there were. */
typedef struct {
  const char *who, *address, *what, *about;
} LibRepeated;

/* `core` NULL: nobody writes by himself what is counted, as for a test. */
LibTally *lib_tally_new(LibCore *core);
void lib_tally_count(LibTally *tally, const LibCounted *counted, gint64 now_us);
void lib_tally_repeat(LibTally *tally, const LibRepeated *repeated, gint64 now_us);
/* When what was counted is to be written; G_MAXINT64: nothing is. */
gint64 lib_tally_due_us(LibTally *tally);
/* An entry each of what was counted, in one transaction, all with the time `at_us`. What cannot be written stays
 * counted and is due again in a minute. Errors: IO. */
gboolean lib_tally_write(LibTally *tally, Store *desk, gint64 at_us, gint64 now_us, GError **error);
/* Nobody writes by himself any more: before the last writing. NULL is fine, here and in what frees it. */
void lib_tally_stop(LibTally *tally);
void lib_tally_free(LibTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibTally, lib_tally_free)

/* --- of a workspace --- */

/* What `who` changed through the handle; in the turn, after its commit. */
void lib_count_report(const AttainWorkspace *handle, const char *who, const char *what, const char *source,
                      const char *table, const AttainReport *report);
/* What was counted is in the audit log from here on. In a turn or out of one, but not at the desk. What cannot be
 * written is tried again. */
void lib_write_tally(AttainWorkspace *workspace);
