/* The records of then and of now, paired by measure and by what they are known as.
 *
 *   measure over the period ──► trail of then ─┐
 *                           ──► trail of now ──┴──► by id: counted as then, counts as now, the difference
 *
 * For what adds up (sums and counts) the differences of the records are the difference of the number. */
#include "answer/changes.h"

#include "query/trail.h"

typedef struct {
  const QueryRecord *record; /* as it is now, else as it was */
  gboolean was, is;
  double then, now;
} Change;

typedef struct {
  const QueryTrail *then, *now; /* of one measure */
  GArray *changes;              /* Change, the largest difference first */
} Pair;

typedef struct {
  const KpiDefinition *kpi;
  GPtrArray *trails_then, *trails_now; /* QueryTrail */
  QueryResult *then, *now;
  GArray *pairs; /* Pair */
} Changes;

struct AnswerChanges {
  const Session *session;
  const AnswerRequest *request;
  gsize limit;
  gint64 since_us;
  guint n;
  Changes *kpis; /* as the request's */
};

static void pair_clear(gpointer data) {
  g_array_unref(((Pair *)data)->changes);
}

static void changes_clear(Changes *changes) {
  g_clear_pointer(&changes->trails_then, g_ptr_array_unref);
  g_clear_pointer(&changes->trails_now, g_ptr_array_unref);
  g_clear_pointer(&changes->then, query_result_free);
  g_clear_pointer(&changes->now, query_result_free);
  g_clear_pointer(&changes->pairs, g_array_unref);
}

/* --- pairing --- */

/* A deal's stays in stages are one record each. */
static char *known_as(const QueryTrail *trail, const QueryRecord *record) {
  gboolean derived = trail->measure->table->kind == LEDGER_DERIVED;
  return g_strdup_printf("%s\x1f%s", record->id != NULL ? record->id : "",
                         derived && record->stage != NULL ? record->stage : "");
}

static void add_records(GHashTable *by_name, const QueryTrail *trail, gboolean is_now) {
  for (guint i = 0; i < trail->records->len; i++) {
    const QueryRecord *record = &g_array_index(trail->records, QueryRecord, i);
    char *name = known_as(trail, record);
    Change *change = g_hash_table_lookup(by_name, name);
    if (change == NULL) {
      change = g_new0(Change, 1);
      g_hash_table_insert(by_name, name, change);
    } else {
      g_free(name);
    }
    change->record = record;
    change->is |= is_now;
    change->was |= !is_now;
    *(is_now ? &change->now : &change->then) += record->has_value ? record->value : 0;
  }
}

static gint by_difference(gconstpointer a, gconstpointer b) {
  const Change *x = a, *y = b;
  double dx = ABS(x->now - x->then), dy = ABS(y->now - y->then);
  return dx != dy ? (dx > dy ? -1 : 1) : g_strcmp0(x->record->id, y->record->id);
}

static Pair pair_of(const QueryTrail *then, const QueryTrail *now) {
  Pair pair = {then, now, g_array_new(FALSE, FALSE, sizeof(Change))};
  g_autoptr(GHashTable) by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  add_records(by_name, then, FALSE);
  add_records(by_name, now, TRUE);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, by_name);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Change *change = value;
    if (change->was != change->is || change->then != change->now) g_array_append_vals(pair.changes, change, 1);
  }
  g_array_sort(pair.changes, by_difference);
  return pair;
}

/* The measures of then and now come in the same order, unless another definition was in force: then those that both
 * have. */
static void pair_all(Changes *changes) {
  changes->pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
  g_array_set_clear_func(changes->pairs, pair_clear);
  g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
  for (guint n = 0; n < changes->trails_now->len; n++) {
    const QueryTrail *now = g_ptr_array_index(changes->trails_now, n);
    for (guint t = 0; t < changes->trails_then->len; t++) {
      const QueryTrail *then = g_ptr_array_index(changes->trails_then, t);
      if (g_hash_table_contains(taken, then) || !g_str_equal(then->measure->canonical, now->measure->canonical) ||
          then->entity != now->entity)
        continue;
      g_hash_table_add(taken, (gpointer)then);
      Pair pair = pair_of(then, now);
      g_array_append_val(changes->pairs, pair);
      break;
    }
  }
}

/* --- asking --- */

/* Whom the records know now they need not have known then. */
static gboolean ask(const AnswerChanges *changes, const Session *session, guint kpi, GPtrArray **trails,
                    QueryResult **result, GError **error) {
  QueryContext question = answer_context(session);
  question.may_not_know = session != changes->session;
  QueryRequest one = changes->request->request;
  one.kpis = (const char *const[]){changes->request->kpis[kpi], NULL};
  *trails = query_trails(&question, &one, changes->limit, error);
  if (*trails == NULL) return FALSE;
  *result = query_run(&question, &one, error);
  return *result != NULL;
}

