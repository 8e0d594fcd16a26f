/* Records that pile up on the last two working days of months, beyond chance.
 *
 * The null: of a month's working days each is as likely as any other of its weekday, weekdays being weighed by all
 * records of the workspace on days that are not last ones. Over the last 12 whole months a person has n records on
 * working days, k of them on last ones; p of n are due there. Records come in clumps (a day at the desk after one on
 * the road), so both counts are divided by the dispersion of the counts of the other days (Pearson's X² over its
 * degrees, at least 1), and held against the binomial tail; first over all months, then over those that end a quarter.
 *
 * Everybody together is looked at first. A person is held against the share of the others where that is more than
 * chance: what a whole company does is said once. */
#include "lint/lint_private.h"
#include "stats/stats.h"

#include <math.h>

#define N_MONTHS  12
#define LAST_DAYS 2
#define FACTOR    1.5 /* so many times what is due there, at least */
#define MIN_N     20
#define PRIOR_N   20.0 /* records by which a weekday counts as any other */

typedef struct {
  BaseDay start, end, last; /* last: the first of the last two working days */
  int n_days;
  int weekdays[31]; /* of its working days, 0 = Monday */
  gboolean ends_quarter;
} Month;

typedef struct {
  gboolean is_all;
  gint64 owner;
  char *name;
  double counts[N_MONTHS][31]; /* by working day of the month, from 0 */
} Tally;

typedef struct {
  double n, k, expected, dispersion;
  guint worst; /* month */
} Summary;

typedef struct {
  const char *what, *deeds; /* "wins", "deals won" */
  const char *by_day, *on, *table;
} Kind;

static void read_months(const Lint *lint, Month *months) {
  const Calendar *calendar = lint->context->calendar;
  CalendarPeriod now = calendar_period_at(calendar, CALENDAR_MONTH, lint->context->today);
  for (int m = 0; m < N_MONTHS; m++) {
    CalendarPeriod month = calendar_shift(calendar, &now, m - N_MONTHS);
    Month *into = &months[m];
    *into = (Month){.start = month.start, .end = month.end, .last = month.end};
    into->n_days = MIN(calendar_working_days(calendar, month.start, month.end), 31);
    while (into->last > month.start && calendar_working_days(calendar, into->last, month.end) < LAST_DAYS) into->last--;
    for (BaseDay day = month.start; day < month.end; day++) {
      int at = calendar_working_days(calendar, month.start, day);
      if (calendar_is_working_day(calendar, day) && at < 31) into->weekdays[at] = base_day_weekday(day) - 1;
    }
    into->ends_quarter = calendar_period_at(calendar, CALENDAR_QUARTER, month.start).end == month.end;
  }
}

static void free_tally(gpointer data) {
  g_free(((Tally *)data)->name);
  g_free(data);
}

static Tally *new_tally(GPtrArray *tallies, gboolean is_all, gint64 owner, const char *name) {
  Tally *tally = g_new0(Tally, 1);
  tally->is_all = is_all;
  tally->owner = owner;
  tally->name = g_strdup(name);
  g_ptr_array_add(tallies, tally);
  return tally;
}

static void count(const Lint *lint, const Month *months, Tally *tally, BaseDay day, double n) {
  for (guint m = 0; m < N_MONTHS; m++) {
    if (day < months[m].start || day >= months[m].end) continue;
    int at = calendar_working_days(lint->context->calendar, months[m].start, day);
    if (calendar_is_working_day(lint->context->calendar, day) && at < 31) tally->counts[m][at] += n;
  }
}

