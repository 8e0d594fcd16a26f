/* Targets as data: what a KPI of somebody is to be in a span of days.
 *
 *   sentence, grid, command ─► TargetTerms ─► kept with a version, an author, a reason and dates of effect
 *
 * Amounts are in the KPI's own unit, as `attain show --format json` gives its values: money in major units, shares from
 * 0 to 1, times in days. Only a change told in percent of a baseline is in percent: 10 is 10 %. */
#pragma once

#include "kpi/kpi.h"

typedef enum {
  TARGET_REACH,   /* to come to `amount` by the end, or over the span where the KPI adds up */
  TARGET_ABOVE,   /* never below `amount` */
  TARGET_BELOW,   /* never above `amount` */
  TARGET_BETWEEN, /* from `amount` to `amount_high`, both fine */
  TARGET_GROW,    /* `amount` more than in the baseline */
  TARGET_REDUCE,  /* `amount` less than in the baseline */
} TargetKind;

/* "reach", "above", "below", "between", "grow", "reduce". */
const char *target_kind_name(TargetKind kind);
gboolean target_kind_parse(const char *name, TargetKind *kind);

/* What is agreed. Texts are owned by whoever holds the terms; a zeroed one is empty. */
typedef struct {
  char *kpi;
  char *dimension; /* rep, team, region, product, …; "company": all, and then there is no member; NULL: not said */
  char *member;
  gboolean has_kind;
  TargetKind kind;
  gboolean has_amount;
  double amount;
  double amount_high;     /* BETWEEN */
  gboolean is_percent;    /* GROW and REDUCE: of the baseline */
  BaseDay baseline_start; /* GROW and REDUCE, and "from X to Y": BASE_DAY_NONE where there is none */
  BaseDay baseline_end;   /* exclusive */
  gboolean has_per;       /* `amount` is for each of these, and not for the whole span */
  CalendarGrain per;
  BaseDay start; /* BASE_DAY_NONE: not said */
  BaseDay end;   /* exclusive */
} TargetTerms;

void target_terms_init(TargetTerms *terms);                          /* empty, with its days BASE_DAY_NONE */
void target_terms_copy(TargetTerms *into, const TargetTerms *terms); /* `into` is not cleared before */
void target_terms_clear(TargetTerms *terms);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TargetTerms, target_terms_clear)
