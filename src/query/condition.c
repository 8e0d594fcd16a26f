/* Conditions over texts by dictionary code, and how all of them combine.
 *
 * Only whether a condition is true matters, never the difference between false and nothing: `and` and `or` of parts
 * that are true or not are true exactly when they are in SQL, and `not` is made of the whole (sql.c). So a node is one
 * byte a row.
 *
 * A text column is read for a condition's sake only when the condition names texts that it may hold (kind = 'call'):
 * such a column has a small vocabulary. One that is merely asked to be filled may hold as many texts as rows. */
#include "query/condition.h"

#include <math.h>

typedef enum {
  NODE_TEXT,   /* by code */
  NODE_BOOL,   /* a boolean column */
  NODE_FILLED, /* a column that is not empty */
  NODE_EMPTY,
  NODE_COMPARE, /* a whole-number column with a constant */
  NODE_AND,
  NODE_OR,
  NODE_NOT,
} NodeKind;

typedef struct {
  NodeKind kind;
  char *key; /* equal for nodes that are always equal */
  gint column;
  const KpiExpr *expr;
  GByteArray *by_code; /* TEXT: of empty, then of each code */
  gint64 constant;     /* COMPARE */
  GArray *parts;       /* AND, OR, NOT: gint */
  guint8 *rows;
  const guint8 *answer; /* of the chunk; NULL until asked */
} Node;

struct Conditions {
  SqlSelect *select;
  GArray *columns;
  GPtrArray *nodes;
  GHashTable *node_of; /* KpiExpr -> the number of its node, and 1 */
  const StoreChunk *chunk;
  gsize capacity; /* rows */
};

/* --- columns --- */

gint scan_column_find(const GArray *columns, char *sql, StoreColumnType type) {
  gint found = -1;
  for (guint c = 0; c < columns->len && found < 0; c++) {
    const ScanColumn *column = &g_array_index(columns, ScanColumn, c);
    if (column->type == type && g_str_equal(column->sql, sql)) found = (gint)c;
  }
  g_free(sql);
  return found;
}

gint scan_column_add(GArray *columns, char *sql, StoreColumnType type) {
  gint found = scan_column_find(columns, g_strdup(sql), type);
  if (found >= 0) {
    g_free(sql);
    return found;
  }
  ScanColumn column = {sql, type};
  g_array_append_val(columns, column);
  return (gint)columns->len - 1;
}

/* --- what one text decides --- */

static gboolean condition_holds(const KpiExpr *where, const char *text);

/* The text that an expression gives when its column holds `text`; NULL for none. The caller frees. */
static char *text_of(const KpiExpr *expr, const char *text) {
  switch (expr->op) {
    case KPI_OP_COLUMN:
      return g_strdup(text);
    case KPI_OP_TEXT:
      return g_strdup(expr->text);
    case KPI_OP_IF:
      return text_of(expr->args[condition_holds(expr->args[0], text) ? 1 : 2], text);
    default: {
      char *value = NULL;
      for (guint i = 0; i < expr->n_args && value == NULL; i++) value = text_of(expr->args[i], text);
      return value;
    }
  }
}

static char *compared_text(const KpiExpr *expr, const char *text, gboolean folded) {
  char *value = text_of(expr, text);
  if (!folded || value == NULL) return value;
  char *lower = sql_fold(value);
  g_free(value);
  return lower;
}

static gboolean compare_holds(KpiOp op, int order) {
  switch (op) {
    case KPI_OP_EQ:
      return order == 0;
    case KPI_OP_NE:
      return order != 0;
    case KPI_OP_LT:
      return order < 0;
    case KPI_OP_LE:
      return order <= 0;
    case KPI_OP_GT:
      return order > 0;
    default:
      return order >= 0;
  }
}

