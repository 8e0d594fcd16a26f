/* Definitions of KPIs: the formula language, its checked form, and the catalogue.
 *
 *   text ──lex──► tokens ──parse──► KpiExpr ──check (names, units)──► KpiExpr with measures, columns and units
 *
 * The language is described in docs/formulas.md. This folder touches no database: the planner in src/query turns
 * checked expressions into scans and evaluates formulas over cells. Everything returned belongs to its KpiCatalogue and
 * is immutable after loading; kpi_parse_condition() and kpi_parse_formula() add to the catalogue, so one thread at a
 * time calls them. */
#pragma once

#include "base/day.h"
#include "base/text.h"
#include "calendar/calendar.h"
#include "ledger/schema.h"

/* --- units: part of the type of every expression --- */
typedef enum {
  KPI_NUMBER, /* a bare number, of no unit: fits count, ratio and score in sums and comparisons */
  KPI_COUNT,
  KPI_RATIO,
  KPI_SCORE,    /* points of a scale */
  KPI_QUANTITY, /* money^money_power * days^days_power, at least one power not 0: money, days, money per day … */
  KPI_TEXT,
  KPI_BOOL,
  KPI_INSTANT, /* a moment (rows only) */
  KPI_KEY,     /* a reference (rows only) */
} KpiUnitKind;

typedef struct {
  KpiUnitKind kind;
  gint8 money_power;
  gint8 days_power;
} KpiUnit;

/* "money", "count", "ratio", "days", "money/day", "score", … as JSON and documentation show it. Static. */
const char *kpi_unit_name(KpiUnit unit);

/* --- expressions --- */
typedef enum {
  /* anywhere */
  KPI_OP_NUMBER, /* number */
  KPI_OP_ADD,
  KPI_OP_SUB,
  KPI_OP_MUL,
  KPI_OP_DIV,
  KPI_OP_NEG,
  KPI_OP_EQ,
  KPI_OP_NE,
  KPI_OP_LT,
  KPI_OP_LE,
  KPI_OP_GT,
  KPI_OP_GE,
  KPI_OP_AND,
  KPI_OP_OR,
  KPI_OP_NOT,
  KPI_OP_IF,       /* if(condition, then, else) */
  KPI_OP_COALESCE, /* the first that has a value */
  KPI_OP_MIN,
  KPI_OP_MAX,
  KPI_OP_ABS, /* min(a, b), max(a, b), abs(a) of numbers */

  /* in rows: inside an aggregate */
  KPI_OP_COLUMN, /* path: one column, or references followed to one (opportunity.account.industry) */
  KPI_OP_TEXT,   /* text literal */
  KPI_OP_TRUE,
  KPI_OP_FALSE,
  KPI_OP_DATE,     /* date literal: day; an instant at its local start */
  KPI_OP_DURATION, /* number of grain: `90 days`, `4 hours` (in_hours), `3 months`; added to or taken from an instant */
  KPI_OP_IN,       /* args[0] in (args[1] …) */
  KPI_OP_IS_NULL,
  KPI_OP_IS_NOT_NULL,   /* x is empty, x is not empty */
  KPI_OP_CONTAINS,      /* contains(text, 'part'), case-insensitive */
  KPI_OP_DAYS,          /* days(a, b): whole local days from a to b */
  KPI_OP_HOURS,         /* hours(a, b): elapsed hours, in days as unit (days_power 1), fractional */
  KPI_OP_WORKING_HOURS, /* working_hours(a, b): of those, the ones within the calendar's working hours; all when it has
                           none */
  KPI_OP_EARLIER,
  KPI_OP_LATER, /* of two instants; an empty one is passed over */

  /* in formulas: over measures */
  KPI_OP_MEASURE,  /* measure */
  KPI_OP_KPI,      /* kpi: its current formula stands here */
  KPI_OP_PREVIOUS, /* previous(x): the period before */
  KPI_OP_YEAR_AGO, /* year_ago(x) */
  KPI_OP_SHIFT,    /* shift(x, -3 months): the period moved by n of grain */
  KPI_OP_TRAILING, /* trailing(x, 12 months): the n units that end where the period ends */
  KPI_OP_TO_DATE,  /* to_date(x, year): from the start of the year that holds the period's last day to the period's end
                    */
  KPI_OP_START,    /* start(level): a level as at the period's start */
  KPI_OP_WITHIN, /* within(level, quarter): the level at the period's end of the whole quarter that holds its last day:
                    what is `due` in it */
  KPI_OP_BEFORE, /* before(flow): all that happened before the period's start */
  KPI_OP_LIFETIME, /* lifetime(flow): all that happened before the period's end */
  KPI_OP_AVERAGE,  /* average(level): mean over the days of the period (to now, while it runs) */
  KPI_OP_EACH, /* each(entity, x): x for each account, opportunity, person …, then the sum; true counts as 1, no value
                  as 0 */
  KPI_OP_TOTAL, /* total(x): x over all members of the grouping */
} KpiOp;

