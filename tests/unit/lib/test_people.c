/* What users see and may through the library: the simulated company, whose names and numbers are those that the
 * operator is told of the same workspace. */
#include "command.h"

#include <dlfcn.h>

#define PASSWORD "correct mule battery fence"
#define QUARTER  "2026-Q3"

/* libsodium's, of which the library's calls come by here: computations of Argon2id. */
ATTAIN_API int crypto_pwhash_str_verify(const char *hash, const char *password, unsigned long long length);
ATTAIN_API int crypto_pwhash_str_alg(char *hash, const char *password, unsigned long long length,
                                     unsigned long long passes, size_t bytes, int algorithm);

static guint n_computed;

int crypto_pwhash_str_verify(const char *hash, const char *password, unsigned long long length) {
  int (*sodium)(const char *, const char *, unsigned long long) = NULL;
  *(void **)&sodium = dlsym(RTLD_NEXT, "crypto_pwhash_str_verify");
  n_computed++;
  return sodium(hash, password, length);
}

int crypto_pwhash_str_alg(char *hash, const char *password, unsigned long long length, unsigned long long passes,
                          size_t bytes, int algorithm) {
  int (*sodium)(char *, const char *, unsigned long long, unsigned long long, size_t, int) = NULL;
  *(void **)&sodium = dlsym(RTLD_NEXT, "crypto_pwhash_str_alg");
  n_computed++;
  return sodium(hash, password, length, passes, bytes, algorithm);
}

static char *folder;
static AttainWorkspace *workspace;
static GPtrArray *reps; /* char *: names of those who won something in the quarter, the operator's answer */

static AttainAnswer *ask(AttainWorkspace *handle, const char *kpi, const char *by) {
  AttainError error = {0};
  const char *const kpis[] = {kpi, NULL}, *const dims[] = {by, NULL};
  AttainAnswer *answer =
      attain_ask(handle, &(AttainQuestion){.kpis = kpis, .by = by ? dims : NULL, .period = QUARTER}, &error);
  if (!answer) fail_msg("%s", error.message);
  return answer;
}

static int set_up(void **state) {
  DemoSummary summary;
  folder = simulated_make(30, 1000, 3, &summary);
  g_free(ATTAIN(folder, "load"));
  workspace = open_company(folder);
  AttainAnswer *answer = ask(workspace, "won_deals", "rep");
  reps = g_ptr_array_new_with_free_func(g_free);
  for (size_t i = 0; i < attain_answer_n_rows(answer); i++) {
    const AttainRow *row = attain_answer_row(answer, i);
    if (row->figures.has_value && row->figures.value > 0) g_ptr_array_add(reps, g_strdup(row->members[0]));
  }
  attain_answer_free(answer);
  return reps->len < 3;
}

static int tear_down(void **state) {
  attain_close(workspace);
  g_ptr_array_unref(reps);
  simulated_remove(folder);
  return 0;
}

static const char *rep(guint index) {
  return g_ptr_array_index(reps, index);
}

/* The link's secret; free it. */
static char *add_user(const char *user, const char *person, const char *role) {
  AttainError error = {0};
  char *secret = attain_user_add(workspace, &(AttainUser){.user = user, .person = person, .role = role}, &error);
  if (!secret) fail_msg("%s", error.message);
  return secret;
}

static AttainWorkspace *as(const char *user) {
  AttainError error = {0};
  AttainWorkspace *handle = attain_as_user(workspace, user, &error);
  if (!handle) fail_msg("%s", error.message);
  return handle;
}

static void assert_forbidden(bool ok, AttainError *error, const char *what) {
  if (ok) fail_msg("%s was given", what);
  if (error->code != ATTAIN_ERROR_FORBIDDEN) fail_msg("%s: %d %s", what, error->code, error->message);
  attain_error_clear(error);
}

/* Refused, or not there as far as they are told. */
static void assert_hidden(const char *document, AttainError *error, const char *what) {
  if (document) fail_msg("%s was given", what);
  if (error->code != ATTAIN_ERROR_NOT_FOUND) assert_forbidden(false, error, what);
  attain_error_clear(error);
}

