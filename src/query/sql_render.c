/* Row expressions to SQL.
 *
 * Empty values: a comparison with nothing is not true; `<>` and `not` are, so that "source <> 'web'" keeps deals
 * without a source, as whoever writes it expects. Texts compare without regard to case, but for a deal's outcome, which
 * the loader writes itself. */
#include "base/money.h"
#include "query/sql_private.h"

#include <math.h>

static void render(SqlSelect *select, GString *out, const KpiExpr *expr, gboolean day);

static void render_list(SqlSelect *select, GString *out, const KpiExpr *expr, guint from, const char *between,
                        gboolean day) {
  for (guint i = from; i < expr->n_args; i++) {
    if (i > from) g_string_append(out, between);
    render(select, out, expr->args[i], day);
  }
}

static void render_call(SqlSelect *select, GString *out, const char *function, const KpiExpr *expr, gboolean day) {
  g_string_append_printf(out, "%s(", function);
  render_list(select, out, expr, 0, ", ", day);
  g_string_append_c(out, ')');
}

static gboolean is_money(const KpiExpr *expr) {
  return expr->unit.kind == KPI_QUANTITY && expr->unit.money_power != 0;
}

double sql_minor_units(const SqlSelect *select) {
  return pow(10, base_currency_digits(select->context->organisation->currency));
}

/* A bare number compared with money is in major units; one that money is multiplied by is none. */
static void render_beside(SqlSelect *select, GString *out, const KpiExpr *expr, const KpiExpr *other, gboolean day) {
  if (is_money(other) && expr->unit.kind == KPI_NUMBER) {
    g_string_append_c(out, '(');
    render(select, out, expr, day);
    g_string_append_printf(out, " * %g)", sql_minor_units(select));
    return;
  }
  render(select, out, expr, day);
}

static void render_infix(SqlSelect *select, GString *out, const KpiExpr *expr, const char *operator, gboolean day) {
  g_autofree char *between = g_strdup_printf(" %s ", operator);
  g_string_append_c(out, '(');
  render_list(select, out, expr, 0, between, day);
  g_string_append_c(out, ')');
}

gboolean sql_is_outcome(const KpiExpr *expr) {
  return expr->op == KPI_OP_COLUMN && expr->path[expr->n_path - 1].column != NULL &&
         g_str_equal(expr->path[expr->n_path - 1].column->name, "outcome") &&
         g_str_equal(expr->path[expr->n_path - 1].table->name, "opportunity");
}

/* GLib leaves numerals and letters in circles as they are; DuckDB does not. */
static gunichar fold_character(gunichar c) {
  if (c >= 0x2160 && c <= 0x216F) return c + 0x10; /* Ⅰ */
  if (c >= 0x24B6 && c <= 0x24CF) return c + 26;   /* Ⓐ */
  return g_unichar_tolower(c);
}

/* Character by character, as DuckDB's lower(): g_utf8_strdown() makes two of 'İ', and a last 'Σ' differ from others. */
char *sql_fold(const char *text) {
  GString *lower = g_string_sized_new(strlen(text));
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
    g_string_append_unichar(lower, fold_character(g_utf8_get_char(at)));
  return g_string_free(lower, FALSE);
}

static void render_text(SqlSelect *select, GString *out, const KpiExpr *expr, gboolean folded) {
  if (folded && expr->op == KPI_OP_TEXT) {
    g_autofree char *lower = sql_fold(expr->text);
    g_autofree char *quoted = store_quote_text(lower);
    g_string_append(out, quoted);
    return;
  }
  if (folded) g_string_append(out, "lower(");
  render(select, out, expr, FALSE);
  if (folded) g_string_append_c(out, ')');
}

/* Instants compare as local days where a day was meant: a date, or something so many days away. */
static gboolean means_days(const KpiExpr *expr) {
  if (expr->op == KPI_OP_DATE) return TRUE;
  if (expr->op == KPI_OP_DURATION) return !expr->in_hours;
  if (expr->unit.kind != KPI_INSTANT) return FALSE;
  for (guint i = 0; i < expr->n_args; i++)
    if (means_days(expr->args[i])) return TRUE;
  return FALSE;
}

static void render_comparison(SqlSelect *select, GString *out, const KpiExpr *expr, const char *operator) {
  const KpiExpr *a = expr->args[0], *b = expr->args[1];
  if (expr->op == KPI_OP_NE) operator= "IS DISTINCT FROM";
  g_string_append_c(out, '(');
  if (a->unit.kind == KPI_TEXT) {
    gboolean folded = !sql_is_outcome(a) && !sql_is_outcome(b);
    render_text(select, out, a, folded);
    g_string_append_printf(out, " %s ", operator);
    render_text(select, out, b, folded);
  } else {
    gboolean day = a->unit.kind == KPI_INSTANT && (means_days(a) || means_days(b));
    render_beside(select, out, a, b, day);
    g_string_append_printf(out, " %s ", operator);
    render_beside(select, out, b, a, day);
  }
  g_string_append_c(out, ')');
}

