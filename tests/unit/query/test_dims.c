/* What --by means: words for dimensions, the way from a fact to a column, and the names of members: two people of one
 * name apart, stages in their order. */
#include "company.h"
#include "query/dims.h"

/* Chris Lee is three people (one of them only referred to) and a merged record; Dana Oak is 'x1' in two systems. */
static World world_of_namesakes(void) {
  World world = world_empty("measures:\n  euros: sum(opportunity.amount on created_at)\n");
  company_sql(
      world.store,
      "INSERT INTO person BY NAME SELECT k AS key, i AS id, n AS name, s AS from_source, k <> 5 AS known, m AS "
      "merged_into FROM (VALUES (1, 'u1', 'Chris Lee', 'crm', NULL), (2, 'u2', 'Chris Lee', 'crm', NULL), "
      "(3, 'u3', 'Pat Roe', 'crm', NULL), (4, 'u4', 'Chris Lee', 'crm', 1), (5, 'Chris Lee', NULL, 'hr', NULL), "
      "(6, 'x1', 'Dana Oak', 'crm', NULL), (7, 'x1', 'Dana Oak', 'hr', NULL)) AS t(k, i, n, s, m)");
  company_sql(world.store, "INSERT INTO team (key, id, name, known, level) VALUES (1, 't1', 'North', true, 'Area')");
  company_sql(world.store,
              "INSERT INTO stage (key, id, name, known, position) VALUES (1, 's1', 'Zeta', true, 1), "
              "(2, 's2', 'Alpha', true, 2)");
  return world;
}

static Dim resolved(const World *world, const QueryOrg *org, const char *name) {
  g_autoptr(GError) error = NULL;
  Dim dim;
  if (!query_dim_resolve(&world->context, org, name, &dim, &error)) fail_msg("%s: %s", name, error->message);
  return dim;
}

