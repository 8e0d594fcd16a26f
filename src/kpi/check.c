/* Names and units of an expression: what rows and formulas have in common.
 *
 * Every part is checked even when another is wrong, so that one run tells all mistakes; a wrong part is NULL, and
 * whoever holds a NULL says nothing more about it. */
#include "kpi/internal.h"

#include <math.h>

/* --- problems --- */

static void note(KpiCatalogue *catalogue, BaseSpan span, guint order, int code, const char *format, va_list list)
    G_GNUC_PRINTF(5, 0);

static void note(KpiCatalogue *catalogue, BaseSpan span, guint order, int code, const char *format, va_list list) {
  if (catalogue->problems->len >= KPI_MAX_PROBLEMS) return;
  KpiProblem problem = {span, order, code, g_strdup_vprintf(format, list)};
  g_array_append_val(catalogue->problems, problem);
}

void kpi_problem_span(KpiCatalogue *catalogue, BaseSpan span, guint file_order, int code, const char *format, ...) {
  va_list list;
  va_start(list, format);
  note(catalogue, span, file_order, code, format, list);
  va_end(list);
}

void kpi_problem(const KpiCheck *check, gsize offset, gsize length, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int code = check->condition ? BASE_ERROR_USAGE : BASE_ERROR_INPUT; /* a condition comes from the command line */
  note(check->catalogue, kpi_text_span(check->text, offset, length), check->text->file_order, code, format, list);
  va_end(list);
}

void kpi_problem_limit(const KpiCheck *check, gsize offset, gsize length, const char *format, ...) {
  va_list list;
  va_start(list, format);
  note(check->catalogue, kpi_text_span(check->text, offset, length), check->text->file_order, BASE_ERROR_LIMIT, format,
       list);
  va_end(list);
}

/* --- nodes --- */

KpiExpr *kpi_expr_new(const KpiCheck *check, const KpiSyntax *syntax, KpiOp op, KpiUnit unit, guint n_args) {
  KpiExpr *expr = kpi_arena_new0(check->catalogue->arena, KpiExpr);
  expr->op = op;
  expr->unit = unit;
  expr->span = kpi_text_span(check->text, syntax->offset, syntax->length);
  expr->n_args = n_args;
  if (n_args) expr->args = kpi_arena_array(check->catalogue->arena, KpiExpr *, n_args);
  return expr;
}

KpiExpr *kpi_expr_with(const KpiCheck *check, const KpiSyntax *syntax, KpiOp op, KpiUnit unit, KpiExpr *const *args,
                       guint n) {
  KpiExpr *expr = kpi_expr_new(check, syntax, op, unit, n);
  for (guint i = 0; i < n; i++) expr->args[i] = args[i];
  return expr;
}

gboolean kpi_expr_is_literal(const KpiExpr *expr) {
  if (expr->op == KPI_OP_NUMBER) return expr->unit.kind == KPI_NUMBER;
  if (expr->unit.kind != KPI_NUMBER || expr->n_args == 0) return FALSE;
  for (guint i = expr->op == KPI_OP_IF ? 1 : 0; i < expr->n_args; i++)
    if (!kpi_expr_is_literal(expr->args[i])) return FALSE;
  return TRUE;
}

/* 0, and 0 / 0 for `no value`: at home in any unit. */
static gboolean is_nothing(const KpiExpr *expr) {
  if (expr->op == KPI_OP_DIV)
    return is_nothing(expr->args[0]) && is_nothing(expr->args[1]) && kpi_expr_is_literal(expr);
  return expr->op == KPI_OP_NUMBER && expr->number == 0;
}

/* --- literals --- */

