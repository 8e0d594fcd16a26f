/* A map of a YAML file read into a struct by a table of its keys.
 *
 * A struct is filled whole or not at all. A key that is absent or empty leaves its field as the caller had it, so
 * defaults are set before the call; CONF_TEXT and CONF_TEXTS fields must be NULL then, since what they point to is
 * freed with the struct. */
#include "conf/conf.h"

#include <errno.h>

#define FIELD(out, field, type) ((type *)(gpointer)((char *)(out) + (field)->offset))

static gboolean need_scalar(const ConfNode *node, const char *key, const char *wanted, GError **error) {
  if (node->kind == CONF_SCALAR) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" must be %s, not a %s", key, wanted,
                node->kind == CONF_LIST ? "list" : "map");
  return FALSE;
}

static gboolean read_int(const ConfNode *node, const ConfField *field, int *out, GError **error) {
  if (!need_scalar(node, field->key, "a whole number", error)) return FALSE;
  g_autofree char *digits = g_strdup(node->text);
  for (char *from = digits, *to = digits;; from++)
    if (*from != '_' && (*to++ = *from) == 0) break;
  gint64 value;
  if (!g_ascii_string_to_signed(digits, 10, G_MININT, G_MAXINT, &value, NULL)) {
    base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" must be a whole number such as 100, not \"%s\"",
                  field->key, node->text);
    return FALSE;
  }
  *out = (int)value;
  return TRUE;
}

static gboolean parse_double(const char *text, gsize length, double *out) {
  g_autofree char *copy = g_strstrip(g_strndup(text, length));
  if (*copy == 0 || strspn(copy, "+-.0123456789eE") != strlen(copy)) return FALSE;
  char *end;
  double value = g_ascii_strtod(copy, &end);
  if (*end || value - value != 0) return FALSE;
  *out = value;
  return TRUE;
}

static gboolean read_double(const ConfNode *node, const ConfField *field, double *out, GError **error) {
  if (!need_scalar(node, field->key, "a number", error)) return FALSE;
  if (parse_double(node->text, strlen(node->text), out)) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" must be a number such as 2.5, not \"%s\"", field->key,
                node->text);
  return FALSE;
}

static gboolean read_share(const ConfNode *node, const ConfField *field, double *out, GError **error) {
  if (!need_scalar(node, field->key, "a share", error)) return FALSE;
  gsize length = strlen(node->text);
  gboolean percent = g_str_has_suffix(node->text, "%");
  double value;
  gboolean ok = parse_double(node->text, length - (percent ? 1 : 0), &value);
  if (ok && percent) value /= 100;
  if (!ok || value < 0 || value > 1) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "\"%s\" must be a share from 0%% to 100%%, such as 5%% or 0.05, not \"%s\"", field->key, node->text);
    return FALSE;
  }
  *out = value;
  return TRUE;
}

static gboolean read_bool(const ConfNode *node, const ConfField *field, gboolean *out, GError **error) {
  if (!need_scalar(node, field->key, "true or false", error)) return FALSE;
  static const char *const words[] = {"false", "true", "no", "yes"};
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
    if (g_ascii_strcasecmp(node->text, words[i]) != 0) continue;
    *out = i % 2 == 1;
    return TRUE;
  }
  base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" must be true or false, not \"%s\"", field->key,
                node->text);
  return FALSE;
}

static gboolean read_texts(const ConfNode *node, const ConfField *field, char ***out, GError **error) {
  g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
  if (node->kind == CONF_SCALAR) {
    g_strv_builder_add(texts, node->text);
  } else if (node->kind == CONF_LIST) {
    for (guint i = 0; i < node->n; i++) {
      if (!need_scalar(node->items[i], field->key, "a list of texts", error)) return FALSE;
      g_strv_builder_add(texts, node->items[i]->text);
    }
  } else {
    return need_scalar(node, field->key, "a list of texts", error);
  }
  *out = g_strv_builder_end(texts);
  return TRUE;
}

