/* Users, passwords, sessions, tokens, the throttle and the audit log, against a ledger in memory. Digests are those of
 * Python's hashlib; lengths of time are the rules' own. */
#include "store/values.h"
#include "unit.h"
#include "user/audit.h"
#include "user/book.h"
#include "user/secret.h"
#include "user/throttle.h"

#define SECOND   ((gint64)G_USEC_PER_SEC)
#define HOUR     (3600 * SECOND)
#define DAY      (24 * HOUR)
#define START    (G_GINT64_CONSTANT(1790000000) * SECOND)
#define PASSWORD "correct mule battery fence"
#define A_HASH   "$argon2id$made-up"

static Store *store;
static UserLimits limits;

static int set_up(void **state) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  store = store_open(NULL, schema, 0, 1, NULL);
  limits = user_limits();
  return store == NULL;
}

static int tear_down(void **state) {
  store_close(store);
  return 0;
}

static UserBook *open_book(void) {
  g_autoptr(GError) error = NULL;
  UserBook *book = user_book_read(store, &error);
  if (!book) fail_msg("%s", error->message);
  return book;
}

static gint64 add(UserBook *book, const char *name, UserRole role) {
  g_autoptr(GError) error = NULL;
  User user = {.name = (char *)name, .role = role, .made_us = START};
  gint64 number = 0;
  if (!user_book_put(book, store, &user, &number, &error)) fail_msg("%s", error->message);
  return number;
}

/* --- secrets --- */

static void test_secrets(void **state) {
  g_autofree char *a = user_secret_new(), *b = user_secret_new(), *digest = user_secret_digest("abc");
  assert_int_equal(strlen(a), 43); /* 32 bytes, 6 bits a character */
  assert_string_not_equal(a, b);
  assert_string_equal(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_autofree char *mark = user_secret_derive(a, "csrf"), *again = user_secret_derive(a, "csrf");
  g_autofree char *other = user_secret_derive(a, "else"), *theirs = user_secret_derive(b, "csrf");
  assert_true(user_secret_is_equal(mark, again));
  assert_false(user_secret_is_equal(mark, other));
  assert_false(user_secret_is_equal(mark, theirs));
  assert_false(user_secret_is_equal(mark, NULL));
  assert_false(user_secret_is_equal("", "a"));
}

static void test_password_rules(void **state) {
  static const struct {
    const char *password, *wrong; /* a part of the message; NULL: it may be one */
  } cases[] = {
      {PASSWORD, NULL},
      {"пароль из шести слов", NULL},
      {"elevenchars", "at least 12"},
      {"ananananananan", "repeats"},
      {"passpasspass", "repeats"},
      {"abcdefghijklmn", "sequence"},
      {"zyxwvutsrqponm", "sequence"},
      {"qwertyuiopas", "sequence"},
      {"P4ssw0rdP4ssw0rd", "tried first"},
      {"anasilva1234", "more than the name"},
      {"Trustno1!2024", "tried first"},
      {"monkey@monkey", NULL}, /* other than itself again; a rule that took this would take sentences */
      {"2024footballFOOTBALL!!", "tried first"},
      {"!!p@$$w0rd123", "tried first"},
      {"1qaz2wsx3edc", "tried first"},
      {"ADMINISTRATOR", "tried first"},
      {"Salesforce#2026", "tried first"},
      {"unbelievable", "tried first"},
      {"829163540718", NULL}, /* digits of no order */
      {"unbelievable turnips", NULL},
      {"ünbelievable", NULL},
  };
  const char *const names[] = {"anasilva", NULL};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    char *read = user_password_read(cases[i].password, names, &error);
    if (!cases[i].wrong && !read) fail_msg("%s: %s", cases[i].password, error->message);
    if (cases[i].wrong && read) fail_msg("%s is taken", cases[i].password);
    if (cases[i].wrong) assert_has(error->message, cases[i].wrong);
    user_password_free(read);
  }
  char longest[130] = {0}; /* ASVS 2.1.2: 64 characters are permitted, more than 128 are not */
  for (guint i = 0; i < 129; i++) longest[i] = (char)('!' + (i * i * 7 + i * 31) % 90);
  g_autoptr(GError) too_long = NULL;
  assert_null(user_password_read(longest, NULL, &too_long));
  assert_has(too_long->message, "at most 128");
  longest[128] = '\0';
  g_autofree char *taken = user_password_read(longest, NULL, NULL);
  assert_string_equal(taken, longest);
  assert_null(user_password_read(NULL, NULL, NULL));
}

