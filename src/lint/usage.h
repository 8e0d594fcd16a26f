/* Who looked at which KPI last: a small file beside the database, NAME.usage, one line for each KPI and person.
 *
 *   since<TAB>2026-11-20
 *   revenue<TAB>ana<TAB>2026-11-20
 *
 * It is written at most once a day for each of them, by whoever asks; where it cannot be written nothing is said of it,
 * for asking must not fail. Nothing but the KPI, the user's name and the day is kept. */
#pragma once

#include "base/day.h"

#include <glib.h>

/* Of a database's path; caller frees. */
char *lint_usage_file(const char *database);

/* Says that somebody looked at KPIs on a day. `kpis` ends with NULL. */
void lint_usage_note(const char *file, const char *const *kpis, const char *who, BaseDay day);

typedef struct LintUsage LintUsage;
/* NULL where there is none, or none that can be read. Lines that are none are passed over. */
LintUsage *lint_usage_read(const char *file);
void lint_usage_free(LintUsage *usage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintUsage, lint_usage_free)
/* From when on it is known; BASE_DAY_NONE: it is not. */
BaseDay lint_usage_since(const LintUsage *usage);
/* The last day on which anybody looked at a KPI, and who (caller frees; may be NULL); BASE_DAY_NONE: never. */
BaseDay lint_usage_last(const LintUsage *usage, const char *kpi, char **who);
