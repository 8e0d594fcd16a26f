/* The machinery over loopback: what is well said is answered, what is not is refused, and nothing hangs. Handlers that
 * take long wait for the test's word, so that nothing depends on time. */
#include "../unit.h"
#include "client.h"
#include "http/http.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BIG 100000

typedef struct {
  GMutex lock;
  GCond changed;
  guint n_begun, n_ended, n_closed;
  gboolean may_end;
  HttpStream *stream;
  HttpContent *big;
  HttpServer *server;
  guint16 port;
} Hall; /* what handlers and tests share */

static void tell(Hall *hall, guint *number) {
  g_mutex_lock(&hall->lock);
  (*number)++;
  g_cond_broadcast(&hall->changed);
  g_mutex_unlock(&hall->lock);
}

static void wait_for(Hall *hall, const guint *number, guint wanted) {
  g_mutex_lock(&hall->lock);
  while (*number < wanted) g_cond_wait(&hall->changed, &hall->lock);
  g_mutex_unlock(&hall->lock);
}

static void let_end(Hall *hall) {
  g_mutex_lock(&hall->lock);
  hall->may_end = TRUE;
  g_cond_broadcast(&hall->changed);
  g_mutex_unlock(&hall->lock);
}

/* --- handlers --- */

static void say(HttpExchange *exchange, char *text) {
  http_reply(exchange, 200, "text/plain", text, strlen(text));
}

static void hello(HttpExchange *exchange, gpointer app) {
  say(exchange, g_strdup_printf("hello %s from %s%s\n", http_path_value(exchange, "who"), http_client(exchange),
                                http_is_secure(exchange) ? ", safely" : ""));
}

static void big(HttpExchange *exchange, gpointer app) {
  http_reply_content(exchange, ((Hall *)app)->big);
}

static void waits(HttpExchange *exchange, gpointer app) {
  Hall *hall = app;
  tell(hall, &hall->n_begun);
  g_mutex_lock(&hall->lock);
  while (!hall->may_end) g_cond_wait(&hall->changed, &hall->lock);
  g_mutex_unlock(&hall->lock);
  say(exchange, g_strdup_printf("%s said %s\n", http_header(exchange, "X-Who"), http_cookie(exchange, "word")));
  tell(hall, &hall->n_ended);
}

static void echo(HttpExchange *exchange, gpointer app) {
  gsize length;
  const char *body = http_body(exchange, &length);
  http_reply(exchange, 200, "application/json", g_memdup2(body, length + 1), length);
}

static void closed(HttpStream *stream, gpointer app) {
  Hall *hall = app;
  http_stream_unref(stream);
  tell(hall, &hall->n_closed);
}

static void events(HttpExchange *exchange, gpointer app) {
  Hall *hall = app;
  HttpStream *stream = http_stream_open(exchange, "text/event-stream", closed, hall);
  if (!stream) return;
  g_autoptr(GBytes) first = g_bytes_new_static("data: 1\n\n", 9);
  assert_true(http_stream_write(stream, first));
  hall->stream = stream;
  tell(hall, &hall->n_begun);
}

static void nothing(HttpExchange *exchange, gpointer app) {}

static void huge(HttpExchange *exchange, gpointer app) {
  http_reply(exchange, 200, "text/plain", g_malloc0(3 * BIG), 3 * (gsize)BIG);
}

static void splits(HttpExchange *exchange, gpointer app) {
  http_set_header(exchange, "X-Evil", "a\r\nSet-Cookie: b=c");
  http_set_header(exchange, "Cache-Control", "public, max-age=60");
  http_set_header(exchange, "Set-Cookie", "a=1");
  http_set_header(exchange, "Set-Cookie", "b=2");
  say(exchange, g_strdup("split\n"));
}

