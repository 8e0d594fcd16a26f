/* Files of rules, read one by one, so that one that is wrong is told with all others that are. */
#include "alert/rule_read.h"

const char *const alert_severities[] = {"info", "warning", "critical", NULL};

const char *alert_severity_name(AlertSeverity severity) {
  return alert_severities[severity];
}

gboolean alert_severity_parse(const char *name, AlertSeverity *severity) {
  for (guint i = 0; alert_severities[i]; i++)
    if (g_strcmp0(name, alert_severities[i]) == 0) {
      *severity = (AlertSeverity)i;
      return TRUE;
    }
  return FALSE;
}

void alert_rule_free(AlertRule *rule) {
  if (!rule) return;
  g_free(rule->name);
  g_free(rule->title);
  g_free(rule->about);
  g_free(rule->kpi);
  g_free(rule->dimension);
  g_free(rule->member);
  g_free(rule->period);
  g_strfreev(rule->where);
  g_free(rule->fact);
  g_free(rule->source);
  g_strfreev(rule->to);
  g_free(rule);
}

/* --- files --- */

static void free_rule(gpointer data) {
  alert_rule_free(data);
}

static void add_problem(GPtrArray *problems, GError *error) {
  g_ptr_array_add(problems, g_strdup(error->message));
  g_error_free(error);
}

static void add_rule(const AlertReader *reader, const ConfNode *name, const ConfNode *map, GPtrArray *rules,
                     GPtrArray *problems) {
  GError *error = NULL;
  const AlertRule *before = alert_rules_find(rules, name->text);
  if (before)
    base_error_at(&error, BASE_ERROR_INPUT, name->span, "there is a rule \"%s\" already, in %s line %u", name->text,
                  before->span.file ? before->span.file : "", before->span.line);
  else if (rules->len >= ALERT_MAX_RULES)
    base_error_at(&error, BASE_ERROR_LIMIT, name->span, "more than %d rules (max_rules)", ALERT_MAX_RULES);
  AlertRule *rule = error ? NULL : alert_rule_read(reader, name, map, &error);
  if (rule)
    g_ptr_array_add(rules, rule);
  else
    add_problem(problems, error);
}

static void read_text(const AlertReader *reader, const AlertText *text, GPtrArray *rules, GPtrArray *problems) {
  typedef struct {
    const ConfNode *rules;
  } Top;
  static const ConfField top_fields[] = {{"rules", CONF_NODE, G_STRUCT_OFFSET(Top, rules)}};
  GError *error = NULL;
  g_autoptr(ConfDocument) document = conf_document_parse(text->file, text->text, text->length, &error);
  const ConfNode *root = document ? conf_document_root(document) : NULL;
  Top top = {0};
  if (document && !conf_is_null(root)) conf_read_map(root, top_fields, G_N_ELEMENTS(top_fields), &top, &error);
  if (!error && top.rules && top.rules->kind != CONF_MAP)
    base_error_at(&error, BASE_ERROR_INPUT, top.rules->span, "`rules` is a map: one `name: …` a line, indented");
  if (error) {
    add_problem(problems, error);
    return;
  }
  for (guint i = 0; top.rules && i < top.rules->n; i++)
    add_rule(reader, top.rules->keys[i], top.rules->items[i], rules, problems);
}

GPtrArray *alert_rules_read(const AlertReader *reader, const AlertText *texts, gsize n_texts, GPtrArray **problems) {
  GPtrArray *rules = g_ptr_array_new_with_free_func(free_rule);
  *problems = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; i < n_texts; i++) read_text(reader, &texts[i], rules, *problems);
  return rules;
}
