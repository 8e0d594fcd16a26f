/* Workspaces of libattain: errors, opening, the clock, what they take and do. Included by attain/attain.h, which says
 * what holds for all functions. */
#ifndef ATTAIN_WORKSPACE_H
#define ATTAIN_WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATTAIN_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/* --- errors --- */

typedef enum {
  ATTAIN_ERROR_NONE = 0,
  ATTAIN_ERROR_INPUT,     /* a text, file or record is wrong: mend it and try again */
  ATTAIN_ERROR_NOT_FOUND, /* a name that is not there; the message says which is near */
  ATTAIN_ERROR_LIMIT,     /* a cap was reached; the message names it */
  ATTAIN_ERROR_BUSY,      /* another process has the database */
  ATTAIN_ERROR_VERSION,   /* the database is of another version of Attain */
  ATTAIN_ERROR_IO,        /* disk, file or database */
  ATTAIN_ERROR_USAGE,     /* the call makes no sense: options that contradict each other, a put from a callback */
  ATTAIN_ERROR_CANCELLED, /* by attain_cancel(); nothing of it was kept */
  ATTAIN_ERROR_FORBIDDEN  /* it is not for who asks: sign in, or ask who may */
} AttainErrorCode;

typedef struct {
  AttainErrorCode code;
  char *message; /* for people; NULL when there is none */
} AttainError;

/* Frees the message and makes it zeros again. An error is cleared before it is used for another call. */
ATTAIN_API void attain_error_clear(AttainError *error);

/* "0.1.0". Any thread. */
ATTAIN_API const char *attain_version(void);

/* Gives back a text that this library returned. NULL is nothing. */
ATTAIN_API void attain_free(void *text);

/* --- workspaces --- */

typedef struct AttainWorkspace AttainWorkspace;

typedef struct {
  bool read_only;           /* nothing can be put; other processes may read at the same time */
  const char *as_of;        /* the records as believed on a day (its end) or at an instant; implies read_only */
  const char *now;          /* the clock stands here, for tests; NULL: the system's */
  uint64_t max_cells_bytes; /* memory for cells that answers come from; 0: `limits: max_cells_mb` of attain.yaml, or 1
                               GiB. A question that needs more is answered from the records, and a note says so */
  bool alerts; /* judge the alert rules that a commit concerns in that commit; what they have to tell waits until
                  attain_alert_run() sends it */
} AttainOptions;

/* Opens the workspace that `folder` is in: the nearest attain.yaml, in it or above it. Its definitions are read once:
 * attain_reload() reads them again. `options` may be NULL. The database is made when there is none, unless it is
 * only read. One process has it to write, or several to read.
 * Errors: NOT_FOUND, INPUT of attain.yaml and definitions with file and line, BUSY, VERSION, IO. */
ATTAIN_API AttainWorkspace *attain_open(const char *folder, const AttainOptions *options, AttainError *error);

/* No other call may be under way, and every answer of it is to be freed before. NULL is nothing. */
ATTAIN_API void attain_close(AttainWorkspace *workspace);

/* Reads the workspace's files as they are now: attain.yaml, kpis/, alerts/ and the policy; sources are read by each
 * load. Answers asked after it are by them; those given before stay what they are. The database stays open; columns
 * that attain.yaml has come to have are added. Cells stay where attain.yaml and the definitions are what they were, and
 * are counted afresh where not. Waits for a writer; nobody who asks waits longer than for the questions under way.
 * Where it fails all is as before. Not from a callback. Errors: INPUT with file and line, USAGE where attain.yaml names
 * another database, IO. */
ATTAIN_API bool attain_reload(AttainWorkspace *workspace, AttainError *error);

/* Moves the clock, for tests: it stands at `now` from here on. NULL: the system's again. Not from a callback.
 * Errors: INPUT for what is no time, IO. */
ATTAIN_API bool attain_set_now(AttainWorkspace *workspace, const char *now, AttainError *error);

typedef struct {
  uint64_t n_cells;         /* of a group, measure and day, that are not empty; subtotals and totals are among them */
  uint64_t cells_bytes;     /* what they take; once something has changed there are two of each */
  uint64_t max_cells_bytes; /* the cap on cells_bytes */
  uint64_t put_bytes;       /* keys of the records there are, for puts; 0 before the first */
  uint64_t database_bytes;  /* the database's own memory */
} AttainMemory;

/* What the workspace takes in memory. Waits for a writer; not from a callback. Errors: USAGE, IO. */
ATTAIN_API bool attain_memory(AttainWorkspace *workspace, AttainMemory *memory, AttainError *error);

/* --- several answers of one commit --- */

/* From here to attain_release() no writer commits, so that all that this thread asks is of one commit and one clock;
 * each answer names it. Writers wait, and so do those answers of other threads that read the database: hold it for the
 * answers of one screen, not for a conversation. Calls may lie within one another. Not for writing: attain_put() and
 * all that says something are USAGE while the thread holds it. Within a callback the commit is held anyway.
 * Errors: none but for want of memory. */
ATTAIN_API bool attain_hold(AttainWorkspace *workspace, AttainError *error);
/* In the thread that holds it. */
ATTAIN_API void attain_release(AttainWorkspace *workspace);

/* A number that is another after each commit, after whatever was said of targets, alerts and objectives, and whenever
 * the clock of the answers moved: what was answered between two calls that gave the same number would be answered so
 * again, to whoever sees the same. For keeping answers. Unlike in all of a program's workspaces. Any thread; does not
 * wait. What lies in files (definitions, sources, rules) is not in it. */
ATTAIN_API uint64_t attain_state(AttainWorkspace *workspace);

/* --- long work --- */

typedef struct {
  bool is_busy;     /* somebody writes, or reads the database for an answer */
  const char *what; /* the function's name without attain_: load, lint, alert_test …; static; NULL when not busy */
  double share;     /* of its running statement done, from 0 to 1; -1: not known */
  double seconds;   /* since it began */
  bool is_own;      /* by a call with this handle */
} AttainProgress;

/* What a workspace is doing, for a bar or a status page. Any thread; does not wait. */
ATTAIN_API void attain_progress(AttainWorkspace *workspace, AttainProgress *progress);
/* Ends what another thread is doing in the workspace (a load, a check, a replay …), which then fails with CANCELLED and
 * changes nothing; of a load of several sources those that were committed stay. Returns when it has ended. What is over
 * meanwhile, or is being sent to a receiver, is not cut short. False: nobody was busy. Any thread that holds nothing;
 * not from a callback. */
ATTAIN_API bool attain_cancel(AttainWorkspace *workspace);
/* Ends what is done with a handle of attain_as_user(), _session() or _token(): the call that writes or reads the
 * database for it now, and each that would begin to from here on, fails with CANCELLED and changes nothing. What is
 * being committed together with other handles' records is not cut short. The handle is only to be left after that. Any
 * thread; returns when the call's turn has ended. Of the operator's handle nothing is ended. */
ATTAIN_API void attain_stop(AttainWorkspace *handle);

/* --- what is wrong --- */

/* Definitions, sources, alert rules and records, looked through as they are now on the disk and in the database, as the
 * JSON of `attain check --format json` (docs/output.md); give it back with attain_free(). Any thread, and within a
 * callback. Waits for a writer. Errors: INPUT of attain.yaml, IO. */
ATTAIN_API char *attain_check(AttainWorkspace *workspace, AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
