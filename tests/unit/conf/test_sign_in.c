/* The section `sign_in` of attain.yaml: what stands where nothing is said, and what is wrong in it. */
#include "conf/conf.h"
#include "expect.h"

#include <string.h>

#define LEAST "issuer: 'https://op.example/', client: attain, address: 'https://attain.example/'"

static ConfOrganisation *parse(const char *section, GError **error) {
  g_autofree char *text = g_strconcat("name: Test\ncurrency: EUR\nsign_in: {", section, "}\n", NULL);
  return conf_organisation_parse("attain.yaml", text, strlen(text), "/co", error);
}

static void the_least_is_three_lines(void **state) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfOrganisation) organisation = parse(LEAST, &error);
  assert_non_null(organisation);
  const ConfSignIn *sign_in = &organisation->sign_in;
  assert_string_equal(sign_in->issuer, "https://op.example/"); /* to the letter: tokens have it so */
  assert_string_equal(sign_in->address, "https://attain.example");
  assert_string_equal(sign_in->user_claim, "email");
  assert_string_equal(sign_in->scopes[0], "openid");
  assert_null(sign_in->new_users);
  assert_null(sign_in->secret.env);
}

static void groups_keep_their_order(void **state) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfOrganisation) organisation =
      parse(LEAST ", client_secret_file: secret.txt, groups_claim: groups, roles: {z: administrator, a: rep}", &error);
  assert_non_null(organisation);
  assert_string_equal(organisation->sign_in.secret.file, "/co/secret.txt");
  assert_int_equal(organisation->sign_in.n_roles, 2);
  assert_string_equal(organisation->sign_in.roles[0].from, "z");
  assert_string_equal(organisation->sign_in.roles[1].to, "rep");
}

static void what_is_wrong_is_told(void **state) {
  static const struct {
    const char *section, *wanted;
  } cases[] = {
      {"client: a, address: 'https://a.example'", "issuer"},
      {"issuer: 'http://op.example', client: a, address: 'https://a.example'", "the provider's address: https://"},
      {"issuer: 'http://127.0.0.1.evil.example', client: a, address: 'https://a.example'", "the provider's address"},
      {"issuer: 'https://', client: a, address: 'https://a.example'", "the provider's address"},
      {"issuer: 'https://u:p@op.example', client: a, address: 'https://a.example'", "the provider's address"},
      {"issuer: 'https://op.example', client: a, address: attain.example", "as browsers have it"},
      {LEAST ", client_secret: x", "does not belong in attain.yaml"},
      {LEAST ", client_secret_env: X, client_secret_file: y", "give one"},
      {LEAST ", scopes: [email]", "openid"},
      {LEAST ", roles: {a: rep}", "groups_claim"},
      {LEAST ", groups_claim: g, roles: [a]", "a map from the provider's groups"},
      {LEAST ", groups_claim: g, groups: {a: [b]}", "a map from the provider's groups"},
      {LEAST ", new_user: rep", "new_users"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(ConfOrganisation) organisation = parse(cases[i].section, &error);
    if (organisation || !strstr(error->message, cases[i].wanted))
      fail_msg("%s\n  says: %s\n  not:  %s", cases[i].section, organisation ? "" : error->message, cases[i].wanted);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_least_is_three_lines),
      cmocka_unit_test(groups_keep_their_order),
      cmocka_unit_test(what_is_wrong_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
