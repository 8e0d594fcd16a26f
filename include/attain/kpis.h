/* KPIs themselves in libattain: definitions, mistakes in the set of them, the few that serve a goal. Included by
 * attain/attain.h, which says what holds for all functions. */
#ifndef ATTAIN_KPIS_H
#define ATTAIN_KPIS_H

#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- definitions --- */

typedef struct {
  const char *const *names; /* these, in their order; NULL: all that fit the rest, by category */
  const char *role;         /* the set of a role: manager, leader, rep, marketing, finance */
  const char *business;     /* what fits one kind of business: b2b, saas, retail, agency */
  const char *category;     /* financial, pipeline, activity, customer, marketing, service, people */
} AttainKpisWanted;

/* KPIs with their questions, formulas, traps and how many records they have, and the views, as the JSON of `attain kpis
 * --format json` (docs/output.md); give it back with attain_free(). `wanted` may be NULL. Any thread, and within a
 * callback. Waits for a writer. Errors: NOT_FOUND for a name, IO. */
ATTAIN_API char *attain_kpis(AttainWorkspace *workspace, const AttainKpisWanted *wanted, AttainError *error);

/* --- the set of KPIs itself --- */

/* Mistakes in the set of KPIs, targets and records, with evidence and remedy, as the JSON of `attain lint --format
 * json` (docs/lint.md). `rules` (ends with NULL): only these; NULL: all. Otherwise as attain_kpis(). */
ATTAIN_API char *attain_lint(AttainWorkspace *workspace, const char *const *rules, AttainError *error);
/* The rules there are and what each looks for, as the JSON of `attain lint --rules --format json`; give it back with
 * attain_free(). Any thread. */
ATTAIN_API char *attain_lint_rules(void);
/* The few KPIs that serve a goal, with the data that each needs, as the JSON of `attain choose --goal GOAL --format
 * json` (docs/lint.md). `goal`: its name, or what is wanted in words; NULL: the goals there are. Otherwise as
 * attain_kpis(). */
ATTAIN_API char *attain_choose(AttainWorkspace *workspace, const char *goal, AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
