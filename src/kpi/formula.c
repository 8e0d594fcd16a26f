/* Formulas: measures and KPIs by name, and the functions that move or widen the period.
 *
 * What a formula may be asked depends on what it stands on: start() and average() ask for levels, before() and
 * lifetime() for flows, each() for facts that know its entity. A summary of every formula (its measures, its depth,
 * what it holds) answers that without walking down into the KPIs below it again. */
#include "kpi/internal.h"

/* --- names --- */

static void problem_no_name(KpiCheck *check, const KpiSyntax *syntax) {
  const char *word = syntax->names[0];
  const LedgerTable *table = ledger_schema_find(check->catalogue->schema, word);
  if (table && syntax->n_names > 1) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "%.*s is a column of many rows; say how they become one number, as in sum(%.*s on …)",
                (int)syntax->length, check->text->text + syntax->offset, (int)syntax->length,
                check->text->text + syntax->offset);
    return;
  }
  if (table) {
    kpi_problem(check, syntax->mark, syntax->mark_length, "%s is a fact of many rows; did you mean count(%s on …)?",
                word, word);
    return;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  GHashTable *tables[] = {check->catalogue->measure_names, check->catalogue->kpi_names, check->catalogue->parameters};
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) kpi_add_names(tables[i], names);
  kpi_problem(check, syntax->mark, syntax->mark_length, "there is no measure or KPI named '%.*s'%s",
              (int)kpi_text_cut(check->text->text + syntax->offset, syntax->length, 80),
              check->text->text + syntax->offset, kpi_suggest(check->catalogue, word, names));
}

KpiExpr *kpi_check_formula_name(KpiCheck *check, const KpiSyntax *syntax) {
  const char *name = syntax->names[0];
  KpiCatalogue *catalogue = check->catalogue;
  if (syntax->n_names == 1 && g_hash_table_contains(catalogue->measure_names, name)) {
    KpiMeasure *measure = kpi_catalogue_require_measure(catalogue, name);
    if (!measure) return NULL;
    KpiExpr *expr = kpi_expr_new(check, syntax, KPI_OP_MEASURE, measure->unit, 0);
    expr->measure = measure;
    return expr;
  }
  if (syntax->n_names == 1 && g_hash_table_contains(catalogue->kpi_names, name)) {
    KpiEntry *entry = kpi_catalogue_require(check, name, syntax);
    if (!entry) return NULL;
    KpiExpr *expr = kpi_expr_new(check, syntax, KPI_OP_KPI, entry->kpi.unit, 0);
    expr->kpi = &entry->kpi;
    return expr;
  }
  const KpiSyntax *literal = syntax->n_names == 1 ? kpi_catalogue_parameter(catalogue, name) : NULL;
  if (!literal) {
    problem_no_name(check, syntax);
    return NULL;
  }
  KpiSyntax here = *literal;
  here.offset = here.mark = syntax->offset;
  here.length = here.mark_length = syntax->length;
  return kpi_check_expr(check, &here);
}

/* --- summaries --- */

static void add_measure(KpiCatalogue *catalogue, KpiSummary *summary, const KpiMeasure *measure) {
  for (guint i = 0; i < summary->n_measures; i++)
    if (summary->measures[i] == measure) return;
  if (summary->n_measures == summary->room) {
    guint room = MAX(2 * summary->room, 4);
    const KpiMeasure **more = kpi_arena_array(catalogue->arena, const KpiMeasure *, room);
    for (guint i = 0; i < summary->n_measures; i++) more[i] = summary->measures[i];
    summary->measures = more;
    summary->room = room;
  }
  summary->measures[summary->n_measures++] = measure;
}

static void summary_add(KpiCatalogue *catalogue, const KpiExpr *expr, KpiSummary *summary, guint depth) {
  summary->depth = MAX(summary->depth, depth);
  summary->terms++;
  if (expr->op == KPI_OP_EACH) summary->has_each = TRUE;
  if (expr->op == KPI_OP_TOTAL) summary->has_total = TRUE;
  if (expr->op == KPI_OP_START || expr->op == KPI_OP_AVERAGE) summary->spans = TRUE;
  if (expr->op == KPI_OP_MEASURE) {
    add_measure(catalogue, summary, expr->measure);
    if (expr->measure->when != KPI_WHEN_LEVEL) summary->spans = TRUE;
  }
  if (expr->op == KPI_OP_KPI) {
    const KpiSummary *below = &((const KpiEntry *)expr->kpi)->summary;
    summary->depth = MAX(summary->depth, depth + below->depth);
    summary->terms += below->terms;
    summary->has_each |= below->has_each;
    summary->has_total |= below->has_total;
    summary->spans |= below->spans;
    for (guint i = 0; i < below->n_measures; i++) add_measure(catalogue, summary, below->measures[i]);
  }
  for (guint i = 0; i < expr->n_args; i++) summary_add(catalogue, expr->args[i], summary, depth + 1);
}

