/* A made-up ledger for the rules about records: 12 people over a year up to Friday, 20 November 2026, drawn by a seed
 * so that nobody plays any trick; and the statements that plant one. */
#pragma once

#include "company.h"
#include "lint/lint.h"

#define LEDGER_PEOPLE 12

/* Clean, but for what everybody honest does: Mondays are busier, days come in clumps, a tenth of the deals is entered
 * up to six days late. */
World ledger_clean(guint seed);
/* Of one rule; the caller clears the report. */
LintReport ledger_lint(const World *world, const char *rule);
/* The finding about somebody, or NULL. */
const LintFinding *ledger_about(const LintReport *report, const char *subject);
double ledger_figure(const LintFinding *finding, const char *name);
