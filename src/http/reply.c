/* What is sent back: headers that every reply has, tags, compression, problems. */
#include "http/private.h"

/* What is missing unless a handler says otherwise (OWASP Secure Headers). */
static const HttpPair always[] = {
    {(char *)"Content-Security-Policy",
     (char *)"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"},
    {(char *)"X-Content-Type-Options", (char *)"nosniff"},
    {(char *)"Referrer-Policy", (char *)"no-referrer"},
    {(char *)"Cross-Origin-Opener-Policy", (char *)"same-origin"},
    {(char *)"Cross-Origin-Resource-Policy", (char *)"same-origin"},
};
#define SECURE_FOR   "max-age=31536000"
#define JSON_IS_FILE "attachment; filename=\"attain.json\""
#define NO_STORE     "no-store"
#define ASK_AGAIN    "private, no-cache" /* kept by who asked, and only shown after If-None-Match */

static void clear_pair(gpointer data) {
  HttpPair *pair = data;
  g_free(pair->name);
  g_free(pair->value);
}

gboolean http_is_replied(const HttpExchange *exchange) {
  return exchange->reply.status != 0;
}

void http_reply_clear(HttpReply *reply) {
  g_clear_pointer(&reply->headers, g_array_unref);
  http_content_release(reply->content);
  *reply = (HttpReply){0};
}

/* --- what handlers say --- */

static gboolean is_header_text(const char *text) {
  for (; *text; text++)
    if (((guchar)*text < ' ' && *text != '\t') || *text == 0x7f) return FALSE;
  return TRUE;
}

static void set_header(HttpReply *reply, const char *name, const char *value) {
  if (!is_header_text(name) || !is_header_text(value)) return;
  if (!reply->headers) {
    reply->headers = g_array_new(FALSE, FALSE, sizeof(HttpPair));
    g_array_set_clear_func(reply->headers, clear_pair);
  }
  gboolean may_repeat = g_ascii_strcasecmp(name, "Set-Cookie") == 0 || g_ascii_strcasecmp(name, "Link") == 0;
  for (guint i = 0; !may_repeat && i < reply->headers->len; i++) {
    HttpPair *pair = &g_array_index(reply->headers, HttpPair, i);
    if (g_ascii_strcasecmp(pair->name, name) != 0) continue;
    g_free(pair->value);
    pair->value = g_strdup(value);
    return;
  }
  HttpPair pair = {.name = g_strdup(name), .value = g_strdup(value)};
  g_array_append_val(reply->headers, pair);
}

static const char *header_of(const HttpReply *reply, const char *name) {
  for (guint i = 0; reply->headers && i < reply->headers->len; i++) {
    const HttpPair *pair = &g_array_index(reply->headers, HttpPair, i);
    if (g_ascii_strcasecmp(pair->name, name) == 0) return pair->value;
  }
  return NULL;
}

void http_set_header(HttpExchange *exchange, const char *name, const char *value) {
  set_header(&exchange->reply, name, value);
}

void http_reply(HttpExchange *exchange, guint status, const char *type, char *text, gsize length) {
  http_content_release(exchange->reply.content);
  exchange->reply.status = status;
  exchange->reply.content = text ? http_content_new(type, text, length, NULL) : NULL;
}

void http_reply_content(HttpExchange *exchange, HttpContent *content) {
  HttpContent *held = http_content_hold(content);
  http_content_release(exchange->reply.content);
  exchange->reply.status = 200;
  exchange->reply.content = held;
}

static void add_member(GString *out, const char *name, const char *text) {
  g_string_append_printf(out, "\"%s\":", name);
  http_append_json(out, text);
}

void http_problem_make(HttpReply *reply, const char *id, guint status, const char *name, const char *title,
                       const char *detail) {
  GString *out = g_string_new("{");
  g_autofree char *type = g_strdup_printf("/problems/%s", name);
  g_autofree char *instance = g_strdup_printf("urn:attain:request:%s", id);
  add_member(out, "type", type);
  g_string_append_c(out, ',');
  add_member(out, "title", title);
  g_string_append_printf(out, ",\"status\":%u,", status);
  add_member(out, "detail", detail);
  g_string_append_c(out, ',');
  add_member(out, "instance", instance);
  g_string_append(out, "}\n");
  gsize length = out->len;
  http_content_release(reply->content);
  reply->status = status;
  reply->content = http_content_new("application/problem+json", g_string_free(out, FALSE), length, NULL);
}

void http_problem(HttpExchange *exchange, guint status, const char *name, const char *title, const char *detail, ...) {
  va_list arguments;
  va_start(arguments, detail);
  g_autofree char *words = g_strdup_vprintf(detail, arguments);
  va_end(arguments);
  http_problem_make(&exchange->reply, exchange->id, status, name, title, words);
}

/* --- what becomes of it --- */

