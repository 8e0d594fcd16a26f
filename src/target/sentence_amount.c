/* Amounts in words and figures: "10 %", "€10k", "half a million", "twenty five", "5 percentage points", "48 hours". */
#include "target/sentence_private.h"

const char *const sentence_number_words[] = {
    "zero",     "one",      "two",      "three",   "four",     "five",     "six",     "seven",   "eight",
    "nine",     "ten",      "eleven",   "twelve",  "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen", "twenty",   "thirty",  "forty",    "fifty",    "sixty",   "seventy", "eighty",
    "ninety",   "hundred",  "thousand", "million", "billion",  "dozen",    "half",    NULL};

static const struct {
  const char *word;
  int exponent;
} scales[] = {{"hundred", 2}, {"thousand", 3}, {"thousands", 3}, {"k", 3},  {"grand", 3},
              {"million", 6}, {"millions", 6}, {"mio", 6},       {"mn", 6}, {"mm", 6},
              {"m", 6},       {"mil", 6},      {"billion", 9},   {"bn", 9}, {"b", 9}};

static const struct {
  const char *pattern;
  AmountUnit unit;
} units[] = {
    {"percentage|percent|% - points|point", AMOUNT_POINTS},
    {"percentage|percent|% points|point|pts", AMOUNT_POINTS},
    {"per cent points|point", AMOUNT_POINTS},
    {"pp|ppt|ppts|pps|points|point|pts|pt", AMOUNT_POINTS},
    {"basis points|point", AMOUNT_BASIS_POINTS},
    {"bps|bp", AMOUNT_BASIS_POINTS},
    {"%|percent|pct|pc", AMOUNT_PERCENT},
    {"per cent", AMOUNT_PERCENT},
    {"x|times", AMOUNT_TIMES},
    {"minutes|minute|mins|min", AMOUNT_MINUTES},
    {"hours|hour|hrs|hr|h", AMOUNT_HOURS},
    {"working|business|calendar days|day", AMOUNT_DAYS},
    {"days|day|d", AMOUNT_DAYS},
    {"weeks|week|wks|wk", AMOUNT_WEEKS},
    {"months|month|mths|mth", AMOUNT_MONTHS},
    {"years|year|yrs|yr", AMOUNT_YEARS},
};

const char *const sentence_unit_words[] = {"percentage", "percent",  "points",  "point",   "basis",  "minutes",
                                           "minute",     "hours",    "hour",    "days",    "weeks",  "months",
                                           "years",      "thousand", "million", "billion", "euros",  "euro",
                                           "dollars",    "dollar",   "pounds",  "pound",   "francs", NULL};

static const struct {
  const char *word, *code;
} currencies[] = {{"€", "EUR"},      {"eur", "EUR"},    {"euro", "EUR"},   {"euros", "EUR"}, {"$", "$"},
                  {"usd", "USD"},    {"dollar", "$"},   {"dollars", "$"},  {"bucks", "$"},   {"£", "GBP"},
                  {"gbp", "GBP"},    {"pound", "GBP"},  {"pounds", "GBP"}, {"quid", "GBP"},  {"chf", "CHF"},
                  {"francs", "CHF"}, {"¥", "JPY"},      {"yen", "JPY"},    {"jpy", "JPY"},   {"₹", "INR"},
                  {"inr", "INR"},    {"rupees", "INR"}, {"sek", "SEK"},    {"nok", "NOK"},   {"dkk", "DKK"},
                  {"pln", "PLN"},    {"aud", "AUD"},    {"cad", "CAD"},    {"zł", "PLN"},    {"kr", "kr"}};

static guint read_currency(const Sentence *sentence, guint at, char *currency) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (!token || (token->kind != TOKEN_WORD && token->kind != TOKEN_SIGN)) return at;
  for (gsize i = 0; i < G_N_ELEMENTS(currencies); i++)
    if (g_str_equal(token->text, currencies[i].word)) {
      g_strlcpy(currency, currencies[i].code, 4);
      return at + 1;
    }
  const char *own = sentence->hearing->currency;
  if (!own || token->kind != TOKEN_WORD || g_ascii_strcasecmp(token->text, own) != 0) return at;
  g_strlcpy(currency, own, 4);
  return at + 1;
}

/* --- numbers in words --- */

static int word_value(const Sentence *sentence, guint at) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (!token || token->kind != TOKEN_WORD) return -1;
  for (int i = 0; i < 28; i++)
    if (g_str_equal(token->text, sentence_number_words[i])) return i < 20 ? i : (i - 18) * 10;
  return -1;
}