/* The first is everybody's, those without an owner among them. Rows come by owner. */
static GPtrArray *read_tallies(const Lint *lint, const Kind *kind, const Month *months, GError **error) {
  StoreValue span[] = {{.type = STORE_DAY, .integer = months[0].start},
                       {.type = STORE_DAY, .integer = months[N_MONTHS - 1].end}};
  g_autoptr(StoreRows) rows = lint_query(lint, kind->by_day, span, 2, error);
  if (!rows) return NULL;
  GPtrArray *tallies = g_ptr_array_new_with_free_func(free_tally);
  Tally *all = new_tally(tallies, TRUE, 0, "company"), *own = NULL;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    StoreValue owner = store_rows_value(rows, r, 0);
    BaseDay day = (BaseDay)store_rows_value(rows, r, 2).integer;
    double n = (double)store_rows_value(rows, r, 3).integer;
    count(lint, months, all, day, n);
    if (owner.type == STORE_NULL) continue;
    if (!own || own->owner != owner.integer) own = new_tally(tallies, FALSE, owner.integer, lint_text(rows, r, 1));
    count(lint, months, own, day, n);
  }
  return tallies;
}

/* How a day of each weekday compares with the mean of all, from everybody's days that are not last ones. */
static void weigh_weekdays(const Tally *all, const Month *months, double *weights) {
  double counts[7] = {0}, days[7] = {0}, n = 0, n_days = 0;
  for (guint m = 0; m < N_MONTHS; m++)
    for (int d = 0; d < months[m].n_days - LAST_DAYS; d++) {
      counts[months[m].weekdays[d]] += all->counts[m][d];
      days[months[m].weekdays[d]]++;
      n += all->counts[m][d];
      n_days++;
    }
  for (int w = 0; w < 7; w++) weights[w] = n > 0 ? (counts[w] + PRIOR_N) / (days[w] * n / n_days + PRIOR_N) : 1;
}

/* One month into the sum; gives what its last days have beyond what is due. */
static double add_month(Summary *sum, const double *counts, const Month *month, const double *weights,
                        double *squares) {
  int n_rest = month->n_days - LAST_DAYS;
  double rest = 0, last = 0, weight_rest = 0, weight_last = 0;
  for (int d = 0; d < month->n_days; d++) {
    *(d < n_rest ? &rest : &last) += counts[d];
    *(d < n_rest ? &weight_rest : &weight_last) += weights[month->weekdays[d]];
  }
  for (int d = 0; d < n_rest && rest > 0; d++) {
    double mean = rest * weights[month->weekdays[d]] / weight_rest;
    *squares += pow(counts[d] - mean, 2) / mean;
  }
  double due = (rest + last) * weight_last / (weight_rest + weight_last);
  sum->n += rest + last;
  sum->k += last;
  sum->expected += due;
  return last - due;
}

static Summary summarise(const Tally *tally, const Month *months, const double *weights, gboolean only_quarters) {
  Summary sum = {0};
  double squares = 0, degrees = 0, most = -1;
  for (guint m = 0; m < N_MONTHS; m++) {
    if (months[m].n_days < LAST_DAYS + 2 || (only_quarters && !months[m].ends_quarter)) continue;
    double before = squares, beyond = add_month(&sum, tally->counts[m], &months[m], weights, &squares);
    degrees += squares > before ? months[m].n_days - LAST_DAYS - 1 : 0;
    if (beyond <= most) continue;
    most = beyond;
    sum.worst = m;
  }
  sum.dispersion = degrees > 0 ? fmax(1, squares / degrees) : 1;
  return sum;
}

/* --- telling --- */

typedef struct {
  Summary sum;
  gboolean only_quarters;
  double others;      /* their share */
  const Month *month; /* the worst */
} Found;

static gboolean add_records(const Lint *lint, const Kind *kind, const Tally *tally, const Month *month,
                            LintFinding *finding, GError **error) {
  StoreValue values[] = {{.type = tally->is_all ? STORE_NULL : STORE_INT, .integer = tally->owner},
                         {.type = STORE_DAY, .integer = month->last},
                         {.type = STORE_DAY, .integer = month->end}};
  g_autoptr(StoreRows) rows = lint_query(lint, kind->on, values, 3, error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++) {
    g_autofree char *day = base_day_format((BaseDay)store_rows_value(rows, r, 2).integer);
    lint_record(finding, kind->table, lint_text(rows, r, 0), g_strdup_printf("%s, %s", lint_text(rows, r, 1), day));
  }
  return rows != NULL;
}

