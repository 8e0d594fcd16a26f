/* A source's YAML from any text: an error with a message, or a source. */
#include "fuzz.h"
#include "ingest/ingest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static LedgerSchema *schema;
  if (!schema) schema = ledger_schema_new(NULL, 0, NULL);
  ConfOrganisation organisation = {.currency = (char *)"EUR", .time_zone = (char *)"UTC", .max_rejected_share = 0.05};
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestSource) source =
      ingest_source_parse("fuzz.yaml", (const char *)data, size, "/nowhere", schema, &organisation, &error);
  g_assert((source == NULL) == (error != NULL));
  g_assert(error == NULL || *error->message);
  g_assert(source == NULL || ingest_source_name(source) != NULL);
  return 0;
}
