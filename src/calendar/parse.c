/* Periods as people write them.
 *
 *   text ──► tidy: "Last 12 Months" → last-12-months, "Q3 2026" → q3-2026, "a to b" → a..b
 *        ──► one end or two ──► word (today, ytd) · relative (last-12-months) · a row of `forms` (Y~qN, A-D-Y)
 *
 * A form that matches but holds an impossible number gets an error about that number; only what matches nothing gets
 * the list of all that would have been understood. Years are 1000 to 9998: four digits, and room for a year's
 * neighbours. */
#include "calendar/private.h"

#define TEXT_MAX  100
#define YEAR_MIN  1000
#define YEAR_MAX  9998
#define COUNT_MAX 10000

#define UNDERSTOOD                                                                                          \
  "2026, FY2026, 2026-Q3, 2026-H1, 2026-06, 2026-P06, 2026-W23, 2026-06-15, 2026-01..2026-06, this-month, " \
  "last-quarter, last-12-months, year-to-date, today, yesterday or all"

typedef struct {
  const Calendar *calendar;
  const char *text; /* as the user wrote it, for messages */
  BaseDay today, first, last;
  GError **error;
} Request;

typedef struct {
  BaseDay start, end;
  CalendarGrain grain;
} Span;

G_GNUC_PRINTF(2, 3)
static gboolean fail(const Request *request, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(request->error, BASE_ERROR, BASE_ERROR_INPUT, "'%s': %s", request->text, message);
  return FALSE;
}

/* --- tidying --- */

static void replace(char **text, const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(*text, from, -1);
  g_free(*text);
  *text = g_strjoinv(to, parts);
}

/* Lower case, words joined by one hyphen, ends joined by "..". */
static char *tidy(const char *text) {
  char *tidied = g_ascii_strdown(text, -1);
  replace(&tidied, "\u2026", "..");
  replace(&tidied, " \u2013 ", "..");
  replace(&tidied, "\u2013", "-");
  replace(&tidied, "\u00a0", " ");
  g_strdelimit(tidied, " \t\r\n_,", '-');
  while (strstr(tidied, "--") != NULL) replace(&tidied, "--", "-");
  replace(&tidied, "-to-date", "-todate");
  replace(&tidied, "-to-", "..");
  replace(&tidied, "-todate", "-to-date");
  replace(&tidied, "-..", "..");
  replace(&tidied, "..-", "..");
  gsize length = strlen(tidied);
  gsize begin = tidied[0] == '-';
  while (length > begin && tidied[length - 1] == '-') length--;
  char *trimmed = g_strndup(tidied + begin, length - begin);
  g_free(tidied);
  return trimmed;
}

/* --- forms: Y year, Z year of the century, N number, M month, D day, A month's name; ~ a hyphen or nothing --- */

typedef struct {
  int year, number, month, day;
} Fields;

static int take_digits(const char **text, int least, int most) {
  int value = 0, n = 0;
  for (; n < most && g_ascii_isdigit((*text)[n]); n++) value = value * 10 + ((*text)[n] - '0');
  if (n < least || g_ascii_isdigit((*text)[n])) return -1;
  *text += n;
  return value;
}

/* The first three letters or more: jun, june, sept. */
static int take_month_name(const char **text) {
  static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
                                      "july",    "august",   "september", "october", "november", "december"};
  gsize length = 0;
  while (g_ascii_isalpha((*text)[length])) length++;
  for (int i = 0; length >= 3 && i < 12; i++)
    if (length <= strlen(names[i]) && strncmp(*text, names[i], length) == 0) {
      *text += length;
      return i + 1;
    }
  return -1;
}

static gboolean match_field(char kind, const char **text, Fields *fields) {
  switch (kind) {
    case 'Y':
      return (fields->year = take_digits(text, 4, 4)) >= 0;
    case 'Z':
      return (fields->year = take_digits(text, 2, 2)) >= 0 && (fields->year += 2000);
    case 'N':
      return (fields->number = take_digits(text, 1, 3)) >= 0;
    case 'M':
      return (fields->month = take_digits(text, 1, 2)) >= 0;
    case 'D':
      return (fields->day = take_digits(text, 1, 2)) >= 0;
    case 'A':
      return (fields->month = take_month_name(text)) > 0;
    case '~':
      *text += **text == '-';
      return TRUE;
    default:
      break;
  }
  return *(*text)++ == kind;
}

