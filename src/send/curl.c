/* Webhooks and mail servers, through libcurl.
 *
 * What is answered decides: taken; not now (no connection, 4xx of SMTP, 408, 429 and 5xx of HTTP), so that it is tried
 * again; or never (5xx of SMTP, other 4xx of HTTP), which trying again would not change. Wrong passwords and
 * certificates are "not now": they are mended on our side. */
#include "send/loaded.h"
#include "send/private.h"

#define MAX_ANSWER_BYTES 2000

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

static AlertAnswer judge_http(CURLcode code, long status, const char *problem, const GString *answer, char **words) {
  if (code != CURLE_OK) {
    *words = g_strdup(why(code, problem));
    return ALERT_LATER;
  }
  if (status >= 200 && status < 300) return ALERT_TAKEN;
  g_autofree char *said = g_utf8_make_valid(answer->str, (gssize)MIN(answer->len, 200));
  g_strdelimit(said, "\r\n\t", ' ');
  *words = g_strdup_printf("answered %ld%s%s", status, *said ? ": " : "", said);
  return status == 408 || status == 425 || status == 429 || status >= 500 ? ALERT_LATER : ALERT_NEVER;
}

static struct curl_slist *http_headers(const AlertMessage *message, const char *token) {
  g_autofree char *key = g_strconcat("Idempotency-Key: ", message->id, NULL);
  g_autofree char *bearer = token ? g_strconcat("Authorization: Bearer ", token, NULL) : NULL;
  struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  headers = curl_slist_append(headers, key);
  return bearer ? curl_slist_append(headers, bearer) : headers;
}

static AlertAnswer post(const char *url, const char *token, const char *body, const AlertMessage *message,
                        char **words) {
  if (!loaded_curl_ready(words)) return ALERT_LATER;
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
  AlertAnswer judged = judge_http(code, status, problem, answer, words);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return judged;
}

AlertAnswer send_by_http(const Sender *sender, const ConfChannel *channel, const AlertMessage *message, char **words) {
  g_autoptr(GError) error = NULL;
  gboolean has_token = channel->token.env || channel->token.file;
  g_autofree char *url = send_secret(&channel->url, &error);
  g_autofree char *token = url && has_token ? send_secret(&channel->token, &error) : NULL;
  if (error) {
    *words = g_strdup(error->message);
    return ALERT_LATER;
  }
  g_autofree char *body = channel->kind == CONF_CHANNEL_SLACK   ? send_slack(sender, message)
                          : channel->kind == CONF_CHANNEL_TEAMS ? send_teams(sender, message)
                                                                : send_json(sender, message);
  return post(url, token, body, message, words);
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

static AlertAnswer judge_mail(CURLcode code, long status, const char *problem, char **words) {
  if (code == CURLE_OK) return ALERT_TAKEN;
  *words = status ? g_strdup_printf("%s (%ld)", why(code, problem), status) : g_strdup(why(code, problem));
  return status >= 500 && status < 600 && code != CURLE_LOGIN_DENIED ? ALERT_NEVER : ALERT_LATER;
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

static AlertAnswer deliver(const ConfMail *mail, const char *password, const char *text, const char *recipient,
                           char **words) {
  if (!loaded_curl_ready(words)) return ALERT_LATER;
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
  AlertAnswer answer = judge_mail(code, status, problem, words);
  curl_slist_free_all(recipients);
  curl_easy_cleanup(curl);
  return answer;
}

AlertAnswer send_by_mail(const Sender *sender, const AlertMessage *message, char **words) {
  const ConfMail *mail = &sender->organisation->alerts.mail;
  g_autoptr(GError) error = NULL;
  g_autofree char *password = mail->user ? send_secret(&mail->password, &error) : NULL;
  if (error) {
    *words = g_strdup(error->message);
    return ALERT_LATER;
  }
  if (!mail->server) {
    *words = g_strdup("attain.yaml names no mail server any more");
    return ALERT_LATER;
  }
  g_autofree char *text = send_mail_text(sender, message, mail->from);
  return deliver(mail, password, text, message->recipient, words);
}
