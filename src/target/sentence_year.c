/* Which days a period's words mean. */
#include "target/sentence_private.h"

/* Other than what `--period` takes is not asked here, so only a year out of its range can be refused. */
static gboolean parse(const Sentence *sentence, SentencePeriod *period, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean parse(const Sentence *sentence, SentencePeriod *period, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  CalendarPeriod read;
  if (!calendar_parse_period(sentence->hearing->calendar, text, sentence->hearing->today, BASE_DAY_NONE, BASE_DAY_NONE,
                             &read, NULL))
    return FALSE;
  *period = (SentencePeriod){.start = read.start, .end = read.end, .grain = read.grain};
  return TRUE;
}

static gboolean in_year(const Sentence *sentence, const SentencePeriod *period, int year, SentencePeriod *into) {
  switch (period->yearless) {
    case YEARLESS_QUARTER:
      return parse(sentence, into, "%04d-Q%d", year, period->number);
    case YEARLESS_HALF:
      return parse(sentence, into, "%04d-H%d", year, period->number);
    case YEARLESS_WEEK:
      return parse(sentence, into, "%04d-W%d", year, period->number);
    case YEARLESS_MONTH:
      return parse(sentence, into, "%04d-%02d", year, period->number);
    case YEARLESS_DAY:
      return parse(sentence, into, "%04d-%02d-%02d", year, period->number, period->day);
    case YEARLESS_NOT:
      break;
  }
  return FALSE;
}

static int year_now(const Sentence *sentence) {
  CalendarPeriod year = calendar_period_at(sentence->hearing->calendar, CALENDAR_YEAR, sentence->hearing->today);
  return (int)g_ascii_strtoll(year.name, NULL, 10);
}

void sentence_period_after(const Sentence *sentence, SentencePeriod *period, BaseDay from) {
  int now = year_now(sentence), near = base_day_to_civil(from).year;
  for (int year = MIN(now, near) - 1; period->yearless != YEARLESS_NOT && year <= MAX(now, near) + 9; year++) {
    SentencePeriod found;
    if (!in_year(sentence, period, year, &found) || found.end <= from) continue;
    *period = found;
    return;
  }
}

void sentence_period_before(const Sentence *sentence, SentencePeriod *period, BaseDay limit) {
  int now = year_now(sentence), near = base_day_to_civil(limit).year;
  for (int year = MAX(now, near) + 1; period->yearless != YEARLESS_NOT && year >= MIN(now, near) - 9; year--) {
    SentencePeriod found;
    if (!in_year(sentence, period, year, &found) || found.end > limit) continue;
    *period = found;
    return;
  }
}

/* --- reading --- */

static gboolean relative(const Sentence *sentence, CalendarGrain grain, int first, int count, SentencePeriod *period) {
  const Calendar *calendar = sentence->hearing->calendar;
  CalendarPeriod now = calendar_period_at(calendar, grain, sentence->hearing->today);
  CalendarPeriod from = calendar_shift(calendar, &now, first), to = calendar_shift(calendar, &from, count - 1);
  *period = (SentencePeriod){.start = from.start, .end = to.end, .grain = count == 1 ? grain : CALENDAR_RANGE};
  return TRUE;
}

/* 31/12/2026, 12/31/2026, 31.12.26: which is the month shows only where the other cannot be one. */
static gboolean numeric_date(Sentence *sentence, const char *text, SentencePeriod *period) {
  g_auto(GStrv) parts = g_strsplit_set(text, "/.-", 3);
  int a = (int)g_ascii_strtoll(parts[0], NULL, 10), b = (int)g_ascii_strtoll(parts[1], NULL, 10);
  int year = (int)g_ascii_strtoll(parts[2], NULL, 10);
  if (year < 100) year += 2000;
  gboolean dots = strchr(text, '/') == NULL; /* 31.12.2026 and 31-12-2026 begin with the day */
  int day = a > 12 || dots || b <= 12 ? a : b, month = day == a ? b : a;
  if (!base_civil_is_valid(CLAMP(year, 1, 9999), month, day)) {
    if (!sentence->trouble) sentence->trouble = g_strdup_printf("there is no day %s", text);
    return FALSE;
  }
  gboolean two_ways = !dots && a <= 12 && b <= 12 && a != b;
  if (!parse(sentence, period, "%04d-%02d-%02d", year, month, day)) return FALSE;
  period->two_ways = two_ways;
  period->number = month;
  period->day = day;
  return TRUE;
}

static gboolean read_iso(Sentence *sentence, const char *text, SentencePeriod *period) {
  gboolean year_first = strlen(text) > 4 && strspn(text, "0123456789") == 4;
  if (!year_first) return numeric_date(sentence, text, period);
  g_autofree char *hyphens = g_strdelimit(g_strdup(text), "/.", '-');
  g_autoptr(GError) error = NULL;
  CalendarPeriod read;
  if (!calendar_parse_period(sentence->hearing->calendar, hyphens, sentence->hearing->today, BASE_DAY_NONE,
                             BASE_DAY_NONE, &read, &error)) {
    if (!sentence->trouble) sentence->trouble = g_strdup(error->message);
    return FALSE;
  }
  *period = (SentencePeriod){.start = read.start, .end = read.end, .grain = read.grain};
  return TRUE;
}

static gboolean read_day(Sentence *sentence, const SentenceBound *bound, SentencePeriod *period) {
  int year = bound->year ? bound->year : 2024; /* a leap year: 29 February is a day of some years */
  int most = base_days_in_month(year, bound->number);
  if (bound->day > most) {
    if (!sentence->trouble) {
      g_autofree char *of_year = bound->year ? g_strdup_printf(" %d", bound->year) : g_strdup("");
      static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
      sentence->trouble =
          g_strdup_printf("there is no %d %s%s; it has %d days", bound->day, names[bound->number - 1], of_year, most);
    }
    return FALSE;
  }
  *period =
      (SentencePeriod){.yearless = YEARLESS_DAY, .number = bound->number, .day = bound->day, .grain = CALENDAR_DAY};
  return bound->year == 0 || in_year(sentence, period, bound->year, period);
}

static gboolean read_yearless(Sentence *sentence, const SentenceBound *bound, Yearless kind, int year,
                              SentencePeriod *period) {
  static const CalendarGrain grains[] = {[YEARLESS_QUARTER] = CALENDAR_QUARTER,
                                         [YEARLESS_HALF] = CALENDAR_RANGE,
                                         [YEARLESS_MONTH] = CALENDAR_MONTH,
                                         [YEARLESS_WEEK] = CALENDAR_WEEK};
  *period = (SentencePeriod){
      .yearless = kind, .number = kind == YEARLESS_WEEK ? bound->count : bound->number, .grain = grains[kind]};
  if (kind == YEARLESS_WEEK && (bound->count < 1 || bound->count > 53)) return FALSE;
  if (year == 0) return TRUE;
  SentencePeriod found;
  if (!in_year(sentence, period, year, &found)) return FALSE;
  *period = found;
  return TRUE;
}

/* "Q1 last year": of the year before that of what is spoken of. */
static gboolean read_last_year(Sentence *sentence, const SentenceBound *bound, Yearless kind, SentencePeriod *period) {
  gboolean read = read_yearless(sentence, bound, kind, 0, period);
  period->last_year = TRUE;
  return read;
}

/* The half year of the quarter that comes so many quarters after the running one. */
static gboolean read_half(const Sentence *sentence, int quarters, SentencePeriod *period) {
  const Calendar *calendar = sentence->hearing->calendar;
  CalendarPeriod quarter = calendar_period_at(calendar, CALENDAR_QUARTER, sentence->hearing->today);
  quarter = calendar_shift(calendar, &quarter, quarters);
  return parse(sentence, period, "%.4s-H%d", quarter.name, (quarter.name[6] - '1') / 2 + 1);
}

static gboolean read_as(Sentence *sentence, PeriodWords words, const SentenceBound *bound, SentencePeriod *period) {
  int now = year_now(sentence);
  switch (words) {
    case PERIOD_THIS:
      return relative(sentence, bound->grain, 0, 1, period);
    case PERIOD_NEXT:
      return relative(sentence, bound->grain, 1, 1, period);
    case PERIOD_LAST:
    case PERIOD_PREVIOUS:
      relative(sentence, bound->grain, -1, 1, period);
      period->previous = words == PERIOD_PREVIOUS;
      period->last_year = bound->grain == CALENDAR_YEAR;
      return TRUE;
    case PERIOD_NEXT_N:
      return relative(sentence, bound->grain, 1, bound->count, period);
    case PERIOD_LAST_N:
      return relative(sentence, bound->grain, -bound->count, bound->count, period);
    case PERIOD_TODAY:
    case PERIOD_TOMORROW:
    case PERIOD_YESTERDAY:
      return relative(sentence, CALENDAR_DAY, words == PERIOD_TODAY ? 0 : words == PERIOD_TOMORROW ? 1 : -1, 1, period);
    case PERIOD_WEEKDAY:
      return relative(sentence, CALENDAR_DAY, (bound->day - base_day_weekday(sentence->hearing->today) + 7) % 7, 1,
                      period);
    case PERIOD_READ:
      return read_iso(sentence, bound->iso, period);
    case PERIOD_QUARTER:
      return read_yearless(sentence, bound, YEARLESS_QUARTER, bound->year, period);
    case PERIOD_QUARTER_NEXT:
      return read_yearless(sentence, bound, YEARLESS_QUARTER, now + 1, period);
    case PERIOD_QUARTER_LAST:
      return read_last_year(sentence, bound, YEARLESS_QUARTER, period);
    case PERIOD_HALF:
      return read_yearless(sentence, bound, YEARLESS_HALF, bound->year, period);
    case PERIOD_HALF_NEXT:
      return read_yearless(sentence, bound, YEARLESS_HALF, now + 1, period);
    case PERIOD_HALF_LAST:
      return read_last_year(sentence, bound, YEARLESS_HALF, period);
    case PERIOD_HALF_RUNNING:
      return read_half(sentence, 0, period);
    case PERIOD_HALF_COMING:
      return read_half(sentence, 2, period);
    case PERIOD_WEEK:
      return read_yearless(sentence, bound, YEARLESS_WEEK, bound->year, period);
    case PERIOD_MONTH:
      return read_yearless(sentence, bound, YEARLESS_MONTH, bound->year, period);
    case PERIOD_MONTH_NEXT:
      return read_yearless(sentence, bound, YEARLESS_MONTH, base_day_to_civil(sentence->hearing->today).year + 1,
                           period);
    case PERIOD_MONTH_LAST:
      return read_last_year(sentence, bound, YEARLESS_MONTH, period);
    case PERIOD_DAY:
      return read_day(sentence, bound, period);
    case PERIOD_YEAR:
      return parse(sentence, period, "%04d", bound->year);
  }
  return FALSE;
}

static guint read_longest(Sentence *sentence, guint at, gboolean near, SentencePeriod *period) {
  guint longest = SENTENCE_NO_MATCH;
  for (gsize i = 0; i < sentence_n_periods; i++) {
    SentenceBound bound = {.member = -1, .other = -1, .near_year = near};
    guint end = sentence_match(sentence, sentence_periods[i].pattern, at, &bound);
    if (end == SENTENCE_NO_MATCH || (longest != SENTENCE_NO_MATCH && end <= longest)) continue;
    SentencePeriod read = {0};
    if (!read_as(sentence, sentence_periods[i].words, &bound, &read)) continue;
    *period = read;
    longest = end;
  }
  return longest;
}

/* Many rows ask for the period at the same token: it is read once. */
guint sentence_read_period(Sentence *sentence, guint at, gboolean near, SentencePeriod *period) {
  if (at >= sentence->tokens->len) return SENTENCE_NO_MATCH;
  SentencePeriodAt *kept = &sentence->periods[2 * at + (near ? 1 : 0)];
  if (kept->end == 0) {
    guint end = read_longest(sentence, at, near, &kept->period);
    kept->end = end == SENTENCE_NO_MATCH ? end : end + 1;
  }
  if (kept->end == SENTENCE_NO_MATCH) return SENTENCE_NO_MATCH;
  *period = kept->period;
  return kept->end - 1;
}
