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
#include "kpi/internal.h"

typedef struct {
  const KpiCheck *check;
  KpiArena *arena;
  KpiLexer lexer;
  KpiToken token; /* the one to be read next */
  gsize end;      /* where the last one read ended */
  guint nesting;
  gboolean failed; /* the first mistake ends the parse */
} Parser;

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

/* --- tokens --- */

static void fail(Parser *parser, gsize offset, gsize length, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void fail(Parser *parser, gsize offset, gsize length, const char *format, ...) {
  if (parser->failed) return;
  parser->failed = TRUE;
  va_list list;
  va_start(list, format);
  g_autofree char *message = g_strdup_vprintf(format, list);
  va_end(list);
  kpi_problem(parser->check, offset, length, "%s", message);
}

static void advance(Parser *parser) {
  parser->end = parser->token.offset + parser->token.length;
  gsize offset, length;
  const char *message;
  if (!kpi_lex(&parser->lexer, &parser->token, &offset, &length, &message)) {
    fail(parser, offset, length, "%s", message);
    parser->token = (KpiToken){.kind = KPI_TOKEN_END, .offset = offset};
  }
}

static gboolean at_sign(const Parser *parser, char sign) {
  return parser->token.kind == KPI_TOKEN_SIGN && parser->token.sign == sign;
}

static gboolean at_word(const Parser *parser, const char *word) {
  return parser->token.kind == KPI_TOKEN_NAME && kpi_same(parser->token.string, word);
}

static gboolean take_sign(Parser *parser, char sign) {
  if (!at_sign(parser, sign)) return FALSE;
  advance(parser);
  return TRUE;
}

static gboolean take_word(Parser *parser, const char *word) {
  if (!at_word(parser, word)) return FALSE;
  advance(parser);
  return TRUE;
}

/* "unexpected x; expected y" at the next token. */
static void fail_here(Parser *parser, const char *expected) {
  const KpiToken *token = &parser->token;
  if (token->kind == KPI_TOKEN_END)
    fail(parser, token->offset, 0, "the formula ends here, but %s is still missing", expected);
  else
    fail(parser, token->offset, token->length, "%s expected here, not '%.*s'", expected,
         (int)kpi_text_cut(parser->check->text->text + token->offset, token->length, 40),
         parser->check->text->text + token->offset);
}

static gboolean expect_sign(Parser *parser, char sign, const char *expected) {
  if (take_sign(parser, sign)) return TRUE;
  fail_here(parser, expected);
  return FALSE;
}

/* --- nodes --- */

static KpiSyntax *node_new(Parser *parser, KpiSyntaxKind kind, gsize offset) {
  KpiSyntax *node = kpi_arena_new0(parser->arena, KpiSyntax);
  node->kind = kind;
  node->offset = node->mark = offset;
  node->depth = 1;
  return node;
}

static void node_end(Parser *parser, KpiSyntax *node) {
  node->length = parser->end - node->offset;
  if (node->mark_length == 0) node->mark_length = node->length;
}

static void node_set_args(Parser *parser, KpiSyntax *node, KpiSyntax *const *args, guint n) {
  node->args = kpi_arena_array(parser->arena, KpiSyntax *, MAX(n, 1));
  node->n_args = n;
  for (guint i = 0; i < n; i++) {
    node->args[i] = args[i];
    node->depth = MAX(node->depth, args[i]->depth + 1);
  }
  if (node->depth > KPI_MAX_NESTING && !parser->failed) {
    parser->failed = TRUE;
    kpi_problem_limit(
        parser->check, node->mark, node->mark_length,
        "this formula is nested more than %d levels deep (max_nesting); give its parts names of their own",
        KPI_MAX_NESTING);
  }
}

static KpiSyntax *node_op(Parser *parser, KpiOp op, const KpiToken *mark, KpiSyntax *a, KpiSyntax *b) {
  if (!a || parser->failed) return NULL;
  KpiSyntax *node = node_new(parser, KPI_SYNTAX_OP, MIN(a->offset, mark->offset));
  node->op = op;
  node->mark = mark->offset;
  node->mark_length = mark->length;
  node_end(parser, node);
  node_set_args(parser, node, (KpiSyntax *[]){a, b}, b ? 2 : 1);
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
  if (take_sign(parser, '%')) {
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
    advance(parser);
    return;
  }
  const char *nearest = base_nearest(token->string, words, G_N_ELEMENTS(words));
  if (nearest)
    fail(parser, token->offset, token->length, "'%s' is no unit of time; did you mean '%s'?", token->string, nearest);
  else
    fail(parser, token->offset, token->length, "'%s' cannot follow a number; days, weeks, months, hours … or %% can",
         token->string);
}

static KpiSyntax *parse_number(Parser *parser) {
  KpiSyntax *node = node_new(parser, KPI_SYNTAX_NUMBER, parser->token.offset);
  node->number = parser->token.number;
  advance(parser);
  parse_number_unit(parser, node);
  node_end(parser, node);
  return node;
}

/* A clause, its keyword already read, into `clauses`. */
static void parse_clause(Parser *parser, KpiSyntax **clauses, KpiClause clause, gsize offset, gsize length) {
  if (clause == KPI_CLAUSE_DUE && clauses[clause]) clause = KPI_CLAUSE_DUE_TOO;
  if (clauses[clause]) {
    fail(parser, offset, length,
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
        fail(parser, word.offset, word.length, "'%s' is not expected here; did you mean `%s`?", word.string, nearest);
      else
        fail_here(parser, "`,` or `)`");
      return FALSE;
    }
    advance(parser);
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
  if (!at_sign(parser, ')')) {
    do {
      KpiSyntax *item = parse_expr(parser);
      if (!item || parser->failed) return FALSE;
      if (n == room) {
        KpiSyntax **more = kpi_arena_array(parser->arena, KpiSyntax *, room *= 2);
        memcpy(more, items, sizeof *items * n);
        items = more;
      }
      items[n++] = item;
    } while (take_sign(parser, ','));
  }
  node_set_args(parser, node, items, n);
  return !parser->failed;
}

static KpiSyntax *parse_call(Parser *parser, const KpiToken *name) {
  KpiSyntax *node = node_new(parser, KPI_SYNTAX_CALL, name->offset);
  node->text = name->string;
  node->mark_length = name->length;
  advance(parser);
  if (!parse_list(parser, node) || !parse_clauses(parser, node)) return NULL;
  if (!expect_sign(parser, ')', "`,` or `)`")) return NULL;
  node_end(parser, node);
  return node;
}

static KpiSyntax *parse_name(Parser *parser) {
  KpiToken first = parser->token;
  advance(parser);
  if (at_sign(parser, '(')) return parse_call(parser, &first);
  KpiSyntax *node = node_new(parser, KPI_SYNTAX_NAME, first.offset);
  const char *names[KPI_MAX_HOPS] = {first.string};
  node->n_names = 1;
  while (take_sign(parser, '.')) {
    if (parser->token.kind != KPI_TOKEN_NAME) {
      fail_here(parser, "a column's name");
      return NULL;
    }
    if (node->n_names == KPI_MAX_HOPS) {
      fail(parser, first.offset, first.length, "a path has %d parts at most (max_hops)", KPI_MAX_HOPS);
      return NULL;
    }
    names[node->n_names++] = parser->token.string;
    advance(parser);
  }
  node->names = kpi_arena_array(parser->arena, const char *, node->n_names);
  memcpy(node->names, names, sizeof(char *) * node->n_names);
  node_end(parser, node);
  return node;
}

static KpiSyntax *parse_word(Parser *parser) {
  const char *word = parser->token.string;
  if (kpi_same(word, "true") || kpi_same(word, "false")) {
    KpiSyntax *node = node_new(parser, KPI_SYNTAX_BOOL, parser->token.offset);
    node->truth = *word == 't';
    advance(parser);
    node_end(parser, node);
    return node;
  }
  if (kpi_word_is_reserved(word)) {
    fail_here(parser, "a name or a number");
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
      node = node_new(parser, parser->token.kind == KPI_TOKEN_DATE ? KPI_SYNTAX_DATE : KPI_SYNTAX_TEXT,
                      parser->token.offset);
      node->day = parser->token.day;
      node->text = parser->token.string;
      advance(parser);
      node_end(parser, node);
      return node;
    case KPI_TOKEN_SIGN:
      if (take_sign(parser, '(')) {
        node = parse_expr(parser);
        return node && expect_sign(parser, ')', "`)`") ? node : NULL;
      }
      break;
    case KPI_TOKEN_END:
      break;
  }
  fail_here(parser, "a name or a number");
  return NULL;
}

/* --- operators --- */

/* TRUE when a level more may be entered; every way down passes here. */
static gboolean enter(Parser *parser) {
  if (parser->failed) return FALSE;
  if (parser->nesting++ < KPI_MAX_NESTING) return TRUE;
  parser->failed = TRUE;
  kpi_problem_limit(parser->check, parser->token.offset, parser->token.length,
                    "this formula is nested more than %d levels deep (max_nesting); give its parts names of their own",
                    KPI_MAX_NESTING);
  return FALSE;
}

static KpiSyntax *parse_sign(Parser *parser) {
  if (!enter(parser)) return NULL;
  KpiToken mark = parser->token;
  KpiSyntax *node =
      take_sign(parser, '-') ? node_op(parser, KPI_OP_NEG, &mark, parse_sign(parser), NULL) : parse_atom(parser);
  parser->nesting--;
  return node;
}

static KpiSyntax *parse_product(Parser *parser) {
  KpiSyntax *left = parse_sign(parser);
  while (left && (at_sign(parser, '*') || at_sign(parser, '/'))) {
    KpiToken mark = parser->token;
    advance(parser);
    KpiSyntax *right = parse_sign(parser);
    left = right ? node_op(parser, mark.sign == '*' ? KPI_OP_MUL : KPI_OP_DIV, &mark, left, right) : NULL;
  }
  return left;
}

static KpiSyntax *parse_sum(Parser *parser) {
  KpiSyntax *left = parse_product(parser);
  while (left && (at_sign(parser, '+') || at_sign(parser, '-'))) {
    KpiToken mark = parser->token;
    advance(parser);
    KpiSyntax *right = parse_product(parser);
    left = right ? node_op(parser, mark.sign == '+' ? KPI_OP_ADD : KPI_OP_SUB, &mark, left, right) : NULL;
  }
  return left;
}

/* `in (a, b)`, its `in` already read. */
static KpiSyntax *parse_in(Parser *parser, KpiSyntax *left, const KpiToken *mark) {
  if (!expect_sign(parser, '(', "a list in brackets, as in ('won', 'lost'),")) return NULL;
  KpiSyntax *list = node_new(parser, KPI_SYNTAX_OP, left->offset);
  if (!parse_list(parser, list) || !expect_sign(parser, ')', "`,` or `)`")) return NULL;
  if (list->n_args == 0) {
    fail(parser, mark->offset, mark->length, "this list is empty; nothing is in it");
    return NULL;
  }
  KpiSyntax *node = node_new(parser, KPI_SYNTAX_OP, left->offset);
  node->op = KPI_OP_IN;
  node->mark = mark->offset;
  node->mark_length = mark->length;
  node_end(parser, node);
  g_autofree KpiSyntax **args = g_new(KpiSyntax *, list->n_args + 1);
  args[0] = left;
  memcpy(args + 1, list->args, sizeof(KpiSyntax *) * list->n_args);
  node_set_args(parser, node, args, list->n_args + 1);
  return parser->failed ? NULL : node;
}

static KpiSyntax *parse_is(Parser *parser, KpiSyntax *left, const KpiToken *mark) {
  KpiOp op = take_word(parser, "not") ? KPI_OP_IS_NOT_NULL : KPI_OP_IS_NULL;
  if (take_word(parser, "empty") || take_word(parser, "null")) return node_op(parser, op, mark, left, NULL);
  fail_here(parser,
            op == KPI_OP_IS_NULL ? "`empty` (or `=` in place of `is`)" : "`empty` (or `<>` in place of `is not`)");
  return NULL;
}

static gboolean comparison_of(const Parser *parser, KpiOp *op) {
  static const struct {
    char sign;
    KpiOp op;
  } signs[] = {{'=', KPI_OP_EQ}, {'n', KPI_OP_NE}, {'<', KPI_OP_LT},
               {'l', KPI_OP_LE}, {'>', KPI_OP_GT}, {'g', KPI_OP_GE}};
  for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
    if (!at_sign(parser, signs[i].sign)) continue;
    *op = signs[i].op;
    return TRUE;
  }
  return FALSE;
}

static KpiSyntax *parse_compare(Parser *parser) {
  KpiSyntax *left = parse_sum(parser);
  if (!left) return NULL;
  KpiToken mark = parser->token;
  KpiOp op;
  if (comparison_of(parser, &op)) {
    advance(parser);
    KpiSyntax *right = parse_sum(parser);
    KpiSyntax *node = right ? node_op(parser, op, &mark, left, right) : NULL;
    if (node && comparison_of(parser, &op))
      fail(parser, parser->token.offset, parser->token.length, "one comparison at a time: write `a < b and b < c`");
    return parser->failed ? NULL : node;
  }
  if (take_word(parser, "in")) return parse_in(parser, left, &mark);
  if (take_word(parser, "is")) return parse_is(parser, left, &mark);
  if (!take_word(parser, "not")) return left;
  KpiToken in = parser->token;
  if (take_word(parser, "in")) return node_op(parser, KPI_OP_NOT, &mark, parse_in(parser, left, &in), NULL);
  fail_here(parser, "`in` after `not`");
  return NULL;
}

static KpiSyntax *parse_not(Parser *parser) {
  if (!at_word(parser, "not")) return parse_compare(parser);
  if (!enter(parser)) return NULL;
  KpiToken mark = parser->token;
  advance(parser);
  KpiSyntax *node = node_op(parser, KPI_OP_NOT, &mark, parse_not(parser), NULL);
  parser->nesting--;
  return node;
}

static KpiSyntax *parse_and(Parser *parser) {
  KpiSyntax *left = parse_not(parser);
  while (left && at_word(parser, "and")) {
    KpiToken mark = parser->token;
    advance(parser);
    KpiSyntax *right = parse_not(parser);
    left = right ? node_op(parser, KPI_OP_AND, &mark, left, right) : NULL;
  }
  return left;
}

static KpiSyntax *parse_expr(Parser *parser) {
  KpiSyntax *left = parse_and(parser);
  while (left && at_word(parser, "or")) {
    KpiToken mark = parser->token;
    advance(parser);
    KpiSyntax *right = parse_and(parser);
    left = right ? node_op(parser, KPI_OP_OR, &mark, left, right) : NULL;
  }
  return parser->failed ? NULL : left;
}

/* --- whole texts --- */

static gboolean start(Parser *parser, const KpiCheck *check, KpiArena *arena) {
  const KpiText *text = check->text;
  *parser = (Parser){.check = check, .arena = arena, .lexer = {text, arena, 0}};
  if (text->length > KPI_MAX_FORMULA_BYTES) {
    kpi_problem_limit(check, 0, 0, "this formula has more than %d bytes (max_formula_bytes)", KPI_MAX_FORMULA_BYTES);
    return FALSE;
  }
  if (!text->ascii && !g_utf8_validate(text->text, (gssize)text->length, NULL)) {
    kpi_problem(check, 0, 0, "this formula is not UTF-8 text");
    return FALSE;
  }
  advance(parser);
  return !parser->failed;
}

KpiSyntax *kpi_syntax_parse(const KpiCheck *check) {
  Parser parser;
  if (!start(&parser, check, check->catalogue->passing)) return NULL;
  if (parser.token.kind == KPI_TOKEN_END) {
    kpi_problem(check, 0, 0, "there is no formula here");
    return NULL;
  }
  KpiSyntax *node = parse_expr(&parser);
  if (node && at_sign(&parser, ')'))
    fail(&parser, parser.token.offset, 1, "this `)` closes nothing");
  else if (node && parser.token.kind != KPI_TOKEN_END)
    fail_here(&parser, "an operator such as + - * / and, or the end,");
  return parser.failed ? NULL : node;
}

KpiSyntax *kpi_syntax_parse_literal(const KpiCheck *check) {
  Parser parser;
  if (!start(&parser, check, check->catalogue->arena)) return NULL;
  gboolean negative = take_sign(&parser, '-');
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