/* The package's words that are long enough to be a password are none, alone and with a year. ASVS 4.0.3, 2.1.7
 * asks for the top 1,000 of that length at least. */
static void test_common_words(void **state) {
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(g_getenv("COMMON_WORDS"), &text, NULL, NULL));
  g_auto(GStrv) words = g_strsplit(text, "\n", -1);
  guint n = 0;
  for (guint i = 0; words[i]; i++) {
    gboolean is_long = strlen(words[i]) >= USER_MIN_PASSWORD;
    n += is_long;
    if (!*words[i] || i % (is_long ? 20 : 500)) continue; /* one takes milliseconds: the words are unpacked each time */
    g_autofree char *with_year = g_strconcat(words[i], "#20262026", NULL);
    char *alone = is_long ? user_password_read(words[i], NULL, NULL) : NULL;
    char *longer = user_password_read(with_year, NULL, NULL);
    if (alone || longer) fail_msg("%s is taken", alone ? alone : longer);
  }
  assert_true(n >= 1000);
}

/* é is typed as one character on one keyboard and as two on another. */
static void test_password_hashes(void **state) {
  char *composed = user_password_read("caf\xc3\xa9 caf\xc3\xa9 und Kuchen", NULL, NULL);
  g_autofree char *hash = user_password_hash(composed, NULL, NULL);
  gboolean is_weak = TRUE;
  assert_true(g_str_has_prefix(hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
  assert_true(user_password_is_right(hash, "cafe\xcc\x81 cafe\xcc\x81 und Kuchen", NULL, &is_weak));
  assert_false(is_weak);
  assert_false(user_password_is_right(hash, "cafe cafe und Kuchen", NULL, NULL));
  assert_false(user_password_is_right(NULL, "cafe cafe und Kuchen", NULL, NULL));
  user_password_free(composed);
}

/* --- the throttle --- */

static void test_throttle_grows_and_forgives(void **state) {
  UserThrottle *throttle = user_throttle_new();
  gint64 now = START;
  for (guint i = 0; i < 5; i++) assert_int_equal(user_throttle_try(throttle, "ana", "192.0.2.1", now), 0);
  assert_int_equal(user_throttle_try(throttle, "ana", "192.0.2.1", now), 1);
  now += SECOND;
  assert_int_equal(user_throttle_try(throttle, "ana", "192.0.2.1", now), 0);
  assert_int_equal(user_throttle_try(throttle, "ana", "192.0.2.1", now), 2);
  assert_int_equal(user_throttle_try(throttle, "ana", "198.51.100.7", now), 0); /* she, from elsewhere */
  user_throttle_forgive(throttle, "ana", "192.0.2.1", now);
  assert_int_equal(user_throttle_try(throttle, "ana", "192.0.2.1", now), 0);
  user_throttle_free(throttle);
}

/* 1,000 strangers at 1,000 addresses slow each other down, but not her where she was before. */
static void test_strangers_keep_nobody_out(void **state) {
  UserThrottle *throttle = user_throttle_new();
  assert_int_equal(user_throttle_try(throttle, "ana", "192.0.2.1", START), 0);
  user_throttle_forgive(throttle, "ana", "192.0.2.1", START);
  guint n_refused = 0;
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *address = g_strdup_printf("10.0.%u.%u", i / 250, i % 250);
    n_refused += user_throttle_try(throttle, "ana", address, START + SECOND) > 0;
  }
  assert_int_equal(n_refused, 950); /* 50 are free */
  assert_int_equal(user_throttle_try(throttle, "ana", "192.0.2.1", START + SECOND), 0);
  /* whoever has one address of an IPv6 network has them all */
  for (guint i = 0; i < 20; i++) {
    g_autofree char *address = g_strdup_printf("2001:db8::%x", i + 1), *name = g_strdup_printf("user%u", i);
    assert_int_equal(user_throttle_try(throttle, name, address, START), 0);
  }
  assert_int_equal(user_throttle_try(throttle, "ben", "2001:db8::ffff", START), 1);
  assert_int_equal(user_throttle_try(throttle, "ben", "2001:db8:0:1::1", START), 0);
  user_throttle_free(throttle);
}

/* --- the book --- */

static void test_names(void **state) {
  g_autofree char *name = user_name_read("Ana.Silva@Example.com", NULL);
  assert_string_equal(name, "ana.silva@example.com");
  static const char *const wrong[] = {"", "ana silva", "ana:1", "a\nb", "operator:ana", "\xff"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) assert_null(user_name_read(wrong[i], NULL));
  g_autoptr(UserBook) book = open_book();
  add(book, "ana", USER_REP);
  User twin = {.name = (char *)"ana", .role = USER_REP};
  g_autoptr(GError) error = NULL;
  assert_false(user_book_put(book, store, &twin, NULL, &error));
  assert_has(error->message, "already");
  g_autoptr(GError) unknown = NULL;
  assert_null(user_book_find(book, "anna", &unknown));
  assert_has(unknown->message, "did you mean \"ana\"");
}

static gboolean has_session(UserBook *book, const char *secret, gint64 at) {
  g_autoptr(User) user = user_book_session(book, secret, &limits, at);
  return user != NULL;
}

static void test_sessions_end(void **state) {
  g_autoptr(UserBook) book = open_book();
  gint64 number = add(book, "ben", USER_LEADER);
  g_autofree char *used = user_book_begin_session(book, store, number, &limits, START, NULL);
  g_autofree char *idle = user_book_begin_session(book, store, number, &limits, START, NULL);
  assert_false(has_session(book, "not a secret", START));
  for (gint64 at = START; at < START + 30 * DAY; at += 11 * HOUR) assert_true(has_session(book, used, at));
  assert_false(has_session(book, used, START + 30 * DAY));
  assert_false(has_session(book, idle, START + 12 * HOUR));
  g_autofree char *out = user_book_begin_session(book, store, number, &limits, START, NULL);
  assert_true(has_session(book, out, START + 12 * HOUR - 1));
  assert_true(user_book_end_session(book, store, out, NULL));
  assert_false(has_session(book, out, START + 1));
}

/* What ends sessions ends them in memory and in the database. */
static void test_changes_end_sessions(void **state) {
  g_autoptr(UserBook) book = open_book();
  gint64 number = add(book, "carla", USER_REP);
  g_autofree char *a = user_book_begin_session(book, store, number, &limits, START, NULL);
  g_autofree char *b = user_book_begin_session(book, store, number, &limits, START, NULL);
  assert_true(user_book_set_password(book, store, number, A_HASH, b, NULL));
  assert_false(has_session(book, a, START + 1));
  assert_true(has_session(book, b, START + 1));
  g_autoptr(UserBook) again = open_book();
  assert_false(has_session(again, a, START + 1));
  assert_true(has_session(again, b, START + 1));
  User promoted = {.number = number, .name = (char *)"carla", .role = USER_MANAGER, .made_us = START};
  assert_true(user_book_put(book, store, &promoted, NULL, NULL));
  assert_false(has_session(book, b, START + 1));
  g_autofree char *kept = user_book_password(book, number);
  assert_string_equal(kept, A_HASH);
  g_auto(UserTokenUse) use = {0};
  g_autofree char *session = user_book_begin_session(book, store, number, &limits, START, NULL);
  g_autofree char *token = user_book_add_token(book, store, number, "export", USER_MAY_READ, START + DAY, START, NULL);
  g_autofree char *link = user_book_invite(book, store, number, &limits, START, NULL);
  assert_true(user_book_lock(book, store, number, TRUE, NULL));
  assert_false(has_session(book, session, START + 1));
  assert_null(user_book_token(book, token, START + 1, &use));
  assert_null(user_book_invitation(book, link, START + 1));
  g_autoptr(UserBook) after = open_book();
  assert_false(has_session(after, session, START + 1));
  assert_true(user_book_lock(after, store, number, FALSE, NULL));
  assert_false(has_session(after, session, START + 1)); /* what ended stays ended */
}

static void test_links_are_used_once(void **state) {
  g_autoptr(UserBook) book = open_book();
  gint64 number = add(book, "dora", USER_ADMINISTRATOR);
  assert_false(user_book_has_administrator(book)); /* she cannot sign in yet */
  g_autofree char *first = user_book_invite(book, store, number, &limits, START, NULL);
  g_autofree char *second = user_book_invite(book, store, number, &limits, START, NULL);
  assert_null(user_book_invitation(book, first, START));
  g_autoptr(User) user = user_book_invitation(book, second, START + 3 * DAY - 1);
  assert_string_equal(user->name, "dora");
  assert_null(user_book_invitation(book, second, START + 3 * DAY));
  assert_true(user_book_set_password(book, store, number, A_HASH, NULL, NULL));
  assert_null(user_book_invitation(book, second, START + 1));
  assert_true(user_book_has_administrator(book));
}

static void count_token(const UserTokenRow *token, gpointer n) {
  ++*(guint *)n;
}

static void test_tokens(void **state) {
  g_autoptr(UserBook) book = open_book();
  gint64 number = add(book, "emil", USER_FINANCE);
  g_autofree char *secret =
      user_book_add_token(book, store, number, "nightly export", USER_MAY_READ, START + 90 * DAY, START, NULL);
  guint n = 0;
  g_auto(UserTokenUse) use = {0}, again_used = {0}, read_again = {0}, none = {0};
  assert_true(g_str_has_prefix(secret, "attain_"));
  g_autoptr(User) first = user_book_token(book, secret, START + 1, &use);
  assert_string_equal(first->name, "emil");
  assert_string_equal(use.name, "nightly export");
  assert_int_equal(use.may, USER_MAY_READ);
  assert_true(use.is_new);
  g_autoptr(User) second = user_book_token(book, secret, START + 2, &again_used);
  assert_non_null(second);
  assert_false(again_used.is_new);
  assert_null(user_book_token(book, secret, START + 90 * DAY, &none));
  assert_null(user_book_add_token(book, store, number, "nightly export", USER_MAY_READ, START + DAY, START, NULL));
  assert_true(user_book_settle(book, store, &limits, START + 2, NULL));
  g_autoptr(UserBook) again = open_book();
  g_autoptr(User) third = user_book_token(again, secret, START + 3, &read_again);
  assert_non_null(third);
  assert_false(read_again.is_new); /* that it was used outlasts the program */
  user_book_tokens(again, number, count_token, &n);
  assert_int_equal(n, 1);
  assert_true(user_book_end_token(again, store, number, "nightly export", NULL));
  assert_null(user_book_token(again, secret, START + 3, &none));
  assert_false(user_book_end_token(again, store, number, "nightly export", NULL));
}

/* No table has a secret or a password, whole or in part. */
static void test_no_secret_is_kept(void **state) {
  g_autoptr(UserBook) book = open_book();
  gint64 number = add(book, "fritz", USER_REP);
  g_autofree char *session = user_book_begin_session(book, store, number, &limits, START, NULL);
  g_autofree char *link = user_book_invite(book, store, number, &limits, START, NULL);
  g_autofree char *token = user_book_add_token(book, store, number, "t", USER_MAY_READ, START + DAY, START, NULL);
  g_autoptr(StoreRows) rows = store_query(store,
                                          "SELECT digest FROM attain_session UNION ALL SELECT digest FROM "
                                          "attain_invitation UNION ALL SELECT digest FROM attain_token",
                                          NULL, 0, 0, NULL);
  assert_true(store_rows_count(rows) >= 3);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const char *kept = store_text_at(rows, r, 0);
    assert_int_equal(strlen(kept), 64);
    assert_null(strstr(kept, session));
    assert_null(strstr(token, kept));
    assert_string_not_equal(kept, link);
  }
}

