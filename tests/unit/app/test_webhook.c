/* Webhooks: signatures against RFC 4231 and against values that Python's hmac gives (shown beside them), and what is
 * read of each system's forms. */
#include "app/webhook.h"
#include "unit.h"

#include <string.h>

#define SECRET "s3cr3t-of-the-app"
#define BODY   "[{\"eventId\":1,\"objectId\":123}]"
#define NOW_MS G_GINT64_CONSTANT(1764576000000)

/* RFC 4231, test case 2. */
static void test_hmac(void **state) {
  const char *const texts[] = {"what do ya want ", "for nothing?", NULL};
  g_autofree char *hex = webhook_hmac("Jefe", texts, TRUE);
  assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_same(void **state) {
  assert_true(webhook_is_same("", "") && webhook_is_same("abc", "abc"));
  assert_false(webhook_is_same("abc", "abd") || webhook_is_same("abc", "ab") || webhook_is_same("", "a"));
}

static gboolean is_let_in(const Webhook *webhook, const char *signature, const char *timestamp, gint64 now_ms) {
  const WebhookRequest request = {.method = "POST",
                                  .uri = "https://crm.example.com/api/v1/webhooks/hub",
                                  .body = BODY,
                                  .length = strlen(BODY),
                                  .signature = signature,
                                  .timestamp = timestamp,
                                  .now_us = now_ms * 1000};
  return webhook_is_authentic(webhook, &request);
}

/* base64(hmac_sha256("s3cr3t-of-the-app", "POST" "https://crm.example.com/api/v1/webhooks/hub" BODY "1764576000000"))
 */
#define HUBSPOT_SIGNATURE "4ifCnGXtYWcIAXIk/uGciiB3guGh7y/XCl55EjgrKQ0="
/* hex(hmac_sha256("s3cr3t-of-the-app", "1764576000." BODY)) */
#define SALESFORCE_SIGNATURE "2f4d9bb0b65227904a8eaeaae1fd719d6ee9c90304ff51a629e02911577b040f"

static void test_hubspot_signature(void **state) {
  const Webhook webhook = {.kind = WEBHOOK_HUBSPOT, .secret = (char *)SECRET};
  const char *at = "1764576000000", *good = HUBSPOT_SIGNATURE;
  assert_true(is_let_in(&webhook, good, at, NOW_MS));
  assert_true(is_let_in(&webhook, good, at, NOW_MS + 300000));
  assert_false(is_let_in(&webhook, good, at, NOW_MS + 300001)); /* five minutes */
  assert_false(is_let_in(&webhook, good, at, NOW_MS - 300001));
  assert_false(is_let_in(&webhook, good, "1764576000001", NOW_MS));
  assert_false(is_let_in(&webhook, good, NULL, NOW_MS) || is_let_in(&webhook, NULL, at, NOW_MS));
  assert_false(is_let_in(&webhook, "", at, NOW_MS) || is_let_in(&webhook, good, "", NOW_MS));
  const Webhook other = {.kind = WEBHOOK_HUBSPOT, .secret = (char *)"another"};
  assert_false(is_let_in(&other, good, at, NOW_MS));
}

static void test_salesforce_signature(void **state) {
  const Webhook webhook = {.kind = WEBHOOK_SALESFORCE, .secret = (char *)SECRET};
  assert_true(is_let_in(&webhook, "sha256=" SALESFORCE_SIGNATURE, "1764576000", NOW_MS));
  assert_true(is_let_in(&webhook, SALESFORCE_SIGNATURE, "1764576000", NOW_MS));
  assert_false(is_let_in(&webhook, "sha256=" SALESFORCE_SIGNATURE, "1764576000", NOW_MS + 300001));
  assert_false(is_let_in(&webhook, NULL, "1764576000", NOW_MS)); /* without a key in the address */
}

static WebhookNews *read(WebhookKind kind, const char *body) {
  g_autoptr(GError) error = NULL;
  WebhookNews *news = webhook_read(kind, body, strlen(body), &error);
  if (!news) fail_msg("%s", error->message);
  return news;
}

static const char *value_of(const WebhookItem *item, const char *column) {
  for (guint i = 0; i < item->columns->len; i++)
    if (g_str_equal(item->columns->pdata[i], column)) return item->values->pdata[i] ? item->values->pdata[i] : "null";
  return "-";
}

static void test_hubspot_forms(void **state) {
  g_autoptr(WebhookNews) news = read(
      WEBHOOK_HUBSPOT,
      "[{\"eventId\":1,\"subscriptionId\":5,\"occurredAt\":1764576000123,\"subscriptionType\":\"deal.propertyChange\","
      "\"objectId\":9,\"propertyName\":\"amount\",\"propertyValue\":\"12.50\"},"
      "{\"eventId\":2,\"occurredAt\":1764576000123,\"subscriptionType\":\"object.deletion\",\"objectTypeId\":\"0-3\","
      "\"objectId\":10},"
      "{\"eventId\":3,\"occurredAt\":1,\"subscriptionType\":\"deal.merge\",\"primaryObjectId\":11,\"mergedObjectIds\":["
      "12,13],"
      "\"newObjectId\":11},{\"eventId\":4,\"subscriptionType\":\"deal.associationChange\",\"fromObjectId\":1}]");
  assert_int_equal(news->items->len, 4);
  const WebhookItem *items = (const WebhookItem *)(gpointer)news->items->data;
  assert_string_equal(items[0].object, "deal");
  assert_string_equal(value_of(&items[0], "amount"), "12.50");
  assert_true(items[0].at_us == G_GINT64_CONSTANT(1764576000123000) && !items[0].is_removed);
  assert_true(g_str_equal(items[1].object, "deal") && g_str_equal(items[1].id, "10") && items[1].is_removed);
  assert_true(g_str_equal(items[2].id, "12") && items[2].is_removed && g_str_equal(items[3].id, "13"));
}

static void test_pipedrive_forms(void **state) {
  g_autoptr(WebhookNews) second = read(
      WEBHOOK_PIPEDRIVE,
      "{\"data\":{\"id\":7,\"title\":\"A \\u00e9\",\"custom_fields\":{\"abc\":{\"type\":\"monetary\",\"value\":5,"
      "\"currency\":\"EUR\"},\"def\":null}},\"meta\":{\"action\":\"change\",\"entity\":\"deal\",\"entity_id\":\"7\","
      "\"id\":\"e\",\"timestamp\":\"2025-12-01T08:00:00.500Z\"},\"previous\":null}");
  const WebhookItem *item = (const WebhookItem *)(gpointer)second->items->data;
  assert_true(g_str_equal(item->id, "7") && item->at_us == G_GINT64_CONSTANT(1764576000500000));
  assert_string_equal(value_of(item, "title"), "A é");
  assert_string_equal(value_of(item, "abc"), "5");
  assert_string_equal(value_of(item, "abc_currency"), "EUR");
  assert_string_equal(value_of(item, "abc_type"), "-");
  assert_string_equal(value_of(item, "def"), "null");
  g_autoptr(WebhookNews) first = read(WEBHOOK_PIPEDRIVE,
                                      "{\"v\":1,\"meta\":{\"action\":\"deleted\",\"object\":\"deal\","
                                      "\"id\":7,\"timestamp\":1764576000},\"current\":null}");
  assert_true(((const WebhookItem *)(gpointer)first->items->data)->is_removed);
}

static void test_salesforce_forms(void **state) {
  g_autoptr(WebhookNews) event =
      read(WEBHOOK_SALESFORCE,
           "{\"payload\":{\"ChangeEventHeader\":{\"entityName\":\"Opportunity\",\"recordIds\":[\"006A\",\"006B\"],"
           "\"changeType\":\"UPDATE\",\"changedFields\":[\"Amount\",\"NextStep\"],\"nulledFields\":[\"NextStep\"],"
           "\"commitTimestamp\":1764576000000,\"transactionKey\":\"k\",\"sequenceNumber\":1},\"Amount\":5.5,\"Name\":"
           "null}}");
  assert_int_equal(event->items->len, 2);
  const WebhookItem *item = (const WebhookItem *)(gpointer)event->items->data;
  assert_string_equal(value_of(item, "Amount"), "5.5");
  assert_string_equal(value_of(item, "NextStep"), "null");
  assert_string_equal(value_of(item, "Name"), "-"); /* it did not change */
  g_autoptr(WebhookNews) record =
      read(WEBHOOK_SALESFORCE,
           "[{\"attributes\":{\"type\":\"Lead\"},\"Id\":\"00Q1\",\"LastModifiedDate\":"
           "\"2025-12-01T08:00:00.000+0000\",\"Owner\":{\"attributes\":{\"type\":\"User\"},\"Name\":\"A\"}}]");
  assert_int_equal(record->items->len, 1);
  item = (const WebhookItem *)(gpointer)record->items->data;
  assert_true(item->at_us == NOW_MS * 1000 && g_str_equal(value_of(item, "Owner.Name"), "A"));
}

static void test_wrong_bodies(void **state) {
  static const char *const bodies[] = {"",
                                       "{",
                                       "[",
                                       "null",
                                       "{\"a\":}",
                                       "[1,]",
                                       "{\"a\":\"\\ud800\"}",
                                       "<a",
                                       "{} x",
                                       "[{}]",
                                       "{\"meta\":{}}",
                                       "<a><Notification><sObject/></Notification></a>"};
  for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
    for (int kind = WEBHOOK_SALESFORCE; kind <= WEBHOOK_PIPEDRIVE; kind++) {
      g_autoptr(GError) error = NULL;
      assert_null(webhook_read((WebhookKind)kind, bodies[i], strlen(bodies[i]), &error));
      assert_true(error && *error->message);
    }
  }
}

static void test_secret_stays_out(void **state) {
  g_autoptr(GError) error = NULL;
  const char *text = "kind: hubspot\nsource: crm\nsecret: my-open-secret\nobjects: {deal: {table: deals}}\n";
  assert_null(webhook_parse("/", "hub.yaml", text, strlen(text), &error));
  assert_non_null(strstr(error->message, "hub.yaml:3"));
  assert_null(strstr(error->message, "my-open-secret"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hmac),
      cmocka_unit_test(test_same),
      cmocka_unit_test(test_hubspot_signature),
      cmocka_unit_test(test_salesforce_signature),
      cmocka_unit_test(test_hubspot_forms),
      cmocka_unit_test(test_pipedrive_forms),
      cmocka_unit_test(test_salesforce_forms),
      cmocka_unit_test(test_wrong_bodies),
      cmocka_unit_test(test_secret_stays_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
