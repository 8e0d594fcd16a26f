/* Which rows of boards a reader may be shown: the problem that suppress.h solves, made of two questions. Private to
 * src/access. */
#pragma once

#include "access/board.h"

/* The KPIs of the reader's boards that are made of the same facts, and which rows of those boards are published for all
 * of them. */
typedef struct AccessMask AccessMask;

/* Of the KPIs that `kpi` goes with, itself among them. */
AccessMask *access_mask_new(const AccessBoardReader *reader, const KpiDefinition *kpi, const CalendarPeriod *period,
                            GError **error);
void access_mask_free(AccessMask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessMask, access_mask_free)

gboolean access_mask_has(const AccessMask *mask, const KpiDefinition *kpi);
/* Why no row of a KPI can be shared where people are hidden, for people; NULL: it can. */
const char *access_mask_why_not(const AccessMask *mask, const KpiDefinition *kpi);
/* Of the row of a board by `by` (ends with NULL) with so many members. What no record's person has a part in is always
 * shown. */
gboolean access_mask_shows(const AccessMask *mask, const KpiDefinition *kpi, const char *const *by,
                           const char *const *members, guint n_members);

/* The others' numbers by a KPI of a board with `names: own`, in order from the lowest. */
typedef struct {
  GArray *values;    /* double */
  gboolean is_shown; /* that they are, and how many */
  guint n_parts;     /* of as many values each as the others, the first ones of one more */
  gboolean shows[4]; /* the mean of each part */
} AccessPeers;
/* NULL: the KPI is on no such board. */
const AccessPeers *access_mask_peers(const AccessMask *mask, const KpiDefinition *kpi);
/* Where part `i` of `n_parts` of n values begins; the last ends where part n_parts begins. */
guint access_part_start(guint n, guint n_parts, guint i);

/* What every question of a board asks: KPIs by dimensions (ends with NULL) in one period. */
QueryResult *access_board_ask(const QueryContext *context, const GPtrArray *kpis, const char *const *by,
                              const CalendarPeriod *period, GError **error);
