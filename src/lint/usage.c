/* Reading and writing the file of use. It is read whole, changed in memory and put in place by renaming, so that a
 * reader never sees half of it; of two who write at once one is forgotten, for a day. */
#include "lint/usage.h"

#include <string.h>

#define MAX_BYTES (1 << 20)
#define SINCE     "since"

struct LintUsage {
  BaseDay since;
  GPtrArray *order;  /* "kpi\twho", as they came */
  GHashTable *lines; /* "kpi\twho" → day */
};

char *lint_usage_file(const char *database) {
  return g_strconcat(database, ".usage", NULL);
}

static LintUsage *usage_new(void) {
  LintUsage *usage = g_new0(LintUsage, 1);
  usage->since = BASE_DAY_NONE;
  usage->order = g_ptr_array_new();
  usage->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return usage;
}

void lint_usage_free(LintUsage *usage) {
  if (!usage) return;
  g_ptr_array_unref(usage->order);
  g_hash_table_unref(usage->lines);
  g_free(usage);
}

/* TRUE: it is new, or later than what was known. */
static gboolean put(LintUsage *usage, const char *key, BaseDay day) {
  gpointer own, known;
  if (g_hash_table_lookup_extended(usage->lines, key, &own, &known)) {
    if (GPOINTER_TO_INT(known) >= day) return FALSE;
    g_hash_table_insert(usage->lines, g_strdup(key), GINT_TO_POINTER(day));
    return TRUE;
  }
  own = g_strdup(key);
  g_ptr_array_add(usage->order, own);
  g_hash_table_insert(usage->lines, own, GINT_TO_POINTER(day));
  return TRUE;
}

static void read_line(LintUsage *usage, char *line) {
  char *tab = strrchr(line, '\t');
  BaseDay day;
  if (!tab || !base_day_parse_iso(tab + 1, &day)) return;
  *tab = '\0';
  if (g_str_equal(line, SINCE))
    usage->since = day;
  else if (strchr(line, '\t'))
    put(usage, line, day);
}

LintUsage *lint_usage_read(const char *file) {
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents(file, &text, &length, NULL) || length > MAX_BYTES) return NULL;
  LintUsage *usage = usage_new();
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++) read_line(usage, *line);
  return usage;
}

static void write_all(const LintUsage *usage, const char *file) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_autofree char *since = base_day_format(usage->since);
  g_string_append_printf(text, SINCE "\t%s\n", since);
  for (guint i = 0; i < usage->order->len; i++) {
    const char *key = g_ptr_array_index(usage->order, i);
    g_autofree char *day = base_day_format(GPOINTER_TO_INT(g_hash_table_lookup(usage->lines, key)));
    g_string_append_printf(text, "%s\t%s\n", key, day);
  }
  if (text->len <= MAX_BYTES)
    g_file_set_contents_full(file, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0666, NULL);
}

void lint_usage_note(const char *file, const char *const *kpis, const char *who, BaseDay day) {
  if (!kpis || !kpis[0]) return;
  g_autoptr(LintUsage) usage = lint_usage_read(file);
  gboolean changed = FALSE;
  if (!usage) {
    if (g_file_test(file, G_FILE_TEST_EXISTS)) return;
    usage = usage_new();
  }
  if (usage->since == BASE_DAY_NONE) usage->since = day;
  g_autofree char *plain = g_strdelimit(g_strdup(who), "\t\n\r", ' ');
  for (guint i = 0; kpis[i]; i++) {
    g_autofree char *key = g_strconcat(kpis[i], "\t", plain, NULL);
    changed |= put(usage, key, day);
  }
  if (changed) write_all(usage, file);
}

BaseDay lint_usage_since(const LintUsage *usage) {
  return usage->since;
}

BaseDay lint_usage_last(const LintUsage *usage, const char *kpi, char **who) {
  BaseDay last = BASE_DAY_NONE;
  gsize length = strlen(kpi);
  for (guint i = 0; i < usage->order->len; i++) {
    const char *key = g_ptr_array_index(usage->order, i);
    if (strncmp(key, kpi, length) != 0 || key[length] != '\t') continue;
    BaseDay day = GPOINTER_TO_INT(g_hash_table_lookup(usage->lines, key));
    if (last != BASE_DAY_NONE && day <= last) continue;
    last = day;
    if (!who) continue;
    g_free(*who);
    *who = g_strdup(key + length + 1);
  }
  return last;
}
