/* What a running server is made of. Private to src/app/server*.c. */
#pragma once

#include "app/local.h"
#include "app/server.h"
#include "app/server_alerts.h"
#include "app/server_notices.h"
#include "app/server_tidy.h"
#include "app/works.h"
#include "conf/conf.h"

struct Server {
  char *folder, *host;
  gboolean is_secure, open_metrics;
  FILE *err;
  char *access_log_path;
  FILE *access_log;
  HttpServer *http;
  LocalServer *local;
  Feed *feed;
  ApiCache *answers;
  WebhookBook *webhooks;
  Works *works;
  gboolean keeps_alerts;
  ServerAlerts *alerts;   /* NULL: attain.yaml has them off */
  ServerNotices *notices; /* NULL until all else has begun */
  ServerTidy *tidy;       /* the same */
  GThread *reader;        /* of the files; the same */
  gint64 started_s;       /* Unix time */
  GMutex lock;            /* of all below */
  GCond changed;
  GCond asked; /* of `reader`, which the end of each request is not to wake */
  AttainWorkspace *workspace;
  SignIn *sign_in; /* NULL: by password only */
  guint n_held;
  gboolean is_stopping, is_stopped;
  gboolean is_to_read; /* the files, by `reader` */
  guint stop_seconds;
  char *fault;      /* of the files, told when they were last read; NULL: none */
  guint n_readings; /* of the files that took */
};

/* attain.yaml's section and the options as settings of src/http. */
typedef struct {
  HttpSettings http;
  char *folder; /* of the workspace */
  char *host;   /* as it is listened at */
  ConfOrganisation *organisation;
} ServerPlan;

/* Errors: those of attain.yaml, INPUT of an address. */
gboolean server_plan(const ServerSettings *settings, ServerPlan *plan, GError **error);
void server_plan_clear(ServerPlan *plan);

/* Over the local socket or loopback. */
gboolean server_is_near(const HttpExchange *exchange);
/* Whether the route needs no permission of who asks: /metrics from this machine, where that is open. */
gboolean server_opens(const Server *server, const HttpExchange *exchange);
