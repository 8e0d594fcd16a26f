/* What the API's handlers have in common, and the tables of routes: one a subject, joined in app/routes.c. A handler
 * asks libattain through server_caller(exchange)->as, which sees and does what the user may, and nothing else. Private
 * to src/app. */
#pragma once

#include "attain/attain.h"
#include "attain/people.h"
#include "http/http.h"

/* --- replies --- */

/* Replies with what went wrong, as a problem, and clears `error`. FORBIDDEN of somebody who is not signed in is 401. */
void api_fail(HttpExchange *exchange, AttainError *error);
/* A JSON document of the library's, which is taken; NULL: `error`'s problem. */
void api_reply_json(HttpExchange *exchange, char *json, AttainError *error);
/* A request that makes no sense (400): what, and what to write instead. */
void api_refuse(HttpExchange *exchange, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- requests --- */

/* The handle that all of a handler's calls use. */
AttainWorkspace *api_workspace(const HttpExchange *exchange);
/* A path parameter that is a whole number from 1; 0 when it is none, and a problem was replied. */
gint64 api_path_number(HttpExchange *exchange, const char *name);
/* Who asks, for what is kept with a name: targets said, alerts acknowledged. */
const char *api_author(const HttpExchange *exchange);

/* HttpSettings.later: answers 202 with where the work is. */
void api_later(HttpExchange *exchange, gpointer server);

/* --- all routes --- */

/* The tables of the subjects in one; it stays for the program's life. */
const HttpRoute *routes_all(guint *n_routes);

extern const HttpRoute api_webhooks_routes[];
extern const guint api_n_webhooks_routes;
extern const HttpRoute api_uploads_routes[];
extern const guint api_n_uploads_routes;
extern const HttpRoute api_put_routes[];
extern const guint api_n_put_routes;
extern const HttpRoute api_events_routes[];
extern const guint api_n_events_routes;
extern const HttpRoute api_ask_routes[];
extern const guint api_n_ask_routes;
extern const HttpRoute api_trail_routes[];
extern const guint api_n_trail_routes;
extern const HttpRoute api_kpis_routes[];
extern const guint api_n_kpis_routes;
extern const HttpRoute api_target_routes[];
extern const guint api_n_target_routes;
extern const HttpRoute api_scorecard_routes[];
extern const guint api_n_scorecard_routes;
extern const HttpRoute api_alert_routes[];
extern const guint api_n_alert_routes;
extern const HttpRoute page_routes[];
extern const guint n_page_routes;
extern const HttpRoute api_docs_routes[];
extern const HttpRoute api_boards_routes[];
extern const guint api_n_boards_routes;
extern const guint api_n_docs_routes;
extern const HttpRoute api_work_routes[];
extern const guint api_n_work_routes;
extern const HttpRoute api_sign_in_routes[];
extern const guint api_n_sign_in_routes;
extern const HttpRoute api_later_routes[];
extern const guint api_n_later_routes;
extern const HttpRoute api_people_routes[];
extern const guint api_n_people_routes;