static const HttpParameter parameters[] = {{"n", HTTP_NUMBER, "a number", NULL, FALSE}};

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/hello/{who}", .handler = hello, .parameters = parameters, .n_parameters = 1},
    {.method = "GET", .path = "/big", .handler = big},
    {.method = "GET", .path = "/waits", .handler = waits, .flags = HTTP_ROUTE_SLOW},
    {.method = "POST", .path = "/echo", .handler = echo, .body = "any"},
    {.method = "POST", .path = "/slow-echo", .handler = echo, .body = "any", .flags = HTTP_ROUTE_SLOW},
    {.method = "GET", .path = "/events", .handler = events, .flags = HTTP_ROUTE_STREAM},
    {.method = "GET", .path = "/nothing", .handler = nothing},
    {.method = "GET", .path = "/huge", .handler = huge},
    {.method = "GET", .path = "/splits", .handler = splits},
    {.method = "GET", .path = "/secret", .handler = nothing, .permission = 1},
};

/* Who says that they are somebody is. */
static gboolean gate(HttpExchange *exchange, const HttpRoute *route, gpointer app) {
  const char *who = http_header(exchange, "X-Who");
  if (who) http_set_user(exchange, who, NULL, NULL);
  if (!route->permission) return TRUE;
  http_problem(exchange, 403, "forbidden", "It is forbidden", "\"Nobody\" may see %s.", route->path);
  return FALSE;
}

/* --- a hall for each test --- */

static HttpSettings usual(Hall *hall) {
  HttpSettings settings = {.routes = routes,
                           .n_routes = G_N_ELEMENTS(routes),
                           .gate = gate,
                           .app = hall,
                           .limits = http_limits(),
                           .n_threads = 2,
                           .n_workers = 2};
  settings.limits.answer_bytes = 2 * (gsize)BIG;
  settings.limits.body_bytes = 1000;
  return settings;
}

static void begin_with(Hall *hall, const HttpSettings *settings) {
  g_autoptr(GError) error = NULL;
  hall->server = http_server_start(settings, &error);
  if (!hall->server) fail_msg("%s", error->message);
  hall->port = http_server_port(hall->server);
}

static Hall *new_hall(void) {
  Hall *hall = g_new0(Hall, 1);
  g_mutex_init(&hall->lock);
  g_cond_init(&hall->changed);
  char *text = g_malloc(BIG);
  for (gsize i = 0; i < BIG; i++) text[i] = "revenue,win_rate\n"[i % 17];
  hall->big = http_content_new("text/csv", text, BIG, "load-7");
  return hall;
}

static Hall *begin(void) {
  Hall *hall = new_hall();
  HttpSettings settings = usual(hall);
  begin_with(hall, &settings);
  return hall;
}

static void end(Hall *hall) {
  http_server_stop(hall->server, 5);
  http_content_release(hall->big);
  g_mutex_clear(&hall->lock);
  g_cond_clear(&hall->changed);
  g_free(hall);
}

static void expect(Hall *hall, const char *request, int status, const char *body) {
  Reply reply = client_ask(hall->port, request);
  if (reply.status != status) fail_msg("%s: %d, not %d\n%s", request, reply.status, status, reply.body);
  if (body) assert_has(reply.body, body);
  reply_clear(&reply);
}

#define HOST "Host: a\r\n"
#define END  HOST "\r\n"
#define JSON "Content-Type: application/json\r\n"

/* --- tests --- */

static void routes_and_parameters(void **state) {
  Hall *hall = begin();
  expect(hall, "GET /hello/Ana%20S HTTP/1.1\r\n" END, 200, "hello Ana S from 127.0.0.1\n");
  expect(hall, "GET /hello/Ana?n=7 HTTP/1.1\r\n" END, 200, "hello Ana");
  expect(hall, "GET /hello/Ana?n=x HTTP/1.1\r\n" END, 400, "n=x is no whole number");
  expect(hall, "GET /hello/Ana?m=7 HTTP/1.1\r\n" END, 400, "/problems/bad-parameter");
  expect(hall, "GET /hello/%2e%2e HTTP/1.1\r\n" END, 400, "/problems/malformed-address");
  expect(hall, "GET /hello/a%00 HTTP/1.1\r\n" END, 400, "/problems/malformed-address");
  expect(hall, "GET /none HTTP/1.1\r\n" END, 404, "/none is no address of this server");
  expect(hall, "PUT /big HTTP/1.1\r\n" END, 405, "takes GET, HEAD, OPTIONS, not PUT");
  expect(hall, "GET /nothing HTTP/1.1\r\n" END, 500, "/problems/no-reply");
  expect(hall, "GET /huge HTTP/1.1\r\n" END, 422, "/problems/answer-too-large");
  expect(hall, "GET /secret HTTP/1.1\r\n" END, 403, "\\\"Nobody\\\" may see /secret.");
  Reply reply = client_ask(hall->port, "OPTIONS /echo HTTP/1.1\r\n" END);
  assert_int_equal(reply.status, 204);
  g_autofree char *allow = reply_header(&reply, "Allow");
  assert_string_equal(allow, "POST, OPTIONS");
  reply_clear(&reply);
  end(hall);
}

