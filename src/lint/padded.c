/* Activities that were made up to be counted.
 *
 * Bursts: runs of activities of one kind, text and length, each done within a minute of the one before. The null is
 * that a person's activities come at the rate of their own days, three times as fast in the busiest hours: then the
 * next one falls within two minutes (times have whole minutes in many systems) with chance q, and of n activities about
 * n q^(r-1) begin a run of r. The shortest run that tells is the first of which less than LINT_ALPHA are expected over
 * all people.
 *
 * Volume: logarithms of activities a day, of which a prediction's Student t says how far one is from the peers; only
 * where deals won a day are no more than the peers' median. */
#include "lint/lint_private.h"
#include "stats/stats.h"

#include <math.h>

#define N_MONTHS      6
#define DAY_SECONDS   (8 * 3600.0)
#define NEXT_SECONDS  120.0
#define BUSIEST       3.0
#define SHORTEST_RUN  5
#define MIN_PEERS     8
#define VOLUME_FACTOR 2.0

/* --- bursts --- */

static gint64 telling_run(double n, double n_days, double n_people) {
  double q = 1 - exp(-BUSIEST * n / fmax(n_days, 1) / DAY_SECONDS * NEXT_SECONDS);
  gint64 run = SHORTEST_RUN;
  while (run < 1000 && n * pow(q, (double)(run - 1)) * n_people >= LINT_ALPHA) run++;
  return run;
}

typedef struct {
  gint64 owner, n_bursts, n_activities, n_without, longest;
  gsize worst; /* row */
} Burster;

static Burster gather(const StoreRows *rows, gsize *row, double n_people) {
  Burster burster = {.owner = store_rows_value(rows, *row, 0).integer, .worst = *row};
  gint64 run = telling_run((double)store_rows_value(rows, *row, 10).integer,
                           (double)store_rows_value(rows, *row, 11).integer, n_people);
  for (; *row < store_rows_count(rows) && store_rows_value(rows, *row, 0).integer == burster.owner; (*row)++) {
    gint64 n = store_rows_value(rows, *row, 5).integer;
    if (n < run) continue;
    burster.n_bursts++;
    burster.n_activities += n;
    burster.n_without += store_rows_value(rows, *row, 9).integer;
    burster.longest = MAX(burster.longest, n);
  }
  return burster;
}

static gboolean tell_bursts(Lint *lint, const StoreRows *rows, const Burster *burster, GError **error) {
  gsize row = burster->worst;
  const char *kind = lint_text(rows, row, 2), *subject = lint_text(rows, row, 3);
  gint64 seconds = (store_rows_value(rows, row, 7).integer - store_rows_value(rows, row, 6).integer) / G_USEC_PER_SEC;
  g_autofree char *day = base_day_format((BaseDay)store_rows_value(rows, row, 8).integer);
  g_autofree char *times = base_count_words(burster->n_bursts, "in # {burst|bursts}");
  g_autofree char *text =
      g_strdup_printf("%" G_GINT64_FORMAT
                      " activities %s in the last %d months, each of one kind, subject and length and done within a "
                      "minute of the one before; %" G_GINT64_FORMAT " have no outcome. The longest: %" G_GINT64_FORMAT
                      " of the kind %s%s%s in %" G_GINT64_FORMAT " seconds on %s.",
                      burster->n_activities, times, N_MONTHS, burster->n_without, burster->longest, kind,
                      *subject ? ", " : "", subject, seconds, day);
  LintFinding *finding = lint_add(
      lint, g_strconcat("rep:", lint_text(rows, row, 1), NULL), g_steal_pointer(&text),
      "Count activities with an outcome (held, connected, replied), and talk about what these were before anything "
      "is paid on them.");
  lint_figure(finding, "activities", (double)burster->n_activities);
  lint_figure(finding, "bursts", (double)burster->n_bursts);
  lint_figure(finding, "without_outcome", (double)burster->n_without);
  lint_figure(finding, "longest", (double)burster->longest);
  StoreValue values[] = {{.type = STORE_INT, .integer = burster->owner},
                         {.type = STORE_TEXT, .text = kind},
                         store_rows_value(rows, row, 6),
                         store_rows_value(rows, row, 7)};
  g_autoptr(StoreRows) records = lint_query(lint, "burst_activities.sql", values, 4, error);
  for (gsize r = 0; records && r < store_rows_count(records); r++) {
    gint64 us = store_rows_value(records, r, 1).integer;
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
    lint_record(finding, "activity", lint_text(records, r, 0), g_date_time_format(at, "done %Y-%m-%d %H:%M:%S UTC"));
  }
  return records != NULL;
}

