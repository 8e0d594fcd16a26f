/* A message as text and as JSON, in the forms that Slack's incoming webhooks and Teams's workflows take.
 *
 * Names of people, teams and rules come from records: in each form they are escaped as that form asks. */
#include "answer/alerts.h"
#include "cli/cli.h"
#include "send/private.h"

#define MAX_SUBJECT 150 /* characters of what it is about */

static const char *title_of(const Sender *sender, const AlertEvent *event) {
  const AlertRule *rule = sender->rules ? alert_rules_find(sender->rules, event->rule) : NULL;
  return rule ? rule->title : event->rule;
}

static const char *about_of(const Sender *sender, const AlertEvent *event) {
  const AlertRule *rule = sender->rules ? alert_rules_find(sender->rules, event->rule) : NULL;
  return rule && event->act != ALERT_ACT_RECOVER ? rule->about : NULL;
}

static AlertSeverity gravest(const AlertMessage *message) {
  AlertSeverity severity = ALERT_INFO;
  for (guint i = 0; i < message->events->len; i++)
    severity = MAX(severity, ((const AlertEvent *)g_ptr_array_index(message->events, i))->severity);
  return severity;
}

/* On one line, without what a header or a line of text could not hold: names come from records. Takes the text. */
static char *one_line(char *text) {
  for (char *at = text; *at; at++)
    if (g_ascii_iscntrl(*at)) *at = ' ';
  return text;
}

static char *title_line(const Sender *sender, const AlertEvent *event) {
  return one_line(g_strdup(title_of(sender, event)));
}

/* What happened, in one line; the caller frees. */
static char *words_line(const AlertEvent *event) {
  return one_line(g_strdup(event->words ? event->words : event->rule));
}

/* A header's line may have 998 bytes. Takes the text. */
static char *shortened(char *text) {
  if (g_utf8_strlen(text, -1) <= MAX_SUBJECT) return text;
  g_autofree char *begin = g_utf8_substring(text, 0, MAX_SUBJECT - 1);
  g_free(text);
  return g_strconcat(begin, "…", NULL);
}

char *send_subject(const Sender *sender, const AlertMessage *message) {
  guint n = message->events->len, n_critical = 0;
  if (n == 1) {
    const AlertEvent *event = g_ptr_array_index(message->events, 0);
    g_autofree char *who = answer_alert_who(event->who);
    g_autofree char *about = shortened(g_strdup_printf("%s%s%s", title_of(sender, event), *who ? ", " : "", who));
    return one_line(g_strdup_printf("Attain: %s (%s)", about, answer_alert_act(event->act)));
  }
  for (guint i = 0; i < n; i++)
    n_critical += ((const AlertEvent *)g_ptr_array_index(message->events, i))->severity == ALERT_CRITICAL;
  g_autofree char *alerts = base_count_words(n, "# {alert|alerts}");
  g_autofree char *critical = n_critical ? g_strdup_printf(", %u critical", n_critical) : g_strdup("");
  return g_strdup_printf("Attain: %s%s", alerts, critical);
}

/* --- as text --- */

char *send_local_time(const Sender *sender, gint64 at_us) {
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(sender->organisation->time_zone);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc && zone ? g_date_time_to_timezone(utc, zone) : NULL;
  return local ? g_date_time_format(local, "%Y-%m-%d %H:%M") : g_strdup("");
}

char *send_text(const Sender *sender, const AlertMessage *message) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < message->events->len; i++) {
    const AlertEvent *event = g_ptr_array_index(message->events, i);
    const char *about = about_of(sender, event);
    g_autofree char *at = send_local_time(sender, event->at_us);
    g_autofree char *title = title_line(sender, event), *words = words_line(event);
    g_string_append_printf(text, "%s%s [%s, %s]\n  %s\n", i ? "\n" : "", title, answer_alert_act(event->act),
                           alert_severity_name(event->severity), words);
    if (about) g_string_append_printf(text, "  %s\n", about);
    g_string_append_printf(text, "  %s\n", at);
  }
  g_string_append_printf(text,
                         "\n-- \n%s, by Attain. `attain alert ack RULE` says that you see to it, `attain alert snooze "
                         "RULE --until DAY` keeps it quiet.\n",
                         sender->organisation->name);
  return g_string_free(text, FALSE);
}

/* --- as JSON --- */

typedef struct {
  char *text;
  size_t length;
  FILE *out;
  CliJson *json;
} Writing;

static CliJson *begin(Writing *writing) {
  *writing = (Writing){0};
  writing->out = open_memstream(&writing->text, &writing->length);
  g_assert(writing->out); /* fails only without memory, as does all of GLib */
  writing->json = cli_json_line_new(writing->out);
  return writing->json;
}

static char *end(Writing *writing) {
  cli_json_free(writing->json);
  fclose(writing->out);
  return writing->text;
}

