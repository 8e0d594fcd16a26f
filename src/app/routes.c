/* The tables of routes in one: a new subject is a line here, two in app/api.h, and a file api_NAME.c. */
#include "app/api.h"
#include "app/server.h"

static const struct {
  const HttpRoute *routes;
  const guint *n_routes;
} tables[] = {
    {server_routes, &n_server_routes},
    {page_routes, &n_page_routes},
    {api_ask_routes, &api_n_ask_routes},
    {api_put_routes, &api_n_put_routes},
    {api_uploads_routes, &api_n_uploads_routes},
    {api_events_routes, &api_n_events_routes},
    {api_webhooks_routes, &api_n_webhooks_routes},
    {api_trail_routes, &api_n_trail_routes},
    {api_scorecard_routes, &api_n_scorecard_routes},
    {api_boards_routes, &api_n_boards_routes},
    {api_kpis_routes, &api_n_kpis_routes},
    {api_target_routes, &api_n_target_routes},
    {api_alert_routes, &api_n_alert_routes},
    {api_work_routes, &api_n_work_routes},
    {api_later_routes, &api_n_later_routes},
    {api_docs_routes, &api_n_docs_routes},
    {api_sign_in_routes, &api_n_sign_in_routes},
    {api_people_routes, &api_n_people_routes},
};

static gpointer join(gpointer n_routes) {
  GArray *all = g_array_new(FALSE, FALSE, sizeof(HttpRoute));
  for (guint t = 0; t < G_N_ELEMENTS(tables); t++) g_array_append_vals(all, tables[t].routes, *tables[t].n_routes);
  *(guint *)n_routes = all->len;
  return g_array_free(all, FALSE);
}

const HttpRoute *routes_all(guint *n_routes) {
  static GOnce joined = G_ONCE_INIT;
  static guint n_joined;
  g_once(&joined, join, &n_joined);
  *n_routes = n_joined;
  return joined.retval;
}
