/* What a server, a connection and an exchange are made of. Private to src/http.
 *
 *   MHD's threads ─► HttpConnection ─► HttpExchange ─► inline: handler ─► reply
 *                                          │  SLOW: the connection is suspended
 *                                          └─► a worker: handler ─► reply ─► the connection is resumed
 *   keeper: late handlers, requests that do not end, readers of streams that have gone
 *
 * An exchange is held by its connection and, meanwhile, by the worker that has it. Whoever first takes `claim` replies:
 * the worker with what the handler made, or the keeper, which says that it took too long. The handler may then still be
 * at work; what it makes is dropped. */
#pragma once

#include "http/content.h"
#include "http/counts.h"
#include "http/http.h"
#include "http/loaded.h"
#include "http/network.h"
#include "http/rate.h"
#include "http/router.h"

#include <sys/socket.h>

#define HTTP_MAX_DAEMONS 8 /* certificates whose connections are still open */
#define HTTP_IDLE_ROUNDS 2 /* a request's headers are to be there within so many times the idle time */

/* MHD's, of one certificate. */
typedef struct {
  HttpServer *server;
  struct MHD_Daemon *mhd;
  int n_connections; /* of the server's lock */
} HttpDaemon;

typedef struct {
  HttpDaemon *daemon;
  int fd;
  GList link;           /* in the server's list */
  char address[64];     /* of the peer; "local" over the local socket */
  gint64 read_by_us;    /* atomic: when the request that is being read has to be there; 0: none is */
  gboolean is_counted;  /* among its address' */
  gboolean is_stranger; /* over the local socket, and not of its owner */
} HttpConnection;

typedef enum { HTTP_NEW, HTTP_READING, HTTP_WORKING, HTTP_DONE } HttpPhase;

typedef struct {
  guint status;
  HttpContent *content; /* NULL: no body */
  GArray *headers;      /* HttpPair; NULL: none */
  HttpStream *stream;
  HttpForm form;
} HttpReply;

enum { HTTP_CLAIM_NONE, HTTP_CLAIM_HANDLER, HTTP_CLAIM_KEEPER };

struct HttpExchange {
  gatomicrefcount n_holders;
  HttpServer *server;
  struct MHD_Connection *connection;
  HttpConnection *from;
  HttpPhase phase;
  int claim;       /* atomic */
  gint64 began_us; /* monotonic */
  gint64 at_us;    /* of the clock, for the log */
  char id[65], method[16];
  char *written; /* the request's target as it came */
  HttpTarget target;
  HttpMatch match;
  GArray *headers; /* HttpPair, copied before a worker has it; NULL: the connection's */
  char *client;
  gboolean is_secure, is_local, must_close, is_counted;
  gboolean is_head, is_get, is_old; /* old: HTTP/1.0 */
  GHashTable *lists;                /* char * -> char **: http_query_list() */
  GHashTable *cookies;              /* char * -> char * */
  GString *body;
  gsize max_body;
  gboolean is_too_large;
  char *user;
  gpointer user_data;
  GDestroyNotify free_user;
  HttpReply reply;
  guint sent_status; /* of the thread that replies */
  guint64 sent_bytes;
  gint64 sent_us;  /* monotonic: when a stream began; 0: it is none */
  GList late_link; /* in the server's queue of those that workers have */
  gint64 late_us;
};

struct HttpServer {
  HttpLimits limits;
  char *address, *certificate_path, *key_path;
  gboolean is_unix;
  guint16 port;
  int listen_fd;
  guint n_threads;
  HttpRouter *router;
  const HttpRoute *routes;
  guint n_routes;
  HttpGate gate;
  HttpHandler later;
  gpointer app;
  HttpNetworks *trusted;
  HttpRate *rate;
  HttpCounts *counts;
  FILE *access_log;
  GThreadPool *workers, *prompt, *joining; /* prompt: of PROMPT routes; joining: of JOINS ones */
  guint n_workers;

  GMutex lock; /* of all below */
  GCond changed;
  GPtrArray *daemons;     /* HttpDaemon; the last takes new connections, the others had an older certificate */
  GList *connections;     /* HttpConnection */
  GHashTable *by_address; /* char * -> number of connections, and of requests that proxies bring */
  GQueue late;            /* HttpExchange that workers have, the oldest first */
  GHashTable *streams;    /* number -> HttpStream */
  guint64 last_stream;
  guint n_under_way; /* exchanges */
  guint n_connections;
  gboolean is_stopping; /* atomic, too: no new streams; replies close their connection */
  gboolean is_closed;   /* no connection is suspended any more */

