/* What a provider sends, read by names: JSON (RFC 8259) and base64url (RFC 4648, 5) as strictly as strangers' texts
 * are. Private to src/oidc. */
#pragma once

#include "base/json.h"

typedef struct {
  BaseJson *json; /* of `text` */
  char *text;
} OidcDocument;

/* Takes the text, which need not be UTF-8 or end where its first NUL is. NULL: it is no JSON object. */
OidcDocument *oidc_document_new(char *text, gsize length, GError **error);
void oidc_document_free(OidcDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OidcDocument, oidc_document_free)

/* A member of the object that is value `object`; 0: of the whole. NULL: not there, null, or there twice. */
const BaseJsonValue *oidc_member(const OidcDocument *document, guint object, const char *name);
/* NULL: it is no text, or "". Owned by the document. */
const char *oidc_text(const OidcDocument *document, guint object, const char *name);
/* Whole seconds since 1970; -1: it is no such number. */
gint64 oidc_seconds(const OidcDocument *document, const char *name);
/* The beginning of a stranger's text, for a message; the caller frees. */
char *oidc_begin_of(const char *text);
gboolean oidc_is_true(const OidcDocument *document, const char *name);
/* The texts of a list, or one text alone; ends with NULL; g_free() it and not the texts. NULL: neither. */
const char **oidc_texts(const OidcDocument *document, const char *name);

/* NULL: it is no base64url without padding. Ends with NUL, which `*length` does not count. The caller frees. */
guint8 *oidc_base64url_read(const char *text, gsize text_length, gsize *length);
char *oidc_base64url_write(const guint8 *bytes, gsize length);
