/* What a group is to reach by its members: where a team, region or the company has no target of its own of a KPI that
 * adds up and its members have, theirs are added up.
 *
 *   members' targets of one KPI and span ─► amounts; of who was elsewhere, too, by their working days in the group
 *                                                                         ▼
 *                          one target of the group, held against the group's own actual like any other
 *
 * Of levels below (a region's teams, its people) the one counts whose targets cover most working days, the higher of
 * two alike, so nothing is counted twice. Nobody said such a target: it has number 0 and is nowhere kept. */
#pragma once

#include "target/standing.h"

typedef struct {
  Target *target;        /* of the group, in force: the sum */
  const char *dimension; /* of the members: "rep", "team"; interned */
  GArray *numbers;       /* gint64: the members' targets, by number */
  GPtrArray *members;    /* char *: who has one of them, by name */
  GPtrArray *in_part;    /* char *: of these, who counts by a part of their days, being elsewhere on the others */
  GPtrArray *without;    /* char *: who carries targets there and has none of it, by name */
} TargetDerived;

typedef struct {
  const char *dimension; /* company, team, region, manager, a level of teams */
  const char *member;    /* NULL: each of them */
  const char *kpi;       /* NULL: any */
  BaseDay ends_after;    /* of spans that end after this day */
} TargetDeriveRequest;

/* Of `targets`, which are all there are: by KPI, span and group. A group has none where it has a target of its own of
 * the KPI on some of the days, where its members' targets do not go the same way, or are not of the very same span.
 * Caller frees the array of TargetDerived. Errors: those of the questions for baselines and last year's shape. */
GPtrArray *target_derive(const TargetDesk *desk, const GPtrArray *targets, const TargetDeriveRequest *request,
                         GError **error);
/* Several of one group and KPI, of spans behind one another, as one without a target; to be freed. */
TargetDerived *target_derived_together(const GPtrArray *derived);
void target_derived_free(TargetDerived *derived);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TargetDerived, target_derived_free)
/* "North has no target of revenue of its own: …", with whose are added up and who has none; caller frees. */
char *target_derived_words(const TargetDerived *derived, const char *who, const char *kpi);
/* An empty array, to gather those of several questions in. */
GPtrArray *target_derived_array(void);
/* The one that `target` is of; NULL: it was said by somebody. */
const TargetDerived *target_derived_of(const GPtrArray *derived, const Target *target);
