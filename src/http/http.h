/* The server's machinery: connections, limits, routes, replies, streams. It knows nothing of KPIs: what there is to
 * ask, and of whom, is a table of routes.
 *
 *   connection ─► limits ─► route ─► gate (who asks, may they?) ─► parameters ─► handler ─► reply ─► ETag, compression
 *
 * Several threads, each with its own epoll, take requests; a route that may take long is handed to a worker, and its
 * connection rests meanwhile. Handlers run in many threads at once. */
#pragma once

#include "base/text.h"

typedef struct HttpServer HttpServer;
typedef struct HttpExchange HttpExchange; /* one request and its reply; of one thread at a time */
typedef struct HttpStream HttpStream;     /* a reply that goes on: server-sent events */

/* --- routes --- */

typedef enum { HTTP_TEXT, HTTP_NUMBER, HTTP_FLAG, HTTP_LIST } HttpKind;

typedef struct {
  const char *name;
  HttpKind kind; /* LIST: commas between, or the parameter given several times */
  const char *about;
  const char *choices; /* "a|b|c", or NULL: any */
  gboolean is_required;
} HttpParameter;

typedef void (*HttpHandler)(HttpExchange *exchange, gpointer app);

typedef enum {
  HTTP_ROUTE_SLOW = 1 << 0,    /* handed to a worker */
  HTTP_ROUTE_STREAM = 1 << 1,  /* the handler opens a stream */
  HTTP_ROUTE_OPEN = 1 << 2,    /* whoever asks: health, signing in */
  HTTP_ROUTE_PROMPT = 1 << 3,  /* SLOW, but waits for no writer: has workers of its own, whom nobody keeps waiting */
  HTTP_ROUTE_JOINS = 1 << 4,   /* SLOW, and waits for its turn, in which all that wait are served at once: many wait */
  HTTP_ROUTE_LENIENT = 1 << 5, /* parameters that it does not know are passed over: no page of ours makes the query */
} HttpRouteFlag;

typedef struct {
  const char *method; /* GET, POST, PUT, PATCH, DELETE; HEAD and OPTIONS follow from it */
  const char *path;   /* /api/v1/targets/{id}: a part in braces is a path parameter */
  HttpHandler handler;
  guint permission;                /* the application's number, for its gate */
  const char *tag;                 /* which part of the API, for the description */
  const char *summary;             /* what it does, in a line */
  const char *details;             /* or NULL */
  const HttpParameter *parameters; /* of the query; unknown ones are refused. Path parameters are texts */
  guint n_parameters;
  const char *body;         /* schema of the request's body (schemas/api/NAME.json), or NULL: none is taken */
  const char *answer;       /* schema of the reply's body, or NULL: none, or no JSON */
  const char *answer_types; /* media types of the reply beside the JSON of `answer`: "text/html|text/plain", or NULL */
  const char *refusal;      /* schema of a 422 that says more than a problem does, or NULL */
  guint status;             /* of success; 0: 200, or 204 where nothing is answered */
  gsize max_body;           /* bytes; 0: the server's limit */
  guint flags;              /* HttpRouteFlag */
  const char *body_types;   /* media types of the body, "text/csv|application/x-ndjson"; a body that is UTF-8 for all
                               but what holds no text: application/octet-stream and others. "*": any, as it came. NULL:
                               application/json where `body` names a schema, else none is taken */
  HttpHandler first; /* of a SLOW one, or NULL: asked before a worker is, in the connection's thread; it replies at
                        once or not at all */
} HttpRoute;

/* Who asks and whether they may: FALSE when it has replied. Called before the body is read. */
typedef gboolean (*HttpGate)(HttpExchange *exchange, const HttpRoute *route, gpointer app);

/* --- the server --- */

typedef struct {
  guint n_connections;       /* 2,000 in all */
  guint n_by_address;        /* 200 of one address; a trusted proxy's are counted by whom it names */
  guint n_streams;           /* 1,000 */
  gsize header_bytes;        /* 16 KiB of the request line and all headers */
  gsize body_bytes;          /* 1 MiB */
  gsize answer_bytes;        /* 64 MiB */
  guint idle_seconds;        /* 60: a connection that says nothing, a request that is not finished */
  guint handler_seconds;     /* 120: a reply that is not ready */
  guint requests_per_minute; /* 1,200 of one user, or of one address while nobody is signed in */
} HttpLimits;
/* The numbers above. */
HttpLimits http_limits(void);

typedef struct {
  const char *address;           /* 127.0.0.1, ::, or a path that begins with /: a local socket, for its owner alone */
  guint16 port;                  /* 0: any that is free */
  const char *certificate, *key; /* PEM files, or NULL: without TLS */
  const char *const *trusted_proxies; /* addresses or networks (10.0.0.0/8) whose X-Forwarded-For and -Proto hold */
  guint n_threads, n_workers;         /* 0: by the machine */
  HttpLimits limits;
  FILE *access_log; /* a JSON line a request; NULL: none */
  const HttpRoute *routes;
  guint n_routes;
  HttpGate gate;
  HttpHandler later; /* or NULL: asked of a SLOW route's request that may be answered later, see below */
  gpointer app;      /* handed to gate and handlers */
} HttpSettings;

