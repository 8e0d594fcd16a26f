/* The built-in mappings, embedded in the program as GResource files: data, so that a CRM more is one file more. */
#include "ingest/mappings.h"
#include "ingest/propose.h"

#include <gio/gio.h>

static const char *const systems[] = {"salesforce", "hubspot",  "pipedrive",  "zoho",  "odoo",    "espocrm", "suitecrm",
                                      "tryton",     "dynamics", "freshsales", "close", "shopify", NULL};

const char *const *builtin_systems(void) {
  return systems;
}

ConfDocument *builtin_mapping(const char *name, GError **error) {
  g_autofree char *path = g_strdup_printf("/attain/mappings/%s.yaml", name);
  g_autoptr(GBytes) bytes =
      g_resource_lookup_data(attain_mappings_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (!bytes) return NULL;
  gsize n = 0;
  const char *text = g_bytes_get_data(bytes, &n);
  return conf_document_parse(path, text, n, error);
}