static gboolean match(const char *form, const char *text, Fields *fields) {
  for (; *form != '\0'; form++)
    if ((*text == '\0' && *form != '~') || !match_field(*form, &text, fields)) return FALSE;
  return *text == '\0';
}

/* `n` periods of a grain from the number `index` on. */
static Span span_of_indices(const Request *request, CalendarGrain grain, gint64 index, gint64 n) {
  CalendarPeriod first = calendar_period_of_index(request->calendar, grain, index);
  CalendarPeriod last = calendar_period_of_index(request->calendar, grain, index + n - 1);
  return (Span){.start = first.start, .end = last.end, .grain = n == 1 ? grain : CALENDAR_RANGE};
}

static gboolean read_year(const Request *request, const Fields *fields, Span *span) {
  *span = span_of_indices(request, CALENDAR_YEAR, fields->year, 1);
  return TRUE;
}

static gboolean read_half(const Request *request, const Fields *fields, Span *span) {
  if (fields->number < 1 || fields->number > 2) return fail(request, "a year has halves H1 and H2");
  *span = span_of_indices(request, CALENDAR_QUARTER, (gint64)fields->year * 4 + (fields->number - 1) * 2, 2);
  return TRUE;
}

static gboolean read_quarter(const Request *request, const Fields *fields, Span *span) {
  if (fields->number < 1 || fields->number > 4) return fail(request, "a year has quarters Q1 to Q4");
  *span = span_of_indices(request, CALENDAR_QUARTER, (gint64)fields->year * 4 + fields->number - 1, 1);
  return TRUE;
}

/* Periods of a fiscal year; where its months are calendar months, the first is the month in which the fiscal year
 * starts. */
static gboolean read_fiscal_period(const Request *request, const Fields *fields, Span *span) {
  if (fields->number < 1 || fields->number > 12) return fail(request, "a year has periods P01 to P12");
  BaseDay year = calendar_index_start(request->calendar, CALENDAR_YEAR, fields->year);
  gint64 first = calendar_index_at(request->calendar, CALENDAR_MONTH, year);
  *span = span_of_indices(request, CALENDAR_MONTH, first + fields->number - 1, 1);
  return TRUE;
}

static gboolean read_week(const Request *request, const Fields *fields, Span *span) {
  int weeks = calendar_weeks_in_year(request->calendar, fields->year);
  if (fields->number < 1 || fields->number > weeks)
    return fail(request, "%04d has weeks W01 to W%02d", fields->year, weeks);
  BaseDay start = calendar_week_year_start(request->calendar, fields->year) + 7 * (fields->number - 1);
  *span = (Span){.start = start, .end = start + 7, .grain = CALENDAR_WEEK};
  return TRUE;
}

/* A calendar month; in a retail calendar that is a span of days, since its own months are periods. */
static gboolean read_month(const Request *request, const Fields *fields, Span *span) {
  if (fields->month < 1 || fields->month > 12) return fail(request, "a year has months 01 to 12");
  BaseDay start = base_day_from_civil(fields->year, fields->month, 1);
  *span = (Span){.start = start,
                 .end = start + base_days_in_month(fields->year, fields->month),
                 .grain = request->calendar->kind == CALENDAR_MONTHS ? CALENDAR_MONTH : CALENDAR_RANGE};
  return TRUE;
}

static gboolean read_day(const Request *request, const Fields *fields, Span *span) {
  if (fields->month < 1 || fields->month > 12) return fail(request, "a year has months 01 to 12");
  int days = base_days_in_month(fields->year, fields->month);
  if (fields->day < 1 || fields->day > days)
    return fail(request, "%04d-%02d has days 01 to %d", fields->year, fields->month, days);
  BaseDay day = base_day_from_civil(fields->year, fields->month, fields->day);
  *span = (Span){.start = day, .end = day + 1, .grain = CALENDAR_DAY};
  return TRUE;
}

typedef gboolean (*ReadForm)(const Request *request, const Fields *fields, Span *span);

