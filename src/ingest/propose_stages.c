/* The stages that deals go through, in order: rows of `stage` written in place.
 *
 * Deals name the stages they are in now, their history those they were in. A stage ends a deal only where its name says
 * so, or where the stage tells the outcome and nearly all of its deals ended so: many CRMs keep the stage in which a
 * deal was lost. Pipelines that share few stages get a ladder each. */
#include "ingest/propose.h"

#define MOST_STAGES    60
#define MOST_PIPELINES 12
#define ENOUGH_DECIDED 30 /* deals, before numbers alone say that the stage tells the outcome */
#define ENOUGH_OPEN    5  /* deals of a stage, before their dates say anything */
#define NEARLY_ALL     0.95

#define G64 G_GINT64_FORMAT

typedef enum { OPEN, WON, LOST, ABANDONED, N_OUTCOMES } Outcome;
static const char *const outcome_names[] = {"open", "won", "lost", "abandoned"};

typedef struct {
  char *name, *pipeline; /* pipeline NULL: of all */
  Outcome outcome;
  gint64 rows, n[N_OUTCOMES]; /* deals that are in it now, by outcome */
  gint64 late;                /* open ones whose close date was past when the last deal was opened */
  double probability;         /* mean of its open deals, 0 to 1; -1 unknown */
  gboolean one_probability;
  double days_until; /* mean days from a deal's creation until it came here; -1 unknown */
  double place;
} Stage;

typedef struct {
  Propose *propose;
  ProposeEntry *deals;
  ProposeEntry *history; /* or NULL */
  GArray *stages;        /* Stage */
  gboolean is_told;      /* the outcome follows from the stage */
  gboolean is_split;     /* a ladder for each pipeline */
} Stages;

static void stage_clear(gpointer data) {
  g_free(((Stage *)data)->name);
  g_free(((Stage *)data)->pipeline);
}

static Stage *stage_at(const Stages *stages, guint i) {
  return &g_array_index(stages->stages, Stage, i);
}

/* --- what the files say --- */

/* SELECT s, l, o, p, d, c FROM the deals: stage, pipeline, outcome, probability, close date, day of opening. */
static char *deals_sql(const Stages *stages) {
  static const char *const dates[] = {"expected_close", "closed_at"};
  const ProposeColumn *pipeline = propose_entry_column(stages->deals, "pipeline"),
                      *outcome = propose_entry_column(stages->deals, "outcome"),
                      *probability = propose_entry_column(stages->deals, "probability"),
                      *created = propose_entry_column(stages->deals, "created_at"), *date = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(dates) && !date; i++) date = propose_entry_column(stages->deals, dates[i]);
  g_autofree char *s = propose_sql(propose_entry_column(stages->deals, "stage"));
  g_autofree char *l = pipeline ? propose_sql(pipeline) : g_strdup("CAST(NULL AS VARCHAR)");
  g_autofree char *o = outcome ? propose_sql(outcome) : g_strdup("'open'");
  g_autofree char *p = probability ? propose_sql_number(probability) : g_strdup("CAST(NULL AS DOUBLE)");
  g_autofree char *d = date ? propose_entry_date(stages->deals, date) : g_strdup("CAST(NULL AS TIMESTAMP)");
  g_autofree char *c = created ? propose_entry_date(stages->deals, created) : g_strdup("CAST(NULL AS TIMESTAMP)");
  g_autofree char *from = propose_from(stages->deals);
  return g_strdup_printf("SELECT %s AS s, %s AS l, coalesce(%s, 'open') AS o, %s AS p, %s AS d, %s AS c %s", s, l, o, p,
                         d, c, from);
}

/* The column that tells the outcome is the stage's, or its expression reads it. */
static gboolean reads_stage(const ProposeEntry *deals) {
  const ProposeColumn *stage = propose_entry_column(deals, "stage"), *outcome = propose_entry_column(deals, "outcome");
  if (!outcome || !stage->of) return FALSE;
  if (outcome->of) return outcome->of == stage->of;
  g_autofree char *name = store_quote_name(stage->of->header);
  return outcome->sql && strstr(outcome->sql, name);
}