static void records_are_no_dimensions(void **state) {
  g_auto(World) world = world_of_namesakes();
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  static const char *const names[] = {"opportunity", "activity.opportunity", "lead", "opportunity.lead"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GError) error = NULL;
    Dim dim;
    assert_false(query_dim_resolve(&world.context, org, names[i], &dim, &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
    g_autofree char *same = g_strdup_printf("did you mean '%s'", names[i]);
    assert_null(strstr(error->message, same));
  }
  assert_int_equal(resolved(&world, org, "opportunity.account").kind, DIM_PATH);
}

static DimMembers *people(const World *world, const QueryOrg *org) {
  const Dim rep = resolved(world, org, "rep");
  DimMembers *members = query_members_new(&world->context, org, &rep);
  g_autoptr(GError) error = NULL;
  if (!query_members_load(members, "person", &error)) fail_msg("%s", error->message);
  return members;
}

static void namesakes_stand_apart(void **state) {
  g_auto(World) world = world_of_namesakes();
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  g_autoptr(DimMembers) members = people(&world, org);
  g_autoptr(DimMembers) copy = query_members_copy(members);
  static const char *const names[] = {NULL,        "Chris Lee (u1)", "Chris Lee (u2)",    "Pat Roe",
                                      "Chris Lee", "Chris Lee (hr)", "Dana Oak (crm x1)", "Dana Oak (hr x1)"};
  for (gint64 id = 1; id < (gint64)G_N_ELEMENTS(names); id++) {
    assert_string_equal(query_members_name(members, id), names[id]);
    assert_string_equal(query_members_name(copy, id), names[id]);
  }
  assert_int_equal(query_members_survivor(members, 4), 1);
}

static void assert_found(const DimMembers *members, const char *name, const char *expected) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_autoptr(GString) found = g_string_new(NULL);
  assert_int_equal(query_members_find(members, name, ids), *expected != '\0');
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf(found, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", g_array_index(ids, gint64, i));
  assert_string_equal(found->str, expected);
}

static void assert_names_are_found(const DimMembers *members) {
  assert_found(members, "chris lee", "1 2 4 5");
  assert_found(members, "Chris Lee (u2)", "2");
  assert_found(members, "DANA OAK (HR X1)", "7");
  assert_found(members, "Pat Roe", "3");
  assert_found(members, "Pat Roe (u3)", "");
}

/* With an index and without; a copy has none. */
static void names_are_found(void **state) {
  g_auto(World) world = world_of_namesakes();
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  g_autoptr(DimMembers) members = people(&world, org);
  assert_names_are_found(members);
  query_members_index(members);
  assert_names_are_found(members);
  g_autoptr(DimMembers) copy = query_members_copy(members);
  assert_names_are_found(copy);
  store_run(world.store, "UPDATE person SET name = 'Pat Row' WHERE name = 'Pat Roe'", NULL, 0, NULL, NULL);
  assert_true(query_members_reload(members, NULL));
  assert_found(members, "pat row", "3");
  assert_found(members, "Pat Roe", "");
}

static void words_for_dimensions(void **state) {
  g_auto(World) world = world_of_namesakes();
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  assert_int_equal(resolved(&world, org, "Owner").kind, DIM_REP);
  assert_int_equal(resolved(&world, org, "area").kind, DIM_LEVEL);
  assert_string_equal(resolved(&world, org, "customer").name, "account");
  assert_string_equal(resolved(&world, org, "lead_source").name, "source");
  g_autoptr(GError) error = NULL;
  Dim dim;
  assert_false(query_dim_resolve(&world.context, org, "produkt", &dim, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
  assert_non_null(strstr(error->message, "did you mean 'product'?"));
}

/* The columns of the path, with dots; "" where there is no way, "row" for a row's own key. */
static char *way(const World *world, const QueryOrg *org, const char *fact, const char *name) {
  const Dim dim = resolved(world, org, name);
  DimPath path = query_dim_path(&world->context, ledger_schema_find(world->schema, fact), &dim);
  GString *text = g_string_new(NULL);
  for (guint i = 0; path.possible && i < path.n_path; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? "." : "", path.path[i].column ? path.path[i].column->name : "row");
  return g_string_free(text, FALSE);
}

static void ways_from_facts(void **state) {
  static const struct {
    const char *fact, *name, *way;
  } cases[] = {
      {"opportunity", "source", "source"},
      {"opportunity", "industry", "account.industry"},
      {"opportunity", "account.industry", "account.industry"},
      {"activity", "source", "opportunity.source"},
      {"activity", "industry", "account.industry"},
      {"activity", "product", "opportunity.product"},
      {"opportunity", "opportunity.stage", "stage"},
      {"account", "account", "row"},
      {"spend", "industry", ""},
      {"spend", "account.industry", ""},
  };
  g_auto(World) world = world_of_namesakes();
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *found = way(&world, org, cases[i].fact, cases[i].name);
    if (strcmp(found, cases[i].way) != 0)
      fail_msg("%s by %s: '%s', not '%s'", cases[i].fact, cases[i].name, found, cases[i].way);
  }
}

static void stages_keep_their_order(void **state) {
  g_auto(World) world = world_of_namesakes();
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  const Dim stage = resolved(&world, org, "stage");
  g_autoptr(DimMembers) members = query_members_new(&world.context, org, &stage);
  assert_true(query_members_load(members, NULL, NULL));
  gint64 alpha = query_members_intern(members, "ALPHA"), beta = query_members_intern(members, "Beta"),
         zeta = query_members_intern(members, "Zeta");
  assert_int_equal(query_members_intern(members, "Zeta"), zeta);
  assert_int_equal(query_members_intern(members, ""), -1);
  assert_true(query_members_compare(members, zeta, alpha) < 0); /* first and second stage */
  assert_true(query_members_compare(members, alpha, beta) < 0); /* no stage of the ledger comes after them */
  assert_true(query_members_compare(members, beta, -1) < 0);    /* and none last */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(records_are_no_dimensions), cmocka_unit_test(namesakes_stand_apart),
      cmocka_unit_test(names_are_found),           cmocka_unit_test(words_for_dimensions),
      cmocka_unit_test(ways_from_facts),           cmocka_unit_test(stages_keep_their_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
