/* Findings in the order in which they were made. */
#include "app/findings.h"

static void free_finding(gpointer data) {
  g_free(((Finding *)data)->text);
  g_free(data);
}

void findings_init(Findings *findings) {
  findings->all = g_ptr_array_new_with_free_func(free_finding);
}
void findings_clear(Findings *findings) {
  g_clear_pointer(&findings->all, g_ptr_array_unref);
}

void findings_add(Findings *findings, const char *section, FindingSeverity severity, const char *format, ...) {
  Finding *finding = g_new0(Finding, 1);
  finding->section = section;
  finding->severity = severity;
  va_list values;
  va_start(values, format);
  finding->text = g_strdup_vprintf(format, values);
  va_end(values);
  g_ptr_array_add(findings->all, finding);
}

guint findings_count(const Findings *findings, const char *section, FindingSeverity severity) {
  guint n = 0;
  for (guint i = 0; i < findings->all->len; i++) {
    const Finding *finding = g_ptr_array_index(findings->all, i);
    n += finding->severity == severity && (!section || strcmp(section, finding->section) == 0);
  }
  return n;
}
