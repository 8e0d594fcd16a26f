/* `attain show`'s answer as it is shown, in every form: which members in which order, with how many decimals, and what
 * is said beside it. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"

typedef struct {
  const Session *session;
  const QueryResult *result;
  gboolean compared;
  gboolean sorted;  /* by the first figure: members then stand without their subtotals */
  guint per_member; /* rows of the answer for one member */
  guint *members;   /* the first row of each member shown, in order */
  guint n_members, n_left_out;
  int *decimals;       /* by KPI, of its money */
  const KpiView *view; /* all of it is a view, or NULL */
  GPtrArray *notes;    /* char *: those of the answer, and what it rests on */
  QueryLoad load;      /* the last that is in it; number -1: not known */
} Shown;

/* `result` and `session` must outlive it. `top` > 0 keeps so many members, sorted by the first figure. */
void shown_init(Shown *shown, const Session *session, const QueryResult *result, gboolean compared, gboolean by_value,
                guint top);
void shown_clear(Shown *shown);
/* What a KPI is called in the answer; in "Pipeline waterfall", "Pipeline waterfall, start" is "Start". Free it. */
char *show_view_title(const Shown *shown, guint kpi);
/* Says whether the view's identity holds in what is shown. */
void shown_set_view(Shown *shown, const KpiView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shown, shown_clear)

void show_json(const Shown *shown, FILE *out);
/* value, n, numerator, denominator, low, high: into the object that is open. */
void show_json_figures(CliJson *json, const QueryValue *value);
void show_csv(const Shown *shown, FILE *out);
CliTable *show_table(const Shown *shown); /* for people */