static void render_in(SqlSelect *select, GString *out, const KpiExpr *expr) {
  const KpiExpr *what = expr->args[0];
  gboolean text = what->unit.kind == KPI_TEXT, folded = text && !sql_is_outcome(what);
  g_string_append(out, "coalesce(");
  if (text)
    render_text(select, out, what, folded);
  else
    render(select, out, what, FALSE);
  g_string_append(out, " IN (");
  for (guint i = 1; i < expr->n_args; i++) {
    if (i > 1) g_string_append(out, ", ");
    if (text)
      render_text(select, out, expr->args[i], folded);
    else
      render_beside(select, out, expr->args[i], what, FALSE);
  }
  g_string_append(out, "), false)");
}

static void render_duration(GString *out, const KpiExpr *expr, gboolean day) {
  static const char *const units[] = {"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"};
  if (expr->in_hours)
    g_string_append_printf(out, "to_microseconds(%" G_GINT64_FORMAT ")", (gint64)llround(expr->number * 3600e6));
  else if (day && expr->grain == CALENDAR_DAY)
    g_string_append_printf(out, "%d", (int)lround(expr->number));
  else
    g_string_append_printf(out, "INTERVAL %d %s", (int)lround(expr->number), units[expr->grain]);
}

/* DATE plus an interval is a TIMESTAMP in SQL: cast back. */
static void render_moved(SqlSelect *select, GString *out, const KpiExpr *expr, const char *operator, gboolean day) {
  if (day) g_string_append(out, "CAST(");
  render_infix(select, out, expr, operator, day);
  if (day) g_string_append(out, " AS DATE)");
}

static void render_number(GString *out, double number) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append(out, g_ascii_dtostr(buffer, sizeof buffer, number));
}

static void render_working_hours(SqlSelect *select, GString *out, const KpiExpr *expr) {
  g_autoptr(GString) from = g_string_new(NULL);
  g_autoptr(GString) until = g_string_new(NULL);
  render(select, from, expr->args[0], FALSE);
  render(select, until, expr->args[1], FALSE);
  sql_working_hours(out, select->context->calendar, from->str, until->str, select->context->now_us);
}

static void render_function(SqlSelect *select, GString *out, const KpiExpr *expr, gboolean day) {
  switch (expr->op) {
    case KPI_OP_IF:
      g_string_append(out, "CASE WHEN ");
      render(select, out, expr->args[0], FALSE);
      g_string_append(out, " THEN ");
      render(select, out, expr->args[1], day);
      g_string_append(out, " ELSE ");
      render(select, out, expr->args[2], day);
      g_string_append(out, " END");
      break;
    case KPI_OP_COALESCE:
      render_call(select, out, "coalesce", expr, day);
      break;
    case KPI_OP_MIN:
    case KPI_OP_EARLIER:
      render_call(select, out, "least", expr, day);
      break;
    case KPI_OP_MAX:
    case KPI_OP_LATER:
      render_call(select, out, "greatest", expr, day);
      break;
    case KPI_OP_ABS:
      render_call(select, out, "abs", expr, day);
      break;
    case KPI_OP_CONTAINS:
      g_string_append(out, "coalesce(contains(");
      render_text(select, out, expr->args[0], TRUE);
      g_string_append(out, ", ");
      render_text(select, out, expr->args[1], TRUE);
      g_string_append(out, "), false)");
      break;
    case KPI_OP_DAYS:
      g_string_append_c(out, '(');
      render(select, out, expr->args[1], TRUE);
      g_string_append(out, " - ");
      render(select, out, expr->args[0], TRUE);
      g_string_append_c(out, ')');
      break;
    case KPI_OP_HOURS:
      g_string_append(out, "((epoch_us(");
      render(select, out, expr->args[1], FALSE);
      g_string_append(out, ") - epoch_us(");
      render(select, out, expr->args[0], FALSE);
      g_string_append(out, ")) / 86400000000.0)");
      break;
    case KPI_OP_WORKING_HOURS:
      render_working_hours(select, out, expr);
      break;
    default:
      g_assert_not_reached();
  }
}

