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

/* Takes out what is older than policy.yaml's `retention` says: refused rows, and entries of the audit log from its
 * beginning. No records go, and no KPI changes. `dry_run` changes nothing. Gives JSON of what went, for attain_free().
 * Needs MANAGE. Errors: INPUT where the audit log was changed, USAGE where the workspace is only read, IO: nothing was
 * changed. */
ATTAIN_API char *attain_tidy(AttainWorkspace *workspace, bool dry_run, AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
