/* Run while the program is built: reads definitions' YAML and writes each as NAME.packed into a folder, so that the
 * program itself need not read it. A mistake in them stops the build with its place.
 *
 *   pack-definitions FOLDER catalogue/activity.yaml … */
#include "conf/conf.h"

#include <stdio.h>

static gboolean pack(const char *folder, const char *path, GError **error) {
  g_autoptr(ConfDocument) document = conf_document_load(path, error);
  if (!document) return FALSE;
  g_autofree char *name = g_path_get_basename(path);
  char *dot = strrchr(name, '.');
  if (dot) *dot = '\0';
  g_autofree char *file = g_strconcat(name, ".packed", NULL);
  g_autofree char *to = g_build_filename(folder, file, NULL);
  g_autoptr(GBytes) packed = conf_document_pack(document);
  gsize size;
  const char *data = g_bytes_get_data(packed, &size);
  return g_file_set_contents(to, data, (gssize)size, error);
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  for (int i = 2; i < argc; i++) {
    if (pack(argv[1], argv[i], &error)) continue;
    fprintf(stderr, "%s\n", error->message);
    return 1;
  }
  return 0;
}