static gboolean comparison_holds(const KpiExpr *expr, const char *text) {
  gboolean folded = !sql_is_outcome(expr->args[0]) && !sql_is_outcome(expr->args[1]);
  g_autofree char *a = compared_text(expr->args[0], text, folded), *b = compared_text(expr->args[1], text, folded);
  if (a == NULL || b == NULL) return expr->op == KPI_OP_NE && a != b;
  return compare_holds(expr->op, strcmp(a, b));
}

static gboolean in_holds(const KpiExpr *expr, const char *text) {
  gboolean folded = !sql_is_outcome(expr->args[0]);
  g_autofree char *what = compared_text(expr->args[0], text, folded);
  for (guint i = 1; what != NULL && i < expr->n_args; i++) {
    g_autofree char *one = compared_text(expr->args[i], text, folded);
    if (one != NULL && g_str_equal(one, what)) return TRUE;
  }
  return FALSE;
}

static gboolean contains_holds(const KpiExpr *expr, const char *text) {
  g_autofree char *whole = compared_text(expr->args[0], text, TRUE), *part = compared_text(expr->args[1], text, TRUE);
  return whole != NULL && part != NULL && strstr(whole, part) != NULL;
}

static gboolean condition_holds(const KpiExpr *where, const char *text) {
  switch (where->op) {
    case KPI_OP_TRUE:
      return TRUE;
    case KPI_OP_FALSE:
      return FALSE;
    case KPI_OP_AND:
      for (guint i = 0; i < where->n_args; i++)
        if (!condition_holds(where->args[i], text)) return FALSE;
      return TRUE;
    case KPI_OP_OR:
      for (guint i = 0; i < where->n_args; i++)
        if (condition_holds(where->args[i], text)) return TRUE;
      return FALSE;
    case KPI_OP_NOT:
      return !condition_holds(where->args[0], text);
    case KPI_OP_IN:
      return in_holds(where, text);
    case KPI_OP_CONTAINS:
      return contains_holds(where, text);
    case KPI_OP_IS_NULL:
    case KPI_OP_IS_NOT_NULL: {
      g_autofree char *value = text_of(where->args[0], text);
      return (value == NULL || value[0] == '\0') == (where->op == KPI_OP_IS_NULL);
    }
    default:
      return comparison_holds(where, text);
  }
}

/* --- taking apart --- */

static gboolean same_path(const KpiExpr *a, const KpiExpr *b) {
  if (a->n_path != b->n_path) return FALSE;
  for (guint i = 0; i < a->n_path; i++)
    if (a->path[i].table != b->path[i].table || a->path[i].column != b->path[i].column) return FALSE;
  return TRUE;
}

static gboolean is_of_one_text(const KpiExpr *expr, const KpiExpr **column);

static gboolean args_of_one_text(const KpiExpr *expr, const KpiExpr **column) {
  for (guint i = 0; i < expr->n_args; i++)
    if (!is_of_one_text(expr->args[i], column)) return FALSE;
  return TRUE;
}

/* Whether nothing but one text column and constants decides `expr`, a condition or a text. */
static gboolean is_of_one_text(const KpiExpr *expr, const KpiExpr **column) {
  switch (expr->op) {
    case KPI_OP_TEXT:
    case KPI_OP_TRUE:
    case KPI_OP_FALSE:
      return TRUE;
    case KPI_OP_COLUMN: {
      const LedgerColumn *last = expr->path[expr->n_path - 1].column;
      if (expr->unit.kind != KPI_TEXT || last == NULL || last->type != LEDGER_TEXT) return FALSE;
      if (*column != NULL && !same_path(*column, expr)) return FALSE;
      *column = expr;
      return TRUE;
    }
    case KPI_OP_AND:
    case KPI_OP_OR:
    case KPI_OP_NOT:
    case KPI_OP_CONTAINS:
      return args_of_one_text(expr, column);
    case KPI_OP_EQ:
    case KPI_OP_NE:
    case KPI_OP_LT:
    case KPI_OP_LE:
    case KPI_OP_GT:
    case KPI_OP_GE:
    case KPI_OP_IN:
    case KPI_OP_IS_NULL:
    case KPI_OP_IS_NOT_NULL:
      return expr->args[0]->unit.kind == KPI_TEXT && args_of_one_text(expr, column);
    case KPI_OP_IF:
    case KPI_OP_COALESCE:
      return expr->unit.kind == KPI_TEXT && args_of_one_text(expr, column);
    default:
      return FALSE;
  }
}

