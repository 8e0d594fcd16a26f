/* Measures: the columns of rows, and the aggregate that stands over them.
 *
 * The first name of a measure's value carries its fact: in sum(sale.net_amount - cost on at), `sale` is the table and
 * all names are its columns from then on. A reference is followed by a dot: opportunity.account.industry. Where a fact
 * has a reference of some name (activity has `opportunity`), that name is the reference; the fact's own name is only
 * looked at after its columns. */
#include "kpi/internal.h"

/* --- columns --- */

static const LedgerColumn *column_of(const LedgerTable *table, const char *name) {
  for (guint i = 0; i < table->n_columns; i++)
    if (kpi_same(table->columns[i].name, name)) return &table->columns[i];
  return NULL;
}

/* The columns of other tables that the word may mean, by way of a reference: " or " between them. */
static char *columns_behind(const KpiCheck *check, const LedgerTable *table, const char *name) {
  GString *found = g_string_new(NULL);
  for (guint i = 0; i < table->n_columns; i++) {
    const LedgerColumn *ref = &table->columns[i];
    const LedgerTable *to = ref->type == LEDGER_REF ? ledger_schema_find(check->catalogue->schema, ref->ref) : NULL;
    if (!to || !column_of(to, name)) continue;
    g_string_append_printf(found, "%s%s.%s", found->len ? " or " : "", ref->name, name);
  }
  return g_string_free(found, FALSE);
}

/* For a word that is near to none: the least distant columns, up to half of its letters away. */
static char *columns_nearest(const LedgerTable *table, const char *name) {
  guint least = (guint)g_utf8_strlen(name, -1) / 2;
  GString *found = g_string_new(NULL);
  for (guint i = 0; i < table->n_columns; i++) {
    guint distance = base_edit_distance(name, table->columns[i].name);
    if (distance > least) continue;
    if (distance < least) g_string_truncate(found, 0);
    least = distance;
    g_string_append_printf(found, "%s'%s'", found->len ? " or " : "", table->columns[i].name);
  }
  return g_string_free(found, FALSE);
}

static const char *column_suggestion(KpiCheck *check, const LedgerTable *table, const char *name) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < table->n_columns; i++) g_ptr_array_add(names, (gpointer)table->columns[i].name);
  const char *suggestion = kpi_suggest(check->catalogue, name, names);
  if (*suggestion) return suggestion;
  g_autofree char *behind = columns_behind(check, table, name);
  g_autofree char *nearest = *behind ? g_strdup("") : columns_nearest(table, name);
  if (!*behind && !*nearest) return "";
  g_autofree char *words = g_strdup_printf("; did you mean %s%s?", behind, nearest);
  return kpi_arena_strndup(check->catalogue->arena, words, strlen(words));
}

static void problem_no_column(KpiCheck *check, const KpiSyntax *syntax, gsize offset, const LedgerTable *table,
                              const char *name) {
  kpi_problem_span(check->catalogue, kpi_text_span(check->text, offset, strlen(name)), check->text->file_order,
                   check->condition ? BASE_ERROR_NOT_FOUND : BASE_ERROR_INPUT, "%s has no column '%s'%s", table->name,
                   name, column_suggestion(check, table, name));
}

/* Where the nth part of a dotted name starts: there may be blanks around the dots. */
static gsize part_offset(const KpiCheck *check, const KpiSyntax *syntax, guint part) {
  gsize at = syntax->offset;
  for (guint i = 0; i < part; i++) {
    const char *dot = strchr(check->text->text + at, '.');
    if (!dot) return syntax->offset;
    at = (gsize)(dot - check->text->text) + 1;
    while (g_ascii_isspace(check->text->text[at])) at++;
  }
  return at;
}

/* The first part is the table itself, not a column of it. */
static gboolean starts_with_table(const KpiCheck *check, const KpiSyntax *syntax) {
  if (syntax == check->carrier) return TRUE;
  if (strcmp(syntax->names[0], check->table->name) != 0) return FALSE;
  const LedgerColumn *column = column_of(check->table, syntax->names[0]);
  return !column || (column->type != LEDGER_REF && syntax->n_names > 1);
}

