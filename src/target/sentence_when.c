/* From when until when, for each of what, and compared with when.
 *
 * "By the end of May" is from today; where the amount is per month, from the next whole month, for half a month would
 * be held to the amount of a whole one. "Within the next quarter" and "next quarter" are the next whole quarter. */
#include "target/sentence_private.h"

#define YEAR_FIRST 1990
#define YEAR_LAST  2199

/* --- names of spans --- */

CalendarPeriod sentence_span_period(const Calendar *calendar, BaseDay start, BaseDay end) {
  CalendarPeriod week = calendar_period_at(calendar, CALENDAR_WEEK, start);
  if (week.start == start && week.end == end) return week;
  g_autofree char *first = base_day_format(start), *last = base_day_format(end - 1);
  g_autofree char *text = g_strdup_printf("%s..%s", first, last);
  CalendarPeriod period = {.grain = CALENDAR_RANGE, .start = start, .end = end};
  calendar_parse_period(calendar, text, start, BASE_DAY_NONE, BASE_DAY_NONE, &period, NULL);
  return period;
}

char *sentence_span_name(const Calendar *calendar, BaseDay start, BaseDay end, gboolean *is_named) {
  CalendarPeriod period = sentence_span_period(calendar, start, end);
  *is_named = period.grain != CALENDAR_RANGE;
  if (*is_named) return g_strdup(period.name);
  g_autofree char *first = base_day_format(start), *last = base_day_format(end - 1);
  return g_strdup_printf("%s to %s", first, last);
}

static char *name_of(const Sentence *sentence, BaseDay start, BaseDay end) {
  gboolean is_named;
  return sentence_span_name(sentence->hearing->calendar, start, end, &is_named);
}

/* --- for each of what --- */

static void decide_per(Sentence *sentence) {
  TargetTerms *terms = &sentence->into->terms;
  const SentencePiece *first = NULL;
  for (guint i = 0; i < sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(sentence->pieces, SentencePiece, i);
    if (piece->row->says != SAYS_PER && piece->row->says != SAYS_PER_OF) continue;
    if (first && first->bound.grain != piece->bound.grain) {
      g_autofree char *a = sentence_words(sentence, first->from, first->to);
      g_autofree char *b = sentence_words(sentence, piece->from, piece->to);
      sentence_fail(sentence, BASE_ERROR_INPUT, "'%s' and '%s': an amount is for each of one; keep one of them", a, b);
      return;
    }
    if (!first) first = piece;
  }
  if (!first) return;
  gboolean daily_unit = sentence->kpi && sentence->kpi->unit.kind == KPI_QUANTITY &&
                        sentence->kpi->unit.money_power == 1 && sentence->kpi->unit.days_power == -1 &&
                        first->bound.grain == CALENDAR_DAY;
  terms->has_per = !daily_unit;
  terms->per = daily_unit ? CALENDAR_DAY : first->bound.grain;
}

/* --- the span --- */

typedef struct {
  Sentence *sentence;
  BaseDay start, end;         /* what has been said of a whole span */
  const SentencePiece *whole; /* by this piece */
  BaseDay from, until;        /* one end of it only */
  const SentencePiece *until_by;
} Span;

static void take_whole(Span *span, const SentencePiece *piece, BaseDay start, BaseDay end) {
  if (span->sentence->error || (span->whole && span->start == start && span->end == end)) return;
  if (span->whole) {
    g_autofree char *a = sentence_words(span->sentence, span->whole->from, span->whole->to);
    g_autofree char *b = sentence_words(span->sentence, piece->from, piece->to);
    sentence_fail(span->sentence, BASE_ERROR_INPUT, "two periods: '%s' and '%s'; keep one, or write 'from … to …'", a,
                  b);
    return;
  }
  span->whole = piece;
  span->start = start;
  span->end = end;
}

static gboolean ask_two_ways(Sentence *sentence, const SentencePiece *piece, const SentencePeriod *period) {
  if (!period->two_ways) return FALSE;
  int year = base_day_to_civil(period->start).year;
  g_autofree char *words = sentence_words(sentence, piece->from, piece->to);
  sentence_ask(sentence, TARGET_LACKS_TIME, "Is '%s' %04d-%02d-%02d or %04d-%02d-%02d? Write it so.", words, year,
               period->number, period->day, year, period->day, period->number);
  return TRUE;
}

