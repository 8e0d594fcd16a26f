/* Tokens one by one, nodes of the syntax tree, and the first mistake: all of the parser that knows no grammar. */
#include "kpi/parser.h"

gboolean parser_start(Parser *parser, const KpiCheck *check, KpiArena *arena) {
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
  parser_advance(parser);
  return !parser->failed;
}

/* --- tokens --- */

void parser_fail(Parser *parser, gsize offset, gsize length, const char *format, ...) {
  if (parser->failed) return;
  parser->failed = TRUE;
  va_list list;
  va_start(list, format);
  g_autofree char *message = g_strdup_vprintf(format, list);
  va_end(list);
  kpi_problem(parser->check, offset, length, "%s", message);
}

void parser_advance(Parser *parser) {
  parser->end = parser->token.offset + parser->token.length;
  gsize offset, length;
  const char *message;
  if (!kpi_lex(&parser->lexer, &parser->token, &offset, &length, &message)) {
    parser_fail(parser, offset, length, "%s", message);
    parser->token = (KpiToken){.kind = KPI_TOKEN_END, .offset = offset};
  }
}

/* "unexpected x; expected y" at the next token. */
void parser_fail_here(Parser *parser, const char *expected) {
  const KpiToken *token = &parser->token;
  if (token->kind == KPI_TOKEN_NAME && token->offset > 0 && parser->check->text->text[token->offset - 1] == '\'')
    parser_fail(parser, token->offset, token->length,
                "the text ends before this; a quote inside a text is written twice, as in 'O''Neill'");
  else if (token->kind == KPI_TOKEN_END)
    parser_fail(parser, token->offset, 0, "the formula ends here, but %s is still missing", expected);
  else
    parser_fail(parser, token->offset, token->length, "%s expected here, not '%.*s'", expected,
                (int)kpi_text_cut(parser->check->text->text + token->offset, token->length, 40),
                parser->check->text->text + token->offset);
}

gboolean parser_expect_sign(Parser *parser, char sign, const char *expected) {
  if (parser_take_sign(parser, sign)) return TRUE;
  parser_fail_here(parser, expected);
  return FALSE;
}

/* --- nodes --- */

KpiSyntax *parser_node(Parser *parser, KpiSyntaxKind kind, gsize offset) {
  KpiSyntax *node = kpi_arena_new0(parser->arena, KpiSyntax);
  node->kind = kind;
  node->offset = node->mark = offset;
  node->depth = 1;
  return node;
}

void parser_node_end(Parser *parser, KpiSyntax *node) {
  node->length = parser->end - node->offset;
  if (node->mark_length == 0) node->mark_length = node->length;
}

void parser_fail_nesting(Parser *parser, gsize offset, gsize length) {
  parser->failed = TRUE;
  kpi_problem_limit(parser->check, offset, length,
                    "this formula is nested more than %d levels deep (max_nesting); give its parts names of their own",
                    KPI_MAX_NESTING);
}

void parser_node_args(Parser *parser, KpiSyntax *node, KpiSyntax *const *args, guint n) {
  node->args = kpi_arena_array(parser->arena, KpiSyntax *, MAX(n, 1));
  node->n_args = n;
  for (guint i = 0; i < n; i++) {
    node->args[i] = args[i];
    node->depth = MAX(node->depth, args[i]->depth + 1);
  }
  if (node->depth > KPI_MAX_NESTING && !parser->failed) parser_fail_nesting(parser, node->mark, node->mark_length);
}
