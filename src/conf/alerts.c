/* attain.yaml, `alerts`: the channels that alerts go to, the mail server, and the hours in which nobody is disturbed.
 *
 * A password or token never stands in the file: it is named by an environment variable or another file, and read when
 * a message is sent. So may a webhook's address be, which is a secret too. */
#include "conf/conf.h"

#define WORK_FROM   (9 * 60)
#define WORK_TO     (17 * 60)
#define DAY_LENGTH  (24 * 60)
#define MAX_PORT    65535
#define MAX_ADDRESS 254 /* RFC 5321, 4.5.3.1.3, as errata 1690 has it */

/* --- life --- */

void conf_alerts_init(ConfAlerts *alerts) {
  *alerts = (ConfAlerts){.work_from = WORK_FROM, .work_to = WORK_TO};
}

static void clear_secret(ConfSecret *secret) {
  g_free(secret->text);
  g_free(secret->env);
  g_free(secret->file);
}

static void clear_channel(ConfChannel *channel) {
  g_free(channel->name);
  g_strfreev(channel->mail);
  g_strfreev(channel->command);
  clear_secret(&channel->url);
  clear_secret(&channel->token);
}

void conf_alerts_clear(ConfAlerts *alerts) {
  for (gsize i = 0; i < alerts->n_channels; i++) clear_channel(&alerts->channels[i]);
  g_free(alerts->channels);
  g_free(alerts->mail.server);
  g_free(alerts->mail.user);
  clear_secret(&alerts->mail.password);
  g_free(alerts->mail.from);
  g_free(alerts->mail.ca_file);
  *alerts = (ConfAlerts){0};
}

const ConfChannel *conf_alerts_find(const ConfAlerts *alerts, const char *name) {
  for (gsize i = 0; i < alerts->n_channels; i++)
    if (g_str_equal(alerts->channels[i].name, name)) return &alerts->channels[i];
  return NULL;
}

/* --- times of day --- */

gboolean conf_time_of_day(const char *text, int *minutes) {
  gsize hour_digits = strspn(text, "0123456789");
  if (hour_digits < 1 || hour_digits > 2 || text[hour_digits] != ':') return FALSE;
  const char *rest = text + hour_digits + 1;
  if (strlen(rest) != 2 || strspn(rest, "0123456789") != 2) return FALSE;
  int hour = (int)g_ascii_strtoull(text, NULL, 10), minute = (int)g_ascii_strtoull(rest, NULL, 10);
  if (minute > 59 || hour * 60 + minute > DAY_LENGTH) return FALSE;
  *minutes = hour * 60 + minute;
  return TRUE;
}

/* "19:00-07:30" */
static gboolean read_hours(const ConfNode *node, const char *text, int *from, int *to, GError **error) {
  g_auto(GStrv) ends = g_strsplit(text, "-", -1);
  gboolean ok = g_strv_length(ends) == 2 && conf_time_of_day(g_strstrip(ends[0]), from) &&
                conf_time_of_day(g_strstrip(ends[1]), to) && *from != *to;
  if (!ok)
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "\"%s\" are no hours: write two times of day with a hyphen between, such as 19:00-07:30", text);
  return ok;
}

/* --- secrets --- */

/* Takes `file` as it was read and makes it absolute. */
static void settle_file(ConfSecret *secret, const char *folder) {
  if (!secret->file) return;
  char *absolute = g_canonicalize_filename(secret->file, folder);
  g_free(secret->file);
  secret->file = absolute;
}

static guint count_secret(const ConfSecret *secret) {
  return (secret->text != NULL) + (secret->env != NULL) + (secret->file != NULL);
}

static void move_secret(ConfSecret *from, ConfSecret *to) {
  *to = *from;
  *from = (ConfSecret){0};
}

/* --- mail --- */

gboolean conf_is_mail_address(const char *text) {
  const char *sign = strchr(text, '@');
  gsize length = strlen(text);
  if (!sign || sign == text || !sign[1] || strchr(sign + 1, '@') || length > MAX_ADDRESS) return FALSE;
  for (const char *at = text; *at; at++)
    if (!g_ascii_isgraph(*at) || strchr("<>()[]\\,;:\"", *at)) return FALSE;
  return TRUE;
}

