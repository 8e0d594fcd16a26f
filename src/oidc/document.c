/* JSON objects by names, and base64url. */
#include "oidc/document.h"

#include <string.h>

#define MAX_SHOWN   60             /* characters */
#define MAX_SECONDS 253402300799.0 /* the end of the year 9999 */

OidcDocument *oidc_document_new(char *text, gsize length, GError **error) {
  g_autoptr(OidcDocument) document = g_new0(OidcDocument, 1);
  document->text = text;
  gboolean is_text = strlen(text) == length && g_utf8_validate(text, (gssize)length, NULL);
  document->json = is_text ? base_json_read(text, length, NULL) : NULL;
  if (document->json && base_json_value(document->json, 0)->kind == BASE_JSON_OBJECT) return g_steal_pointer(&document);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "it is no JSON object");
  return NULL;
}

void oidc_document_free(OidcDocument *document) {
  if (!document) return;
  base_json_free(document->json);
  g_free(document->text);
  g_free(document);
}

const BaseJsonValue *oidc_member(const OidcDocument *document, guint object, const char *name) {
  const BaseJsonValue *found = NULL;
  for (guint i = base_json_value(document->json, object)->first; i; i = base_json_value(document->json, i)->next) {
    const BaseJsonValue *value = base_json_value(document->json, i);
    if (strcmp(value->name, name) != 0) continue;
    if (found) return NULL;
    found = value;
  }
  return found && found->kind != BASE_JSON_NULL ? found : NULL;
}

const char *oidc_text(const OidcDocument *document, guint object, const char *name) {
  const BaseJsonValue *value = oidc_member(document, object, name);
  return value && value->kind == BASE_JSON_TEXT && *value->text ? value->text : NULL;
}

gint64 oidc_seconds(const OidcDocument *document, const char *name) {
  const BaseJsonValue *value = oidc_member(document, 0, name);
  gboolean is_time = value && value->kind == BASE_JSON_NUMBER && value->number >= 0 && value->number <= MAX_SECONDS;
  return is_time ? (gint64)value->number : -1;
}

char *oidc_begin_of(const char *text) {
  return g_utf8_substring(text, 0, MIN(MAX_SHOWN, g_utf8_strlen(text, -1)));
}

gboolean oidc_is_true(const OidcDocument *document, const char *name) {
  const BaseJsonValue *value = oidc_member(document, 0, name);
  return value && value->kind == BASE_JSON_FLAG && value->flag;
}

const char **oidc_texts(const OidcDocument *document, const char *name) {
  const BaseJsonValue *value = oidc_member(document, 0, name);
  g_autoptr(GPtrArray) texts = g_ptr_array_new();
  if (!value || (value->kind != BASE_JSON_TEXT && value->kind != BASE_JSON_LIST)) return NULL;
  if (value->kind == BASE_JSON_TEXT) g_ptr_array_add(texts, (gpointer)value->text);
  for (guint i = value->kind == BASE_JSON_LIST ? value->first : 0; i; i = base_json_value(document->json, i)->next) {
    const BaseJsonValue *item = base_json_value(document->json, i);
    if (item->kind != BASE_JSON_TEXT) return NULL;
    g_ptr_array_add(texts, (gpointer)item->text);
  }
  g_ptr_array_add(texts, NULL);
  return (const char **)g_ptr_array_steal(texts, NULL);
}

/* --- base64url --- */

static gboolean is_letter(char c) {
  return g_ascii_isalnum(c) || c == '-' || c == '_';
}

guint8 *oidc_base64url_read(const char *text, gsize text_length, gsize *length) {
  if (text_length % 4 == 1) return NULL;
  g_autoptr(GString) plain = g_string_new_len(text, (gssize)text_length);
  for (gsize i = 0; i < text_length; i++) {
    if (!is_letter(text[i])) return NULL;
    if (text[i] == '-') plain->str[i] = '+';
    if (text[i] == '_') plain->str[i] = '/';
  }
  while (plain->len % 4) g_string_append_c(plain, '=');
  gsize n = 0;
  guint8 *bytes = g_base64_decode(plain->str, &n);
  bytes = g_realloc(bytes, n + 1);
  bytes[n] = 0;
  *length = n;
  return bytes;
}

char *oidc_base64url_write(const guint8 *bytes, gsize length) {
  char *text = g_base64_encode(bytes, length);
  for (char *at = text; *at; at++) {
    if (*at == '+') *at = '-';
    if (*at == '/') *at = '_';
  }
  text[strcspn(text, "=")] = 0;
  return text;
}