static double value_of(const char *kpi, const char *who) {
  AttainAnswer *answer = ask(workspace, kpi, "rep");
  double value = -1;
  for (size_t i = 0; i < attain_answer_n_rows(answer); i++)
    if (g_str_equal(attain_answer_row(answer, i)->members[0], who)) value = attain_answer_row(answer, i)->figures.value;
  attain_answer_free(answer);
  return value;
}

/* --- a rep --- */

static void test_rep_sees_own_numbers(void **state) {
  attain_free(add_user("rep0", rep(0), "rep"));
  AttainWorkspace *handle = as("rep0");
  assert_string_equal(attain_user(handle), "rep0");
  assert_string_not_equal(attain_sight(handle), attain_sight(workspace));
  static const char *const kpis[] = {"won_deals", "revenue"};
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) {
    AttainAnswer *all = ask(handle, kpis[k], NULL), *each = ask(handle, kpis[k], "rep");
    assert_true(attain_answer_row(all, 0)->figures.value == value_of(kpis[k], rep(0)));
    for (size_t i = 0; i < attain_answer_n_rows(each); i++)
      assert_string_equal(attain_answer_row(each, i)->members[0], rep(0));
    assert_int_equal(attain_answer_n_rows(each), 1);
    attain_answer_free(all);
    attain_answer_free(each);
  }
  attain_leave(handle);
}

/* No document that a rep may have names anybody else who sells. */
static void test_documents_name_nobody_else(void **state) {
  AttainWorkspace *handle = as("rep0");
  const char *const kpis[] = {"won_deals", NULL}, *const by[] = {"rep", NULL};
  AttainQuestion question = {.kpis = kpis, .by = by, .period = QUARTER};
  AttainQuestion whole = {.kpis = kpis, .period = QUARTER};
  AttainError error = {0};
  AttainScorecardQuestion scorecard = {.by = by, .period = QUARTER};
  char *const documents[] = {attain_explain(handle, &question, &error),
                             attain_records(handle, &whole, 1000, &error),
                             attain_changes(handle, &whole, "2026-10-01", &error),
                             attain_kpis(handle, NULL, &error),
                             attain_targets(handle, NULL, &error),
                             attain_scorecard(handle, &scorecard, &error),
                             attain_users(handle, &error),
                             attain_tokens(handle, &error),
                             attain_me(handle, &error)};
  for (guint d = 0; d < G_N_ELEMENTS(documents); d++) {
    if (!documents[d]) fail_msg("document %u: %s", d, error.message);
    for (guint r = 1; r < reps->len; r++)
      if (strstr(documents[d], rep(r))) fail_msg("document %u names %s:\n%.2000s", d, rep(r), documents[d]);
    attain_free(documents[d]);
  }
  attain_leave(handle);
}

#define REFUSED(call) assert_forbidden((call) != 0, &error, #call)

static void test_rep_is_refused_the_rest(void **state) {
  AttainWorkspace *handle = as("rep0");
  AttainError error = {0};
  AttainReport *report = NULL;
  AttainMemory memory;
  const char *const ids[] = {"1", NULL};
  REFUSED(attain_put(handle, "opportunity", "[]", NULL, &report, &error));
  REFUSED(attain_remove(handle, "opportunity", ids, NULL, &report, &error));
  REFUSED(attain_load(handle, NULL, &report, &error));
  REFUSED(attain_check(handle, &error));
  REFUSED(attain_lint(handle, NULL, &error));
  REFUSED(attain_close_period(handle, &(AttainClosing){.period = QUARTER}, &error));
  REFUSED(attain_alert_judge(handle, &error));
  REFUSED(attain_alert_outbox(handle, true, &error));
  REFUSED(attain_alert_run(handle, &error));
  REFUSED(attain_alert_send(handle, &error));
  REFUSED(attain_target_grid(handle, &(AttainGridQuestion){.kpi = "revenue", .by = "account"}, &error));
  REFUSED(attain_target_grid(handle, &(AttainGridQuestion){.kpi = "revenue", .by = "region"}, &error));
  /* Neither a name that is there, nor one nearly right, nor one of nobody: the same for all. */
  static const char *const whose[] = {"account:a", "account.name:Nobody", "person.name:x", "opportunity:1"};
  for (guint w = 0; w < G_N_ELEMENTS(whose); w++) {
    REFUSED(attain_scorecard(handle, &(AttainScorecardQuestion){.who = whose[w], .period = QUARTER}, &error));
    REFUSED(attain_targets(handle, &(AttainTargetsWanted){.who = whose[w]}, &error));
  }
  REFUSED(attain_memory(handle, &memory, &error));
  REFUSED(attain_set_now(handle, NULL, &error));
  REFUSED(attain_audit(handle, 0, 10, &error));
  REFUSED(attain_audit_verify(handle, &error));
  REFUSED(attain_user_add(handle, &(AttainUser){.user = "x", .role = "administrator"}, &error));
  REFUSED(attain_user_change(handle, &(AttainUser){.user = "rep0", .role = "administrator"}, &error));
  REFUSED(attain_user_lock(handle, "rep0", true, &error));
  REFUSED(attain_user_invite(handle, "rep0", &error));
  REFUSED(attain_as_user(handle, "rep0", &error));
  REFUSED(attain_token_add(handle, &(AttainToken){.name = "t", .may = ATTAIN_MAY_SEE_ALL}, &error));
  assert_int_equal(attain_subscribe(handle, NULL, NULL), 0);
  attain_leave(handle);
}