KpiExpr *kpi_check_settle(KpiCheck *check, const KpiSyntax *syntax, KpiExpr *expr) {
  if (!expr || expr->op != KPI_OP_DURATION) return expr;
  double days = expr->in_hours ? expr->number / 24 : expr->grain == CALENDAR_WEEK ? expr->number * 7 : expr->number;
  if (!expr->in_hours && expr->grain != CALENDAR_DAY && expr->grain != CALENDAR_WEEK) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "a %s has no fixed length, so nothing can be measured in it; write days, as in 30 days",
                calendar_grain_name(expr->grain));
    return NULL;
  }
  KpiExpr *number = kpi_expr_new(check, syntax, KPI_OP_NUMBER, KPI_DAYS, 0);
  number->number = days;
  return number;
}

static KpiExpr *check_duration(KpiCheck *check, const KpiSyntax *syntax) {
  KpiExpr *expr = kpi_expr_new(check, syntax, KPI_OP_DURATION, KPI_DAYS, 0);
  expr->number = syntax->number;
  expr->grain = syntax->grain;
  expr->in_hours = syntax->in_hours;
  gboolean whole = floor(syntax->number) == syntax->number && fabs(syntax->number) < 1e6;
  if (!expr->in_hours && !whole) {
    if (expr->grain != CALENDAR_DAY) {
      kpi_problem(check, syntax->mark, syntax->mark_length, "only whole %ss, or days and hours, can be counted",
                  calendar_grain_name(expr->grain));
      return NULL;
    }
    expr->number *= 24;
    expr->in_hours = TRUE;
  }
  return check->table ? expr : kpi_check_settle(check, syntax, expr);
}

static KpiExpr *check_literal(KpiCheck *check, const KpiSyntax *syntax) {
  KpiExpr *expr = NULL;
  switch (syntax->kind) {
    case KPI_SYNTAX_NUMBER:
      expr = kpi_expr_new(check, syntax, KPI_OP_NUMBER, KPI_UNIT(KPI_NUMBER), 0);
      expr->number = syntax->number;
      return expr;
    case KPI_SYNTAX_DURATION:
      return check_duration(check, syntax);
    case KPI_SYNTAX_TEXT:
    case KPI_SYNTAX_DATE:
    case KPI_SYNTAX_BOOL:
      break;
    default:
      return NULL;
  }
  if (!check->table) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "a formula calculates with numbers; conditions on texts and dates go into a measure, after `where`");
    return NULL;
  }
  if (syntax->kind == KPI_SYNTAX_TEXT) {
    expr = kpi_expr_new(check, syntax, KPI_OP_TEXT, KPI_UNIT(KPI_TEXT), 0);
    expr->text = kpi_arena_strndup(check->catalogue->arena, syntax->text, strlen(syntax->text));
  } else if (syntax->kind == KPI_SYNTAX_DATE) {
    expr = kpi_expr_new(check, syntax, KPI_OP_DATE, KPI_UNIT(KPI_INSTANT), 0);
    expr->day = syntax->day;
  } else {
    expr = kpi_expr_new(check, syntax, syntax->truth ? KPI_OP_TRUE : KPI_OP_FALSE, KPI_UNIT(KPI_BOOL), 0);
  }
  return expr;
}

static KpiExpr *check_name(KpiCheck *check, const KpiSyntax *syntax) {
  return check->table ? kpi_check_column(check, syntax) : kpi_check_formula_name(check, syntax);
}

/* --- units --- */

gboolean kpi_unify(const KpiExpr *a, const KpiExpr *b, KpiUnit *unit) {
  *unit = a->unit;
  if (kpi_unit_equal(a->unit, b->unit)) return TRUE;
  if (!kpi_unit_is_number(a->unit) || !kpi_unit_is_number(b->unit)) return FALSE;
  if (a->unit.kind == KPI_NUMBER) *unit = b->unit;
  if (a->unit.kind != KPI_NUMBER && b->unit.kind != KPI_NUMBER) return FALSE;
  if (unit->kind != KPI_QUANTITY) return TRUE;
  return is_nothing(a->unit.kind == KPI_NUMBER ? a : b);
}