/* Somebody else's transaction is open, with rows that it wrote and has not committed; it takes nothing back. */
static void test_beside_a_transaction(void **state) {
  g_autoptr(Store) desk = store_connect(store, NULL);
  g_autoptr(UserBook) book = open_book();
  gint64 number = add(book, "greta", USER_REP);
  g_autofree char *early = user_book_begin_session(book, desk, number, &limits, START, NULL);
  assert_true(store_run(store, "CREATE TABLE loaded (id INTEGER)", NULL, 0, NULL, NULL));
  assert_true(store_begin(store, NULL));
  assert_true(store_run(store, "INSERT INTO loaded SELECT range FROM range(100000)", NULL, 0, NULL, NULL));
  g_autofree char *secret = user_book_begin_session(book, desk, number, &limits, START, NULL);
  assert_true(user_book_end_session(book, desk, early, NULL));
  assert_true(user_book_settle(book, desk, &limits, START + 1, NULL));
  UserAuditEntry entry = {.at_us = START, .who = "greta", .what = "signed in"};
  assert_true(user_audit_add(desk, &entry, NULL));
  store_rollback(store);
  g_autoptr(UserBook) again = open_book();
  assert_true(has_session(again, secret, START + 1));
  assert_false(has_session(again, early, START + 1));
  assert_true(store_run(store, "DELETE FROM attain_audit", NULL, 0, NULL, NULL)); /* the next test begins it */
}