static gboolean has_own_ladders(const Stages *stages, const char *deals) {
  g_autofree char *sql = g_strdup_printf(
      "SELECT count(*), count(*) FILTER (n > 1), (SELECT count(DISTINCT l) FROM (%s) AS x) FROM (SELECT s, "
      "count(DISTINCT l) AS n FROM (%s) AS t WHERE s IS NOT NULL AND l IS NOT NULL AND (o = 'open' OR NOT %s) GROUP BY "
      "1) AS y",
      deals, deals, stages->is_told ? "TRUE" : "FALSE");
  g_autoptr(StoreRows) rows = store_query(stages->propose->scratch, sql, NULL, 0, 0, NULL);
  if (!rows || store_rows_count(rows) == 0) return FALSE;
  gint64 all = store_rows_value(rows, 0, 0).integer, shared = store_rows_value(rows, 0, 1).integer,
         pipelines = store_rows_value(rows, 0, 2).integer;
  return pipelines > 1 && pipelines <= MOST_PIPELINES && shared * 2 < all;
}

static void query_deals(Stages *stages, const char *deals) {
  const ProposeColumn *probability = propose_entry_column(stages->deals, "probability");
  g_autofree char *sql = g_strdup_printf(
      "SELECT mode(s), %s AS pipeline, count(*), count(*) FILTER (o = 'open'), count(*) FILTER (o = 'won'), count(*) "
      "FILTER "
      "(o = 'lost'), count(*) FILTER (o = 'abandoned'), count(*) FILTER (o = 'open' AND d < m), CAST(avg(p) FILTER (o "
      "= 'open') AS DOUBLE), count(DISTINCT p) FILTER (o = 'open') FROM (SELECT *, max(c) OVER () AS m FROM (%s) AS x) "
      "AS t WHERE s IS NOT NULL GROUP BY lower(s), 2 ORDER BY 3 DESC, 1, 2 LIMIT %d",
      stages->is_split ? "l" : "CAST(NULL AS VARCHAR)", deals, MOST_STAGES + 1);
  g_autoptr(StoreRows) rows = store_query(stages->propose->scratch, sql, NULL, 0, 0, NULL);
  double whole = probability && g_strcmp0(probability->unit, "percent") == 0 ? 100 : 1;
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    StoreValue pipeline = store_rows_value(rows, i, 1), mean = store_rows_value(rows, i, 8);
    Stage s = {.name = g_strdup(store_rows_value(rows, i, 0).text),
               .pipeline = pipeline.type == STORE_TEXT ? g_strdup(pipeline.text) : NULL,
               .rows = store_rows_value(rows, i, 2).integer,
               .late = store_rows_value(rows, i, 7).integer,
               .days_until = -1};
    for (guint o = 0; o < N_OUTCOMES; o++) s.n[o] = store_rows_value(rows, i, 3 + o).integer;
    s.probability = mean.type == STORE_DOUBLE ? mean.number / whole : -1;
    s.one_probability = store_rows_value(rows, i, 9).integer == 1 && s.probability >= 0 && s.probability <= 1;
    g_array_append_val(stages->stages, s);
  }
}

static gboolean is_known(const Stages *stages, const char *name) {
  g_autofree char *wanted = g_utf8_casefold(name, -1);
  for (guint i = 0; i < stages->stages->len; i++) {
    g_autofree char *other = g_utf8_casefold(stage_at(stages, i)->name, -1);
    if (g_str_equal(wanted, other)) return TRUE;
  }
  return FALSE;
}

