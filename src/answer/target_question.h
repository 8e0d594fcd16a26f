/* Which targets are asked for, and all of them as JSON: what the command line and the library share. */
#pragma once

#include "answer/targets.h"

#include <stdio.h>

typedef struct {
  const char *who; /* company, team:North, "rep:Ana Silva"; "rep:" of all reps; NULL: anybody's */
  const char *kpi; /* NULL: any */
  gboolean all;    /* those that have ended, were declined or withdrawn, too */
} AnswerTargetsWanted;

/* Those of `targets` that are wanted, in their order; they stay their array's. Caller frees the array. Errors:
 * NOT_FOUND, USAGE of `who`, NOT_FOUND of `kpi`. */
GPtrArray *answer_targets_choose(const Session *session, const GPtrArray *targets, const AnswerTargetsWanted *wanted,
                                 GError **error);

/* What groups come to by their members' targets (TargetDerived), of `wanted`'s group, else of the company and the
 * teams; their targets are added to `chosen`, behind the others. Caller frees the array and keeps it as long as
 * `chosen`. Errors: NOT_FOUND, USAGE of `who`; those of target_derive(). */
GPtrArray *answer_targets_derive(const Session *session, const TargetDesk *desk, const GPtrArray *targets,
                                 const AnswerTargetsWanted *wanted, GPtrArray *chosen, GError **error);

/* A document with `targets` and `as_of`: where each of `standings` stands and what will become of it (`forecasts`, in
 * their order). `targets` are all there are, for what was handed down of each; `derived` as of answer_targets_derive(),
 * NULL: none of them is. */
void answer_targets_json(FILE *out, const Session *session, const GArray *standings, const GArray *forecasts,
                         const GPtrArray *targets, const GPtrArray *derived, const GPtrArray *objectives,
                         gboolean whole);
