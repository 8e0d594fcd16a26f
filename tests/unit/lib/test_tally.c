/* Changes counted for the audit log. Times are given, sums are added up by hand beside what is counted. */
#include "base/fault.h"
#include "lib/tally.h"
#include "unit.h"
#include "user/audit.h"

#define START G_GINT64_CONSTANT(1790000000000000) /* 2026-09-21 */
#define NOW   G_GINT64_CONSTANT(5000000)          /* of the clock that only goes forward */

static Store *open_store(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, &error);
  Store *store = schema ? store_open(NULL, schema, STORE_CREATE, 0, &error) : NULL;
  if (!store) fail_msg("%s", error->message);
  return store;
}

static void put(LibTally *tally, const char *who, const char *source, gint64 load, gint64 n_new, gint64 n_changed) {
  const LibCounted counted = {.who = who,
                              .what = "put",
                              .source = source,
                              .table = "opportunity",
                              .load = load,
                              .n_new = n_new,
                              .n_changed = n_changed};
  lib_tally_count(tally, &counted, NOW);
}

static void write_now(LibTally *tally, Store *store) {
  g_autoptr(GError) error = NULL;
  if (!lib_tally_write(tally, store, START, NOW, &error)) fail_msg("%s", error->message);
}

static void add_line(const UserAuditEntry *entry, gpointer data) {
  assert_int_equal(entry->at_us, START);
  g_string_append_printf(data, "%s|%s|%s|%s\n", entry->who, entry->address ? entry->address : "-", entry->what,
                         entry->about);
}

/* "who|address|what|about", a line each, after entry `after`. */
static char *entries_of(Store *store, gint64 after) {
  g_autoptr(GError) error = NULL;
  GString *lines = g_string_new(NULL);
  UserAuditProof proof;
  if (!user_audit_read(store, after, 100000, add_line, lines, &error) || !user_audit_verify(store, &proof, &error))
    fail_msg("%s", error->message);
  assert_int_equal(proof.wrong, 0);
  return g_string_free(lines, FALSE);
}

/* Ana's 1 + 2 new and 0 + 3 changed in loads 7 and 9 are one entry; what differs in user, token, kind, source or table
 * is another. */
static void test_sums(void **state) {
  g_autoptr(Store) store = open_store();
  g_autoptr(LibTally) tally = lib_tally_new(NULL);
  put(tally, "ana", "crm", 7, 1, 0);
  put(tally, "ben", "crm", 8, 4, 1);
  put(tally, "ana", "crm", 9, 2, 3);
  put(tally, "ana", "shop", 10, 0, 1);
  LibCounted counted = {.who = "ana", .token = "sync", .what = "put", .source = "crm", .table = "opportunity"};
  counted.load = 11;
  counted.n_new = 5;
  lib_tally_count(tally, &counted, NOW);
  counted = (LibCounted){.who = "ana", .what = "removed", .source = "crm", .table = "opportunity", .load = 12};
  counted.n_removed = 2;
  lib_tally_count(tally, &counted, NOW);
  counted = (LibCounted){.who = "webhook:hub", .what = "webhook", .source = "crm", .table = "activity", .load = 13};
  counted.n_changed = 1;
  lib_tally_count(tally, &counted, NOW);
  write_now(tally, store);
  g_autofree char *entries = entries_of(store, 0);
  assert_string_equal(entries,
                      "ana|-|put|crm, opportunity, loads 7 to 9: 3 new, 3 changed, 0 gone\n"
                      "ben|-|put|crm, opportunity, load 8: 4 new, 1 changed, 0 gone\n"
                      "ana|-|put|shop, opportunity, load 10: 0 new, 1 changed, 0 gone\n"
                      "ana|-|put|crm, opportunity, load 11: 5 new, 0 changed, 0 gone, with the token sync\n"
                      "ana|-|removed|crm, opportunity, load 12: 0 new, 0 changed, 2 gone\n"
                      "webhook:hub|-|webhook|crm, activity, load 13: 0 new, 1 changed, 0 gone\n");
  write_now(tally, store);
  g_autofree char *more = entries_of(store, 6);
  assert_string_equal(more, ""); /* written once */
}

/* A minute after the first of what is not written, whatever comes after it. */
static void test_due(void **state) {
  g_autoptr(Store) store = open_store();
  g_autoptr(LibTally) tally = lib_tally_new(NULL);
  assert_int_equal(lib_tally_due_us(tally), G_MAXINT64);
  put(tally, "ana", "crm", 0, 0, 0); /* nothing was changed */
  assert_int_equal(lib_tally_due_us(tally), G_MAXINT64);
  put(tally, "ana", "crm", 1, 1, 0);
  LibCounted later = {.who = "ana", .what = "put", .source = "crm", .table = "account", .load = 2, .n_new = 1};
  lib_tally_count(tally, &later, NOW + 30 * G_USEC_PER_SEC);
  assert_int_equal(lib_tally_due_us(tally), NOW + 60 * G_USEC_PER_SEC);
  write_now(tally, store);
  assert_int_equal(lib_tally_due_us(tally), G_MAXINT64);
  later.load = 3;
  lib_tally_count(tally, &later, NOW + 90 * G_USEC_PER_SEC);
  assert_int_equal(lib_tally_due_us(tally), NOW + 150 * G_USEC_PER_SEC);
}

