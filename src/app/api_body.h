/* A request's body as JSON: an object whose members are asked for by name and kind, and nothing else.
 *
 *   g_autoptr(ApiBody) body = api_body_new(exchange);
 *   const char *sentence = api_body_text(body, "sentence");
 *   gboolean dry_run = api_body_flag(body, "dry_run");
 *   if (!api_body_end(body, exchange)) return;
 *
 * The first thing that is wrong is remembered with its place ("questions[1].by"); from then on nothing is given, so a
 * handler asks for all it knows and then looks once. Members that nobody asked for are wrong: a mistyped name is told,
 * not passed over. Private to src/app. */
#pragma once

#include "http/http.h"

typedef struct ApiBody ApiBody;

/* Never NULL. An empty body is an object without members. */
ApiBody *api_body_new(HttpExchange *exchange);
/* The same of a text; for what is no exchange's. */
ApiBody *api_body_parse(const char *text, gsize length);
void api_body_free(ApiBody *body);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiBody, api_body_free)

/* What is not given or null is NULL, 0 or FALSE. Texts and lists belong to the body. */
const char *api_body_text(ApiBody *body, const char *name);
/* A list of texts, or one text alone; ends with NULL. */
const char *const *api_body_texts(ApiBody *body, const char *name);
/* A whole number from 0. */
gint64 api_body_number(ApiBody *body, const char *name);
gboolean api_body_flag(ApiBody *body, const char *name);
/* Objects in a list, at most `most`: each is an ApiBody of its own, owned by `body`; empty when there are none. */
const GPtrArray *api_body_objects(ApiBody *body, const char *name, guint most);
/* A member as compact JSON, whatever is in it; NULL when it is not given. */
const char *api_body_json(ApiBody *body, const char *name);

/* Says that a member is wrong: "sort" "is to be …". */
void api_body_mark(ApiBody *body, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* What is wrong, in words for who wrote it; NULL: nothing. Members that were not asked for count from here on. */
const char *api_body_wrong(ApiBody *body);
/* FALSE when something is wrong, and a problem was replied. */
gboolean api_body_end(ApiBody *body, HttpExchange *exchange);
