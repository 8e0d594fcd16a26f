/* Words, numbers and signs of a sentence.
 *
 * Letters are folded: lower case, no accents, straight apostrophes; a hyphen or underscore between letters parts words
 * ("year-on-year", "win_rate"). "Ana's" is Ana and 's, O'Brien one word. A number takes its separators of thousands
 * with it (10,000 · 10 000 · 10'000 · 1.000,50); what stands behind it (k, %, days) is a word of its own. */
#include "target/sentence_private.h"

static void clear_token(gpointer token) {
  g_free(((SentenceToken *)token)->text);
}

char *sentence_fold(const char *text) {
  g_autofree char *parts = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
  g_autofree char *lower = g_utf8_casefold(parts ? parts : "", -1);
  GString *folded = g_string_new(NULL);
  for (const char *at = lower; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_ismark(c)) continue;
    g_string_append_unichar(folded, c == 0x2019 || c == 0x2018 || c == 0x02BC ? '\'' : c);
  }
  return g_string_free(folded, FALSE);
}

typedef struct {
  const char *text, *at;
  GArray *tokens;
  const char *last_end;
} Lexer;

static void add(Lexer *lexer, SentenceToken token, const char *end) {
  token.from = (guint)(lexer->at - lexer->text);
  token.to = (guint)(end - lexer->text);
  token.joined = lexer->at == lexer->last_end && lexer->tokens->len > 0;
  g_array_append_val(lexer->tokens, token);
  lexer->at = lexer->last_end = end;
}

static gboolean is_word_start(gunichar c) {
  return g_unichar_isalpha(c);
}

static gboolean is_apostrophe(gunichar c) {
  return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC;
}

/* --- words --- */

/* The end of the word, before a possessive 's and before an apostrophe that ends it. */
static const char *word_end(const char *at) {
  while (*at != '\0') {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_isalnum(c) || g_unichar_ismark(c)) {
      at = g_utf8_next_char(at);
      continue;
    }
    const char *next = g_utf8_next_char(at);
    if (!is_apostrophe(c) || !is_word_start(g_utf8_get_char(next))) break;
    const char *after = g_utf8_next_char(next);
    gboolean is_s = (*next == 's' || *next == 'S') && !g_unichar_isalnum(g_utf8_get_char(after));
    if (is_s && !is_apostrophe(g_utf8_get_char(after))) break;
    at = next;
  }
  return at;
}

static void take_word(Lexer *lexer) {
  const char *end = word_end(lexer->at);
  g_autofree char *word = g_strndup(lexer->at, (gsize)(end - lexer->at));
  SentenceToken token = {
      .kind = TOKEN_WORD, .text = sentence_fold(word), .capital = g_unichar_isupper(g_utf8_get_char(lexer->at))};
  add(lexer, token, end);
  gunichar c = g_utf8_get_char(lexer->at);
  if (!is_apostrophe(c)) return;
  const char *next = g_utf8_next_char(lexer->at);
  if (*next == 's' || *next == 'S') next++;
  add(lexer, (SentenceToken){.kind = TOKEN_SIGN, .text = g_strdup("'s")}, next);
}

/* --- numbers --- */

static gsize digits_at(const char *at) {
  gsize n = 0;
  while (g_ascii_isdigit(at[n])) n++;
  return n;
}

/* A blank or apostrophe between groups of thousands; its length in bytes, or 0. */
static gsize group_blank(const char *at) {
  static const char *const blanks[] = {" ", "'", "\u2019", "\u00a0", "\u202f", "\u2009"};
  for (gsize i = 0; i < G_N_ELEMENTS(blanks); i++)
    if (g_str_has_prefix(at, blanks[i])) return strlen(blanks[i]);
  return 0;
}

typedef struct {
  GString *digits;
  char first, last; /* separators seen: ',' '.' or ' ' */
  guint n_separators;
  gboolean all_threes;
  gsize after_last; /* digits behind the last separator */
} Number;

static const char *scan_number(const char *at, Number *number) {
  gsize n = digits_at(at);
  gsize first_group = n;
  g_string_append_len(number->digits, at, (gssize)n);
  at += n;
  number->all_threes = TRUE;
  for (;;) {
    char separator = *at == ',' || *at == '.' ? *at : 0;
    gsize skip = separator ? 1 : group_blank(at);
    gsize next = skip ? digits_at(at + skip) : 0;
    if (next == 0) break;
    if (!separator && (next != 3 || first_group > 3 || !number->all_threes || g_ascii_isalpha(at[skip + 3]))) break;
    if (separator && number->n_separators > 0 && separator == '.' && number->last == '.' && next != 3) break;
    g_string_append_c(number->digits, separator ? separator : ' ');
    g_string_append_len(number->digits, at + skip, (gssize)next);
    if (number->n_separators++ == 0) number->first = separator ? separator : ' ';
    number->last = separator ? separator : ' ';
    number->all_threes &= next == 3;
    number->after_last = next;
    at += skip + next;
  }
  if (first_group > 3) number->all_threes = FALSE;
  return at;
}

