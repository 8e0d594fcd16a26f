/* Names of columns: those of a file made fit for a table, and the one that a mapping means, which may be written with
 * other spaces, case or underscores than in the file. */
#include "ingest/read.h"

char **read_unique_headers(char *const *headers, guint n_headers, GPtrArray *repeated) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  char **unique = g_new0(char *, n_headers + 1);
  for (guint i = 0; i < n_headers; i++) {
    g_autofree char *name = headers[i][0] ? g_strdup(headers[i]) : g_strdup_printf("column_%u", i + 1);
    g_autofree char *base = g_strdup(name);
    g_autofree char *folded = g_utf8_casefold(name, -1);
    for (guint n = 2; g_hash_table_contains(seen, folded); n++) {
      if (n == 2 && repeated) g_ptr_array_add(repeated, g_strdup(name));
      g_free(name);
      g_free(folded);
      name = g_strdup_printf("%s_%u", base, n);
      folded = g_utf8_casefold(name, -1);
    }
    g_hash_table_add(seen, g_steal_pointer(&folded));
    unique[i] = g_steal_pointer(&name);
  }
  return unique;
}

/* Letters and digits only, folded: "Close Date", "close_date" and "CloseDate" are one. */
static char *loose_name(const char *name) {
  g_autofree char *folded = g_utf8_casefold(name, -1);
  GString *loose = g_string_new(NULL);
  for (const char *at = folded; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_isalnum(c)) g_string_append_unichar(loose, c);
  }
  return g_string_free(loose, FALSE);
}

static const char *find_loosely(const ReadStage *stage, const char *name, gboolean *is_ambiguous) {
  const char *found = NULL;
  g_autofree char *wanted = loose_name(name);
  for (guint i = 0; i < stage->headers->len; i++) {
    g_autofree char *loose = loose_name(stage->headers->pdata[i]);
    if (!*wanted || !g_str_equal(loose, wanted)) continue;
    *is_ambiguous = found != NULL;
    if (!found) found = stage->headers->pdata[i];
  }
  return *is_ambiguous ? NULL : found;
}

/* The last part of a nested JSON key: dealname finds properties.dealname. */
static const char *find_last_part(const ReadStage *stage, const char *name, gboolean *is_ambiguous) {
  const char *found = NULL;
  for (guint i = 0; i < stage->headers->len; i++) {
    const char *dot = strrchr(stage->headers->pdata[i], '.');
    if (!dot || g_ascii_strcasecmp(dot + 1, name) != 0) continue;
    *is_ambiguous = found != NULL;
    found = stage->headers->pdata[i];
  }
  return *is_ambiguous ? NULL : found;
}

/* "Amount" became "Amount EUR", or "Close Date (planned)" became "Close Date". */
static const char *find_part(const ReadStage *stage, const char *name) {
  const char *found = NULL;
  g_autofree char *wanted = loose_name(name);
  for (guint i = 0; i < stage->headers->len && strlen(wanted) > 2; i++) {
    g_autofree char *loose = loose_name(stage->headers->pdata[i]);
    if (!strstr(loose, wanted) && !(strlen(loose) > 2 && strstr(wanted, loose))) continue;
    if (found) return NULL;
    found = stage->headers->pdata[i];
  }
  return found;
}

const char *read_stage_header(const ReadStage *stage, const char *name, BaseSpan span, GError **error) {
  for (guint i = 0; i < stage->headers->len; i++) {
    if (g_str_equal(stage->headers->pdata[i], name)) return stage->headers->pdata[i];
  }
  gboolean is_ambiguous = FALSE;
  const char *found = find_loosely(stage, name, &is_ambiguous);
  if (!found && !is_ambiguous) found = find_last_part(stage, name, &is_ambiguous);
  if (found) return found;
  const char *file = stage->files->len ? g_array_index(stage->files, ReadFile, 0).shown : "the rows";
  const char *nearest = base_nearest(name, (const char *const *)stage->headers->pdata, stage->headers->len);
  if (!nearest) nearest = find_part(stage, name);
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < MIN(stage->headers->len, 60); i++) {
    g_string_append_printf(all, "%s%s", i ? ", " : "", (char *)stage->headers->pdata[i]);
  }
  if (stage->headers->len > 60) g_string_append(all, ", …");
  base_error_at(error, BASE_ERROR_INPUT, span, "%s has %s \"%s\"%s%s%s its columns are %s%s", file,
                is_ambiguous ? "several columns like" : "no column", name, nearest ? "; did you mean \"" : "",
                nearest ? nearest : "", nearest ? "\"?" : ";", all->str,
                nearest || is_ambiguous ? "" : ". Export it with that column, or take this one out of the mapping");
  return NULL;
}