/* "twenty five", "two hundred and fifty thousand", "a million": a whole number below a million million. */
static guint read_number_words(Sentence *sentence, guint at, SentenceAmount *amount) {
  static const struct {
    const char *word;
    gint64 times;
  } scale_words[] = {{"hundred", 100}, {"thousand", 1000}, {"million", 1000000}, {"billion", 1000000000}};
  gint64 total = 0, part = -1;
  guint end = SENTENCE_NO_MATCH;
  if (sentence_token_is(sentence, at, "a")) part = 1, at++;
  for (;; at++) {
    gboolean joins = sentence_token_is(sentence, at, "and") && end == at && total + MAX(part, 0) >= 100;
    int value = word_value(sentence, joins ? at + 1 : at);
    if (value >= 0 &&
        (part < 0 || part % 100 == 0 || (part % 10 == 0 && part % 100 >= 20 && value < 10 && value > 0))) {
      at += joins;
      part = MAX(part, 0) + value;
      end = at + 1;
      continue;
    }
    gint64 times = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(scale_words) && part >= 1; i++)
      if (sentence_token_is(sentence, at, scale_words[i].word)) times = scale_words[i].times;
    if (times == 0 || total + part * times >= G_GINT64_CONSTANT(1000000000000)) break;
    if (times == 100) part *= 100;
    if (times > 100) total += part * times, part = 0;
    end = at + 1;
  }
  if (end == SENTENCE_NO_MATCH) return end;
  g_snprintf(amount->digits, sizeof amount->digits, "%" G_GINT64_FORMAT, total + MAX(part, 0));
  return end;
}

static guint read_scale(const Sentence *sentence, guint at, SentenceAmount *amount) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (!token || token->kind != TOKEN_WORD) return at;
  for (gsize i = 0; i < G_N_ELEMENTS(scales); i++)
    if (g_str_equal(token->text, scales[i].word)) {
      amount->exponent += scales[i].exponent;
      amount->letter_m = g_str_equal(token->text, "m");
      guint next = read_scale(sentence, at + 1, amount); /* a hundred thousand */
      return next;
    }
  return at;
}

/* --- parts: a third, by half --- */

/* The first are parts wherever they stand; a quarter may be one of the year, half the half of something. */
static guint read_part(Sentence *sentence, guint at, gboolean sure, SentenceAmount *amount) {
  static const struct {
    const char *pattern;
    int over, parts;
    gboolean sure;
  } parts[] = {{"a|one third", 1, 3, TRUE}, {"two thirds", 2, 3, TRUE},   {"three quarters", 3, 4, TRUE},
               {"a|one fifth", 1, 5, TRUE}, {"a|one tenth", 1, 10, TRUE}, {"a|one quarter", 1, 4, FALSE},
               {"a half", 1, 2, FALSE},     {"half", 1, 2, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    if (sure && !parts[i].sure) continue;
    SentenceBound bound = {.member = -1, .other = -1};
    guint end = sentence_match(sentence, parts[i].pattern, at, &bound);
    if (end == SENTENCE_NO_MATCH) continue;
    *amount = (SentenceAmount){.unit = AMOUNT_PART};
    g_snprintf(amount->digits, sizeof amount->digits, "%d", parts[i].over);
    amount->parts = parts[i].parts;
    return end;
  }
  return SENTENCE_NO_MATCH;
}

guint sentence_read_part(Sentence *sentence, guint at, SentenceAmount *amount) {
  return read_part(sentence, at, FALSE, amount);
}

/* --- the whole --- */

static guint read_unit(Sentence *sentence, guint at, SentenceAmount *amount) {
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
    SentenceBound bound = {.member = -1, .other = -1};
    guint end = sentence_match(sentence, units[i].pattern, at, &bound);
    if (end == SENTENCE_NO_MATCH) continue;
    amount->unit = units[i].unit;
    return end;
  }
  return at;
}

/* "half a million" */
static guint read_half(Sentence *sentence, guint at, SentenceAmount *amount) {
  SentenceBound bound = {.member = -1, .other = -1};
  guint end = sentence_match(sentence, "[a] half a", at, &bound);
  if (end == SENTENCE_NO_MATCH) return end;
  SentenceAmount half = {.digits = "0.5"};
  guint next = read_scale(sentence, end, &half);
  if (next == end) return SENTENCE_NO_MATCH;
  *amount = half;
  return next;
}

/* "a dozen", "two dozen" */
static guint read_dozens(const Sentence *sentence, guint at, SentenceAmount *amount) {
  int dozens = sentence_token_is(sentence, at, "a") ? 1 : word_value(sentence, at);
  if (dozens < 1 || !sentence_token_is(sentence, at + 1, "dozen")) return SENTENCE_NO_MATCH;
  g_snprintf(amount->digits, sizeof amount->digits, "%d", 12 * dozens);
  return at + 2;
}