/* Which separator is the decimal one: the last, when it is another than the first, or does not stand before three
 * digits. 0: none. */
static char decimal_of(const Number *number, gboolean *two_ways) {
  if (number->n_separators == 0 || number->last == ' ') return 0;
  if (number->last != number->first) return number->last;
  if (number->n_separators > 1) return 0; /* there is one decimal point: 10,00,000 has groups as in India */
  if (!number->all_threes) return number->last;
  if (number->digits->str[0] == '0') return number->last;
  *two_ways = number->last == '.';
  return number->last == '.' ? '.' : 0;
}

static void take_number(Lexer *lexer, char sign) {
  g_autoptr(GString) digits = g_string_new(NULL);
  Number number = {.digits = digits};
  const char *end = scan_number(lexer->at + (sign != 0), &number);
  SentenceToken token = {.kind = TOKEN_NUMBER, .sign = sign, .grouped = number.n_separators > 0};
  char decimal = decimal_of(&number, &token.two_ways);
  char *point = decimal ? strrchr(digits->str, decimal) : NULL;
  GString *plain = g_string_new(NULL);
  for (char *at = digits->str; *at != '\0'; at++)
    if (g_ascii_isdigit(*at))
      g_string_append_c(plain, *at);
    else if (at == point)
      g_string_append_c(plain, '.');
  token.text = g_string_free(plain, FALSE);
  add(lexer, token, end);
}

/* ".5" */
static void take_fraction(Lexer *lexer) {
  gsize n = digits_at(lexer->at + 1);
  SentenceToken token = {.kind = TOKEN_NUMBER, .text = g_strdup_printf("0%.*s", (int)n + 1, lexer->at)};
  add(lexer, token, lexer->at + 1 + n);
}

/* --- dates and periods written with digits --- */

static gboolean is_form(const char *text, gsize length, const char *form) {
  if (strlen(form) != length) return FALSE;
  for (gsize i = 0; i < length; i++) {
    char c = g_ascii_tolower(text[i]);
    gboolean fits = form[i] == '9'   ? g_ascii_isdigit(c)
                    : form[i] == 'p' ? c == 'q' || c == 'h' || c == 'w' || c == 'p'
                    : form[i] == '/' ? c == '/' || c == '.'
                                     : c == form[i];
    if (!fits) return FALSE;
  }
  return TRUE;
}

static gboolean take_period(Lexer *lexer) {
  static const char *const forms[] = {"9999-99-99", "9999/99/99", "9999-p9",   "9999-p99", "9999-99",
                                      "99/99/9999", "9/99/9999",  "99/9/9999", "9/9/9999", "99/99/99",
                                      "99-99-9999", "9/99/99",    "99/9/99",   "9/9/99"};
  gsize length = 0;
  while (g_ascii_isalnum(lexer->at[length]) || (lexer->at[length] != '\0' && strchr("-/.", lexer->at[length]) != NULL &&
                                                g_ascii_isalnum(lexer->at[length + 1])))
    length++;
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
    if (is_form(lexer->at, length, forms[i])) {
      SentenceToken token = {.kind = TOKEN_PERIOD, .text = g_ascii_strdown(lexer->at, (gssize)length)};
      add(lexer, token, lexer->at + length);
      return TRUE;
    }
  return FALSE;
}

/* --- the rest --- */

/* "…", with a doubled quotation mark for one in it. */
static gboolean take_quoted(Lexer *lexer) {
  g_autoptr(GString) name = g_string_new(NULL);
  for (const char *at = lexer->at + 1; *at != '\0'; at++) {
    if (*at == '"' && at[1] != '"') {
      if (name->len == 0) return FALSE;
      add(lexer, (SentenceToken){.kind = TOKEN_QUOTED, .text = sentence_fold(name->str)}, at + 1);
      return TRUE;
    }
    g_string_append_c(name, *at);
    if (*at == '"') at++;
  }
  return FALSE;
}