static void headers_by_default(void **state) {
  static const char *const wanted[][2] = {
      {"X-Content-Type-Options", "nosniff"},         {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"}, {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "private, no-cache"},        {"Content-Length", "27"}};
  Hall *hall = begin();
  Reply reply = client_ask(hall->port, "GET /hello/Ana%20S HTTP/1.1\r\n" END);
  for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
    g_autofree char *value = reply_header(&reply, wanted[i][0]);
    assert_non_null(value);
    assert_string_equal(value, wanted[i][1]);
  }
  assert_has(reply.headers, "Content-Security-Policy: default-src 'self'");
  assert_null(strstr(reply.headers, "Strict-Transport-Security"));
  assert_null(strstr(reply.headers, "Content-Disposition"));
  reply_clear(&reply);
  reply = client_ask(hall->port, "GET /nothing HTTP/1.1\r\n" END);
  assert_has(reply.headers, "Content-Type: application/problem+json\r\n");
  assert_has(reply.headers, "Content-Disposition: attachment; filename=\"attain.json\"\r\n");
  reply_clear(&reply);
  reply = client_ask(hall->port, "GET /splits HTTP/1.1\r\n" END);
  assert_null(strstr(reply.headers, "X-Evil"));
  assert_has(reply.headers, "Cache-Control: public, max-age=60\r\n");
  assert_has(reply.headers, "Set-Cookie: a=1\r\n");
  assert_has(reply.headers, "Set-Cookie: b=2\r\n");
  reply_clear(&reply);
  end(hall);
}

static void pipelined(void **state) {
  Hall *hall = begin();
  int fd = client_open(hall->port);
  client_send(fd, "GET /hello/1 HTTP/1.1\r\n" END "HEAD /big HTTP/1.1\r\n" END "POST /slow-echo HTTP/1.1\r\n" HOST JSON
                  "Content-Length: 2\r\n\r\n{}POST /echo HTTP/1.1\r\n" HOST JSON
                  "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\nGET /hello/5 HTTP/1.1\r\n" END);
  static const char *const bodies[] = {"hello 1 from 127.0.0.1\n", "", "{}", "[]", "hello 5 from 127.0.0.1\n"};
  for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
    Reply reply = client_read(fd, i == 1);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, bodies[i]);
    reply_clear(&reply);
  }
  close(fd);
  end(hall);
}

/* Where a request ends is beyond doubt or the connection ends: what follows is never taken for a request. */
static void smuggling(void **state) {
  static const char *const requests[] = {
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 2, 2\r\n\r\n{}",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: +2\r\n\r\n{}",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: -2\r\n\r\n{}",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 0x2\r\n\r\n{}",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 99999999999999999999999\r\n\r\n{}",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Transfer-Encoding:\r\n chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length : 2\r\n\r\n{}",
      "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length:\r\n 2\r\n\r\n{}",
      "POST /echo HTTP/1.0\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      "GET /big HTTP/1.1\r\n" HOST " Host: b\r\n\r\n",
      "GET /big HTTP/1.1\r\n" HOST "X-A: b\r\n c: d\r\n\r\n",
      "GET /big HTTP/1.1\r\n" HOST "X-A: b\rTransfer-Encoding: chunked\r\n\r\n",
      "GET /big HTTP/1.1\r\n" HOST "X(A): b\r\n\r\n",
      "GET /big HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nabcd",
      "GET /big HTTP/1.1\r\n" HOST "Host: b\r\n\r\n",
      "GET /big HTTP/1.1\r\n\r\n",
      "nonsense\r\n\r\n",
  };
  Hall *hall = begin();
  for (guint i = 0; i < G_N_ELEMENTS(requests); i++) {
    int fd = client_open(hall->port);
    client_send(fd, requests[i]);
    client_send(fd, "GET /hello/smuggled HTTP/1.1\r\n" END);
    shutdown(fd, SHUT_WR);
    g_autoptr(GString) all = g_string_new(NULL);
    char part[4096];
    for (ssize_t n = read(fd, part, sizeof part); n > 0; n = read(fd, part, sizeof part))
      g_string_append_len(all, part, n);
    if (strstr(all->str, "smuggled")) fail_msg("%s\n%s", requests[i], all->str);
    if (strstr(all->str, " 200 ")) fail_msg("taken: %s\n%s", requests[i], all->str);
    close(fd);
  }
  end(hall);
}