void kpi_summary_of(KpiCatalogue *catalogue, const KpiExpr *expr, KpiSummary *summary) {
  *summary = (KpiSummary){0};
  summary_add(catalogue, expr, summary, 1);
}

/* --- windows --- */

static const char *measure_label(const KpiMeasure *measure) {
  return measure->name ? measure->name : measure->canonical;
}

static gboolean all_levels(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *x) {
  KpiSummary summary;
  kpi_summary_of(check->catalogue, x, &summary);
  for (guint i = 0; i < summary.n_measures; i++) {
    const KpiMeasure *measure = summary.measures[i];
    if (measure->when == KPI_WHEN_LEVEL || measure->when == KPI_WHEN_ALWAYS) continue;
    kpi_problem(check, syntax->args[0]->mark, syntax->args[0]->mark_length,
                "%s() asks for a level: %s measured `from … until …`; %s happens on a day%s", syntax->text,
                measure->table->name, measure_label(measure),
                strcmp(syntax->text, "start") == 0 ? "; did you mean before(…)?" : "");
    return FALSE;
  }
  return TRUE;
}

static gboolean all_flows(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *x) {
  KpiSummary summary;
  kpi_summary_of(check->catalogue, x, &summary);
  for (guint i = 0; i < summary.n_measures; i++) {
    const KpiMeasure *measure = summary.measures[i];
    if (measure->when != KPI_WHEN_LEVEL) continue;
    kpi_problem(check, syntax->args[0]->mark, syntax->args[0]->mark_length,
                "%s() asks for what happens on a day (`on …`); %s is a level%s", syntax->text, measure_label(measure),
                strcmp(syntax->text, "before") == 0 ? "; did you mean start(…)?" : "");
    return FALSE;
  }
  return TRUE;
}

static gboolean has_flow(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *x) {
  KpiSummary summary;
  kpi_summary_of(check->catalogue, x, &summary);
  if (summary.spans || summary.n_measures == 0) return TRUE;
  kpi_problem(
      check, syntax->args[0]->mark, syntax->args[0]->mark_length,
      "a level is the same in every period that ends on its day, so %s() changes nothing; average(…) is its mean",
      syntax->text);
  return FALSE;
}

/* `12 months`, written or a parameter: the second part of shift() and trailing(). */
static gboolean read_window(KpiCheck *check, const KpiSyntax *syntax, KpiExpr *expr) {
  const KpiSyntax *at = syntax->args[1], *span = at;
  double sign = 1;
  if (span->kind == KPI_SYNTAX_OP && span->op == KPI_OP_NEG) {
    span = span->args[0];
    sign = -1;
  }
  if (span->kind == KPI_SYNTAX_NAME && span->n_names == 1) {
    const KpiSyntax *literal = kpi_catalogue_parameter(check->catalogue, span->names[0]);
    if (literal) span = literal;
  }
  expr->number = sign * span->number;
  expr->grain = span->grain;
  gboolean whole = expr->number == (gint32)expr->number && expr->number != 0 && ABS(expr->number) <= 10000;
  if (span->kind != KPI_SYNTAX_DURATION || span->in_hours || !whole) {
    kpi_problem(check, at->mark, at->mark_length,
                "%s() is written %s: a whole number of days, weeks, months, quarters or years", syntax->text,
                kpi_function_find(syntax->text)->form);
    return FALSE;
  }
  if (expr->op == KPI_OP_SHIFT || expr->number > 0) return TRUE;
  kpi_problem(check, at->mark, at->mark_length,
              "a trailing window has a length above 0; to move the period, shift(x, -3 months)");
  return FALSE;
}

static gboolean read_grain(KpiCheck *check, const KpiSyntax *syntax, KpiExpr *expr) {
  const KpiSyntax *at = syntax->args[1];
  static const struct {
    const char *word;
    CalendarGrain grain;
  } grains[] = {
      {"week", CALENDAR_WEEK}, {"month", CALENDAR_MONTH}, {"quarter", CALENDAR_QUARTER}, {"year", CALENDAR_YEAR}};
  for (gsize i = 0; i < G_N_ELEMENTS(grains); i++) {
    if (at->kind != KPI_SYNTAX_NAME || at->n_names != 1 || strcmp(at->names[0], grains[i].word) != 0) continue;
    expr->grain = grains[i].grain;
    return TRUE;
  }
  kpi_problem(check, at->mark, at->mark_length, "%s() is written %s; the second part is week, month, quarter or year",
              syntax->text, kpi_function_find(syntax->text)->form);
  return FALSE;
}

/* --- each --- */

static gboolean knows_entity(const LedgerTable *fact, const LedgerTable *entity) {
  if (fact == entity) return TRUE;
  for (guint i = 0; i < fact->n_columns; i++)
    if (fact->columns[i].type == LEDGER_REF && strcmp(fact->columns[i].ref, entity->name) == 0) return TRUE;
  return FALSE;
}

