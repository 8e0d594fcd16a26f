/* The access log: a JSON object a line. Of the query nothing is written, for it may hold what is secret; of the path
 * only its pattern. */
#include "http/private.h"

void http_append_json(GString *out, const char *text) {
  g_string_append_c(out, '"');
  for (; *text; text++) {
    if (*text == '"' || *text == '\\')
      g_string_append_printf(out, "\\%c", *text);
    else if ((guchar)*text < ' ')
      g_string_append_printf(out, "\\u%04x", (guint)*text);
    else
      g_string_append_c(out, *text);
  }
  g_string_append_c(out, '"');
}

static void append_text(GString *line, const char *name, const char *text) {
  g_string_append_printf(line, ",\"%s\":", name);
  if (text)
    http_append_json(line, text);
  else
    g_string_append(line, "null");
}

void http_log_write(HttpServer *server, const HttpExchange *exchange, gint64 took_us) {
  g_autoptr(GDateTime) second = g_date_time_new_from_unix_utc(exchange->at_us / G_USEC_PER_SEC);
  g_autofree char *at = g_date_time_format(second, "%Y-%m-%dT%H:%M:%S");
  g_autoptr(GString) line = g_string_sized_new(256);
  g_string_append_printf(line, "{\"time\":\"%s.%03dZ\"", at, (int)(exchange->at_us % G_USEC_PER_SEC / 1000));
  append_text(line, "id", exchange->id);
  append_text(line, "user", exchange->user);
  append_text(line, "client", http_client(exchange));
  append_text(line, "method", exchange->method);
  append_text(line, "route", exchange->match.route ? exchange->match.route->path : NULL);
  g_string_append_printf(line, ",\"status\":%u,\"bytes\":%" G_GUINT64_FORMAT ",\"ms\":%" G_GINT64_FORMAT ".%03d}\n",
                         exchange->sent_status, exchange->sent_bytes, took_us / 1000, (int)(took_us % 1000));
  fwrite(line->str, 1, line->len, server->access_log);
  fflush(server->access_log);
}
