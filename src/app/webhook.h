/* Webhooks of CRMs: who sent one, and what it tells, as records of a source. Pure functions: what is over HTTP is in
 * api_webhooks.c. Private to src/app.
 *
 *   webhooks/NAME.yaml ─► Webhook ┐
 *   request ─► signature, age ────┴► body as paths and texts ─► WebhookNews: object, id, when, values ─► attain_take()
 */
#pragma once

#include <glib.h>

typedef enum { WEBHOOK_SALESFORCE, WEBHOOK_HUBSPOT, WEBHOOK_PIPEDRIVE } WebhookKind;

/* How HubSpot signs. */
typedef enum { WEBHOOK_SIGNED_V3, WEBHOOK_SIGNED_V2, WEBHOOK_SIGNED_V1 } WebhookSignature;

/* Of which table of the source an object's records are rows. */
typedef struct {
  char *object; /* deal, Opportunity */
  char *table, *id_column;
  GHashTable *columns; /* property -> header; others go by their own name */
} WebhookObject;

typedef struct {
  WebhookKind kind;
  WebhookSignature signature; /* HUBSPOT */
  char *name, *source;
  char *secret;       /* never in a message or a log */
  char *user;         /* PIPEDRIVE: of basic authentication */
  char *organisation; /* SALESFORCE: its id, or NULL: any that has the secret */
  char *address;      /* HUBSPOT: as HubSpot calls it; NULL: from the request */
  GPtrArray *objects; /* WebhookObject */
} Webhook;

/* webhooks/NAME.yaml of the workspace's folder. Errors: NOT_FOUND; INPUT, and IO of its secret, with file and line. */
Webhook *webhook_load(const char *folder, const char *name, GError **error);
Webhook *webhook_parse(const char *folder, const char *file, const char *text, gsize length, GError **error);
Webhook *webhook_ref(Webhook *webhook);
void webhook_free(Webhook *webhook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Webhook, webhook_free)
const WebhookObject *webhook_object(const Webhook *webhook, const char *object);

/* --- webhook_book.c: those that were last read right; of all threads --- */

typedef struct WebhookBook WebhookBook;
/* Reads all of the folder; what is faulty is told by who asks for it. */
WebhookBook *webhook_book_new(const char *folder);
void webhook_book_free(WebhookBook *book);
/* Read anew for each request, so that a secret can be changed. While its file is faulty, what was read before, with
 * what is wrong in `fault` (caller frees; NULL: nothing); not where the file or its secret was taken away. Errors:
 * those of webhook_load(). */
Webhook *webhook_book_find(WebhookBook *book, const char *name, char **fault, GError **error);

/* --- webhook_sign.c --- */

#define WEBHOOK_MAX_AGE_US (5 * G_TIME_SPAN_MINUTE)

/* What of a request says who sent it; NULL: not there. */
typedef struct {
  const char *method, *uri, *body;
  gsize length;
  const char *signature, *timestamp; /* HUBSPOT: X-HubSpot-…; SALESFORCE: X-Attain-… */
  const char *authorization;         /* PIPEDRIVE */
  const char *key;                   /* SALESFORCE: the parameter `key` of outbound messages, which cannot be signed */
  gint64 now_us;
} WebhookRequest;

/* Whether who has the secret sent it, not long ago. Takes as long for a wrong signature wherever it is wrong. */
gboolean webhook_is_authentic(const Webhook *webhook, const WebhookRequest *request);
/* HMAC-SHA256, in base64 or in hex. */
char *webhook_hmac(const char *secret, const char *const *texts, gboolean in_hex);
gboolean webhook_is_same(const char *a, const char *b);

/* --- what is told --- */

typedef struct {
  const char *object, *id, *event;
  const char *wrong; /* why nothing can be made of it, or NULL */
  gint64 at_us;      /* 0: not said */
  gboolean is_removed;
  GPtrArray *columns, *values; /* const char *; values may be NULL */
} WebhookItem;

typedef struct {
  GStringChunk *texts;
  GArray *items;      /* WebhookItem */
  char *organisation; /* SALESFORCE: who says they are, or NULL */
  gboolean is_soap;   /* to be answered so */
} WebhookNews;
WebhookNews *webhook_news_new(void);
void webhook_news_free(WebhookNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WebhookNews, webhook_news_free)
WebhookItem *webhook_news_add(WebhookNews *news, const char *object, const char *id);
void webhook_item_set(WebhookNews *news, WebhookItem *item, const char *column, const char *value);
const char *webhook_keep(WebhookNews *news, const char *text); /* NULL stays NULL */
/* 1764576000, 1764576000123, 2026-12-01T08:00:00.000Z; 0 for what is none, or before 1970. */
gint64 webhook_time(const char *text);

/* Errors: INPUT for what is no such body; LIMIT. */
WebhookNews *webhook_read(WebhookKind kind, const char *body, gsize length, GError **error);

#define WEBHOOK_MAX_ITEMS  10000
#define WEBHOOK_MAX_VALUES 200000 /* in a body */

/* --- webhook_json.c: a document as paths and texts, in order: "0.propertyName" "dealstage" --- */
typedef struct {
  const char *path, *text; /* text: NULL for null */
} WebhookValue;
typedef struct {
  GStringChunk *texts;
  GArray *values; /* WebhookValue */
} WebhookJson;
gboolean webhook_json_read(const char *body, gsize length, WebhookJson *json, GError **error);
void webhook_json_clear(WebhookJson *json);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WebhookJson, webhook_json_clear)

/* --- webhook_soap.c --- */
gboolean webhook_soap_read(const char *body, gsize length, WebhookNews *news, GError **error);
