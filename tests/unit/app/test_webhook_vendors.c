/* Webhooks as their vendors publish them: signatures that HubSpot's own pages and libraries give, and bodies as
 * HubSpot, Pipedrive and Salesforce document them. Where each is from stands beside it; nothing here is our own output.
 */
#include "app/webhook.h"
#include "unit.h"

#include <string.h>

/* --- HubSpot: developers.hubspot.com, "Validating requests", and the pages "v1 request validation", "v2 request
 * validation" --- */

#define HUB_SECRET "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
#define HUB_URI    "https://www.example.com/webhook_uri"
#define HUB_V1_BODY                                                                                          \
  "[{\"eventId\":1,\"subscriptionId\":12345,\"portalId\":62515,\"occurredAt\":1564113600000,"                \
  "\"subscriptionType\":\"contact.creation\",\"attemptNumber\":0,\"objectId\":123,\"changeSource\":\"CRM\"," \
  "\"changeFlag\":\"NEW\",\"appId\":54321}]"
#define HUB_V1 "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"

static gboolean is_hubspots(WebhookSignature version, const char *method, const char *uri, const char *body,
                            const char *signature, const char *timestamp) {
  const Webhook webhook = {.kind = WEBHOOK_HUBSPOT, .signature = version, .secret = (char *)HUB_SECRET};
  const WebhookRequest request = {.method = method,
                                  .uri = uri,
                                  .body = body,
                                  .length = strlen(body),
                                  .signature = signature,
                                  .timestamp = timestamp,
                                  .now_us = timestamp ? g_ascii_strtoll(timestamp, NULL, 10) * 1000 : 0};
  return webhook_is_authentic(&webhook, &request);
}

static void test_hubspot_v1(void **state) {
  assert_true(is_hubspots(WEBHOOK_SIGNED_V1, "POST", HUB_URI, HUB_V1_BODY, HUB_V1, NULL));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V1, "POST", HUB_URI, HUB_V1_BODY " ", HUB_V1, NULL));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V1, "POST", HUB_URI, HUB_V1_BODY, NULL, NULL));
  /* HubSpot/hubspot-api-python, tests/spec/utils/test_signature.py */
  assert_true(is_hubspots(WEBHOOK_SIGNED_V1, "POST", HUB_URI, "{'example_field':'example_value'}",
                          "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750", NULL));
}

static void test_hubspot_v2(void **state) {
  const char *get = "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e";
  const char *post = "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900";
  assert_true(is_hubspots(WEBHOOK_SIGNED_V2, "GET", HUB_URI, "", get, NULL));
  assert_true(is_hubspots(WEBHOOK_SIGNED_V2, "POST", HUB_URI, "{\"example_field\":\"example_value\"}", post, NULL));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V2, "GET", HUB_URI, "{\"example_field\":\"example_value\"}", post, NULL));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V2, "GET", HUB_URI "?a=1", "", get, NULL));
}

static void test_hubspot_v3(void **state) {
  /* HubSpot/hubspot-api-python, tests/spec/utils/test_signature.py; hubspot-api-ruby, spec/helpers/signature_spec.rb */
  const char *body = "{'example_field':'example_value'}";
  const char *python = "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=", *python_at = "1693657560000";
  const char *ruby = "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=", *ruby_at = "1700000300000";
  assert_true(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI, body, python, python_at));
  assert_true(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI, body, ruby, ruby_at));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI, body, ruby, python_at));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI, body, python, NULL));
}

/* "Validating requests" names twelve escapes of the address that are signed as the characters they stand for. The
 * signature is Python's hmac over POST, HUB_URI "?x=a:b", the body of version 1 and the time. */
static void test_hubspot_v3_address(void **state) {
  const char *signature = "pGaqipPiYpnRzTHQquj/LJH83HMaMUaJ132HqlEOjx8=", *at = "1700000000000";
  assert_true(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI "?x=a:b", HUB_V1_BODY, signature, at));
  assert_true(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI "?x=a%3Ab", HUB_V1_BODY, signature, at));
  assert_true(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI "%3fx=a%3ab", HUB_V1_BODY, signature, at));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI "?x=%61:b", HUB_V1_BODY, signature, at));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI "?x=a:b%", HUB_V1_BODY, signature, at));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI "?x=a:b%00", HUB_V1_BODY, signature, at));
}