static void take_from_until(Span *span, const SentencePiece *piece) {
  SentencePeriod first = piece->bound.periods[0], last = piece->bound.periods[1];
  BaseDay today = span->sentence->hearing->today;
  if (last.yearless != YEARLESS_NOT) {
    sentence_period_after(span->sentence, &first, today);
    sentence_period_after(span->sentence, &last, first.start);
  } else {
    sentence_period_before(span->sentence, &first, last.end);
  }
  if (first.yearless != YEARLESS_NOT || last.yearless != YEARLESS_NOT) return;
  if (last.end <= first.start) {
    g_autofree char *words = sentence_words(span->sentence, piece->from, piece->to);
    sentence_fail(span->sentence, BASE_ERROR_INPUT, "'%s' ends before it starts; write the earlier one first", words);
    return;
  }
  take_whole(span, piece, first.start, last.end);
}

static BaseDay after_length(BaseDay from, CalendarGrain grain, int count) {
  switch (grain) {
    case CALENDAR_WEEK:
      return from + 7 * count;
    case CALENDAR_MONTH:
      return base_day_add_months(from, count);
    case CALENDAR_QUARTER:
      return base_day_add_months(from, 3 * count);
    case CALENDAR_YEAR:
      return base_day_add_months(from, 12 * count);
    case CALENDAR_DAY:
    case CALENDAR_RANGE:
      break;
  }
  return from + count;
}

static gboolean is_in_working_days(const Sentence *sentence, const SentencePiece *piece) {
  static const char *const words[] = {"working", "business", "workday", "workdays"};
  for (guint at = piece->from; at < piece->to && piece->bound.grain == CALENDAR_DAY; at++)
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
      if (sentence_token_is(sentence, at, words[i])) return TRUE;
  return FALSE;
}

/* The day behind so many working days, the first of which is `from` where it works. */
static BaseDay after_working_days(const Calendar *calendar, BaseDay from, int count) {
  BaseDay day = from;
  for (int n = 0; n < count; day++) n += calendar_is_working_day(calendar, day);
  return day;
}

static BaseDay end_of_length(const Sentence *sentence, const SentencePiece *piece, BaseDay from) {
  int count = MAX(piece->bound.count, 1);
  if (!is_in_working_days(sentence, piece)) return after_length(from, piece->bound.grain, count);
  return after_working_days(sentence->hearing->calendar, from, count);
}

static void take_piece(Span *span, const SentencePiece *piece) {
  Sentence *sentence = span->sentence;
  const SentenceBound *bound = &piece->bound;
  BaseDay today = sentence->hearing->today;
  SentencePeriod period = bound->n_periods ? bound->periods[0] : (SentencePeriod){0};
  if (ask_two_ways(sentence, piece, &period)) return;
  BaseDay after = span->from != BASE_DAY_NONE ? span->from : today;
  if (period.last_year)
    sentence_period_before(sentence, &period, calendar_start_of(sentence->hearing->calendar, CALENDAR_YEAR, today));
  sentence_period_after(sentence, &period, piece->row->says == SAYS_FROM ? today : after);
  switch (piece->row->says) {
    case SAYS_OVER:
      if (period.end <= today) return;
      take_whole(span, piece, period.start, period.end);
      break;
    case SAYS_PER_OF:
    case SAYS_SPAN:
    case SAYS_BARE_SPAN:
      take_whole(span, piece, period.start, period.end);
      break;
    case SAYS_FROM_UNTIL:
      take_from_until(span, piece);
      break;
    case SAYS_REST:
      take_whole(span, piece, today, period.end);
      break;
    case SAYS_LENGTH:
      take_whole(span, piece, after, end_of_length(sentence, piece, after));
      break;
    case SAYS_FROM:
      span->from = period.start;
      break;
    case SAYS_UNTIL:
    case SAYS_BEFORE:
      span->until_by = piece;
      span->until = piece->row->says == SAYS_UNTIL ? period.end : period.start;
      break;
    default:
      break;
  }
}

/* A start goes before what is reckoned from it. */
static void take_pieces(Span *span) {
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < span->sentence->pieces->len && !span->sentence->error; i++) {
      const SentencePiece *piece = &g_array_index(span->sentence->pieces, SentencePiece, i);
      if ((piece->row->says == SAYS_FROM) == (pass == 0)) take_piece(span, piece);
    }
}

/* The first day on which a whole `per` begins. */
static BaseDay whole_from(const Sentence *sentence, BaseDay today) {
  const TargetTerms *terms = &sentence->into->terms;
  if (!terms->has_per) return today;
  CalendarPeriod now = calendar_period_at(sentence->hearing->calendar, terms->per, today);
  return now.start == today ? today : now.end;
}

