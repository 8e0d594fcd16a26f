/* A program that keeps a workspace open, over libattain alone, and does what it is told on standard input:
 *
 *   run FIRST LAST    makes these changes, each of one put or removal; "acked N" once a call has returned, else
 *                     "failed N: why", which is the end of it
 *   again FIRST LAST  the same, and each that fails is tried once more
 *   bulk N            ten thousand records in one put
 *   ask FILE N        writes what many KPIs say by many groupings (the first N questions; 0: all)
 *   one KPI           asks one KPI under a condition that nobody asked by before
 *   follow            lets others ask, and be told of changes, until the end
 *   limit BYTES       no file may grow beyond this, as on a full disk; 0: as large as it likes
 *
 * The change of a number is always the same, so that a workspace in which the changes 1 to N were made undisturbed is
 * what any other has to be like that has so many. Usage: keeper FOLDER [read | records] */
#include "attain/attain.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define NOW       "2026-11-21T12:00:00Z"
#define N_READERS 1
#define N_KINDS   8

static const char *const owners[] = {"Ana Silva", "Ben O'Neil", "Dirk Vogel", "Eva Novak"};
static const char *const accounts[] = {"Brightwater Dairy", "Dunmore Print", "Fjord Seafood", "Hopwood Schools"};
static const char *const products[] = {"Pump 100", "Pump 200", "Service Plan", "Valve Kit"};
static const char *const stages[] = {"Qualify", "Quote", "Negotiate"};

typedef struct {
  AttainWorkspace *workspace;
  GThread *readers[N_READERS];
  gint is_over;
  gint n_wrong; /* what must not be: an answer older than the one before, a change told before it is answered */
  guint n_ones;
} Keeper;

/* --- changes --- */

static const char *of(const char *const *names, guint64 number) {
  return names[number % 4];
}

/* A deal that change `step` opens, the `part`th of it. */
static void append_deal(GString *json, guint64 step, guint part) {
  guint64 n = step * 7 + part;
  g_string_append_printf(json,
                         "%s{\"id\": \"F-%" G_GUINT64_FORMAT "-%u\", \"name\": \"Deal %" G_GUINT64_FORMAT
                         "\", \"owner\": \"%s\", \"account\": \"%s\", \"product\": \"%s\", \"stage\": \"%s\", "
                         "\"outcome\": \"open\", \"amount\": %" G_GUINT64_FORMAT
                         ".25, \"currency\": \"%s\", \"created_at\": \"2026-%02d-%02dT09:30:00Z\", \"closed_at\": "
                         "null, \"expected_close\": \"2026-12-%02d\"}",
                         json->len > 1 ? ", " : "", step, part, n, of(owners, n), of(accounts, n / 3),
                         of(products, n / 5), stages[n % 3], 1000 + n * 37 % 9000, n % 11 == 0 ? "EUR" : "GBP",
                         (int)(1 + n % 10), (int)(1 + n % 27), (int)(1 + n % 30));
}

static void append_decided(GString *json, guint64 step, guint part) {
  guint64 n = step * 7 + part;
  gboolean is_won = n % 3 != 0;
  g_string_append_printf(json,
                         "%s{\"id\": \"F-%" G_GUINT64_FORMAT
                         "-%u\", \"stage\": \"%s\", \"outcome\": \"%s\", "
                         "\"closed_at\": \"2026-11-%02dT16:00:00Z\"}",
                         json->len > 1 ? ", " : "", step, part, is_won ? "Closed Won" : "Closed Lost",
                         is_won ? "won" : "lost", (int)(1 + n % 20));
}

static void append_activity(GString *json, guint64 step, guint part, guint64 deal) {
  guint64 n = step * 7 + part;
  g_string_append_printf(json,
                         "%s{\"id\": \"A-%" G_GUINT64_FORMAT
                         "-%u\", \"kind\": \"%s\", \"owner\": \"%s\", "
                         "\"opportunity\": \"F-%" G_GUINT64_FORMAT
                         "-0\", \"account\": \"%s\", \"done_at\": \"2026-11-%02dT11:00:00Z\", \"duration\": 600}",
                         json->len > 1 ? ", " : "", step, part, n % 2 ? "call" : "meeting", of(owners, n), deal,
                         of(accounts, n), (int)(1 + n % 20));
}