static AnswerChanges *new_changes(const Session *session, const AnswerRequest *request, gsize limit) {
  AnswerChanges *changes = g_new0(AnswerChanges, 1);
  changes->session = session;
  changes->request = request;
  changes->limit = limit > 0 ? limit : ANSWER_MAX_CHANGED;
  changes->n = g_strv_length(request->kpis);
  changes->kpis = g_new0(Changes, MAX(changes->n, 1));
  return changes;
}

static gboolean ask_now(AnswerChanges *changes, GError **error) {
  for (guint k = 0; k < changes->n; k++) {
    Changes *one = &changes->kpis[k];
    if (!ask(changes, changes->session, k, &one->trails_now, &one->now, error)) return FALSE;
    one->kpi = query_result_kpi(one->now, 0);
  }
  return TRUE;
}

static gboolean ask_then(AnswerChanges *changes, const Session *past, GError **error) {
  changes->since_us = past->as_of_us;
  for (guint k = 0; k < changes->n; k++) {
    Changes *one = &changes->kpis[k];
    if (!ask(changes, past, k, &one->trails_then, &one->then, error)) return FALSE;
    pair_all(one);
  }
  return TRUE;
}

AnswerChanges *answer_changes_ask(const Session *session, const AnswerRequest *request, const char *name,
                                  const char *since, gsize limit, GError **error) {
  g_autoptr(AnswerChanges) changes = new_changes(session, request, limit);
  Session past;
  gboolean ok =
      session_go_back(session, name, since, &past, error) && ask_now(changes, error) && ask_then(changes, &past, error);
  session_leave_past(&past);
  return ok ? g_steal_pointer(&changes) : NULL;
}

void answer_changes_free(AnswerChanges *changes) {
  if (changes == NULL) return;
  for (guint k = 0; k < changes->n; k++) changes_clear(&changes->kpis[k]);
  g_free(changes->kpis);
  g_free(changes);
}

/* --- tables --- */

/* All amounts of a table to the cent, unless all are whole. */
static int decimals_of(const Session *session, const Pair *pair) {
  if (!answer_is_money(answer_counted_as(pair->now->measure).unit)) return -1;
  guint n = pair->changes->len;
  g_autofree double *amounts = g_new0(double, 2 * n + 2);
  for (guint i = 0; i < n; i++) {
    amounts[2 * i] = g_array_index(pair->changes, Change, i).then;
    amounts[2 * i + 1] = g_array_index(pair->changes, Change, i).now;
  }
  amounts[2 * n] = pair->then->total;
  amounts[2 * n + 1] = pair->now->total;
  return cli_money_decimals(amounts, 2 * n + 2, session->organisation->currency, TRUE);
}

typedef struct {
  const Session *session;
  KpiDefinition as;
  int decimals;
} Form;

static char *number_of(const Form *form, gboolean has, double value) {
  return has ? answer_number_to(form->session, &form->as, form->decimals, TRUE, value) : g_strdup("");
}

static const QueryValue *value_of(const QueryResult *result) {
  return &query_result_row(result, 0)->value;
}

static const char *what_of(const Change *change) {
  return !change->was ? "new" : !change->is ? "gone" : "changed";
}

static const char *name_of(const QueryTrail *trail) {
  return trail->name != NULL ? trail->name : trail->measure->canonical;
}

char *answer_changes_heading(const AnswerChanges *all, guint kpi) {
  const Changes *changes = &all->kpis[kpi];
  const QueryValue *then = value_of(changes->then), *now = value_of(changes->now);
  g_autofree char *was = answer_number(all->session, changes->kpi, then->has_value, then->value);
  g_autofree char *is = answer_number(all->session, changes->kpi, now->has_value, now->value);
  g_autofree char *since = answer_instant(all->since_us);
  return g_strdup_printf("%s · %s: %s as believed at %s, %s now", changes->kpi->title,
                         query_result_period(changes->now, 0)->name, was, since, is);
}

static void add_change(CliTable *table, const Form *form, const Change *change, gboolean adds_up) {
  const QueryRecord *record = change->record;
  g_autofree char *then = number_of(form, change->was, change->then);
  g_autofree char *now = number_of(form, change->is, change->now);
  g_autofree char *difference = number_of(form, adds_up || (change->was && change->is), change->now - change->then);
  const char *cells[] = {record->id,      record->name, record->rep, record->account,
                         what_of(change), then,         now,         difference};
  cli_table_add_row(table);
  for (guint c = 0; c < G_N_ELEMENTS(cells); c++)
    cli_table_add_cell(table, cells[c] != NULL ? cells[c] : "", CLI_STYLE_NONE);
}