/* Everything in `settings` is copied but the routes. Errors: INPUT (an address, a certificate), IO (in use). */
HttpServer *http_server_start(const HttpSettings *settings, GError **error);
guint16 http_server_port(const HttpServer *server);
/* Takes no more connections, lets those under way finish (at most `seconds`), closes streams. */
void http_server_stop(HttpServer *server, guint seconds);
/* The certificate anew from its files. Errors: INPUT; the old one stays. */
gboolean http_server_reload(HttpServer *server, GError **error);
/* Requests by route and status, seconds, bytes, connections, streams, in Prometheus' text form. */
void http_server_metrics(HttpServer *server, GString *out);

/* --- a request --- */

const HttpRoute *http_route(const HttpExchange *exchange);
const char *http_method(const HttpExchange *exchange);
const char *http_path(const HttpExchange *exchange); /* decoded */
/* NULL: not given. Percent codes are decoded; valid UTF-8 without NUL, or the request was refused. */
const char *http_path_value(const HttpExchange *exchange, const char *name);
const char *http_query(const HttpExchange *exchange, const char *name);
/* Ends with NULL; NULL: not given. Owned by the exchange. */
const char *const *http_query_list(HttpExchange *exchange, const char *name);
gboolean http_query_flag(const HttpExchange *exchange, const char *name);
gint64 http_query_number(const HttpExchange *exchange, const char *name, gint64 otherwise);
const char *http_header(const HttpExchange *exchange, const char *name);
const char *http_cookie(HttpExchange *exchange, const char *name);
/* Valid UTF-8 ending with NUL (its length without); "" when there is none. */
const char *http_body(const HttpExchange *exchange, gsize *length);
const char *http_client(const HttpExchange *exchange); /* address of the client, past trusted proxies */
gboolean http_is_secure(const HttpExchange *exchange); /* TLS, here or at a trusted proxy */
gboolean http_is_local(const HttpExchange *exchange);  /* over the local socket */
const char *http_id(const HttpExchange *exchange);     /* of the request, for the log; X-Request-Id of the reply */

/* What the gate found out; freed when the handler has ended. `name` is of the access log and the rate limit. */
void http_set_user(HttpExchange *exchange, const char *name, gpointer user, GDestroyNotify free_user);
gpointer http_user(const HttpExchange *exchange);

/* --- a reply: exactly one of these, or a stream --- */

void http_set_header(HttpExchange *exchange, const char *name, const char *value);
/* `text` is taken (g_malloc). Compressed when worth it; a GET's has an ETag of its bytes, and is 304 to who has it. */
void http_reply(HttpExchange *exchange, guint status, const char *type, char *text, gsize length);
/* Whether an answer of so many bytes may be given; else a problem is the reply. What is made of parts asks after each,
 * so that what is too large is never made whole. */
gboolean http_may_answer(HttpExchange *exchange, gsize n_bytes);
/* The same bytes again and again: what is compressed is kept with them as long as they live. `etag`: NULL: of its
 * bytes. */
typedef struct HttpContent HttpContent;
HttpContent *http_content_new(const char *type, char *text, gsize length, const char *etag);
HttpContent *http_content_hold(HttpContent *content);
void http_content_release(HttpContent *content);
void http_reply_content(HttpExchange *exchange, HttpContent *content);
/* RFC 9457: {"type": "/problems/NAME", "title", "status", "detail", "instance"} and what is added. `detail` is for
 * people. */
void http_problem(HttpExchange *exchange, guint status, const char *name, const char *title, const char *detail, ...)
    G_GNUC_PRINTF(5, 6);

/* --- work: a request that is answered later ---
 *
 * Who sends "Prefer: respond-async" (RFC 7240) with what a SLOW route answers does not wait: `later` is asked in the
 * connection's thread. It takes the work and replies 202, or does nothing, and the request goes the usual way. */

typedef struct HttpWork HttpWork;

/* The request with its body and its user, without its connection; the exchange is to be replied to by the caller. */
HttpWork *http_work_new(HttpExchange *exchange);
/* Asks the route's handler, in the caller's thread; once. */
void http_work_run(HttpWork *work);
/* Lets go of the user, who was the handler's until here. */
void http_work_end(HttpWork *work);
/* Of what was replied; 0: it was not run. */
guint http_work_status(const HttpWork *work);
gsize http_work_bytes(const HttpWork *work);
/* Replies with what was replied to the work. */
void http_work_reply(const HttpWork *work, HttpExchange *exchange);
void http_work_free(HttpWork *work);

/* --- streams --- */

/* From a handler of a STREAM route. `closed` is called once when the reader has gone or the server stops, from another
 * thread; `write` after that returns FALSE. NULL: the limit is reached, and 503 was replied. */
HttpStream *http_stream_open(HttpExchange *exchange, const char *type,
                             void (*closed)(HttpStream *stream, gpointer data), gpointer data);
/* Any thread; does not wait. FALSE: closed, or the reader is so far behind (1 MiB) that it is being closed. The bytes
 * are shared by all streams they are written to. */
gboolean http_stream_write(HttpStream *stream, GBytes *bytes);
void http_stream_close(HttpStream *stream);
/* Within `closed` or before; the stream's memory is let go after both. */
void http_stream_unref(HttpStream *stream);
