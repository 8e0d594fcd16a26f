/* Periods by their words: "next quarter", "Q1", "31st of March", "FY27", "the first half of 2027".
 *
 * Which year "Q1" is of depends on what it is for: a target's is the next that has not ended, a baseline's the last
 * that has. So such a period stays yearless until it is known. */
#include "target/sentence_private.h"

#define NEAR_YEARS 15

static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};

const char *const sentence_time_words[] = {
    "january",   "february", "september", "october", "november", "december", "daily",     "weekly", "monthly",
    "quarterly", "annually", "yearly",    "week",    "month",    "quarter",  "weeks",     "months", "quarters",
    "years",     "first",    "second",    "third",   "fourth",   "fiscal",   "financial", NULL};

/* --- slots --- */

static gboolean is_whole_number(const SentenceToken *token) {
  return token && token->kind == TOKEN_NUMBER && token->sign == 0 && !token->grouped && !strchr(token->text, '.');
}

static guint read_year(const Sentence *sentence, guint at, SentenceBound *bound) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (!is_whole_number(token) || strlen(token->text) != 4) return SENTENCE_NO_MATCH;
  int year = (int)g_ascii_strtoll(token->text, NULL, 10);
  int today = base_day_to_civil(sentence->hearing->today).year;
  if (year < 1000 || (bound->near_year && ABS(year - today) > NEAR_YEARS)) return SENTENCE_NO_MATCH;
  bound->year = year;
  return at + 1;
}

/* "w50" */
static guint read_week(const SentenceToken *token, guint at, SentenceBound *bound) {
  gsize digits = token->text[0] == 'w' ? strspn(token->text + 1, "0123456789") : 0;
  if (token->kind != TOKEN_WORD || digits == 0 || digits > 2 || token->text[1 + digits] != '\0')
    return SENTENCE_NO_MATCH;
  bound->count = (int)g_ascii_strtoll(token->text + 1, NULL, 10);
  return at + 1;
}

static guint read_weekday(const SentenceToken *token, guint at, SentenceBound *bound) {
  static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  for (int i = 0; i < 7 && token->kind == TOKEN_WORD; i++)
    if (g_str_equal(token->text, days[i])) {
      bound->day = i + 1;
      return at + 1;
    }
  return SENTENCE_NO_MATCH;
}

/* The 27 of Q1'27. */
static guint read_short_year(const SentenceToken *token, guint at, SentenceBound *bound) {
  if (!is_whole_number(token) || strlen(token->text) != 2) return SENTENCE_NO_MATCH;
  bound->year = 2000 + (int)g_ascii_strtoll(token->text, NULL, 10);
  return at + 1;
}

static guint read_fiscal_year(const SentenceToken *token, guint at, SentenceBound *bound) {
  if (token->kind != TOKEN_WORD || !g_str_has_prefix(token->text, "fy")) return SENTENCE_NO_MATCH;
  gsize digits = strspn(token->text + 2, "0123456789");
  if ((digits != 2 && digits != 4) || token->text[2 + digits] != '\0') return SENTENCE_NO_MATCH;
  bound->year = (int)g_ascii_strtoll(token->text + 2, NULL, 10) + (digits == 2 ? 2000 : 0);
  return bound->year >= 1000 ? at + 1 : SENTENCE_NO_MATCH;
}

/* "q3", "h1": a letter and its number. */
static guint read_numbered(Sentence *sentence, const SentenceToken *token, guint at, char letter, int most,
                           SentenceBound *bound) {
  if (token->kind != TOKEN_WORD || token->text[0] != letter || !g_ascii_isdigit(token->text[1]) ||
      token->text[2] != '\0')
    return SENTENCE_NO_MATCH;
  bound->number = token->text[1] - '0';
  if (bound->number >= 1 && bound->number <= most) return at + 1;
  if (!sentence->trouble)
    sentence->trouble =
        letter == 'q' ? g_strdup("a year has quarters Q1 to Q4") : g_strdup("a year has halves H1 and H2");
  bound->number = 1;
  return at + 1;
}

