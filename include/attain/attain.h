/* libattain: sales KPIs from a company's records, inside another program.
 *
 *   open a workspace ─► ask ─► rows of figures            from any thread, any number at once
 *                       put, remove, load ─► a commit     one after the other; then every next answer has it
 *                       subscribe ─► told of each commit
 *
 * docs/library.md has a complete program. What a workspace, a KPI, a dimension, a period and a ledger table are is told
 * in the pages beside it.
 *
 * Threads: a workspace may be used by all threads at once, but for attain_open(), attain_close() and what a function's
 * own words exclude. Asking never waits for a writer and sees a commit whole or not at all. Answers, reports and errors
 * belong to one thread at a time.
 *
 * Errors: a function that can fail returns NULL or false and sets `error`, unless that is NULL. Nothing is changed
 * then, if its own words do not say otherwise. The library never prints, exits or changes signals.
 *
 * Ownership: what a function returns without `const` is the caller's, who gives it back with the function named; what
 * is const belongs to what it was asked of. Arguments are copied.
 *
 * Texts are UTF-8. Days are YYYY-MM-DD, in the organisation's time zone; instants are UTC, such as
 * 2026-11-21T09:30:00Z. The end of a period is the first day no longer in it. Money is in major units (euros, not
 * cents), of the organisation's currency in answers. Shares are from 0 to 1.
 *
 * Structs that are passed in begin as zeros: `AttainQuestion question = {.kpis = kpis};`. */
#ifndef ATTAIN_H
#define ATTAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ATTAIN_API __attribute__((visibility("default")))

/* --- errors --- */

typedef enum {
  ATTAIN_ERROR_NONE = 0,
  ATTAIN_ERROR_INPUT,     /* a text, file or record is wrong: mend it and try again */
  ATTAIN_ERROR_NOT_FOUND, /* a name that is not there; the message says which is near */
  ATTAIN_ERROR_LIMIT,     /* a cap was reached; the message names it */
  ATTAIN_ERROR_BUSY,      /* another process has the database */
  ATTAIN_ERROR_VERSION,   /* the database is of another version of Attain */
  ATTAIN_ERROR_IO,        /* disk, file or database */
  ATTAIN_ERROR_USAGE      /* the call makes no sense: options that contradict each other, a put from a callback */
} AttainErrorCode;

typedef struct {
  AttainErrorCode code;
  char *message; /* for people; NULL when there is none */
} AttainError;

/* Frees the message and makes it zeros again. An error is cleared before it is used for another call. */
ATTAIN_API void attain_error_clear(AttainError *error);

/* "0.1.0". Any thread. */
ATTAIN_API const char *attain_version(void);

/* Gives back a text that this library returned. NULL is nothing. */
ATTAIN_API void attain_free(void *text);

/* --- workspaces --- */

typedef struct AttainWorkspace AttainWorkspace;

typedef struct {
  bool read_only;           /* nothing can be put; other processes may read at the same time */
  const char *as_of;        /* the records as believed on a day (its end) or at an instant; implies read_only */
  const char *now;          /* the clock stands here, for tests; NULL: the system's */
  uint64_t max_cells_bytes; /* memory for cells that answers come from; 0: `limits: max_cells_mb` of attain.yaml, or 1
                               GiB. A question that needs more is answered from the records, and a note says so */
  bool alerts; /* judge the alert rules that a commit concerns in that commit; what they have to tell waits until
                  attain_alert_run() sends it */
} AttainOptions;

/* Opens the workspace that `folder` is in: the nearest attain.yaml, in it or above it. Its definitions are read once:
 * open it again when they were edited. `options` may be NULL. The database is made when there is none, unless it is
 * only read. One process has it to write, or several to read.
 * Errors: NOT_FOUND, INPUT of attain.yaml and definitions with file and line, BUSY, VERSION, IO. */
ATTAIN_API AttainWorkspace *attain_open(const char *folder, const AttainOptions *options, AttainError *error);