static CliTable *table_of(const Session *session, const Pair *pair) {
  static const char *const heads[] = {"Record", "Name", "Rep", "Account", "What", "Then", "Now", "Difference"};
  CliTable *table = cli_table_new(name_of(pair->now));
  Form form = {session, answer_counted_as(pair->now->measure), decimals_of(session, pair)};
  gboolean adds_up = pair->now->adds_up;
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_table_add_column(table, heads[i], i < 5 ? CLI_LEFT : CLI_RIGHT);
  for (guint i = 0; i < pair->changes->len; i++)
    add_change(table, &form, &g_array_index(pair->changes, Change, i), adds_up);
  g_autofree char *sum = base_count_words(pair->changes->len, "# {record|records}");
  g_autofree char *then = number_of(&form, adds_up, pair->then->total);
  g_autofree char *now = number_of(&form, adds_up, pair->now->total);
  g_autofree char *difference = number_of(&form, adds_up, pair->now->total - pair->then->total);
  const char *cells[] = {sum, "", "", "", adds_up ? "all" : "", then, now, difference};
  cli_table_add_row(table);
  for (guint c = 0; c < G_N_ELEMENTS(cells); c++) cli_table_add_cell(table, cells[c], CLI_STYLE_TOTAL);
  return table;
}

GPtrArray *answer_changes_tables(const AnswerChanges *all, guint kpi) {
  const Changes *changes = &all->kpis[kpi];
  GPtrArray *tables = g_ptr_array_new_with_free_func((GDestroyNotify)cli_table_free);
  for (guint p = 0; p < changes->pairs->len; p++) {
    const Pair *pair = &g_array_index(changes->pairs, Pair, p);
    if (pair->changes->len > 0) g_ptr_array_add(tables, table_of(all->session, pair));
  }
  return tables;
}

/* --- JSON and CSV --- */

static void json_pair(CliJson *json, const Pair *pair) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "measure", name_of(pair->now));
  cli_json_value(json, "then", pair->now->adds_up, pair->then->total);
  cli_json_value(json, "now", pair->now->adds_up, pair->now->total);
  cli_json_member_array(json, "records");
  for (guint i = 0; i < pair->changes->len; i++) {
    const Change *change = &g_array_index(pair->changes, Change, i);
    const QueryRecord *record = change->record;
    const char *const texts[][2] = {{"id", record->id},           {"name", record->name},   {"rep", record->rep},
                                    {"account", record->account}, {"stage", record->stage}, {"what", what_of(change)}};
    cli_json_begin_object(json);
    for (guint t = 0; t < G_N_ELEMENTS(texts); t++) cli_json_member_text(json, texts[t][0], texts[t][1]);
    cli_json_value(json, "then", change->was, change->then);
    cli_json_value(json, "now", change->is, change->now);
    cli_json_member_number(json, "difference", change->now - change->then);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void json_changes(CliJson *json, const Changes *changes) {
  const QueryValue *then = value_of(changes->then), *now = value_of(changes->now);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", changes->kpi->name);
  cli_json_member_text(json, "period", query_result_period(changes->now, 0)->name);
  cli_json_value(json, "then", then->has_value, then->value);
  cli_json_value(json, "now", now->has_value, now->value);
  cli_json_member_text(json, "unit", answer_unit(changes->kpi));
  cli_json_member_array(json, "measures");
  for (guint p = 0; p < changes->pairs->len; p++) json_pair(json, &g_array_index(changes->pairs, Pair, p));
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void print_csv(const Changes *changes, FILE *out) {
  for (guint p = 0; p < changes->pairs->len; p++) {
    const Pair *pair = &g_array_index(changes->pairs, Pair, p);
    for (guint i = 0; i < pair->changes->len; i++) {
      const Change *change = &g_array_index(pair->changes, Change, i);
      const QueryRecord *record = change->record;
      char then[G_ASCII_DTOSTR_BUF_SIZE], now[G_ASCII_DTOSTR_BUF_SIZE], difference[G_ASCII_DTOSTR_BUF_SIZE];
      const char *cells[] = {changes->kpi->name,
                             name_of(pair->now),
                             record->id,
                             record->name,
                             record->rep,
                             record->account,
                             what_of(change),
                             change->was ? g_ascii_formatd(then, sizeof then, "%.15g", change->then) : NULL,
                             change->is ? g_ascii_formatd(now, sizeof now, "%.15g", change->now) : NULL,
                             g_ascii_formatd(difference, sizeof difference, "%.15g", change->now - change->then)};
      for (guint c = 0; c < G_N_ELEMENTS(cells); c++) cli_csv_field(out, cells[c], c == 0);
      cli_csv_end(out);
    }
  }
}

static void print_csv_head(FILE *out) {
  static const char *const heads[] = {"kpi",     "measure", "id",   "name", "rep",
                                      "account", "what",    "then", "now",  "difference"};
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_csv_field(out, heads[i], i == 0);
  cli_csv_end(out);
}

void answer_changes_json(const AnswerChanges *all, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  g_autofree char *since = answer_instant(all->since_us), *as_of = answer_instant(all->session->now_us);
  cli_json_begin_object(json);
  cli_json_member_array(json, "kpis");
  for (guint k = 0; k < all->n; k++) json_changes(json, &all->kpis[k]);
  cli_json_end_array(json);
  cli_json_member_text(json, "changed_since", since);
  cli_json_member_text(json, "as_of", as_of);
  cli_json_end_object(json);
}

void answer_changes_csv(const AnswerChanges *all, FILE *out) {
  print_csv_head(out);
  for (guint k = 0; k < all->n; k++) print_csv(&all->kpis[k], out);
}
