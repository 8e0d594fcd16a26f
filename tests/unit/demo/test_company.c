/* The simulated company hangs together: what its files say agrees with each other, in time and to the cent. */
#include "../unit.h"
#include "simulated.h"
#include "table.h"

#include <string.h>

typedef struct {
  char *folder;
  DemoSummary summary;
  BaseDay until;
  Table *users, *accounts, *deals, *history, *lines, *activities, *leads;
  GHashTable *user, *account, *deal; /* rows by id */
} Company;

static int make_company(void **state) {
  Company *company = g_new0(Company, 1);
  company->folder = simulated_make(60, 12000, 1, &company->summary);
  base_day_parse_iso(SIMULATED_UNTIL, &company->until);
  company->users = table_read(company->folder, "users.csv");
  company->accounts = table_read(company->folder, "accounts.csv");
  company->deals = table_read(company->folder, "opportunities.csv");
  company->history = table_read(company->folder, "opportunity_history.csv");
  company->lines = table_read(company->folder, "order_lines.csv");
  company->activities = table_read(company->folder, "activities.csv");
  company->leads = table_read(company->folder, "leads.csv");
  company->user = table_index(company->users, "User ID");
  company->account = table_index(company->accounts, "Account ID");
  company->deal = table_index(company->deals, "Opportunity ID");
  *state = company;
  return 0;
}

static int remove_company(void **state) {
  Company *company = *state;
  Table *tables[] = {company->users, company->accounts,   company->deals, company->history,
                     company->lines, company->activities, company->leads};
  for (guint i = 0; i < G_N_ELEMENTS(tables); i++) table_free(tables[i]);
  g_hash_table_unref(company->user);
  g_hash_table_unref(company->account);
  g_hash_table_unref(company->deal);
  simulated_remove(company->folder);
  g_free(company);
  return 0;
}

static void assert_employed(const Company *company, const char *person, BaseDay day) {
  int row = table_find(company->user, person);
  assert_true(row >= 0);
  BaseDay hired = table_day(company->users, (guint)row, "Hire Date");
  BaseDay left = table_day(company->users, (guint)row, "Exit Date");
  if (day < hired || (left != BASE_DAY_NONE && day >= left)) fail_msg("%s did not work there on day %d", person, day);
}

static void people_and_names_are_distinct(void **state) {
  const Company *company = *state;
  g_autoptr(GHashTable) emails = table_index(company->users, "Email");
  g_autoptr(GHashTable) names = table_index(company->accounts, "Account Name");
  assert_int_equal(table_n(company->users), 60);
  assert_int_equal(g_hash_table_size(emails), 60);
  assert_int_equal(g_hash_table_size(names), table_n(company->accounts));
  for (guint i = 0; i < table_n(company->users); i++) {
    const char *manager = table_get(company->users, i, "Manager ID");
    if (*manager == '\0')
      assert_string_equal(table_get(company->users, i, "Profile"), "Management");
    else
      assert_true(table_find(company->user, manager) >= 0);
  }
}

/* One spell after the other, from the day of hiring to the day of leaving. */
static void memberships_cover_the_employment(void **state) {
  const Company *company = *state;
  g_autoptr(Table) spells = table_read(company->folder, "team_history.csv");
  g_autoptr(GHashTable) ends = g_hash_table_new(g_str_hash, g_str_equal);
  guint n_moves = 0;
  for (guint i = 0; i < table_n(spells); i++) {
    const char *person = table_get(spells, i, "User ID");
    guint user = (guint)table_find(company->user, person);
    BaseDay from = table_day(spells, i, "From"), until = table_day(spells, i, "Until");
    gpointer before;
    if (g_hash_table_lookup_extended(ends, person, NULL, &before)) {
      assert_int_equal(GPOINTER_TO_INT(before), from);
      n_moves++;
    } else {
      assert_int_equal(from, table_day(company->users, user, "Hire Date"));
    }
    assert_true(until == BASE_DAY_NONE || until > from);
    g_hash_table_replace(ends, (gpointer)person, GINT_TO_POINTER(until));
  }
  for (guint i = 0; i < table_n(company->users); i++) {
    gpointer end = g_hash_table_lookup(ends, table_get(company->users, i, "User ID"));
    assert_int_equal(GPOINTER_TO_INT(end), table_day(company->users, i, "Exit Date"));
  }
  assert_true(n_moves > 0);
}