/* What a full disk kept out is there with the next writing, in the order in which it was counted: 1 + 2 new, and 5. */
static void test_failure(void **state) {
  g_autoptr(Store) store = open_store();
  g_autoptr(LibTally) tally = lib_tally_new(NULL);
  g_autoptr(GError) error = NULL;
  put(tally, "ana", "crm", 1, 1, 0);
  base_fault_arm("store.commit", 1);
  assert_false(lib_tally_write(tally, store, START, NOW + 70 * G_USEC_PER_SEC, &error));
  base_fault_disarm();
  assert_int_equal(lib_tally_due_us(tally), NOW + 130 * G_USEC_PER_SEC);
  g_autofree char *none = entries_of(store, 0);
  assert_string_equal(none, "");
  put(tally, "ben", "crm", 2, 5, 0);
  put(tally, "ana", "crm", 3, 2, 0);
  write_now(tally, store);
  g_autofree char *entries = entries_of(store, 0);
  assert_string_equal(entries,
                      "ana|-|put|crm, opportunity, loads 1 to 3: 3 new, 0 changed, 0 gone\n"
                      "ben|-|put|crm, opportunity, load 2: 5 new, 0 changed, 0 gone\n");
}

/* Strangers make one entry a minute, however many there are and whatever they name. */
static void test_repeated(void **state) {
  g_autoptr(Store) store = open_store();
  g_autoptr(LibTally) tally = lib_tally_new(NULL);
  LibRepeated repeated = {"server", "192.0.2.1", "webhook_refused", "hub"};
  lib_tally_repeat(tally, &repeated, NOW);
  assert_int_equal(lib_tally_due_us(tally), NOW + 60 * G_USEC_PER_SEC);
  write_now(tally, store);
  repeated = (LibRepeated){"server", "192.0.2.2", "webhook_refused", "pipe"};
  lib_tally_repeat(tally, &repeated, NOW);
  repeated = (LibRepeated){"server", "192.0.2.3", "webhook_refused", "none"};
  for (guint i = 0; i < 1000; i++) lib_tally_repeat(tally, &repeated, NOW);
  write_now(tally, store);
  g_autofree char *entries = entries_of(store, 0);
  assert_string_equal(entries,
                      "server|192.0.2.1|webhook_refused|hub\n"
                      "server|192.0.2.2|webhook_refused|pipe, and 1000 more within a minute\n");
}

/* A name is shortened, never what stands behind it; sources beyond the cap are told together, and no record is lost:
 * the 3 of them are 3 new ones. */
static void test_names_are_bounded(void **state) {
  g_autoptr(Store) store = open_store();
  g_autoptr(LibTally) tally = lib_tally_new(NULL);
  g_autofree char *longest = g_strnfill(5000, 's'), *shown = g_strnfill(80, 's');
  put(tally, "ana", longest, 1, 1, 0);
  for (gint64 i = 1; i < LIB_MAX_TALLY_ROWS + 3; i++) {
    g_autofree char *source = g_strdup_printf("s%" G_GINT64_FORMAT, i);
    put(tally, "ana", source, i, 1, 0);
  }
  put(tally, "ana", "s1", 2000, 1, 0);
  write_now(tally, store);
  g_autofree char *entries = entries_of(store, 0);
  g_autofree char *first = g_strdup_printf("ana|-|put|%s…, opportunity, load 1: 1 new, 0 changed, 0 gone\n", shown);
  assert_true(g_str_has_prefix(entries, first));
  assert_has(entries, "ana|-|put|s1, opportunity, loads 1 to 2000: 2 new, 0 changed, 0 gone\n");
  assert_true(g_str_has_suffix(entries,
                               "ana|-|put|other sources, opportunity, loads 1000 to 1002: 3 new, 0 changed, 0 "
                               "gone\n"));
}

#define N_THREADS 4
#define N_PUTS    500

static gpointer put_many(gpointer tally) {
  for (gint64 i = 0; i < N_PUTS; i++) put(tally, "ana", "crm", i, 1, 0);
  return NULL;
}

static void add_new(const UserAuditEntry *entry, gpointer sum) {
  *(gint64 *)sum += g_ascii_strtoll(strchr(entry->about, ':') + 1, NULL, 10);
}

/* Counted while it is written, nothing is lost and nothing twice. */
static void test_threads(void **state) {
  g_autoptr(Store) store = open_store();
  g_autoptr(LibTally) tally = lib_tally_new(NULL);
  GThread *threads[N_THREADS];
  for (guint i = 0; i < N_THREADS; i++) threads[i] = g_thread_new("put", put_many, tally);
  for (guint i = 0; i < 20; i++) write_now(tally, store);
  for (guint i = 0; i < N_THREADS; i++) g_thread_join(threads[i]);
  write_now(tally, store);
  gint64 sum = 0;
  assert_true(user_audit_read(store, 0, 100000, add_new, &sum, NULL));
  assert_int_equal(sum, N_THREADS * N_PUTS);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums),    cmocka_unit_test(test_due),
                                     cmocka_unit_test(test_failure), cmocka_unit_test(test_repeated),
                                     cmocka_unit_test(test_threads), cmocka_unit_test(test_names_are_bounded)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
