/* Documents of other servers, through libcurl. */
#include "send/fetch.h"

#include "send/loaded.h"
#include "send/private.h"

#include <gio/gio.h>

typedef struct {
  GString *body;
  gsize max_bytes;
  gboolean is_too_long;
} Answer;

static gboolean is_own_machine(const char *host) {
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
  return address ? g_inet_address_get_is_loopback(address) : g_ascii_strcasecmp(host, "localhost") == 0;
}

gboolean send_fetch_may(const char *url, GError **error) {
  g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri ? g_uri_get_host(uri) : NULL, *scheme = uri ? g_uri_get_scheme(uri) : "";
  gboolean is_plain = host && *host && !g_uri_get_userinfo(uri) && !g_uri_get_fragment(uri);
  gboolean is_safe = g_str_equal(scheme, "https") || (g_str_equal(scheme, "http") && host && is_own_machine(host));
  if (is_plain && is_safe) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "\"%s\" is no address to ask: it begins with https://", url);
  return FALSE;
}

static size_t keep(char *bytes, size_t size, size_t n, void *user_data) {
  Answer *answer = user_data;
  answer->is_too_long |= answer->body->len + size * n > answer->max_bytes;
  if (answer->is_too_long) return 0; /* ends the transfer */
  g_string_append_len(answer->body, bytes, (gssize)(size * n));
  return size * n;
}

static void set_up(CURL *curl, const SendRequest *request, Answer *answer, char *problem) {
  *problem = '\0';
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)SEND_FETCH_SECONDS / 2);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_FETCH_SECONDS);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Attain/" ATTAIN_VERSION);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_URL, request->url);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
  if (g_str_has_prefix(request->url, "http://")) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  if (request->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
  if (request->form) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->form);
  if (!request->user) return;
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
  curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
  curl_easy_setopt(curl, CURLOPT_PASSWORD, request->password ? request->password : "");
}

static CURLcode perform(CURL *curl, guint *status) {
  SendPipe guard;
  long code = 0;
  send_pipe_begin(&guard);
  CURLcode result = curl_easy_perform(curl);
  send_pipe_end(&guard);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  *status = (guint)code;
  return result;
}

/* What curl says of a certificate names what is wrong with it (too old, another host's, an authority that is not
 * known); of the authorities' file it would name the path, which is nobody's who asks over the network. */
static gboolean fail(const SendRequest *request, const Answer *answer, CURLcode code, const char *problem,
                     GError **error) {
  g_autoptr(GUri) uri = g_uri_parse(request->url, G_URI_FLAGS_NONE, NULL);
  const char *host = g_uri_get_host(uri);
  if (answer->is_too_long)
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "%s sends more than %" G_GSIZE_FORMAT " bytes", host,
                request->max_bytes);
  else if (code == CURLE_SSL_CACERT_BADFILE)
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be asked: ca_file is no file of certificates (PEM)", host);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be asked: %s", host,
                code == CURLE_PEER_FAILED_VERIFICATION && *problem ? problem : curl_easy_strerror(code));
  return FALSE;
}

gboolean send_fetch(const SendRequest *request, guint *status, char **body, gsize *length, GError **error) {
  char *missing = NULL;
  if (!send_fetch_may(request->url, error)) return FALSE;
  if (!loaded_curl_ready(&missing)) {
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO, missing);
    g_free(missing);
    return FALSE;
  }
  Answer answer = {.body = g_string_new(NULL), .max_bytes = request->max_bytes};
  CURL *curl = curl_easy_init();
  g_assert(curl); /* fails only without memory, as does all of GLib */
  struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
  char problem[CURL_ERROR_SIZE];
  set_up(curl, request, &answer, problem);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  guint got = 0;
  CURLcode code = perform(curl, &got);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  gboolean ok = code == CURLE_OK || fail(request, &answer, code, problem, error);
  if (ok) {
    *status = got;
    *length = answer.body->len;
  }
  char *text = g_string_free(answer.body, FALSE);
  if (ok)
    *body = text;
  else
    g_free(text);
  return ok;
}