/* No other call may be under way, and every answer of it is to be freed before. NULL is nothing. */
ATTAIN_API void attain_close(AttainWorkspace *workspace);

/* Moves the clock, for tests: it stands at `now` from here on. NULL: the system's again. Not from a callback.
 * Errors: INPUT for what is no time, IO. */
ATTAIN_API bool attain_set_now(AttainWorkspace *workspace, const char *now, AttainError *error);

typedef struct {
  uint64_t n_cells;         /* of a group, measure and day, that are not empty; subtotals and totals are among them */
  uint64_t cells_bytes;     /* what they take; once something has changed there are two of each */
  uint64_t max_cells_bytes; /* the cap on cells_bytes */
  uint64_t put_bytes;       /* keys of the records there are, for puts; 0 before the first */
  uint64_t database_bytes;  /* the database's own memory */
} AttainMemory;

/* What the workspace takes in memory. Waits for a writer; not from a callback. Errors: USAGE, IO. */
ATTAIN_API bool attain_memory(AttainWorkspace *workspace, AttainMemory *memory, AttainError *error);

/* --- asking --- */

/* Lists end with NULL; a list or text that is NULL is not given. */
typedef struct {
  const char *const *kpis;  /* KPIs and views, by name */
  const char *role;         /* the KPIs of a role, too: manager, leader, rep, marketing, finance */
  const char *const *by;    /* dimensions, outermost first: rep, team, product, account.industry … */
  const char *const *where; /* conditions that must all hold: "region = 'North'" */
  const char *period;       /* 2026-Q3, last-12-months, 2026-01..2026-06 …; NULL: this quarter */
  const char *grain;        /* the period cut: day, week, month, quarter, year */
  const char *compare;      /* previous, year-ago */
  const char *rates_of;     /* constant currency: the exchange rates of this day */
  bool credit_now;          /* owners and teams as they are now, not as at the event */
} AttainQuestion;

typedef enum {
  ATTAIN_MISSING_RATES = 1 << 0,
  ATTAIN_BEFORE_DATA = 1 << 1,
  ATTAIN_NO_DIMENSION = 1 << 2,
  ATTAIN_NO_DATA = 1 << 3,
  ATTAIN_DEFINITION_CHANGED = 1 << 4,
  ATTAIN_RUNNING = 1 << 5,
  ATTAIN_IMMATURE = 1 << 6,
  ATTAIN_CUT = 1 << 7
} AttainFlag; /* docs/output.md says what they mean */

typedef struct {
  bool has_value; /* false: a rate of nothing, a day before the first record. That is not 0 */
  double value;   /* in the KPI's unit */
  int64_t n;      /* records it rests on */
  bool has_parts; /* of a ratio: */
  double numerator;
  double denominator;
  bool has_interval; /* 95 %: */
  double low;
  double high;
  uint32_t flags;          /* of AttainFlag */
  int64_t n_missing_rates; /* amounts that are not in it, for want of an exchange rate */
} AttainFigures;

typedef struct {
  const char *name;  /* 2026-Q3 */
  const char *start; /* 2026-07-01 */
  const char *end;   /* 2026-10-01 */
} AttainPeriod;

typedef struct {
  const char *kpi;
  const char *title;          /* of the KPI, for people */
  const char *unit;           /* ratio, count, money, days, number, or the unit that the KPI shows itself in */
  size_t n_members;           /* of a total fewer than the dimensions */
  const char *const *members; /* names, one a dimension; NULL: records that have none */
  AttainPeriod period;
  AttainFigures figures;
  bool has_compared; /* with `compare`: */
  AttainPeriod compared_period;
  AttainFigures compared;
  bool has_whole_period; /* while the period runs it is compared with as much of the other; this is all of it */
  double whole_period_value;
} AttainRow;

typedef struct AttainAnswer AttainAnswer;

/* Any thread, also within a callback. Errors: USAGE, NOT_FOUND for a name, INPUT for a period or condition, LIMIT, IO.
 * Give it back with attain_answer_free(), before the workspace is closed. */
