#include "simulated.h"

#include "../unit.h"

#include <glib/gstdio.h>

char *simulated_make(guint people, gint64 deals, guint64 seed, DemoSummary *summary) {
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp("attain-demo-XXXXXX", NULL);
  DemoOptions options = {.people = people, .deals = deals, .seed = seed};
  assert_true(base_day_parse_iso(SIMULATED_UNTIL, &options.until));
  gboolean ok = demo_make(folder, &options, summary, &error);
  if (!ok) fail_msg("%s", error->message);
  return folder;
}

void simulated_remove_tree(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    simulated_remove_tree(child);
  }
  g_remove(path);
}

void simulated_remove(char *folder) {
  if (folder == NULL) return;
  simulated_remove_tree(folder);
  g_free(folder);
}