static void append_stage(GString *json, guint64 step, guint part, guint64 deal) {
  g_string_append_printf(json,
                         "%s{\"id\": \"S-%" G_GUINT64_FORMAT "-%u\", \"opportunity\": \"F-%" G_GUINT64_FORMAT
                         "-%u\", \"at\": \"2026-11-%02dT08:00:00Z\", \"stage\": \"%s\", \"expected_close\": "
                         "\"2026-12-%02d\"}",
                         json->len > 1 ? ", " : "", step, part, deal, part, (int)(1 + (step + part) % 20),
                         stages[(step + part) % 3], (int)(1 + step % 30));
}

/* Of each eight changes: four open deals (one, or five at once), and the others change, follow or remove those. */
static gboolean make_change(AttainWorkspace *workspace, guint64 step, AttainError *error) {
  static const char *const tables[N_KINDS] = {"opportunity", "opportunity",  "opportunity", "activity",
                                              "opportunity", "stage_change", "activity",    NULL};
  guint64 kind = step % N_KINDS, first = step - kind; /* the first of the eight */
  guint n = kind == 1 || kind == 5 ? 5 : kind == 6 ? 12 : 1;
  AttainPutOptions options = {.source = "fault", .references = "fault"};
  if (tables[kind] == NULL) {
    g_autofree char *id = g_strdup_printf("F-%" G_GUINT64_FORMAT "-4", first + 1);
    const char *ids[] = {id, NULL};
    return attain_remove(workspace, "opportunity", ids, &options, NULL, error);
  }
  g_autoptr(GString) json = g_string_new("[");
  for (guint part = 0; part < n; part++) {
    if (kind < 3)
      append_deal(json, step, part);
    else if (kind == 4)
      append_decided(json, first, part);
    else if (kind == 5)
      append_stage(json, step, part, first + 1);
    else
      append_activity(json, step, part, first + (part % 3));
  }
  g_string_append_c(json, ']');
  AttainReport *report = NULL;
  gboolean ok = attain_put(workspace, tables[kind], json->str, &options, &report, error);
  if (ok && report->n_rejected > 0) {
    fprintf(stderr, "change %" G_GUINT64_FORMAT " rejected: %s\n", step, report->rejected[0].reason);
    exit(3);
  }
  attain_report_free(report);
  return ok;
}

static void run(Keeper *keeper, guint64 first, guint64 last, guint n_tries) {
  for (guint64 step = first; step <= last; step++) {
    gboolean ok = FALSE;
    for (guint try = 0; try < n_tries && !ok; try++) {
      AttainError error = {0};
      ok = make_change(keeper->workspace, step, &error);
      if (!ok) printf("failed %" G_GUINT64_FORMAT ": %s\n", step, error.message);
      attain_error_clear(&error);
    }
    if (ok) printf("acked %" G_GUINT64_FORMAT "\n", step);
    fflush(stdout);
    if (!ok) return;
  }
}

/* Ten thousand deals with long names in one put: what the database writes at once, it then moves into its file. */
static void run_bulk(Keeper *keeper, guint64 number) {
  g_autoptr(GRand) random = g_rand_new_with_seed((guint32)number);
  g_autoptr(GString) json = g_string_new("[");
  for (guint part = 0; part < 10000; part++) {
    char name[1201] = {0};
    for (gsize i = 0; i + 1 < sizeof name; i++) name[i] = (char)g_rand_int_range(random, 'A', 'Z');
    g_string_append_printf(json,
                           "%s{\"id\": \"B-%" G_GUINT64_FORMAT
                           "-%u\", \"name\": \"%s\", \"owner\": \"%s\", \"outcome\": \"won\", \"amount\": 10, "
                           "\"created_at\": \"2026-09-01\", \"closed_at\": \"2026-10-01\"}",
                           part ? ", " : "", number, part, name, of(owners, part));
  }
  g_string_append_c(json, ']');
  AttainPutOptions options = {.source = "bulk", .references = "crm"};
  AttainError error = {0};
  if (attain_put(keeper->workspace, "opportunity", json->str, &options, NULL, &error))
    printf("acked %" G_GUINT64_FORMAT "\n", number);
  else
    printf("failed %" G_GUINT64_FORMAT ": %s\n", number, error.message);
  attain_error_clear(&error);
  fflush(stdout);
}