static gboolean is_row_itself(const LedgerTable *table, const char *name) {
  return strcmp(name, "key") == 0 && !column_of(table, name);
}

static KpiExpr *row_key(KpiCheck *check, const KpiSyntax *syntax) {
  KpiExpr *expr = kpi_expr_new(check, syntax, KPI_OP_COLUMN, KPI_UNIT(KPI_KEY), 0);
  KpiHop *hop = kpi_arena_new0(check->catalogue->arena, KpiHop);
  hop->table = check->table;
  expr->path = hop;
  expr->n_path = 1;
  return expr;
}

/* One hop more. FALSE: there is none, noted. */
static gboolean follow(KpiCheck *check, const KpiSyntax *syntax, guint part, const LedgerTable **table, KpiHop *hop) {
  const char *name = syntax->names[part];
  gboolean last = part + 1 == syntax->n_names;
  *hop = (KpiHop){*table, column_of(*table, name)};
  if (!hop->column) {
    if (last && is_row_itself(*table, name)) return TRUE;
    problem_no_column(check, syntax, part_offset(check, syntax, part), *table, name);
    return FALSE;
  }
  if (last) return TRUE;
  const LedgerTable *to =
      hop->column->type == LEDGER_REF ? ledger_schema_find(check->catalogue->schema, hop->column->ref) : NULL;
  if (!to) {
    kpi_problem(check, part_offset(check, syntax, part), strlen(name),
                "%s.%s is a %s and leads to no other table; only references are followed", (*table)->name, name,
                ledger_type_name(hop->column->type));
    return FALSE;
  }
  *table = to;
  return TRUE;
}

KpiExpr *kpi_check_column(KpiCheck *check, const KpiSyntax *syntax) {
  const LedgerTable *table = check->table;
  guint first = starts_with_table(check, syntax) ? 1 : 0;
  if (first == syntax->n_names) return row_key(check, syntax);
  if (first == 0 && syntax->n_names == 1 && !column_of(table, syntax->names[0])) {
    const KpiSyntax *literal = kpi_catalogue_parameter(check->catalogue, syntax->names[0]);
    if (literal) {
      KpiSyntax here = *literal;
      here.offset = here.mark = syntax->offset;
      here.length = here.mark_length = syntax->length;
      return kpi_check_expr(check, &here);
    }
  }
  KpiHop *path = kpi_arena_array(check->catalogue->arena, KpiHop, syntax->n_names - first);
  for (guint i = first; i < syntax->n_names; i++)
    if (!follow(check, syntax, i, &table, &path[i - first])) return NULL;
  KpiExpr *expr = kpi_expr_new(check, syntax, KPI_OP_COLUMN, KPI_UNIT(KPI_KEY), 0);
  expr->path = path;
  expr->n_path = syntax->n_names - first;
  const KpiHop *last = &path[expr->n_path - 1];
  if (last->column) expr->unit = kpi_unit_of_column(last->column);
  return expr;
}

gboolean kpi_check_unquoted(KpiCheck *check, const KpiSyntax *comparison, const KpiExpr *text, const KpiSyntax *word) {
  gboolean compares = comparison->op == KPI_OP_EQ || comparison->op == KPI_OP_NE || comparison->op == KPI_OP_IN;
  if (!check->table || !compares || text->op != KPI_OP_COLUMN || text->unit.kind != KPI_TEXT) return FALSE;
  if (word->kind != KPI_SYNTAX_NAME || word->n_names != 1) return FALSE;
  const char *name = word->names[0];
  if (column_of(check->table, name) || strcmp(check->table->name, name) == 0 || strcmp(name, "key") == 0 ||
      kpi_catalogue_parameter(check->catalogue, name))
    return FALSE;
  g_autofree char *column = kpi_expr_print(text);
  const char *before = comparison->op == KPI_OP_EQ ? " = " : comparison->op == KPI_OP_NE ? " <> " : " in (";
  kpi_problem(check, word->mark, word->mark_length, "%s has no column '%s'; a text goes between quotes: %s%s'%s'%s",
              check->table->name, name, column, before, name, comparison->op == KPI_OP_IN ? ", …)" : "");
  return TRUE;
}