/* --- targets --- */

static char *say(AttainWorkspace *handle, const char *act, int64_t target, const char *who, const char *sentence,
                 AttainError *error) {
  AttainTargetSaying saying = {
      .act = act, .target = target, .who = who, .sentence = sentence, .author = "somebody else", .reason = "agreed"};
  return attain_target_say(handle, &saying, error);
}

static void test_targets_of_others(void **state) {
  AttainError error = {0};
  AttainWorkspace *handle = as("rep0");
  g_autofree char *own = g_strdup_printf("rep:%s", rep(0)), *other = g_strdup_printf("rep:%s", rep(1));
  g_autofree char *theirs = say(workspace, "set", 0, other, "Reach revenue of 123,456 in 2026-12", &error);
  if (!theirs) fail_msg("%s", error.message);
  assert_forbidden(say(handle, "set", 0, own, "Reach revenue of 50,000 in 2026-12", &error) != NULL, &error, "own set");
  assert_hidden(say(handle, "propose", 0, other, "Reach revenue of 50,000 in 2027-01", &error), &error, "another's");
  assert_forbidden(say(handle, "propose", 0, "company", "Reach revenue of 50,000 in 2027-01", &error) != NULL, &error,
                   "the company's");
  g_autofree char *proposed = say(handle, "propose", 0, own, "Reach revenue of 50,000 in 2026-12", &error);
  if (!proposed) fail_msg("%s", error.message);
  assert_forbidden(say(handle, "accept", 2, NULL, NULL, &error) != NULL, &error, "own words accepted");
  assert_hidden(say(handle, "counter", 2, other, "Reach revenue of 60,000 in 2026-12", &error), &error,
                "another's, of own");
  assert_null(say(handle, "comment", 1, NULL, NULL, &error));
  assert_int_equal(error.code, ATTAIN_ERROR_NOT_FOUND); /* as if it were not there */
  attain_error_clear(&error);
  g_autofree char *seen = attain_targets(handle, &(AttainTargetsWanted){.all = true}, &error);
  g_autofree char *whole = attain_targets(workspace, &(AttainTargetsWanted){.target = 2}, &error);
  assert_has(seen, "50000");
  assert_null(strstr(seen, "123456"));
  assert_has(whole, "\"rep0\""); /* their words are theirs, whoever they said they were */
  assert_null(strstr(whole, "somebody else"));
  attain_leave(handle);
}