static const struct {
  const char *form;
  ReadForm read;
} forms[] = {
    {"Y", read_year},
    {"fy~Y", read_year},
    {"fy~Z", read_year},
    {"Y~qN", read_quarter},
    {"fy~Y~qN", read_quarter},
    {"fy~Z~qN", read_quarter},
    {"qN~Y", read_quarter},
    {"qN~fy~Y", read_quarter},
    {"qN~fy~Z", read_quarter},
    {"Y~hN", read_half},
    {"fy~Y~hN", read_half},
    {"hN~Y", read_half},
    {"hN~fy~Y", read_half},
    {"Y~pN", read_fiscal_period},
    {"fy~Y~pN", read_fiscal_period},
    {"pN~Y", read_fiscal_period},
    {"pN~fy~Y", read_fiscal_period},
    {"Y~wN", read_week},
    {"wN~Y", read_week},
    {"week-N-Y", read_week},
    {"Y-week-N", read_week},
    {"Y-M", read_month},
    {"A~Y", read_month},
    {"Y~A", read_month},
    {"Y-M-D", read_day},
    {"D-A-Y", read_day},
    {"A-D-Y", read_day},
    {"Y-A-D", read_day},
};

/* --- words and relative periods --- */

static gboolean starts_with(const char **text, const char *const *words) {
  for (; *words != NULL; words++)
    if (g_str_has_prefix(*text, *words)) {
      *text += strlen(*words);
      return TRUE;
    }
  return FALSE;
}

static const char *const words_past[] = {"last-", "previous-", "prior-", "prev-", "past-", "trailing-", NULL};
static const char *const words_now[] = {"this-", "current-", NULL};
static const char *const words_coming[] = {"next-", "coming-", NULL};

typedef enum { NOT_MINE, UNDERSTOOD_IT, WRONG } Outcome;

/* last-month, next-quarter, last-12-months: whole periods beside the current one, which is not among them. */
static Outcome read_relative(const Request *request, const char *text, Span *span) {
  int direction;
  if (starts_with(&text, words_past))
    direction = -1;
  else if (starts_with(&text, words_now))
    direction = 0;
  else if (starts_with(&text, words_coming))
    direction = 1;
  else
    return NOT_MINE;
  gint64 count = 1;
  if (direction != 0 && g_ascii_isdigit(*text)) {
    char *rest;
    guint64 number = g_ascii_strtoull(text, &rest, 10);
    if (*rest != '-') return NOT_MINE;
    if (number < 1 || number > COUNT_MAX) {
      fail(request, "the number of periods must be 1 to %d", COUNT_MAX);
      return WRONG;
    }
    count = (gint64)number;
    text = rest + 1;
  }
  CalendarGrain grain;
  if (!calendar_grain_parse(text, &grain) || grain == CALENDAR_RANGE) return NOT_MINE;
  gint64 now = calendar_index_at(request->calendar, grain, request->today);
  gint64 from = direction < 0 ? now - count : now + direction;
  *span = span_of_indices(request, grain, from, count);
  return UNDERSTOOD_IT;
}

static const struct {
  const char *word;
  CalendarGrain grain;
} to_date[] = {{"mtd", CALENDAR_MONTH},   {"month-to-date", CALENDAR_MONTH},
               {"qtd", CALENDAR_QUARTER}, {"quarter-to-date", CALENDAR_QUARTER},
               {"ytd", CALENDAR_YEAR},    {"year-to-date", CALENDAR_YEAR},
               {"wtd", CALENDAR_WEEK},    {"week-to-date", CALENDAR_WEEK}};

static const struct {
  const char *word;
  int from_today;
} days[] = {{"today", 0}, {"yesterday", -1}, {"tomorrow", 1}};

static Outcome read_all(const Request *request, Span *span) {
  if (request->first == BASE_DAY_NONE || request->last == BASE_DAY_NONE || request->last < request->first) {
    fail(request, "there is no data yet, so there is no first and last day; name a period, such as 2026-06");
    return WRONG;
  }
  *span = (Span){.start = request->first, .end = request->last + 1, .grain = CALENDAR_RANGE};
  return UNDERSTOOD_IT;
}

static Outcome read_word(const Request *request, const char *text, Span *span) {
  if (strcmp(text, "all") == 0) return read_all(request, span);
  for (gsize i = 0; i < G_N_ELEMENTS(days); i++)
    if (strcmp(text, days[i].word) == 0) {
      *span = span_of_indices(request, CALENDAR_DAY, request->today + days[i].from_today, 1);
      return UNDERSTOOD_IT;
    }
  for (gsize i = 0; i < G_N_ELEMENTS(to_date); i++)
    if (strcmp(text, to_date[i].word) == 0) {
      *span = (Span){.start = calendar_start_of(request->calendar, to_date[i].grain, request->today),
                     .end = request->today + 1,
                     .grain = CALENDAR_RANGE};
      return UNDERSTOOD_IT;
    }
  return NOT_MINE;
}