/* --- the fact --- */

/* The first name written, parameters aside: it carries the fact. */
static const KpiSyntax *find_carrier(const KpiCheck *check, const KpiSyntax *syntax) {
  if (syntax->kind == KPI_SYNTAX_NAME) {
    gboolean parameter = syntax->n_names == 1 && kpi_catalogue_parameter(check->catalogue, syntax->names[0]) &&
                         !ledger_schema_find(check->catalogue->schema, syntax->names[0]);
    return parameter ? NULL : syntax;
  }
  for (guint i = 0; i < syntax->n_args; i++) {
    const KpiSyntax *found = find_carrier(check, syntax->args[i]);
    if (found) return found;
  }
  return NULL;
}

/* "; did you mean sale.net_amount?": the tables that have such a column. */
static void problem_no_fact(KpiCheck *check, const KpiSyntax *call, const KpiSyntax *name) {
  const LedgerSchema *schema = check->catalogue->schema;
  const char *word = name->names[0];
  g_autoptr(GPtrArray) tables = g_ptr_array_new();
  g_autoptr(GString) owners = g_string_new(NULL);
  guint n_owners = 0;
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    g_ptr_array_add(tables, (gpointer)table->name);
    if (table->kind == LEDGER_DIMENSION || !column_of(table, word) || n_owners++ >= 3) continue;
    g_string_append_printf(owners, "%s%s.%s", owners->len ? " or " : "; did you mean ", table->name, word);
  }
  if (owners->len) g_string_append_c(owners, '?');
  const char *suggestion = kpi_suggest(check->catalogue, word, tables);
  kpi_problem(check, name->mark, strlen(word), "%s() starts with its fact, and '%s' is none%s", call->text, word,
              *suggestion ? suggestion : owners->str);
}

static gboolean find_fact(KpiCheck *check, const KpiSyntax *call) {
  const KpiSyntax *name = NULL;
  for (guint i = 0; i < call->n_args && !name; i++) name = find_carrier(check, call->args[i]);
  if (!name) {
    kpi_problem(check, call->mark, call->mark_length, "%s() does not say of what: %s", call->text,
                kpi_function_find(call->text)->form);
    return FALSE;
  }
  check->table = ledger_schema_find(check->catalogue->schema, name->names[0]);
  check->carrier = name;
  if (check->table) return TRUE;
  problem_no_fact(check, call, name);
  return FALSE;
}

/* --- values --- */

static gboolean check_value_unit(KpiCheck *check, const KpiSyntax *call, KpiMeasure *measure) {
  const KpiSyntax *value = call->args[0];
  KpiUnit unit = measure->value->unit;
  measure->unit = unit;
  if (measure->agg == KPI_AGG_DISTINCT) {
    measure->unit = KPI_UNIT(KPI_COUNT);
    if (unit.kind == KPI_KEY || unit.kind == KPI_TEXT) return TRUE;
    kpi_problem(check, value->mark, value->mark_length, "distinct() counts different references or texts; this is %s",
                kpi_unit_phrase(unit));
    return FALSE;
  }
  if (kpi_unit_is_number(unit)) {
    gboolean averaged = measure->agg == KPI_AGG_MEAN || measure->agg == KPI_AGG_QUANTILE;
    if (averaged && unit.kind == KPI_COUNT) measure->unit = KPI_UNIT(KPI_NUMBER);
    return TRUE;
  }
  const char *help = "";
  if (unit.kind == KPI_BOOL)
    help = "; to count where it is true, write count(… where …)";
  else if (unit.kind == KPI_INSTANT)
    help = "; the days between two dates are days(a, b)";
  else if (unit.kind == KPI_KEY || unit.kind == KPI_TEXT)
    help = "; how many different ones there are is distinct(…)";
  kpi_problem(check, value->mark, value->mark_length, "%s() asks for numbers; this is %s%s", call->text,
              kpi_unit_phrase(unit), help);
  return FALSE;
}

