/* What `attain lint` and `attain choose` have to say, as JSON. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"
#include "lint/goals.h"
#include "lint/lint.h"

void answer_lint_json(FILE *out, const Session *session, const LintReport *report);
void answer_lint_rules_json(FILE *out);

/* The names of a goal's KPIs, NULL at the end; caller frees the array. */
GPtrArray *answer_goal_kpis(const LintGoal *goal);
void answer_goals_json(FILE *out, const LintGoals *goals);
/* `said` is what was asked for; `exact`: the goal is so named. `choices`: LintChoice. */
void answer_choice_json(FILE *out, const LintGoal *goal, const char *said, gboolean exact, const GArray *choices);
/* Lines to run next, of the KPIs that have their records; caller frees. */
GPtrArray *answer_choice_commands(const LintGoal *goal, const GArray *choices);