/* --- questions --- */

static const AttainQuestion questions[] = {
    {.kpis = (const char *const[]){"revenue", "won_deals", "win_rate", "sales_cycle", "stage_conversion", NULL},
     .by = (const char *const[]){"account", NULL},
     .period = "2026",
     .compare = "previous"},
    {.kpis = (const char *const[]){"revenue", "created_deals", "open_pipeline", "win_rate", "activities", NULL},
     .by = (const char *const[]){"team", "rep", NULL},
     .period = "2026",
     .grain = "month"},
    {.kpis = (const char *const[]){"pipeline_waterfall", NULL}, .period = "2026", .grain = "month"},
    {.role = "manager", .by = (const char *const[]){"rep", NULL}, .period = "2026", .grain = "quarter"},
    {.role = "leader", .by = (const char *const[]){"team", NULL}, .period = "2026-11", .compare = "previous"},
    {.role = "rep", .by = (const char *const[]){"account.industry", NULL}, .period = "2026"},
    {.role = "finance",
     .by = (const char *const[]){"product.family", NULL},
     .where = (const char *const[]){"outcome <> 'lost'", NULL},
     .period = "2026"},
};

static void write_figures(FILE *out, const AttainFigures *figures) {
  fprintf(out, "|%d %.17g n=%" G_GINT64_FORMAT " %.17g/%.17g %.17g..%.17g %x %" G_GINT64_FORMAT, figures->has_value,
          figures->value, figures->n, figures->numerator, figures->denominator, figures->low, figures->high,
          figures->flags, figures->n_missing_rates);
}

static void write_row(FILE *out, const AttainRow *row) {
  fprintf(out, "%s", row->kpi);
  for (size_t m = 0; m < row->n_members; m++) fprintf(out, "|%s", row->members[m] ? row->members[m] : "-");
  fprintf(out, "|%s", row->period.name);
  write_figures(out, &row->figures);
  if (row->has_compared) write_figures(out, &row->compared);
  if (row->has_whole_period) fprintf(out, "|%.17g", row->whole_period_value);
  fputc('\n', out);
}

static gboolean write_answer(FILE *out, AttainWorkspace *workspace, const AttainQuestion *question,
                             AttainError *error) {
  AttainAnswer *answer = attain_ask(workspace, question, error);
  if (!answer) return FALSE;
  fprintf(out, "load %" G_GINT64_FORMAT "\n", attain_answer_load(answer));
  for (size_t r = 0; r < attain_answer_n_rows(answer); r++) write_row(out, attain_answer_row(answer, r));
  for (size_t t = 0; t < attain_answer_n_totals(answer); t++) write_row(out, attain_answer_total(answer, t));
  attain_answer_free(answer);
  return TRUE;
}

static void ask(Keeper *keeper, const char *path, guint64 n) {
  AttainError error = {0};
  FILE *out = fopen(path, "w");
  gboolean ok = out != NULL;
  for (gsize q = 0; ok && q < (n > 0 ? n : G_N_ELEMENTS(questions)); q++)
    ok = write_answer(out, keeper->workspace, &questions[q], &error);
  if (out != NULL) fclose(out);
  if (ok)
    puts("asked");
  else
    printf("failed: %s\n", error.message ? error.message : "the file cannot be written");
  attain_error_clear(&error);
  fflush(stdout);
}