static void bodies(void **state) {
  Hall *hall = begin();
  g_autofree char *zeros = g_strnfill(1001, '0');
  g_autofree char *large = g_strconcat("POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 1001\r\n\r\n", zeros, NULL);
  g_autofree char *chunked = g_strconcat(
      "POST /echo HTTP/1.1\r\n" HOST JSON "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", zeros, "\r\n0\r\n\r\n", NULL);
  expect(hall, large, 413, "at most 1000 bytes");
  expect(hall, chunked, 413, "/problems/body-too-large");
  expect(hall, "POST /echo HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415,
         "it says text/plain");
  expect(hall, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 415, "it says nothing");
  expect(hall, "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415,
         "/problems/unsupported-encoding");
  expect(hall, "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\n\r\n\xff\xfe", 400, "/problems/bad-text");
  expect(hall, "POST /echo HTTP/1.1\r\n" HOST JSON "Content-Length: 4\r\n\r\n\"\xc3\xa9\"", 200, "\"é\"");
  expect(hall, "POST /echo HTTP/1.1\r\n" END, 200, NULL);
  end(hall);
}

static void long_headers(void **state) {
  Hall *hall = begin();
  g_autofree char *filler = g_strnfill(17000, 'x'), *flood = g_strnfill(200000, 'x');
  g_autofree char *request = g_strconcat("GET /big HTTP/1.1\r\n" HOST "X-Long: ", filler, "\r\n\r\n", NULL);
  expect(hall, request, 431, "/problems/headers-too-large");
  const char *const heads[] = {"GET /big HTTP/1.1\r\n" HOST "X-Long: ", "GET /"};
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
    int fd = client_open(hall->port);
    client_send(fd, heads[i]);
    client_send(fd, flood);
    Reply reply = client_read(fd, TRUE);
    assert_true(reply.status == 0 || reply.status == 431 || reply.status == 414);
    reply_clear(&reply);
    close(fd);
  }
  end(hall);
}

/* A request in single bytes is read as if it came at once, and others are answered meanwhile. */
static void byte_by_byte(void **state) {
  Hall *hall = begin();
  int fd = client_open(hall->port);
  const char *request = "GET /hello/drop HTTP/1.1\r\n" END;
  for (const char *c = request; *c; c++) {
    client_send(fd, (const char[]){*c, '\0'});
    if (c == request + 10) expect(hall, "GET /hello/other HTTP/1.1\r\n" END, 200, "hello other");
  }
  Reply reply = client_read(fd, FALSE);
  assert_string_equal(reply.body, "hello drop from 127.0.0.1\n");
  reply_clear(&reply);
  close(fd);
  end(hall);
}

static void conditional(void **state) {
  Hall *hall = begin();
  Reply reply = client_ask(hall->port, "GET /big HTTP/1.1\r\nIf-None-Match: \"load-6\", W/\"load-7\"\r\n" END);
  assert_int_equal(reply.status, 304);
  assert_has(reply.headers, "ETag: W/\"load-7\"\r\n");
  assert_has(reply.headers, "Vary: Accept-Encoding\r\n");
  reply_clear(&reply);
  expect(hall, "GET /big HTTP/1.1\r\nIf-None-Match: \"load-6\"\r\n" END, 200, "revenue,win_rate");
  reply = client_ask(hall->port, "GET /hello/a HTTP/1.1\r\n" END);
  g_autofree char *tag = reply_header(&reply, "ETag");
  reply_clear(&reply);
  g_autofree char *again = g_strdup_printf("HEAD /hello/a HTTP/1.1\r\nIf-None-Match: %s\r\n" END, tag);
  expect(hall, again, 304, NULL);
  end(hall);
}