static const char *const securities[] = {"starttls", "tls", "none", NULL};

/* "Name <address>" or an address. */
static gboolean check_from(const ConfNode *node, const char *from, GError **error) {
  const char *open = strrchr(from, '<'), *close = open ? strchr(open, '>') : NULL;
  g_autofree char *address = open && close ? g_strndup(open + 1, (gsize)(close - open - 1)) : g_strdup(from);
  gboolean ok = conf_is_mail_address(g_strstrip(address)) && !strpbrk(from, "\r\n\"\\");
  if (!ok)
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "from")->span,
                  "\"%s\" is no sender: write attain@example.com, or a name before it: Attain <attain@example.com>",
                  from);
  return ok;
}

static gboolean check_mail(const ConfNode *node, const ConfMail *mail, GError **error) {
  if (!check_from(node, mail->from, error)) return FALSE;
  const ConfNode *port = conf_map_get(node, "port"), *user = conf_map_get(node, "user");
  if (mail->port < 0 || mail->port > MAX_PORT) {
    base_error_at(error, BASE_ERROR_INPUT, port->span, "\"port\" is a number from 1 to %d, such as 587", MAX_PORT);
    return FALSE;
  }
  if (count_secret(&mail->password) > 1) {
    base_error_at(error, BASE_ERROR_INPUT, node->span, "give one of \"password_env\" and \"password_file\"");
    return FALSE;
  }
  if ((mail->user != NULL) != (count_secret(&mail->password) == 1)) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  mail->user ? "\"user\" needs a password: `password_env: ATTAIN_SMTP_PASSWORD` names an environment "
                               "variable, `password_file: …` a file that has it"
                             : "a password needs its \"user\"");
    return FALSE;
  }
  if (mail->user && mail->security == CONF_SECURITY_NONE) {
    base_error_at(error, BASE_ERROR_INPUT, user->span,
                  "with `security: none` the password would be sent readable by anybody: use starttls or tls");
    return FALSE;
  }
  return TRUE;
}

static gboolean read_mail(const ConfNode *node, const char *folder, ConfMail *mail, GError **error) {
  static const ConfField fields[] = {
      {"server", CONF_TEXT, G_STRUCT_OFFSET(ConfMail, server), TRUE},
      {"port", CONF_INT, G_STRUCT_OFFSET(ConfMail, port)},
      {"security", CONF_ENUM, G_STRUCT_OFFSET(ConfMail, security), FALSE, securities},
      {"user", CONF_TEXT, G_STRUCT_OFFSET(ConfMail, user)},
      {"password_env", CONF_TEXT, G_STRUCT_OFFSET(ConfMail, password.env)},
      {"password_file", CONF_TEXT, G_STRUCT_OFFSET(ConfMail, password.file)},
      {"from", CONF_TEXT, G_STRUCT_OFFSET(ConfMail, from), TRUE},
      {"ca_file", CONF_TEXT, G_STRUCT_OFFSET(ConfMail, ca_file)},
  };
  const ConfNode *password = node->kind == CONF_MAP ? conf_map_get(node, "password") : NULL;
  if (password) {
    base_error_at(error, BASE_ERROR_INPUT, password->span,
                  "a password does not belong in attain.yaml: write `password_env: ATTAIN_SMTP_PASSWORD` and set that "
                  "environment variable, or `password_file: …`");
    return FALSE;
  }
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), mail, error)) return FALSE;
  if (mail->port == 0) mail->port = mail->security == CONF_SECURITY_TLS ? 465 : 587;
  settle_file(&mail->password, folder);
  if (mail->ca_file) {
    char *absolute = g_canonicalize_filename(mail->ca_file, folder);
    g_free(mail->ca_file);
    mail->ca_file = absolute;
  }
  return check_mail(node, mail, error);
}

/* --- channels --- */

typedef struct {
  char **mail, **command;
  ConfSecret webhook, slack, teams, token;
} ChannelKeys;

