/* Targets as they are shown: where they stand, in a table and as JSON. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"
#include "pace/pace.h"
#include "target/derive.h"
#include "target/keep.h"
#include "target/sentence.h"
#include "target/standing.h"

/* What a sentence is heard with; `members` may be none. Nothing is owned. */
TargetHearing answer_hearing(const Session *session, const TargetMember *members, gsize n_members);

/* An amount in the terms' own words: "EUR 500,000", "10 %" of a change in percent; caller frees. */
char *answer_target_amount(const Session *session, const KpiDefinition *kpi, const TargetTerms *terms);

/* The members kpi, who, kind, amount, amount_high, unit, baseline, per, start, end: null for what is not there. */
void answer_terms_json(CliJson *json, const TargetTerms *terms);
/* A chance as people say it, "35 %", "under 1 %", "over 99 %"; "–" where there is none. Caller frees. */
char *answer_chance(const PaceForecast *forecast);
/* Where a target stands, what will become of it, and, of what nobody said, whose targets it is the sum of (or NULL). */
typedef struct {
  const TargetStanding *standing;
  const PaceForecast *forecast;
  const TargetDerived *derived;
} AnswerTarget;

/* One of `targets`, which are all there are; `whole`: with all versions and all that was said. */
void answer_target_json(CliJson *json, const Session *session, const AnswerTarget *shown, const GPtrArray *targets,
                        const GPtrArray *objectives, gboolean whole);
/* Whose targets a group's is the sum of; `null` of one of its own. */
void answer_derived_json(CliJson *json, const TargetDerived *derived);
/* Where targets stand (TargetStanding) and what will become of them (PaceForecast, in their order), one a row;
 * `derived` (TargetDerived) are those that are sums of members' targets, NULL: none is. */
CliTable *answer_targets_table(const Session *session, const GArray *standings, const GArray *forecasts,
                               const GPtrArray *derived);
/* Where one stands and what will become of it, in sentences a manager would say; caller frees. */
char *answer_target_words(const Session *session, const TargetStanding *standing, const PaceForecast *forecast);