/* A signature of one version is none of another: whoever asks for version 3 is not sent one without a time. */
static void test_hubspot_versions_apart(void **state) {
  assert_false(is_hubspots(WEBHOOK_SIGNED_V3, "POST", HUB_URI, HUB_V1_BODY, HUB_V1, "1564113600000"));
  assert_false(is_hubspots(WEBHOOK_SIGNED_V2, "POST", HUB_URI, HUB_V1_BODY, HUB_V1, NULL));
  g_autoptr(GError) error = NULL;
  g_setenv("ATTAIN_TEST_HUB", HUB_SECRET, TRUE);
  const char *text = "kind: hubspot\nsource: crm\nsecret: {env: ATTAIN_TEST_HUB}\nobjects: {deal: {table: deals}}\n";
  g_autoptr(Webhook) usual = webhook_parse("/", "hub.yaml", text, strlen(text), &error);
  assert_non_null(usual);
  assert_int_equal(usual->signature, WEBHOOK_SIGNED_V3);
  g_autofree char *older = g_strconcat(text, "signature: v1\n", NULL);
  g_autoptr(Webhook) chosen = webhook_parse("/", "hub.yaml", older, strlen(older), &error);
  assert_non_null(chosen);
  assert_int_equal(chosen->signature, WEBHOOK_SIGNED_V1);
}

static WebhookNews *read(WebhookKind kind, const char *body) {
  g_autoptr(GError) error = NULL;
  WebhookNews *news = webhook_read(kind, body, strlen(body), &error);
  if (!news) fail_msg("%s", error->message);
  return news;
}

static const WebhookItem *first_of(const WebhookNews *news) {
  assert_true(news->items->len > 0);
  return (const WebhookItem *)(gpointer)news->items->data;
}

static const char *value_of(const WebhookItem *item, const char *column) {
  for (guint i = 0; i < item->columns->len; i++)
    if (g_str_equal(item->columns->pdata[i], column)) return item->values->pdata[i] ? item->values->pdata[i] : "null";
  return "-";
}

/* The body of the page "v1 request validation". */
static void test_hubspot_body(void **state) {
  g_autoptr(WebhookNews) news = read(WEBHOOK_HUBSPOT, HUB_V1_BODY);
  const WebhookItem *item = first_of(news);
  assert_true(g_str_equal(item->object, "contact") && g_str_equal(item->id, "123") && !item->is_removed);
  assert_true(item->at_us == G_GINT64_CONSTANT(1564113600000000));
}

/* --- Pipedrive: pipedrive.readme.io, "Guide for Webhooks": HTTP basic authentication, as RFC 7617 has it; the example
 * is the RFC's, section 2 --- */