  guint64 n_refused_rate, n_refused_address, n_refused_busy, n_late, n_slow; /* atomic */
  GThread *keeper;
  int keeper_epoll, keeper_wake;
};

/* --- exchange.c --- */
HttpExchange *http_exchange_new(HttpServer *server, struct MHD_Connection *connection, const char *written);
HttpExchange *http_exchange_hold(HttpExchange *exchange);
void http_exchange_release(HttpExchange *exchange);
/* What the gate found out is let go; the name stays, for the log. */
void http_exchange_forget_user(HttpExchange *exchange);
/* Copies the headers, so that the exchange does without its connection. */
void http_exchange_part(HttpExchange *exchange);

/* --- reply.c --- */
gboolean http_is_replied(const HttpExchange *exchange);
void http_reply_clear(HttpReply *reply);
/* Makes `reply` the problem. */
void http_problem_make(HttpReply *reply, const char *id, guint status, const char *name, const char *title,
                       const char *detail);
/* Tag, 304, encoding: what can take long, in the handler's thread. */
void http_reply_finish(HttpExchange *exchange);
/* Hands the reply to the connection. */
enum MHD_Result http_reply_send(HttpExchange *exchange, HttpReply *reply);

/* --- work.c --- */
/* Whether the client would rather not wait, and the route may be answered later. */
gboolean http_work_is_wanted(const HttpExchange *exchange);

/* --- stream.c --- */
/* The reply of an open stream; it has the stream from here on. */
struct MHD_Response *http_stream_response(HttpStream *stream);
/* Once the reply is the connection's: what the reader does is watched. */
void http_stream_begin(HttpStream *stream, struct MHD_Connection *connection);
/* The server's lock is held. */
void http_stream_close_number(HttpServer *server, guint64 number);
/* A stream whose reply was never made. */
void http_stream_drop(HttpStream *stream);

/* --- keeper.c --- */
gboolean http_keeper_start(HttpServer *server, GError **error);
void http_keeper_stop(HttpServer *server);
/* A worker has it from here on; FALSE: the server is closed. Suspends the connection. */
gboolean http_keeper_take(HttpServer *server, HttpExchange *exchange);
/* The handler has ended: resumes the connection, unless the reply was late. */
void http_keeper_give(HttpServer *server, HttpExchange *exchange);
/* Whoever is at work is late now. */
void http_keeper_give_up(HttpServer *server);

/* --- request.c: MHD's callbacks --- */
enum MHD_Result http_request_handle(void *server, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload, size_t *n_upload,
                                    void **exchange);
void *http_request_begin(void *server, const char *written, struct MHD_Connection *connection);
void http_request_end(void *server, struct MHD_Connection *connection, void **exchange,
                      enum MHD_RequestTerminationCode how);
void http_request_work(gpointer exchange, gpointer server);   /* a worker's */
GThreadPool *http_request_pool(const HttpExchange *exchange); /* whose workers have it: of a SLOW route */

/* --- connection.c --- */
enum MHD_Result http_connection_accept(void *daemon, const struct sockaddr *address, socklen_t length);
void http_connection_notify(void *daemon, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode code);
/* One more of a client's, FALSE: it has as many as it may. The server's lock is held. */
gboolean http_connection_count(HttpServer *server, const char *address);
void http_connection_uncount(HttpServer *server, const char *address);

/* The request that is read now has to be there in so many microseconds; 0: none is read. */
void http_connection_expect(HttpConnection *connection, gint64 within_us);

/* --- daemon.c: MHD, started and ended --- */
/* One that takes connections. Errors: INPUT of the certificate. */
HttpDaemon *http_daemon_start(HttpServer *server, GError **error);
void http_daemon_quiesce(HttpDaemon *daemon);
void http_daemon_stop(HttpDaemon *daemon);

/* --- listen.c --- */
/* A socket that listens, or -1. Sets the port. */
int http_listen(const char *address, guint16 *port, GError **error);

/* --- log.c --- */
void http_log_write(HttpServer *server, const HttpExchange *exchange, gint64 took_us);
/* A JSON text with its quotes. */
void http_append_json(GString *out, const char *text);
