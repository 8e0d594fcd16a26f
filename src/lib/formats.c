/* Documents as files in other formats. */
#include "lib/formats.h"

#include "answer/tabular.h"

#include <string.h>

/* --- texts that are written into memory --- */

void lib_text_init(LibText *text) {
  *text = (LibText){0};
  text->out = open_memstream(&text->bytes, &text->n_bytes);
  g_assert(text->out); /* fails only without memory, as does all of GLib */
}

char *lib_text_end(LibText *text, gboolean ok, size_t *n_bytes) {
  fclose(text->out);
  if (ok) {
    *n_bytes = text->n_bytes;
    return text->bytes;
  }
  g_free(text->bytes);
  return NULL;
}

/* --- tables --- */

static char *write_table(const AnswerTabular *table, AttainFormat format, size_t *n_bytes, GError **error) {
  if (format == ATTAIN_PARQUET) {
    char *bytes = NULL;
    gsize length = 0;
    if (answer_tabular_parquet(table, &bytes, &length, error)) *n_bytes = length;
    return bytes;
  }
  LibText text;
  gboolean ok = TRUE;
  lib_text_init(&text);
  if (format == ATTAIN_CSV)
    answer_tabular_csv(table, text.out);
  else
    ok = answer_tabular_xlsx(table, "Attain", text.out, error);
  return lib_text_end(&text, ok, n_bytes);
}

char *attain_document_write(const char *document, const char *lists, AttainFormat format, size_t *n_bytes,
                            AttainError *error) {
  GError *cause = NULL;
  if (format == ATTAIN_JSON) {
    *n_bytes = strlen(document);
    return g_strdup(document);
  }
  g_autoptr(AnswerTabular) table = answer_tabular_new(document, lists, &cause);
  char *bytes = table ? write_table(table, format, n_bytes, &cause) : NULL;
  if (!bytes) lib_fail(error, cause);
  return bytes;
}