static guint read_ordinal(Sentence *sentence, const SentenceToken *token, guint at, SentenceBound *bound) {
  static const char *const words[] = {"first", "second", "third", "fourth"};
  for (int i = 0; i < 4 && token->kind == TOKEN_WORD; i++)
    if (g_str_equal(token->text, words[i])) {
      bound->number = i + 1;
      return at + 1;
    }
  const SentenceToken *ending = sentence_token(sentence, at + 1);
  if (!is_whole_number(token) || strlen(token->text) != 1 || token->text[0] < '1' || token->text[0] > '4' || !ending ||
      !ending->joined || !g_strv_contains((const char *const[]){"st", "nd", "rd", "th", NULL}, ending->text))
    return SENTENCE_NO_MATCH;
  bound->number = token->text[0] - '0';
  return at + 2;
}

static guint read_half(Sentence *sentence, const SentenceToken *token, guint at, SentenceBound *bound) {
  if (token->text[0] == 'h') return read_numbered(sentence, token, at, 'h', 2, bound);
  guint end = read_ordinal(sentence, token, at, bound);
  if (end == SENTENCE_NO_MATCH || bound->number > 2 || !sentence_token_is(sentence, end, "half"))
    return SENTENCE_NO_MATCH;
  return end + 1;
}

/* "may" without a capital is a month only behind a word that leads to one. */
static gboolean is_may_month(const Sentence *sentence, guint at) {
  static const char *const leading[] = {"in",     "by",     "of",      "until", "till", "from", "to",
                                        "before", "during", "through", "for",   "end",  "next", "this",
                                        "and",    "since",  "vs",      "than",  "late", NULL};
  if (sentence_token(sentence, at)->capital) return TRUE;
  const SentenceToken *before = at > 0 ? sentence_token(sentence, at - 1) : NULL;
  return before && (before->kind == TOKEN_NUMBER || g_strv_contains(leading, before->text));
}

static guint read_month(const Sentence *sentence, const SentenceToken *token, guint at, SentenceBound *bound) {
  gsize length = strlen(token->text);
  if (token->kind != TOKEN_WORD || length < 3) return SENTENCE_NO_MATCH;
  for (int i = 0; i < 12; i++) {
    gboolean is_short = length == 3 || (i == 8 && length == 4);
    if (strncmp(months[i], token->text, length) != 0 || (!is_short && months[i][length] != '\0')) continue;
    if (i == 4 && !is_may_month(sentence, at)) return SENTENCE_NO_MATCH;
    bound->number = i + 1;
    return at + 1;
  }
  return SENTENCE_NO_MATCH;
}

static guint read_day(const Sentence *sentence, const SentenceToken *token, guint at, gboolean last,
                      SentenceBound *bound) {
  static const char *const endings[] = {"st", "nd", "rd", "th", NULL};
  if (g_str_equal(token->text, "first") && sentence_token_is(sentence, at + 1, "of")) {
    bound->day = 1;
    return at + 1;
  }
  if (!is_whole_number(token) || strlen(token->text) > 2) return SENTENCE_NO_MATCH;
  bound->day = (int)g_ascii_strtoll(token->text, NULL, 10);
  const SentenceToken *next = sentence_token(sentence, at + 1);
  gboolean ordinal = next && next->joined && g_strv_contains(endings, next->text);
  if (bound->day < 1 || bound->day > 31) return SENTENCE_NO_MATCH;
  if (ordinal) return at + 2;
  /* "in June 20 demos": only what cannot go on as an amount is a day */
  gboolean amount = last && next && !(next->kind == TOKEN_SIGN && strchr(",.;:!?)(", next->text[0])) &&
                    !(next->kind == TOKEN_WORD && g_strv_contains(sentence_noise, next->text));
  return amount ? SENTENCE_NO_MATCH : at + 1;
}

static gboolean grain_of(const char *word, CalendarGrain *grain) {
  static const struct {
    const char *words;
    CalendarGrain grain;
  } grains[] = {{" day days workday ", CALENDAR_DAY},
                {" week weeks wk ", CALENDAR_WEEK},
                {" month months mth mo ", CALENDAR_MONTH},
                {" quarter quarters qtr ", CALENDAR_QUARTER},
                {" year years yr ", CALENDAR_YEAR}};
  g_autofree char *wanted = g_strconcat(" ", word, " ", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(grains); i++)
    if (strstr(grains[i].words, wanted)) {
      *grain = grains[i].grain;
      return TRUE;
    }
  return FALSE;
}

