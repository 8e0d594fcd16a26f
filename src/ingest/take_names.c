/* Headers that systems tell, as the mapping writes them. Whatever else a system calls its properties goes no further
 * than here: what is kept and what becomes a column has a name that stands in the workspace's own file.
 *
 *   "Close Date", "close_date", "CLOSEDATE"  ─► "Close Date", as under columns:
 *   "amount", "Amount"                       ─► "Amount", a name within sql:, when: or where:, where only case differs
 *   "Amount\"; DROP TABLE x", "" and others  ─► NULL */
#include "ingest/source.h"
#include "ingest/take.h"

#include <string.h>

struct IngestTakeNames {
  GHashTable *headers;     /* loose header -> char *, the source's */
  GHashTable *expressions; /* name in lower case -> char *, its own */
};

/* A header as it is compared: letters and digits, folded. */
static char *loose(const char *name) {
  g_autofree char *folded = g_utf8_casefold(name, -1);
  GString *text = g_string_new(NULL);
  for (const char *at = folded; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_isalnum(c)) g_string_append_unichar(text, c);
  }
  return g_string_free(text, FALSE);
}

gboolean ingest_take_is_same(const char *a, const char *b) {
  g_autofree char *x = loose(a), *y = loose(b);
  return g_str_equal(x, y);
}

/* What a header of the mapping is found by; one without letters and digits by itself. */
static char *key_of(const char *name) {
  char *key = loose(name);
  if (*key) return key;
  g_free(key);
  return g_strdup(name);
}

/* --- names within an expression --- */

static gboolean is_letter(char c) {
  return g_ascii_isalpha(c) || c == '_' || (c & 0x80);
}

/* Behind a text or name in quotes, of which a quote within is written twice; the end where it has none. */
static const char *skip_quoted(const char *at) {
  char quote = *at++;
  while (*at && (*at != quote || at[1] == quote)) at += *at == quote ? 2 : 1;
  return *at ? at + 1 : at;
}

static const char *skip_word(const char *at) {
  while (is_letter(*at) || g_ascii_isdigit(*at) || *at == '$') at++;
  return at;
}

/* Takes `name`. */
static void add_name(IngestTakeNames *names, char *name) {
  char *key = g_ascii_strdown(name, -1);
  if (g_hash_table_contains(names->expressions, key)) {
    g_free(key);
    g_free(name);
  } else {
    g_hash_table_insert(names->expressions, key, name);
  }
}

static char *unquote(const char *at, const char *end) {
  GString *name = g_string_new(NULL);
  for (const char *c = at + 1; c < end - 1; c++) {
    g_string_append_c(name, *c);
    if (*c == '"') c++;
  }
  return g_string_free(name, FALSE);
}

static void add_expression(IngestTakeNames *names, const char *at) {
  while (at && *at) {
    const char *end = *at == '\'' || *at == '"'                ? skip_quoted(at)
                      : g_ascii_isdigit(*at) || is_letter(*at) ? skip_word(at)
                                                               : at + 1;
    if (*at == '"' && end - at > 2)
      add_name(names, unquote(at, end));
    else if (is_letter(*at))
      add_name(names, g_strndup(at, (gsize)(end - at)));
    at = end;
  }
}

/* --- the mapping's --- */

static void add_map(IngestTakeNames *names, const SourceMap *map) {
  add_expression(names, map->where);
  for (guint c = 0; c < map->n_columns; c++) {
    const SourceColumn *column = &map->columns[c];
    add_expression(names, column->sql);
    add_expression(names, column->when);
    char *key = column->of ? key_of(column->of) : NULL;
    if (key && !g_hash_table_contains(names->headers, key))
      g_hash_table_insert(names->headers, key, column->of);
    else
      g_free(key);
  }
}

IngestTakeNames *ingest_take_names_new(const IngestSource *source, const char *from) {
  IngestTakeNames *names = g_new(IngestTakeNames, 1);
  names->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  names->expressions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint m = 0; m < source->n_maps; m++) {
    const SourceMap *map = &source->maps[m];
    if (map->from && g_str_equal(map->from->name, from)) add_map(names, map);
  }
  return names;
}

void ingest_take_names_free(IngestTakeNames *names) {
  if (!names) return;
  g_hash_table_unref(names->headers);
  g_hash_table_unref(names->expressions);
  g_free(names);
}

const char *ingest_take_names_find(const IngestTakeNames *names, const char *header) {
  g_autofree char *lower = g_ascii_strdown(header, -1);
  const char *found = g_hash_table_lookup(names->expressions, lower);
  if (found) return found;
  g_autofree char *key = key_of(header);
  return g_hash_table_lookup(names->headers, key);
}