#define SECRET_FIELDS(name)                                                \
  {#name, CONF_TEXT, G_STRUCT_OFFSET(ChannelKeys, name.text)},             \
      {#name "_env", CONF_TEXT, G_STRUCT_OFFSET(ChannelKeys, name.env)}, { \
#name "_file", CONF_TEXT, G_STRUCT_OFFSET(ChannelKeys, name.file)      \
  }

static const ConfField channel_fields[] = {
    {"mail", CONF_TEXTS, G_STRUCT_OFFSET(ChannelKeys, mail)},
    {"command", CONF_TEXTS, G_STRUCT_OFFSET(ChannelKeys, command)},
    SECRET_FIELDS(webhook),
    SECRET_FIELDS(slack),
    SECRET_FIELDS(teams),
    {"token_env", CONF_TEXT, G_STRUCT_OFFSET(ChannelKeys, token.env)},
    {"token_file", CONF_TEXT, G_STRUCT_OFFSET(ChannelKeys, token.file)},
};

static gboolean check_url(const ConfNode *node, const ConfSecret *url, GError **error) {
  if (!url->text || g_str_has_prefix(url->text, "https://") || g_str_has_prefix(url->text, "http://")) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" is no web address: it begins with https://", url->text);
  return FALSE;
}

/* Takes `member` and `leader` out of the addresses. */
static gboolean settle_addresses(const ConfNode *node, ConfChannel *channel, GError **error) {
  for (char **at = channel->mail; *at; at++) {
    gboolean is_member = g_ascii_strcasecmp(*at, "member") == 0, is_leader = g_ascii_strcasecmp(*at, "leader") == 0;
    if (!is_member && !is_leader && !conf_is_mail_address(*at)) {
      base_error_at(error, BASE_ERROR_INPUT, node->span,
                    "\"%s\" is no mail address: write it bare, such as ana@example.com, or member (whom the alert is "
                    "about) or leader (who leads them)",
                    *at);
      return FALSE;
    }
    channel->to_member |= is_member;
    channel->to_leader |= is_leader;
  }
  char **kept = channel->mail;
  for (char **at = channel->mail; *at; at++) {
    if (conf_is_mail_address(*at))
      *kept++ = *at;
    else
      g_free(*at);
  }
  *kept = NULL;
  return TRUE;
}

static gboolean settle_channel(const ConfNode *name, const ConfNode *node, ChannelKeys *keys, const char *folder,
                               ConfChannel *channel, GError **error) {
  ConfSecret *const urls[] = {&keys->webhook, &keys->slack, &keys->teams};
  static const ConfChannelKind kinds[] = {CONF_CHANNEL_WEBHOOK, CONF_CHANNEL_SLACK, CONF_CHANNEL_TEAMS};
  guint n = (keys->mail && *keys->mail) + (keys->command && *keys->command);
  channel->kind = keys->command && *keys->command ? CONF_CHANNEL_COMMAND : CONF_CHANNEL_MAIL;
  for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
    n += count_secret(urls[i]);
    if (count_secret(urls[i]) > 0) channel->kind = kinds[i];
  }
  if (n != 1) {
    base_error_at(error, BASE_ERROR_INPUT, name->span,
                  "the channel \"%s\" goes %s: give it one of mail, webhook, slack, teams and command, such as `mail: "
                  "[ana@example.com]`",
                  name->text, n == 0 ? "nowhere" : "to several places");
    return FALSE;
  }
  if (count_secret(&keys->token) > (channel->kind == CONF_CHANNEL_WEBHOOK ? 1 : 0)) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "a token goes with a `webhook`, as one of token_env and token_file");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
    if (!check_url(node, urls[i], error)) return FALSE;
    if (count_secret(urls[i]) > 0) move_secret(urls[i], &channel->url);
  }
  move_secret(&keys->token, &channel->token);
  settle_file(&channel->url, folder);
  settle_file(&channel->token, folder);
  channel->mail = g_steal_pointer(&keys->mail);
  channel->command = g_steal_pointer(&keys->command);
  channel->name = g_strdup(name->text);
  return !channel->mail || settle_addresses(conf_map_get(node, "mail"), channel, error);
}

static gboolean read_channel(const ConfNode *name, const ConfNode *node, const char *folder, ConfChannel *channel,
                             GError **error) {
  ChannelKeys keys = {0};
  if (!conf_read_map(node, channel_fields, G_N_ELEMENTS(channel_fields), &keys, error)) return FALSE;
  gboolean ok = settle_channel(name, node, &keys, folder, channel, error);
  conf_free_fields(channel_fields, G_N_ELEMENTS(channel_fields), &keys);
  return ok;
}

