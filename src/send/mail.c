/* A mail as a text: RFC 5322 headers, RFC 2047 words in them where they are not ASCII, the body in base64 (RFC 2045),
 * so that no line is too long and no byte is lost on its way. */
#include "send/private.h"

#define ENCODED_BYTES 42 /* of a text in one encoded word, which is at most 75 characters */
#define LINE_BYTES    57 /* make a line of 76 characters of base64 */

char *send_address(const char *from) {
  const char *open = strrchr(from, '<'), *close = open ? strchr(open, '>') : NULL;
  return close ? g_strndup(open + 1, (gsize)(close - open - 1)) : g_strstrip(g_strdup(from));
}

static void append_base64(GString *mail, const char *bytes, gsize length) {
  g_autofree char *encoded = g_base64_encode((const guchar *)bytes, length);
  g_string_append(mail, encoded);
}

/* Cut between characters. What looks like an encoded word is encoded, so that it is read as it stands. */
static void append_words(GString *mail, const char *text) {
  if (g_str_is_ascii(text) && !strstr(text, "=?")) {
    g_string_append(mail, text);
    return;
  }
  for (const char *at = text; *at;) {
    const char *until = at;
    while (*until && g_utf8_next_char(until) - at <= ENCODED_BYTES) until = g_utf8_next_char(until);
    g_string_append(mail, at == text ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
    append_base64(mail, at, (gsize)(until - at));
    g_string_append(mail, "?=");
    at = until;
  }
}

static void append_from(GString *mail, const char *from) {
  g_autofree char *address = send_address(from);
  const char *open = strrchr(from, '<');
  g_autofree char *name = open ? g_strstrip(g_strndup(from, (gsize)(open - from))) : g_strdup("");
  gboolean is_quoted = g_str_is_ascii(name) && strpbrk(name, "()<>[]:;@,.") != NULL;
  g_string_append(mail, is_quoted ? "From: \"" : "From: ");
  if (*name) append_words(mail, name);
  if (is_quoted) g_string_append_c(mail, '"');
  g_string_append_printf(mail, *name ? " <%s>\r\n" : "%s\r\n", address);
}

static void append_date(GString *mail, gint64 now_us) {
  static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
  if (!utc) return;
  g_string_append_printf(mail, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
                         days[g_date_time_get_day_of_week(utc) - 1], g_date_time_get_day_of_month(utc),
                         months[g_date_time_get_month(utc) - 1], g_date_time_get_year(utc), g_date_time_get_hour(utc),
                         g_date_time_get_minute(utc), g_date_time_get_second(utc));
}

char *send_mail_text(const Sender *sender, const SendMail *said, const char *from) {
  g_autofree char *address = send_address(from);
  const char *domain = strrchr(address, '@');
  GString *mail = g_string_new(NULL);
  append_date(mail, sender->now_us);
  append_from(mail, from);
  g_string_append_printf(mail, "To: %s\r\nSubject: ", said->recipient);
  append_words(mail, said->subject);
  g_string_append_printf(mail,
                         "\r\nMessage-ID: <%s%s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                         "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                         said->id, domain ? domain : "@attain");
  gsize length = strlen(said->body);
  for (gsize at = 0; at < length; at += LINE_BYTES) {
    append_base64(mail, said->body + at, MIN(LINE_BYTES, length - at));
    g_string_append(mail, "\r\n");
  }
  return g_string_free(mail, FALSE);
}

AlertReply send_by_mail(const Sender *sender, const AlertMessage *message) {
  g_autofree char *subject = send_subject(sender, message), *body = send_text(sender, message);
  return send_one_mail(sender, &(SendMail){message->id, message->recipient, subject, body});
}

AlertReply send_notice(const SendNotice *notice, const Sender *sender) {
  g_autofree char *at = send_local_time(sender, notice->at_us);
  g_autofree char *subject = g_strconcat("Attain: ", notice->what, NULL);
  g_autofree char *body = g_strdup_printf(
      "%s: %s (%s, %s).\n\nIf this was not you, and nobody told you of it, tell your administrator at "
      "once.\n\n-- \n%s, by Attain.\n",
      notice->recipient, notice->what, at, sender->organisation->time_zone, sender->organisation->name);
  return send_one_mail(sender, &(SendMail){notice->id, notice->recipient, subject, body});
}