static const char *text_of(const KpiCheck *check, const KpiSyntax *syntax, char *buffer, gsize size) {
  const char *start = check->text->text + syntax->offset;
  gsize n = 0;
  for (gsize i = 0; i < syntax->length && n + 1 < size; i++) {
    gboolean blank = g_ascii_isspace(start[i]);
    if (!blank)
      buffer[n++] = start[i];
    else if (n && buffer[n - 1] != ' ')
      buffer[n++] = ' ';
  }
  buffer[n] = '\0';
  if (n + 1 == size) g_strlcpy(buffer, "…", size);
  return buffer;
}

/* A bare number beside money or days, or the other way round. */
static void problem_of_bare_number(KpiCheck *check, const KpiSyntax *syntax, const char *doing, KpiUnit other) {
  const char *help = !kpi_unit_is_number(other)        ? ""
                     : kpi_unit_equal(other, KPI_DAYS) ? "; write its unit, as in 14 days"
                                                       : "; only 0 can";
  kpi_problem(check, syntax->mark, syntax->mark_length, "a bare number cannot be %s %s%s", doing,
              kpi_unit_phrase(other), help);
}

static void problem_of_sum(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *a, const KpiExpr *b) {
  const char *doing = syntax->op == KPI_OP_ADD ? "added to" : "taken from";
  char left[40], right[40];
  text_of(check, syntax->args[0], left, sizeof left);
  text_of(check, syntax->args[1], right, sizeof right);
  if (a->unit.kind == KPI_INSTANT && b->unit.kind == KPI_INSTANT) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "dates are not calculated with; the days between are days(%s, %s)", right, left);
  } else if (a->unit.kind == KPI_INSTANT) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "only a written duration, as in %s + 14 days, can be %s a date", left, doing);
  } else if (a->unit.kind == KPI_NUMBER || b->unit.kind == KPI_NUMBER) {
    problem_of_bare_number(check, syntax, doing, a->unit.kind == KPI_NUMBER ? b->unit : a->unit);
  } else {
    gboolean numbers = kpi_unit_is_number(a->unit) && kpi_unit_is_number(b->unit);
    g_autofree char *help = numbers ? g_strdup_printf("; did you mean %s / %s?", left, right) : g_strdup("");
    kpi_problem(check, syntax->mark, syntax->mark_length, "%s (%s) cannot be %s %s (%s)%s", right,
                kpi_unit_name(b->unit), doing, left, kpi_unit_name(a->unit), help);
  }
}

/* --- arithmetic --- */

static KpiExpr *check_sum(KpiCheck *check, const KpiSyntax *syntax, KpiExpr **args) {
  gboolean is_add = syntax->op == KPI_OP_ADD;
  gboolean moves_date = args[0]->unit.kind == KPI_INSTANT && args[1]->op == KPI_OP_DURATION;
  if (moves_date) return kpi_expr_with(check, syntax, syntax->op, KPI_UNIT(KPI_INSTANT), args, 2);
  if (is_add && args[0]->op == KPI_OP_DURATION && args[1]->unit.kind == KPI_INSTANT)
    return kpi_expr_with(check, syntax, syntax->op, KPI_UNIT(KPI_INSTANT), (KpiExpr *[]){args[1], args[0]}, 2);
  for (int i = 0; i < 2; i++)
    if (!(args[i] = kpi_check_settle(check, syntax->args[i], args[i]))) return NULL;
  KpiUnit unit;
  if (!kpi_unify(args[0], args[1], &unit) || !kpi_unit_is_number(unit)) {
    problem_of_sum(check, syntax, args[0], args[1]);
    return NULL;
  }
  return kpi_expr_with(check, syntax, syntax->op, unit, args, 2);
}