/* After the targets of others: that is number 1. */
static void test_grids_of_others(void **state) {
  AttainError error = {0};
  AttainWorkspace *handle = as("rep0");
  AttainGridQuestion question = {.kpi = "revenue", .period = "2026-Q4"};
  g_autofree char *seen = attain_target_grid(handle, &question, &error);
  if (!seen) fail_msg("%s", error.message);
  g_autofree char *whole = attain_target_grid(workspace, &question, &error);
  assert_has(seen, rep(0));
  for (guint i = 1; i < 5; i++) assert_null(strstr(seen, rep(i)));
  assert_null(strstr(seen, "123456"));
  assert_has(whole, "123456");
  for (guint i = 0; i < 2; i++) {
    g_autofree char *csv = g_strdup_printf("revenue by rep,2027-01\n%s,5000\n", rep(i));
    AttainGridTaking taking = {.bytes = csv, .n_bytes = strlen(csv), .dry_run = true};
    char *taken = attain_target_grid_take(handle, &taking, &error);
    if (i == 0) {
      assert_forbidden(taken != NULL, &error, "one's own are set by others");
      continue;
    }
    g_autofree char *nobody = g_strdup_printf("A2: there is no rep \"%s\"", rep(i));
    assert_null(taken);
    assert_true(g_str_has_suffix(error.message, nobody)); /* as of somebody who is not there */
    attain_error_clear(&error);
  }
  assert_null(attain_target_cascade(handle, &(AttainHanding){.target = 1, .to = "rep", .dry_run = true}, &error));
  assert_int_equal(error.code, ATTAIN_ERROR_NOT_FOUND);
  attain_error_clear(&error);
  attain_leave(handle);
}

/* --- signing in --- */

static void test_signing_in(void **state) {
  AttainError error = {0};
  assert_true(attain_is_new(workspace));
  g_autofree char *link = add_user("admin", NULL, "administrator");
  assert_true(attain_is_new(workspace));
  assert_null(attain_accept_invitation(workspace, link, "short", NULL, &error));
  assert_int_equal(error.code, ATTAIN_ERROR_INPUT);
  attain_error_clear(&error);
  g_autofree char *first = attain_accept_invitation(workspace, link, PASSWORD, NULL, &error);
  assert_non_null(first);
  assert_false(attain_is_new(workspace));
  assert_forbidden(attain_accept_invitation(workspace, link, PASSWORD, NULL, &error) != NULL, &error, "a used link");
  g_autofree char *second = attain_sign_in(workspace, "ADMIN", PASSWORD, "192.0.2.1", &error);
  assert_string_not_equal(first, second);
  AttainWorkspace *handle = attain_as_session(workspace, second, &error);
  assert_string_equal(attain_sight(handle), "*");
  assert_forbidden(attain_change_password(handle, "wrong", "another good password", &error), &error, "a wrong one");
  assert_true(attain_change_password(handle, PASSWORD, "another good sentence", &error));
  attain_leave(handle);
  assert_forbidden(attain_as_session(workspace, first, &error) != NULL, &error, "a session before the change");
  assert_true(attain_sign_out(workspace, second, &error));
  assert_forbidden(attain_as_session(workspace, second, &error) != NULL, &error, "a session that was ended");
  for (guint i = 0; i < 4; i++) /* and one before: the old password when it was changed is of another place */
    assert_forbidden(attain_sign_in(workspace, "admin", PASSWORD, "192.0.2.1", &error) != NULL, &error, "the old one");
  assert_forbidden(attain_sign_in(workspace, "nobody", PASSWORD, "192.0.2.1", &error) != NULL, &error, "nobody");
}

static void test_throttle(void **state) {
  AttainError error = {0};
  guint n_wrong = 0;
  while (n_wrong < 100) {
    assert_null(attain_sign_in(workspace, "rep0", "wrong", "198.51.100.1", &error));
    if (error.code == ATTAIN_ERROR_LIMIT) break;
    attain_error_clear(&error);
    n_wrong++;
  }
  assert_int_equal(n_wrong, 5);
  assert_has(error.message, "again in 1 second");
  attain_error_clear(&error);
}

/* How many computations a sign-in takes that ends with `code`. */
static guint computed(const char *user, const char *password, const char *address, AttainErrorCode code) {
  AttainError error = {0};
  guint before = n_computed;
  attain_free(attain_sign_in(workspace, user, password, address, &error));
  if (error.code != code) fail_msg("%s from %s: %d %s", user, address, error.code, error.message);
  attain_error_clear(&error);
  return n_computed - before;
}