static gboolean read_enum(const ConfNode *node, const ConfField *field, int *out, GError **error) {
  g_autofree char *all = g_strjoinv(", ", (char **)field->choices);
  if (!need_scalar(node, field->key, "one word", error)) return FALSE;
  for (int i = 0; field->choices[i]; i++) {
    if (g_ascii_strcasecmp(field->choices[i], node->text) != 0) continue;
    *out = i;
    return TRUE;
  }
  const char *nearest = base_nearest(node->text, field->choices, g_strv_length((char **)field->choices));
  if (nearest)
    base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" cannot be \"%s\": did you mean \"%s\"? (one of: %s)",
                  field->key, node->text, nearest, all);
  else
    base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" cannot be \"%s\": it is one of %s", field->key,
                  node->text, all);
  return FALSE;
}

static gboolean read_field(const ConfNode *node, const ConfField *field, gpointer out, GError **error) {
  switch (field->type) {
    case CONF_TEXT:
      if (!need_scalar(node, field->key, "text", error)) return FALSE;
      *FIELD(out, field, char *) = g_strdup(node->text);
      return TRUE;
    case CONF_INT:
      return read_int(node, field, FIELD(out, field, int), error);
    case CONF_DOUBLE:
      return read_double(node, field, FIELD(out, field, double), error);
    case CONF_SHARE:
      return read_share(node, field, FIELD(out, field, double), error);
    case CONF_BOOL:
      return read_bool(node, field, FIELD(out, field, gboolean), error);
    case CONF_TEXTS:
      return read_texts(node, field, FIELD(out, field, char **), error);
    case CONF_ENUM:
      return read_enum(node, field, FIELD(out, field, int), error);
    case CONF_NODE:
      *FIELD(out, field, const ConfNode *) = node;
      return TRUE;
  }
  g_assert_not_reached();
}

static gboolean refuse_key(const ConfNode *key, const ConfField *fields, gsize n_fields, GError **error) {
  g_autofree const char **names = g_new0(const char *, n_fields + 1);
  for (gsize i = 0; i < n_fields; i++) names[i] = fields[i].key;
  const char *nearest = base_nearest(key->text, names, n_fields);
  if (nearest) {
    base_error_at(error, BASE_ERROR_INPUT, key->span, "unknown key \"%s\": did you mean \"%s\"?", key->text, nearest);
  } else {
    g_autofree char *all = g_strjoinv(", ", (char **)names);
    base_error_at(error, BASE_ERROR_INPUT, key->span, "unknown key \"%s\": the keys here are %s", key->text, all);
  }
  return FALSE;
}

static const ConfField *find_field(const char *key, const ConfField *fields, gsize n_fields) {
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp(fields[i].key, key) == 0) return &fields[i];
  return NULL;
}

static gboolean read_fields(const ConfNode *map, const ConfField *fields, gsize n_fields, gpointer out,
                            GError **error) {
  for (guint i = 0; i < map->n; i++) {
    const ConfField *field = find_field(map->keys[i]->text, fields, n_fields);
    if (!field) return refuse_key(map->keys[i], fields, n_fields, error);
    if (conf_is_null(map->items[i])) continue;
    if (!read_field(map->items[i], field, out, error)) return FALSE;
  }
  for (gsize i = 0; i < n_fields; i++) {
    if (!fields[i].required || !conf_is_null(conf_map_get(map, fields[i].key))) continue;
    base_error_at(error, BASE_ERROR_INPUT, map->span, "\"%s\" is missing: add `%s: …` here", fields[i].key,
                  fields[i].key);
    return FALSE;
  }
  return TRUE;
}

gboolean conf_read_map(const ConfNode *map, const ConfField *fields, gsize n_fields, gpointer out, GError **error) {
  if (map->kind != CONF_MAP) {
    base_error_at(error, BASE_ERROR_INPUT, map->span, "keys and values are expected here, such as `%s: …`",
                  fields[0].key);
    return FALSE;
  }
  if (read_fields(map, fields, n_fields, out, error)) return TRUE;
  conf_free_fields(fields, n_fields, out);
  return FALSE;
}

void conf_free_fields(const ConfField *fields, gsize n_fields, gpointer out) {
  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].type == CONF_TEXT) g_clear_pointer(FIELD(out, &fields[i], char *), g_free);
    if (fields[i].type == CONF_TEXTS) g_clear_pointer(FIELD(out, &fields[i], char **), g_strfreev);
  }
}