static void deals_begin_after_their_account(void **state) {
  const Company *company = *state;
  for (guint i = 0; i < table_n(company->deals); i++) {
    const char *account = table_get(company->deals, i, "Account ID");
    if (*account == '\0') continue;
    int row = table_find(company->account, account);
    assert_true(row >= 0);
    assert_true(table_day(company->accounts, (guint)row, "Created Date") <= table_day(company->deals, i, "Created"));
  }
}

static void owners_work_there_when_they_own(void **state) {
  const Company *company = *state;
  for (guint i = 0; i < table_n(company->deals); i++) {
    BaseDay closed = table_day(company->deals, i, "Closed On");
    BaseDay day = closed == BASE_DAY_NONE ? company->until : closed;
    assert_employed(company, table_get(company->deals, i, "Owner ID"), day);
  }
  for (guint i = 0; i < table_n(company->history); i++)
    assert_employed(company, table_get(company->history, i, "Changed By"),
                    table_day(company->history, i, "Changed At"));
  for (guint i = 0; i < table_n(company->leads); i++)
    assert_employed(company, table_get(company->leads, i, "Owner ID"), table_day(company->leads, i, "Created"));
  for (guint i = 0; i < table_n(company->activities); i++) {
    BaseDay done = table_day(company->activities, i, "Completed");
    BaseDay day = done == BASE_DAY_NONE ? table_day(company->activities, i, "Created") : done;
    assert_employed(company, table_get(company->activities, i, "Owner ID"), day);
  }
}

/* The rows of a deal stand together in the history, in order of time, and the last is what the deal says. */
static void history_leads_to_the_outcome(void **state) {
  const Company *company = *state;
  const Table *history = company->history;
  g_autoptr(GHashTable) with_history = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < table_n(history); i++) {
    const char *id = table_get(history, i, "Opportunity ID");
    guint deal = (guint)table_find(company->deal, id);
    gboolean first = i == 0 || strcmp(table_get(history, i - 1, "Opportunity ID"), id) != 0;
    gboolean last = i + 1 == table_n(history) || strcmp(table_get(history, i + 1, "Opportunity ID"), id) != 0;
    if (first) {
      assert_true(g_hash_table_add(with_history, (gpointer)id));
      assert_string_equal(table_get(history, i, "Changed At"), table_get(company->deals, deal, "Created"));
      assert_string_equal(table_get(history, i, "Stage"), "Qualification");
    } else {
      assert_true(table_minutes(history, i, "Changed At") > table_minutes(history, i - 1, "Changed At"));
    }
    if (!last) assert_true(strncmp(table_get(history, i, "Stage"), "Closed", 6) != 0);
    if (!last) continue;
    assert_string_equal(table_get(history, i, "Stage"), table_get(company->deals, deal, "Stage"));
    assert_string_equal(table_get(history, i, "Amount"), table_get(company->deals, deal, "Amount"));
    assert_true(table_day(history, i, "Changed At") <= company->until);
    const char *closed = table_get(company->deals, deal, "Closed On");
    if (*closed != '\0') assert_string_equal(table_get(history, i, "Changed At"), closed);
  }
  assert_int_equal(g_hash_table_size(with_history), 12000);
}

static void every_won_deal_is_invoiced_to_the_cent(void **state) {
  const Company *company = *state;
  guint n = table_n(company->deals);
  g_autofree gint64 *net = g_new0(gint64, n);
  g_autofree gint64 *list = g_new0(gint64, n);
  for (guint i = 0; i < table_n(company->lines); i++) {
    if (strcmp(table_get(company->lines, i, "Kind"), "invoice") != 0) continue;
    guint deal = (guint)table_find(company->deal, table_get(company->lines, i, "Opportunity ID"));
    net[deal] += table_minor(company->lines, i, "Net Amount");
    list[deal] += table_minor(company->lines, i, "List Amount");
    BaseDay day = table_day(company->lines, i, "Invoice Date");
    assert_true(day >= table_day(company->deals, deal, "Closed On") && day <= company->until);
    assert_string_equal(table_get(company->lines, i, "Currency"), table_get(company->deals, deal, "Currency"));
  }
  gint64 n_won = 0;
  GHashTableIter iter;
  gpointer row;
  g_hash_table_iter_init(&iter, company->deal);
  while (g_hash_table_iter_next(&iter, NULL, &row)) {
    guint deal = GPOINTER_TO_UINT(row) - 1;
    gboolean won = strcmp(table_get(company->deals, deal, "Stage"), "Closed Won") == 0;
    n_won += won;
    assert_int_equal(net[deal], won ? table_minor(company->deals, deal, "Amount") : 0);
    assert_int_equal(list[deal], won ? table_minor(company->deals, deal, "List Amount") : 0);
  }
  assert_int_equal(n_won, company->summary.won);
}

