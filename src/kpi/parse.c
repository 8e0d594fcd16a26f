/* Tokens to a syntax tree, by recursive descent.
 *
 *   expr     := and ('or' and)*                       and   := not ('and' not)*          not := 'not' not | compare
 *   compare  := sum [op sum | ['not'] 'in' '(' sum, … ')' | 'is' ['not'] ('empty' | 'null')]
 *   sum      := product (('+' | '-') product)*        product := sign (('*' | '/') sign)*
 *   sign     := '-' sign | atom ['%']
 *   atom     := number [unit] | date | text | true | false | '(' expr ')' | name ('.' name)* | call
 *   call     := name '(' [expr (',' expr)*] clause* ')'
 *   clause   := ('where' | 'on' | 'from' | 'until' | 'over' | 'due' | 'past') expr | 'type' number
 *
 * A word is a keyword only where a name cannot stand, so a column may be called `on` or `type`. Chains such as a + b +
 * c lean to the left and count their depth too: all who walk a tree may recurse, because no tree is deeper than
 * KPI_MAX_NESTING. */
#include "kpi/parser.h"

static const char *const clause_names[KPI_N_CLAUSES] = {"where", "on",  "from", "over", "until",
                                                        "due",   "due", "past", "type"};

static KpiSyntax *parse_expr(Parser *parser);

const char *kpi_clause_name(KpiClause clause) {
  return clause_names[clause];
}

gboolean kpi_word_is_reserved(const char *word) {
  static const char *const words[] = {"and", "or", "not", "in", "is", "true", "false"};
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (kpi_same(word, words[i])) return TRUE;
  return FALSE;
}

/* --- nodes --- */

static KpiSyntax *node_op(Parser *parser, KpiOp op, const KpiToken *mark, KpiSyntax *a, KpiSyntax *b) {
  if (!a || parser->failed) return NULL;
  KpiSyntax *node = parser_node(parser, KPI_SYNTAX_OP, MIN(a->offset, mark->offset));
  node->op = op;
  node->mark = mark->offset;
  node->mark_length = mark->length;
  parser_node_end(parser, node);
  parser_node_args(parser, node, (KpiSyntax *[]){a, b}, b ? 2 : 1);
  return parser->failed ? NULL : node;
}

/* --- atoms --- */

static const struct {
  const char *word;
  CalendarGrain grain;
  double hours; /* > 0: so many hours */
} duration_words[] = {
    {"days", CALENDAR_DAY, 0},          {"weeks", CALENDAR_WEEK, 0},       {"months", CALENDAR_MONTH, 0},
    {"quarters", CALENDAR_QUARTER, 0},  {"years", CALENDAR_YEAR, 0},       {"hours", CALENDAR_DAY, 1},
    {"minutes", CALENDAR_DAY, 1 / 60.}, {"day", CALENDAR_DAY, 0},          {"week", CALENDAR_WEEK, 0},
    {"month", CALENDAR_MONTH, 0},       {"quarter", CALENDAR_QUARTER, 0},  {"year", CALENDAR_YEAR, 0},
    {"hour", CALENDAR_DAY, 1},          {"minute", CALENDAR_DAY, 1 / 60.},
};

static gboolean is_clause_word(const char *word) {
  for (int i = 0; i < KPI_N_CLAUSES; i++)
    if (kpi_same(word, clause_names[i])) return TRUE;
  return FALSE;
}

