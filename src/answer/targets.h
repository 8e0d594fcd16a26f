/* Targets as they are shown: where they stand, in a table and as JSON. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"
#include "pace/pace.h"
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
/* One of `targets` with its standing and what will become of it; `whole`: with all versions and all that was said. */
void answer_target_json(CliJson *json, const Session *session, const TargetStanding *standing,
                        const PaceForecast *forecast, const GPtrArray *targets, const GPtrArray *objectives,
                        gboolean whole);
/* Where targets stand (TargetStanding) and what will become of them (PaceForecast, in their order), one a row. */
CliTable *answer_targets_table(const Session *session, const GArray *standings, const GArray *forecasts);
/* Where one stands and what will become of it, in sentences a manager would say; caller frees. */
char *answer_target_words(const Session *session, const TargetStanding *standing, const PaceForecast *forecast);