static KpiExpr *check_product(KpiCheck *check, const KpiSyntax *syntax, KpiExpr **args) {
  KpiUnit unit;
  for (int i = 0; i < 2; i++) {
    if (!(args[i] = kpi_check_settle(check, syntax->args[i], args[i]))) return NULL;
    if (kpi_unit_is_number(args[i]->unit)) continue;
    kpi_problem(check, syntax->args[i]->mark, syntax->args[i]->mark_length, "this is %s; only numbers can be %s",
                kpi_unit_phrase(args[i]->unit), syntax->op == KPI_OP_MUL ? "multiplied" : "divided");
    return NULL;
  }
  gboolean fits = syntax->op == KPI_OP_MUL ? kpi_unit_multiply(args[0]->unit, args[1]->unit, &unit)
                                           : kpi_unit_divide(args[0]->unit, args[1]->unit, &unit);
  if (!fits) {
    kpi_problem(check, syntax->mark, syntax->mark_length, "money or days to a power above 9 mean nothing");
    return NULL;
  }
  return kpi_expr_with(check, syntax, syntax->op, unit, args, 2);
}

static KpiExpr *check_negative(KpiCheck *check, const KpiSyntax *syntax, KpiExpr *arg) {
  if (arg->op == KPI_OP_NUMBER || arg->op == KPI_OP_DURATION) {
    arg->number = -arg->number;
    arg->span = kpi_text_span(check->text, syntax->offset, syntax->length);
    return arg;
  }
  if (kpi_unit_is_number(arg->unit)) return kpi_expr_with(check, syntax, KPI_OP_NEG, arg->unit, &arg, 1);
  kpi_problem(check, syntax->mark, syntax->mark_length, "%s has no negative", kpi_unit_phrase(arg->unit));
  return NULL;
}

/* --- comparisons and conditions --- */

static const LedgerTable *key_table(const KpiCheck *check, const KpiExpr *expr) {
  if (expr->op != KPI_OP_COLUMN) return NULL;
  const KpiHop *last = &expr->path[expr->n_path - 1];
  return last->column ? ledger_schema_find(check->catalogue->schema, last->column->ref) : last->table;
}

static gboolean comparable(const KpiCheck *check, const KpiExpr *a, const KpiExpr *b) {
  if (kpi_unit_is_number(a->unit) && kpi_unit_is_number(b->unit) && (kpi_expr_is_literal(a) || kpi_expr_is_literal(b)))
    return TRUE;
  KpiUnit unit;
  if (!kpi_unify(a, b, &unit)) return FALSE;
  return unit.kind != KPI_KEY || key_table(check, a) == key_table(check, b);
}

/* A reference beside a text: most often its name is meant. */
static void problem_of_reference(KpiCheck *check, gsize at, gsize length, const KpiExpr *reference, const char *text) {
  const LedgerTable *to = key_table(check, reference);
  if (!to || !ledger_table_column(to, "name") || !reference->path[reference->n_path - 1].column) {
    kpi_problem(check, at, length, "a reference cannot be compared with a text");
    return;
  }
  g_autofree char *path = kpi_expr_print(reference);
  kpi_problem(check, at, length, "a reference to %s is compared with a text; compare its name: %s.name = '%s'",
              to->name, path, text);
}

static void problem_of_comparison(KpiCheck *check, gsize at, gsize length, const KpiExpr *a, const KpiExpr *b) {
  const KpiExpr *text = a->op == KPI_OP_TEXT ? a : b->op == KPI_OP_TEXT ? b : NULL;
  const KpiExpr *other = text == a ? b : a;
  BaseDay day;
  if (text && other->unit.kind == KPI_INSTANT && base_day_parse_iso(text->text, &day))
    kpi_problem(check, at, length, "a date is compared with a text; write %s without quotes", text->text);
  else if (text && other->unit.kind == KPI_KEY)
    problem_of_reference(check, at, length, other, text->text);
  else if (text && other->unit.kind == KPI_BOOL)
    kpi_problem(check, at, length, "true or false is compared with a text; write true or false without quotes");
  else if (text && kpi_unit_is_number(other->unit))
    kpi_problem(check, at, length, "%s is compared with a text; write numbers without quotes",
                kpi_unit_phrase(other->unit));
  else
    kpi_problem(check, at, length, "%s cannot be compared with %s", kpi_unit_phrase(a->unit), kpi_unit_phrase(b->unit));
}