static void join_ends(Span *span) {
  Sentence *sentence = span->sentence;
  BaseDay today = sentence->hearing->today;
  if (span->whole && span->until_by && span->until != span->end) {
    g_autofree char *a = sentence_words(sentence, span->whole->from, span->whole->to);
    g_autofree char *b = sentence_words(sentence, span->until_by->from, span->until_by->to);
    sentence_fail(sentence, BASE_ERROR_INPUT, "two periods: '%s' and '%s'; keep one, or write 'from … to …'", a, b);
  } else if (!span->whole && span->until_by) {
    span->whole = span->until_by;
    span->end = span->until;
    span->start = span->from != BASE_DAY_NONE ? span->from : whole_from(sentence, today);
    if (span->from == BASE_DAY_NONE && span->start >= span->end) span->start = today;
  } else if (span->whole && span->from != BASE_DAY_NONE) {
    span->start = span->from;
  }
}

/* What has been understood of time is told, but for what was given to the day. */
static void tell_span(Span *span) {
  Sentence *sentence = span->sentence;
  g_autofree char *words = sentence_words(sentence, span->whole->from, span->whole->to);
  g_autofree char *name = name_of(sentence, span->start, span->end);
  g_autofree char *first = base_day_format(span->start);
  if (span->whole == span->until_by && span->from == BASE_DAY_NONE) {
    g_autofree char *last = base_day_format(span->end - 1);
    gboolean said_end = strstr(words, "end") != NULL || strstr(words, "last day") != NULL ||
                        strstr(words, "before") != NULL || span->until_by->row->says == SAYS_BEFORE;
    CalendarGrain grain = span->until_by->bound.n_periods ? span->until_by->bound.periods[0].grain : CALENDAR_DAY;
    if (!said_end && grain != CALENDAR_DAY && span->until_by->bound.periods[0].yearless != YEARLESS_DAY)
      sentence_assume(sentence, "'%s' is taken as by the end of it, %s", words, last);
    if (span->start != sentence->hearing->today)
      sentence_assume(sentence, "from %s, the next whole %s, to %s", first,
                      calendar_grain_name(sentence->into->terms.per), last);
    else
      sentence_assume(sentence, "from today, %s, to %s", first, last);
  } else if (strstr(words, name) == NULL) {
    sentence_assume(sentence, "'%s' is %s", words, name);
  }
}

static void ask_when(Sentence *sentence, const Span *span) {
  if (sentence->into->lacks & TARGET_LACKS_TIME) return;
  if (span->from != BASE_DAY_NONE) {
    g_autofree char *from = base_day_format(span->from);
    sentence_ask(sentence, TARGET_LACKS_TIME, "It starts on %s; until when? Say 'from … to …'.", from);
    return;
  }
  for (guint i = 0; i < sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(sentence->pieces, SentencePiece, i);
    if (piece->row->says != SAYS_VAGUE_TIME) continue;
    g_autofree char *words = sentence_words(sentence, piece->from, piece->to);
    sentence_ask(sentence, TARGET_LACKS_TIME, "'%s' is no date. From when until when: 'next quarter', 'by end of May'?",
                 words);
    return;
  }
  sentence_ask(sentence, TARGET_LACKS_TIME,
               "From when until when? Say for example 'next quarter', 'by end of May' or 'in 2027'.");
}

void sentence_decide_when(Sentence *sentence) {
  decide_per(sentence);
  Span span = {.sentence = sentence, .from = BASE_DAY_NONE, .until = BASE_DAY_NONE};
  take_pieces(&span);
  if (!sentence->error) join_ends(&span);
  if (sentence->error) return;
  if (!span.whole) {
    ask_when(sentence, &span);
    return;
  }
  g_autofree char *words = sentence_words(sentence, span.whole->from, span.whole->to);
  g_autofree char *last = base_day_format(CLAMP(span.end - 1, BASE_DAY_MIN, BASE_DAY_MAX));
  if (span.end <= sentence->hearing->today)
    sentence_fail(sentence, BASE_ERROR_INPUT,
                  "'%s' ended on %s; a target is for what is still to come, such as 'this "
                  "quarter' or 'next quarter'",
                  words, last);
  else if (span.end <= span.start)
    sentence_fail(sentence, BASE_ERROR_INPUT, "'%s' ends on %s, before it starts", words, last);
  else if (base_day_to_civil(span.start).year < YEAR_FIRST || base_day_to_civil(span.end - 1).year > YEAR_LAST)
    sentence_fail(sentence, BASE_ERROR_INPUT, "'%s' is too far away; a target lies in the years %d to %d", words,
                  YEAR_FIRST, YEAR_LAST);
  if (sentence->error) return;
  sentence->into->terms.start = span.start;
  sentence->into->terms.end = span.end;
  tell_span(&span);
}