static gboolean tell(Lint *lint, const Kind *kind, const Tally *tally, const Found *found, const char *remedy,
                     GError **error) {
  const Summary *sum = &found->sum;
  double share = sum->k / sum->n, chance = sum->expected / sum->n;
  StatsInterval interval = stats_wilson((gint64)sum->k, (gint64)sum->n, 0.95);
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(
      text,
      "%.0f of %.0f %s in the months%s of the last 12 fell on a month's last two working days: %.0f %% (95 %% "
      "interval %.0f to %.0f %%), where their number of days makes %.1f %%.",
      sum->k, sum->n, kind->deeds, found->only_quarters ? " that end a quarter" : "", 100 * share, 100 * interval.low,
      100 * interval.high, 100 * chance);
  if (!tally->is_all) g_string_append_printf(text, " Of the others' it is %.0f %%.", 100 * found->others);
  char *subject = tally->is_all ? g_strdup("company") : g_strconcat("rep:", tally->name, NULL);
  LintFinding *finding = lint_add(lint, subject, g_string_free(g_steal_pointer(&text), FALSE), "%s", remedy);
  lint_figure(finding, kind->what, sum->n);
  lint_figure(finding, "on_last_two_days", sum->k);
  lint_figure(finding, "share", share);
  lint_figure(finding, "share_low", interval.low);
  lint_figure(finding, "share_high", interval.high);
  lint_figure(finding, "expected_share", chance);
  lint_figure(finding, "dispersion", sum->dispersion);
  return add_records(lint, kind, tally, found->month, finding, error);
}

/* All months' ends, then those of quarters alone. */
static gboolean find(const GPtrArray *tallies, const Tally *tally, const Month *months, const double *weights,
                     Found *found) {
  for (int only_quarters = 0; only_quarters <= 1; only_quarters++) {
    Summary all = summarise(g_ptr_array_index(tallies, 0), months, weights, only_quarters);
    Summary sum = summarise(tally, months, weights, only_quarters);
    if (sum.n < MIN_N) continue;
    double others = !tally->is_all && all.n > sum.n ? (all.k - sum.k) / (all.n - sum.n) : 0;
    double due = fmax(sum.expected / sum.n, others);
    double p = stats_binomial_upper(sum.k / sum.dispersion, sum.n / sum.dispersion, due);
    if (sum.k < FACTOR * due * sum.n || p >= LINT_ALPHA / 2 / tallies->len) continue;
    *found = (Found){sum, only_quarters, others, &months[sum.worst]};
    return TRUE;
  }
  return FALSE;
}

static gboolean judge(Lint *lint, const Kind *kind, const char *remedy, GError **error) {
  Month months[N_MONTHS];
  read_months(lint, months);
  g_autoptr(GPtrArray) tallies = read_tallies(lint, kind, months, error);
  double weights[7];
  if (tallies) weigh_weekdays(g_ptr_array_index(tallies, 0), months, weights);
  for (guint i = 0; tallies && i < tallies->len; i++) {
    const Tally *tally = g_ptr_array_index(tallies, i);
    Found found;
    if (find(tallies, tally, months, weights, &found) && !tell(lint, kind, tally, &found, remedy, error)) return FALSE;
  }
  return tallies != NULL;
}

gboolean lint_month_end(Lint *lint, GError **error) {
  static const Kind wins = {"wins", "won deals", "wins_by_day.sql", "wins_on.sql", "opportunity"};
  static const Kind moves = {"moves", "moves to another stage", "moves_by_day.sql", "moves_on.sql", "opportunity"};
  return judge(lint, &wins,
               "Spread targets over the period and give discounts a reason other than its end, so that closing early "
               "is worth as much as closing on its last day.",
               error) &&
         judge(lint, &moves,
               "Inspect stages weekly against what each asks for, so that moving a deal on the last day changes no "
               "number that anybody is measured by.",
               error);
}

gboolean lint_padded_month_end(Lint *lint, GError **error) {
  static const Kind activities = {"activities", "activities", "activities_by_day.sql", "activities_on.sql", "activity"};
  return judge(lint, &activities,
               "Set the target on what activities bring (meetings held, deals opened) and not on their number by the "
               "month's end.",
               error);
}
