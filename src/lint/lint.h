/* What is wrong with a workspace's KPIs, targets and records: the mistakes of the field, each with the evidence of this
 * workspace and a remedy.
 *
 *   definitions, targets, objectives ─► rules of the set     ┐
 *   records, their versions and times ─► rules of gaming     ├─► findings
 *   what was looked at (usage.h)      ─► unused KPIs         ┘
 *
 * Rules about people's records only speak beyond chance: over all people of a workspace one of them says something
 * false in at most one run of a thousand (LINT_ALPHA), where records arise as its null says. docs/lint.md has the
 * nulls. */
#pragma once

#include "pace/pace.h"
#include "target/members.h"

#define LINT_ALPHA       0.001
#define LINT_MAX_RECORDS 5

typedef enum { LINT_NOTE, LINT_WARNING, LINT_SERIOUS } LintSeverity;
/* "note", "warning", "serious". */
const char *lint_severity_name(LintSeverity severity);

typedef struct {
  const char *name; /* static: "wins", "share", "expected_share" */
  double value;     /* a count, a share from 0 to 1, days: as the name says */
} LintFigure;

typedef struct {
  const char *table; /* static: "opportunity"; "kpi" and "target" for what is no record */
  char *id;
  char *about; /* what of it is remarkable */
} LintRecord;

typedef struct {
  const char *rule; /* static */
  LintSeverity severity;
  char *subject;  /* "rep:Ana Silva", "win_rate", "target 3", "company" */
  char *evidence; /* sentences with the numbers */
  char *remedy;   /* a sentence */
  GArray *figures;
  GPtrArray *records; /* LintRecord, at most LINT_MAX_RECORDS */
} LintFinding;

typedef struct {
  const QueryContext *context;
  const char *usage_file; /* lint_usage_file(); NULL: nothing was kept */
} LintDesk;

typedef struct {
  GPtrArray *findings; /* LintFinding, the grave first */
  guint n_rules;       /* that looked */
  guint n_ignored;     /* findings that attain.yaml silences */
  BaseDay latest;      /* when the last record happened by the clock; BASE_DAY_NONE: there is none */
} LintReport;

typedef struct {
  const char *name;
  LintSeverity severity; /* the usual one */
  const char *about;     /* what is looked for, in a sentence */
} LintRule;

const LintRule *lint_rules(guint *n_rules);

/* `only`: rules' names, NULL-terminated; NULL or empty: all. Errors: NOT_FOUND for a name that is no rule, here or in
 * attain.yaml; those of the database. */
gboolean lint_run(const LintDesk *desk, const char *const *only, LintReport *report, GError **error);
void lint_report_clear(LintReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LintReport, lint_report_clear)