static void credit_notes_take_back_no_more_than_was_sold(void **state) {
  const Company *company = *state;
  g_autoptr(GHashTable) left = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
  guint n_notes = 0;
  for (guint i = 0; i < table_n(company->lines); i++) {
    const char *deal = table_get(company->lines, i, "Opportunity ID");
    gint64 *sum = g_hash_table_lookup(left, deal);
    if (sum == NULL) g_hash_table_insert(left, (gpointer)deal, sum = g_new0(gint64, 1));
    *sum += table_minor(company->lines, i, "Net Amount");
    assert_true(*sum >= 0);
    n_notes += strcmp(table_get(company->lines, i, "Kind"), "credit note") == 0;
  }
  assert_true(n_notes > 10);
}

static void activities_lie_in_the_life_of_their_deal(void **state) {
  const Company *company = *state;
  guint n_deals = 0;
  for (guint i = 0; i < table_n(company->activities); i++) {
    const char *id = table_get(company->activities, i, "Opportunity ID");
    const char *done = table_get(company->activities, i, "Completed");
    if (*done != '\0') assert_true(table_day(company->activities, i, "Completed") <= company->until);
    if (*id == '\0') continue;
    n_deals++;
    guint deal = (guint)table_find(company->deal, id);
    if (*done == '\0') continue;
    assert_true(strcmp(done, table_get(company->deals, deal, "Created")) >= 0);
    const char *closed = table_get(company->deals, deal, "Closed On");
    assert_true(*closed == '\0' || strcmp(done, closed) <= 0);
  }
  assert_in_range(n_deals / 12000, 4, 10);
}

static void leads_happen_in_order(void **state) {
  static const char *const order[] = {"Created", "Assigned", "First Contact", "Sales Qualified", "Converted"};
  const Company *company = *state;
  for (guint i = 0; i < table_n(company->leads); i++) {
    const char *before = "";
    for (guint c = 0; c < G_N_ELEMENTS(order); c++) {
      const char *at = table_get(company->leads, i, order[c]);
      if (*at == '\0') continue;
      assert_true(strcmp(at, before) >= 0);
      assert_true(table_day(company->leads, i, order[c]) <= company->until);
      before = at;
    }
    const char *id = table_get(company->leads, i, "Opportunity ID");
    assert_int_equal(*id == '\0', *table_get(company->leads, i, "Converted") == '\0');
    if (*id == '\0') continue;
    guint deal = (guint)table_find(company->deal, id);
    assert_string_equal(table_get(company->deals, deal, "Lead ID"), table_get(company->leads, i, "Lead ID"));
    assert_string_equal(table_get(company->deals, deal, "Lead Source"), table_get(company->leads, i, "Lead Source"));
  }
}

/* A customer's recurring revenue starts with `new` and never falls below nothing. */
static void recurring_revenue_is_a_level(void **state) {
  const Company *company = *state;
  g_autoptr(Table) changes = table_read(company->folder, "subscription_changes.csv");
  gint64 level = 0;
  guint n_churned = 0, n_back = 0;
  for (guint i = 0; i < table_n(changes); i++) {
    const char *kind = table_get(changes, i, "Kind");
    gint64 change = table_minor(changes, i, "MRR Change");
    gboolean first =
        i == 0 || strcmp(table_get(changes, i, "Account ID"), table_get(changes, i - 1, "Account ID")) != 0;
    if (first) {
      level = 0;
      assert_string_equal(kind, "new");
    } else {
      assert_true(table_day(changes, i, "Effective") >= table_day(changes, i - 1, "Effective"));
      assert_int_equal(level == 0, strcmp(kind, "reactivation") == 0);
    }
    level += change;
    assert_true(level >= 0);
    assert_int_equal(change < 0, strcmp(kind, "churn") == 0 || strcmp(kind, "contraction") == 0);
    assert_int_equal(level == 0, strcmp(kind, "churn") == 0);
    n_churned += level == 0;
    n_back += strcmp(kind, "reactivation") == 0;
  }
  assert_true(n_churned > 50 && n_back > 0);
}

