/* Answers in the form that is asked for, kept as long as they hold. Private to src/app.
 *
 *   request ─► first: kept? ─────────────────────────────► the same bytes
 *                 └─ no ─► worker: make ─► keep, if nothing changed meanwhile ─► reply */
#pragma once

#include "app/api.h"

/* Of a route's table: `format`, which goes before Accept. */
#define API_FORMAT_PARAMETER \
  { "format", HTTP_TEXT, "the form of the answer; otherwise by the header Accept", "json|csv|xlsx|parquet", FALSE }

/* Makes what a route answers. NULL with `error`; or NULL without one, when it has replied. */
typedef char *(*ApiMake)(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error);

/* Replies with what `make` makes. */
void api_answer(HttpExchange *exchange, ApiMake make);
/* The same, and keeps it. Only for what depends on nothing but the request, the workspace's state and what the caller
 * sees. The route's `first` is api_answer_kept(). */
void api_answer_and_keep(HttpExchange *exchange, gpointer server, ApiMake make);
void api_answer_kept(HttpExchange *exchange, gpointer server);

/* A document of the library's, which is taken, in a form; `lists` as in attain_document_write(). */
char *api_document(char *document, const char *lists, AttainFormat format, size_t *n_bytes, AttainError *error);
