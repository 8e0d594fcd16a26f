/* What every question needs: the workspace's parts and the clock. Nothing here is owned. */
#pragma once

#include "base/stop.h"
#include "calendar/calendar.h"
#include "conf/conf.h"
#include "kpi/kpi.h"
#include "ledger/schema.h"
#include "query/sight.h"
#include "query/stat.h"
#include "store/store.h"

typedef struct {
  Store *store;
  const LedgerSchema *schema;
  const Calendar *calendar;
  KpiCatalogue *catalogue;
  const ConfOrganisation *organisation;
  gint64 now_us;           /* the clock: nothing that happened after it is seen */
  BaseDay today;           /* its local day */
  gboolean now_given;      /* the clock was set by hand: what happened after it must be hidden */
  const QueryStat *stat;   /* set while a question is answered */
  const QuerySight *sight; /* what the reader may see; NULL: everything */
  gboolean may_not_know;   /* people, teams … of conditions who are not in the records, or not yet, have none */
  BaseStop stop;           /* when nobody waits for the answer any more */
} QueryContext;
