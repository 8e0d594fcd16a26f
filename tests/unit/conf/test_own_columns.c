/* Columns and facts of a workspace's own: what they become, and what is said of mistakes, with their place. Each text
 * stands behind two lines of name and currency; so it begins on line 3. */
#include "expect.h"

static ConfOrganisation *parse(const char *text, GError **error) {
  g_autofree char *whole = g_strconcat("name: Co\ncurrency: EUR\n", text, NULL);
  return conf_organisation_parse("attain.yaml", whole, strlen(whole), "/somewhere/co", error);
}

static void columns_and_facts(void **state) {
  static const LedgerExtraColumn expected[] = {
      {.table = "visit", .name = "at", .type = LEDGER_INSTANT, .flags = LEDGER_REQUIRED, .about = "when"},
      {.table = "visit", .name = "by", .type = LEDGER_REF, .ref = "person", .flags = LEDGER_OWNED, .about = "by"},
      {.table = "visit", .name = "of", .type = LEDGER_REF, .ref = "visit", .about = "of"},
      {.table = "visit", .name = "next_at", .type = LEDGER_INSTANT, .flags = LEDGER_PLAN, .about = "next_at"},
      {.table = "visit", .name = "note", .type = LEDGER_TEXT, .about = "note"},
      {.table = "account", .name = "size", .type = LEDGER_COUNT, .about = "size"},
      {.table = "visit", .name = "paid", .type = LEDGER_BOOL, .about = "paid"},
      {.table = "opportunity", .name = "discount", .type = LEDGER_SHARE, .about = "given, of the list price"},
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfOrganisation) organisation = parse(
      "facts:\n"
      "  visit:\n"
      "    columns:\n"
      "      at: {type: time, required: true, about: when}\n"
      "      by: {type: reference, to: person, credited: true}\n"
      "      of: {type: reference, to: visit}\n"
      "      next_at: {type: time, planned: true}\n"
      "      note:\n" /* nothing said of it: a text */
      "dimensions:\n"
      "  size: {of: account, type: count}\n"
      "  paid: {of: visit, type: yes_no}\n" /* one of the workspace's own facts */
      "  discount: {of: opportunity, type: share, about: 'given, of the list price'}\n",
      &error);
  if (organisation == NULL) fail_msg("%s", error->message);
  assert_int_equal(organisation->n_extra, G_N_ELEMENTS(expected));
  for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
    const LedgerExtraColumn *column = &organisation->extra[i];
    assert_string_equal(column->table, expected[i].table);
    assert_string_equal(column->name, expected[i].name);
    assert_string_equal(column->about, expected[i].about);
    assert_int_equal(column->type, expected[i].type);
    assert_int_equal(column->flags, expected[i].flags);
    assert_int_equal(g_strcmp0(column->ref, expected[i].ref), 0);
  }
  g_autoptr(LedgerSchema) schema = ledger_schema_new(organisation->extra, organisation->n_extra, &error);
  if (schema == NULL) fail_msg("%s", error->message);
  assert_string_equal(ledger_table_owner(ledger_schema_find(schema, "visit"))->name, "by");
}

static void mistakes(void **state) {
  static const struct {
    const char *text, *says;
  } cases[] = {
      {"dimensions: {size: {of: acount, type: text}}\n",
       "attain.yaml:3:25: there is no table \"acount\": did you mean \"account\"?"},
      {"dimensions: {size: {of: qqqqqqqqqqqqqq, type: text}}\n",
       "attain.yaml:3:25: there is no table \"qqqqqqqqqqqqqq\": such as account, person or opportunity"},
      {"dimensions: {stage: {of: opportunity, type: text}}\n",
       "attain.yaml:3:14: opportunity already has a column \"stage\": choose another name"},
      {"dimensions: {Size: {of: account, type: text}}\n",
       "attain.yaml:3:14: \"Size\" is no name: use small letters, digits and _, starting with a letter, 63 at most"},
      {"dimensions: {1st: {of: account, type: text}}\n",
       "attain.yaml:3:14: \"1st\" is no name: use small letters, digits and _, starting with a letter, 63 at most"},
      {"dimensions: {\"a; drop\": {of: account, type: text}}\n",
       "attain.yaml:3:14: \"a; drop\" is no name: use small letters, digits and _, starting with a letter, 63 at most"},
      {"dimensions: {boss: {of: account, type: reference}}\n",
       "attain.yaml:3:20: a reference needs the table it refers to: add `to: person` or the like"},
      {"dimensions: {boss: {of: account, type: reference, to: persons}}\n",
       "attain.yaml:3:55: there is no table \"persons\": did you mean \"person\"?"},
      {"dimensions: {boss: {of: account, type: text, to: person}}\n",
       "attain.yaml:3:50: \"to\" is for `type: reference` only"},
      {"dimensions: {boss: {of: account, credited: true}}\n",
       "attain.yaml:3:44: \"credited\" is for `type: reference` only"},
      {"dimensions: {rival: {of: account, type: reference, to: account, credited: true}}\n",
       "attain.yaml:3:75: only a reference `to: person` can be credited"},
      {"dimensions: {plan: {of: account, type: text, planned: true}}\n",
       "attain.yaml:3:55: \"planned\" is for `type: time` only"},
      {"dimensions: []\n",
       "attain.yaml:3:13: a map of columns, such as `size: {of: account, type: text}`, is expected here"},
      {"facts: {}\n", "attain.yaml:3:8: a map of facts, each with its columns, is expected here"},
      {"facts: {visit: {columns: {}}}\n",
       "attain.yaml:3:26: a map of columns, such as `at: {type: time}`, is expected here"},
      {"facts: {person: {columns: {at: {type: time}}}}\n",
       "attain.yaml:3:9: \"person\" is a fact already: add columns to it under `dimensions:`, with `of: person`"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    GError *error = NULL;
    g_autoptr(ConfOrganisation) organisation = parse(cases[i].text, &error);
    if (organisation != NULL) fail_msg("not refused: %s", cases[i].text);
    expect_error(error, BASE_ERROR_INPUT, cases[i].says);
  }
}

/* `of` says whose column it is where nothing else does. */
static void where_a_column_belongs(void **state) {
  static const char *const texts[] = {
      "dimensions: {size: {type: text}}\n",
      "facts: {visit: {columns: {at: {of: account, type: time}}}}\n",
      "dimensions: {size: {of: account, type: words}}\n",
      "facts: {visit: {about: 'no columns'}}\n",
  };
  static const char *const says[] = {"of", "of", "words", "columns"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(ConfOrganisation) organisation = parse(texts[i], &error);
    if (organisation != NULL) fail_msg("not refused: %s", texts[i]);
    if (strstr(error->message, says[i]) == NULL || !g_str_has_prefix(error->message, "attain.yaml:3:"))
      fail_msg("%s: %s", texts[i], error->message);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(columns_and_facts),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(where_a_column_belongs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
