/* Webhooks and mail servers, through libcurl.
 *
 * What is answered decides: taken; not now (no connection, 4xx of SMTP, 408, 429 and 5xx of HTTP), so that it is tried
 * again; or never (5xx of SMTP, other 4xx of HTTP), which trying again would not change. Wrong passwords and
 * certificates are "not now": they are mended on our side. */
#include "send/loaded.h"
#include "send/private.h"

#define MAX_ANSWER_BYTES 2000
#define SHOWN_BYTES      200
#define MAX_WAIT_SECONDS (G_GINT64_CONSTANT(24) * 3600)

static size_t keep_answer(char *bytes, size_t size, size_t n, void *user_data) {
  GString *answer = user_data;
  gsize room = MAX_ANSWER_BYTES - MIN(answer->len, MAX_ANSWER_BYTES);
  g_string_append_len(answer, bytes, (gssize)MIN(size * n, room));
  return size * n;
}

static CURL *new_handle(char *problem) {
  CURL *curl = curl_easy_init();
  g_assert(curl); /* fails only without memory, as does all of GLib */
  *problem = '\0';
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)SEND_CONNECT_SECONDS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SEND_MAX_SECONDS);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "Attain/" ATTAIN_VERSION);
  return curl;
}

static const char *why(CURLcode code, const char *problem) {
  return *problem ? problem : curl_easy_strerror(code);
}

static CURLcode perform(CURL *curl, long *status) {
  SendPipe guard;
  send_pipe_begin(&guard);
  CURLcode code = curl_easy_perform(curl);
  send_pipe_end(&guard);
  *status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
  return code;
}

/* --- webhooks --- */

/* Redirections are not followed: what is sent is for the address that somebody wrote down. */
static AlertReply judge_http(long status, gint64 wait_us, const GString *answer) {
  gboolean is_later = status == 408 || status == 425 || status == 429 || status >= 500;
  if (status >= 200 && status < 300) return (AlertReply){.answer = ALERT_TAKEN};
  if (status >= 300 && status < 400)
    return (AlertReply){
        .answer = ALERT_NEVER,
        .words = g_strdup_printf("answered %ld, which names another address: write that one in its place", status)};
  g_autofree char *said = g_utf8_make_valid(answer->str, (gssize)MIN(answer->len, SHOWN_BYTES));
  for (char *at = said; *at; at++)
    if (g_ascii_iscntrl(*at)) *at = ' ';
  return (AlertReply){.answer = is_later ? ALERT_LATER : ALERT_NEVER,
                      .words = g_strdup_printf("answered %ld%s%s", status, *said ? ": " : "", said),
                      .wait_us = wait_us};
}

/* Retry-After, in microseconds; 0 where there is none. */
static gint64 asked_wait_us(CURL *curl) {
  curl_off_t seconds = 0;
  if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds < 0) return 0;
  return MIN((gint64)seconds, MAX_WAIT_SECONDS) * G_USEC_PER_SEC;
}

static struct curl_slist *http_headers(const AlertMessage *message, const char *token) {
  g_autofree char *key = g_strconcat("Idempotency-Key: ", message->id, NULL);
  g_autofree char *bearer = token ? g_strconcat("Authorization: Bearer ", token, NULL) : NULL;
  struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  headers = curl_slist_append(headers, key);
  return bearer ? curl_slist_append(headers, bearer) : headers;
}

static AlertReply post(const char *url, const char *token, const char *body, const AlertMessage *message) {
  char *missing = NULL;
  if (!loaded_curl_ready(&missing)) return send_later(missing);
  char problem[CURL_ERROR_SIZE];
  g_autoptr(GString) answer = g_string_new(NULL);
  CURL *curl = new_handle(problem);
  struct curl_slist *headers = http_headers(message, token);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_answer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
  long status;
  CURLcode code = perform(curl, &status);
  AlertReply reply =
      code == CURLE_OK ? judge_http(status, asked_wait_us(curl), answer) : send_later(g_strdup(why(code, problem)));
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return reply;
}

AlertReply send_by_http(const Sender *sender, const ConfChannel *channel, const AlertMessage *message) {
  g_autoptr(GError) error = NULL;
  gboolean has_token = channel->token.env || channel->token.file;
  g_autofree char *url = send_secret(&channel->url, &error);
  g_autofree char *token = url && has_token ? send_secret(&channel->token, &error) : NULL;
  if (error) return send_later(g_strdup(error->message));
  g_autofree char *body = channel->kind == CONF_CHANNEL_SLACK   ? send_slack(sender, message)
                          : channel->kind == CONF_CHANNEL_TEAMS ? send_teams(sender, message)
                                                                : send_json(sender, message);
  AlertReply reply = post(url, token, body, message);
  reply.words = send_mask(reply.words, token, url);
  return reply;
}

/* --- mail --- */

typedef struct {
  const char *bytes;
  gsize left;
} Upload;

static size_t read_upload(char *into, size_t size, size_t n, void *user_data) {
  Upload *upload = user_data;
  gsize taken = MIN(size * n, upload->left);
  memcpy(into, upload->bytes, taken);
  upload->bytes += taken;
  upload->left -= taken;
  return taken;
}

static AlertReply judge_mail(CURLcode code, long status, const char *problem) {
  if (code == CURLE_OK) return (AlertReply){.answer = ALERT_TAKEN};
  char *words = status ? g_strdup_printf("%s (%ld)", why(code, problem), status) : g_strdup(why(code, problem));
  gboolean is_never = status >= 500 && status < 600 && code != CURLE_LOGIN_DENIED;
  return (AlertReply){.answer = is_never ? ALERT_NEVER : ALERT_LATER, .words = words};
}

static void set_server(CURL *curl, const ConfMail *mail, const char *password) {
  g_autofree char *url =
      g_strdup_printf("%s://%s:%d/", mail->security == CONF_SECURITY_TLS ? "smtps" : "smtp", mail->server, mail->port);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_URL, url);
  if (mail->security == CONF_SECURITY_STARTTLS) curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
  if (mail->ca_file) curl_easy_setopt(curl, CURLOPT_CAINFO, mail->ca_file);
  if (mail->user) curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
  if (password) curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
}

static AlertReply deliver(const ConfMail *mail, const char *password, const char *text, const char *recipient) {
  char *missing = NULL;
  if (!loaded_curl_ready(&missing)) return send_later(missing);
  char problem[CURL_ERROR_SIZE];
  Upload upload = {text, strlen(text)};
  g_autofree char *from = send_address(mail->from);
  CURL *curl = new_handle(problem);
  struct curl_slist *recipients = curl_slist_append(NULL, recipient);
  set_server(curl, mail, password);
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  long status;
  CURLcode code = perform(curl, &status);
  AlertReply reply = judge_mail(code, status, problem);
  curl_slist_free_all(recipients);
  curl_easy_cleanup(curl);
  return reply;
}

AlertReply send_one_mail(const Sender *sender, const SendMail *said) {
  const ConfMail *mail = &sender->organisation->alerts.mail;
  g_autoptr(GError) error = NULL;
  g_autofree char *password = mail->user ? send_secret(&mail->password, &error) : NULL;
  if (error) return send_later(g_strdup(error->message));
  if (!mail->server) return send_later(g_strdup("attain.yaml names no mail server any more"));
  g_autofree char *text = send_mail_text(sender, said, mail->from);
  AlertReply reply = deliver(mail, password, text, said->recipient);
  reply.words = send_mask(reply.words, password, NULL);
  return reply;
}