/* No work tells whether a name is a user's: neither while tries are free nor when they have to wait. */
static void test_unknown_names_cost_as_much(void **state) {
  AttainError error = {0};
  static const char *const names[] = {"admin", "rep0", "nobody here", "locked", "provided", "\xff", ""};
  g_free(add_user("locked", NULL, "rep"));
  assert_true(attain_user_lock(workspace, "locked", true, &error));
  const AttainUser provided = {.user = "provided", .role = "rep", .sign_in = "provider"};
  attain_free(attain_user_add(workspace, &provided, &error));
  assert_int_equal(error.code, ATTAIN_ERROR_NONE);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *address = g_strdup_printf("203.0.113.%u", i + 1);
    for (guint n = 0; n < 5; n++) assert_int_equal(computed(names[i], "wrong", address, ATTAIN_ERROR_FORBIDDEN), 1);
    assert_int_equal(computed(names[i], "wrong", address, ATTAIN_ERROR_LIMIT), 0);
  }
}

/* The code of an invitation that is none, or has to wait. */
static AttainErrorCode accept(const char *secret, const char *address) {
  AttainError error = {0};
  attain_free(attain_accept_invitation(workspace, secret, PASSWORD, address, &error));
  AttainErrorCode code = error.code;
  attain_error_clear(&error);
  return code;
}

/* 5 tries of a link and 20 of any links are free from an address; strangers' tries of links that are none, from
 * however many addresses, keep nobody from the link that they were given. */
static void test_links_are_counted_apart(void **state) {
  g_autofree char *link = add_user("invited", NULL, "rep");
  for (guint i = 0; i < 200; i++) {
    g_autofree char *wrong = g_strdup_printf("stranger's %u", i), *address = g_strdup_printf("10.1.0.%u", i);
    assert_int_equal(accept(wrong, address), ATTAIN_ERROR_FORBIDDEN);
  }
  for (guint i = 0; i < 5; i++) assert_int_equal(accept("one link", "10.2.0.1"), ATTAIN_ERROR_FORBIDDEN);
  assert_int_equal(accept("one link", "10.2.0.1"), ATTAIN_ERROR_LIMIT);
  for (guint i = 0; i < 15; i++) {
    g_autofree char *wrong = g_strdup_printf("other %u", i);
    assert_int_equal(accept(wrong, "10.2.0.1"), ATTAIN_ERROR_FORBIDDEN);
  }
  assert_int_equal(accept("a twenty-first", "10.2.0.1"), ATTAIN_ERROR_LIMIT);
  assert_int_equal(accept(link, "10.2.0.2"), ATTAIN_ERROR_NONE);
}

static void test_tokens(void **state) {
  AttainError error = {0};
  AttainWorkspace *admin = as("admin");
  g_autofree char *secret = attain_token_add(
      admin, &(AttainToken){.name = "export", .may = ATTAIN_MAY_READ | ATTAIN_MAY_SEE_ALL, .days = 1}, &error);
  if (!secret) fail_msg("%s", error.message);
  AttainWorkspace *handle = attain_as_token(workspace, secret, &error);
  assert_int_equal(attain_may(handle), ATTAIN_MAY_READ | ATTAIN_MAY_SEE_ALL);
  REFUSED(attain_user_lock(handle, "rep0", true, &error));
  REFUSED(attain_token_add(handle, &(AttainToken){.name = "more", .may = ATTAIN_MAY_READ}, &error));
  attain_leave(handle);
  g_autofree char *narrow = attain_token_add(admin, &(AttainToken){.name = "narrow", .may = ATTAIN_MAY_READ}, &error);
  handle = attain_as_token(workspace, narrow, &error);
  assert_string_not_equal(attain_sight(handle), "*"); /* without the right to see everything */
  REFUSED(attain_token_end(handle, NULL, "export", &error));
  assert_true(attain_token_end(handle, NULL, "narrow", &error));
  attain_leave(handle);
  assert_true(attain_token_end(admin, NULL, "export", &error));
  assert_forbidden(attain_as_token(workspace, secret, &error) != NULL, &error, "a token that was ended");
  attain_leave(admin);
}

static void test_lock_and_last_administrator(void **state) {
  AttainError error = {0};
  AttainWorkspace *admin = as("admin");
  assert_forbidden(attain_user_lock(admin, "admin", true, &error), &error, "the last administrator locked");
  assert_forbidden(attain_user_change(admin, &(AttainUser){.user = "admin", .role = "rep"}, &error), &error,
                   "the last administrator demoted");
  assert_true(attain_user_lock(admin, "rep0", true, &error));
  assert_forbidden(attain_as_user(workspace, "rep0", &error) != NULL, &error, "who is locked");
  assert_true(attain_user_lock(admin, "rep0", false, &error));
  attain_leave(admin);
}

