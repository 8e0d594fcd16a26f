/* Recurring revenue: what the won subscription deals start, and what becomes of it.
 *
 * The wins are sorted by account and day, and each account is walked month by month: in every month it may churn,
 * shrink or grow with its segment's hazards. A win after a churn is a reactivation. The level never falls below
 * nothing. */
#include "demo/company.h"

#include <stdlib.h>

typedef struct {
  DemoCompany *company;
  DemoCsv *csv;
  gint64 next_id;
} Changes;

static int compare_wins(const void *a, const void *b) {
  const DemoWin *x = a, *y = b;
  if (x->account != y->account) return x->account < y->account ? -1 : 1;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  if (x->mrr_minor != y->mrr_minor) return x->mrr_minor < y->mrr_minor ? -1 : 1;
  return (int)x->product - (int)y->product;
}

static void write_change(Changes *changes, const DemoWin *win, BaseDay day, const char *kind, gint64 change_minor) {
  DemoCsv *csv = changes->csv;
  demo_csv_id(csv, "SC-", changes->next_id++);
  demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + win->account);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)win->owner);
  demo_csv_id(csv, "P-", 10 + win->product);
  demo_csv_day(csv, day);
  demo_csv_text(csv, kind);
  demo_csv_money(csv, change_minor);
  demo_csv_text(csv, demo_currencies[win->currency]);
  demo_csv_end(csv);
}

/* What happens by itself between two wins; returns the level at `until`. */
static gint64 live(Changes *changes, const DemoWin *win, gint64 level, BaseDay from, BaseDay until,
                   DemoRandom *random) {
  const DemoSegmentTruth *segment = &demo_segments[changes->company->accounts[win->account].segment];
  for (BaseDay day = base_day_add_months(from, 1); day < until && level > 0; day = base_day_add_months(day, 1)) {
    double u = demo_random_unit(random);
    BaseDay on = day + (BaseDay)demo_random_below(random, 28);
    on = MIN(on, until - 1);
    gint64 part = (gint64)((double)level * (0.05 + 0.25 * demo_random_unit(random)));
    part = MAX(1, part);
    if (u < segment->churn_per_month) {
      write_change(changes, win, on, "churn", -level);
      level = 0;
    } else if (u < segment->churn_per_month + segment->contraction_per_month) {
      part = MIN(part, level - 1);
      if (part > 0) write_change(changes, win, on, "contraction", -part);
      level -= MAX(part, 0);
    } else if (u < segment->churn_per_month + segment->contraction_per_month + segment->expansion_per_month) {
      write_change(changes, win, on, "expansion", part);
      level += part;
    }
  }
  return level;
}

static void write_account(Changes *changes, const DemoWin *wins, guint n) {
  DemoRandom random;
  demo_random_init(&random, changes->company->options->seed, DEMO_STREAM_SUBSCRIPTION, (guint64)wins[0].account);
  gint64 level = 0;
  for (guint i = 0; i < n; i++) {
    const char *kind = i == 0 ? "new" : level > 0 ? "expansion" : "reactivation";
    gint64 mrr = MAX(1, wins[i].mrr_minor);
    write_change(changes, &wins[i], wins[i].day, kind, mrr);
    level += mrr;
    BaseDay until = i + 1 < n ? wins[i + 1].day : changes->company->end;
    level = live(changes, &wins[i], level, wins[i].day, until, &random);
  }
}

gboolean demo_subscriptions_write(DemoCompany *company, GError **error) {
  Changes changes = {.company = company, .next_id = 1};
  changes.csv = demo_csv_open(company->exports, "subscription_changes.csv",
                              "Change ID,Account ID,Rep ID,Product Code,Effective,Kind,MRR Change,Currency", error);
  if (changes.csv == NULL) return FALSE;
  const DemoWin *wins = (const DemoWin *)company->wins->data;
  if (company->wins->len > 1) qsort(company->wins->data, company->wins->len, sizeof(DemoWin), compare_wins);
  for (guint i = 0; i < company->wins->len && !demo_csv_failed(changes.csv);) {
    guint n = 1;
    while (i + n < company->wins->len && wins[i + n].account == wins[i].account) n++;
    write_account(&changes, wins + i, n);
    i += n;
  }
  return demo_company_close(company, changes.csv, error);
}
