/* The section `alerts` of attain.yaml: to whom messages go, and what is wrong in it. */
#include "conf/conf.h"
#include "expect.h"

#include <string.h>

static ConfOrganisation *parse(const char *alerts, GError **error) {
  g_autofree char *text = g_strconcat("name: Test\ncurrency: EUR\nalerts: {", alerts, "}\n", NULL);
  return conf_organisation_parse("attain.yaml", text, strlen(text), ".", error);
}

static void a_mail_channel_has_addresses_and_relations(void **state) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfOrganisation) organisation = parse(
      "mail: {server: s, from: \"Attain, Inc. <a@example.com>\"}, channels: {own: {mail: [member, a@example.com, "
      "Leader, b@example.com]}, all: {mail: c@example.com}}",
      &error);
  if (!organisation) fail_msg("%s", error->message);
  const ConfChannel *own = conf_alerts_find(&organisation->alerts, "own");
  assert_true(own->to_member && own->to_leader);
  assert_string_equal("a@example.com", own->mail[0]);
  assert_string_equal("b@example.com", own->mail[1]);
  assert_null(own->mail[2]);
  const ConfChannel *all = conf_alerts_find(&organisation->alerts, "all");
  assert_false(all->to_member || all->to_leader);
}

static void what_is_wrong_is_told(void **state) {
  static const struct {
    const char *alerts, *wanted;
  } cases[] = {
      {"mail: {server: s, from: a@b}, channels: {x: {mail: [mia]}}", "or member (whom the alert is about) or leader"},
      {"mail: {server: s, from: a@b}, channels: {x: {mail: [\"Mia <mia@example.com>\"]}}", "write it bare"},
      {"mail: {server: s, from: a@b}, channels: {x: {mail: [\"a@b\\r\\nBcc: c@d\"]}}", "is no mail address"},
      {"mail: {server: s, from: a@b}, channels: {x: {mail: [a@b@c]}}", "is no mail address"},
      {"mail: {server: s, from: a@b}, channels: {\"two words\": {mail: [a@b]}}", "write it as one word"},
      {"mail: {server: s, from: Attain}", "is no sender"},
      {"mail: {server: s, from: \"A\\r\\nBcc: x@y <a@b>\"}", "is no sender"},
      {"channels: {x: {mail: [member]}}", "mail needs a server"},
      {"channels: {x: {}}", "goes nowhere"},
      {"quiet_hours: 00:00-24:00", "quiet hours all day long"},
      {"quiet_hours: 08:00-08:00", "are no hours"},
      {"working_hours: 17:00-09:00", "begin before they end"},
      {"mail: {server: s, from: a@b, password: x}", "does not belong in attain.yaml"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(ConfOrganisation) organisation = parse(cases[i].alerts, &error);
    if (organisation || !strstr(error->message, cases[i].wanted))
      fail_msg("%s\n  says: %s\n  not:  %s", cases[i].alerts, organisation ? "" : error->message, cases[i].wanted);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mail_channel_has_addresses_and_relations),
      cmocka_unit_test(what_is_wrong_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
