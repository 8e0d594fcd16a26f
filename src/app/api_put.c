/* Writing records over HTTP: one, several, removing, and loading a source's files.
 *
 * Requests that wait for each other are one commit (libattain joins them). With an Idempotency-Key a request that is
 * sent again, because its answer was lost, is answered as it was and writes nothing. */
#include "app/api.h"
#include "app/api_put_body.h"
#include "app/server.h"
#include "base/json.h"
#include "cli/cli.h"

#include <string.h>

#define KEY_HEADER "Idempotency-Key"
#define MAX_BODY   (16 << 20)

/* --- what is asked --- */

typedef struct {
  AttainPutOptions options;
  char *key; /* of the user: two may use the same */
} Asked;

static void asked_clear(Asked *asked) {
  g_free(asked->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

static void read_options(HttpExchange *exchange, Asked *asked) {
  const char *key = http_header(exchange, KEY_HEADER);
  if (key) asked->key = *key ? g_strdup_printf("%s\n%s", api_author(exchange), key) : g_strdup("");
  asked->options = (AttainPutOptions){.source = http_query(exchange, "source"),
                                      .references = http_query(exchange, "references"),
                                      .all_or_nothing = http_query_flag(exchange, "all_or_nothing"),
                                      .key = asked->key};
}

/* --- what is answered --- */

static void write_rejected(CliJson *json, const AttainReport *report) {
  cli_json_member_array(json, "rejected");
  for (gint64 i = 0; i < report->n_rejected && report->rejected; i++) {
    const AttainRejected *rejected = &report->rejected[i];
    cli_json_begin_object(json);
    cli_json_member_integer(json, "record", (gint64)rejected->record);
    cli_json_member_text(json, "id", rejected->id);
    cli_json_member_text(json, "reason", rejected->reason);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static char *write_report(const AttainReport *report, gint64 n_accepted, guint status) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  CliJson *json = cli_json_new(out);
  cli_json_begin_object(json);
  if (status != 200) {
    cli_json_member_text(json, "type", "/problems/rejected");
    cli_json_member_text(json, "title", "No record was taken");
    cli_json_member_integer(json, "status", status);
    cli_json_member_text(json, "detail", "Each record that was kept out stands in `rejected` with its reason.");
  }
  cli_json_member_integer(json, "load", report->load);
  cli_json_member_integer(json, "n_accepted", n_accepted);
  cli_json_member_integer(json, "n_rejected", report->n_rejected);
  cli_json_member_integer(json, "n_new", report->n_new);
  cli_json_member_integer(json, "n_changed", report->n_changed);
  cli_json_member_integer(json, "n_unchanged", report->n_unchanged);
  cli_json_member_integer(json, "n_removed", report->n_removed);
  write_rejected(json, report);
  cli_json_end_object(json);
  cli_json_free(json);
  fclose(out);
  return text;
}

/* 422 where nothing was taken. With all_or_nothing a record that is kept out keeps out all. */
static void reply_report(HttpExchange *exchange, const AttainReport *report, gboolean is_whole) {
  gint64 n_accepted = report->n_new + report->n_changed + report->n_unchanged + report->n_removed;
  if (is_whole && report->n_rejected > 0) n_accepted = 0;
  guint status = report->n_rejected > 0 && n_accepted == 0 ? 422 : 200;
  if (report->is_repeated) http_set_header(exchange, "Idempotent-Replayed", "true");
  char *text = write_report(report, n_accepted, status);
  http_reply(exchange, status, status == 200 ? "application/json" : "application/problem+json", text, strlen(text));
}

/* --- handlers --- */

static void put(HttpExchange *exchange, const char *records) {
  g_auto(Asked) asked = {0};
  AttainError error = {0};
  AttainReport *report = NULL;
  read_options(exchange, &asked);
  if (!attain_put(api_workspace(exchange), http_path_value(exchange, "table"), records, &asked.options, &report,
                  &error)) {
    api_fail(exchange, &error);
    return;
  }
  reply_report(exchange, report, asked.options.all_or_nothing);
  attain_report_free(report);
}

/* Read as it was sent, so that a fault's place is the sender's; with the id in it columns are others. */
static void put_one(HttpExchange *exchange, gpointer app) {
  gsize length;
  g_autoptr(GError) fault = NULL;
  const char *body = http_body(exchange, &length);
  g_autoptr(BaseJson) json = base_json_read(body, length, &fault);
  g_autofree char *record = json ? put_body_with_id(body, http_path_value(exchange, "id")) : NULL;
  if (record)
    put(exchange, record);
  else if (json)
    api_refuse(exchange, "the body is to be one record without its id, such as {\"amount\": 100}");
  else
    http_problem(exchange, 400, "wrong-body", "The body could not be read", "the body is no JSON: %s", fault->message);
}

static gboolean is_lines(HttpExchange *exchange) {
  const char *type = http_header(exchange, "Content-Type");
  return type && (strstr(type, "ndjson") || strstr(type, "jsonl") || strstr(type, "json-lines"));
}

static void put_several(HttpExchange *exchange, gpointer app) {
  gsize length = 0;
  const char *body = http_body(exchange, &length);
  if (length == 0) {
    api_refuse(exchange, "put something: [{\"id\": \"42\", \"amount\": 100}]");
    return;
  }
  g_autofree char *joined = is_lines(exchange) ? put_body_of_lines(body) : NULL;
  put(exchange, joined ? joined : body);
}

static void remove_one(HttpExchange *exchange, gpointer app) {
  g_auto(Asked) asked = {0};
  AttainError error = {0};
  AttainReport *report = NULL;
  const char *ids[] = {http_path_value(exchange, "id"), NULL};
  read_options(exchange, &asked);
  if (!attain_remove(api_workspace(exchange), http_path_value(exchange, "table"), ids, &asked.options, &report,
                     &error)) {
    api_fail(exchange, &error);
    return;
  }
  if (report->n_removed == 0 && report->n_rejected > 0)
    http_problem(exchange, 404, "not-found", "There is no such thing", "%s", report->rejected[0].reason);
  else
    reply_report(exchange, report, FALSE);
  attain_report_free(report);
}

static void load_source(HttpExchange *exchange, gpointer app) {
  AttainError error = {0};
  AttainReport *report = NULL;
  gboolean ok = attain_load(api_workspace(exchange), http_path_value(exchange, "source"), &report, &error);
  if (ok) {
    char *text = write_report(report, report->n_new + report->n_changed + report->n_unchanged, 200);
    http_reply(exchange, 200, "application/json", text, strlen(text));
  } else {
    api_fail(exchange, &error);
  }
  attain_report_free(report);
}

/* --- routes --- */

#define SOURCE_PARAMETER                                                                                          \
  {                                                                                                               \
    "source", HTTP_TEXT, "whose ids the records have; the workspace's only source, or \"put\" where it has none", \
        NULL, FALSE                                                                                               \
  }
#define REFERENCES_PARAMETER \
  { "references", HTTP_TEXT, "whose ids they refer to; the same source's", NULL, FALSE }

static const HttpParameter put_parameters[] = {
    SOURCE_PARAMETER,
    REFERENCES_PARAMETER,
    {"all_or_nothing", HTTP_FLAG, "when one record is kept out, all are", NULL, FALSE},
};
static const HttpParameter one_parameters[] = {SOURCE_PARAMETER, REFERENCES_PARAMETER};

#define KEY_DETAILS                                                                               \
  "With an " KEY_HEADER                                                                           \
  " header, a request that is sent again within a day is answered as it was and writes nothing; " \
  "the same key with another body is 422."

const HttpRoute api_put_routes[] = {
    {.method = "PUT",
     .path = "/api/v1/records/{table}/{id}",
     .handler = put_one,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "Put a record: a new one, or a new version",
     .details = "Columns that are not given stay as they are; null empties one. " KEY_DETAILS,
     .parameters = one_parameters,
     .n_parameters = G_N_ELEMENTS(one_parameters),
     .body = "record",
     .answer = "put",
     .refusal = "put-refused",
     .flags = HTTP_ROUTE_SLOW | HTTP_ROUTE_JOINS},
    {.method = "POST",
     .path = "/api/v1/records/{table}",
     .handler = put_several,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "Put up to 10,000 records in one commit",
     .details = "Each has `id` and the same columns. Records that are kept out are in the answer with place, id and "
                "reason; 422 when none was taken. " KEY_DETAILS,
     .parameters = put_parameters,
     .n_parameters = G_N_ELEMENTS(put_parameters),
     .body = "records",
     .answer = "put",
     .refusal = "put-refused",
     .max_body = MAX_BODY,
     .flags = HTTP_ROUTE_SLOW,
     .body_types = "application/json|application/x-ndjson|application/jsonl"},
    {.method = "DELETE",
     .path = "/api/v1/records/{table}/{id}",
     .handler = remove_one,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "Take a record of a fact out; its versions stay in the history",
     .details = KEY_DETAILS,
     .parameters = one_parameters,
     .n_parameters = 1,
     .answer = "put",
     .refusal = "put-refused",
     .flags = HTTP_ROUTE_SLOW | HTTP_ROUTE_JOINS},
    {.method = "POST",
     .path = "/api/v1/sources/{source}/load",
     .handler = load_source,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "Load the files of a source, as `attain load` does",
     .answer = "put",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_put_routes = G_N_ELEMENTS(api_put_routes);
