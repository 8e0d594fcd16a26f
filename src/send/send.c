/* Which way a message goes, and its secrets. */
#include "send/private.h"

/* In a header a second line would be a header of its own. */
static char *one_line(char *text, const char *where, GError **error) {
  g_strstrip(text);
  gboolean ok = *text && !strpbrk(text, "\r\n");
  if (ok) return text;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s has %s, and not one line", where,
              *text ? "several lines" : "nothing in it");
  g_free(text);
  return NULL;
}

char *send_secret(const ConfSecret *secret, GError **error) {
  if (secret->text) return g_strdup(secret->text);
  const char *value = secret->env ? g_getenv(secret->env) : NULL;
  if (value && *value) return one_line(g_strdup(value), secret->env, error);
  if (secret->env) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "the environment variable %s is not set", secret->env);
    return NULL;
  }
  g_autoptr(GError) cause = NULL;
  char *text;
  if (secret->file && g_file_get_contents(secret->file, &text, NULL, &cause))
    return one_line(text, secret->file, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s", cause ? cause->message : "there is no secret");
  return NULL;
}

#define MIN_SECRET 4 /* shorter ones would take letters out of any words */

static char *without(char *words, const char *secret) {
  if (!words || !secret || strlen(secret) < MIN_SECRET) return words;
  g_auto(GStrv) parts = g_strsplit(words, secret, -1);
  g_free(words);
  return g_strjoinv("…", parts);
}

char *send_mask(char *words, const char *secret, const char *other) {
  return without(without(words, secret), other);
}

AlertReply send_later(char *words) {
  return (AlertReply){.answer = ALERT_LATER, .words = words};
}

AlertReply send_message(const AlertMessage *message, gpointer user_data) {
  const Sender *sender = user_data;
  const ConfChannel *channel = conf_alerts_find(&sender->organisation->alerts, message->channel);
  if (!channel) return send_later(g_strdup("attain.yaml has no such channel any more"));
  switch (channel->kind) {
    case CONF_CHANNEL_MAIL:
      return send_by_mail(sender, message);
    case CONF_CHANNEL_COMMAND:
      return send_by_command(sender, channel, message);
    case CONF_CHANNEL_WEBHOOK:
    case CONF_CHANNEL_SLACK:
    case CONF_CHANNEL_TEAMS:
      return send_by_http(sender, channel, message);
  }
  g_assert_not_reached();
}
