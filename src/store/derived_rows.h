/* Derived tables as columns and a function that makes a deal's rows, and their way into the database; private to
 * src/store. */
#pragma once

#include "store/derived_facts.h"

typedef struct {
  const DerivedFacts *facts;
  GArray *rows;          /* of the form's own struct */
  GArray *steps, *stays; /* of stage_stay, while it makes a deal's rows */
} DerivedMaker;

typedef enum {
  DERIVED_KEY,     /* guint64, UBIGINT */
  DERIVED_REF,     /* gint32, INTEGER */
  DERIVED_WORD,    /* DerivedWord, VARCHAR */
  DERIVED_WHOLE,   /* gint64, BIGINT */
  DERIVED_SHARE,   /* the bits of a double, DOUBLE */
  DERIVED_FLAG,    /* guint8, 2 for null, BOOLEAN */
  DERIVED_INSTANT, /* gint64, TIMESTAMP */
  DERIVED_DAY,     /* gint32, DATE */
} DerivedType;

typedef struct {
  const char *name;
  DerivedType type;
  gboolean of_deal; /* the offset is one of DerivedDeal, not of the row */
  gsize offset;
} DerivedColumn;

/* A row's struct starts with its deal's number in `facts->deals`, a gint32. */
typedef struct {
  const char *table;
  const DerivedColumn *columns;
  guint n_columns;
  gsize row_size;
  void (*make)(DerivedMaker *maker, gint32 deal); /* appends to maker->rows */
} DerivedForm;

extern const DerivedForm derived_stay_form, derived_silence_form, derived_belief_form, derived_move_form,
    derived_tied_form; /* tied: the keys of changes whose rank is not known */

/* The elements of a maker's `steps` and `stays`. */
extern const gsize derived_step_size, derived_stay_size;

#define DERIVED_OF_DEAL(title, column_type, member) \
  { title, DERIVED_##column_type, TRUE, G_STRUCT_OFFSET(DerivedDeal, member) }
#define DERIVED_OWN(of, title, column_type, member) \
  { title, DERIVED_##column_type, FALSE, G_STRUCT_OFFSET(of, member) }
/* What each derived table takes from the deal. */
#define DERIVED_DEAL_COLUMNS                                                              \
  DERIVED_OF_DEAL("opportunity", KEY, key), DERIVED_OF_DEAL("owner", REF, owner),         \
      DERIVED_OF_DEAL("account", REF, account), DERIVED_OF_DEAL("product", REF, product), \
      DERIVED_OF_DEAL("source", WORD, source), DERIVED_OF_DEAL("deal_day", DAY, created.day)
#define DERIVED_OWN_MOMENT(of, title, member) \
  DERIVED_OWN(of, title, INSTANT, member.at), DERIVED_OWN(of, title "_day", DAY, member.day)

/* The earlier of both, or the one that is known. The later one is MAX: nulls are the least numbers. */
static inline DerivedMoment derived_earlier(DerivedMoment a, DerivedMoment b) {
  return (DerivedMoment){.at = a.at == DERIVED_NO_INSTANT || (b.at != DERIVED_NO_INSTANT && b.at < a.at) ? b.at : a.at,
                         .day = a.day == DERIVED_NO_DAY || (b.day != DERIVED_NO_DAY && b.day < a.day) ? b.day : a.day};
}

static inline DerivedMoment derived_later(DerivedMoment a, DerivedMoment b) {
  return (DerivedMoment){.at = MAX(a.at, b.at), .day = MAX(a.day, b.day)};
}

#define DERIVED_NEVER ((DerivedMoment)DERIVED_NO_MOMENT)

/* --- into the database --- */

/* What derived_rows(), a table function of every store that can write, gives while it is the store's `emission`. */
DerivedEmission *store_derived_emission_new(const DerivedFacts *facts, const DerivedForm *form);
/* From the first deal again, or the first of rows that are made already. */
void store_derived_emission_restart(DerivedEmission *emission, const GArray *rows);
void store_derived_emission_free(DerivedEmission *emission);

/* Makes the function known; once for each open store. */
gboolean store_derived_register(Store *store, GError **error);

/* The statement that adds what derived_rows() gives. The caller frees. */
char *store_derived_insert_sql(const DerivedForm *form);
void store_derived_few_free(DerivedFew *few);
/* What was done of a few deals since the transaction began is undone. */
void store_derived_take_back(Store *store);

/* Adds the rows of one table that follow from `facts`. */
gboolean store_derived_insert(Store *store, const DerivedFacts *facts, const DerivedForm *form, GError **error);