static void test_pipedrive_login(void **state) {
  const Webhook webhook = {.kind = WEBHOOK_PIPEDRIVE, .user = (char *)"Aladdin", .secret = (char *)"open sesame"};
  static const struct {
    const char *given;
    gboolean is_good;
  } cases[] = {{"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", TRUE},
               {"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", TRUE},
               {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", FALSE},
               {"Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", FALSE},
               {"Basic ", FALSE},
               {NULL, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const WebhookRequest request = {.method = "POST", .body = "{}", .length = 2, .authorization = cases[i].given};
    assert_int_equal(webhook_is_authentic(&webhook, &request), cases[i].is_good);
  }
}

/* The head and the record as "Guide for Webhooks" (version 1) and "Guide for Webhooks v2" describe them. */
static void test_pipedrive_bodies(void **state) {
  g_autoptr(WebhookNews) v1 = read(
      WEBHOOK_PIPEDRIVE,
      "{\"v\":1,\"matches_filters\":{\"current\":[],\"previous\":[]},\"meta\":{\"v\":1,\"action\":\"added\",\"object\":"
      "\"deal\",\"id\":15,\"company_id\":1,\"user_id\":2,\"host\":\"company.pipedrive.com\",\"timestamp\":1523440213,"
      "\"timestamp_micro\":1523440213384700,\"permitted_user_ids\":[],\"trans_pending\":false,\"is_bulk_update\":false,"
      "\"webhook_id\":12345678},\"retry\":0,\"current\":{\"id\":15,\"title\":\"Deal\",\"value\":10,\"currency\":"
      "\"EUR\"},\"previous\":null,\"event\":\"added.deal\"}");
  const WebhookItem *item = first_of(v1);
  assert_true(g_str_equal(item->object, "deal") && g_str_equal(item->id, "15"));
  assert_true(item->at_us == G_GINT64_CONSTANT(1523440213384700) && g_str_equal(value_of(item, "value"), "10"));
  g_autoptr(WebhookNews) v2 = read(
      WEBHOOK_PIPEDRIVE,
      "{\"meta\":{\"action\":\"change\",\"entity\":\"deal\",\"company_id\":\"123123\",\"correlation_id\":"
      "\"123456789-1234-1234-1234-123456789012\",\"entity_id\":\"123\",\"id\":\"223456789-1234-1234-1234-"
      "123456789012\","
      "\"is_bulk_edit\":false,\"timestamp\":\"2023-01-01T00:00:00.000Z\",\"type\":\"general\",\"user_id\":\"123123\","
      "\"version\":\"2.0\",\"webhook_id\":\"123\",\"webhook_owner_id\":\"123123\",\"attempt\":1,\"host\":"
      "\"company.pipedrive.com\"},\"data\":{\"id\":123,\"currency\":\"BRL\",\"custom_fields\":{},\"label_ids\":[],"
      "\"lost_reason\":null,\"stage_id\":2,\"title\":\"Deal 01\",\"value\":1},\"previous\":{\"stage_id\":1}}");
  item = first_of(v2);
  assert_true(g_str_equal(item->id, "123") && item->at_us == G_GINT64_CONSTANT(1672531200000000));
  assert_string_equal(item->event, "223456789-1234-1234-1234-123456789012");
  assert_string_equal(value_of(item, "stage_id"), "2");
  assert_string_equal(value_of(item, "lost_reason"), "null");
}

/* --- Salesforce: SOAP API Developer Guide, "Understanding the Outbound Messaging WSDL": OrganizationId, ActionId,
 * SessionId, EnterpriseUrl, PartnerUrl and up to 100 Notification, each with its Id and the sObject --- */

#define SOAP(NOTIFICATIONS)                                                                                        \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope "                                                   \
  "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "    \
  "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body><notifications "                          \
  "xmlns=\"http://soap.sforce.com/2005/09/outbound\"><OrganizationId>00D000000000001AAA</OrganizationId>"          \
  "<ActionId>04kR00000004CCXIA2</ActionId><SessionId xsi:nil=\"true\"/><EnterpriseUrl>https://a/c</EnterpriseUrl>" \
  "<PartnerUrl>https://a/u</PartnerUrl>" NOTIFICATIONS "</notifications></soapenv:Body></soapenv:Envelope>"
#define NOTIFICATION(EVENT, ID, FIELDS)        \
  "<Notification><Id>" EVENT                   \
  "</Id><sObject xsi:type=\"sf:Opportunity\" " \
  "xmlns:sf=\"urn:sobject.enterprise.soap.sforce.com\"><sf:Id>" ID "</sf:Id>" FIELDS "</sObject></Notification>"

static void test_salesforce_message(void **state) {
  g_autoptr(WebhookNews) news =
      read(WEBHOOK_SALESFORCE, SOAP(NOTIFICATION("04lR0000000CcIFIA0", "006R00000009QZaIAM",
                                                 "<sf:Name>R&amp;D &#xe9;</sf:Name><sf:NextStep xsi:nil=\"true\"/>"
                                                 "<sf:SystemModstamp>2025-12-01T08:00:00.000Z</sf:SystemModstamp>")
                                        NOTIFICATION("04lR0000000CcIGIA0", "006R00000009QZbIAM", "")));
  assert_true(news->is_soap && g_str_equal(news->organisation, "00D000000000001AAA"));
  assert_int_equal(news->items->len, 2);
  const WebhookItem *item = first_of(news);
  assert_true(g_str_equal(item->object, "Opportunity") && g_str_equal(item->event, "04lR0000000CcIFIA0"));
  assert_true(g_str_equal(item->id, "006R00000009QZaIAM") && item->at_us == G_GINT64_CONSTANT(1764576000000000));
  assert_string_equal(value_of(item, "Name"), "R&D é");
  assert_string_equal(value_of(item, "NextStep"), "null");
  assert_string_equal(item[1].id, "006R00000009QZbIAM");
}

/* Change Data Capture Developer Guide, "Gap Events": the head of a change event whose changeType begins with GAP_, and
 * no fields. */
static void test_salesforce_gap(void **state) {
  g_autoptr(WebhookNews) news =
      read(WEBHOOK_SALESFORCE,
           "{\"schema\":\"s\",\"payload\":{\"ChangeEventHeader\":{\"entityName\":\"Opportunity\",\"recordIds\":["
           "\"006A\"],\"changeType\":\"GAP_UPDATE\",\"commitTimestamp\":1764576000000,\"transactionKey\":\"k\","
           "\"sequenceNumber\":1}},\"event\":{\"replayId\":6}}");
  assert_int_equal(news->items->len, 1);
  const WebhookItem *item = first_of(news);
  assert_true(g_str_equal(item->id, "006A") && item->columns->len == 0 && !item->is_removed);
  assert_non_null(item->wrong);
  assert_non_null(strstr(item->wrong, "GAP_UPDATE"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hubspot_v1),
      cmocka_unit_test(test_hubspot_v2),
      cmocka_unit_test(test_hubspot_v3),
      cmocka_unit_test(test_hubspot_v3_address),
      cmocka_unit_test(test_hubspot_versions_apart),
      cmocka_unit_test(test_hubspot_body),
      cmocka_unit_test(test_pipedrive_login),
      cmocka_unit_test(test_pipedrive_bodies),
      cmocka_unit_test(test_salesforce_message),
      cmocka_unit_test(test_salesforce_gap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
