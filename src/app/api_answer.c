/* Which form is asked for, and answers that are kept. */
#include "app/api_answer.h"

#include "app/api_cache.h"
#include "app/server.h"

#include <string.h>

/* --- forms --- */

static const struct {
  AttainFormat format;
  const char *name, *type;
} forms[] = {
    {ATTAIN_JSON, "json", "application/json"},
    {ATTAIN_CSV, "csv", "text/csv; charset=utf-8"},
    {ATTAIN_XLSX, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {ATTAIN_PARQUET, "parquet", "application/vnd.apache.parquet"},
};

/* Whether a part of Accept, such as "text/csv;q=0.9", names the type. */
static gboolean names_type(const char *part, const char *type) {
  gsize length = strcspn(part, "; \t");
  return length == strcspn(type, ";") && g_ascii_strncasecmp(part, type, length) == 0;
}

/* The first that is named: who wants another says so by `format`. -1: none that there is. */
static int find_accepted(const char *accept) {
  gboolean takes_any = FALSE;
  g_auto(GStrv) parts = g_strsplit(accept, ",", 32);
  for (char **part = parts; *part; part++) {
    const char *named = g_strstrip(*part);
    for (guint f = 0; f < G_N_ELEMENTS(forms); f++)
      if (names_type(named, forms[f].type)) return (int)f;
    takes_any |= names_type(named, "*/*") || names_type(named, "application/*");
  }
  return takes_any ? 0 : -1;
}

static int find_form(const HttpExchange *exchange) {
  const char *named = http_query(exchange, "format"), *accept = http_header(exchange, "Accept");
  for (guint f = 0; f < G_N_ELEMENTS(forms); f++)
    if (g_strcmp0(named, forms[f].name) == 0) return (int)f;
  return accept && *accept ? find_accepted(accept) : 0;
}

/* -1: a problem was replied. */
static int need_form(HttpExchange *exchange) {
  int form = find_form(exchange);
  if (form < 0)
    http_problem(exchange, 406, "no-such-form", "There is no such form of the answer",
                 "Accept is to name application/json, text/csv, %s or %s, or the address format=json, csv, xlsx or "
                 "parquet",
                 forms[ATTAIN_XLSX].type, forms[ATTAIN_PARQUET].type);
  return form;
}

/* Files are called as the last part of the address. */
static void set_headers(HttpExchange *exchange, int form) {
  http_set_header(exchange, "Vary", "Accept");
  http_set_header(exchange, "Cache-Control", "private, no-cache");
  const char *route = http_route(exchange)->path, *name = strrchr(route, '/') + 1;
  g_autofree char *disposition =
      g_strdup_printf("attachment; filename=\"%s.%s\"", strchr(name, '{') ? "answer" : name, forms[form].name);
  http_set_header(exchange, "Content-Disposition", disposition);
}

char *api_document(char *document, const char *lists, AttainFormat format, size_t *n_bytes, AttainError *error) {
  if (document && format == ATTAIN_JSON) *n_bytes = strlen(document);
  if (!document || format == ATTAIN_JSON) return document;
  char *bytes = attain_document_write(document, lists, format, n_bytes, error);
  attain_free(document);
  return bytes;
}

/* --- answering --- */

static char *make_or_fail(HttpExchange *exchange, int form, ApiMake make, size_t *n_bytes) {
  AttainError error = {0};
  char *bytes = make(exchange, forms[form].format, n_bytes, &error);
  if (!bytes && error.code != ATTAIN_ERROR_NONE) api_fail(exchange, &error);
  return bytes;
}

void api_answer(HttpExchange *exchange, ApiMake make) {
  size_t n_bytes = 0;
  int form = need_form(exchange);
  char *bytes = form >= 0 ? make_or_fail(exchange, form, make, &n_bytes) : NULL;
  if (!bytes) return;
  set_headers(exchange, form);
  http_reply(exchange, 200, forms[form].type, bytes, n_bytes);
}

/* --- keeping --- */

static void add_part(GChecksum *sum, const char *text, gsize length) {
  g_checksum_update(sum, (const guchar *)&length, sizeof length); /* so that parts do not run into one another */
  g_checksum_update(sum, (const guchar *)text, (gssize)length);
}

static void add_text(GChecksum *sum, const char *text) {
  add_part(sum, text, strlen(text));
}

/* Of all that the answer depends on; caller frees. */
static char *key_of(HttpExchange *exchange, int form, guint64 state) {
  const HttpRoute *route = http_route(exchange);
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  gsize length;
  const char *body = route->body ? http_body(exchange, &length) : NULL;
  g_checksum_update(sum, (const guchar *)&state, sizeof state);
  add_text(sum, attain_sight(api_workspace(exchange)));
  add_text(sum, route->method); /* a HEAD's is that of its GET */
  add_text(sum, http_path(exchange));
  add_text(sum, forms[form].name);
  for (guint i = 0; i < route->n_parameters; i++) {
    const char *const *values = http_query_list(exchange, route->parameters[i].name);
    const char *value = http_query(exchange, route->parameters[i].name);
    gboolean is_list = route->parameters[i].kind == HTTP_LIST;
    if (!value || g_str_equal(route->parameters[i].name, "format")) continue;
    add_text(sum, route->parameters[i].name);
    if (!is_list) add_text(sum, value);
    for (; is_list && values && *values; values++) add_text(sum, *values);
    add_text(sum, "");
  }
  if (body) add_part(sum, body, length);
  return g_strdup(g_checksum_get_string(sum));
}

void api_answer_kept(HttpExchange *exchange, gpointer server) {
  int form = find_form(exchange);
  if (form < 0) return;
  g_autofree char *key = key_of(exchange, form, attain_state(api_workspace(exchange)));
  HttpContent *content = api_cache_find(server_answers(server), key, api_author(exchange));
  if (!content) return;
  set_headers(exchange, form);
  http_reply_content(exchange, content);
  http_content_release(content);
}

void api_answer_and_keep(HttpExchange *exchange, gpointer server, ApiMake make) {
  size_t n_bytes = 0;
  int form = need_form(exchange);
  if (form < 0) return;
  guint64 state = attain_state(api_workspace(exchange));
  g_autofree char *key = key_of(exchange, form, state);
  char *bytes = make_or_fail(exchange, form, make, &n_bytes);
  if (!bytes) return;
  gboolean holds = attain_state(api_workspace(exchange)) == state;
  HttpContent *content = http_content_new(forms[form].type, bytes, n_bytes, holds ? key : NULL);
  if (holds) api_cache_keep(server_answers(server), key, content, n_bytes, api_author(exchange));
  set_headers(exchange, form);
  http_reply_content(exchange, content);
  http_content_release(content);
}
