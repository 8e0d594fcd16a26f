/* What the files of the sentence's reader share.
 *
 *   text ──words──► tokens ──phrases──► pieces (a verb, an amount, a span, whose …) ──sense──► TargetTerms ──say──►
 * words
 *
 * A phrase is a row of a table: a pattern over tokens and what it says. At each token the longest phrase wins, of
 * equally long ones the first. Patterns are words with one blank between them: `a|b` either, `[a|b]` either or none,
 * `{slot}` what a function reads (an amount, a period, a KPI …). */
#pragma once

#include "target/sentence.h"

#define SENTENCE_MAX_CHARS  1000
#define SENTENCE_MAX_TOKENS 400
#define SENTENCE_MAX_PARTS  3 /* amounts or periods in one phrase */

/* --- words.c --- */
typedef enum {
  TOKEN_WORD,   /* letters, digits and apostrophes; folded */
  TOKEN_NUMBER, /* digits with at most one point */
  TOKEN_PERIOD, /* 2026-q4, 2026-12-31, 31/12/2026 */
  TOKEN_QUOTED, /* "a name" */
  TOKEN_SIGN,   /* any other character; "..", "<=" and ">=" are one; 's of a possessive too */
} TokenKind;

typedef struct {
  TokenKind kind;
  char *text;        /* as patterns see it */
  guint from, to;    /* in the bytes of the sentence */
  char sign;         /* NUMBER: '+', '-' or 0 */
  gboolean grouped;  /* NUMBER: with separators of thousands */
  gboolean two_ways; /* NUMBER: "10.000", ten or ten thousand */
  gboolean joined;   /* nothing between it and the token before */
  gboolean capital;  /* begins with a capital letter */
} SentenceToken;

GArray *sentence_tokens(const char *text); /* of SentenceToken; freed with its texts */
/* Lower case, without accents; the caller frees. */
char *sentence_fold(const char *text);

/* --- amounts --- */
typedef enum {
  AMOUNT_PLAIN,
  AMOUNT_PERCENT,
  AMOUNT_PART, /* a third, half, 4.5 out of 5 */
  AMOUNT_POINTS,
  AMOUNT_BASIS_POINTS,
  AMOUNT_MONEY,
  AMOUNT_TIMES,
  AMOUNT_MINUTES,
  AMOUNT_HOURS,
  AMOUNT_DAYS,
  AMOUNT_WEEKS,
  AMOUNT_MONTHS,
  AMOUNT_YEARS,
} AmountUnit;

typedef struct {
  AmountUnit unit;
  char digits[48]; /* unsigned decimal */
  int exponent;    /* of ten: 3 for k */
  int parts;       /* PART: 3 for a third, which is digits over it */
  char sign;       /* '+', '-' or 0 */
  char currency[4];
  gboolean letter_m; /* "5m": million, or minutes of what is measured in time */
  gboolean two_ways;
} SentenceAmount;

/* --- periods --- */
typedef enum { YEARLESS_NOT, YEARLESS_QUARTER, YEARLESS_HALF, YEARLESS_MONTH, YEARLESS_WEEK, YEARLESS_DAY } Yearless;

typedef struct {
  BaseDay start, end;
  Yearless yearless; /* which year it is of is left to what stands around it */
  int number, day;   /* the quarter, half, month or week; the day of the month `number` */
  gboolean last_year;
  gboolean two_ways; /* 03/04/2027 */
  gboolean previous; /* "the previous quarter": the one before what is spoken of */
  CalendarGrain grain;
} SentencePeriod;

/* --- phrases --- */
typedef enum {
  SAYS_NOTHING,
  SAYS_UP,
  SAYS_DOWN,
  SAYS_BETTER,
  SAYS_KEEP,
  SAYS_REACH,
  SAYS_NOT,
  SAYS_AMOUNT, /* role: AmountRole */
  SAYS_VAGUE_AMOUNT,
  SAYS_KPI,
  SAYS_MEMBER,
  SAYS_COMPANY, /* role 1: only by the way ("our") */
  SAYS_EACH,
  SAYS_MINE,
  SAYS_PER,
  SAYS_PER_OF, /* and the span: "every quarter of 2027" */
  SAYS_SPAN,
  SAYS_BARE_SPAN,
  SAYS_UNTIL,  /* the end of the period is the end */
  SAYS_BEFORE, /* its start is the end */
  SAYS_FROM,
  SAYS_FROM_UNTIL,
  SAYS_REST,
  SAYS_LENGTH, /* so many months from today */
  SAYS_VAGUE_TIME,
  SAYS_AGAINST,      /* compared with a period */
  SAYS_OVER,         /* "over 2026": in it, or compared with it when it is past */
  SAYS_AGAINST_YEAR, /* with a year before */
  SAYS_AGAINST_LAST, /* with the period before */
  SAYS_ASIDE,        /* a reason follows, to the end of the sentence */
} Says;