guint sentence_read_grain(Sentence *sentence, guint at, CalendarGrain *grain) {
  const SentenceToken *token = sentence_token(sentence, at);
  static const char *const before[] = {"fiscal", "financial", "calendar", "whole", "full", "working", "business", NULL};
  if (token && token->kind == TOKEN_WORD && g_strv_contains(before, token->text))
    token = sentence_token(sentence, ++at);
  return token && token->kind == TOKEN_WORD && grain_of(token->text, grain) ? at + 1 : SENTENCE_NO_MATCH;
}

static guint read_grainly(const SentenceToken *token, guint at, SentenceBound *bound) {
  static const struct {
    const char *word;
    CalendarGrain grain;
  } words[] = {{"daily", CALENDAR_DAY},         {"weekly", CALENDAR_WEEK}, {"monthly", CALENDAR_MONTH},
               {"quarterly", CALENDAR_QUARTER}, {"annual", CALENDAR_YEAR}, {"annually", CALENDAR_YEAR},
               {"yearly", CALENDAR_YEAR}};
  for (gsize i = 0; i < G_N_ELEMENTS(words) && token->kind == TOKEN_WORD; i++)
    if (g_str_equal(token->text, words[i].word)) {
      bound->grain = words[i].grain;
      return at + 1;
    }
  return SENTENCE_NO_MATCH;
}

/* "year end", "EOQ": the end of the running one. */
static guint read_grain_end(Sentence *sentence, guint at, SentenceBound *bound) {
  static const char *const ends[] = {"eod", "eow", "eom", "eoq", "eoy"};
  CalendarGrain grain = CALENDAR_RANGE;
  for (int i = 0; i < 5; i++)
    if (sentence_token_is(sentence, at, ends[i])) grain = (CalendarGrain)i;
  guint end = at + 1;
  if (grain == CALENDAR_RANGE && sentence_token_is(sentence, at, "end") && sentence_token_is(sentence, at + 1, "of")) {
    end = sentence_read_grain(sentence, at + 2, &grain);
    if (end == SENTENCE_NO_MATCH) return end;
  } else if (grain == CALENDAR_RANGE) {
    end = sentence_read_grain(sentence, at, &grain);
    if (end == SENTENCE_NO_MATCH || !sentence_token_is(sentence, end, "end")) return SENTENCE_NO_MATCH;
    end++;
  }
  CalendarPeriod now = calendar_period_at(sentence->hearing->calendar, grain, sentence->hearing->today);
  if (bound->n_periods < SENTENCE_MAX_PARTS)
    bound->periods[bound->n_periods++] = (SentencePeriod){.start = now.start, .end = now.end, .grain = grain};
  return end;
}

guint sentence_read_time_slot(Sentence *sentence, const char *slot, guint at, SentenceBound *bound) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (!token || token->kind == TOKEN_QUOTED) return SENTENCE_NO_MATCH;
  if (g_str_equal(slot, "year")) return read_year(sentence, at, bound);
  if (g_str_equal(slot, "yy")) return read_short_year(token, at, bound);
  if (g_str_equal(slot, "fy")) return read_fiscal_year(token, at, bound);
  if (g_str_equal(slot, "q")) return read_numbered(sentence, token, at, 'q', 4, bound);
  if (g_str_equal(slot, "half")) return read_half(sentence, token, at, bound);
  if (g_str_equal(slot, "ordinal")) return read_ordinal(sentence, token, at, bound);
  if (g_str_equal(slot, "month")) return read_month(sentence, token, at, bound);
  if (g_str_equal(slot, "day")) return read_day(sentence, token, at, FALSE, bound);
  if (g_str_equal(slot, "lastday")) return read_day(sentence, token, at, TRUE, bound);
  if (g_str_equal(slot, "grains")) {
    guint end = sentence_read_grain(sentence, at, &bound->grain);
    return end != SENTENCE_NO_MATCH && g_str_has_suffix(sentence_token(sentence, end - 1)->text, "s")
               ? end
               : SENTENCE_NO_MATCH;
  }
  if (g_str_equal(slot, "w")) return read_week(token, at, bound);
  if (g_str_equal(slot, "weekday")) return read_weekday(token, at, bound);
  if (g_str_equal(slot, "grainly")) return read_grainly(token, at, bound);
  if (g_str_equal(slot, "grainend")) return read_grain_end(sentence, at, bound);
  g_assert(g_str_equal(slot, "iso"));
  bound->iso = token->text;
  return token->kind == TOKEN_PERIOD ? at + 1 : SENTENCE_NO_MATCH;
}
