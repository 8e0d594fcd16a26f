/* Expressions to canonical text: what parses to the same expression again.
 *
 * Brackets stand only where the tree needs them. The first name of a measure's value carries its fact; all others stand
 * bare, as they are read. Durations print in the unit in which they are whole. */
#include "kpi/internal.h"

#include <math.h>

enum { LEVEL_OR = 1, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_SIGN, LEVEL_ATOM };

typedef struct {
  GString *out;
  gboolean carry; /* the next column is the first of its measure */
} Printer;

static void print_expr(Printer *printer, const KpiExpr *expr, int level);

/* --- literals --- */

/* g_string_append() for texts that mostly fit. */
static void put(GString *out, const char *text) {
  gsize length = strlen(text);
  if (out->len + length >= out->allocated_len) {
    g_string_append_len(out, text, (gssize)length);
    return;
  }
  memcpy(out->str + out->len, text, length + 1);
  out->len += length;
}

/* Most numbers are small, with four decimals at most; the general way takes a hundred times as long. */
static void print_decimal(GString *out, guint ten_thousandths) {
  char digits[16];
  gsize at = sizeof digits, end = sizeof digits;
  guint left = ten_thousandths;
  for (int place = 0; place < 5 || left > 0; place++) {
    if (place == 4) digits[--at] = '.';
    digits[--at] = (char)('0' + left % 10);
    left /= 10;
  }
  while (digits[end - 1] == '0') end--;
  if (digits[end - 1] == '.') end--;
  g_string_append_len(out, digits + at, (gssize)(end - at));
}

static void print_number(GString *out, double number) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (number > 0 && number < 4e5) {
    guint ten_thousandths = (guint)(number * 1e4 + 0.5);
    if (ten_thousandths / 1e4 == number) {
      print_decimal(out, ten_thousandths);
      return;
    }
  }
  g_ascii_formatd(text, sizeof text, "%.15g", number);
  if (g_ascii_strtod(text, NULL) != number) g_ascii_formatd(text, sizeof text, "%.17g", number);
  put(out, text);
}

static void print_of_unit(GString *out, double number, const char *unit) {
  print_number(out, number);
  g_string_append_c(out, ' ');
  put(out, unit);
  if (number != 1) g_string_append_c(out, 's');
}

static void print_literal(GString *out, const KpiExpr *expr) {
  if (expr->op == KPI_OP_DURATION) {
    print_of_unit(out, expr->number, expr->in_hours ? "hour" : calendar_grain_name(expr->grain));
    return;
  }
  if (expr->unit.kind != KPI_QUANTITY) {
    print_number(out, expr->number);
    return;
  }
  double hours = round(expr->number * 24);
  gboolean in_hours = expr->number != floor(expr->number) && hours / 24 == expr->number;
  print_of_unit(out, in_hours ? hours : expr->number, in_hours ? "hour" : "day");
}

static void print_text(GString *out, const char *text) {
  g_string_append_c(out, '\'');
  for (; *text; text++) {
    if (*text == '\'') g_string_append_c(out, '\'');
    g_string_append_c(out, *text);
  }
  g_string_append_c(out, '\'');
}

static void print_column(Printer *printer, const KpiExpr *expr) {
  const KpiHop *path = expr->path;
  gboolean own = path[0].column == NULL;
  if (printer->carry || (!own && kpi_word_is_reserved(path[0].column->name))) {
    put(printer->out, path[0].table->name);
    gboolean whole = printer->carry && own;
    printer->carry = FALSE;
    if (whole) return;
    g_string_append_c(printer->out, '.');
  }
  for (guint i = 0; i < expr->n_path; i++) {
    if (i) g_string_append_c(printer->out, '.');
    put(printer->out, path[i].column ? path[i].column->name : "key");
  }
}

/* --- operators --- */

