/* What the tests of src/kpi start from: the ledger's tables and the definitions in cases/definitions.yaml. */
#pragma once

#include "kpi/kpi.h"

typedef struct {
  LedgerSchema *schema;
  KpiCatalogue *catalogue;
} KpiFixture;

/* The folder of the cases; a main takes it from its first argument. */
extern const char *fixture_folder;

/* The one of a group of tests, and what makes and frees it. */
extern KpiFixture fixture;
int fixture_set_up(void **state);
int fixture_tear_down(void **state);
void fixture_init(KpiFixture *made);
void fixture_clear(KpiFixture *made);
char *fixture_read(const char *file); /* of the folder; the caller frees */
/* One catalogue of the texts given, the first `n_built_in` of them built in; the caller frees. NULL with the problems.
 */
KpiCatalogue *fixture_load(const LedgerSchema *schema, const char *const *texts, gsize n, gsize n_built_in,
                           GPtrArray **problems);