static gboolean fail_unknown(const Request *request, const char *text) {
  static const char *const known[] = {"today",
                                      "yesterday",
                                      "this-day",
                                      "this-week",
                                      "this-month",
                                      "this-quarter",
                                      "this-year",
                                      "last-day",
                                      "last-week",
                                      "last-month",
                                      "last-quarter",
                                      "last-year",
                                      "previous-day",
                                      "previous-week",
                                      "previous-month",
                                      "previous-quarter",
                                      "previous-year",
                                      "next-day",
                                      "next-week",
                                      "next-month",
                                      "next-quarter",
                                      "next-year",
                                      "last-12-months",
                                      "last-30-days",
                                      "month-to-date",
                                      "quarter-to-date",
                                      "year-to-date",
                                      "week-to-date",
                                      "mtd",
                                      "qtd",
                                      "ytd",
                                      "wtd",
                                      "all",
                                      "tomorrow"};
  const char *nearest = base_nearest(text, known, G_N_ELEMENTS(known));
  if (nearest != NULL) return fail(request, "not a period; did you mean %s?", nearest);
  return fail(request, "not a period; write %s", UNDERSTOOD);
}

static gboolean read_one(const Request *request, const char *text, Span *span) {
  Outcome outcome = read_word(request, text, span);
  if (outcome == NOT_MINE) outcome = read_relative(request, text, span);
  if (outcome != NOT_MINE) return outcome == UNDERSTOOD_IT;
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
    Fields fields = {0};
    if (!match(forms[i].form, text, &fields)) continue;
    if (fields.year < YEAR_MIN || fields.year > YEAR_MAX)
      return fail(request, "the year must be %d to %d", YEAR_MIN, YEAR_MAX);
    return forms[i].read(request, &fields, span);
  }
  return fail_unknown(request, text);
}

/* --- one period, or two with all between them --- */

static gboolean read_two(const Request *request, const char *from, const char *to, Span *span) {
  if (*from == '\0' || *to == '\0') return fail(request, "write both ends, as in 2026-01..2026-06");
  Span first, last;
  if (!read_one(request, from, &first) || !read_one(request, to, &last)) return FALSE;
  if (last.end <= first.start) return fail(request, "%s is before %s; write the earlier one first", to, from);
  gboolean same = first.start == last.start && first.end == last.end;
  *span = (Span){.start = first.start, .end = last.end, .grain = same ? first.grain : CALENDAR_RANGE};
  return TRUE;
}

static gboolean read_text(const Request *request, Span *span) {
  g_autofree char *tidied = tidy(request->text);
  if (*tidied == '\0') return fail(request, "no period given; write %s", UNDERSTOOD);
  char *dots = strstr(tidied, "..");
  if (dots == NULL) return read_one(request, tidied, span);
  *dots = '\0';
  return read_two(request, tidied, dots + 2 + (dots[2] == '.'), span);
}

gboolean calendar_parse_period(const Calendar *calendar, const char *text, BaseDay today, BaseDay first, BaseDay last,
                               CalendarPeriod *period, GError **error) {
  g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
  if (strlen(valid) > TEXT_MAX) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a period of %" G_GSIZE_FORMAT " bytes is too long; write %s",
                strlen(valid), UNDERSTOOD);
    return FALSE;
  }
  Request request = {.calendar = calendar, .text = valid, .today = today, .first = first, .last = last, .error = error};
  Span span;
  if (!read_text(&request, &span)) return FALSE;
  if (span.start < base_day_from_civil(YEAR_MIN, 1, 1) || span.end > base_day_from_civil(YEAR_MAX + 1, 1, 1))
    return fail(&request, "a period must lie in the years %d to %d", YEAR_MIN, YEAR_MAX);
  *period = span.grain == CALENDAR_RANGE ? calendar_span(calendar, span.start, span.end)
                                         : calendar_period_at(calendar, span.grain, span.start);
  return TRUE;
}