static guint read_figure(Sentence *sentence, guint at, SentenceAmount *amount) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (!token) return SENTENCE_NO_MATCH;
  if (token->kind == TOKEN_NUMBER) {
    if (strlen(token->text) >= sizeof amount->digits) return SENTENCE_NO_MATCH;
    g_strlcpy(amount->digits, token->text, sizeof amount->digits);
    amount->sign = token->sign;
    amount->two_ways = token->two_ways;
    return read_scale(sentence, at + 1, amount);
  }
  guint next = read_half(sentence, at, amount);
  if (next == SENTENCE_NO_MATCH) next = read_dozens(sentence, at, amount);
  return next == SENTENCE_NO_MATCH ? read_number_words(sentence, at, amount) : next;
}

/* An ordinal (the 15th, 1st) is none. */
static gboolean is_ordinal(const Sentence *sentence, guint at) {
  const SentenceToken *token = sentence_token(sentence, at);
  static const char *const endings[] = {"st", "nd", "rd", "th", NULL};
  return token && token->joined && token->kind == TOKEN_WORD && g_strv_contains(endings, token->text);
}

/* "1 in 3", but not "10 in 3 weeks". */
static guint read_one_in(Sentence *sentence, guint at, const SentenceAmount *amount, int *parts) {
  CalendarGrain grain;
  if (!sentence_token_is(sentence, at, "in")) return SENTENCE_NO_MATCH;
  guint end = sentence_read_count(sentence, at + 1, parts);
  if (end == SENTENCE_NO_MATCH || sentence_read_grain(sentence, end, &grain) != SENTENCE_NO_MATCH)
    return SENTENCE_NO_MATCH;
  return g_ascii_strtod(amount->digits, NULL) < *parts ? end : SENTENCE_NO_MATCH;
}

/* "4.5 out of 5", "4.5/5", "1/3": the rest of it. */
static guint read_out_of(Sentence *sentence, guint at, SentenceAmount *amount) {
  SentenceBound bound = {.member = -1, .other = -1};
  guint end = sentence_match(sentence, "/", at, &bound);
  if (end == SENTENCE_NO_MATCH) end = sentence_match(sentence, "out of", at, &bound);
  int parts;
  if (amount->exponent != 0) return SENTENCE_NO_MATCH;
  end =
      end == SENTENCE_NO_MATCH ? read_one_in(sentence, at, amount, &parts) : sentence_read_count(sentence, end, &parts);
  if (end == SENTENCE_NO_MATCH) return end;
  amount->unit = AMOUNT_PART;
  amount->parts = parts;
  return end;
}

guint sentence_read_amount(Sentence *sentence, guint at, SentenceAmount *amount) {
  static const char *const rough[] = {"about", "around", "roughly", "approximately", "circa", "~", "some", NULL};
  SentenceAmount read = {0};
  const SentenceToken *token = sentence_token(sentence, at);
  while (token && token->kind != TOKEN_QUOTED && g_strv_contains(rough, token->text))
    token = sentence_token(sentence, ++at);
  guint part = read_part(sentence, at, TRUE, &read);
  if (part != SENTENCE_NO_MATCH) {
    *amount = read;
    return part;
  }
  guint number = read_currency(sentence, at, read.currency);
  guint end = read_figure(sentence, number, &read);
  if (end == SENTENCE_NO_MATCH || is_ordinal(sentence, end)) return SENTENCE_NO_MATCH;
  guint of = read.currency[0] == '\0' ? read_out_of(sentence, end, &read) : SENTENCE_NO_MATCH;
  if (of != SENTENCE_NO_MATCH) {
    end = of;
  } else if (read.currency[0] != '\0') {
    read.unit = AMOUNT_MONEY;
  } else {
    guint behind = read_currency(sentence, end, read.currency);
    if (behind != end) read.unit = AMOUNT_MONEY;
    end = behind != end ? behind : read_unit(sentence, end, &read);
  }
  *amount = read;
  return end;
}

guint sentence_read_one(Sentence *sentence, guint at, SentenceAmount *amount) {
  if (!sentence_token_is(sentence, at, "a") && !sentence_token_is(sentence, at, "an")) return SENTENCE_NO_MATCH;
  SentenceAmount one = {.digits = "1"};
  guint end = read_unit(sentence, at + 1, &one);
  if (end == at + 1 || one.unit < AMOUNT_MINUTES) return SENTENCE_NO_MATCH;
  *amount = one;
  return end;
}

guint sentence_read_count(Sentence *sentence, guint at, int *count) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (!token) return SENTENCE_NO_MATCH;
  if (token->kind == TOKEN_NUMBER && token->sign == 0 && strlen(token->text) <= 3 && !strchr(token->text, '.')) {
    *count = (int)g_ascii_strtoll(token->text, NULL, 10);
    return *count > 0 ? at + 1 : SENTENCE_NO_MATCH;
  }
  int value = word_value(sentence, at);
  if (value <= 0) return SENTENCE_NO_MATCH;
  *count = value;
  return at + 1;
}