/* --- the audit log --- */

static gboolean note(gint64 at, const char *who, const char *address, const char *what, const char *about) {
  UserAuditEntry entry = {.at_us = at, .who = who, .address = address, .what = what, .about = about};
  return user_audit_add(store, &entry, NULL);
}

static gboolean is_so(const char *sql) {
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, NULL);
  assert_non_null(rows);
  return store_int_at(rows, 0, 0) != 0;
}

/* The database's SHA-256 over what the head of audit.c says, written out here. */
static void test_audit_chain(void **state) {
  UserAuditProof proof = {.n = -1};
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.n, 0);
  assert_string_equal(proof.last, "");
  assert_true(note(1000000, "ana", "192.0.2.1", "signed in", NULL));
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_true(
      is_so("SELECT chain = sha256('0:1,1000000,64:' || who_seal || '64:' || address_seal || '9:signed in-') AND "
            "who_seal = sha256('43:' || who_salt || '3:ana') AND address_seal = sha256('43:' || address_salt || "
            "'9:192.0.2.1') AND about_seal IS NULL FROM attain_audit"));
  assert_true(note(2000000, "operator:ops", NULL, "user locked", "ben"));
  assert_true(note(3000000, "x\ny\x1b[2J", NULL, "sign-in failed", NULL));
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.n, 3);
  assert_int_equal(proof.wrong, 0);
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT chain, who FROM attain_audit ORDER BY entry", NULL, 0, 0, NULL);
  assert_true(
      is_so("SELECT b.chain = sha256('64:' || a.chain || '2,2000000,64:' || b.who_seal || '-11:user locked64:' || "
            "b.about_seal) FROM attain_audit a, attain_audit b WHERE a.entry = 1 AND b.entry = 2"));
  assert_string_equal(store_text_at(rows, 2, 1), "x y [2J"); /* nothing that moves a terminal's cursor */
}