/* After a number: `%`, a unit of time, or nothing. */
static void parse_number_unit(Parser *parser, KpiSyntax *node) {
  if (parser_take_sign(parser, '%')) {
    node->number /= 100;
    return;
  }
  const KpiToken *token = &parser->token;
  if (token->kind != KPI_TOKEN_NAME || is_clause_word(token->string) || kpi_word_is_reserved(token->string)) return;
  const char *words[G_N_ELEMENTS(duration_words)];
  for (gsize i = 0; i < G_N_ELEMENTS(duration_words); i++) {
    words[i] = duration_words[i].word;
    if (!kpi_same(token->string, words[i])) continue;
    node->kind = KPI_SYNTAX_DURATION;
    node->grain = duration_words[i].grain;
    node->in_hours = duration_words[i].hours > 0;
    if (node->in_hours) node->number *= duration_words[i].hours;
    parser_advance(parser);
    return;
  }
  const char *nearest = base_nearest(token->string, words, G_N_ELEMENTS(words));
  if (nearest)
    parser_fail(parser, token->offset, token->length, "'%s' is no unit of time; did you mean '%s'?", token->string,
                nearest);
  else
    parser_fail(parser, token->offset, token->length,
                "'%s' cannot follow a number; days, weeks, months, hours … or %% can", token->string);
}

static KpiSyntax *parse_number(Parser *parser) {
  KpiSyntax *node = parser_node(parser, KPI_SYNTAX_NUMBER, parser->token.offset);
  node->number = parser->token.number;
  parser_advance(parser);
  parse_number_unit(parser, node);
  parser_node_end(parser, node);
  return node;
}

/* A clause, its keyword already read, into `clauses`. */
static void parse_clause(Parser *parser, KpiSyntax **clauses, KpiClause clause, gsize offset, gsize length) {
  if (clause == KPI_CLAUSE_DUE && clauses[clause]) clause = KPI_CLAUSE_DUE_TOO;
  if (clauses[clause]) {
    parser_fail(parser, offset, length,
                clause == KPI_CLAUSE_DUE_TOO ? "`%s` may stand twice at most" : "`%s` stands here twice",
                clause_names[clause]);
    return;
  }
  clauses[clause] = parse_expr(parser);
}

static gboolean parse_clauses(Parser *parser, KpiSyntax *call) {
  KpiSyntax *clauses[KPI_N_CLAUSES] = {NULL};
  gboolean any = FALSE;
  while (parser->token.kind == KPI_TOKEN_NAME && !parser->failed) {
    KpiToken word = parser->token;
    int clause = 0;
    while (clause < KPI_N_CLAUSES && !kpi_same(word.string, clause_names[clause])) clause++;
    if (clause == KPI_N_CLAUSES) {
      const char *nearest = base_nearest(word.string, clause_names, KPI_N_CLAUSES);
      if (nearest)
        parser_fail(parser, word.offset, word.length, "'%s' is not expected here; did you mean `%s`?", word.string,
                    nearest);
      else
        parser_fail_here(parser, "`,` or `)`");
      return FALSE;
    }
    parser_advance(parser);
    any = TRUE;
    parse_clause(parser, clauses, (KpiClause)clause, word.offset, word.length);
  }
  if (parser->failed) return FALSE;
  if (!any) return TRUE;
  call->clauses = kpi_arena_array(parser->arena, KpiSyntax *, KPI_N_CLAUSES);
  for (int i = 0; i < KPI_N_CLAUSES; i++) {
    call->clauses[i] = clauses[i];
    if (clauses[i]) call->depth = MAX(call->depth, clauses[i]->depth + 1);
  }
  return TRUE;
}

/* Expressions with commas between, up to `)`, which is left. */
static gboolean parse_list(Parser *parser, KpiSyntax *node) {
  guint n = 0, room = 4;
  KpiSyntax **items = kpi_arena_array(parser->arena, KpiSyntax *, room);
  if (!parser_at_sign(parser, ')')) {
    do {
      KpiSyntax *item = parse_expr(parser);
      if (!item || parser->failed) return FALSE;
      if (n == room) {
        KpiSyntax **more = kpi_arena_array(parser->arena, KpiSyntax *, room *= 2);
        memcpy(more, items, sizeof *items * n);
        items = more;
      }
      items[n++] = item;
    } while (parser_take_sign(parser, ','));
  }
  parser_node_args(parser, node, items, n);
  return !parser->failed;
}