ATTAIN_API AttainAnswer *attain_ask(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error);
ATTAIN_API void attain_answer_free(AttainAnswer *answer);

/* The members' rows: by member, then KPI, then period. Without a dimension: the totals. NULL past the last. */
ATTAIN_API size_t attain_answer_n_rows(const AttainAnswer *answer);
ATTAIN_API const AttainRow *attain_answer_row(const AttainAnswer *answer, size_t index);
/* Totals and subtotals beside them, each computed anew from its parts. NULL past the last. */
ATTAIN_API size_t attain_answer_n_totals(const AttainAnswer *answer);
ATTAIN_API const AttainRow *attain_answer_total(const AttainAnswer *answer, size_t index);
/* Names of the dimensions; sentences to show beside the numbers; members left out, for they have no records. Each ends
 * with NULL. */
ATTAIN_API const char *const *attain_answer_dimensions(const AttainAnswer *answer);
ATTAIN_API const char *const *attain_answer_notes(const AttainAnswer *answer);
ATTAIN_API const char *const *attain_answer_without_records(const AttainAnswer *answer);
ATTAIN_API const char *attain_answer_currency(const AttainAnswer *answer);
/* The commit: the number of the last load, put or removal that is in it, and when that was. 0 and NULL: there was none
 * yet. */
ATTAIN_API int64_t attain_answer_load(const AttainAnswer *answer);
ATTAIN_API const char *attain_answer_loaded_at(const AttainAnswer *answer);
/* The clock by which it was answered: that of the commit, and at most a minute old. */
ATTAIN_API const char *attain_answer_as_of(const AttainAnswer *answer);
/* All of it as the JSON of `attain show --format json` (docs/output.md); give it back with attain_free(). */
ATTAIN_API char *attain_answer_json(const AttainAnswer *answer);
/* "running", …; NULL for what is no flag. */
ATTAIN_API const char *attain_flag_name(AttainFlag flag);

/* --- alerts --- */

/* Judges all alert rules at the clock and sends what is due, as `attain alert run` does; a program calls it every few
 * minutes. Returns what followed as that command's JSON (docs/alerts.md); give it back with attain_free(). Writers wait
 * while it sends. Not from a callback. Errors: INPUT of the rules, USAGE where the workspace is read only, IO. */
ATTAIN_API char *attain_alert_run(AttainWorkspace *workspace, AttainError *error);

/* --- scorecards --- */

/* Lists end with NULL; a list or text that is NULL is not given. */
typedef struct {
  const char *who;            /* company, team:North, "rep:Ana Silva", or a name that only one has; NULL: company */
  const char *role;           /* the KPIs of a role; NULL: of whoever is in the rows, unless `kpis` names some */
  const char *const *kpis;    /* these, and always those of which somebody on it has a target */
  const char *const *by;      /* rows below: at most two dimensions, outermost first */
  const char *const *weights; /* "revenue=3"; attain.yaml's count beside them */
  const char *period;         /* NULL: this quarter */
  unsigned n_trend;           /* periods before it; 0: as usual for its length */
} AttainScorecardQuestion;

/* KPIs with target, attainment, pace, chance, trend and score, as the JSON of `attain scorecard --format json`
 * (docs/scorecards.md); give it back with attain_free(). All of it is of one commit. Any thread, and within a callback:
 * of the commit that it tells of. Waits for a writer. `question` may be NULL. Errors: USAGE, NOT_FOUND for a name,
 * INPUT for a period or weight, LIMIT, IO. */
ATTAIN_API char *attain_scorecard(AttainWorkspace *workspace, const AttainScorecardQuestion *question,
                                  AttainError *error);

typedef struct {
  const char *who; /* company, team:North, "rep:Ana Silva"; "rep:" of all reps; NULL: anybody's */
  const char *kpi; /* NULL: any */
  bool all;        /* those that have ended, were declined or withdrawn, too */
} AttainTargetsWanted;