/* --- the baseline --- */

typedef struct {
  BaseDay start, end;
} Days;

/* The days that a comparison names; FALSE where it cannot be known without the target's own span. */
static gboolean days_against(Sentence *sentence, const SentencePiece *piece, Days *days) {
  const TargetTerms *terms = &sentence->into->terms;
  const Calendar *calendar = sentence->hearing->calendar;
  gboolean has_span = terms->start != BASE_DAY_NONE;
  SentencePeriod period = piece->bound.n_periods ? piece->bound.periods[0] : (SentencePeriod){0};
  Says says = piece->row->says;
  if (period.last_year && period.yearless != YEARLESS_NOT)
    sentence_period_before(
        sentence, &period,
        calendar_start_of(calendar, CALENDAR_YEAR, has_span ? terms->start : sentence->hearing->today));
  else if (period.last_year)
    says = SAYS_AGAINST_YEAR;
  gboolean by_span = says == SAYS_AGAINST_YEAR || says == SAYS_AGAINST_LAST || period.previous;
  if (by_span && !has_span && piece->bound.n_periods == 0) return FALSE;
  if (by_span && has_span) {
    CalendarPeriod span = sentence_span_period(calendar, terms->start, terms->end);
    CalendarPeriod other =
        says == SAYS_AGAINST_YEAR ? calendar_year_ago(calendar, &span) : calendar_shift(calendar, &span, -1);
    *days = (Days){other.start, other.end};
    return TRUE;
  }
  sentence_period_before(sentence, &period, has_span ? terms->start : sentence->hearing->today);
  *days = (Days){period.start, piece->bound.n_periods > 1 ? piece->bound.periods[1].end : period.end};
  return period.yearless == YEARLESS_NOT && days->end > days->start;
}

static gboolean is_comparison(const Sentence *sentence, const SentencePiece *piece) {
  if (piece->row->says == SAYS_OVER)
    return piece->bound.periods[0].end <= sentence->hearing->today && piece->bound.periods[0].yearless == YEARLESS_NOT;
  if (piece->row->says == SAYS_AMOUNT) return piece->bound.n_periods > 0;
  return piece->row->says == SAYS_AGAINST || piece->row->says == SAYS_AGAINST_YEAR ||
         piece->row->says == SAYS_AGAINST_LAST;
}

static gboolean said_baseline(Sentence *sentence, Days *days) {
  const SentencePiece *first = NULL;
  for (guint i = 0; i < sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(sentence->pieces, SentencePiece, i);
    Days mine;
    if (!is_comparison(sentence, piece) || !days_against(sentence, piece, &mine)) continue;
    if (first && (mine.start != days->start || mine.end != days->end)) {
      g_autofree char *a = sentence_words(sentence, first->from, first->to);
      g_autofree char *b = sentence_words(sentence, piece->from, piece->to);
      sentence_fail(sentence, BASE_ERROR_INPUT, "compared '%s' and '%s'; keep one of them", a, b);
      return FALSE;
    }
    first = piece;
    *days = mine;
  }
  return first != NULL;
}

void sentence_decide_baseline(Sentence *sentence) {
  TargetTerms *terms = &sentence->into->terms;
  if (!terms->has_amount || (terms->has_kind && terms->kind != TARGET_GROW && terms->kind != TARGET_REDUCE) ||
      (!terms->has_kind))
    return;
  Days days = {0};
  gboolean said = said_baseline(sentence, &days);
  if (sentence->error || (!said && terms->start == BASE_DAY_NONE)) return;
  if (!said) {
    CalendarPeriod span = sentence_span_period(sentence->hearing->calendar, terms->start, terms->end);
    CalendarPeriod before = calendar_shift(sentence->hearing->calendar, &span, -1);
    days = (Days){before.start, before.end};
  }
  g_autofree char *name = name_of(sentence, days.start, days.end);
  if (terms->start != BASE_DAY_NONE && days.start >= terms->start) {
    g_autofree char *span = name_of(sentence, terms->start, terms->end);
    sentence_fail(sentence, BASE_ERROR_INPUT, "%s cannot be compared with %s, which is not before it", span, name);
    return;
  }
  terms->baseline_start = days.start;
  terms->baseline_end = days.end;
  sentence_assume(sentence, "compared with %s", name);
}