static gboolean names_texts(const KpiExpr *expr) {
  if (expr->op == KPI_OP_EQ || expr->op == KPI_OP_NE || expr->op == KPI_OP_IN) return TRUE;
  for (guint i = 0; i < expr->n_args; i++)
    if (names_texts(expr->args[i])) return TRUE;
  return FALSE;
}

static void node_free(gpointer data) {
  Node *node = data;
  g_free(node->key);
  g_clear_pointer(&node->by_code, g_byte_array_unref);
  g_clear_pointer(&node->parts, g_array_unref);
  g_free(node->rows);
  g_free(node);
}

/* Takes `key` over. */
static gint add_node(Conditions *conditions, NodeKind kind, char *key, gint column, const KpiExpr *expr) {
  for (guint i = 0; i < conditions->nodes->len; i++) {
    const Node *node = g_ptr_array_index(conditions->nodes, i);
    if (node->kind != kind || node->column != column || !g_str_equal(node->key, key)) continue;
    g_free(key);
    return (gint)i;
  }
  Node *node = g_new0(Node, 1);
  node->kind = kind;
  node->key = key;
  node->column = column;
  node->expr = expr;
  g_ptr_array_add(conditions->nodes, node);
  return (gint)conditions->nodes->len - 1;
}

static gint add_text(Conditions *conditions, const KpiExpr *where) {
  const KpiExpr *column = NULL;
  if (!is_of_one_text(where, &column) || column == NULL) return -1;
  char *sql = sql_path(conditions->select, column->path, column->n_path);
  gint at = names_texts(where) ? scan_column_add(conditions->columns, sql, STORE_COLUMN_TEXT)
                               : scan_column_find(conditions->columns, sql, STORE_COLUMN_TEXT);
  if (at < 0) return -1;
  gint made = add_node(conditions, NODE_TEXT, sql_value(conditions->select, where), at, where);
  Node *node = g_ptr_array_index(conditions->nodes, made);
  if (node->by_code == NULL) node->by_code = g_byte_array_new();
  return made;
}

/* Where the scan reads a column of whole numbers, keys or instants (these by their days) anyway; -1 when it does not.
 */
static gint column_read(Conditions *conditions, const KpiExpr *expr) {
  const LedgerColumn *last = expr->op == KPI_OP_COLUMN ? expr->path[expr->n_path - 1].column : NULL;
  if (last == NULL) return -1;
  if (last->type == LEDGER_INSTANT)
    return scan_column_find(conditions->columns, sql_day(conditions->select, expr), STORE_COLUMN_INT32);
  char *sql = sql_path(conditions->select, expr->path, expr->n_path);
  if (last->type == LEDGER_MONEY || last->type == LEDGER_COUNT)
    return scan_column_find(conditions->columns, sql, STORE_COLUMN_INT64);
  gint at = scan_column_find(conditions->columns, g_strdup(sql), STORE_COLUMN_INT32);
  return at >= 0 ? (g_free(sql), at) : scan_column_find(conditions->columns, sql, STORE_COLUMN_UINT64);
}

/* amount > 0, contacts <= 1: a bare number beside money is in major units (sql.c). */
static gint add_compare(Conditions *conditions, const KpiExpr *where) {
  const KpiExpr *a = where->args[0], *b = where->args[1];
  if (b->op != KPI_OP_NUMBER || a->op != KPI_OP_COLUMN || a->path[a->n_path - 1].column == NULL) return -1;
  LedgerType type = a->path[a->n_path - 1].column->type;
  if (type != LEDGER_MONEY && type != LEDGER_COUNT) return -1;
  double constant = b->number;
  if (type == LEDGER_MONEY && b->unit.kind == KPI_NUMBER) constant *= sql_minor_units(conditions->select);
  if (fabs(constant) > 1e15 || constant != floor(constant)) return -1;
  gint at = column_read(conditions, a);
  if (at < 0) return -1;
  gint made = add_node(conditions, NODE_COMPARE, sql_value(conditions->select, where), at, where);
  ((Node *)g_ptr_array_index(conditions->nodes, made))->constant = (gint64)constant;
  return made;
}

