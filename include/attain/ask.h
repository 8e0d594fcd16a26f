/* Questions of libattain: KPIs of members and periods, what they rest on, and how they were reported. Included by
 * attain/attain.h, which says what holds for all functions. */
#ifndef ATTAIN_ASK_H
#define ATTAIN_ASK_H

#include <attain/records.h>
#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

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
  const char *as_of;        /* the records as they were believed on a day (its end) or at an instant; NULL: now */
  bool credit_now;          /* owners and teams as they are now, not as at the event */
  bool by_value;            /* members by the first figure, the best first, and not by name */
  unsigned top;             /* only so many of them; totals are those of all. 0: all */
  const char *reader;       /* who looks: `attain lint` says which KPIs nobody does. NULL: it is not noted */
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

/* Any thread, also within a callback. With `as_of` the records are read, not cells: it waits for a writer, and writers
 * for it. Errors: USAGE, NOT_FOUND for a name, INPUT for a period or condition, LIMIT, IO.
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

/* --- what a number rests on --- */

/* These read the records themselves, not cells: they take what `attain explain` and `attain records` take. Any thread,
 * and within a callback. They wait for a writer, and writers for them. Of the question: no grain, no comparison.
 * Errors: as attain_ask(). */

/* How the first KPI's number came to be: its formula, how many records are in each measure and why others are not, as
 * the JSON of `attain explain --format json` (docs/output.md); give it back with attain_free(). */
ATTAIN_API char *attain_explain(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error);
/* The very records behind the first KPI's number, as the JSON of `attain records --format json`. `limit`: of a measure,
 * 0: 1,000; more is LIMIT, never a cut. Errors also: LIMIT. */
ATTAIN_API char *attain_records(AttainWorkspace *workspace, const AttainQuestion *question, unsigned limit,
                                AttainError *error);
/* A page of them, with `next`: the cursor of the page behind it, or null. `page` may be NULL; its `limit` 0: 1,000. A
 * list that is one page is by day; any other goes by id, so that a record that counts all the while is on one page and
 * only there, whatever is written between. Records of one id are not torn apart, also where they are more than `limit`.
 * `total` is of all pages. Errors also: INPUT for what is no cursor; LIMIT for more than 1,000,000 behind a measure. */
ATTAIN_API char *attain_records_page(AttainWorkspace *workspace, const AttainQuestion *question, const AttainPage *page,
                                     AttainError *error);

/* What restated numbers since a day (its end) or an instant: each KPI as it was believed then and as it is now, and
 * every record that counts otherwise, as the JSON of `attain records --changed-since SINCE --format json`. Of the
 * question: no grain, no comparison, no dimension, no `as_of`. */
ATTAIN_API char *attain_changes(AttainWorkspace *workspace, const AttainQuestion *question, const char *since,
                                AttainError *error);

/* What made the change of a KPI between a period and the one it is compared with (`compare`; NULL: previous): it is
 * split by the members of the question's one dimension, so that their effects and the rest come to the whole change. A
 * sum is split by its members' changes, a ratio or mean by rate and mix (Kitagawa 1955; docs/output.md says the
 * formula). As the JSON of `attain decompose --format json`; give it back with attain_free(). Of the question: one KPI,
 * one `by`, no grain. Any thread, and within a callback. Errors: as attain_ask(); INPUT also for a KPI whose value is
 * not made of its members', with the reason, and for periods without a value. */
ATTAIN_API char *attain_decompose(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error);

/* --- closed periods --- */

typedef struct {
  const char *period;      /* 2026-Q3; it must be over */
  const char *const *kpis; /* NULL: all that have data */
  const char *const *by;   /* beside the totals, by each of these; NULL: rep and team */
  const char *note;        /* why, or for whom; kept with it */
  bool again;              /* it was closed before: a new revision beside the old */
} AttainClosing;

/* Closes a period: keeps its numbers as they are now, and gives what was kept as the JSON of `attain snapshot PERIOD
 * --format json` (docs/output.md); give it back with attain_free(). Not from a callback. Errors: INPUT for a period
 * that runs, has nothing, or is closed and not `again`; USAGE, NOT_FOUND, IO. */
ATTAIN_API char *attain_close_period(AttainWorkspace *workspace, const AttainClosing *closing, AttainError *error);
/* Those closed, as the JSON of `attain snapshot --format json`. Otherwise as attain_explain(). */
ATTAIN_API char *attain_closed_periods(AttainWorkspace *workspace, AttainError *error);
/* Numbers as they were reported when the question's period was closed (NULL: the one closed last), beside what they are
 * now, as the JSON of `attain show --reported --format json`. Of the question: kpis (NULL: all that were kept), at most
 * one `by`, role. `revision`: the nth closing; 0: the last. Otherwise as attain_explain(). */
ATTAIN_API char *attain_reported(AttainWorkspace *workspace, const AttainQuestion *question, unsigned revision,
                                 AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