static void compressed(void **state) {
  Hall *hall = begin();
  Reply plain = client_ask(hall->port, "GET /big HTTP/1.1\r\n" END);
  Reply reply = client_ask(hall->port, "GET /big HTTP/1.1\r\nAccept-Encoding: gzip\r\n" END);
  assert_int_equal(plain.length, BIG);
  assert_true(reply.length < BIG / 10);
  assert_has(reply.headers, "Content-Encoding: gzip\r\n");
  g_autofree char *out = g_malloc(BIG + 1);
  z_stream stream = {
      .next_in = (Bytef *)reply.body, .avail_in = (uInt)reply.length, .next_out = (Bytef *)out, .avail_out = BIG + 1};
  assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
  assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
  assert_int_equal(stream.total_out, BIG);
  assert_memory_equal(out, plain.body, BIG);
  inflateEnd(&stream);
  reply_clear(&reply);
  reply_clear(&plain);
  end(hall);
}

static void rates(void **state) {
  Hall *hall = new_hall();
  HttpSettings settings = usual(hall);
  settings.limits.requests_per_minute = 3;
  begin_with(hall, &settings);
  for (guint i = 0; i < 3; i++) expect(hall, "GET /hello/a HTTP/1.1\r\nX-Who: ana\r\n" END, 200, NULL);
  Reply reply = client_ask(hall->port, "GET /hello/a HTTP/1.1\r\nX-Who: ana\r\n" END);
  assert_int_equal(reply.status, 429);
  g_autofree char *after = reply_header(&reply, "Retry-After");
  assert_true(g_ascii_strtoull(after, NULL, 10) >= 1 && g_ascii_strtoull(after, NULL, 10) <= 21);
  reply_clear(&reply);
  expect(hall, "GET /hello/a HTTP/1.1\r\nX-Who: bo\r\n" END, 200, NULL);
  end(hall);
}

static void connections_of_an_address(void **state) {
  Hall *hall = new_hall();
  HttpSettings settings = usual(hall);
  settings.limits.n_by_address = 2;
  begin_with(hall, &settings);
  int first = client_open(hall->port), second = client_open(hall->port);
  client_send(first, "GET /hello/a HTTP/1.1\r\n" END);
  Reply reply = client_read(first, FALSE);
  assert_int_equal(reply.status, 200);
  reply_clear(&reply);
  client_send(second, "GET /hello/a HTTP/1.1\r\n" END);
  reply = client_read(second, FALSE);
  assert_int_equal(reply.status, 200);
  reply_clear(&reply);
  reply = client_ask(hall->port, "GET /hello/a HTTP/1.1\r\n" END);
  assert_int_equal(reply.status, 0); /* a third connection of the same address is closed at once */
  reply_clear(&reply);
  close(first);
  close(second);
  end(hall);
}

static void proxies(void **state) {
  Hall *hall = new_hall();
  HttpSettings settings = usual(hall);
  settings.trusted_proxies = (const char *const[]){"127.0.0.0/8", NULL};
  begin_with(hall, &settings);
  Reply reply = client_ask(hall->port,
                           "GET /hello/a HTTP/1.1\r\nX-Forwarded-For: 9.9.9.9, 198.51.100.4\r\n"
                           "X-Forwarded-Proto: https\r\nX-Request-Id: abc-1\r\n" END);
  assert_string_equal(reply.body, "hello a from 198.51.100.4, safely\n");
  assert_has(reply.headers, "Strict-Transport-Security: max-age=31536000\r\n");
  assert_has(reply.headers, "X-Request-Id: abc-1\r\n");
  reply_clear(&reply);
  /* A proxy may add a header of its own behind the one that came: the last address of all of them counts. */
  reply = client_ask(hall->port,
                     "GET /hello/a HTTP/1.1\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-For: 198.51.100.7\r\n" END);
  assert_string_equal(reply.body, "hello a from 198.51.100.7\n");
  reply_clear(&reply);
  end(hall);
  hall = begin();
  reply = client_ask(hall->port,
                     "GET /hello/a HTTP/1.1\r\nX-Forwarded-For: 198.51.100.4\r\n"
                     "X-Forwarded-Proto: https\r\nX-Request-Id: abc-1\r\n" END);
  assert_string_equal(reply.body, "hello a from 127.0.0.1\n");
  assert_null(strstr(reply.headers, "abc-1"));
  reply_clear(&reply);
  end(hall);
}