static gboolean check_count(KpiCheck *check, const KpiSyntax *call, KpiMeasure *measure) {
  const KpiSyntax *of = call->args[0];
  measure->unit = KPI_UNIT(KPI_COUNT);
  if (of->kind == KPI_SYNTAX_NAME && of->n_names == 1) return TRUE;
  if (of->kind == KPI_SYNTAX_NAME)
    kpi_problem(check, of->mark, of->mark_length,
                "count() counts rows: count(%s …); different values of a column: distinct(%.*s …)", check->table->name,
                (int)of->length, check->text->text + of->offset);
  else
    kpi_problem(check, of->mark, of->mark_length, "count() counts rows of a fact: count(%s where …)",
                check->table->name);
  return FALSE;
}

/* A share between 0 and 1, written or a parameter. */
static gboolean check_share(KpiCheck *check, const KpiSyntax *syntax, double *share) {
  KpiExpr *expr = kpi_check_expr(check, syntax);
  if (!expr) return FALSE;
  *share = expr->number;
  if (expr->op == KPI_OP_NUMBER && expr->unit.kind == KPI_NUMBER && expr->number > 0 && expr->number < 1) return TRUE;
  kpi_problem(check, syntax->mark, syntax->mark_length,
              "which quantile? A number between 0 and 1 expected here, such as 0.9");
  return FALSE;
}

static gboolean check_survival(KpiCheck *check, const KpiSyntax *call, KpiMeasure *measure) {
  measure->value_to = kpi_check_expr(check, call->args[1]);
  measure->unit = KPI_DAYS;
  if (!measure->value_to || !measure->value) return FALSE;
  for (int i = 0; i < 2; i++) {
    const KpiExpr *expr = i ? measure->value_to : measure->value;
    if (expr->unit.kind == KPI_INSTANT) continue;
    kpi_problem(check, call->args[i]->mark, call->args[i]->mark_length,
                "%s() asks for two dates, the start and the end; this is %s", call->text, kpi_unit_phrase(expr->unit));
    return FALSE;
  }
  return TRUE;
}

/* How far ahead: a written duration of days or more. */
static gboolean check_horizon(KpiCheck *check, const KpiSyntax *syntax, KpiMeasure *measure) {
  KpiExpr *expr = kpi_check_expr(check, syntax);
  if (!expr) return FALSE;
  measure->horizon = expr;
  double days = expr->op == KPI_OP_DURATION && !expr->in_hours ? kpi_duration_days(expr) : 0;
  if (days >= 1 && days <= KPI_MAX_HORIZON_YEARS * 365.25) return TRUE;
  kpi_problem(check, syntax->mark, syntax->mark_length,
              "how far ahead? A duration of at most %d years expected here, such as 12 months", KPI_MAX_HORIZON_YEARS);
  return FALSE;
}

static gboolean check_discount(KpiCheck *check, const KpiSyntax *syntax, KpiMeasure *measure) {
  KpiExpr *expr = kpi_check_expr(check, syntax);
  if (!expr) return FALSE;
  measure->discount = expr->number;
  if (expr->op == KPI_OP_NUMBER && expr->unit.kind == KPI_NUMBER && expr->number >= 0 && expr->number < 1) return TRUE;
  kpi_problem(check, syntax->mark, syntax->mark_length,
              "how much less is a purchase worth for being a year away? A share below 1 expected here, such as 10%%");
  return FALSE;
}

static gboolean check_customer_value(KpiCheck *check, const KpiSyntax *call, KpiMeasure *measure) {
  gboolean good = measure->value != NULL;
  measure->unit = KPI_MONEY;
  if (good && !kpi_unit_equal(measure->value->unit, KPI_MONEY)) {
    kpi_problem(check, call->args[0]->mark, call->args[0]->mark_length, "%s() asks for an amount of money; this is %s",
                call->text, kpi_unit_phrase(measure->value->unit));
    good = FALSE;
  }
  measure->value_to = kpi_check_expr(check, call->args[1]);
  if (measure->value_to && measure->value_to->unit.kind != KPI_KEY) {
    kpi_problem(check, call->args[1]->mark, call->args[1]->mark_length,
                "%s() asks for whose purchase it is, such as account; this is %s", call->text,
                kpi_unit_phrase(measure->value_to->unit));
    good = FALSE;
  }
  good &= check_horizon(check, call->args[2], measure);
  if (call->n_args > 3) good &= check_discount(check, call->args[3], measure);
  if (!call->clauses || !call->clauses[KPI_CLAUSE_ON]) {
    kpi_problem(check, call->mark, call->mark_length, "%s() asks for the day of the purchase: %s", call->text,
                kpi_function_find(call->text)->form);
    good = FALSE;
  }
  return good && measure->value_to;
}

