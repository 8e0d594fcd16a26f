/* Names as patterns for the database's regular expressions and GLib's: RE2 and PCRE agree on all that is used here.
 * Letters are compared without their case, composed or not; between words may stand anything that separates words. */
#include "erase/names.h"

#include <string.h>

/* What stands on either side of a name: no letter and no digit. Two names may share one, so what replaces is done
 * twice.
 */
#define BEFORE "(^|[^\\pL\\pN])"
#define AFTER  "($|[^\\pL\\pN])"
#define GAP    "[\\s,._-]+"

struct EraseNames {
  char *shown;
  GPtrArray *sure, *words; /* alternatives of a pattern */
  GRegex *regex;           /* of both, made when first used */
};

static GPtrArray *new_list(void) {
  return g_ptr_array_new_with_free_func(g_free);
}

EraseNames *erase_names_new(const char *shown) {
  EraseNames *names = g_new0(EraseNames, 1);
  names->shown = g_strdup(shown);
  names->sure = new_list();
  names->words = new_list();
  return names;
}

void erase_names_free(EraseNames *names) {
  if (!names) return;
  g_free(names->shown);
  g_ptr_array_unref(names->sure);
  g_ptr_array_unref(names->words);
  if (names->regex) g_regex_unref(names->regex);
  g_free(names);
}

static void add_once(GPtrArray *list, char *text) {
  if (!g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
    g_ptr_array_add(list, text);
  else
    g_free(text);
}

/* The words with whatever stands between them; `first`: the word that comes first, the others after it in order. */
static char *alternative(char **words, guint n, guint first) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < n; i++) {
    g_autofree char *word = g_regex_escape_string(words[(first + i) % n], -1);
    g_string_append_printf(out, "%s%s", i ? GAP : "", word);
  }
  return g_string_free(out, FALSE);
}

/* "Ana Silva" is also "Silva, Ana" and ana.silva. */
static void add_form(EraseNames *names, const char *name, gboolean is_sure) {
  g_auto(GStrv) split = g_regex_split_simple("[\\s,]+", name, 0, 0);
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (char **word = split; *word; word++)
    if (**word) g_ptr_array_add(words, *word);
  if (words->len == 0) return;
  GPtrArray *list = is_sure || words->len > 1 || strchr(name, '@') ? names->sure : names->words;
  add_once(list, alternative((char **)words->pdata, words->len, 0));
  if (words->len > 1) add_once(list, alternative((char **)words->pdata, words->len, words->len - 1));
}

void erase_names_add(EraseNames *names, const char *name, gboolean is_sure) {
  if (!name || !g_utf8_validate(name, -1, NULL)) return;
  g_autofree char *composed = g_utf8_normalize(name, -1, G_NORMALIZE_NFC);
  g_autofree char *decomposed = g_utf8_normalize(name, -1, G_NORMALIZE_NFD);
  add_form(names, composed, is_sure);
  add_form(names, decomposed, is_sure);
}

static void append_list(GString *out, const GPtrArray *list) {
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf(out, "%s%s", out->len ? "|" : "", (const char *)list->pdata[i]);
}

static char *whole_pattern(const EraseNames *names, gboolean with_words) {
  g_autoptr(GString) any = g_string_new(NULL);
  append_list(any, names->sure);
  if (with_words) append_list(any, names->words);
  return any->len ? g_strconcat("(?i)" BEFORE "(?:", any->str, ")" AFTER, NULL) : NULL;
}

char *erase_names_pattern(const EraseNames *names, gboolean with_words) {
  g_autofree char *pattern = whole_pattern(names, with_words);
  return pattern ? store_quote_text(pattern) : NULL;
}

char *erase_names_sql(const char *column, const char *pattern, const char *shown) {
  g_autofree char *put = g_strdup_printf("\\1%s\\2", shown);
  g_autofree char *quoted = store_quote_text(put);
  return g_strdup_printf("regexp_replace(regexp_replace(%s, %s, %s, 'g'), %s, %s, 'g')", column, pattern, quoted,
                         pattern, quoted);
}

static GRegex *regex_of(EraseNames *names) {
  g_autofree char *pattern = names->regex ? NULL : whole_pattern(names, TRUE);
  if (pattern) names->regex = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, NULL);
  return names->regex;
}

char *erase_names_take_out(const char *text, gpointer data) {
  EraseNames *names = data;
  GRegex *regex = regex_of(names);
  if (!regex || !g_regex_match(regex, text, 0, NULL)) return NULL;
  g_autofree char *put = g_strdup_printf("\\1%s\\2", names->shown);
  g_autofree char *once = g_regex_replace(regex, text, -1, 0, put, 0, NULL);
  return once ? g_regex_replace(regex, once, -1, 0, put, 0, NULL) : NULL;
}
