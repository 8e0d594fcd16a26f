/* Bodies of records. A record put at an address is given its id from there, so that nobody has to say it twice; what is
 * in it is read by who puts it. */
#include "app/api_put_body.h"

#include <string.h>

#define SPACE " \t\r\n"

static char *quoted(const char *text) {
  GString *out = g_string_new("\"");
  for (const char *at = text; *at; at++) {
    if ((guchar)*at < 0x20)
      g_string_append_printf(out, "\\u%04x", (guint)(guchar)*at);
    else if (*at == '"' || *at == '\\')
      g_string_append_printf(out, "\\%c", *at);
    else
      g_string_append_c(out, *at);
  }
  g_string_append_c(out, '"');
  return g_string_free(out, FALSE);
}

/* The record's own members stay as they were written, numbers with all of their digits. One that has an id, too, has it
 * twice, and is kept out with those words. */
char *put_body_with_id(const char *json, const char *id) {
  const char *from = json + strspn(json, SPACE);
  if (*from != '{') return NULL;
  const char *members = from + 1 + strspn(from + 1, SPACE);
  g_autofree char *text = quoted(id);
  return g_strdup_printf("{\"id\":%s%s%s", text, *members == '}' ? "" : ",", members);
}

char *put_body_of_lines(const char *lines) {
  g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
  GString *array = g_string_new("[");
  for (char **line = each; *line; line++) {
    g_strstrip(*line);
    if (!**line) continue;
    g_string_append_printf(array, "%s%s", array->len > 1 ? "," : "", *line);
  }
  g_string_append_c(array, ']');
  return g_string_free(array, FALSE);
}
