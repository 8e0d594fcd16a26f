/* What the tests of targets by hand have in common: KPIs over deals, days of 2026, and terms of November, which has 21
 * working days. */
#pragma once

#include "target/target.h"

#define NOVEMBER_DEFINITIONS                                                                           \
  "measures:\n"                                                                                        \
  "  won: count(opportunity where outcome = 'won' on closed_at)\n"                                     \
  "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"                      \
  "kpis:\n"                                                                                            \
  "  revenue: {formula: sum(opportunity.amount where outcome = 'won' on closed_at), better: higher}\n" \
  "  rate: {formula: won / decided, better: higher, proportion: true}\n"                               \
  "  size: {formula: median(opportunity.amount where outcome = 'won' on closed_at), better: higher}\n" \
  "  wins: {formula: won, better: higher}\n"                                                           \
  "  lost: {formula: decided - won, better: lower}\n"

static inline BaseDay day(int month, int of_month) {
  return base_day_from_civil(2026, month, of_month);
}

/* Terms whose texts stay the caller's. */
static inline TargetTerms terms_of(const char *kpi, const char *dimension, const char *member, TargetKind kind,
                                   double amount, BaseDay start, BaseDay end) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)dimension;
  terms.member = (char *)member;
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = kind;
  terms.amount = amount;
  terms.start = start;
  terms.end = end;
  return terms;
}

static inline TargetTerms in_november(const char *kpi, const char *dimension, const char *member, TargetKind kind,
                                      double amount) {
  return terms_of(kpi, dimension, member, kind, amount, day(11, 1), day(12, 1));
}
