/* The views that there are, for `attain kpis`. Private to src/app. */
#pragma once

#include "cli/cli.h"
#include "kpi/kpi.h"

/* Each with its question and its KPIs; nothing where there are none. */
void views_print(const CliContext *context, const KpiCatalogue *catalogue);
