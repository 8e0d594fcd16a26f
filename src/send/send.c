/* Which way a message goes, and its secrets. */
#include "send/private.h"

char *send_secret(const ConfSecret *secret, GError **error) {
  if (secret->text) return g_strdup(secret->text);
  const char *value = secret->env ? g_getenv(secret->env) : NULL;
  if (value && *value) return g_strdup(value);
  if (secret->env) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "the environment variable %s is not set", secret->env);
    return NULL;
  }
  g_autoptr(GError) cause = NULL;
  char *text;
  if (secret->file && g_file_get_contents(secret->file, &text, NULL, &cause)) return g_strchomp(text);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s", cause ? cause->message : "there is no secret");
  return NULL;
}

AlertAnswer send_message(const AlertMessage *message, char **words, gpointer user_data) {
  const Sender *sender = user_data;
  const ConfChannel *channel = conf_alerts_find(&sender->organisation->alerts, message->channel);
  if (!channel) {
    *words = g_strdup("attain.yaml has no such channel any more");
    return ALERT_LATER;
  }
  switch (channel->kind) {
    case CONF_CHANNEL_MAIL:
      return send_by_mail(sender, message, words);
    case CONF_CHANNEL_COMMAND:
      return send_by_command(sender, channel, message, words);
    case CONF_CHANNEL_WEBHOOK:
    case CONF_CHANNEL_SLACK:
    case CONF_CHANNEL_TEAMS:
      return send_by_http(sender, channel, message, words);
  }
  g_assert_not_reached();
}