/* The stages that deals only were in; in the pipeline of most of these deals. */
static void query_history(Stages *stages) {
  const ProposeColumn *stage = propose_entry_column(stages->history, "stage"),
                      *of_change = propose_entry_column(stages->history, "opportunity"),
                      *id = propose_entry_column(stages->deals, "id"),
                      *pipeline = propose_entry_column(stages->deals, "pipeline");
  g_autofree char *s = propose_sql(stage);
  g_autofree char *from = propose_from(stages->history);
  gboolean joins = stages->is_split && of_change && id && pipeline && !of_change->match;
  g_autofree char *a = joins ? propose_sql(of_change) : g_strdup("NULL");
  g_autofree char *b = joins ? propose_sql(id) : g_strdup("NULL");
  g_autofree char *l = joins ? propose_sql(pipeline) : g_strdup("CAST(NULL AS VARCHAR)");
  g_autofree char *deals = propose_from(stages->deals);
  g_autofree char *sql = g_strdup_printf(
      "SELECT s, mode(l) FROM (SELECT %s AS s, CAST(%s AS VARCHAR) AS k %s) AS h LEFT JOIN (SELECT CAST(%s AS VARCHAR) "
      "AS k, %s AS l %s) AS d ON d.k = h.k WHERE s IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %d",
      s, a, from, b, l, deals, MOST_STAGES + 1);
  g_autoptr(StoreRows) rows = store_query(stages->propose->scratch, sql, NULL, 0, 0, NULL);
  g_autoptr(GString) names = g_string_new(NULL);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    const char *name = store_rows_value(rows, i, 0).text;
    StoreValue in = store_rows_value(rows, i, 1);
    if (is_known(stages, name)) continue;
    const Stage new = {.name = g_strdup(name),
                       .pipeline = in.type == STORE_TEXT ? g_strdup(in.text) : NULL,
                       .probability = -1,
                       .days_until = -1};
    g_array_append_val(stages->stages, new);
    g_string_append_printf(names, "%s%s", names->len ? ", " : "", name);
  }
  if (names->len)
    propose_assumed(stages->propose, "No deal is in these stages now; they are taken from %s: %s.",
                    stages->history->from->pattern, names->str);
}

/* Each history in turn: deals may carry theirs as a column for each stage. */
static void query_histories(Stages *stages) {
  for (guint i = 0; i < stages->propose->entries->len; i++) {
    ProposeEntry *entry = stages->propose->entries->pdata[i];
    if (!entry->from || !g_str_equal(entry->to, "stage_change") || !propose_entry_column(entry, "stage")) continue;
    stages->history = entry;
    query_history(stages);
  }
}

/* How long after their creation deals came into each stage, where they have a date for each. */
static void measure_entries(Stages *stages) {
  const ProposeColumn *created = propose_entry_column(stages->deals, "created_at");
  for (guint e = 0; created && e < stages->propose->entries->len; e++) {
    const ProposeEntry *entry = stages->propose->entries->pdata[e];
    const ProposeColumn *stage = propose_entry_column(entry, "stage"), *at = propose_entry_column(entry, "at");
    if (entry->from != stages->deals->from || !g_str_equal(entry->to, "stage_change") || !stage->constant) continue;
    g_autofree char *from = propose_from(entry);
    g_autofree char *begun = propose_entry_date(stages->deals, created);
    g_autofree char *entered = propose_entry_date(entry, at);
    g_autofree char *sql =
        g_strdup_printf("SELECT CAST(avg(date_diff('day', %s, %s)) AS DOUBLE) %s", begun, entered, from);
    g_autoptr(StoreRows) rows = store_query(stages->propose->scratch, sql, NULL, 0, 0, NULL);
    StoreValue mean = rows && store_rows_count(rows) ? store_rows_value(rows, 0, 0) : (StoreValue){0};
    for (guint i = 0; mean.type == STORE_DOUBLE && i < stages->stages->len; i++)
      if (g_str_equal(stage_at(stages, i)->name, stage->constant)) stage_at(stages, i)->days_until = mean.number;
  }
}

/* --- which stages end a deal --- */

static Outcome commonest(const Stage *stage) {
  Outcome best = OPEN;
  for (guint o = 1; o < N_OUTCOMES; o++)
    if (stage->n[o] > stage->n[best]) best = (Outcome)o;
  return best;
}