gboolean http_may_answer(HttpExchange *exchange, gsize n_bytes) {
  gsize limit = exchange->server->limits.answer_bytes;
  if (n_bytes <= limit) return TRUE;
  http_problem(exchange, 422, "answer-too-large", "The answer is too large",
               "The answer would be %" G_GSIZE_FORMAT " bytes; the limit is %" G_GSIZE_FORMAT
               " (answer_mb). Ask for fewer members, periods or KPIs, or page through it.",
               n_bytes, limit);
  return FALSE;
}

void http_reply_finish(HttpExchange *exchange) {
  HttpReply *reply = &exchange->reply;
  if (!http_is_replied(exchange))
    http_problem(exchange, 500, "no-reply", "Nothing was answered", "The server made no reply. Please report it.");
  if (reply->content) http_may_answer(exchange, http_content_length(reply->content));
  if (!reply->content) return;
  gboolean is_kept = reply->status == 200 && (exchange->is_get || exchange->is_head);
  if (is_kept && !header_of(reply, "ETag")) set_header(reply, "ETag", http_content_tag(reply->content));
  if (is_kept && http_has_tag(http_header(exchange, "If-None-Match"), header_of(reply, "ETag"))) {
    g_clear_pointer(&reply->content, http_content_release);
    reply->status = 304;
    return;
  }
  HttpEncoding encoding = HTTP_IDENTITY;
  if (http_content_shrinks(reply->content) && !header_of(reply, "Content-Encoding"))
    encoding = http_choose_encoding(http_header(exchange, "Accept-Encoding"), loaded_brotli_compress != NULL);
  reply->form = http_content_form(reply->content, encoding);
}

/* --- to the connection --- */

static void add_default(struct MHD_Response *response, const HttpReply *reply, const char *name, const char *value) {
  if (!header_of(reply, name)) MHD_add_response_header(response, name, value);
}

/* JSON is data, not a page: opened by its address it is saved (OWASP ASVS 14.4.2). */
static void add_type(struct MHD_Response *response, const HttpReply *reply) {
  const char *type = http_content_type(reply->content);
  add_default(response, reply, "Content-Type", type);
  if (g_str_has_prefix(type, "application/json") || g_str_has_prefix(type, "application/problem+json"))
    add_default(response, reply, "Content-Disposition", JSON_IS_FILE);
}

static void add_headers(const HttpExchange *exchange, const HttpReply *reply, struct MHD_Response *response) {
  for (guint i = 0; reply->headers && i < reply->headers->len; i++) {
    const HttpPair *pair = &g_array_index(reply->headers, HttpPair, i);
    MHD_add_response_header(response, pair->name, pair->value);
  }
  for (guint i = 0; i < G_N_ELEMENTS(always); i++) add_default(response, reply, always[i].name, always[i].value);
  gboolean is_kept = (reply->status == 200 || reply->status == 304) && header_of(reply, "ETag");
  add_default(response, reply, "Cache-Control", is_kept ? ASK_AGAIN : NO_STORE);
  if (exchange->is_secure) add_default(response, reply, "Strict-Transport-Security", SECURE_FOR);
  if (reply->status == 401) add_default(response, reply, "WWW-Authenticate", "Bearer"); /* RFC 9110, 11.6.1 */
  MHD_add_response_header(response, "X-Request-Id", exchange->id);
  if (reply->content) add_type(response, reply);
  if (reply->status == 304 || (reply->content && http_content_shrinks(reply->content)))
    MHD_add_response_header(response, "Vary", "Accept-Encoding");
  if (reply->form.encoding != HTTP_IDENTITY)
    MHD_add_response_header(response, "Content-Encoding", http_encoding_name(reply->form.encoding));
  if (exchange->must_close || g_atomic_int_get(&exchange->server->is_stopping))
    MHD_add_response_header(response, "Connection", "close");
}

static void release(void *content) {
  http_content_release(content);
}

static struct MHD_Response *response_of(HttpReply *reply) {
  if (reply->stream) return http_stream_response(reply->stream);
  if (!reply->content) return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
  if (!reply->form.bytes) reply->form = http_content_form(reply->content, HTTP_IDENTITY);
  return MHD_create_response_from_buffer_with_free_callback_cls(reply->form.length, (void *)reply->form.bytes, release,
                                                                http_content_hold(reply->content));
}

enum MHD_Result http_reply_send(HttpExchange *exchange, HttpReply *reply) {
  HttpStream *stream = reply->stream;
  struct MHD_Response *response = response_of(reply);
  if (!response) return MHD_NO;
  add_headers(exchange, reply, response);
  exchange->sent_status = reply->status;
  exchange->sent_bytes = exchange->is_head ? 0 : reply->form.length;
  exchange->phase = HTTP_DONE;
  if (stream) exchange->sent_us = g_get_monotonic_time();
  if (stream) http_stream_begin(stream, exchange->connection);
  reply->stream = NULL;
  enum MHD_Result result = MHD_queue_response(exchange->connection, reply->status, response);
  MHD_destroy_response(response);
  return result;
}
