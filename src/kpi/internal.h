/* What the files of src/kpi share: the arena, places in the user's text, the syntax tree, and the state of a check.
 *
 *   KpiText ──kpi_syntax_parse──► KpiSyntax (as written, names unresolved) ──kpi_check_*──► KpiExpr (names and units)
 *
 * A syntax tree lives only while its text is checked; an expression lives as long as its catalogue. Both come from an
 * arena. */
#pragma once

#include "kpi/kpi.h"

#include <stddef.h>

/* --- caps: all that a user's text can make grow --- */
#define KPI_MAX_FORMULA_BYTES 65536  /* of one formula's text */
#define KPI_MAX_NESTING       200    /* levels of one formula, the KPIs it stands on included */
#define KPI_MAX_TERMS         100000 /* parts of one formula once every KPI in it is written out */
#define KPI_MAX_DEFINITIONS   10000  /* measures and KPIs of a workspace, each */
#define KPI_MAX_HOPS          16     /* of one path: opportunity.account.industry has 3 */
#define KPI_MAX_PROBLEMS      200    /* problems reported at once */
#define KPI_MAX_HORIZON_YEARS 10     /* that customer_value() looks ahead */

/* The same word; most pairs already differ in their first letter. */
static inline gboolean kpi_same(const char *a, const char *b) {
  return *a == *b && strcmp(a, b) == 0;
}

/* --- arena: memory given back all at once --- */
typedef struct {
  char *at, *end; /* what is left of the block in use */
  struct KpiBlock *last, *spare;
} KpiArena;
KpiArena *kpi_arena_new(void);
void kpi_arena_free(KpiArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KpiArena, kpi_arena_free)
gpointer kpi_arena_more(KpiArena *arena, gsize bytes); /* from a block of its own or a new one */

