/* Who hears the sentences of the tests: the built-in catalogue with one KPI of a workspace's own, some members, euros,
 * and Saturday, 21 November 2026. */
#pragma once

#include "target/sentence.h"

typedef struct {
  LedgerSchema *schema;
  KpiCatalogue *catalogue;
  Calendar *calendar;
  TargetHearing hearing;
} HearingFixture;

void hearing_init(HearingFixture *fixture);
/* Anew, with fiscal years that start with this month. */
void hearing_set_fiscal(HearingFixture *fixture, int first_month);
void hearing_clear(HearingFixture *fixture);