typedef enum {
  ROLE_NONE,
  ROLE_BARE,
  ROLE_TO,
  ROLE_UP_TO,
  ROLE_AT,
  ROLE_BY,
  ROLE_MORE,
  ROLE_LESS,
  ROLE_FROM_TO,
  ROLE_ABOVE,
  ROLE_BELOW,
  ROLE_WITHIN, /* at most, of what is to be low */
  ROLE_BETWEEN,
  ROLE_EITHER_SIDE, /* ± 5 %: between −5 % and 5 % */
  ROLE_TIMES_AS,    /* so many times as much */
  ROLE_DOUBLE,
  ROLE_TRIPLE,
  ROLE_HALVE,
} AmountRole;

typedef enum {
  PERIOD_THIS,
  PERIOD_NEXT,
  PERIOD_LAST,
  PERIOD_PREVIOUS,
  PERIOD_NEXT_N,
  PERIOD_LAST_N,
  PERIOD_TODAY,
  PERIOD_TOMORROW,
  PERIOD_YESTERDAY,
  PERIOD_WEEKDAY, /* the first such day from today on */
  PERIOD_READ,    /* as `--period` takes it */
  PERIOD_QUARTER,
  PERIOD_QUARTER_NEXT, /* of next year */
  PERIOD_QUARTER_LAST,
  PERIOD_HALF,
  PERIOD_HALF_NEXT,
  PERIOD_HALF_LAST,
  PERIOD_HALF_RUNNING,
  PERIOD_HALF_COMING,
  PERIOD_WEEK,
  PERIOD_MONTH,
  PERIOD_MONTH_NEXT,
  PERIOD_MONTH_LAST,
  PERIOD_DAY,
  PERIOD_YEAR,
} PeriodWords;

typedef struct {
  const char *pattern;
  PeriodWords words;
} SentencePeriodRow;

typedef struct {
  const char *pattern;
  Says says;
  AmountRole role;
  const char *kpi;  /* KPI: its name; NULL: there is none such, or several: `near` */
  int weak;         /* KPI: 0 certainly; 1 and 2 where nothing surer is named */
  const char *near; /* KPIs to choose from, as they are shown: "win rate or lead conversion" */
} SentenceRow;

typedef struct {
  SentenceAmount amounts[SENTENCE_MAX_PARTS];
  guint n_amounts;
  SentencePeriod periods[SENTENCE_MAX_PARTS];
  guint n_periods;
  CalendarGrain grain;
  int count;
  const char *dimension;
  int member;       /* index of hearing->members; -1: none */
  gboolean by_part; /* found by a part of the name */
  int other;        /* another member that fits as well; -1: none */
  const KpiDefinition *kpi;
  int year, number, day; /* of {year}, {q}, {month} …; 0: none */
  gboolean near_year;    /* a bare number is a year only near today's */
  const char *iso;       /* of {iso}: the token's text */
} SentenceBound;

typedef struct {
  const SentenceRow *row;
  guint from, to; /* tokens */
  SentenceBound bound;
} SentencePiece;

typedef struct SentencePeriodAt {
  guint end; /* 0: not read yet; else 1 more than the token after it, or SENTENCE_NO_MATCH */
  SentencePeriod period;
} SentencePeriodAt;

typedef struct {
  const TargetHearing *hearing;
  const char *text;
  GArray *tokens;
  struct SentencePeriodAt *periods; /* what has been read of periods at each token: twice, for {period} and {any} */
  GPtrArray *members;               /* char **: the words of each member's name */
  GArray *names;                    /* SentenceName: of the catalogue's KPIs */
  GArray *pieces;                   /* SentencePiece */
  GArray *unknown;                  /* guint: tokens that no phrase has */
  char *trouble;                    /* what cannot be (30 February); an error in the end */
  GError *error;                    /* the first; NULL: none yet */
  TargetSentence *into;
  const KpiDefinition *kpi;
} Sentence;

static inline const SentenceToken *sentence_token(const Sentence *sentence, guint at) {
  return at < sentence->tokens->len ? &g_array_index(sentence->tokens, SentenceToken, at) : NULL;
}

static inline gboolean sentence_token_is(const Sentence *sentence, guint at, const char *text) {
  const SentenceToken *token = sentence_token(sentence, at);
  return token && token->kind != TOKEN_QUOTED && g_str_equal(token->text, text);
}

/* The words of a piece as they were written; the caller frees. */
char *sentence_words(const Sentence *sentence, guint from, guint to);

/* As target_sentence_read(), but for the canonical words. `into` is overwritten. */
gboolean sentence_understand(const TargetHearing *hearing, const char *text, TargetSentence *into, GError **error);

/* --- match.c --- */
#define SENTENCE_NO_MATCH G_MAXUINT
/* The token after the match of `pattern` at `at`, or SENTENCE_NO_MATCH. `bound` is changed only by a match. */
guint sentence_match(Sentence *sentence, const char *pattern, guint at, SentenceBound *bound);
/* The longest of `rows`; NULL: none. */
const SentenceRow *sentence_match_longest(Sentence *sentence, const SentenceRow *rows, gsize n, guint at, guint *end,
                                          SentenceBound *bound);