static void take_sign(Lexer *lexer) {
  static const struct {
    const char *written, *means;
  } signs[] = {{"..", ".."}, {"<=", "<="},    {">=", ">="},    {"=<", "<="},    {"=>", ">="}, {"≤", "<="},
               {"≥", ">="},  {"\u2013", "-"}, {"\u2014", "-"}, {"\u2212", "-"}, {"~", "~"},   {"\u00bd", "half"}};
  for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
    if (g_str_has_prefix(lexer->at, signs[i].written)) {
      add(lexer, (SentenceToken){.kind = TOKEN_SIGN, .text = g_strdup(signs[i].means)},
          lexer->at + strlen(signs[i].written));
      return;
    }
  const char *end = g_utf8_next_char(lexer->at);
  add(lexer, (SentenceToken){.kind = TOKEN_SIGN, .text = g_strndup(lexer->at, (gsize)(end - lexer->at))}, end);
}

/* A sign of the number behind it: not "20-30", where it stands between two. */
static char number_sign(const Lexer *lexer) {
  gboolean minus = *lexer->at == '-';
  if ((!minus && *lexer->at != '+') || !g_ascii_isdigit(lexer->at[1])) return 0;
  gboolean behind_digit = lexer->at > lexer->text && lexer->at == lexer->last_end;
  return minus && behind_digit ? 0 : *lexer->at;
}

/* "vs." is vs. */
static gboolean ends_short_word(const Lexer *lexer, const SentenceToken *last) {
  static const char *const shorts[] = {"vs",  "approx", "ca",  "max", "min", "avg",  "incl", "mio", "jan", "feb", "mar",
                                       "apr", "jun",    "jul", "aug", "sep", "sept", "oct",  "nov", "dec", NULL};
  return *lexer->at == '.' && last && lexer->at == lexer->last_end && last->kind == TOKEN_WORD &&
         g_strv_contains(shorts, last->text);
}

/* In "Jan-Mar" and "Q1-Q2" the hyphen is one between periods. */
static gboolean names_period(const char *word) {
  static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};
  if ((word[0] == 'q' || word[0] == 'h') && g_ascii_isdigit(word[1]) && word[2] == '\0') return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(months); i++)
    if (g_str_has_prefix(word, months[i]) && strcspn(word, "0123456789'") == strlen(word)) return TRUE;
  return FALSE;
}

static void take_one(Lexer *lexer) {
  gunichar c = g_utf8_get_char(lexer->at);
  char sign = number_sign(lexer);
  gboolean between_letters = (c == '-' || c == '_') && lexer->tokens->len > 0 && lexer->at == lexer->last_end &&
                             g_unichar_isalnum(g_utf8_get_char(lexer->at + 1));
  const SentenceToken *last =
      lexer->tokens->len ? &g_array_index(lexer->tokens, SentenceToken, lexer->tokens->len - 1) : NULL;
  if (ends_short_word(lexer, last)) {
    lexer->at++;
    return;
  }
  if (between_letters && c == '-' && last->kind == TOKEN_WORD && names_period(last->text))
    take_sign(lexer);
  else if (between_letters && (c == '_' || (last->kind == TOKEN_WORD && is_word_start(g_utf8_get_char(lexer->at + 1)))))
    lexer->at++;
  else if (sign != 0)
    take_number(lexer, sign);
  else if (c == '.' && g_ascii_isdigit(lexer->at[1]) && lexer->at != lexer->last_end)
    take_fraction(lexer);
  else if (c < 128 && g_ascii_isdigit((char)c)) {
    if (!take_period(lexer)) take_number(lexer, 0);
  } else if (is_word_start(c))
    take_word(lexer);
  else if (c != '"' || !take_quoted(lexer))
    take_sign(lexer);
}

GArray *sentence_tokens(const char *text) {
  GArray *tokens = g_array_new(FALSE, TRUE, sizeof(SentenceToken));
  g_array_set_clear_func(tokens, clear_token);
  Lexer lexer = {.text = text, .at = text, .tokens = tokens, .last_end = text};
  while (*lexer.at != '\0' && tokens->len < SENTENCE_MAX_TOKENS) {
    gunichar c = g_utf8_get_char(lexer.at);
    if (g_unichar_isspace(c) || g_unichar_iscntrl(c) || g_unichar_ismark(c))
      lexer.at = g_utf8_next_char(lexer.at);
    else
      take_one(&lexer);
  }
  return tokens;
}

char *sentence_words(const Sentence *sentence, guint from, guint to) {
  const SentenceToken *first = sentence_token(sentence, from), *last = sentence_token(sentence, to - 1);
  if (!first || !last || to <= from) return g_strdup("");
  return g_strndup(sentence->text + first->from, last->to - first->from);
}
