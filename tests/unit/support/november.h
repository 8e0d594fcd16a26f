/* What the tests of targets by hand have in common: KPIs over deals, Ana and Ben of team North, days of 2026, and
 * targets of November, which has 21 working days; the clock is at the end of Friday, 20 November 2026, when 15 are
 * over. */
#pragma once

#include "company.h"
#include "target/keep.h"

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

BaseDay day(int month, int of_month);
/* A company with these deals, created on a day, and no target. */
World november_world(const char *definitions, const char *created, const WorldDeal *deals, guint n);
/* Terms whose texts stay the caller's. */
TargetTerms terms_of(const char *kpi, const char *dimension, const char *member, TargetKind kind, double amount,
                     BaseDay start, BaseDay end);
TargetTerms in_november(const char *kpi, const char *dimension, const char *member, TargetKind kind, double amount);
/* The target that Mia sets with them on a day, kept in the ledger; free it. The version becomes the target's. */
Target *november_set(const World *world, TargetVersion *version, BaseDay on);