/* A condition that nobody asked by: its cells have to be counted from records. */
static void ask_one(Keeper *keeper, const char *kpi) {
  g_autofree char *condition = g_strdup_printf("amount > %u", ++keeper->n_ones);
  const char *kpis[] = {kpi, NULL}, *where[] = {condition, NULL};
  AttainQuestion question = {.kpis = kpis, .where = where, .period = "2026"};
  AttainError error = {0};
  AttainAnswer *answer = attain_ask(keeper->workspace, &question, &error);
  if (answer)
    printf("one %g\n", attain_answer_row(answer, 0)->figures.value);
  else
    printf("failed: %s\n", error.message);
  attain_answer_free(answer);
  attain_error_clear(&error);
  fflush(stdout);
}

static gpointer read_on(gpointer data) {
  Keeper *keeper = data;
  int64_t last = 0;
  for (gsize n = 0; !g_atomic_int_get(&keeper->is_over); n++) {
    AttainError error = {0};
    AttainAnswer *answer = attain_ask(keeper->workspace, &questions[n % 2], &error);
    if (answer) {
      int64_t load = attain_answer_load(answer);
      if (load < last) g_atomic_int_inc(&keeper->n_wrong);
      last = load;
    }
    attain_answer_free(answer);
    attain_error_clear(&error);
  }
  return NULL;
}

static void on_change(const AttainChange *change, void *data) {
  Keeper *keeper = data;
  AttainError error = {0};
  AttainAnswer *answer = attain_ask(keeper->workspace, &questions[2], &error);
  if (answer && attain_answer_load(answer) != change->load) g_atomic_int_inc(&keeper->n_wrong);
  attain_answer_free(answer);
  attain_error_clear(&error);
}

static void follow(Keeper *keeper) {
  attain_subscribe(keeper->workspace, on_change, keeper);
  for (guint i = 0; i < N_READERS; i++) keeper->readers[i] = g_thread_new("reader", read_on, keeper);
}

/* --- commands --- */

static void limit(guint64 bytes) {
  struct rlimit now;
  getrlimit(RLIMIT_FSIZE, &now);
  now.rlim_cur = bytes > 0 ? bytes : now.rlim_max;
  setrlimit(RLIMIT_FSIZE, &now);
  puts("limited");
  fflush(stdout);
}

static gboolean obey(Keeper *keeper, char *line) {
  g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", 3);
  const char *first = words[0] && words[1] ? words[1] : "0",
             *second = words[0] && words[1] && words[2] ? words[2] : "0";
  guint64 from = g_ascii_strtoull(first, NULL, 10), to = g_ascii_strtoull(second, NULL, 10);
  if (g_strcmp0(words[0], "run") == 0)
    run(keeper, from, to, 1);
  else if (g_strcmp0(words[0], "again") == 0)
    run(keeper, from, to, 2);
  else if (g_strcmp0(words[0], "bulk") == 0)
    run_bulk(keeper, from);
  else if (g_strcmp0(words[0], "ask") == 0)
    ask(keeper, first, to);
  else if (g_strcmp0(words[0], "one") == 0)
    ask_one(keeper, first);
  else if (g_strcmp0(words[0], "follow") == 0)
    follow(keeper);
  else if (g_strcmp0(words[0], "limit") == 0)
    limit(from);
  else
    return FALSE;
  return TRUE;
}

int main(int argc, char **argv) {
  AttainOptions options = {.now = NOW};
  if (argc < 2) return 2;
  options.read_only = argc > 2;
  if (argc > 2 && g_str_equal(argv[2], "records")) options.max_cells_bytes = 1;
  AttainError error = {0};
  Keeper keeper = {.workspace = attain_open(argv[1], &options, &error)};
  if (!keeper.workspace) {
    fprintf(stderr, "%s\n", error.message);
    attain_error_clear(&error);
    return 1;
  }
  puts("open");
  fflush(stdout);
  char line[1024];
  while (fgets(line, sizeof line, stdin) && obey(&keeper, line)) {
  }
  g_atomic_int_set(&keeper.is_over, 1);
  for (guint i = 0; i < N_READERS; i++)
    if (keeper.readers[i]) g_thread_join(keeper.readers[i]);
  attain_close(keeper.workspace);
  if (keeper.n_wrong > 0) fprintf(stderr, "%d answers are not of their time\n", keeper.n_wrong);
  return keeper.n_wrong > 0 ? 3 : 0;
}