/* No column of the stage's, but flags that agree with it: each stage has one outcome, in enough deals. */
static gboolean numbers_tell(const Stages *stages) {
  gint64 rows = 0, same = 0, decided = 0;
  for (guint i = 0; i < stages->stages->len; i++) {
    const Stage *stage = stage_at(stages, i);
    rows += stage->rows;
    same += stage->n[commonest(stage)];
    decided += stage->rows - stage->n[OPEN];
  }
  return decided >= ENOUGH_DECIDED && (double)same >= 0.98 * (double)rows;
}

static Outcome named_outcome(const Stages *stages, const Stage *stage) {
  const char *meaning = propose_meaning(stages->propose, "outcomes", stage->name);
  for (guint o = 0; meaning && o < N_OUTCOMES; o++)
    if (g_str_equal(meaning, outcome_names[o])) return (Outcome)o;
  return OPEN;
}

static void settle_outcomes(Stages *stages) {
  gboolean told = stages->is_told || numbers_tell(stages);
  for (guint i = 0; i < stages->stages->len; i++) {
    Stage *stage = stage_at(stages, i);
    Outcome named = named_outcome(stages, stage), most = commonest(stage);
    gboolean denied = stage->rows > 0 && stage->n[OPEN] * 2 > stage->rows;
    stage->outcome = denied ? OPEN : named;
    if (!told || stage->rows == 0) continue;
    stage->outcome = (double)stage->n[most] >= NEARLY_ALL * (double)stage->rows ? most : OPEN;
    if (stage->outcome != OPEN && named != stage->outcome && !stages->is_told)
      propose_assumed(stages->propose, "Stage %s ends a deal: those in it (%" G64 ") are %s.", stage->name, stage->rows,
                      outcome_names[stage->outcome]);
  }
}

/* A stage that deals reach and never leave, though nothing calls them won or lost. */
static void tell_stuck(const Stages *stages) {
  gint64 open = 0, late = 0;
  for (guint i = 0; i < stages->stages->len; i++) {
    open += stage_at(stages, i)->outcome == OPEN ? stage_at(stages, i)->n[OPEN] : 0;
    late += stage_at(stages, i)->outcome == OPEN ? stage_at(stages, i)->late : 0;
  }
  for (guint i = 0; i < stages->stages->len; i++) {
    const Stage *stage = stage_at(stages, i);
    gint64 others = open - stage->n[OPEN], others_late = late - stage->late;
    gboolean stuck = stage->outcome == OPEN && stage->n[OPEN] >= ENOUGH_OPEN && stage->late * 10 >= stage->n[OPEN] * 9;
    if (!stuck || others < ENOUGH_OPEN || others_late * 2 > others) continue;
    propose_check(
        stages->propose,
        "%" G64 " of the %" G64
        " open deals in stage %s are past their close date, unlike those of other stages: if a deal ends "
        "there, write won or lost for it under outcome: and in the stages, and take it out of when: under closed_at:.",
        stage->late, stage->n[OPEN], stage->name);
  }
}

/* --- their order --- */

