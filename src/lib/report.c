/* Reports of changes: made, handed over, and as texts that are kept with the keys of calls. */
#include "lib/change.h"

#define REPORT_TYPE                                                                                \
  "(xxxxxxa(tmss))" /* load, new, changed, unchanged, removed, rejected; place, id, reason of each \
                     */

LibReport *lib_report_new(void) {
  LibReport *report = g_new0(LibReport, 1);
  report->rejected = g_array_new(FALSE, FALSE, sizeof(AttainRejected));
  report->texts = g_string_chunk_new(256);
  return report;
}

void lib_report_free(LibReport *report) {
  if (!report) return;
  g_array_unref(report->rejected);
  g_string_chunk_free(report->texts);
  g_free(report);
}

void attain_report_free(AttainReport *report) {
  lib_report_free((LibReport *)(gpointer)report);
}

void lib_report_reject(LibReport *report, size_t record, const char *id, const char *reason) {
  AttainRejected rejected = {.record = record,
                             .id = id ? g_string_chunk_insert(report->texts, id) : NULL,
                             .reason = g_string_chunk_insert(report->texts, reason)};
  g_array_append_val(report->rejected, rejected);
}

void lib_report_give(LibReport *report, AttainReport **wanted) {
  report->report.rejected = report->rejected->len ? (const AttainRejected *)(gpointer)report->rejected->data : NULL;
  if (wanted)
    *wanted = &report->report;
  else
    lib_report_free(report);
}

char *lib_report_write(const LibReport *report) {
  const AttainReport *told = &report->report;
  g_auto(GVariantBuilder) rejected = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(tmss)"));
  for (guint i = 0; i < report->rejected->len; i++) {
    const AttainRejected *each = &g_array_index(report->rejected, AttainRejected, i);
    g_variant_builder_add(&rejected, "(tmss)", (guint64)each->record, each->id, each->reason);
  }
  g_autoptr(GVariant) whole = g_variant_ref_sink(
      g_variant_new(REPORT_TYPE, (gint64)told->load, (gint64)told->n_new, (gint64)told->n_changed,
                    (gint64)told->n_unchanged, (gint64)told->n_removed, (gint64)told->n_rejected, &rejected));
  return g_variant_print(whole, FALSE);
}

LibReport *lib_report_read(const char *text) {
  g_autoptr(GVariant) whole = g_variant_parse(G_VARIANT_TYPE(REPORT_TYPE), text, NULL, NULL, NULL);
  if (!whole) return NULL;
  LibReport *report = lib_report_new();
  gint64 load, n_new, n_changed, n_unchanged, n_removed, n_rejected;
  g_autoptr(GVariantIter) rejected = NULL;
  g_variant_get(whole, REPORT_TYPE, &load, &n_new, &n_changed, &n_unchanged, &n_removed, &n_rejected, &rejected);
  report->report = (AttainReport){.load = load,
                                  .n_new = n_new,
                                  .n_changed = n_changed,
                                  .n_unchanged = n_unchanged,
                                  .n_removed = n_removed,
                                  .n_rejected = n_rejected};
  guint64 record;
  const char *id, *reason;
  while (g_variant_iter_next(rejected, "(tm&s&s)", &record, &id, &reason))
    lib_report_reject(report, record, id, reason);
  return report;
}