static KpiSyntax *parse_call(Parser *parser, const KpiToken *name) {
  KpiSyntax *node = parser_node(parser, KPI_SYNTAX_CALL, name->offset);
  node->text = name->string;
  node->mark_length = name->length;
  parser_advance(parser);
  if (!parse_list(parser, node) || !parse_clauses(parser, node)) return NULL;
  if (!parser_expect_sign(parser, ')', "`,` or `)`")) return NULL;
  parser_node_end(parser, node);
  return node;
}

static KpiSyntax *parse_name(Parser *parser) {
  KpiToken first = parser->token;
  parser_advance(parser);
  if (parser_at_sign(parser, '(')) return parse_call(parser, &first);
  KpiSyntax *node = parser_node(parser, KPI_SYNTAX_NAME, first.offset);
  const char *names[KPI_MAX_HOPS] = {first.string};
  node->n_names = 1;
  while (parser_take_sign(parser, '.')) {
    if (parser->token.kind != KPI_TOKEN_NAME) {
      parser_fail_here(parser, "a column's name");
      return NULL;
    }
    if (node->n_names == KPI_MAX_HOPS) {
      parser_fail(parser, first.offset, first.length, "a path has %d parts at most (max_hops)", KPI_MAX_HOPS);
      return NULL;
    }
    names[node->n_names++] = parser->token.string;
    parser_advance(parser);
  }
  node->names = kpi_arena_array(parser->arena, const char *, node->n_names);
  memcpy(node->names, names, sizeof(char *) * node->n_names);
  parser_node_end(parser, node);
  return node;
}

static KpiSyntax *parse_word(Parser *parser) {
  const char *word = parser->token.string;
  if (kpi_same(word, "true") || kpi_same(word, "false")) {
    KpiSyntax *node = parser_node(parser, KPI_SYNTAX_BOOL, parser->token.offset);
    node->truth = *word == 't';
    parser_advance(parser);
    parser_node_end(parser, node);
    return node;
  }
  if (kpi_word_is_reserved(word)) {
    parser_fail_here(parser, "a name or a number");
    return NULL;
  }
  return parse_name(parser);
}

static KpiSyntax *parse_atom(Parser *parser) {
  KpiSyntax *node = NULL;
  switch (parser->token.kind) {
    case KPI_TOKEN_NUMBER:
      return parse_number(parser);
    case KPI_TOKEN_NAME:
      return parse_word(parser);
    case KPI_TOKEN_DATE:
    case KPI_TOKEN_TEXT:
      node = parser_node(parser, parser->token.kind == KPI_TOKEN_DATE ? KPI_SYNTAX_DATE : KPI_SYNTAX_TEXT,
                         parser->token.offset);
      node->day = parser->token.day;
      node->text = parser->token.string;
      parser_advance(parser);
      parser_node_end(parser, node);
      return node;
    case KPI_TOKEN_SIGN:
      if (parser_take_sign(parser, '(')) {
        node = parse_expr(parser);
        return node && parser_expect_sign(parser, ')', "`)`") ? node : NULL;
      }
      break;
    case KPI_TOKEN_END:
      break;
  }
  parser_fail_here(parser, "a name or a number");
  return NULL;
}

/* --- operators --- */

/* TRUE when a level more may be entered; every way down passes here. */
static gboolean enter(Parser *parser) {
  if (parser->failed) return FALSE;
  if (parser->nesting++ < KPI_MAX_NESTING) return TRUE;
  parser_fail_nesting(parser, parser->token.offset, parser->token.length);
  return FALSE;
}

static KpiSyntax *parse_sign(Parser *parser) {
  if (!enter(parser)) return NULL;
  KpiToken mark = parser->token;
  KpiSyntax *node =
      parser_take_sign(parser, '-') ? node_op(parser, KPI_OP_NEG, &mark, parse_sign(parser), NULL) : parse_atom(parser);
  parser->nesting--;
  return node;
}

