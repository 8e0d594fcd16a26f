/* The facts that derived tables are made from, gathered deal by deal; private to src/store. */
#pragma once

#include "store/private.h"

/* Nulls of the fixed-width columns. */
#define DERIVED_NO_INSTANT G_MININT64
#define DERIVED_NO_DAY     G_MININT32
#define DERIVED_NO_NUMBER  G_GUINT64_CONSTANT(0x7FF8A77A12000001) /* the bits of a NaN that no arithmetic gives */

#define DERIVED_NO_MOMENT \
  { DERIVED_NO_INSTANT, DERIVED_NO_DAY }

/* A text as a number, -1 for null. */
typedef gint32 DerivedWord;

typedef struct {
  gint64 at;
  gint32 day;
} DerivedMoment;

typedef struct {
  guint64 key;
  DerivedMoment created, end, expected_close; /* `end`: the close of a deal that is not open */
  DerivedMoment planned_until;
  gint64 amount;
  guint64 probability; /* the bits of a double */
  gint32 owner, account, product;
  DerivedWord source, currency, stage, pipeline, forecast_category;
  gint32 change, touch; /* the first of its lists, in order of time; -1: none */
  gint32 rung, ladder;  /* where its stage stands; -1: nowhere */
  guint8 is_won;
} DerivedDeal;

typedef struct {
  guint64 of; /* the deal's key */
  guint64 key;
  gint64 recorded_at;
  DerivedMoment when, expected_close;
  gint64 amount;
  guint64 probability;
  DerivedWord stage, currency, forecast_category;
  gint32 rung, next;
  gint32 rank;      /* among the deal's changes of the same moment; -1: not known yet */
  gboolean is_told; /* it came with what the deal has become */
} DerivedChange;

typedef struct {
  guint64 of;
  DerivedMoment when;
  gint32 next;
} DerivedTouch;

/* --- stages in their order --- */
typedef struct {
  gint32 key;
  gint32 ladder;
  DerivedWord name, pipeline; /* as the stage has them */
  gint64 named_position;      /* of the stage itself, */
  gint64 position, height;    /* and of the first stage of its name that has one; winning is higher than all */
  gboolean is_open;
} DerivedRung;

typedef struct {
  char *match_pipeline;
  GArray *open; /* gint32: its open rungs that have a position */
  gint32 first; /* the lowest of them, -1: none */
} DerivedLadder;

#define DERIVED_TOP G_GINT64_CONSTANT(1000000000)

typedef struct DerivedLadders DerivedLadders;
typedef struct DerivedWords DerivedWords;

typedef struct {
  GArray *deals, *changes, *touches;
  DerivedWords *words;
  DerivedLadders *ladders;
  DerivedWord pushed, pulled_in;
} DerivedFacts;

typedef struct DerivedRecent DerivedRecent;

typedef struct {
  gboolean only_touched; /* the deals of the temporary table derived_touched */
  guint n_parts, part;   /* the deals whose key leaves `part` when divided by `n_parts` */
  gboolean wants_changes, wants_activities, wants_stages;
  /* for a few deals, again and again */
  gboolean is_kept;            /* statements are kept, and stages as they were read first */
  const char *touched;         /* SQL in place of derived_touched, or NULL */
  const StoreGiven *deals;     /* the deals' own rows, or NULL: they are in opportunity */
  const StoreGiven *told;      /* rows of stage_change that are not looked for, or NULL */
  const DerivedRecent *recent; /* that has all deals, or NULL */
  const char *changes;         /* SQL of key and day: on which days they changed, or NULL: on any */
  gboolean is_dated;           /* `touched` has the day of each deal's creation as deal_day */
} DerivedWanted;

/* Reads, links each deal with its changes and touches, and puts them in order of time. Errors: those of the store. */
DerivedFacts *store_derived_gather(Store *store, const DerivedWanted *wanted, GError **error);
/* The same into facts that were gathered before, whose texts and stages stay. */
gboolean store_derived_gather_into(Store *store, DerivedFacts *facts, const DerivedWanted *wanted, GError **error);
void store_derived_facts_empty(DerivedFacts *facts);
/* Adds deals from rows of opportunity in memory, and changes from rows of stage_change in place of those with the same
 * keys: the number of the first of them. */
void store_derived_add_deals(DerivedFacts *facts, const StoreGiven *rows);
guint store_derived_add_changes(DerivedFacts *facts, const StoreGiven *rows);
/* Puts deals and changes on their ladders. */
void store_derived_place_stages(DerivedFacts *facts);
/* Changes and touches of each deal in order of time; errors: those of the store. */
gboolean store_derived_order(Store *store, DerivedFacts *facts, GError **error);
/* The touches of each deal in order of time. */
void store_derived_order_touches(DerivedFacts *facts);
DerivedFacts *store_derived_facts_new(void);
void store_derived_facts_free(DerivedFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DerivedFacts, store_derived_facts_free)

/* --- texts, each once --- */
DerivedWords *store_derived_words_new(void);
void store_derived_words_free(DerivedWords *words);
DerivedWord store_derived_word(DerivedWords *words, const char *text_or_null);
const char *store_derived_word_text(const DerivedWords *words, DerivedWord word);
guint store_derived_words_count(const DerivedWords *words);
/* As the database has it; valid as long as the words. */
const duckdb_string_t *store_derived_word_strings(const DerivedWords *words);

/* --- ladders --- */
DerivedLadders *store_derived_ladders_read(Store *store, DerivedWords *words, GError **error);
void store_derived_ladders_free(DerivedLadders *ladders);
/* The rung of a stage's name in a pipeline, or else in any; -1: none. */
gint32 store_derived_place(DerivedLadders *ladders, const DerivedWords *words, DerivedWord pipeline, DerivedWord stage);
/* The ladder that a deal climbs; -1: none. */
gint32 store_derived_ladder_of(DerivedLadders *ladders, const DerivedWords *words, DerivedWord pipeline, gint32 rung);
const DerivedRung *store_derived_rung(const DerivedLadders *ladders, gint32 rung);
const DerivedLadder *store_derived_ladder(const DerivedLadders *ladders, gint32 ladder);