static gint add_parts(Conditions *conditions, const KpiExpr *where) {
  NodeKind kind = where->op == KPI_OP_AND ? NODE_AND : where->op == KPI_OP_OR ? NODE_OR : NODE_NOT;
  GArray *parts = g_array_new(FALSE, FALSE, sizeof(gint));
  GString *key = g_string_new(NULL);
  for (guint i = 0; i < where->n_args; i++) {
    gint part = conditions_add(conditions, where->args[i]);
    g_array_append_val(parts, part);
    g_string_append_printf(key, "%d ", part);
  }
  gint made = add_node(conditions, kind, g_string_free(key, FALSE), -1, where);
  Node *node = g_ptr_array_index(conditions->nodes, made);
  if (node->parts == NULL)
    node->parts = parts;
  else
    g_array_unref(parts);
  return made;
}

static gint add_new(Conditions *conditions, const KpiExpr *where) {
  gint made = add_text(conditions, where), column;
  if (made >= 0) return made;
  switch (where->op) {
    case KPI_OP_AND:
    case KPI_OP_OR:
    case KPI_OP_NOT:
      return add_parts(conditions, where);
    case KPI_OP_IS_NULL:
    case KPI_OP_IS_NOT_NULL:
      column = column_read(conditions, where->args[0]);
      if (column < 0) break;
      return add_node(conditions, where->op == KPI_OP_IS_NULL ? NODE_EMPTY : NODE_FILLED, g_strdup(""), column, where);
    case KPI_OP_EQ:
    case KPI_OP_NE:
    case KPI_OP_LT:
    case KPI_OP_LE:
    case KPI_OP_GT:
    case KPI_OP_GE:
      made = add_compare(conditions, where);
      if (made >= 0) return made;
      break;
    default:
      break;
  }
  column = scan_column_add(conditions->columns, sql_value(conditions->select, where), STORE_COLUMN_BOOL);
  return add_node(conditions, NODE_BOOL, g_strdup(""), column, where);
}

/* What was decided on a column then read stays so, whatever columns came since. */
gint conditions_add(Conditions *conditions, const KpiExpr *where) {
  gpointer known = g_hash_table_lookup(conditions->node_of, where);
  if (known != NULL) return GPOINTER_TO_INT(known) - 1;
  gint made = add_new(conditions, where);
  g_hash_table_insert(conditions->node_of, (gpointer)where, GINT_TO_POINTER(made + 1));
  return made;
}

Conditions *conditions_new(SqlSelect *select, GArray *columns) {
  Conditions *conditions = g_new0(Conditions, 1);
  conditions->select = select;
  conditions->columns = columns;
  conditions->nodes = g_ptr_array_new_with_free_func(node_free);
  conditions->node_of = g_hash_table_new(NULL, NULL);
  return conditions;
}

void conditions_free(Conditions *conditions) {
  if (conditions == NULL) return;
  g_ptr_array_unref(conditions->nodes);
  g_hash_table_unref(conditions->node_of);
  g_free(conditions);
}

/* --- a chunk --- */

void conditions_begin(Conditions *conditions, const StoreChunk *chunk) {
  conditions->chunk = chunk;
  gboolean grow = chunk->n_rows > conditions->capacity;
  if (grow) conditions->capacity = chunk->n_rows;
  for (guint i = 0; i < conditions->nodes->len; i++) {
    Node *node = g_ptr_array_index(conditions->nodes, i);
    node->answer = NULL;
    if (grow) node->rows = g_renew(guint8, node->rows, conditions->capacity);
  }
}

