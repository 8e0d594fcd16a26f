/* Snoozing, waking, seeing to alerts. */
#include "answer/alert_say.h"

#include "target/members.h"

/* --- of whom --- */

static gboolean is_same(const char *a, const char *b) {
  g_autofree char *one = g_utf8_casefold(a, -1), *other = g_utf8_casefold(b, -1);
  return g_str_equal(one, other);
}

/* What can be seen to: it fires, of the rule as a whole (`who` "") or of somebody. */
static char *find_firing(const AlertBook *book, const char *rule, const char *who, GError **error) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < alert_book_n(book); i++) {
    const AlertEntry *entry = alert_book_entry(book, i);
    if (!g_str_equal(entry->rule, rule) || !alert_entry_fires(entry)) continue;
    if (!*who) return g_strdup("");
    if (is_same(entry->who, who)) return g_strdup(entry->who);
    g_string_append_printf(names, "%s%s", names->len ? ", " : "", entry->who);
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "the rule \"%s\" does not fire%s%s, so there is nothing to see to%s%s", rule, *who ? " for " : "", who,
              names->len ? ": it fires for " : "", names->str);
  return NULL;
}

/* Who can be snoozed, before anything fires, too: whom the rule may be about. */
static char *find_member(const Session *session, const AlertRule *rule, const char *who, GError **error) {
  QueryContext context = answer_context(session);
  g_autofree char *dimension = NULL, *member = NULL;
  if (!*who) return g_strdup("");
  if (!target_who_read(&context, who, &dimension, &member, error)) return NULL;
  if (rule->kind != ALERT_FRESHNESS && (!rule->dimension || g_str_equal(rule->dimension, dimension)))
    return target_who_write(dimension, member);
  g_autofree char *whose = alert_rule_whose(rule);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the rule \"%s\" says nothing of \"%s\": it is about %s", rule->name,
              who, whose ? whose : "records that come");
  return NULL;
}

/* --- until when --- */

static gint64 length_us(AlertDuration length) {
  static const gint64 minutes[] = {1, 60, 24 * 60, 7 * 24 * 60};
  return length.n * minutes[length.unit] * 60 * G_USEC_PER_SEC;
}

static gboolean read_length(const Session *session, const AnswerAlertSaying *saying, gint64 *until_us, GError **error) {
  AlertDuration duration;
  if (alert_duration_parse(saying->length, &duration) && duration.unit <= ALERT_WEEKS) {
    *until_us = session->now_us + length_us(duration);
    return TRUE;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s takes 2 hours, 3 days or 1 week, not \"%s\"",
              saying->is_command ? "--for" : "a length", saying->length);
  return FALSE;
}

static gboolean read_until(const Session *session, const AnswerAlertSaying *saying, gint64 *until_us, GError **error) {
  const char *d = saying->is_command ? "--" : "";
  g_autoptr(GError) cause = NULL;
  if (saying->act != ALERT_ACT_SNOOZE) return TRUE;
  if ((saying->until != NULL) == (saying->length != NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s",
                saying->is_command
                    ? "say until when: --until 2026-12-01, --until \"2026-12-01 09:00\", or --for \"3 days\""
                    : "say until when: either `until`, 2026-12-01 or 2026-12-01 09:00, or how long, 3 days");
    return FALSE;
  }
  if (saying->length) return read_length(session, saying, until_us, error);
  if (!calendar_parse_instant(session->calendar, saying->until, until_us, &cause)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%suntil: %s", d, cause->message);
    return FALSE;
  }
  if (*until_us > session->now_us) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%suntil %s is over already", d, saying->until);
  return FALSE;
}

gboolean answer_alert_since(const Session *session, const char *text, gboolean is_command, BaseDay *since,
                            GError **error) {
  if (!text) {
    *since = base_day_add_months(session->today, -3);
    return TRUE;
  }
  if (base_day_parse_iso(text, since) && *since <= session->today) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%ssince takes a day that is over, such as 2026-01-01, not \"%s\"",
              is_command ? "--" : "", text);
  return FALSE;
}

/* --- saying it --- */

AlertEvent *answer_alert_said(const Session *session, const GPtrArray *rules, AlertBook *book,
                              const AnswerAlertSaying *saying, GError **error) {
  const char *rule = saying->rule, *who = saying->who ? saying->who : "";
  gint64 until_us = 0;
  const AlertRule *found = read_until(session, saying, &until_us, error) ? alert_rules_need(rules, rule, error) : NULL;
  g_autofree char *meant = !found                         ? NULL
                           : saying->act == ALERT_ACT_ACK ? find_firing(book, rule, who, error)
                                                          : find_member(session, found, who, error);
  if (!meant) return NULL;
  g_autoptr(AlertEvent) event =
      alert_book_say(book, rule, meant, saying->act, session->now_us, until_us, saying->author, saying->reason);
  g_autoptr(GPtrArray) events = g_ptr_array_new();
  g_ptr_array_add(events, event);
  return alert_events_write(session->store, events, error) ? g_steal_pointer(&event) : NULL;
}