/* Where a stage usually stands among others, by a word in its name: 0 first, 100 last, -1 unknown. */
static int usual_place(const char *stage) {
  static const struct {
    const char *part;
    int place;
  } places[] = {{"negot", 70},      {"verhandl", 70},    {"négoc", 70},    {"negoc", 70},       {"contract", 80},
                {"vertrag", 80},    {"contrat", 80},     {"verbal", 85},   {"commit", 85},      {"legal", 78},
                {"sign", 90},       {"clos", 92},        {"proposal", 55}, {"proposition", 55}, {"propuesta", 55},
                {"proposta", 55},   {"quote", 57},       {"offer", 57},    {"angebot", 57},     {"devis", 57},
                {"oferta", 57},     {"presupuesto", 57}, {"price", 60},    {"decision", 65},    {"entscheid", 65},
                {"perception", 50}, {"value", 40},       {"id.", 45},      {"demo", 45},        {"präsent", 45},
                {"present", 45},    {"trial", 48},       {"poc", 48},      {"pilot", 48},       {"evaluat", 48},
                {"solution", 42},   {"meeting", 35},     {"termin", 35},   {"appointment", 18}, {"rendez", 35},
                {"rdv", 35},        {"reuni", 35},       {"visit", 35},    {"analys", 33},      {"discovery", 28},
                {"need", 30},       {"bedarf", 30},      {"besoin", 30},   {"engag", 25},       {"contact", 15},
                {"kontakt", 15},    {"unqualif", 5},     {"qualif", 20},   {"prospect", 8},     {"lead", 6},
                {"new", 4},         {"neu", 4},          {"nouv", 4},      {"nuev", 4},         {"novo", 4},
                {"open", 5},        {"offen", 5},        {"inquiry", 3},   {"anfrage", 3},      {"idea", 1}};
  g_autofree char *lower = g_utf8_strdown(stage, -1);
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
    if (strstr(lower, places[i].part)) return places[i].place;
  return -1;
}

static int by_place(gconstpointer a, gconstpointer b) {
  const Stage *left = a, *right = b;
  int ladder = g_strcmp0(left->pipeline, right->pipeline);
  if (ladder) return !left->pipeline ? 1 : !right->pipeline ? -1 : ladder;
  if (left->outcome != right->outcome) return left->outcome < right->outcome ? -1 : 1;
  if (left->place != right->place) return left->place < right->place ? -1 : 1;
  return right->rows > left->rows ? 1 : right->rows < left->rows ? -1 : strcmp(left->name, right->name);
}

/* Order of the open stages of the ladder from..end: a number at the start of every name; else how long it takes deals
 * to come there, when that is known of all; else their probabilities when all have one and they differ; else usual
 * words. */
static const char *place_stages(Stages *stages, const char *pipeline) {
  guint n_open = 0;
  gboolean numbered = TRUE, known = TRUE, dated = TRUE;
  double least = 2, most = -1;
  for (guint i = 0; i < stages->stages->len; i++) {
    const Stage *s = stage_at(stages, i);
    if (s->outcome != OPEN || g_strcmp0(s->pipeline, pipeline) != 0) continue;
    n_open++;
    numbered = numbered && g_ascii_isdigit(s->name[0]);
    known = known && s->probability >= 0;
    dated = dated && s->days_until >= 0;
    least = MIN(least, s->probability);
    most = MAX(most, s->probability);
  }
  numbered = numbered && n_open > 0;
  gboolean by_probability = n_open > 0 && known && most > least + 0.01;
  for (guint i = 0; i < stages->stages->len; i++) {
    Stage *s = stage_at(stages, i);
    if (g_strcmp0(s->pipeline, pipeline) != 0) continue;
    int usual = usual_place(s->name);
    s->place = numbered         ? g_ascii_strtod(s->name, NULL)
               : dated          ? s->days_until
               : by_probability ? s->probability
               : usual < 0      ? 38
                                : usual;
  }
  return numbered         ? "the numbers in their names"
         : dated          ? "the days on which deals came into them"
         : by_probability ? "their mean probability"
                          : "what their names usually mean";
}

/* --- writing --- */

static char *yaml_word(const char *text) {
  g_autofree char *escaped = g_strescape(text, NULL);
  g_autofree char *valid =
      g_utf8_validate(text, -1, NULL) && !strpbrk(text, "\"\\\n\t") ? g_strdup(text) : g_steal_pointer(&escaped);
  return g_strdup_printf("\"%s\"", valid);
}

/* Two pipelines may both have a "Closed Won": its id then says which. */
static char *stage_id(const Stages *stages, const Stage *stage) {
  guint n = 0;
  for (guint i = 0; i < stages->stages->len; i++) n += g_str_equal(stage_at(stages, i)->name, stage->name);
  return n > 1 && stage->pipeline ? g_strdup_printf("%s / %s", stage->pipeline, stage->name) : g_strdup(stage->name);
}