/* Names of channels are kept in a row, with blanks between. */
static gboolean check_name(const ConfNode *name, GError **error) {
  for (const char *at = name->text; *at; at = g_utf8_next_char(at))
    if (!g_unichar_isgraph(g_utf8_get_char(at)) || g_unichar_isspace(g_utf8_get_char(at))) {
      base_error_at(error, BASE_ERROR_INPUT, name->span, "\"%s\" is no name for a channel: write it as one word",
                    name->text);
      return FALSE;
    }
  return TRUE;
}

static gboolean read_channels(const ConfNode *node, const char *folder, ConfAlerts *alerts, GError **error) {
  if (node->kind != CONF_MAP) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "`channels` is a map: one `name: {mail: [ana@example.com]}` a line, indented");
    return FALSE;
  }
  alerts->channels = g_new0(ConfChannel, node->n + 1);
  for (guint i = 0; i < node->n; i++) {
    if (!check_name(node->keys[i], error)) return FALSE;
    alerts->n_channels = i + 1;
    if (!read_channel(node->keys[i], node->items[i], folder, &alerts->channels[i], error)) return FALSE;
    if (alerts->channels[i].kind != CONF_CHANNEL_MAIL || alerts->mail.server) continue;
    base_error_at(error, BASE_ERROR_INPUT, node->keys[i]->span,
                  "mail needs a server: add `mail: {server: smtp.example.com, from: attain@example.com}` to `alerts`");
    return FALSE;
  }
  return TRUE;
}

/* --- all of it --- */

typedef struct {
  char *quiet_hours, *working_hours;
  gboolean quiet_days_off;
  const ConfNode *mail, *channels;
} Section;

static const ConfField section_fields[] = {
    {"quiet_hours", CONF_TEXT, G_STRUCT_OFFSET(Section, quiet_hours)},
    {"quiet_days_off", CONF_BOOL, G_STRUCT_OFFSET(Section, quiet_days_off)},
    {"working_hours", CONF_TEXT, G_STRUCT_OFFSET(Section, working_hours)},
    {"mail", CONF_NODE, G_STRUCT_OFFSET(Section, mail)},
    {"channels", CONF_NODE, G_STRUCT_OFFSET(Section, channels)},
};

static gboolean read_section(const ConfNode *node, const Section *section, const char *folder, ConfAlerts *alerts,
                             GError **error) {
  alerts->quiet_days_off = section->quiet_days_off;
  if (section->quiet_hours && !read_hours(conf_map_get(node, "quiet_hours"), section->quiet_hours, &alerts->quiet_from,
                                          &alerts->quiet_to, error))
    return FALSE;
  if (alerts->quiet_to - alerts->quiet_from == DAY_LENGTH) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "quiet_hours")->span,
                  "quiet hours all day long: nobody would ever hear of anything");
    return FALSE;
  }
  if (section->working_hours) {
    const ConfNode *place = conf_map_get(node, "working_hours");
    if (!read_hours(place, section->working_hours, &alerts->work_from, &alerts->work_to, error)) return FALSE;
    if (alerts->work_from > alerts->work_to) {
      base_error_at(error, BASE_ERROR_INPUT, place->span, "working hours begin before they end, such as 09:00-17:00");
      return FALSE;
    }
  }
  if (section->mail && !read_mail(section->mail, folder, &alerts->mail, error)) return FALSE;
  return !section->channels || read_channels(section->channels, folder, alerts, error);
}

gboolean conf_alerts_read(const ConfNode *node, const char *folder, ConfAlerts *alerts, GError **error) {
  Section section = {0};
  if (!conf_read_map(node, section_fields, G_N_ELEMENTS(section_fields), &section, error)) return FALSE;
  gboolean ok = read_section(node, &section, folder, alerts, error);
  conf_free_fields(section_fields, G_N_ELEMENTS(section_fields), &section);
  if (!ok) {
    conf_alerts_clear(alerts);
    conf_alerts_init(alerts);
  }
  return ok;
}