typedef struct KpiExpr KpiExpr;
typedef struct KpiMeasure KpiMeasure;
typedef struct KpiDefinition KpiDefinition;

/* One hop: `column` of `table`. All but the last of a path are references; the last may be `key` (column NULL): the row
 * itself. */
typedef struct {
  const LedgerTable *table;
  const LedgerColumn *column;
} KpiHop;

struct KpiExpr {
  KpiOp op;
  KpiUnit unit;
  BaseSpan span;
  KpiExpr **args;
  guint n_args;
  double number;       /* NUMBER; DURATION, SHIFT (signed), TRAILING: how many */
  CalendarGrain grain; /* DURATION, SHIFT, TRAILING, TO_DATE, WITHIN */
  gboolean in_hours;   /* DURATION given in hours: number hours; grain is then CALENDAR_DAY and of no meaning */
  BaseDay day;         /* DATE */
  const char *text;    /* TEXT */
  const KpiHop *path;  /* COLUMN */
  guint n_path;
  const KpiMeasure *measure; /* MEASURE */
  const KpiDefinition *kpi;  /* KPI */
  const LedgerTable *entity; /* EACH */
  guint each_index; /* EACH: 1-based, unique in the catalogue; measures under it are grouped by the entity too */
};

/* --- measures: aggregates over a fact --- */
typedef enum {
  KPI_AGG_COUNT,
  KPI_AGG_SUM,
  KPI_AGG_MEAN,     /* sum / count, of rows whose value is not empty */
  KPI_AGG_DISTINCT, /* of a reference, the row's key or a text */
  KPI_AGG_MIN,
  KPI_AGG_MAX,
  KPI_AGG_QUANTILE, /* median(x) is quantile(x, 0.5) */
  KPI_AGG_KM,  /* survival_median(a, b), survival_quantile(a, b, p): days from a to b, censored at the clock while b is
                  empty */
  KPI_AGG_CLV, /* customer_value(amount, account, 12 months): mean expected value of the customers' purchases to come */
} KpiAgg;

typedef enum {
  KPI_WHEN_ON,    /* `on x`: flows; in the period in which x lies */
  KPI_WHEN_LEVEL, /* `from x [until y]`: rows that hold at an instant, x <= t < y; at the period's end (the clock, while
                     it runs) */
  KPI_WHEN_SPREAD, /* `over x until y`: the value spread evenly over the days [x, y); sums only */
  KPI_WHEN_ALWAYS, /* no date: all rows, in any period (dimension sizes, say) */
} KpiWhen;

struct KpiMeasure {
  const char *name; /* NULL: written in place in a formula */
  guint index;      /* 0-based, unique in the catalogue */
  KpiAgg agg;
  const LedgerTable *table;
  KpiExpr *value;    /* SUM, MEAN, DISTINCT, MIN, MAX, QUANTILE, CLV: per row; KM: the start; COUNT: NULL */
  KpiExpr *value_to; /* KM: the end; CLV: whose purchase it is */
  KpiExpr *horizon;  /* CLV: how far ahead, a DURATION; else NULL */
  double discount;   /* CLV: what a purchase loses in worth by being a year away; 0 = nothing */
  double quantile;
  int quantile_type; /* 1..9; 7 unless named */
  KpiExpr *where;    /* BOOL or NULL */
  KpiWhen when;
  KpiExpr *on;      /* ON: the anchor; LEVEL, SPREAD: the start */
  KpiExpr *until;   /* LEVEL (or NULL: for ever), SPREAD */
  KpiExpr *due;     /* LEVEL, `due x`: only rows whose x lies in the period; or NULL */
  KpiExpr *due_too; /* a second `due`; or NULL */
  KpiExpr *past;    /* LEVEL, `past x`: only rows whose x is empty or at or after the period's end; or NULL */
  KpiUnit unit;
  BaseSpan span;
  const char *about;     /* from the YAML, or NULL */
  const char *canonical; /* the measure printed in canonical form */
};

/* --- KPIs --- */
typedef enum { KPI_HIGHER, KPI_LOWER, KPI_NEUTRAL } KpiBetter;
typedef enum { KPI_LAGGING, KPI_LEADING } KpiTiming;

typedef struct {
  BaseDay from;        /* first day on which it applies; BASE_DAY_MIN for the first version */
  const char *formula; /* as written */
  KpiExpr *expr;
} KpiVersion;