static void json_alert(CliJson *json, const Sender *sender, const AlertEvent *event) {
  g_autofree char *at = answer_instant(event->at_us);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "event", event->event);
  cli_json_member_text(json, "rule", event->rule);
  cli_json_member_text(json, "name", title_of(sender, event));
  cli_json_member_text(json, "state", answer_alert_act(event->act));
  cli_json_member_text(json, "severity", alert_severity_name(event->severity));
  cli_json_member_text(json, "who", *event->who ? event->who : NULL);
  cli_json_value(json, "target", event->target > 0, (double)event->target);
  cli_json_value(json, "value", event->has_value, event->value);
  cli_json_value(json, "limit", event->has_value, event->threshold);
  cli_json_member_text(json, "words", event->words);
  cli_json_member_text(json, "about", about_of(sender, event));
  cli_json_member_text(json, "at", at);
  cli_json_end_object(json);
}

char *send_json(const Sender *sender, const AlertMessage *message) {
  Writing writing;
  CliJson *json = begin(&writing);
  g_autofree char *subject = send_subject(sender, message), *made = answer_instant(message->made_us);
  cli_json_begin_object(json);
  cli_json_member_text(json, "id", message->id);
  cli_json_member_text(json, "organisation", sender->organisation->name);
  cli_json_member_text(json, "subject", subject);
  cli_json_member_text(json, "severity", alert_severity_name(gravest(message)));
  cli_json_member_text(json, "made_at", made);
  cli_json_member_array(json, "alerts");
  for (guint i = 0; i < message->events->len; i++) json_alert(json, sender, g_ptr_array_index(message->events, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
  return end(&writing);
}

/* --- Slack --- */

/* Slack's mrkdwn has three characters of its own. */
static void append_escaped(GString *text, const char *words) {
  for (const char *at = words; *at; at++) {
    if (*at == '&')
      g_string_append(text, "&amp;");
    else if (*at == '<')
      g_string_append(text, "&lt;");
    else if (*at == '>')
      g_string_append(text, "&gt;");
    else
      g_string_append_c(text, *at);
  }
}

char *send_slack(const Sender *sender, const AlertMessage *message) {
  g_autoptr(GString) text = g_string_new("*");
  g_autofree char *subject = send_subject(sender, message);
  append_escaped(text, subject);
  g_string_append_c(text, '*');
  for (guint i = 0; i < message->events->len; i++) {
    const AlertEvent *event = g_ptr_array_index(message->events, i);
    const char *about = about_of(sender, event);
    g_autofree char *words = words_line(event);
    g_string_append_printf(text, "\n• _%s, %s_ ", answer_alert_act(event->act), alert_severity_name(event->severity));
    append_escaped(text, words);
    if (about) g_string_append(text, "\n   ");
    if (about) append_escaped(text, about);
  }
  Writing writing;
  CliJson *json = begin(&writing);
  cli_json_begin_object(json);
  cli_json_member_text(json, "text", text->str);
  cli_json_end_object(json);
  return end(&writing);
}

/* --- Teams --- */

/* Its text blocks know Markdown: what could begin some is escaped. */
static char *plain_markdown(const char *words) {
  GString *text = g_string_new(NULL);
  for (const char *at = words; *at; at++) {
    if (strchr("*_[]`#~\\", *at)) g_string_append_c(text, '\\');
    g_string_append_c(text, *at);
  }
  return g_string_free(text, FALSE);
}

static void text_block(CliJson *json, const char *words, const char *weight, const char *colour) {
  g_autofree char *plain = plain_markdown(words);
  cli_json_begin_object(json);
  cli_json_member_text(json, "type", "TextBlock");
  cli_json_member_text(json, "text", plain);
  cli_json_member_bool(json, "wrap", TRUE);
  if (weight) cli_json_member_text(json, "weight", weight);
  if (colour) cli_json_member_text(json, "color", colour);
  cli_json_end_object(json);
}

static void teams_body(CliJson *json, const Sender *sender, const AlertMessage *message) {
  g_autofree char *subject = send_subject(sender, message);
  text_block(json, subject, "Bolder", NULL);
  for (guint i = 0; i < message->events->len; i++) {
    const AlertEvent *event = g_ptr_array_index(message->events, i);
    const char *about = about_of(sender, event);
    const char *colour = event->act == ALERT_ACT_RECOVER     ? "Good"
                         : event->severity == ALERT_CRITICAL ? "Attention"
                         : event->severity == ALERT_WARNING  ? "Warning"
                                                             : "Default";
    g_autofree char *words = words_line(event);
    text_block(json, words, NULL, colour);
    if (about) text_block(json, about, NULL, NULL);
  }
}

char *send_teams(const Sender *sender, const AlertMessage *message) {
  Writing writing;
  CliJson *json = begin(&writing);
  cli_json_begin_object(json);
  cli_json_member_text(json, "type", "message");
  cli_json_member_array(json, "attachments");
  cli_json_begin_object(json);
  cli_json_member_text(json, "contentType", "application/vnd.microsoft.card.adaptive");
  cli_json_member_object(json, "content");
  cli_json_member_text(json, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  cli_json_member_text(json, "type", "AdaptiveCard");
  cli_json_member_text(json, "version", "1.4");
  cli_json_member_array(json, "body");
  teams_body(json, sender, message);
  cli_json_end_array(json);
  cli_json_end_object(json);
  cli_json_end_object(json);
  cli_json_end_array(json);
  cli_json_end_object(json);
  return end(&writing);
}