static gpointer stop(gpointer hall) {
  end(hall);
  return NULL;
}

/* The stop begins while two handlers are at work: both are answered, and then it ends. */
static void graceful_stop(void **state) {
  Hall *hall = begin();
  int first = client_open(hall->port), second = client_open(hall->port), idle = client_open(hall->port);
  client_send(first, "GET /waits HTTP/1.1\r\nX-Who: ana\r\nCookie: word=no; other=x\r\n" END);
  client_send(second, "GET /waits HTTP/1.1\r\nX-Who: bo\r\nCookie: a=b; word=yes\r\n" END);
  wait_for(hall, &hall->n_begun, 2);
  GThread *stopping = g_thread_new("stop", stop, hall);
  let_end(hall);
  Reply reply = client_read(first, FALSE);
  assert_string_equal(reply.body, "ana said no\n");
  reply_clear(&reply);
  reply = client_read(second, FALSE);
  assert_string_equal(reply.body, "bo said yes\n");
  reply_clear(&reply);
  g_thread_join(stopping);
  assert_true(client_is_ended(idle));
  close(first);
  close(second);
  close(idle);
}

/* A handler that does not end is answered without it, and its reply is dropped. */
static void late_handler(void **state) {
  Hall *hall = new_hall();
  HttpSettings settings = usual(hall);
  settings.limits.handler_seconds = 1;
  begin_with(hall, &settings);
  int fd = client_open(hall->port);
  client_send(fd, "GET /waits HTTP/1.1\r\n" END);
  Reply reply = client_read(fd, FALSE);
  assert_int_equal(reply.status, 503);
  assert_has(reply.body, "/problems/too-slow");
  reply_clear(&reply);
  close(fd);
  let_end(hall);
  wait_for(hall, &hall->n_ended, 1);
  end(hall);
}

/* Headers that do not end are not waited for: the connection is closed after twice the idle time. */
static void slow_headers(void **state) {
  Hall *hall = new_hall();
  HttpSettings settings = usual(hall);
  settings.limits.idle_seconds = 1;
  begin_with(hall, &settings);
  int fd = client_open(hall->port);
  client_send(fd, "GET /big HTTP/1.1\r\nX-Drip: ");
  assert_true(client_is_ended(fd));
  close(fd);
  end(hall);
}

static void streams(void **state) {
  Hall *hall = begin();
  int fd = client_open(hall->port);
  client_send(fd, "GET /events HTTP/1.1\r\n" END);
  wait_for(hall, &hall->n_begun, 1);
  g_free(client_read_to(fd, "data: 1\n\n"));
  g_autoptr(GBytes) second = g_bytes_new_static("data: 2\n\n", 9);
  assert_true(http_stream_write(hall->stream, second));
  g_free(client_read_to(fd, "data: 2\n\n"));
  close(fd); /* the reader goes: nothing is written, and it is noticed */
  wait_for(hall, &hall->n_closed, 1);
  fd = client_open(hall->port);
  client_send(fd, "GET /events HTTP/1.1\r\n" END);
  wait_for(hall, &hall->n_begun, 2);
  end(hall); /* the server goes */
  g_autofree char *rest = client_read_to(fd, "0\r\n\r\n");
  assert_has(rest, "data: 1\n\n");
  close(fd);
}