static void render_condition(SqlSelect *select, GString *out, const KpiExpr *expr) {
  switch (expr->op) {
    case KPI_OP_EQ:
      render_comparison(select, out, expr, "=");
      break;
    case KPI_OP_NE:
      render_comparison(select, out, expr, "<>");
      break;
    case KPI_OP_LT:
      render_comparison(select, out, expr, "<");
      break;
    case KPI_OP_LE:
      render_comparison(select, out, expr, "<=");
      break;
    case KPI_OP_GT:
      render_comparison(select, out, expr, ">");
      break;
    case KPI_OP_GE:
      render_comparison(select, out, expr, ">=");
      break;
    case KPI_OP_AND:
      render_infix(select, out, expr, "AND", FALSE);
      break;
    case KPI_OP_OR:
      render_infix(select, out, expr, "OR", FALSE);
      break;
    case KPI_OP_IN:
      render_in(select, out, expr);
      break;
    case KPI_OP_NOT:
      g_string_append(out, "(NOT coalesce(");
      render(select, out, expr->args[0], FALSE);
      g_string_append(out, ", false))");
      break;
    case KPI_OP_IS_NULL:
    case KPI_OP_IS_NOT_NULL: {
      gboolean text = expr->args[0]->unit.kind == KPI_TEXT;
      g_string_append(out, text ? "(nullif(" : "(");
      render(select, out, expr->args[0], FALSE);
      g_string_append_printf(out, "%s IS %sNULL)", text ? ", '')" : "", expr->op == KPI_OP_IS_NULL ? "" : "NOT ");
      break;
    }
    default:
      render_function(select, out, expr, FALSE);
      break;
  }
}

static void render(SqlSelect *select, GString *out, const KpiExpr *expr, gboolean day) {
  switch (expr->op) {
    case KPI_OP_NUMBER:
      render_number(out, expr->number);
      break;
    case KPI_OP_TRUE:
      g_string_append(out, "true");
      break;
    case KPI_OP_FALSE:
      g_string_append(out, "false");
      break;
    case KPI_OP_TEXT: {
      g_autofree char *quoted = store_quote_text(expr->text);
      g_string_append(out, quoted);
      break;
    }
    case KPI_OP_DATE: {
      g_autofree char *date = base_day_format(expr->day);
      if (day)
        g_string_append_printf(out, "DATE '%s'", date);
      else
        g_string_append_printf(out, "make_timestamp(%" G_GINT64_FORMAT ")",
                               calendar_start_of_day(select->context->calendar, expr->day));
      break;
    }
    case KPI_OP_DURATION:
      render_duration(out, expr, day);
      break;
    case KPI_OP_COLUMN: {
      g_autofree char *column =
          sql_render_path(select, expr->path, expr->n_path, day && expr->unit.kind == KPI_INSTANT);
      g_string_append(out, column);
      break;
    }
    case KPI_OP_ADD:
    case KPI_OP_SUB: {
      const char *operator= expr->op == KPI_OP_ADD ? "+" : "-";
      if (expr->unit.kind == KPI_INSTANT)
        render_moved(select, out, expr, operator, day);
      else
        render_infix(select, out, expr, operator, day);
      break;
    }
    case KPI_OP_MUL:
      render_infix(select, out, expr, "*", day);
      break;
    case KPI_OP_DIV:
      g_string_append_c(out, '(');
      render(select, out, expr->args[0], day);
      g_string_append(out, " / nullif(CAST(");
      render(select, out, expr->args[1], day);
      g_string_append(out, " AS DOUBLE), 0))");
      break;
    case KPI_OP_NEG:
      g_string_append(out, "(-");
      render(select, out, expr->args[0], day);
      g_string_append_c(out, ')');
      break;
    case KPI_OP_IF:
    case KPI_OP_COALESCE:
    case KPI_OP_MIN:
    case KPI_OP_MAX:
    case KPI_OP_EARLIER:
    case KPI_OP_LATER:
    case KPI_OP_ABS:
    case KPI_OP_DAYS:
    case KPI_OP_HOURS:
    case KPI_OP_WORKING_HOURS:
      render_function(select, out, expr, day);
      break;
    default:
      render_condition(select, out, expr);
      break;
  }
}

char *sql_value(SqlSelect *select, const KpiExpr *expr) {
  GString *out = g_string_new(NULL);
  render(select, out, expr, FALSE);
  return g_string_free(out, FALSE);
}

static gboolean computes(const KpiExpr *expr) {
  gboolean is_computed =
      expr->op != KPI_OP_COLUMN && expr->n_args > 0 && expr->unit.kind != KPI_BOOL && expr->unit.kind != KPI_TEXT;
  for (guint i = 0; i < expr->n_args && !is_computed; i++) is_computed = computes(expr->args[i]);
  return is_computed;
}

char *sql_condition(SqlSelect *select, const KpiExpr *expr) {
  char *text = sql_value(select, expr);
  if (!computes(expr)) return text;
  char *tried = g_strdup_printf("TRY(%s)", text);
  g_free(text);
  return tried;
}

char *sql_day(SqlSelect *select, const KpiExpr *expr) {
  GString *out = g_string_new(NULL);
  render(select, out, expr, TRUE);
  return g_string_free(out, FALSE);
}
