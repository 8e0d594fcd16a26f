/* Patterns over tokens, and the cutting of a sentence into the pieces that they find. */
#include "target/sentence_private.h"

/* --- one pattern --- */

typedef struct {
  const char *at;
  gsize length;
} Element;

/* The next element of a pattern; FALSE at its end. */
static gboolean next_element(const char **pattern, Element *element) {
  while (**pattern == ' ') (*pattern)++;
  element->at = *pattern;
  while (**pattern != '\0' && **pattern != ' ') (*pattern)++;
  element->length = (gsize)(*pattern - element->at);
  return element->length > 0;
}

static gboolean has_alternative(const char *words, gsize length, const char *word) {
  gsize wanted = strlen(word);
  for (const char *at = words; at < words + length;) {
    const char *bar = memchr(at, '|', (gsize)(words + length - at));
    gsize n = (gsize)((bar ? bar : words + length) - at);
    if (n == wanted && memcmp(at, word, n) == 0) return TRUE;
    at += n + 1;
  }
  return FALSE;
}

typedef guint (*ReadAmount)(Sentence *sentence, guint at, SentenceAmount *amount);

static guint read_amount_slot(Sentence *sentence, guint at, ReadAmount read, SentenceBound *bound) {
  if (bound->n_amounts == SENTENCE_MAX_PARTS) return SENTENCE_NO_MATCH;
  guint end = read(sentence, at, &bound->amounts[bound->n_amounts]);
  if (end != SENTENCE_NO_MATCH) bound->n_amounts++;
  return end;
}

/* {h}: hours or minutes, which are never a span of time in which a target is reached. */
static guint read_hours_slot(Sentence *sentence, guint at, SentenceBound *bound) {
  guint end = read_amount_slot(sentence, at, sentence_read_amount, bound);
  if (end == SENTENCE_NO_MATCH) return end;
  AmountUnit unit = bound->amounts[bound->n_amounts - 1].unit;
  return unit == AMOUNT_HOURS || unit == AMOUNT_MINUTES ? end : SENTENCE_NO_MATCH;
}

static guint read_period_slot(Sentence *sentence, guint at, gboolean near, SentenceBound *bound) {
  if (bound->n_periods == SENTENCE_MAX_PARTS) return SENTENCE_NO_MATCH;
  SentencePeriod period = {0};
  guint end = sentence_read_period(sentence, at, near, &period);
  if (end != SENTENCE_NO_MATCH) bound->periods[bound->n_periods++] = period;
  return end;
}

/* {past}: a period that has ended, which can only be what is compared with. */
static guint read_past_slot(Sentence *sentence, guint at, SentenceBound *bound) {
  guint end = read_period_slot(sentence, at, TRUE, bound);
  if (end == SENTENCE_NO_MATCH) return end;
  const SentencePeriod *period = &bound->periods[bound->n_periods - 1];
  gboolean past = period->last_year || (period->yearless == YEARLESS_NOT && period->end <= sentence->hearing->today);
  return past ? end : SENTENCE_NO_MATCH;
}

static guint read_slot(Sentence *sentence, const Element *slot, guint at, SentenceBound *bound) {
  g_autofree char *name = g_strndup(slot->at + 1, slot->length - 2);
  if (g_str_equal(name, "a")) return read_amount_slot(sentence, at, sentence_read_amount, bound);
  if (g_str_equal(name, "one")) return read_amount_slot(sentence, at, sentence_read_one, bound);
  if (g_str_equal(name, "part")) return read_amount_slot(sentence, at, sentence_read_part, bound);
  if (g_str_equal(name, "hours")) return read_hours_slot(sentence, at, bound);
  if (g_str_equal(name, "n")) return sentence_read_count(sentence, at, &bound->count);
  if (g_str_equal(name, "grain")) return sentence_read_grain(sentence, at, &bound->grain);
  if (g_str_equal(name, "period")) return read_period_slot(sentence, at, TRUE, bound);
  if (g_str_equal(name, "past")) return read_past_slot(sentence, at, bound);
  if (g_str_equal(name, "any")) return read_period_slot(sentence, at, FALSE, bound);
  if (g_str_equal(name, "member")) return sentence_read_member(sentence, at, bound);
  if (g_str_equal(name, "dimension")) return sentence_read_dimension(sentence, at, &bound->dimension);
  return sentence_read_time_slot(sentence, name, at, bound);
}

static guint match_rest(Sentence *sentence, const char *pattern, guint at, SentenceBound *bound);

static guint match_element(Sentence *sentence, const Element *element, guint at, SentenceBound *bound) {
  if (element->at[0] == '{') return read_slot(sentence, element, at, bound);
  const SentenceToken *token = sentence_token(sentence, at);
  if (!token || token->kind == TOKEN_QUOTED) return SENTENCE_NO_MATCH;
  return has_alternative(element->at, element->length, token->text) ? at + 1 : SENTENCE_NO_MATCH;
}

