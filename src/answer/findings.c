/* Findings in the order in which they were made. */
#include "answer/findings.h"

static void free_finding(gpointer data) {
  g_free(((AnswerFinding *)data)->text);
  g_free(data);
}

void answer_findings_init(AnswerFindings *findings) {
  findings->all = g_ptr_array_new_with_free_func(free_finding);
}
void answer_findings_clear(AnswerFindings *findings) {
  g_clear_pointer(&findings->all, g_ptr_array_unref);
}

void answer_findings_add(AnswerFindings *findings, const char *section, AnswerSeverity severity, const char *format,
                         ...) {
  AnswerFinding *finding = g_new0(AnswerFinding, 1);
  finding->section = section;
  finding->severity = severity;
  va_list values;
  va_start(values, format);
  finding->text = g_strdup_vprintf(format, values);
  va_end(values);
  g_ptr_array_add(findings->all, finding);
}

guint answer_findings_count(const AnswerFindings *findings, const char *section, AnswerSeverity severity) {
  guint n = 0;
  for (guint i = 0; i < findings->all->len; i++) {
    const AnswerFinding *finding = g_ptr_array_index(findings->all, i);
    n += finding->severity == severity && (!section || strcmp(section, finding->section) == 0);
  }
  return n;
}