static char *stage_row(const Stages *stages, const Stage *s, guint position) {
  g_autofree char *plain = stage_id(stages, s);
  g_autofree char *id = yaml_word(plain);
  g_autofree char *name = yaml_word(s->name);
  GString *row = g_string_new(NULL);
  g_string_append_printf(row, "{id: %s, name: %s", id, name);
  if (s->pipeline) {
    g_autofree char *pipeline = yaml_word(s->pipeline);
    g_string_append_printf(row, ", pipeline: %s", pipeline);
  }
  g_string_append_printf(row, ", position: %u, outcome: %s", position, outcome_names[s->outcome]);
  if (s->one_probability && s->outcome == OPEN) {
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(digits, sizeof digits, "%.4g", s->probability);
    g_string_append_printf(row, ", probability: %s", digits);
  }
  g_string_append_c(row, '}');
  return g_string_free(row, FALSE);
}

static void tell_order(const Stages *stages, const char *pipeline, const char *how) {
  g_autoptr(GString) open = g_string_new(NULL);
  guint n_open = 0;
  for (guint i = 0; i < stages->stages->len; i++) {
    const Stage *s = stage_at(stages, i);
    if (s->outcome != OPEN || g_strcmp0(s->pipeline, pipeline) != 0) continue;
    g_string_append_printf(open, "%s%s", n_open++ ? ", " : "", s->name);
  }
  if (n_open > 1)
    propose_check(stages->propose, "The open stages%s%s are put in this order, by %s: %s.", pipeline ? " of " : "",
                  pipeline ? pipeline : "", how, open->str);
}

static void write_stages(Stages *stages) {
  ProposeEntry *made = propose_entry_new(stages->propose, "stage", NULL);
  made->rows = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) hows = g_hash_table_new(g_str_hash, g_str_equal);
  const char *how = NULL;
  for (guint i = 0; i < stages->stages->len; i++) {
    const char *pipeline = stage_at(stages, i)->pipeline;
    if (g_hash_table_contains(hows, pipeline ? pipeline : "")) continue;
    how = place_stages(stages, pipeline);
    g_hash_table_insert(hows, (gpointer)(pipeline ? pipeline : ""), (gpointer)how);
  }
  g_array_sort(stages->stages, by_place);
  made->comment = stages->is_split ? g_strdup("the stages of each pipeline, in order")
                                   : g_strdup_printf("the stages in order, by %s", how);
  for (guint i = 0, position = 1; i < stages->stages->len; i++, position++) {
    const Stage *s = stage_at(stages, i);
    gboolean first = i == 0 || g_strcmp0(s->pipeline, stage_at(stages, i - 1)->pipeline) != 0;
    if (first) position = 1;
    if (first) tell_order(stages, s->pipeline, g_hash_table_lookup(hows, s->pipeline ? s->pipeline : ""));
    g_ptr_array_add(made->rows, stage_row(stages, s, position));
  }
}

void propose_stages(Propose *propose, ProposeEntry *deals) {
  if (propose_find(propose, "stage") || !propose_entry_column(deals, "stage")) return;
  g_autoptr(GArray) array = g_array_new(FALSE, TRUE, sizeof(Stage));
  g_array_set_clear_func(array, stage_clear);
  Stages stages = {.propose = propose, .deals = deals, .stages = array};
  stages.is_told = reads_stage(deals);
  g_autofree char *sql = deals_sql(&stages);
  stages.is_split = propose_entry_column(deals, "pipeline") && has_own_ladders(&stages, sql);
  query_deals(&stages, sql);
  if (array->len <= MOST_STAGES) query_histories(&stages);
  measure_entries(&stages);
  if (array->len == 0) return;
  if (array->len > MOST_STAGES) {
    propose_check(propose, "The deals have more than %d different stages; none are put in order.", MOST_STAGES);
    return;
  }
  if (stages.is_split) propose_assumed(propose, "Each pipeline has stages of its own, and is a ladder of its own.");
  settle_outcomes(&stages);
  tell_stuck(&stages);
  write_stages(&stages);
}