static gboolean check_value(KpiCheck *check, const KpiSyntax *call, const KpiFunction *function, KpiMeasure *measure) {
  measure->agg = function->agg;
  if (measure->agg == KPI_AGG_COUNT) return check_count(check, call, measure);
  measure->value = kpi_check_expr(check, call->args[0]);
  gboolean good = measure->value != NULL;
  if (measure->agg == KPI_AGG_KM)
    good = check_survival(check, call, measure);
  else if (measure->agg == KPI_AGG_CLV)
    good = check_customer_value(check, call, measure);
  else if (good)
    good = check_value_unit(check, call, measure);
  if (measure->agg != KPI_AGG_QUANTILE && measure->agg != KPI_AGG_KM) return good;
  measure->quantile = 0.5;
  measure->quantile_type = 7;
  if (!strstr(call->text, "median")) good &= check_share(check, call->args[call->n_args - 1], &measure->quantile);
  return good;
}

static gboolean check_type(KpiCheck *check, const KpiSyntax *call, KpiMeasure *measure) {
  const KpiSyntax *type = call->clauses[KPI_CLAUSE_TYPE];
  if (!type) return TRUE;
  gboolean whole =
      type->kind == KPI_SYNTAX_NUMBER && type->number >= 1 && type->number <= 9 && type->number == (int)type->number;
  if (measure->agg == KPI_AGG_QUANTILE && whole) {
    measure->quantile_type = (int)type->number;
    return TRUE;
  }
  kpi_problem(check, type->mark, type->mark_length, "%s",
              measure->agg == KPI_AGG_QUANTILE ? "the types of quantiles are 1 to 9 (Hyndman and Fan)"
                                               : "`type` belongs to median() and quantile()");
  return FALSE;
}

/* --- clauses --- */

/* The clause's date into `*to`, NULL where it is not written. */
static gboolean check_date(KpiCheck *check, const KpiSyntax *call, KpiClause clause, KpiExpr **to) {
  const KpiSyntax *syntax = call->clauses[clause];
  *to = NULL;
  if (!syntax) return TRUE;
  KpiExpr *expr = kpi_check_expr(check, syntax);
  if (!expr) return FALSE;
  if (expr->unit.kind == KPI_INSTANT) {
    *to = expr;
    return TRUE;
  }
  kpi_problem(check, syntax->mark, syntax->mark_length, "`%s` asks for a date; this is %s", kpi_clause_name(clause),
              kpi_unit_phrase(expr->unit));
  return FALSE;
}

static gboolean clause_needs(KpiCheck *check, const KpiSyntax *call, KpiClause clause, gboolean allowed,
                             const char *help) {
  const KpiSyntax *syntax = call->clauses[clause];
  if (!syntax || allowed) return TRUE;
  kpi_problem(check, syntax->mark, syntax->mark_length, "`%s` %s", kpi_clause_name(clause), help);
  return FALSE;
}

