/* Erasing a person, and tidying, in libattain. Included by attain/attain.h, which says what holds for all functions.
 * docs/operations.md says what goes, what stays, and what is left for the operator to do. */
#ifndef ATTAIN_ERASING_H
#define ATTAIN_ERASING_H

#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char *who;         /* a name, an e-mail address, an id, or "source/id" */
  const char *table;       /* person (also NULL), account or lead */
  const char *const *also; /* more that texts call them; ends with NULL; may be NULL */
  bool dry_run;            /* says what would change, and changes nothing */
  const char *confirm;     /* as a dry run gave it: somebody else is not erased instead; NULL: not asked for */
} AttainErasure;

/* Takes somebody's names out of all that the database holds, past and present, ends their sign-in, writes the file anew
 * without them and keeps the sums. Gives JSON of what changed, for attain_free(). Subscribers are told of a person as
 * of a change of `person` under the number of the last commit. Needs MANAGE. Errors: NOT_FOUND, INPUT where several are
 * meant or `confirm` is another's, USAGE where the workspace is only read, IO: nothing was changed. */
ATTAIN_API char *attain_erase(AttainWorkspace *workspace, const AttainErasure *erasure, AttainError *error);
/* How often somebody was erased since the workspace was opened: who keeps answers lets those of before go. Any thread;
 * does not wait. */
ATTAIN_API uint64_t attain_erasures(const AttainWorkspace *workspace);

/* Takes out what is older than policy.yaml's `retention` says: refused rows, events of alerts, ended tokens, and
 * entries of the audit log from its beginning. Piece by piece: others write in between. No records go, and no KPI
 * changes. `dry_run` changes nothing. Gives JSON of what went, for attain_free(). Needs MANAGE. Errors: INPUT where the
 * audit log was changed, USAGE where the workspace is only read, IO: nothing more was changed. */
ATTAIN_API char *attain_tidy(AttainWorkspace *workspace, bool dry_run, AttainError *error);

typedef struct {
  uint64_t n_gone; /* rows, if it was time */
  int64_t wait_us; /* until the next time; -1: it does not come, for the clock stands still */
} AttainTidyDay;

/* For a thread that does nothing else: tidies once a day, three hours after the day began in the company's time zone,
 * and says when it is to be called again. `*due_us` is 0 before the first call, and belongs to this function from then
 * on. `is_over` (or NULL), set by any thread, lets it begin no further piece. Needs MANAGE. Errors: as attain_tidy();
 * it is not tried again before the next day. */
ATTAIN_API bool attain_tidy_daily(AttainWorkspace *workspace, const int *is_over, int64_t *due_us, AttainTidyDay *day,
                                  AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