static KpiSyntax *parse_product(Parser *parser) {
  KpiSyntax *left = parse_sign(parser);
  while (left && (parser_at_sign(parser, '*') || parser_at_sign(parser, '/'))) {
    KpiToken mark = parser->token;
    parser_advance(parser);
    KpiSyntax *right = parse_sign(parser);
    left = right ? node_op(parser, mark.sign == '*' ? KPI_OP_MUL : KPI_OP_DIV, &mark, left, right) : NULL;
  }
  return left;
}

static KpiSyntax *parse_sum(Parser *parser) {
  KpiSyntax *left = parse_product(parser);
  while (left && (parser_at_sign(parser, '+') || parser_at_sign(parser, '-'))) {
    KpiToken mark = parser->token;
    parser_advance(parser);
    KpiSyntax *right = parse_product(parser);
    left = right ? node_op(parser, mark.sign == '+' ? KPI_OP_ADD : KPI_OP_SUB, &mark, left, right) : NULL;
  }
  return left;
}

/* `in (a, b)`, its `in` already read. */
static KpiSyntax *parse_in(Parser *parser, KpiSyntax *left, const KpiToken *mark) {
  if (!parser_expect_sign(parser, '(', "a list in brackets, as in ('won', 'lost'),")) return NULL;
  KpiSyntax *list = parser_node(parser, KPI_SYNTAX_OP, left->offset);
  if (!parse_list(parser, list) || !parser_expect_sign(parser, ')', "`,` or `)`")) return NULL;
  if (list->n_args == 0) {
    parser_fail(parser, mark->offset, mark->length, "this list is empty; nothing is in it");
    return NULL;
  }
  KpiSyntax *node = parser_node(parser, KPI_SYNTAX_OP, left->offset);
  node->op = KPI_OP_IN;
  node->mark = mark->offset;
  node->mark_length = mark->length;
  parser_node_end(parser, node);
  g_autofree KpiSyntax **args = g_new(KpiSyntax *, list->n_args + 1);
  args[0] = left;
  memcpy(args + 1, list->args, sizeof(KpiSyntax *) * list->n_args);
  parser_node_args(parser, node, args, list->n_args + 1);
  return parser->failed ? NULL : node;
}

static KpiSyntax *parse_is(Parser *parser, KpiSyntax *left, const KpiToken *mark) {
  KpiOp op = parser_take_word(parser, "not") ? KPI_OP_IS_NOT_NULL : KPI_OP_IS_NULL;
  if (parser_take_word(parser, "empty") || parser_take_word(parser, "null"))
    return node_op(parser, op, mark, left, NULL);
  parser_fail_here(
      parser, op == KPI_OP_IS_NULL ? "`empty` (or `=` in place of `is`)" : "`empty` (or `<>` in place of `is not`)");
  return NULL;
}

static gboolean comparison_of(const Parser *parser, KpiOp *op) {
  static const struct {
    char sign;
    KpiOp op;
  } signs[] = {{'=', KPI_OP_EQ}, {'n', KPI_OP_NE}, {'<', KPI_OP_LT},
               {'l', KPI_OP_LE}, {'>', KPI_OP_GT}, {'g', KPI_OP_GE}};
  for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
    if (!parser_at_sign(parser, signs[i].sign)) continue;
    *op = signs[i].op;
    return TRUE;
  }
  return FALSE;
}

/* SQL's word for it. */
static gboolean refuse_like(Parser *parser) {
  if (!parser_at_word(parser, "like") && !parser_at_word(parser, "ilike")) return FALSE;
  parser_fail(parser, parser->token.offset, parser->token.length,
              "there is no `%s`; for a part of a text write contains(name, 'part')", parser->token.string);
  return TRUE;
}

