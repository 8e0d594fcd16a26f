/* Characters to tokens.
 *
 * There are no keywords here: `on`, `from`, `where` are names, and what they mean is told by where they stand. A date
 * is a token of its own, for 2026-01-31 is never meant as a subtraction. */
#include "kpi/internal.h"

#include <math.h>

static const char *say(KpiLexer *lexer, const char *format, ...) G_GNUC_PRINTF(2, 3);

static const char *say(KpiLexer *lexer, const char *format, ...) {
  va_list list;
  va_start(list, format);
  g_autofree char *message = g_strdup_vprintf(format, list);
  va_end(list);
  return kpi_arena_strndup(lexer->arena, message, strlen(message));
}

enum { START = 1, INSIDE = 2 };

#define LETTERS(from, to) [from... to] = START | INSIDE

static const guint8 name_characters[256] = {LETTERS('a', 'z'), LETTERS('A', 'Z'), ['_'] = START | INSIDE,
                                            ['0' ... '9'] = INSIDE};

static gboolean is_name_start(char c) {
  return name_characters[(guchar)c] & START;
}

static gboolean is_name(char c) {
  return name_characters[(guchar)c] & INSIDE;
}

static void skip_blank(KpiLexer *lexer) {
  const char *text = lexer->text->text;
  for (;;) {
    while (g_ascii_isspace(text[lexer->at])) lexer->at++;
    if (text[lexer->at] != '#') return;
    while (text[lexer->at] && text[lexer->at] != '\n') lexer->at++;
  }
}

static gboolean lex_date(KpiLexer *lexer, KpiToken *token, const char **message) {
  const char *at = lexer->text->text + lexer->at;
  static const char form[] = "dddd-dd-dd";
  for (int i = 0; form[i]; i++)
    if (form[i] == '-' ? at[i] != '-' : !g_ascii_isdigit(at[i])) return FALSE;
  if (is_name(at[10])) return FALSE;
  char date[11];
  memcpy(date, at, 10);
  date[10] = '\0';
  token->kind = KPI_TOKEN_DATE;
  token->length = 10;
  lexer->at += 10;
  if (!base_day_parse_iso(date, &token->day)) *message = say(lexer, "there is no day %s", date);
  return TRUE;
}

static void lex_number(KpiLexer *lexer, KpiToken *token, const char **message) {
  const char *start = lexer->text->text + lexer->at;
  const char *at = start;
  char digits[64];
  gsize n = 0;
  gboolean point = FALSE;
  for (;; at++) {
    if (*at == '_' && g_ascii_isdigit(at[1]) && n > 0) continue;
    gboolean is_point = *at == '.' && !point && g_ascii_isdigit(at[1]);
    if (!g_ascii_isdigit(*at) && !is_point) break;
    if (is_point) point = TRUE;
    if (n < sizeof digits - 8)
      digits[n++] = *at;
    else if (!*message)
      *message = "this number has too many digits";
  }
  const char *power = at + 1;
  if (*at == 'e' || *at == 'E') {
    if (*power == '-' || *power == '+') power++;
    if (g_ascii_isdigit(*power)) {
      for (; at < power; at++) digits[n++] = *at;
      for (; g_ascii_isdigit(*at); at++)
        if (n < sizeof digits - 1) digits[n++] = *at;
    }
  }
  digits[n] = '\0';
  token->kind = KPI_TOKEN_NUMBER;
  token->length = (gsize)(at - start);
  lexer->at += token->length;
  token->number = g_ascii_strtod(digits, NULL);
  if (!isfinite(token->number) && !*message) *message = "this number is too large";
}

/* 'it''s' is it's. */
static gboolean lex_text(KpiLexer *lexer, KpiToken *token) {
  const char *start = lexer->text->text + lexer->at + 1;
  const char *end = start;
  for (; *end != '\'' || end[1] == '\''; end++) {
    if (!*end) return FALSE;
    if (*end == '\'') end++;
  }
  char *copy = kpi_arena_alloc(lexer->arena, (gsize)(end - start) + 1);
  token->kind = KPI_TOKEN_TEXT;
  token->string = copy;
  for (const char *at = start; at < end; at++) {
    *copy++ = *at;
    if (*at == '\'') at++;
  }
  token->length = (gsize)(end - start) + 2;
  lexer->at += token->length;
  return TRUE;
}

/* The sign of two characters that starts here, as one; '\0' where there is none. */
static char double_sign(const char *at) {
  if (at[0] == '<' && at[1] == '>') return 'n';
  if (at[0] == '\0' || at[1] != '=') return '\0';
  return at[0] == '!' ? 'n' : at[0] == '<' ? 'l' : at[0] == '>' ? 'g' : at[0] == '=' ? '=' : '\0';
}

static gboolean lex_sign(KpiLexer *lexer, KpiToken *token) {
  const char *at = lexer->text->text + lexer->at;
  token->kind = KPI_TOKEN_SIGN;
  token->sign = double_sign(at);
  if (token->sign) {
    token->length = 2;
    lexer->at += 2;
    return TRUE;
  }
  if (!*at || !strchr("(),.+-*/%=<>", *at)) return FALSE;
  token->sign = *at;
  token->length = 1;
  lexer->at++;
  return TRUE;
}

static const char *about_character(KpiLexer *lexer, gsize *length) {
  const char *at = lexer->text->text + lexer->at;
  *length = (gsize)(g_utf8_next_char(at) - at);
  switch (*at) {
    case '"':
      return "text goes between single quotes: 'won'";
    case '\'':
      return "this text has no closing quote";
    case '&':
      return "write `and`";
    case '|':
      return "write `or`";
    case '!':
      return "write `not`, or <> for `is not`";
    case '[':
      return "a list goes between round brackets: in ('won', 'lost')";
    case '{':
      return "a formula has no {…}; names stand as they are";
    case '$':
      return "write amounts without a currency sign";
    case '^':
      return "there is no power; multiply instead";
    case ';':
      return "one formula at a time: there is no `;`";
    default:
      return say(lexer, "'%.*s' means nothing in a formula", (int)*length, at);
  }
}

gboolean kpi_lex(KpiLexer *lexer, KpiToken *token, gsize *bad_offset, gsize *bad_length, const char **message) {
  skip_blank(lexer);
  const char *at = lexer->text->text + lexer->at;
  *token = (KpiToken){.kind = KPI_TOKEN_END, .offset = lexer->at};
  *message = NULL;
  *bad_offset = lexer->at;
  if (!*at) return TRUE;
  if (is_name_start(*at)) {
    gsize n = 1;
    while (is_name(at[n])) n++;
    token->kind = KPI_TOKEN_NAME;
    token->string = kpi_arena_strndup(lexer->arena, at, n);
    token->length = n;
    lexer->at += n;
    return TRUE;
  }
  gboolean known = TRUE;
  if (g_ascii_isdigit(*at) || (*at == '.' && g_ascii_isdigit(at[1]))) {
    if (!lex_date(lexer, token, message)) lex_number(lexer, token, message);
  } else if (*at == '\'') {
    known = lex_text(lexer, token);
  } else {
    known = lex_sign(lexer, token);
  }
  *bad_length = token->length;
  if (!known) *message = about_character(lexer, bad_length);
  return *message == NULL;
}
