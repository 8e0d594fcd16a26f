/* The value of customers, read from cells of purchases. One question often asks it of the same customers again: under
 * another horizon or discount, of a period and of the one before it, of a rep and of a team of one. What is fitted to
 * customers is kept for the length of the question, and found again by who they are. */
#pragma once

#include "cube/cells.h"
#include "kpi/kpi.h"

typedef struct QueryCustomers QueryCustomers;

QueryCustomers *query_customers_new(void);
void query_customers_free(QueryCustomers *customers);

/* What a customer_value() measure is of a group's purchases before slot `to`, as known at the end of `last_day`. */
StatsLifetimeValue query_customers_value(QueryCustomers *customers, const KpiMeasure *measure, const CubeTable *cells,
                                         guint column, gint32 group, guint to, BaseDay last_day);
/* How many models have been fitted: fewer than were asked where customers came again. */
guint query_customers_n_fits(const QueryCustomers *customers);