/* A changed word, a row taken out, a row put in: each shows at the row from which nothing follows. */
static void test_audit_tampering(void **state) {
  static const struct {
    const char *sql;
    gint64 wrong;
  } cases[] = {
      {"UPDATE attain_audit SET about = 'carla' WHERE entry = 2", 2},
      {"UPDATE attain_audit SET happened_at = happened_at + INTERVAL 1 HOUR WHERE entry = 1", 1},
      {"DELETE FROM attain_audit WHERE entry = 2", 3},
      {"INSERT INTO attain_audit (entry, happened_at, who, address, what, about, chain) SELECT 4, happened_at, who, "
       "address, what, about, chain FROM attain_audit WHERE entry "
       "= "
       "3",
       4},
      {"UPDATE attain_audit SET address = '', about = NULL WHERE entry = 3", 3},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    UserAuditProof proof;
    assert_true(store_begin(store, NULL));
    assert_true(store_run(store, cases[i].sql, NULL, 0, NULL, NULL));
    assert_true(user_audit_verify(store, &proof, NULL));
    assert_int_equal(proof.wrong, cases[i].wrong);
    store_rollback(store);
  }
}

static char *without_ben(const char *text, gpointer unused) {
  return strstr(text, "ben") ? g_strdup("Erased person 1") : NULL;
}

