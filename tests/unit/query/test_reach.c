/* What may be asked of the records that one's own refer to, by people who do not see everything. Which columns there
 * are says docs/ledger.md; whose salary nobody may find by halving a number follows from docs/security.md. */
#include "query/reach.h"
#include "unit.h"

static LedgerSchema *schema;

static int set_up(void **state) {
  schema = ledger_schema_new(NULL, 0, NULL);
  return schema ? 0 : -1;
}

static int tear_down(void **state) {
  ledger_schema_free(schema);
  return 0;
}

static gboolean is_told(const char *by, const char *where) {
  g_autoptr(GError) error = NULL;
  const char *const dimensions[] = {by, NULL}, *const conditions[] = {where, NULL};
  gboolean ok = query_reach_check(schema, dimensions, conditions, &error);
  if (!ok) assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_FORBIDDEN));
  return ok;
}

static void told(void **state) {
  static const char *const conditions[] = {
      "amount > 1000",
      "account.industry = 'Food' and account.annual_revenue > 5",
      "opportunity.stage = 'Offer'",
      "owner.region = 'North'",
      "owner = 'Ana Silva'",
      "manager = 'Eve'",
      "name = 'owner.manager.cost > 5'",
      "source <> \"account.owner\" and amount > 1.5",
      "stage <> 'it''s owner.cost'",
      "no.such.column = 1",
  };
  static const char *const dimensions[] = {"rep", "team", "account", "account.industry", "opportunity.stage", "stage"};
  for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++)
    if (!is_told(NULL, conditions[i])) fail_msg("where %s is not told", conditions[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(dimensions); i++)
    if (!is_told(dimensions[i], NULL)) fail_msg("by %s is not told", dimensions[i]);
}

static void not_told(void **state) {
  static const char *const conditions[] = {
      "owner.manager.cost > 97000",
      "owner.cost > 50000", /* of a shared deal it is another's */
      "Account.OWNER.Cost > 70000",
      "amount > 1 and not (account . owner\n.email = 'a')",
      "contains(lead.owner.name, 'a')",
      "account.owner = 'Ben'",
      "name = 'x' and owner.team.manager.cost > 1",
      "opportunity.amount > 20000",
      "opportunity.name = 'Big one'",
      "activity.opportunity.amount > 20000",
      "manager.cost > 1",
      "source = 'a''b' and owner.manager.cost > 5 and name = '''",
  };
  static const char *const dimensions[] = {"account.owner", "account.owner.email", "opportunity.name",
                                           "owner.manager.email", "lead.name"};
  for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++)
    if (is_told(NULL, conditions[i])) fail_msg("where %s is told", conditions[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(dimensions); i++)
    if (is_told(dimensions[i], NULL)) fail_msg("by %s is told", dimensions[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(told), cmocka_unit_test(not_told)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
