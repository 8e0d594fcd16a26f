/* Who looked at what, for `attain lint`: a file beside the database, written at most once a day for each reader and
 * KPI.
 */
#include "lint/usage.h"

#include "lib/workspace.h"

/* Those of `kpis` that this reader was not noted for today; the caller frees the array. */
static GPtrArray *unknown(AttainWorkspace *workspace, const char *reader, const char *const *kpis, BaseDay today) {
  GPtrArray *names = g_ptr_array_new();
  g_mutex_lock(&workspace->core->watching);
  if (workspace->core->noted_day != today) g_hash_table_remove_all(workspace->core->noted);
  workspace->core->noted_day = today;
  for (; *kpis; kpis++) {
    char *key = g_strdup_printf("%s\x1f%s", reader, *kpis);
    if (g_hash_table_add(workspace->core->noted, key)) g_ptr_array_add(names, (gpointer)*kpis);
  }
  g_mutex_unlock(&workspace->core->watching);
  g_ptr_array_add(names, NULL);
  return names;
}

void lib_note_reader(AttainWorkspace *workspace, const char *reader, const char *const *kpis) {
  const ConfOrganisation *organisation = workspace->core->session->organisation;
  if (!reader || !*reader || !organisation->lint.keeps_usage) return;
  BaseDay today = lib_session(workspace).today;
  g_autoptr(GPtrArray) names = unknown(workspace, reader, kpis, today);
  if (names->len == 1) return;
  g_autofree char *file = lint_usage_file(organisation->database);
  static GMutex writing;
  g_mutex_lock(&writing);
  lint_usage_note(file, (const char *const *)names->pdata, reader, today);
  g_mutex_unlock(&writing);
}