static gboolean check_combination(KpiCheck *check, const KpiSyntax *call, const KpiMeasure *measure) {
  KpiSyntax **clauses = call->clauses;
  gboolean on = clauses[KPI_CLAUSE_ON] != NULL, from = clauses[KPI_CLAUSE_FROM] != NULL,
           over = clauses[KPI_CLAUSE_OVER] != NULL;
  if (on + from + over > 1) {
    const KpiSyntax *second = clauses[over ? KPI_CLAUSE_OVER : KPI_CLAUSE_FROM];
    kpi_problem(check, second->mark, second->mark_length,
                "a measure has one way to lie in time: `on` a day, `from … until …` as a level, or `over … until …`");
    return FALSE;
  }
  gboolean good = clause_needs(check, call, KPI_CLAUSE_UNTIL, from || over, "follows `from` or `over`");
  good &= clause_needs(check, call, KPI_CLAUSE_DUE, from, "belongs to a level: from … until … due …");
  good &= clause_needs(check, call, KPI_CLAUSE_DUE_TOO, from, "belongs to a level: from … until … due …");
  good &= clause_needs(check, call, KPI_CLAUSE_PAST, from, "belongs to a level: from … until … past …");
  good &= clause_needs(check, call, KPI_CLAUSE_OVER, measure->agg == KPI_AGG_SUM, "spreads a sum; only sum() takes it");
  good &= clause_needs(check, call, KPI_CLAUSE_FROM, measure->agg != KPI_AGG_KM,
                       "makes a level; survival times are taken `on` the day they start");
  if (over && !clauses[KPI_CLAUSE_UNTIL]) {
    kpi_problem(check, clauses[KPI_CLAUSE_OVER]->mark, clauses[KPI_CLAUSE_OVER]->mark_length,
                "`over` asks for an end: over … until …");
    good = FALSE;
  }
  return good;
}

static gboolean check_where(KpiCheck *check, const KpiSyntax *syntax, KpiMeasure *measure) {
  if (!syntax) return TRUE;
  KpiExpr *where = kpi_check_expr(check, syntax);
  if (!where) return FALSE;
  measure->where = where;
  if (where->unit.kind == KPI_BOOL) return TRUE;
  kpi_problem(check, syntax->mark, syntax->mark_length,
              "`where` asks for a condition, such as outcome = 'won'; this is %s", kpi_unit_phrase(where->unit));
  return FALSE;
}

static gboolean check_clauses(KpiCheck *check, const KpiSyntax *call, KpiMeasure *measure) {
  measure->when = KPI_WHEN_ALWAYS;
  if (!call->clauses) return TRUE;
  KpiSyntax **clauses = call->clauses;
  gboolean good = check_combination(check, call, measure);
  KpiClause start = clauses[KPI_CLAUSE_FROM]   ? KPI_CLAUSE_FROM
                    : clauses[KPI_CLAUSE_OVER] ? KPI_CLAUSE_OVER
                                               : KPI_CLAUSE_ON;
  if (clauses[start])
    measure->when = start == KPI_CLAUSE_FROM   ? KPI_WHEN_LEVEL
                    : start == KPI_CLAUSE_OVER ? KPI_WHEN_SPREAD
                                               : KPI_WHEN_ON;
  good &= check_where(check, clauses[KPI_CLAUSE_WHERE], measure);
  good &= check_date(check, call, start, &measure->on);
  good &= check_date(check, call, KPI_CLAUSE_UNTIL, &measure->until);
  good &= check_date(check, call, KPI_CLAUSE_DUE, &measure->due);
  good &= check_date(check, call, KPI_CLAUSE_DUE_TOO, &measure->due_too);
  good &= check_date(check, call, KPI_CLAUSE_PAST, &measure->past);
  good &= check_type(check, call, measure);
  return good;
}

KpiMeasure *kpi_check_measure(KpiCheck *check, const KpiSyntax *call) {
  const KpiFunction *function = kpi_function_find(call->text);
  KpiCheck row = *check;
  gboolean only = function->use == KPI_AGGREGATE;
  if (call->n_args < (only ? function->min_args : 1) || call->n_args > (only ? function->max_args : 1)) {
    kpi_problem(check, call->mark, call->mark_length, "%s() is written %s", call->text, function->form);
    return NULL;
  }
  if (!find_fact(&row, call)) return NULL;
  KpiMeasure *measure = kpi_arena_new0(check->catalogue->arena, KpiMeasure);
  measure->table = row.table;
  measure->span = kpi_text_span(check->text, call->offset, call->length);
  gboolean good = check_value(&row, call, function, measure);
  good &= check_clauses(&row, call, measure);
  if (!good) return NULL;
  g_string_truncate(check->catalogue->scratch, 0);
  kpi_measure_print_to(check->catalogue->scratch, measure);
  measure->canonical =
      kpi_arena_strndup(check->catalogue->arena, check->catalogue->scratch->str, check->catalogue->scratch->len);
  return measure;
}