static int level_of(const KpiExpr *expr) {
  switch (expr->op) {
    case KPI_OP_OR:
      return LEVEL_OR;
    case KPI_OP_AND:
      return LEVEL_AND;
    case KPI_OP_NOT:
      return expr->args[0]->op == KPI_OP_IN ? LEVEL_COMPARE : LEVEL_NOT;
    case KPI_OP_EQ:
    case KPI_OP_NE:
    case KPI_OP_LT:
    case KPI_OP_LE:
    case KPI_OP_GT:
    case KPI_OP_GE:
    case KPI_OP_IN:
    case KPI_OP_IS_NULL:
    case KPI_OP_IS_NOT_NULL:
      return LEVEL_COMPARE;
    case KPI_OP_ADD:
    case KPI_OP_SUB:
      return LEVEL_SUM;
    case KPI_OP_MUL:
    case KPI_OP_DIV:
      return LEVEL_PRODUCT;
    case KPI_OP_NEG:
      return LEVEL_SIGN;
    case KPI_OP_NUMBER:
    case KPI_OP_DURATION:
      return signbit(expr->number) ? LEVEL_SIGN : LEVEL_ATOM;
    default:
      return LEVEL_ATOM;
  }
}

static const char *sign_of(KpiOp op) {
  switch (op) {
    case KPI_OP_ADD:
      return " + ";
    case KPI_OP_SUB:
      return " - ";
    case KPI_OP_MUL:
      return " * ";
    case KPI_OP_DIV:
      return " / ";
    case KPI_OP_EQ:
      return " = ";
    case KPI_OP_NE:
      return " <> ";
    case KPI_OP_LT:
      return " < ";
    case KPI_OP_LE:
      return " <= ";
    case KPI_OP_GT:
      return " > ";
    case KPI_OP_GE:
      return " >= ";
    case KPI_OP_AND:
      return " and ";
    case KPI_OP_OR:
      return " or ";
    default:
      return NULL;
  }
}

static void print_list(Printer *printer, KpiExpr *const *args, guint n) {
  for (guint i = 0; i < n; i++) {
    if (i) put(printer->out, ", ");
    print_expr(printer, args[i], LEVEL_OR);
  }
}

static void print_in(Printer *printer, const KpiExpr *expr, const char *word) {
  print_expr(printer, expr->args[0], LEVEL_SUM);
  put(printer->out, word);
  print_list(printer, expr->args + 1, expr->n_args - 1);
  g_string_append_c(printer->out, ')');
}

static void print_operator(Printer *printer, const KpiExpr *expr, int level) {
  switch (expr->op) {
    case KPI_OP_NOT:
      if (expr->args[0]->op == KPI_OP_IN) {
        print_in(printer, expr->args[0], " not in (");
        return;
      }
      put(printer->out, "not ");
      print_expr(printer, expr->args[0], LEVEL_NOT);
      return;
    case KPI_OP_NEG:
      g_string_append_c(printer->out, '-');
      print_expr(printer, expr->args[0], LEVEL_SIGN);
      return;
    case KPI_OP_IN:
      print_in(printer, expr, " in (");
      return;
    case KPI_OP_IS_NULL:
    case KPI_OP_IS_NOT_NULL:
      print_expr(printer, expr->args[0], LEVEL_SUM);
      put(printer->out, expr->op == KPI_OP_IS_NULL ? " is empty" : " is not empty");
      return;
    default:
      print_expr(printer, expr->args[0], level == LEVEL_COMPARE ? LEVEL_SUM : level);
      put(printer->out, sign_of(expr->op));
      print_expr(printer, expr->args[1], level + 1);
  }
}

/* --- calls --- */

static void print_call(Printer *printer, const KpiExpr *expr) {
  GString *out = printer->out;
  put(out, kpi_function_name(expr->op));
  g_string_append_c(out, '(');
  if (expr->op == KPI_OP_EACH) {
    put(out, expr->entity->name);
    put(out, ", ");
  }
  print_list(printer, expr->args, expr->n_args);
  if (expr->op == KPI_OP_SHIFT || expr->op == KPI_OP_TRAILING) {
    put(out, ", ");
    print_of_unit(out, expr->number, calendar_grain_name(expr->grain));
  }
  if (expr->op == KPI_OP_TO_DATE || expr->op == KPI_OP_WITHIN) {
    put(out, ", ");
    put(out, calendar_grain_name(expr->grain));
  }
  g_string_append_c(out, ')');
}

static void print_atom(Printer *printer, const KpiExpr *expr) {
  GString *out = printer->out;
  switch (expr->op) {
    case KPI_OP_NUMBER:
    case KPI_OP_DURATION:
      print_literal(out, expr);
      return;
    case KPI_OP_TEXT:
      print_text(out, expr->text);
      return;
    case KPI_OP_TRUE:
      put(out, "true");
      return;
    case KPI_OP_FALSE:
      put(out, "false");
      return;
    case KPI_OP_COLUMN:
      print_column(printer, expr);
      return;
    case KPI_OP_KPI:
      put(out, expr->kpi->name);
      return;
    case KPI_OP_MEASURE:
      put(out, expr->measure->name ? expr->measure->name : expr->measure->canonical);
      return;
    case KPI_OP_DATE: {
      g_autofree char *day = base_day_format(expr->day);
      put(out, day);
      return;
    }
    default:
      print_call(printer, expr);
  }
}

