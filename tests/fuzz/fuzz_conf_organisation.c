/* attain.yaml from any bytes, and YAML itself: an error with a message, or an organisation that the ledger's schema and
 * the calendar accept or refuse with a message of their own. */
#include "conf/conf.h"
#include "fuzz.h"

static void check_tree(const ConfNode *node) {
  g_assert(node->span.line >= 1 && node->span.column >= 1);
  g_assert(node->kind != CONF_SCALAR || g_utf8_validate(node->text, -1, NULL));
  for (guint i = 0; i < node->n; i++) {
    if (node->kind == CONF_MAP) check_tree(node->keys[i]);
    check_tree(node->items[i]);
  }
}

static void check_organisation(const ConfOrganisation *organisation) {
  g_autoptr(GError) schema_error = NULL, calendar_error = NULL;
  g_assert(organisation->name && organisation->currency && organisation->time_zone && organisation->max_groups >= 1);
  g_assert(organisation->calendar.first_month >= 1 && organisation->calendar.first_month <= 12);
  g_autoptr(LedgerSchema) schema = ledger_schema_new(organisation->extra, organisation->n_extra, &schema_error);
  g_assert((schema != NULL) == (schema_error == NULL));
  g_autoptr(Calendar) calendar = calendar_new(&organisation->calendar, &calendar_error);
  g_assert((calendar != NULL) == (calendar_error == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GError) yaml_error = NULL, error = NULL;
  g_autoptr(ConfDocument) document = conf_document_parse("a.yaml", (const char *)data, size, &yaml_error);
  g_assert((document != NULL) == (yaml_error == NULL));
  if (document && conf_document_root(document)) check_tree(conf_document_root(document));
  g_autoptr(ConfOrganisation) organisation =
      conf_organisation_parse("a.yaml", (const char *)data, size, "/nowhere", &error);
  g_assert((organisation != NULL) == (error == NULL));
  g_assert(error == NULL || g_utf8_validate(error->message, -1, NULL));
  if (organisation) check_organisation(organisation);
  return 0;
}