/* Who reads nothing is let go when more than a mebibyte waits for them. */
static void slow_reader(void **state) {
  Hall *hall = begin();
  int fd = client_open(hall->port);
  client_send(fd, "GET /events HTTP/1.1\r\n" END);
  wait_for(hall, &hall->n_begun, 1);
  g_autoptr(GBytes) piece = g_bytes_new_take(g_strnfill(65536, 'x'), 65536);
  guint n = 0;
  while (http_stream_write(hall->stream, piece)) assert_true(++n < 1000);
  assert_true(n >= 15);
  close(fd);
  wait_for(hall, &hall->n_closed, 1);
  end(hall);
}

static void local_socket(void **state) {
  g_autofree char *folder = g_dir_make_tmp("attain-http-XXXXXX", NULL), *path = g_build_filename(folder, "s", NULL);
  Hall *hall = new_hall();
  HttpSettings settings = usual(hall);
  settings.address = path;
  begin_with(hall, &settings);
  struct stat status;
  assert_int_equal(stat(path, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0600);
  int fd = client_open_at(path);
  client_send(fd, "GET /hello/a HTTP/1.1\r\n" END);
  Reply reply = client_read(fd, FALSE);
  assert_string_equal(reply.body, "hello a from local\n");
  reply_clear(&reply);
  close(fd);
  g_autoptr(GError) error = NULL;
  assert_null(http_server_start(&settings, &error));
  assert_has(error->message, "cannot listen at");
  end(hall);
  assert_int_not_equal(stat(path, &status), 0);
  assert_int_equal(rmdir(folder), 0);
}

static void mistakes(void **state) {
  Hall *hall = begin();
  static const char *const proxy[] = {"nowhere", NULL};
  HttpSettings settings = usual(hall);
  const struct {
    HttpSettings settings;
    const char *message;
  } wrong[] = {
      {{.address = "nowhere"}, "nowhere is no address to listen at"},
      {{.port = hall->port}, "something else listens there"},
      {{.trusted_proxies = proxy}, "the trusted proxy nowhere"},
      {{.certificate = "/nowhere.pem"}, "the certificate cannot be read"},
      {{.certificate = __FILE__}, "no certificate and its key"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    settings.address = wrong[i].settings.address;
    settings.port = wrong[i].settings.port;
    settings.trusted_proxies = wrong[i].settings.trusted_proxies;
    settings.certificate = wrong[i].settings.certificate;
    assert_null(http_server_start(&settings, &error));
    assert_has(error->message, wrong[i].message);
  }
  end(hall);
}

static void metrics(void **state) {
  Hall *hall = begin();
  int fd = client_open(hall->port);
  client_send(
      fd, "GET /none HTTP/1.1\r\n" END "GET /hello/secret-name?n=7 HTTP/1.1\r\n" END "GET /hello/b HTTP/1.1\r\n" END);
  for (guint i = 0; i < 3; i++) { /* what came before the last reply is counted */
    Reply reply = client_read(fd, FALSE);
    reply_clear(&reply);
  }
  close(fd);
  g_autoptr(GString) out = g_string_new(NULL);
  http_server_metrics(hall->server, out);
  assert_has(out->str, "attain_http_requests_total{route=\"other\",status=\"404\"} 1\n");
  assert_has(out->str, "attain_http_request_seconds_bucket{route=\"GET /hello/{who}\",le=\"0.001\"} ");
  assert_null(strstr(out->str, "secret-name"));
  end(hall);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(routes_and_parameters),
      cmocka_unit_test(headers_by_default),
      cmocka_unit_test(pipelined),
      cmocka_unit_test(smuggling),
      cmocka_unit_test(bodies),
      cmocka_unit_test(long_headers),
      cmocka_unit_test(byte_by_byte),
      cmocka_unit_test(conditional),
      cmocka_unit_test(compressed),
      cmocka_unit_test(rates),
      cmocka_unit_test(connections_of_an_address),
      cmocka_unit_test(proxies),
      cmocka_unit_test(graceful_stop),
      cmocka_unit_test(late_handler),
      cmocka_unit_test(slow_headers),
      cmocka_unit_test(streams),
      cmocka_unit_test(slow_reader),
      cmocka_unit_test(local_socket),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(metrics),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