static gboolean hours_against_number(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *a, const KpiExpr *b) {
  gboolean left = a->op == KPI_OP_HOURS || a->op == KPI_OP_WORKING_HOURS,
           right = b->op == KPI_OP_HOURS || b->op == KPI_OP_WORKING_HOURS;
  const KpiExpr *number = left ? b : right ? a : NULL;
  if (!number || number->op != KPI_OP_NUMBER || number->unit.kind != KPI_NUMBER || number->number == 0) return FALSE;
  kpi_problem(check, syntax->mark, syntax->mark_length, "say of what: write %g hours or %g days", number->number,
              number->number);
  return TRUE;
}

/* --- texts that can be no others --- */

#define MAX_WORDS 4

/* The columns whose texts the product writes itself. */
static const struct {
  const char *table, *column;
  const char *words[MAX_WORDS + 1];
} closed_sets[] = {
    {"opportunity", "outcome", {"open", "won", "lost", "abandoned"}},
    {"close_date_move", "kind", {"pushed", "pulled_in"}},
};

static const char *const *words_of(const KpiExpr *expr) {
  const KpiHop *last = expr->op == KPI_OP_COLUMN ? &expr->path[expr->n_path - 1] : NULL;
  for (guint i = 0; last && last->column && i < G_N_ELEMENTS(closed_sets); i++)
    if (kpi_same(last->table->name, closed_sets[i].table) && kpi_same(last->column->name, closed_sets[i].column))
      return closed_sets[i].words;
  return NULL;
}

/* A text beside such a column becomes the word that it means, capitals aside; one that means none is a mistake. */
static gboolean check_word(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *column, KpiExpr *text) {
  const char *const *words = text->op == KPI_OP_TEXT ? words_of(column) : NULL;
  if (!words) return TRUE;
  for (guint i = 0; words[i]; i++) {
    if (g_ascii_strcasecmp(words[i], text->text)) continue;
    text->text = words[i];
    return TRUE;
  }
  g_autofree char *all = g_strjoinv(", ", (char **)(gpointer)words);
  const char *near = base_nearest(text->text, words, g_strv_length((char **)(gpointer)words));
  const char *name = column->path[column->n_path - 1].column->name;
  kpi_problem(check, syntax->mark, syntax->mark_length, "%s is never '%s'; it is one of %s%s%s%s", name, text->text,
              all, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
  return FALSE;
}

static KpiExpr *check_comparison(KpiCheck *check, const KpiSyntax *syntax, KpiExpr **args, guint n) {
  if (syntax->op == KPI_OP_IN && !check->table) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "`in` asks about a column of a row; it goes into a measure, after `where`");
    return NULL;
  }
  for (guint i = 0; i < n; i++)
    if (!(args[i] = kpi_check_settle(check, syntax->args[i], args[i]))) return NULL;
  gboolean good = TRUE;
  for (guint i = 1; i < n; i++) {
    gsize at = n == 2 ? syntax->mark : syntax->args[i]->mark;
    gsize length = n == 2 ? syntax->mark_length : syntax->args[i]->mark_length;
    if (!comparable(check, args[0], args[i])) {
      problem_of_comparison(check, at, length, args[0], args[i]);
      good = FALSE;
    } else if (hours_against_number(check, syntax, args[0], args[i]) ||
               !check_word(check, syntax->args[i], args[0], args[i]) ||
               (n == 2 && !check_word(check, syntax->args[0], args[1], args[0]))) {
      good = FALSE;
    }
  }
  KpiUnitKind kind = args[0]->unit.kind;
  gboolean ordered = kpi_unit_is_number(args[0]->unit) || kind == KPI_INSTANT;
  if (good && !ordered && syntax->op >= KPI_OP_LT && syntax->op <= KPI_OP_GE) {
    kpi_problem(check, syntax->mark, syntax->mark_length, "%s has no order; only = and <> compare it",
                kpi_unit_phrase(args[0]->unit));
    good = FALSE;
  }
  return good ? kpi_expr_with(check, syntax, syntax->op, KPI_UNIT(KPI_BOOL), args, n) : NULL;
}