static inline gpointer kpi_arena_take(KpiArena *arena, gsize bytes) {
  gsize size = (bytes + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
  if ((gsize)(arena->end - arena->at) <= size) return kpi_arena_more(arena, size);
  char *found = arena->at;
  arena->at += size;
  return found;
}

static inline gpointer kpi_arena_alloc(KpiArena *arena, gsize bytes) {
  return memset(kpi_arena_take(arena, bytes), 0, bytes);
}

static inline char *kpi_arena_strndup(KpiArena *arena, const char *text, gsize length) {
  char *copy = kpi_arena_take(arena, length + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

/* What was taken since a mark is given back by releasing to it; marks nest. */
typedef struct {
  struct KpiBlock *block;
  char *at;
} KpiArenaMark;
KpiArenaMark kpi_arena_mark(const KpiArena *arena);
void kpi_arena_release(KpiArena *arena, KpiArenaMark mark);
#define kpi_arena_new0(arena, type)     ((type *)kpi_arena_alloc((arena), sizeof(type)))
#define kpi_arena_array(arena, type, n) ((type *)kpi_arena_alloc((arena), sizeof(type) * (n)))

/* --- problems: every mistake found, in the order of the files --- */
typedef struct {
  BaseSpan span;
  guint file_order;
  int code; /* BaseErrorCode */
  char *message;
} KpiProblem;

/* --- a text and where it stands in its file --- */
typedef struct {
  const char *text;
  gsize length;
  const char *file; /* interned */
  guint file_order;
  guint line, column;  /* of the first character */
  gboolean ascii;      /* a byte is a character */
  const guint *places; /* per byte and one more: line, column; NULL: one line of ASCII */
} KpiText;

/* The text of a formula given on its own. */
void kpi_text_init(KpiText *text, KpiArena *arena, const char *file, const char *string);
/* A definitions file: its text is the caller's, while loading. */
typedef struct {
  const char *file; /* interned */
  const char *text;
  gsize length;
  gconstpointer packed; /* what the text was read as before, or NULL */
  gsize packed_length;
  guint order;
  gboolean built_in;
  const gsize *lines; /* where each line starts */
  guint n_lines;
} KpiYamlFile;

void kpi_yaml_file_init(KpiYamlFile *yaml, KpiArena *arena, const char *file, const char *text, gsize length);
/* A YAML scalar's text, which starts at `span` of its file. Where the two cannot be matched (escapes in double quotes),
 * places fall back to the scalar's own. */
void kpi_text_init_yaml(KpiText *text, KpiArena *arena, const KpiYamlFile *yaml, const char *string, BaseSpan span);
/* `length`, or so much of it below `at_most` as ends between two characters. */
gsize kpi_text_cut(const char *text, gsize length, gsize at_most);
BaseSpan kpi_text_span(const KpiText *text, gsize offset, gsize length);

/* --- tokens --- */
typedef enum {
  KPI_TOKEN_END,
  KPI_TOKEN_NAME,
  KPI_TOKEN_NUMBER,
  KPI_TOKEN_DATE,
  KPI_TOKEN_TEXT,
  KPI_TOKEN_SIGN, /* one of ( ) , . + - * / % = < > and, as one char each: n for <>, l for <=, g for >= */
} KpiTokenKind;

typedef struct {
  KpiTokenKind kind;
  char sign;
  double number;
  BaseDay day;
  const char *string; /* NAME, TEXT: in the arena */
  gsize offset, length;
} KpiToken;

typedef struct {
  const KpiText *text;
  KpiArena *arena;
  gsize at;
} KpiLexer;

/* Reads the next token. FALSE at a character that starts none, with the place and the message (in the arena). */
gboolean kpi_lex(KpiLexer *lexer, KpiToken *token, gsize *bad_offset, gsize *bad_length, const char **message);

/* --- syntax: what was written --- */
typedef enum {
  KPI_SYNTAX_NUMBER,
  KPI_SYNTAX_DURATION,
  KPI_SYNTAX_TEXT,
  KPI_SYNTAX_DATE,
  KPI_SYNTAX_BOOL,
  KPI_SYNTAX_NAME, /* names, with dots between */
  KPI_SYNTAX_OP,   /* op, args: arithmetic, comparison, and/or/not, in, is empty */
  KPI_SYNTAX_CALL, /* text(args) and, in an aggregate, its clauses */
} KpiSyntaxKind;

typedef struct KpiSyntax KpiSyntax;
typedef enum {
  KPI_CLAUSE_WHERE,
  KPI_CLAUSE_ON,
  KPI_CLAUSE_FROM,
  KPI_CLAUSE_OVER,
  KPI_CLAUSE_UNTIL,
  KPI_CLAUSE_DUE,
  KPI_CLAUSE_DUE_TOO,
  KPI_CLAUSE_PAST,
  KPI_CLAUSE_TYPE,
  KPI_N_CLAUSES,
} KpiClause;

struct KpiSyntax {
  KpiSyntaxKind kind;
  KpiOp op;
  gsize offset, length;    /* in its text, of all of it */
  gsize mark, mark_length; /* the part to point at: an operator, a name */
  guint depth;
  guint n_args;
  KpiSyntax **args;
  KpiSyntax **clauses; /* CALL: KPI_N_CLAUSES of them, or NULL when there is none */
  double number;
  CalendarGrain grain;
  gboolean in_hours;
  gboolean truth;
  BaseDay day;
  const char *text;
  const char **names; /* NAME */
  guint n_names;
};

/* --- a catalogue's inside --- */
typedef enum { KPI_STATE_NEW, KPI_STATE_OPEN, KPI_STATE_DONE, KPI_STATE_BAD } KpiState;

/* What a formula is made of, for the checks of those who stand on it. */
typedef struct {
  const KpiMeasure **measures; /* distinct; in the catalogue's arena */
  guint n_measures, room;
  guint depth;
  guint64 terms;
  gboolean has_each, has_total;
  gboolean spans; /* depends on where its period starts: a flow, or start() or average() of a level */
} KpiSummary;

typedef struct {
  KpiDefinition kpi; /* first: a KpiDefinition of a catalogue is the start of its entry */
  KpiState state;
  const KpiYamlFile *yaml; /* where it was read */
  const KpiYamlFile *base_yaml;
  gconstpointer node, base_node; /* ConfNode: its definition; the built-in one that it replaces, or NULL */
  KpiSummary summary;
} KpiEntry;

typedef struct {
  const char *name;
  KpiState state;
  gboolean built_in;
  const KpiYamlFile *yaml;
  gconstpointer node;
  BaseSpan span;
  KpiMeasure *measure; /* once checked and right */
} KpiMeasureEntry;

typedef struct {
  KpiView view; /* first */
  const KpiYamlFile *yaml;
  gconstpointer node;
} KpiViewEntry;

typedef struct {
  const char *name;
  KpiSyntax *literal; /* in the catalogue's arena */
  gboolean built_in;
  BaseSpan span;
} KpiParameter;

struct KpiCatalogue {
  const LedgerSchema *schema;
  KpiArena *arena;
  GPtrArray *documents;      /* ConfDocument */
  KpiArena *passing;         /* what lives only while one text is checked */
  GHashTable *parameters;    /* name -> KpiParameter */
  GHashTable *measure_names; /* name -> KpiMeasureEntry */
  GHashTable *kpi_names;     /* name -> KpiEntry */
  GHashTable *measure_kpis;  /* name -> KpiEntry: a measure asked for as a KPI */
  GHashTable *in_place;      /* canonical -> KpiMeasure: those written in formulas */
  GHashTable *views;         /* name -> KpiViewEntry */
  GPtrArray *view_list;      /* KpiViewEntry, by name, once all are right */
  GPtrArray *measures;       /* KpiMeasure, by index */
  GPtrArray *kpis;           /* KpiEntry, sorted */
  GPtrArray *needs;          /* for listing what a KPI needs */
  GPtrArray *path;           /* KpiEntry being checked, outermost first: for cycles */
  GArray *problems;          /* KpiProblem, while checking */
  GString *scratch;          /* for printing */
  guint n_each;
  guint level; /* of expressions being checked, across the KPIs they stand on */
};

/* --- checking --- */
typedef struct {
  KpiCatalogue *catalogue;
  const KpiText *text;
  const LedgerTable *table; /* rows: the fact; NULL: a formula */
  const KpiSyntax *carrier; /* rows: the name whose first part is the fact itself */
  gboolean condition;       /* rows: a condition on its own; an unknown column is NOT_FOUND */
} KpiCheck;

void kpi_problem_span(KpiCatalogue *catalogue, BaseSpan span, guint file_order, int code, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
void kpi_problem(const KpiCheck *check, gsize offset, gsize length, const char *format, ...) G_GNUC_PRINTF(4, 5);
void kpi_problem_limit(const KpiCheck *check, gsize offset, gsize length, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* In the catalogue's passing arena; NULL when the text does not parse, noted. */
KpiSyntax *kpi_syntax_parse(const KpiCheck *check);
/* In the catalogue's own arena. A literal alone: a number, percentage, duration, date, quoted text, true or false; else
 * NULL, noted. */
KpiSyntax *kpi_syntax_parse_literal(const KpiCheck *check);
/* The nearest of the clauses, for messages. */
const char *kpi_clause_name(KpiClause clause);
gboolean kpi_word_is_reserved(const char *word);

/* Check a syntax tree; NULL when something is wrong, all of it noted. */
KpiExpr *kpi_check_expr(KpiCheck *check, const KpiSyntax *syntax);
KpiMeasure *kpi_check_measure(KpiCheck *check, const KpiSyntax *syntax);
KpiExpr *kpi_check_call(KpiCheck *check, const KpiSyntax *syntax);
KpiExpr *kpi_check_column(KpiCheck *check, const KpiSyntax *syntax);
/* A word that is no column, compared with a text: its quotes are missing, noted. */
gboolean kpi_check_unquoted(KpiCheck *check, const KpiSyntax *comparison, const KpiExpr *text, const KpiSyntax *word);
KpiExpr *kpi_check_formula_name(KpiCheck *check, const KpiSyntax *syntax);
KpiExpr *kpi_check_formula_call(KpiCheck *check, const KpiSyntax *syntax, KpiOp op);
KpiExpr *kpi_expr_new(const KpiCheck *check, const KpiSyntax *syntax, KpiOp op, KpiUnit unit, guint n_args);
KpiExpr *kpi_expr_with(const KpiCheck *check, const KpiSyntax *syntax, KpiOp op, KpiUnit unit, KpiExpr *const *args,
                       guint n);
/* A duration where a number of days is meant; anything else as it is. NULL: it has no fixed length, noted. */
KpiExpr *kpi_check_settle(KpiCheck *check, const KpiSyntax *syntax, KpiExpr *expr);
/* The unit that both have, where they can stand for one another: in a sum, or as either branch of an if. */
gboolean kpi_unify(const KpiExpr *a, const KpiExpr *b, KpiUnit *unit);
gboolean kpi_check_is_condition(KpiCheck *check, const KpiSyntax *syntax, const KpiExpr *expr, const char *of);
/* A measure written in place: the one of that canonical form. */
const KpiMeasure *kpi_catalogue_intern_measure(KpiCatalogue *catalogue, KpiMeasure *measure);
/* The KPI checked, whatever order they were written in; NULL: wrong, or part of a cycle (noted). */
KpiEntry *kpi_catalogue_require(const KpiCheck *check, const char *name, const KpiSyntax *at);
KpiMeasure *kpi_catalogue_require_measure(KpiCatalogue *catalogue, const char *name);
/* The literal's expression for a parameter's name, or NULL. */
const KpiSyntax *kpi_catalogue_parameter(const KpiCatalogue *catalogue, const char *name);
/* Checks a whole formula: its result is a number, not nested too deep. The summary is filled. */
KpiExpr *kpi_check_whole(KpiCheck *check, const KpiSyntax *syntax, KpiSummary *summary);
void kpi_summary_of(KpiCatalogue *catalogue, const KpiExpr *expr, KpiSummary *summary);

/* --- functions of the language --- */
typedef enum {
  KPI_IN_ROWS = 1 << 0,
  KPI_IN_FORMULAS = 1 << 1,
  KPI_AGGREGATE = 1 << 2,
} KpiFunctionUse;

typedef struct {
  const char *name;
  guint use;
  KpiOp op;   /* not for aggregates */
  KpiAgg agg; /* aggregates */
  guint min_args, max_args;
  const char *form; /* how it is written, for messages */
} KpiFunction;

const KpiFunction *kpi_function_find(const char *name);
const char *kpi_function_name(KpiOp op);         /* not of aggregates */
const KpiFunction *kpi_function_at(guint index); /* NULL past the last */
/* The names that a table is keyed by, sorted with what `names` holds already. */
void kpi_add_names(GHashTable *table, GPtrArray *names);
/* "; did you mean 'x'?" for the nearest of what is in the array, or "". In the arena. */
const char *kpi_suggest(KpiCatalogue *catalogue, const char *word, GPtrArray *candidates);

/* --- units --- */
#define KPI_UNIT(k) ((KpiUnit){.kind = (k)})
#define KPI_MONEY   ((KpiUnit){.kind = KPI_QUANTITY, .money_power = 1})
#define KPI_DAYS    ((KpiUnit){.kind = KPI_QUANTITY, .days_power = 1})
/* As kpi_unit_name(), within a sentence: "a count", "a date", "money". */
const char *kpi_unit_phrase(KpiUnit unit);
gboolean kpi_unit_equal(KpiUnit a, KpiUnit b);
gboolean kpi_unit_is_number(KpiUnit unit); /* can be calculated with */
/* Products and quotients of numbers. FALSE: the powers leave their range. */
gboolean kpi_unit_multiply(KpiUnit a, KpiUnit b, KpiUnit *result);
gboolean kpi_unit_divide(KpiUnit a, KpiUnit b, KpiUnit *result);
KpiUnit kpi_unit_of_column(const LedgerColumn *column);

/* --- whole expressions --- */
gboolean kpi_expr_equal(const KpiExpr *a, const KpiExpr *b);
gboolean kpi_measure_equal(const KpiMeasure *a, const KpiMeasure *b);
void kpi_expr_print_to(GString *out, const KpiExpr *expr);
void kpi_measure_print_to(GString *out, const KpiMeasure *measure);
gboolean kpi_expr_is_literal(const KpiExpr *expr); /* numbers only, without a unit */
gboolean kpi_expr_is_proportion(const KpiExpr *expr);
/* The facts to load for it, NULL-terminated, in the arena. */
const char *const *kpi_needs(KpiCatalogue *catalogue, const KpiSummary *summary);

/* --- definitions in YAML --- */
/* Reads a file's names: parameters, measures and KPIs become entries to be checked. */
void kpi_yaml_read(KpiCatalogue *catalogue, const KpiYamlFile *file);
/* Checks one entry: its formula, fields and versions. */
gboolean kpi_yaml_check_measure(KpiCatalogue *catalogue, KpiMeasureEntry *entry);
gboolean kpi_yaml_check_kpi(KpiCatalogue *catalogue, KpiEntry *entry);
/* After all KPIs; what is wrong is noted. */
void kpi_yaml_check_view(KpiCatalogue *catalogue, KpiViewEntry *entry);