struct KpiDefinition {
  const char *name;  /* win_rate */
  const char *title; /* Win rate */
  const char *question;
  guint number;               /* its number in the field's list, 0 = none: for order only */
  const KpiVersion *versions; /* ascending by date; at least one; the last is the current one */
  guint n_versions;
  const char *canonical; /* the current formula, printed canonically */
  KpiUnit unit;
  const char
      *display; /* NULL, or how a value is shown: percent, points, months, times, score, per_day; hours (of days) */
  KpiBetter better;
  KpiTiming timing;
  const char *category;        /* financial, pipeline, activity, customer, marketing, service, people */
  const char *anchor;          /* in words: which date places a record in a period */
  const char *needs_hint;      /* in words: what to load, beyond the facts in `needs`; or NULL */
  const char *const *traps;    /* NULL-terminated */
  const char *const *roles;    /* sets: manager, leader, rep, marketing, finance */
  const char *const *business; /* sets: b2b, saas, retail, agency; empty = all */
  const char *const *drivers;  /* KPIs of which it is the product, over the long run: names; may be empty */
  const char *const *see_also;
  const char *source;
  const char *const
      *needs; /* NULL-terminated: loaded facts that must have rows; found from the formula; derived facts resolved */
  gboolean proportion;    /* a share of counted cases: n is the denominator, Wilson interval */
  int matures_after_days; /* > 0: a period is immature until so many days after its end */
  gboolean built_in;
  gboolean redefines; /* a workspace's, in the place of a built-in one */
  BaseSpan span;      /* of its key in the YAML */
};

/* --- views: KPIs that are read together --- */
typedef struct {
  const char *name; /* pipeline_waterfall */
  const char *title;
  const char *question;
  const KpiDefinition *const *kpis; /* in the order in which they are read */
  guint n_kpis;
  gboolean has_grain; /* the period is cut into these, unless asked otherwise: one below the other, its KPIs across */
  CalendarGrain grain;
  const KpiExpr
      *identity; /* EQ over sums and differences of its KPIs, which holds for every member and period; or NULL */
  const char *identity_text; /* as written */
  gboolean built_in;
  BaseSpan span;
} KpiView;

typedef struct KpiCatalogue KpiCatalogue;

/* One YAML text of definitions. `built_in`: part of the program. */
typedef struct {
  const char *file; /* for messages */
  const char *text;
  gsize length;
  gboolean built_in;
  gconstpointer packed; /* the text's conf_document_pack(), which is then not made anew; it outlives the catalogue */
  gsize packed_length;
} KpiSource;

/* Parses and checks all of it together; a later file may redefine a measure or KPI of a built-in one (not of its own
 * kind). `problems` (of char *, "file:line:column: message", caller frees with g_ptr_array_unref) gets every error
 * found, not just the first; a catalogue is returned when there is none, else NULL with `error` set to the first. */
KpiCatalogue *kpi_catalogue_new(const LedgerSchema *schema, const KpiSource *sources, gsize n_sources,
                                GPtrArray **problems, GError **error);
void kpi_catalogue_free(KpiCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KpiCatalogue, kpi_catalogue_free)

guint kpi_catalogue_n_kpis(const KpiCatalogue *catalogue); /* in the order of number, then name */
const KpiDefinition *kpi_catalogue_kpi(const KpiCatalogue *catalogue, guint index);
/* Errors: NOT_FOUND, with the nearest names. A measure's name is found too: as a KPI of that formula. */
const KpiDefinition *kpi_catalogue_find(KpiCatalogue *catalogue, const char *name, GError **error);
guint kpi_catalogue_n_views(const KpiCatalogue *catalogue); /* by name */
const KpiView *kpi_catalogue_view(const KpiCatalogue *catalogue, guint index);
/* NULL: there is none of that name. */
const KpiView *kpi_catalogue_find_view(const KpiCatalogue *catalogue, const char *name);
guint kpi_catalogue_n_measures(const KpiCatalogue *catalogue);
const KpiMeasure *kpi_catalogue_measure(const KpiCatalogue *catalogue, guint index);

/* A condition over a fact's row, for --where: names are those of `table`; parsed and checked. `where` texts that do not
 * fit a table (a column it lacks) set BASE_ERROR_NOT_FOUND. The result belongs to the catalogue. */
KpiExpr *kpi_parse_condition(KpiCatalogue *catalogue, const LedgerTable *table, const char *text, GError **error);

/* How a formula's value of all is made of those of members. */
typedef enum {
  KPI_FORM_SUM,   /* it is their sum */
  KPI_FORM_RATIO, /* it is the sum of their numerators over that of their denominators */
  KPI_FORM_MEAN,  /* the same, over the records that have a value */
  KPI_FORM_OTHER, /* it is none of these: `why` says why not, as half a sentence */
} KpiForm;
KpiForm kpi_form_of(const KpiExpr *expr, const char **why);

/* A measure or formula on its own; for tests, explain and fuzzing. The printer's output parses to the same expression.
 */
KpiExpr *kpi_parse_formula(KpiCatalogue *catalogue, const char *file, const char *text, GError **error);
char *kpi_expr_print(const KpiExpr *expr);
char *kpi_measure_print(const KpiMeasure *measure);
/* The length of a DURATION in days; of months and longer the mean length, a year being 365.25 days. */
double kpi_duration_days(const KpiExpr *duration);
