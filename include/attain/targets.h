/* Targets in libattain: where they stand, what is said of them, grids, parts, suggestions, objectives; scorecards.
 * Included by attain/attain.h, which says what holds for all functions. */
#ifndef ATTAIN_TARGETS_H
#define ATTAIN_TARGETS_H

#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- where they stand, and what is said of them --- */

typedef struct {
  const char *who; /* company, team:North, "rep:Ana Silva"; "rep:" of all reps; NULL: anybody's */
  const char *kpi; /* NULL: any */
  bool all;        /* those that have ended, were declined or withdrawn, too */
  int64_t target; /* the number of one: this one alone, with its versions and all that was said of it. 0: those above */
} AttainTargetsWanted;

/* Where targets stand and what will become of them, as the JSON of `attain target --format json`, of one that of
 * `attain target show` (docs/targets.md); give it back with attain_free(). All of it is of one commit. Any thread, and
 * within a callback: of the commit that it tells of. Waits for a writer. `wanted` may be NULL. Errors: USAGE, NOT_FOUND
 * for a name, IO. */
ATTAIN_API char *attain_targets(AttainWorkspace *workspace, const AttainTargetsWanted *wanted, AttainError *error);

typedef struct {
  const char *act;       /* set or propose: a new target; counter, adjust, accept, decline, withdraw, comment: of one */
  int64_t target;        /* the number of the one it is about; 0 of a new one */
  const char *sentence;  /* of set, propose, counter and adjust: "reach 120k revenue next quarter" */
  const char *who;       /* as in AttainTargetsWanted; "rep:" for each rep; NULL where the sentence says it */
  const char *objective; /* its name; NULL: the one that names the KPI */
  const char *spread;    /* working-days, days, last-year, by-hand; NULL: working-days */
  const char *parts;     /* by hand: "80000,100000,120000" for the months of its days, or the weeks of a month */
  const char *from;      /* YYYY-MM-DD, from which an adjusted one holds; NULL: today */
  const char *author;    /* who says it */
  const char *reason;
  bool dry_run; /* of set and propose: only what is understood, with what is missing by the letters of SMART */
} AttainTargetSaying;

/* Says something about targets, as the commands `attain target set`, `propose`, `counter` … do; nothing is overwritten.
 * Gives a JSON object with `targets`, the ones it was said of (target, act, state and terms); of a dry run that of
 * `attain target set --dry-run --format json`. Give it back with attain_free(). Not from a callback. Errors: USAGE,
 * INPUT for a sentence that is no target yet (the message asks for what it lacks) or may not be said now, NOT_FOUND,
 * IO.
 */
ATTAIN_API char *attain_target_say(AttainWorkspace *workspace, const AttainTargetSaying *saying, AttainError *error);

/* --- grids --- */

typedef struct {
  const char *kpi;
  const char *by;     /* members down; NULL: rep */
  const char *period; /* NULL: this-year */
  const char *grain;  /* its columns: week, month, quarter, year; NULL: month */
  const char *file;   /* written there, too, in the form that comes back: a name .xlsx or .csv; or NULL */
} AttainGridQuestion;

/* Targets as a grid, members down and periods across, as the JSON of `attain target grid --format json`
 * (docs/targets.md); give it back with attain_free(). Any thread, and within a callback. Waits for a writer. Errors:
 * USAGE, NOT_FOUND, INPUT for a period, IO. */
ATTAIN_API char *attain_target_grid(AttainWorkspace *workspace, const AttainGridQuestion *question, AttainError *error);

typedef struct {
  const char *file;  /* an xlsx or CSV file, in the form that a grid goes out */
  const void *bytes; /* or what would be in one, */
  size_t n_bytes;    /* so many of them: an upload, a text made of cells */
  const char *sheet; /* of a workbook; NULL: its first */
  const char *author;
  const char *reason; /* a cell that changes a target needs one */
  bool dry_run;       /* only what would change */
} AttainGridTaking;

/* Takes a grid that comes back: what is new is set, what is other is adjusted, an empty cell says nothing. All of it or
 * nothing. Gives the grid with the state of each cell (same, new, changed; `before`) as attain_target_grid() does; of a
 * dry run `kept` is false. Not from a callback, but for a dry run. Errors: INPUT with a line for each wrong cell, "B3:
 * …", USAGE, NOT_FOUND, LIMIT, IO. */