static void by_text(const StoreChunk *chunk, Node *node) {
  const StoreDictionary *dictionary = chunk->dictionaries[node->column];
  gint32 known = store_dictionary_size(dictionary);
  for (gint32 code = (gint32)node->by_code->len - 1; code < known; code++) {
    guint8 holds = condition_holds(node->expr, code < 0 ? NULL : store_dictionary_text(dictionary, code)) ? 1 : 0;
    g_byte_array_append(node->by_code, &holds, 1);
  }
  const gint32 *codes = chunk->data[node->column];
  const guint8 *by_code = node->by_code->data + 1;
  for (gsize row = 0; row < chunk->n_rows; row++) node->rows[row] = by_code[codes[row]];
}

static inline guint8 is_filled(const guint64 *valid, gsize row) {
  return valid == NULL || (valid[row / 64] >> (row % 64) & 1);
}

static void by_column(const StoreChunk *chunk, Node *node) {
  const guint64 *valid = chunk->valid[node->column];
  guint8 empty = node->kind == NODE_EMPTY;
  for (gsize row = 0; row < chunk->n_rows; row++) node->rows[row] = is_filled(valid, row) ^ empty;
  if (node->kind != NODE_BOOL) return;
  const guint8 *holds = chunk->data[node->column];
  for (gsize row = 0; row < chunk->n_rows; row++) node->rows[row] &= holds[row];
}

/* A comparison with nothing is not true; `<>` is. */
static void by_number(const StoreChunk *chunk, Node *node) {
  const guint64 *valid = chunk->valid[node->column];
  const gint64 *numbers = chunk->data[node->column];
  KpiOp op = node->expr->op;
  gint64 constant = node->constant;
  guint8 less = compare_holds(op, -1), equal = compare_holds(op, 0), more = compare_holds(op, 1);
  for (gsize row = 0; row < chunk->n_rows; row++)
    node->rows[row] = (guint8)((less & (numbers[row] < constant)) | (equal & (numbers[row] == constant)) |
                               (more & (numbers[row] > constant)));
  if (valid == NULL) return;
  guint8 of_nothing = op == KPI_OP_NE;
  for (gsize row = 0; row < chunk->n_rows; row++)
    if (!is_filled(valid, row)) node->rows[row] = of_nothing;
}

static void by_parts(Conditions *conditions, Node *node) {
  gsize n = conditions->chunk->n_rows;
  const gint *parts = &g_array_index(node->parts, gint, 0);
  const guint8 *first = conditions_rows(conditions, parts[0]);
  guint8 *rows = node->rows;
  if (node->kind == NODE_NOT)
    for (gsize row = 0; row < n; row++) rows[row] = first[row] ^ 1;
  else
    memcpy(rows, first, n);
  for (guint i = 1; i < node->parts->len; i++) {
    const guint8 *more = conditions_rows(conditions, parts[i]);
    if (node->kind == NODE_AND)
      for (gsize row = 0; row < n; row++) rows[row] &= more[row];
    else
      for (gsize row = 0; row < n; row++) rows[row] |= more[row];
  }
}

const guint8 *conditions_rows(Conditions *conditions, gint condition) {
  Node *node = g_ptr_array_index(conditions->nodes, condition);
  if (node->answer != NULL) return node->answer;
  const StoreChunk *chunk = conditions->chunk;
  node->answer = node->rows;
  switch (node->kind) {
    case NODE_TEXT:
      by_text(chunk, node);
      break;
    case NODE_BOOL:
      if (chunk->valid[node->column] == NULL)
        node->answer = chunk->data[node->column];
      else
        by_column(chunk, node);
      break;
    case NODE_FILLED:
    case NODE_EMPTY:
      by_column(chunk, node);
      break;
    case NODE_COMPARE:
      by_number(chunk, node);
      break;
    default:
      by_parts(conditions, node);
      break;
  }
  return node->answer;
}