static KpiSyntax *parse_compare(Parser *parser) {
  KpiSyntax *left = parse_sum(parser);
  if (!left) return NULL;
  KpiToken mark = parser->token;
  KpiOp op;
  if (comparison_of(parser, &op)) {
    parser_advance(parser);
    KpiSyntax *right = parse_sum(parser);
    KpiSyntax *node = right ? node_op(parser, op, &mark, left, right) : NULL;
    if (node && comparison_of(parser, &op))
      parser_fail(parser, parser->token.offset, parser->token.length,
                  "one comparison at a time: write `a < b and b < c`");
    return parser->failed ? NULL : node;
  }
  if (refuse_like(parser)) return NULL;
  if (parser_take_word(parser, "in")) return parse_in(parser, left, &mark);
  if (parser_take_word(parser, "is")) return parse_is(parser, left, &mark);
  if (!parser_take_word(parser, "not")) return left;
  KpiToken in = parser->token;
  if (refuse_like(parser)) return NULL;
  if (parser_take_word(parser, "in")) return node_op(parser, KPI_OP_NOT, &mark, parse_in(parser, left, &in), NULL);
  parser_fail_here(parser, "`in` after `not`");
  return NULL;
}

static KpiSyntax *parse_not(Parser *parser) {
  if (!parser_at_word(parser, "not")) return parse_compare(parser);
  if (!enter(parser)) return NULL;
  KpiToken mark = parser->token;
  parser_advance(parser);
  KpiSyntax *node = node_op(parser, KPI_OP_NOT, &mark, parse_not(parser), NULL);
  parser->nesting--;
  return node;
}

static KpiSyntax *parse_and(Parser *parser) {
  KpiSyntax *left = parse_not(parser);
  while (left && parser_at_word(parser, "and")) {
    KpiToken mark = parser->token;
    parser_advance(parser);
    KpiSyntax *right = parse_not(parser);
    left = right ? node_op(parser, KPI_OP_AND, &mark, left, right) : NULL;
  }
  return left;
}

static KpiSyntax *parse_expr(Parser *parser) {
  KpiSyntax *left = parse_and(parser);
  while (left && parser_at_word(parser, "or")) {
    KpiToken mark = parser->token;
    parser_advance(parser);
    KpiSyntax *right = parse_and(parser);
    left = right ? node_op(parser, KPI_OP_OR, &mark, left, right) : NULL;
  }
  return parser->failed ? NULL : left;
}

/* --- whole texts --- */

KpiSyntax *kpi_syntax_parse(const KpiCheck *check) {
  Parser parser;
  if (!parser_start(&parser, check, check->catalogue->passing)) return NULL;
  if (parser.token.kind == KPI_TOKEN_END) {
    kpi_problem(check, 0, 0, "there is no formula here");
    return NULL;
  }
  KpiSyntax *node = parse_expr(&parser);
  if (node && parser_at_sign(&parser, ')'))
    parser_fail(&parser, parser.token.offset, 1, "this `)` closes nothing");
  else if (node && parser.token.kind != KPI_TOKEN_END)
    parser_fail_here(&parser, "an operator such as + - * / and, or the end,");
  return parser.failed ? NULL : node;
}

KpiSyntax *kpi_syntax_parse_literal(const KpiCheck *check) {
  Parser parser;
  if (!parser_start(&parser, check, check->catalogue->arena)) return NULL;
  gboolean negative = parser_take_sign(&parser, '-');
  KpiSyntax *node = parser.token.kind == KPI_TOKEN_END ? NULL : parse_atom(&parser);
  gboolean literal =
      node && node->kind != KPI_SYNTAX_OP && node->kind != KPI_SYNTAX_CALL && node->kind != KPI_SYNTAX_NAME;
  gboolean number = literal && (node->kind == KPI_SYNTAX_NUMBER || node->kind == KPI_SYNTAX_DURATION);
  if (parser.failed) return NULL;
  if (!literal || (negative && !number) || parser.token.kind != KPI_TOKEN_END) {
    kpi_problem(check, 0, 0,
                "a number, a percentage, a duration such as 90 days, a date, true, false or 'text' expected here");
    return NULL;
  }
  if (negative) node->number = -node->number;
  return node;
}