/* The name goes, the entry stays, and what is changed beside it shows as before. */
static void test_audit_erasing(void **state) {
  UserAuditProof proof;
  gint64 n = 0;
  assert_true(note(4000000, "ben", "192.0.2.7", "signed in", NULL));
  assert_true(user_audit_erase(store, 5000000, without_ben, NULL, &n, NULL));
  assert_int_equal(n, 2);
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.wrong, 0);
  assert_int_equal(proof.n, 4);
  assert_int_equal(proof.n_erased, 2);
  assert_true(
      is_so("SELECT count(*) = 0 FROM attain_audit a WHERE a::VARCHAR LIKE '%ben%' OR a::VARCHAR LIKE '%2.7%'"));
  assert_true(store_run(store, "UPDATE attain_audit SET what = 'signed out' WHERE entry = 4", NULL, 0, NULL, NULL));
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.wrong, 4);
  assert_true(store_run(store, "UPDATE attain_audit SET what = 'signed in' WHERE entry = 4", NULL, 0, NULL, NULL));
}

/* A log from before seals: what its last hash was stands in it afterwards; one that was changed is not made whole. */
static void test_audit_from_before_seals(void **state) {
  UserAuditProof proof;
  gint64 n = 0;
  assert_true(store_begin(store, NULL));
  assert_true(
      store_run(store,
                "DELETE FROM attain_audit; INSERT INTO attain_audit (entry, happened_at, who, what, chain) "
                "SELECT 1, make_timestamp(1000000), 'ben', 'signed in', sha256('0:1,1000000,3:ben-9:signed in-')",
                NULL, 0, NULL, NULL));
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.wrong, 0);
  g_autofree char *before = g_strdup(proof.last);
  assert_true(user_audit_erase(store, 5000000, without_ben, NULL, &n, NULL));
  assert_int_equal(n, 1);
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.wrong, 0);
  assert_int_equal(proof.n, 2);
  g_autoptr(StoreRows) rows = store_query(store, "SELECT about FROM attain_audit WHERE entry = 2", NULL, 0, 0, NULL);
  assert_true(g_str_has_suffix(store_text_at(rows, 0, 0), before));
  store_rollback(store);
  assert_true(store_begin(store, NULL));
  assert_true(store_run(store,
                        "DELETE FROM attain_audit; INSERT INTO attain_audit (entry, happened_at, who, what, chain) "
                        "VALUES (1, make_timestamp(1000000), 'ben', 'signed in', 'x')",
                        NULL, 0, NULL, NULL));
  g_autoptr(GError) error = NULL;
  assert_false(user_audit_erase(store, 5000000, without_ben, NULL, &n, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  store_rollback(store);
}

/* The beginning goes, what is left is held to the hash of the last one gone, and nothing else may be missing. */
static void test_audit_tidying(void **state) {
  static const struct {
    const char *sql;
    gint64 wrong;
  } cases[] = {
      {"DELETE FROM attain_audit WHERE entry = 3", 4},
      {"DELETE FROM attain_audit WHERE what = 'audit log tidied'", 3},
      {"UPDATE attain_audit SET about = replace(about, '1 to 2', '1 to 3') WHERE what = 'audit log tidied'", 3},
      {"UPDATE attain_audit SET who = 'carla' WHERE entry = 3", 3},
  };
  UserAuditProof proof;
  gint64 last = -1, n = -1;
  assert_true(store_begin(store, NULL));
  assert_true(store_run(store, "DELETE FROM attain_audit", NULL, 0, NULL, NULL));
  assert_true(user_audit_older(store, 9000000, &last, &n, NULL));
  assert_int_equal(last, 0);
  for (gint64 at = 1; at <= 4; at++) assert_true(note(at * 1000000, "ana", NULL, "signed in", NULL));
  assert_true(user_audit_older(store, 1000000, &last, &n, NULL));
  assert_int_equal(n, 0);
  assert_true(user_audit_older(store, 3000000, &last, &n, NULL));
  assert_int_equal(last, 2);
  assert_int_equal(n, 2);
  g_autoptr(StoreRows) rows = store_query(store, "SELECT chain FROM attain_audit WHERE entry = 2", NULL, 0, 0, NULL);
  g_autofree char *about =
      g_strdup_printf("entries 1 to 2 are gone; the last one's hash was %s", store_text_at(rows, 0, 0));
  assert_true(user_audit_tidy(store, last, "operator:ops", 5000000, NULL));
  g_autoptr(StoreRows) left =
      store_query(store, "SELECT entry, about FROM attain_audit ORDER BY entry", NULL, 0, 0, NULL);
  assert_int_equal(store_rows_count(left), 3);
  assert_int_equal(store_int_at(left, 0, 0), 3);
  assert_int_equal(store_int_at(left, 2, 0), 5);
  assert_string_equal(store_text_at(left, 2, 1), about);
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.wrong, 0);
  assert_int_equal(proof.n_gone, 2);
  assert_int_equal(proof.n, 3);
  store_commit(store, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    assert_true(store_begin(store, NULL));
    assert_true(store_run(store, cases[i].sql, NULL, 0, NULL, NULL));
    assert_true(user_audit_verify(store, &proof, NULL));
    assert_int_equal(proof.wrong, cases[i].wrong);
    assert_false(user_audit_tidy(store, 4, "operator:ops", 6000000, &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
    store_rollback(store);
  }
}

/* All of it is old: the entry that says so is what is left, and the next time goes on from it. */
static void test_audit_tidying_everything(void **state) {
  UserAuditProof proof;
  gint64 last = 0, n = 0;
  assert_true(user_audit_older(store, 9000000, &last, &n, NULL));
  assert_int_equal(last, 5);
  assert_int_equal(n, 3);
  assert_true(user_audit_tidy(store, last, "operator:ops", 9000000, NULL));
  assert_true(is_so("SELECT count(*) = 1 AND min(entry) = 6 FROM attain_audit"));
  assert_true(note(9500000, "ana", NULL, "signed in", NULL));
  assert_true(user_audit_verify(store, &proof, NULL));
  assert_int_equal(proof.wrong, 0);
  assert_int_equal(proof.n_gone, 5);
  assert_int_equal(proof.n, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_secrets),
      cmocka_unit_test(test_password_rules),
      cmocka_unit_test(test_common_words),
      cmocka_unit_test(test_password_hashes),
      cmocka_unit_test(test_throttle_grows_and_forgives),
      cmocka_unit_test(test_strangers_keep_nobody_out),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_sessions_end),
      cmocka_unit_test(test_changes_end_sessions),
      cmocka_unit_test(test_links_are_used_once),
      cmocka_unit_test(test_tokens),
      cmocka_unit_test(test_no_secret_is_kept),
      cmocka_unit_test(test_beside_a_transaction),
      cmocka_unit_test(test_audit_chain),
      cmocka_unit_test(test_audit_tampering),
      cmocka_unit_test(test_audit_erasing),
      cmocka_unit_test(test_audit_from_before_seals),
      cmocka_unit_test(test_audit_tidying),
      cmocka_unit_test(test_audit_tidying_everything),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