/* --- beside a writer --- */

typedef struct {
  char *secret;
  gboolean is_in, is_out, is_seen;
  AttainError error;
  GAsyncQueue *done;
} Visit;

/* All that somebody who comes and goes asks for; their organisation is read anew. */
static gpointer visit(gpointer data) {
  Visit *visit = data;
  visit->secret = attain_sign_in(workspace, "admin", "another good sentence", "203.0.113.7", &visit->error);
  AttainWorkspace *handle = visit->secret ? attain_as_session(workspace, visit->secret, &visit->error) : NULL;
  g_autofree char *me = handle ? attain_me(handle, &visit->error) : NULL;
  visit->is_in = me != NULL;
  attain_leave(handle);
  if (visit->secret) visit->is_out = attain_sign_out(workspace, visit->secret, &visit->error);
  handle = visit->secret ? attain_as_session(workspace, visit->secret, NULL) : NULL;
  visit->is_seen = handle != NULL;
  attain_leave(handle);
  g_async_queue_push(visit->done, visit);
  return NULL;
}

/* A minute is for a machine that has much else to do; who waits for the writer would never come. */
static void visit_beside(void) {
  Visit one = {.done = g_async_queue_new()};
  GThread *thread = g_thread_new("visit", visit, &one);
  gboolean is_done = g_async_queue_timeout_pop(one.done, 60 * G_USEC_PER_SEC) != NULL;
  if (!is_done) fail_msg("who signs in waits for the writer");
  g_thread_join(thread);
  if (!one.is_in || !one.is_out) fail_msg("%s", one.error.message);
  assert_false(one.is_seen); /* signed out holds at once */
  g_free(one.secret);
  g_async_queue_unref(one.done);
}

static void visit_within(const AttainChange *change, void *user_data) {
  visit_beside();
  ++*(guint *)user_data;
}

static void test_signing_in_waits_for_no_writer(void **state) {
  AttainError error = {0};
  AttainReport *report = NULL;
  guint n_told = 0;
  assert_true(attain_hold(workspace, &error));
  visit_beside();
  attain_release(workspace);
  uint64_t subscription = attain_subscribe(workspace, visit_within, &n_told);
  if (!attain_put(workspace, "person", "[{\"id\": \"new1\", \"name\": \"Nia New\"}]",
                  &(AttainPutOptions){.source = "hr"}, &report, &error))
    fail_msg("%s", error.message);
  attain_unsubscribe(workspace, subscription);
  attain_report_free(report);
  assert_int_equal(n_told, 1);
  g_autofree char *proof = attain_audit_verify(workspace, &error);
  assert_has(proof, "\"first_wrong\": null");
}

static void test_audit_tells(void **state) {
  AttainError error = {0};
  g_autofree char *log = attain_audit(workspace, 0, 1000, &error), *proof = attain_audit_verify(workspace, &error);
  static const char *const words[] = {"user added",       "user invited",     "signed in",  "sign-in failed",
                                      "signed out",       "password changed", "token made", "token ended",
                                      "token used first", "user locked",      "target_say"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) assert_has(log, words[i]);
  assert_has(proof, "\"first_wrong\": null");
  assert_null(strstr(log, PASSWORD));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rep_sees_own_numbers),
      cmocka_unit_test(test_documents_name_nobody_else),
      cmocka_unit_test(test_rep_is_refused_the_rest),
      cmocka_unit_test(test_targets_of_others),
      cmocka_unit_test(test_grids_of_others),
      cmocka_unit_test(test_signing_in),
      cmocka_unit_test(test_throttle),
      cmocka_unit_test(test_unknown_names_cost_as_much),
      cmocka_unit_test(test_links_are_counted_apart),
      cmocka_unit_test(test_tokens),
      cmocka_unit_test(test_lock_and_last_administrator),
      cmocka_unit_test(test_signing_in_waits_for_no_writer),
      cmocka_unit_test(test_audit_tells),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
