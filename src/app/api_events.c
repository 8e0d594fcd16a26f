/* Being told of commits: server-sent events. */
#include "app/api.h"
#include "app/feed.h"
#include "app/server.h"

#include <string.h>

#define LAST_ID "Last-Event-ID"

/* The number after Last-Event-ID, or of the parameter: browsers send the header when they come back. FALSE: a problem
 * was replied. */
static gboolean read_last_id(HttpExchange *exchange, gint64 *after) {
  const char *text = http_header(exchange, LAST_ID);
  if (!text || !*text) text = http_query(exchange, "after");
  guint64 number = 0;
  *after = -1;
  if (!text || !*text) return TRUE;
  if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &number, NULL)) {
    api_refuse(exchange, LAST_ID " is the id of an event, a number such as 812, not \"%.40s\"", text);
    return FALSE;
  }
  *after = (gint64)number;
  return TRUE;
}

/* The secret that came in the request, so that a reader can be asked for again. */
static const char *token_of(HttpExchange *exchange, const Caller *caller) {
  const char *header = http_header(exchange, "Authorization");
  if (caller->session || caller->as == caller->workspace || !header) return NULL;
  return g_ascii_strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 + strspn(header + 7, " ") : NULL;
}

static void open_events(HttpExchange *exchange, gpointer app) {
  const Caller *caller = server_caller(exchange);
  const FeedReader reader = {.session = caller->session, .token = token_of(exchange, caller)};
  gint64 after = -1;
  if (!read_last_id(exchange, &after)) return;
  if (!reader.session && !reader.token && caller->as != caller->workspace) {
    api_refuse(exchange, "events are for who signed in or has a token");
    return;
  }
  http_set_header(exchange, "Cache-Control", "no-store");
  feed_open(server_feed(app), exchange, &reader, after);
}

static const HttpParameter parameters[] = {
    {"after", HTTP_NUMBER, "the last event that was had, where the header " LAST_ID " cannot be set", NULL, FALSE},
};

const HttpRoute api_events_routes[] = {
    {.method = "GET",
     .path = "/api/v1/events",
     .handler = open_events,
     .permission = ATTAIN_MAY_READ,
     .tag = "Events",
     .summary = "Changes as they happen, as server-sent events",
     .details = "Each event says what changed and for whom; its id is the number of the load. Readers are told only of "
                "what they see. With " LAST_ID " the missed events come first.",
     .parameters = parameters,
     .n_parameters = G_N_ELEMENTS(parameters),
     .answer_types = "text/event-stream",
     .flags = HTTP_ROUTE_STREAM},
};
const guint api_n_events_routes = G_N_ELEMENTS(api_events_routes);