static gboolean months_query(const Lint *lint, const char *file, StoreRows **rows, GError **error) {
  BaseDay start, end;
  lint_whole_months(lint, N_MONTHS, &start, &end);
  StoreValue span[] = {{.type = STORE_DAY, .integer = start}, {.type = STORE_DAY, .integer = lint->context->today + 1}};
  *rows = lint_query(lint, file, span, 2, error);
  return *rows != NULL;
}

gboolean lint_padded_bursts(Lint *lint, GError **error) {
  g_autoptr(StoreRows) rows = NULL, people = NULL;
  if (!months_query(lint, "bursts.sql", &rows, error) || !months_query(lint, "efforts.sql", &people, error))
    return FALSE;
  double n_people = fmax((double)store_rows_count(people), 1);
  for (gsize row = 0; row < store_rows_count(rows);) {
    Burster burster = gather(rows, &row, n_people);
    if (burster.n_bursts > 0 && !tell_bursts(lint, rows, &burster, error)) return FALSE;
  }
  return TRUE;
}

/* --- volume --- */

typedef struct {
  double per_day, wins_per_day, log_per_day;
} Effort;

static double median_of(double *values, gsize n) {
  return stats_quantile(values, n, 0.5, 7, 0.95).value;
}

static void judge_volume(Lint *lint, const StoreRows *rows, const Effort *efforts, gsize self) {
  gsize n = store_rows_count(rows), n_peers = 0;
  g_autofree double *logs = g_new(double, n), *per_day = g_new(double, n), *wins = g_new(double, n);
  for (gsize i = 0; i < n; i++) {
    if (i == self) continue;
    logs[n_peers] = efforts[i].log_per_day;
    per_day[n_peers] = efforts[i].per_day;
    wins[n_peers++] = efforts[i].wins_per_day;
  }
  if (n_peers < MIN_PEERS) return;
  double p = stats_outlier_upper(efforts[self].log_per_day, logs, n_peers);
  double usual = median_of(per_day, n_peers), usual_wins = median_of(wins, n_peers);
  if (p >= LINT_ALPHA / (double)n || efforts[self].per_day < VOLUME_FACTOR * usual ||
      efforts[self].wins_per_day > usual_wins)
    return;
  double n_done = (double)store_rows_value(rows, self, 2).integer,
         n_won = (double)store_rows_value(rows, self, 4).integer;
  LintFinding *finding = lint_add(
      lint, g_strconcat("rep:", lint_text(rows, self, 1), NULL),
      g_strdup_printf(
          "%.0f activities in the last %d months, %.1f on each day with any, where half of %zu peers have at most "
          "%.1f; with %.0f deals won, %.2f a day, against the peers' %.2f.",
          n_done, N_MONTHS, efforts[self].per_day, (size_t)n_peers, usual, n_won, efforts[self].wins_per_day,
          usual_wins),
      "Look at what these activities are, and set targets on their outcome: `attain show activity_to_meeting "
      "touches_per_win "
      "--by rep`.");
  lint_figure(finding, "activities", n_done);
  lint_figure(finding, "per_day", efforts[self].per_day);
  lint_figure(finding, "peers_median_per_day", usual);
  lint_figure(finding, "won", n_won);
  lint_figure(finding, "peers", (double)n_peers);
}

gboolean lint_padded_volume(Lint *lint, GError **error) {
  g_autoptr(StoreRows) rows = NULL;
  if (!months_query(lint, "efforts.sql", &rows, error)) return FALSE;
  gsize n = store_rows_count(rows);
  g_autofree Effort *efforts = g_new0(Effort, n + 1);
  for (gsize i = 0; i < n; i++) {
    double days = (double)store_rows_value(rows, i, 3).integer;
    efforts[i].per_day = (double)store_rows_value(rows, i, 2).integer / days;
    efforts[i].wins_per_day = (double)store_rows_value(rows, i, 4).integer / days;
    efforts[i].log_per_day = log(efforts[i].per_day);
  }
  for (gsize i = 0; i < n; i++) judge_volume(lint, rows, efforts, i);
  return TRUE;
}
