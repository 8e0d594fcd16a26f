/* The workspace around the exports: attain.yaml, the sources and an example of own KPIs, as they are in demo/. */
#include "base/text.h"
#include "demo/company.h"

#include <errno.h>
#include <glib/gstdio.h>

static gboolean write_file(const char *folder, const char *name, const char *resource, GError **error) {
  g_autofree char *text = demo_words_file(resource, error);
  if (text == NULL) return FALSE;
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname(path);
  if (g_mkdir_with_parents(parent, 0777) != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot make the folder %s: %s", parent, g_strerror(errno));
    return FALSE;
  }
  return g_file_set_contents(path, text, -1, error);
}

gboolean demo_workspace_write(const DemoCompany *company, GError **error) {
  static const char *const files[][2] = {
      {"attain.yaml", "attain.yaml"},
      {"kpis/my-kpis.yaml", "my-kpis.yaml"},
      {"sources/crm.yaml", "sources/crm.yaml"},
      {"sources/orders.yaml", "sources/orders.yaml"},
      {"sources/marketing.yaml", "sources/marketing.yaml"},
      {"sources/support.yaml", "sources/support.yaml"},
      {"sources/people.yaml", "sources/people.yaml"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(files); i++)
    if (!write_file(company->folder, files[i][0], files[i][1], error)) return FALSE;
  return TRUE;
}