static guint match_rest(Sentence *sentence, const char *pattern, guint at, SentenceBound *bound) {
  Element element;
  if (!next_element(&pattern, &element)) return at;
  gboolean optional = element.at[0] == '[';
  if (optional) element = (Element){element.at + 1, element.length - 2};
  SentenceBound with = *bound;
  guint next = match_element(sentence, &element, at, &with);
  guint end = next == SENTENCE_NO_MATCH ? next : match_rest(sentence, pattern, next, &with);
  if (end != SENTENCE_NO_MATCH) {
    *bound = with;
    return end;
  }
  return optional ? match_rest(sentence, pattern, at, bound) : SENTENCE_NO_MATCH;
}

guint sentence_match(Sentence *sentence, const char *pattern, guint at, SentenceBound *bound) {
  return match_rest(sentence, pattern, at, bound);
}

/* Most rows fail at their first word: nothing is copied for those. */
static gboolean may_begin(const Sentence *sentence, const char *pattern, guint at) {
  if (pattern[0] == '{' || pattern[0] == '[') return TRUE;
  const SentenceToken *token = sentence_token(sentence, at);
  const char *rest = pattern;
  Element element;
  return token && token->kind != TOKEN_QUOTED && next_element(&rest, &element) &&
         has_alternative(element.at, element.length, token->text);
}

const SentenceRow *sentence_match_longest(Sentence *sentence, const SentenceRow *rows, gsize n, guint at, guint *end,
                                          SentenceBound *bound) {
  const SentenceRow *longest = NULL;
  for (gsize i = 0; i < n; i++) {
    if (!may_begin(sentence, rows[i].pattern, at)) continue;
    SentenceBound mine = {.member = -1, .other = -1};
    guint to = sentence_match(sentence, rows[i].pattern, at, &mine);
    if (to == SENTENCE_NO_MATCH || to <= *end) continue;
    longest = &rows[i];
    *end = to;
    *bound = mine;
  }
  return longest;
}

/* --- the whole sentence --- */

static const SentenceRow kpi_row = {"", SAYS_KPI}, weak_kpi_row = {"", SAYS_KPI, .weak = 1};

/* The longest piece at a token; its row is NULL where nothing is known. Names of KPIs come first. */
static SentencePiece piece_at(Sentence *sentence, guint at) {
  SentencePiece piece = {.from = at, .to = at, .bound = {.member = -1, .other = -1}};
  guint end = sentence_read_kpi_name(sentence, at, &piece.bound.kpi);
  if (end != SENTENCE_NO_MATCH) {
    /* The name of a KPI that is an everyday word yields to what is surer. */
    piece.row = g_str_equal(piece.bound.kpi->name, "customers") ? &weak_kpi_row : &kpi_row;
    piece.to = end;
  }
  const struct {
    const SentenceRow *rows;
    gsize n;
  } tables[] = {{sentence_times, sentence_n_times},
                {sentence_phrases, sentence_n_phrases},
                {sentence_kpis, sentence_n_kpis},
                {sentence_whose, sentence_n_whose}};
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
    SentenceBound bound;
    const SentenceRow *row = sentence_match_longest(sentence, tables[i].rows, tables[i].n, at, &piece.to, &bound);
    if (row) {
      piece.row = row;
      piece.bound = bound;
    }
  }
  return piece;
}

static gboolean is_noise(const SentenceToken *token) {
  if (token->kind == TOKEN_SIGN) return TRUE;
  return token->kind == TOKEN_WORD && g_strv_contains(sentence_noise, token->text);
}

void sentence_cut(Sentence *sentence) {
  g_array_set_size(sentence->pieces, 0);
  g_array_set_size(sentence->unknown, 0);
  for (guint at = 0; at < sentence->tokens->len;) {
    SentencePiece piece = piece_at(sentence, at);
    if (!piece.row) {
      if (!is_noise(sentence_token(sentence, at))) g_array_append_val(sentence->unknown, at);
      at++;
      continue;
    }
    g_array_append_val(sentence->pieces, piece);
    at = piece.to;
  }
}

void sentence_leave_asides(Sentence *sentence) {
  for (guint i = 1; i < sentence->pieces->len; i++) {
    guint from = g_array_index(sentence->pieces, SentencePiece, i).from;
    if (g_array_index(sentence->pieces, SentencePiece, i).row->says != SAYS_ASIDE) continue;
    g_autofree char *words = sentence_words(sentence, from, sentence->tokens->len);
    sentence_assume(sentence, "left out: '%s'", words);
    g_array_set_size(sentence->pieces, i);
    while (sentence->unknown->len && g_array_index(sentence->unknown, guint, sentence->unknown->len - 1) >= from)
      g_array_set_size(sentence->unknown, sentence->unknown->len - 1);
    return;
  }
}