static void cases_are_handled_in_order(void **state) {
  const Company *company = *state;
  g_autoptr(Table) cases = table_read(company->folder, "support_cases.csv");
  for (guint i = 0; i < table_n(cases); i++) {
    const char *opened = table_get(cases, i, "Opened"), *answered = table_get(cases, i, "First Response");
    const char *resolved = table_get(cases, i, "Resolved");
    assert_true(*answered == '\0' || strcmp(answered, opened) > 0);
    assert_true(*resolved == '\0' || (*answered != '\0' && strcmp(resolved, answered) >= 0));
    assert_employed(company, table_get(cases, i, "Agent ID"), table_day(cases, i, "Opened"));
  }
  assert_true(table_n(cases) > 1000);
}

/* Splits of a deal make up the whole; overlays are on top. */
static void splits_make_up_the_whole(void **state) {
  const Company *company = *state;
  g_autoptr(Table) splits = table_read(company->folder, "opportunity_splits.csv");
  g_autoptr(GHashTable) sums = g_hash_table_new(g_str_hash, g_str_equal);
  guint n_overlays = 0;
  for (guint i = 0; i < table_n(splits); i++) {
    if (strcmp(table_get(splits, i, "Kind"), "overlay") == 0) {
      n_overlays++;
      continue;
    }
    const char *deal = table_get(splits, i, "Opportunity ID");
    int sum = GPOINTER_TO_INT(g_hash_table_lookup(sums, deal)) +
              (int)g_ascii_strtoll(table_get(splits, i, "Percent"), NULL, 10);
    g_hash_table_replace(sums, (gpointer)deal, GINT_TO_POINTER(sum));
  }
  GHashTableIter iter;
  gpointer sum;
  g_hash_table_iter_init(&iter, sums);
  while (g_hash_table_iter_next(&iter, NULL, &sum)) assert_int_equal(GPOINTER_TO_INT(sum), 100);
  assert_true(g_hash_table_size(sums) > 50 && n_overlays > 50);
}

/* As in real exports: one record twice, one date that is none, a product in two spellings, deals without an account;
 * and not many. */
static void a_few_faults_are_planted(void **state) {
  const Company *company = *state;
  guint bad_dates = 0, misspelled = 0, without_account = 0;
  for (guint i = 0; i < table_n(company->deals); i++) {
    bad_dates += strchr(table_get(company->deals, i, "Close Date"), '?') != NULL;
    misspelled += strcmp(table_get(company->deals, i, "Product"), "FleetSuite") == 0;
    without_account += *table_get(company->deals, i, "Account ID") == '\0';
  }
  assert_int_equal(table_n(company->deals), 12001);
  assert_int_equal(g_hash_table_size(company->deal), 12000);
  assert_int_equal(bad_dates, 1);
  assert_in_range(misspelled, 1, 60);
  assert_in_range(without_account, 1, 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(people_and_names_are_distinct),
      cmocka_unit_test(memberships_cover_the_employment),
      cmocka_unit_test(deals_begin_after_their_account),
      cmocka_unit_test(owners_work_there_when_they_own),
      cmocka_unit_test(history_leads_to_the_outcome),
      cmocka_unit_test(every_won_deal_is_invoiced_to_the_cent),
      cmocka_unit_test(credit_notes_take_back_no_more_than_was_sold),
      cmocka_unit_test(activities_lie_in_the_life_of_their_deal),
      cmocka_unit_test(leads_happen_in_order),
      cmocka_unit_test(recurring_revenue_is_a_level),
      cmocka_unit_test(cases_are_handled_in_order),
      cmocka_unit_test(splits_make_up_the_whole),
      cmocka_unit_test(a_few_faults_are_planted),
  };
  return cmocka_run_group_tests(tests, make_company, remove_company);
}