/* Where targets stand and what will become of them, as the JSON of `attain target --format json` (docs/targets.md);
 * give it back with attain_free(). All of it is of one commit. Any thread, and within a callback: of the commit that it
 * tells of. Waits for a writer. `wanted` may be NULL. Errors: USAGE, NOT_FOUND for a name, IO. */
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

/* --- changing the ledger --- */

typedef struct {
  size_t record; /* its place among those given, from 0 */
  const char *id;
  const char *reason; /* for people: "amount: \"ten\" is no amount" */
} AttainRejected;

typedef struct {
  int64_t load; /* the number of the commit; 0 when nothing was changed. Of several sources: the last */
  int64_t n_new;
  int64_t n_changed;
  int64_t n_unchanged;
  int64_t n_removed;              /* or closed: a full extract has them no more */
  int64_t n_rejected;             /* kept out. Of a load, `attain check` lists them */
  const AttainRejected *rejected; /* of a put or removal: n_rejected, by their place; of a load NULL */
} AttainReport;

ATTAIN_API void attain_report_free(AttainReport *report);

typedef struct {
  const char *source; /* whose ids the records have; NULL: the workspace's only source, or "put" where it has none */
  const char *references; /* whose ids they refer to; NULL: the same */
  bool all_or_nothing;    /* when one record is kept out, all are: the report then says why, with `load` 0 */
} AttainPutOptions;

/* Puts records into a table of the ledger (docs/ledger.md), in one commit that is on the disk when this returns and in
 * every answer asked after it. `records`: JSON, an object or an array of at most 10,000, each with `id` and the same
 * columns. What is known by its id gets a new version, of which the columns not given stay as they are and null empties
 * one; what is not known is new. A record that is bad is kept out with its reason and stops none of the others.
 * Amounts are in major units of the record's `currency`, durations in seconds, references are ids.
 * A source whose files are full extracts closes at its next load what its files do not have: give records that are in
 * no file a source of their own.
 * `options` and `report` may be NULL; free the report with attain_report_free(). Not from a callback. Waits for other
 * writers. Errors: NOT_FOUND for a table or column, INPUT, LIMIT, USAGE when only read, IO. */
ATTAIN_API bool attain_put(AttainWorkspace *workspace, const char *table, const char *records,
                           const AttainPutOptions *options, AttainReport **report, AttainError *error);

/* Takes records of a fact out, by their ids (ends with NULL); their versions stay in the history. People, accounts and
 * other dimensions stay. An id that is not there is in the report. Otherwise as attain_put(). */
ATTAIN_API bool attain_remove(AttainWorkspace *workspace, const char *table, const char *const *ids,
                              const AttainPutOptions *options, AttainReport **report, AttainError *error);

/* Loads the files of a source, or of all where `source` is NULL, as `attain load` does: a commit a source. Where one of
 * several fails the others are loaded all the same; the error then says which failed, and the report counts the others.
 * Otherwise as attain_put(). */
ATTAIN_API bool attain_load(AttainWorkspace *workspace, const char *source, AttainReport **report, AttainError *error);

/* --- being told --- */

typedef struct {
  int64_t load;
  const char *source;
  size_t n_tables;           /* 0: only what was rejected or read changed */
  const char *const *tables; /* ledger tables whose records changed; what is made from them is not named */
} AttainChange;

/* Called after each commit of this workspace object, in the thread that made it, before that call returns; answers have
 * the commit by then. `change` lives as long as the call. It may ask, subscribe and unsubscribe; it must not put,
 * remove, load or close. */
typedef void (*AttainCallback)(const AttainChange *change, void *user_data);

/* Returns a number for attain_unsubscribe(), never 0. */
ATTAIN_API uint64_t attain_subscribe(AttainWorkspace *workspace, AttainCallback callback, void *user_data);
/* When it returns, the callback is not running and will not be called again; within a callback: not again. */
ATTAIN_API void attain_unsubscribe(AttainWorkspace *workspace, uint64_t subscription);

#ifdef __cplusplus
}
#endif
#endif