static void print_expr(Printer *printer, const KpiExpr *expr, int level) {
  int own = level_of(expr);
  if (own < level) g_string_append_c(printer->out, '(');
  if (own >= LEVEL_ATOM || expr->op == KPI_OP_NUMBER || expr->op == KPI_OP_DURATION)
    print_atom(printer, expr);
  else
    print_operator(printer, expr, own);
  if (own < level) g_string_append_c(printer->out, ')');
}

void kpi_expr_print_to(GString *out, const KpiExpr *expr) {
  Printer printer = {out, FALSE};
  print_expr(&printer, expr, LEVEL_OR);
}

/* --- measures --- */

static const char *aggregate_name(const KpiMeasure *measure) {
  gboolean middle = measure->quantile == 0.5;
  switch (measure->agg) {
    case KPI_AGG_COUNT:
      return "count";
    case KPI_AGG_SUM:
      return "sum";
    case KPI_AGG_MEAN:
      return "mean";
    case KPI_AGG_DISTINCT:
      return "distinct";
    case KPI_AGG_MIN:
      return "min";
    case KPI_AGG_MAX:
      return "max";
    case KPI_AGG_QUANTILE:
      return middle ? "median" : "quantile";
    case KPI_AGG_KM:
      return middle ? "survival_median" : "survival_quantile";
    case KPI_AGG_CLV:
      return "customer_value";
  }
  return "";
}

static void print_clause(GString *out, KpiClause clause, const KpiExpr *expr) {
  if (!expr) return;
  g_string_append_c(out, ' ');
  put(out, kpi_clause_name(clause));
  g_string_append_c(out, ' ');
  kpi_expr_print_to(out, expr);
}

void kpi_measure_print_to(GString *out, const KpiMeasure *measure) {
  Printer printer = {out, TRUE};
  put(out, aggregate_name(measure));
  g_string_append_c(out, '(');
  if (measure->value)
    print_expr(&printer, measure->value, LEVEL_OR);
  else
    put(out, measure->table->name);
  if (measure->value_to) {
    put(out, ", ");
    print_expr(&printer, measure->value_to, LEVEL_OR);
  }
  if (measure->horizon) {
    put(out, ", ");
    print_expr(&printer, measure->horizon, LEVEL_OR);
  }
  if (measure->discount > 0) {
    put(out, ", ");
    print_number(out, measure->discount);
  }
  gboolean quantile = measure->agg == KPI_AGG_QUANTILE || measure->agg == KPI_AGG_KM;
  if (quantile && measure->quantile != 0.5) {
    put(out, ", ");
    print_number(out, measure->quantile);
  }
  if (measure->agg == KPI_AGG_QUANTILE && measure->quantile_type != 7)
    g_string_append_printf(out, " type %d", measure->quantile_type);
  print_clause(out, KPI_CLAUSE_WHERE, measure->where);
  KpiClause start = measure->when == KPI_WHEN_LEVEL    ? KPI_CLAUSE_FROM
                    : measure->when == KPI_WHEN_SPREAD ? KPI_CLAUSE_OVER
                                                       : KPI_CLAUSE_ON;
  print_clause(out, start, measure->on);
  print_clause(out, KPI_CLAUSE_UNTIL, measure->until);
  print_clause(out, KPI_CLAUSE_DUE, measure->due);
  print_clause(out, KPI_CLAUSE_DUE_TOO, measure->due_too);
  print_clause(out, KPI_CLAUSE_PAST, measure->past);
  g_string_append_c(out, ')');
}

char *kpi_expr_print(const KpiExpr *expr) {
  GString *out = g_string_new(NULL);
  kpi_expr_print_to(out, expr);
  return g_string_free(out, FALSE);
}

char *kpi_measure_print(const KpiMeasure *measure) {
  GString *out = g_string_new(NULL);
  kpi_measure_print_to(out, measure);
  return g_string_free(out, FALSE);
}
