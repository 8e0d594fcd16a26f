/* All files are read before anything is said, so that every problem is told at once. */
#include "session/alerts.h"

static void free_text(gpointer data) {
  AlertText *text = data;
  g_free((gpointer)text->file);
  g_free((gpointer)text->text);
}

AlertReader session_alert_reader(const Session *session) {
  return (AlertReader){.catalogue = session->catalogue,
                       .schema = session->schema,
                       .calendar = session->calendar,
                       .alerts = &session->organisation->alerts};
}

gboolean session_has_alert_rules(const Session *session) {
  g_auto(GStrv) paths = session_files(session, "alerts");
  return paths[0] != NULL;
}

GPtrArray *session_alert_rules(const Session *session, const char *const *sources, GPtrArray **problems,
                               GError **error) {
  g_auto(GStrv) paths = session_files(session, "alerts");
  g_autoptr(GArray) texts = g_array_new(FALSE, TRUE, sizeof(AlertText));
  g_array_set_clear_func(texts, free_text);
  for (guint i = 0; paths[i]; i++) {
    g_autoptr(GError) cause = NULL;
    char *content;
    gsize length;
    if (!g_file_get_contents(paths[i], &content, &length, &cause)) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s", cause->message);
      return NULL;
    }
    AlertText text = {.file = g_strdup(paths[i]), .text = content, .length = length};
    g_array_append_val(texts, text);
  }
  AlertReader reader = session_alert_reader(session);
  reader.sources = sources;
  return alert_rules_read(&reader, (const AlertText *)(gpointer)texts->data, texts->len, problems);
}

GPtrArray *session_need_alert_rules(const Session *session, GError **error) {
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GPtrArray) rules = session_alert_rules(session, NULL, &problems, error);
  if (!rules || problems->len == 0) return g_steal_pointer(&rules);
  const char *first = g_ptr_array_index(problems, 0);
  if (problems->len == 1)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s", first);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s\n(and %u more: `attain check` lists them all)", first,
                problems->len - 1);
  return NULL;
}