gboolean kpi_check_is_condition(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *expr, const char *of) {
  if (expr->unit.kind == KPI_BOOL) return TRUE;
  kpi_problem(check, syntax->mark, syntax->mark_length, "%s asks for a condition, such as a = b; this is %s", of,
              kpi_unit_phrase(expr->unit));
  return FALSE;
}

static KpiExpr *check_logic(KpiCheck *check, const KpiSyntax *syntax, KpiExpr **args, guint n) {
  static const char *const names[] = {"`and`", "`or`", "`not`"};
  gboolean good = TRUE;
  for (guint i = 0; i < n; i++)
    good &= kpi_check_is_condition(check, syntax->args[i], args[i], names[syntax->op - KPI_OP_AND]);
  return good ? kpi_expr_with(check, syntax, syntax->op, KPI_UNIT(KPI_BOOL), args, n) : NULL;
}

static KpiExpr *check_empty(KpiCheck *check, const KpiSyntax *syntax, KpiExpr *arg) {
  if (!check->table) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "`is empty` asks about a column of a row; in a formula, coalesce(a, b) takes b where a has no value");
    return NULL;
  }
  if (!(arg = kpi_check_settle(check, syntax->args[0], arg))) return NULL;
  return kpi_expr_with(check, syntax, syntax->op, KPI_UNIT(KPI_BOOL), &arg, 1);
}

static KpiExpr *check_op(KpiCheck *check, const KpiSyntax *syntax) {
  KpiExpr *few[4];
  KpiExpr **args =
      syntax->n_args <= G_N_ELEMENTS(few) ? few : kpi_arena_array(check->catalogue->arena, KpiExpr *, syntax->n_args);
  gboolean good = TRUE;
  for (guint i = 0; i < syntax->n_args; i++) {
    gboolean unquoted = i > 0 && args[0] && kpi_check_unquoted(check, syntax, args[0], syntax->args[i]);
    args[i] = unquoted ? NULL : kpi_check_expr(check, syntax->args[i]);
    good &= args[i] != NULL;
  }
  if (!good) return NULL;
  switch (syntax->op) {
    case KPI_OP_ADD:
    case KPI_OP_SUB:
      return check_sum(check, syntax, args);
    case KPI_OP_MUL:
    case KPI_OP_DIV:
      return check_product(check, syntax, args);
    case KPI_OP_NEG:
      return check_negative(check, syntax, args[0]);
    case KPI_OP_AND:
    case KPI_OP_OR:
    case KPI_OP_NOT:
      return check_logic(check, syntax, args, syntax->n_args);
    case KPI_OP_IS_NULL:
    case KPI_OP_IS_NOT_NULL:
      return check_empty(check, syntax, args[0]);
    default:
      return check_comparison(check, syntax, args, syntax->n_args);
  }
}

static KpiExpr *check_any(KpiCheck *check, const KpiSyntax *syntax) {
  switch (syntax->kind) {
    case KPI_SYNTAX_NAME:
      return check_name(check, syntax);
    case KPI_SYNTAX_OP:
      return check_op(check, syntax);
    case KPI_SYNTAX_CALL:
      return kpi_check_call(check, syntax);
    default:
      return check_literal(check, syntax);
  }
}

KpiExpr *kpi_check_expr(KpiCheck *check, const KpiSyntax *syntax) {
  check->catalogue->level++;
  KpiExpr *expr = check_any(check, syntax);
  check->catalogue->level--;
  return expr;
}
