/* What the grammar (parse.c) stands on: the tokens of a text one after the other, the nodes made of them, and the
 * first mistake. Private to src/kpi. */
#pragma once

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

/* FALSE: there is nothing to parse, noted. */
gboolean parser_start(Parser *parser, const KpiCheck *check, KpiArena *arena);

/* --- tokens --- */
void parser_advance(Parser *parser);
void parser_fail(Parser *parser, gsize offset, gsize length, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* "y expected here, not 'x'", at the next token. */
void parser_fail_here(Parser *parser, const char *expected);
gboolean parser_expect_sign(Parser *parser, char sign, const char *expected);

static inline gboolean parser_at_sign(const Parser *parser, char sign) {
  return parser->token.kind == KPI_TOKEN_SIGN && parser->token.sign == sign;
}

static inline gboolean parser_at_word(const Parser *parser, const char *word) {
  return parser->token.kind == KPI_TOKEN_NAME && kpi_same(parser->token.string, word);
}

static inline gboolean parser_take_sign(Parser *parser, char sign) {
  if (!parser_at_sign(parser, sign)) return FALSE;
  parser_advance(parser);
  return TRUE;
}

static inline gboolean parser_take_word(Parser *parser, const char *word) {
  if (!parser_at_word(parser, word)) return FALSE;
  parser_advance(parser);
  return TRUE;
}

/* --- nodes --- */
KpiSyntax *parser_node(Parser *parser, KpiSyntaxKind kind, gsize offset);
void parser_node_end(Parser *parser, KpiSyntax *node);
void parser_node_args(Parser *parser, KpiSyntax *node, KpiSyntax *const *args, guint n);
/* Notes that the formula is nested too deep. */
void parser_fail_nesting(Parser *parser, gsize offset, gsize length);