ATTAIN_API char *attain_target_grid_take(AttainWorkspace *workspace, const AttainGridTaking *taking,
                                         AttainError *error);

/* --- handing down --- */

typedef struct {
  int64_t target;            /* its number */
  const char *to;            /* to each rep, team, region, manager or level of teams */
  const char *by;            /* capacity, history, equal, shares; NULL: capacity, or shares where there are any */
  const char *const *shares; /* "Ana Silva=60"; who has none gets nothing */
  const char *over;          /* hand out so many percent more than there is: "10" */
  bool propose;              /* the parts are proposed, for each to accept */
  const char *author;
  const char *reason;
  bool dry_run; /* only what the parts come to */
} AttainHanding;

/* Hands an agreed target down; the parts come to the whole to the last unit. All of them or none. Gives the JSON of
 * `attain target cascade --format json` (docs/targets.md); give it back with attain_free(). Not from a callback, but
 * for a dry run. Errors: USAGE, NOT_FOUND, INPUT for one that is not agreed, shares that are none, a target that a part
 * overlaps; IO. */
ATTAIN_API char *attain_target_cascade(AttainWorkspace *workspace, const AttainHanding *handing, AttainError *error);

/* --- what is within reach --- */

/* Amounts that half, three and one of ten such periods reach, and what each asks of the KPIs that drive it, as the JSON
 * of `attain target suggest --format json` (docs/targets.md); give it back with attain_free(). `who`: as in
 * AttainTargetsWanted, "rep:" of each rep; NULL: the company. `period` NULL: next-quarter. Any thread, and within a
 * callback. Waits for a writer. Errors: USAGE, NOT_FOUND, INPUT for a period that has ended, IO. */
ATTAIN_API char *attain_target_suggest(AttainWorkspace *workspace, const char *kpi, const char *who, const char *period,
                                       AttainError *error);

/* --- objectives --- */

/* What targets are for, with the targets that serve each, objectives without targets and targets without objective, as
 * the JSON of `attain objective --format json` (docs/targets.md); give it back with attain_free(). Any thread, and
 * within a callback. Waits for a writer. Errors: IO. */
ATTAIN_API char *attain_objectives(AttainWorkspace *workspace, AttainError *error);

typedef struct {
  const char *name;        /* one of that name is changed, else it is made */
  const char *about;       /* what is meant by it; NULL: as it was */
  const char *const *kpis; /* that tell whether it is reached; NULL: as they were */
  const char *author;
  bool end; /* it is no longer an objective */
} AttainObjective;

/* Makes an objective or changes one; gives it as the JSON of `attain objective set --format json`; give it back with
 * attain_free(). Not from a callback. Errors: USAGE, NOT_FOUND for a KPI, IO. */
ATTAIN_API char *attain_objective_set(AttainWorkspace *workspace, const AttainObjective *objective, AttainError *error);

/* --- scorecards --- */

/* Lists end with NULL; a list or text that is NULL is not given. */
typedef struct {
  const char *who;          /* company, team:North, "rep:Ana Silva", or a name that only one has; NULL: company */
  const char *role;         /* the KPIs of a role; NULL: of whoever is in the rows, unless `kpis` names some */
  const char *const *kpis;  /* these, and always those of which somebody on it has a target */
  const char *const *by;    /* rows below: at most two dimensions, outermost first */
  const char *const *where; /* conditions that must all hold, and fit every KPI on it; targets are then left out, being
                               of all records */
  const char *compare;      /* previous, year-ago; NULL: previous */
  const char *const *weights; /* "revenue=3"; attain.yaml's count beside them */
  const char *period;         /* NULL: this quarter */
  unsigned n_trend;           /* periods before it; 0: as usual for its length */
  const char *reader;         /* as in AttainQuestion */
} AttainScorecardQuestion;

/* KPIs with target, attainment, pace, chance, trend and score, as the JSON of `attain scorecard --format json`
 * (docs/scorecards.md); give it back with attain_free(). All of it is of one commit. Any thread, and within a callback:
 * of the commit that it tells of. Waits for a writer. `question` may be NULL. Errors: USAGE, NOT_FOUND for a name,
 * INPUT for a period or weight, LIMIT, IO. */
ATTAIN_API char *attain_scorecard(AttainWorkspace *workspace, const AttainScorecardQuestion *question,
                                  AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