/* Cuts the sentence into pieces; anew where it was cut before. */
void sentence_cut(Sentence *sentence);
/* Leaves out what stands behind "because". */
void sentence_leave_asides(Sentence *sentence);

/* --- slots: each reads at `at` and gives the token after it, or SENTENCE_NO_MATCH --- */
guint sentence_read_amount(Sentence *sentence, guint at, SentenceAmount *amount);
guint sentence_read_part(Sentence *sentence, guint at, SentenceAmount *amount); /* a third, half */
/* A week, an hour: of a unit of time. */
guint sentence_read_one(Sentence *sentence, guint at, SentenceAmount *amount);
guint sentence_read_count(Sentence *sentence, guint at, int *count);
guint sentence_read_period(Sentence *sentence, guint at, gboolean near, SentencePeriod *period);
guint sentence_read_grain(Sentence *sentence, guint at, CalendarGrain *grain);
/* A unit of a calendar or of the text's: {q}, {month} … of the rows of periods. */
guint sentence_read_time_slot(Sentence *sentence, const char *slot, guint at, SentenceBound *bound);
guint sentence_read_member(Sentence *sentence, guint at, SentenceBound *bound);
guint sentence_read_dimension(Sentence *sentence, guint at, const char **dimension);
guint sentence_read_kpi_name(Sentence *sentence, guint at, const KpiDefinition **kpi);

/* --- tables --- */
extern const SentenceRow sentence_phrases[], sentence_times[], sentence_kpis[], sentence_whose[];
extern const gsize sentence_n_phrases, sentence_n_times, sentence_n_kpis, sentence_n_whose;
extern const char *const sentence_noise[]; /* words without a meaning of their own; ends with NULL */
extern const SentencePeriodRow sentence_periods[];
extern const gsize sentence_n_periods;
extern const char *const sentence_unit_words[], *const sentence_number_words[], *const sentence_time_words[];

/* --- kpis.c --- */
void sentence_learn_names(Sentence *sentence);
/* FALSE: no token begins as `name` does, so it cannot be in the sentence. */
gboolean sentence_may_have(const Sentence *sentence, const char *name);
/* Sets sentence->kpi and its terms; asks where it is not clear. */
void sentence_decide_kpi(Sentence *sentence);

/* --- unknown.c --- */
gboolean sentence_correct(Sentence *sentence); /* TRUE: some token is another now */

/* --- whose.c --- */
void sentence_learn_members(Sentence *sentence);
char **sentence_name_words(const char *name); /* as tokens; freed with g_strfreev */
/* "team North", "each rep", "the company"; the caller frees. */
char *sentence_say(const TargetHearing *hearing, const TargetSentence *sentence); /* canonical words of all of it */
char *sentence_say_whose(const char *dimension, const char *member);
/* What could be whose and is nobody's. */
void sentence_check_unknown(Sentence *sentence);
void sentence_decide_whose(Sentence *sentence);

/* --- year.c: a yearless period as the first of its name that ends after `from`, or the last that ends by `limit` ---
 */
void sentence_period_after(const Sentence *sentence, SentencePeriod *period, BaseDay from);
void sentence_period_before(const Sentence *sentence, SentencePeriod *period, BaseDay limit);

/* --- when.c --- */
void sentence_decide_when(Sentence *sentence);
void sentence_decide_baseline(Sentence *sentence);
/* The canonical name of a span where it has one, else its first and last day. The caller frees. */
char *sentence_span_name(const Calendar *calendar, BaseDay start, BaseDay end, gboolean *is_named);
CalendarPeriod sentence_span_period(const Calendar *calendar, BaseDay start, BaseDay end);

/* --- what.c --- */
void sentence_decide_what(Sentence *sentence);

/* --- amount values --- */
typedef struct {
  double value;
  gboolean is_percent;
  gboolean guessed_percent; /* a bare number taken as so many percent */
} SentenceValue;
gboolean sentence_is_share(const KpiDefinition *kpi); /* shown in percent; FALSE for NULL */
gboolean sentence_is_days(const KpiDefinition *kpi);
/* The amount in the unit of `kpi` (NULL: not known). `change`: by how much, and not to what. FALSE with
 * sentence->error: it does not fit. */
gboolean sentence_value(Sentence *sentence, const KpiDefinition *kpi, const SentenceAmount *amount, gboolean change,
                        SentenceValue *value);
/* A value in the words that read as it again: 500,000 EUR, 30 %, 4 hours. The caller frees. */
char *sentence_say_value(const char *currency, const KpiDefinition *kpi, double value, gboolean change,
                         gboolean is_percent);

/* --- asking and telling --- */
void sentence_ask(Sentence *sentence, TargetLack lack, const char *format, ...) G_GNUC_PRINTF(3, 4);
void sentence_assume(Sentence *sentence, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sentence_fail(Sentence *sentence, BaseErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);
