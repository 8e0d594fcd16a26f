/* Documents as YAML again: those that a program made, in the form in which people write them. */
#include "conf/conf.h"

#include <string.h>

static gboolean is_number(const char *text) {
  const char *digits = *text == '-' ? text + 1 : text;
  gsize whole = strspn(digits, "0123456789");
  if (whole == 0 || (whole > 1 && *digits == '0')) return FALSE;
  const char *rest = digits + whole;
  if (*rest == '\0') return TRUE;
  return *rest == '.' && rest[1] != '\0' && rest[1 + strspn(rest + 1, "0123456789")] == '\0';
}

/* What is no word alone is in quotes; so is what YAML would take for something else. */
static gboolean is_plain(const char *text) {
  static const char *const words[] = {"true", "false", "yes", "no", "null", "on", "off", "y", "n", NULL};
  g_autofree char *lower = g_ascii_strdown(text, -1);
  if (!g_ascii_isalpha(*text) || g_strv_contains(words, lower)) return FALSE;
  for (const char *at = text; *at; at++)
    if (!g_ascii_isalnum(*at) && !strchr(" _./-()", *at)) return FALSE;
  return !g_ascii_isspace(text[strlen(text) - 1]);
}

static void write_scalar(const ConfNode *node, GString *out) {
  if (conf_is_null(node)) {
    g_string_append(out, "null");
    return;
  }
  gboolean is_word =
      !node->quoted && (g_str_equal(node->text, "true") || g_str_equal(node->text, "false") || is_number(node->text));
  g_autofree char *quoted = is_word || is_plain(node->text) ? NULL : conf_quote(node->text);
  g_string_append(out, quoted ? quoted : node->text);
}

static void write_node(const ConfNode *node, guint indent, gboolean is_begun, GString *out);

/* Behind a key: scalars on the same line, what has parts below it. Behind a dash its first part is on the line, too. */
static void write_behind(const ConfNode *node, guint indent, gboolean is_item, GString *out) {
  if (node->kind != CONF_SCALAR && node->n > 0) {
    g_string_append_c(out, is_item ? ' ' : '\n');
    write_node(node, indent, is_item, out);
    return;
  }
  g_string_append_c(out, ' ');
  if (node->kind == CONF_SCALAR)
    write_scalar(node, out);
  else
    g_string_append(out, node->kind == CONF_MAP ? "{}" : "[]");
  g_string_append_c(out, '\n');
}

static void write_key(const ConfNode *key, GString *out) {
  g_autofree char *quoted = is_plain(key->text) ? NULL : conf_quote(key->text);
  g_string_append_printf(out, "%s:", quoted ? quoted : key->text);
}

/* `is_begun`: the first line has its indent already. */
static void write_node(const ConfNode *node, guint indent, gboolean is_begun, GString *out) {
  for (guint i = 0; i < node->n; i++) {
    if (i > 0 || !is_begun) g_string_append_printf(out, "%*s", (int)indent, "");
    if (node->kind == CONF_MAP)
      write_key(node->keys[i], out);
    else
      g_string_append_c(out, '-');
    write_behind(node->items[i], indent + 2, node->kind == CONF_LIST, out);
  }
}

char *conf_document_write(const ConfDocument *document) {
  const ConfNode *root = conf_document_root(document);
  GString *out = g_string_new(NULL);
  if (root && root->kind == CONF_SCALAR) {
    write_scalar(root, out);
    g_string_append_c(out, '\n');
  } else if (root) {
    write_node(root, 0, FALSE, out);
  }
  return g_string_free(out, FALSE);
}