static const LedgerTable *read_entity(KpiCheck *check, const KpiSyntax *syntax) {
  const KpiSyntax *at = syntax->args[0];
  const char *word = at->kind == KPI_SYNTAX_NAME && at->n_names == 1 ? at->names[0] : "";
  const LedgerTable *entity = ledger_schema_find(check->catalogue->schema, word);
  if (entity) return entity;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < ledger_schema_n_tables(check->catalogue->schema); i++)
    g_ptr_array_add(names, (gpointer)ledger_schema_table(check->catalogue->schema, i)->name);
  kpi_problem(check, at->mark, at->mark_length,
              "for each what? each(account, x), each(opportunity, x), each(person, x) …%s",
              kpi_suggest(check->catalogue, word, names));
  return NULL;
}

static gboolean check_each_body(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *body,
                                const LedgerTable *entity) {
  KpiSummary summary;
  kpi_summary_of(check->catalogue, body, &summary);
  const KpiSyntax *at = syntax->args[1];
  if (summary.has_each || summary.has_total) {
    kpi_problem(check, at->mark, at->mark_length, "each() cannot stand around %s()",
                summary.has_each ? "another each" : "total");
    return FALSE;
  }
  if (summary.n_measures == 0) {
    kpi_problem(check, at->mark, at->mark_length, "there is no measure here that could differ from one %s to the next",
                entity->name);
    return FALSE;
  }
  for (guint i = 0; i < summary.n_measures; i++) {
    const KpiMeasure *measure = summary.measures[i];
    if (knows_entity(measure->table, entity)) continue;
    kpi_problem(check, at->mark, at->mark_length,
                "a row of %s does not say which %s it belongs to, so %s cannot be asked for each", measure->table->name,
                entity->name, measure_label(measure));
    return FALSE;
  }
  return TRUE;
}

static KpiExpr *check_each(KpiCheck *check, const KpiSyntax *syntax) {
  const LedgerTable *entity = read_entity(check, syntax);
  KpiExpr *body = kpi_check_expr(check, syntax->args[1]);
  if (!entity || !body || !check_each_body(check, syntax, body, entity)) return NULL;
  gboolean counted = body->unit.kind == KPI_BOOL || kpi_expr_is_literal(body);
  KpiExpr *expr = kpi_expr_new(check, syntax, KPI_OP_EACH, counted ? KPI_UNIT(KPI_COUNT) : body->unit, 1);
  expr->args[0] = body;
  expr->entity = entity;
  expr->each_index = ++check->catalogue->n_each;
  return expr;
}

/* --- calls --- */

KpiExpr *kpi_check_formula_call(KpiCheck *check, const KpiSyntax *syntax, KpiOp op) {
  if (op == KPI_OP_EACH) return check_each(check, syntax);
  KpiExpr *x = kpi_check_expr(check, syntax->args[0]);
  if (!x) return NULL;
  if (!kpi_unit_is_number(x->unit)) {
    kpi_problem(check, syntax->args[0]->mark, syntax->args[0]->mark_length, "%s() asks for a number; this is %s",
                syntax->text, kpi_unit_phrase(x->unit));
    return NULL;
  }
  KpiExpr *expr = kpi_expr_new(check, syntax, op, x->unit, 1);
  expr->args[0] = x;
  switch (op) {
    case KPI_OP_SHIFT:
      return read_window(check, syntax, expr) ? expr : NULL;
    case KPI_OP_TRAILING:
      return read_window(check, syntax, expr) && has_flow(check, syntax, x) ? expr : NULL;
    case KPI_OP_TO_DATE:
      return read_grain(check, syntax, expr) && has_flow(check, syntax, x) ? expr : NULL;
    case KPI_OP_WITHIN:
      return read_grain(check, syntax, expr) && all_levels(check, syntax, x) ? expr : NULL;
    case KPI_OP_START:
    case KPI_OP_AVERAGE:
      return all_levels(check, syntax, x) ? expr : NULL;
    case KPI_OP_BEFORE:
    case KPI_OP_LIFETIME:
      return all_flows(check, syntax, x) ? expr : NULL;
    default:
      return expr;
  }
}

KpiExpr *kpi_check_whole(KpiCheck *check, const KpiSyntax *syntax, KpiSummary *summary) {
  KpiExpr *expr = kpi_check_expr(check, syntax);
  if (!expr) return NULL;
  if (!kpi_unit_is_number(expr->unit)) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "a KPI is a number; this is %s; count it with if(…, 1, 0) or each(account, …)",
                kpi_unit_phrase(expr->unit));
    return NULL;
  }
  kpi_summary_of(check->catalogue, expr, summary);
  if (summary->depth > KPI_MAX_NESTING) {
    kpi_problem_limit(check, syntax->mark, syntax->mark_length,
                      "this formula and the KPIs it stands on are nested more than %d levels deep (max_nesting)",
                      KPI_MAX_NESTING);
    return NULL;
  }
  if (summary->terms <= KPI_MAX_TERMS) return expr;
  kpi_problem_limit(check, syntax->mark, syntax->mark_length,
                    "this formula has more than %d parts with the KPIs it stands on written out (max_terms)",
                    KPI_MAX_TERMS);
  return NULL;
}
