/* Work that is answered later: whoever sends "Prefer: respond-async" with what may take long is told where it is, how
 * far it has come, and its answer when it is there; or ends it. */
#include "app/api.h"
#include "app/works.h"

#include <string.h>

#define STREAM_TYPES "text/event-stream"

void api_later(HttpExchange *exchange, gpointer server) {
  const Caller *caller = server_caller(exchange);
  if (!caller->as || caller->as == caller->workspace) return; /* the operator waits: nobody could ask for it later */
  gint64 number = works_take(server_works(server), exchange);
  if (number == 0) {
    http_set_header(exchange, "Retry-After", "5");
    http_problem(exchange, 429, "too-much-work", "Too much is under way",
                 "one user may have %d pieces of work that have not ended; wait for one, or end it with DELETE",
                 WORKS_OF_USER);
    return;
  }
  g_autofree char *where = g_strdup_printf("/api/v1/work/%" G_GINT64_FORMAT, number);
  http_set_header(exchange, "Location", where);
  http_set_header(exchange, "Preference-Applied", "respond-async");
  char *text = g_strdup_printf("{\"work\": %" G_GINT64_FORMAT ", \"at\": \"%s\"}\n", number, where);
  http_reply(exchange, 202, "application/json", text, strlen(text));
}

/* NULL: a problem was replied. */
static Work *find(HttpExchange *exchange, gpointer server) {
  gint64 number = api_path_number(exchange, "work");
  if (number == 0) return NULL;
  Work *work = works_find(server_works(server), number, exchange);
  if (!work)
    http_problem(exchange, 404, "not-found", "There is no such thing",
                 "no work of yours has the number %" G_GINT64_FORMAT
                 ": it is forgotten, or you saw or might do something else when you asked for it",
                 number);
  return work;
}

static void show(HttpExchange *exchange, gpointer server) {
  Work *work = find(exchange, server);
  if (!work) return;
  http_set_header(exchange, "Cache-Control", "no-store");
  api_reply_json(exchange, works_write(server_works(server), work), NULL);
  works_release(work);
}

static void cancel(HttpExchange *exchange, gpointer server) {
  Work *work = find(exchange, server);
  if (!work) return;
  works_cancel(server_works(server), work);
  api_reply_json(exchange, works_write(server_works(server), work), NULL);
  works_release(work);
}

static void watch(HttpExchange *exchange, gpointer server) {
  Work *work = find(exchange, server);
  if (!work) return;
  http_set_header(exchange, "Cache-Control", "no-store");
  works_watch(server_works(server), work, exchange);
  works_release(work);
}

static void answer(HttpExchange *exchange, gpointer server) {
  Work *work = find(exchange, server);
  if (!work) return;
  if (!works_has_ended(server_works(server), work)) {
    http_set_header(exchange, "Retry-After", "1");
    http_problem(exchange, 409, "not-ready", "It is not ready", "the work has not ended; its events tell when it has");
  } else if (works_answer(work)) {
    http_work_reply(works_answer(work), exchange);
  } else {
    http_problem(exchange, 409, "cancelled", "It was cancelled", "the work was cancelled: nothing of it was kept");
  }
  works_release(work);
}

const HttpRoute api_later_routes[] = {
    {.method = "GET",
     .path = "/api/v1/work/{work}",
     .handler = show,
     .permission = ATTAIN_MAY_READ,
     .tag = "Service",
     .summary = "How far a piece of work of one's own has come",
     .details = "With the header \"Prefer: respond-async\" whatever may take long (loads, batches of records, asks, "
                "scorecards, exports, cascades, checks) is answered with 202 and the address of such a piece.",
     .answer = "piece"},
    {.method = "DELETE",
     .path = "/api/v1/work/{work}",
     .handler = cancel,
     .permission = ATTAIN_MAY_READ,
     .tag = "Service",
     .summary = "End a piece of work of one's own; nothing of it is kept",
     .details = "What was over before is done, and is only forgotten: `state` tells.",
     .answer = "piece",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/work/{work}/events",
     .handler = watch,
     .permission = ATTAIN_MAY_READ,
     .tag = "Service",
     .summary = "How far it has come, as server-sent events up to its end",
     .details = "`progress` whenever something is other, then `end`; the data is what GET /api/v1/work/{work} tells.",
     .answer_types = STREAM_TYPES,
     .flags = HTTP_ROUTE_STREAM},
    {.method = "GET",
     .path = "/api/v1/work/{work}/answer",
     .handler = answer,
     .permission = ATTAIN_MAY_READ,
     .tag = "Service",
     .summary = "What the request would have been answered",
     .details = "With its status; 409 until it has ended, and when it was cancelled. It is kept for an hour.",
     .refusal = "put-refused",
     .answer_types = "application/json|text/csv|application/vnd.openxmlformats-officedocument.spreadsheetml.sheet|"
                     "application/vnd.apache.parquet"},
};
const guint api_n_later_routes = G_N_ELEMENTS(api_later_routes);
