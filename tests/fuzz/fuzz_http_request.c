/* Whole requests of any bytes, several behind each other, over a local socket to a server of its own: what a handler is
 * given is text where it is told to be, and what comes back are replies and nothing else. */
#include "fuzz.h"
#include "http/http.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char path[sizeof((struct sockaddr_un *)NULL)->sun_path];
static HttpServer *server;

static void check_text(const char *text) {
  g_assert(!text || g_utf8_validate(text, -1, NULL));
}

static void echo(HttpExchange *exchange, gpointer app) {
  gsize length;
  const char *body = http_body(exchange, &length);
  check_text(http_path(exchange));
  check_text(http_path_value(exchange, "name"));
  check_text(http_query(exchange, "q"));
  const char *const *list = http_query_list(exchange, "list");
  for (; list && *list; list++) check_text(*list);
  g_assert(strlen(body) == length && g_utf8_validate(body, (gssize)length, NULL));
  const char *cookie = http_cookie(exchange, "attain_session");
  g_assert(!cookie || !strpbrk(cookie, "; \t\r\n") || strchr(cookie, ' ') || strchr(cookie, '\t'));
  http_set_header(exchange, "X-Echo", http_path(exchange));
  http_reply(exchange, 200, "text/plain", g_strdup(body), length);
}

static const HttpParameter parameters[] = {
    {"q", HTTP_TEXT, "a text", NULL, FALSE},
    {"n", HTTP_NUMBER, "a number", NULL, FALSE},
    {"list", HTTP_LIST, "a list", NULL, FALSE},
};

static const HttpRoute routes[] = {
    {.method = "GET",
     .path = "/hello/{name}",
     .handler = echo,
     .parameters = parameters,
     .n_parameters = G_N_ELEMENTS(parameters)},
    {.method = "POST", .path = "/echo", .handler = echo, .body = "any"},
    {.method = "PUT", .path = "/slow/{name}", .handler = echo, .body = "any", .flags = HTTP_ROUTE_SLOW},
};

static void end(void) {
  http_server_stop(server, 0);
  g_unlink(path);
}

static void begin(void) {
  g_snprintf(path, sizeof path, "%s/attain-fuzz-%d.sock", g_get_tmp_dir(), (int)getpid());
  HttpSettings settings = {.address = path,
                           .n_threads = 1,
                           .n_workers = 1,
                           .limits = http_limits(),
                           .routes = routes,
                           .n_routes = G_N_ELEMENTS(routes)};
  server = http_server_start(&settings, NULL);
  g_assert(server);
  atexit(end);
}

static int connect_to(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_strlcpy(address.sun_path, path, sizeof address.sun_path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  /* A request whose end is missing is waited for until the connection is idle too long: that is not waited for here. */
  const struct timeval patience = {.tv_usec = 30000};
  g_assert(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
  g_assert(connect(fd, (const struct sockaddr *)&address, sizeof address) == 0);
  return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!server) begin();
  int fd = connect_to();
  for (size_t sent = 0; sent < size;) {
    ssize_t n = send(fd, data + sent, size - sent, MSG_NOSIGNAL);
    if (n <= 0) break;
    sent += (size_t)n;
  }
  shutdown(fd, SHUT_WR);
  g_autoptr(GString) got = g_string_new(NULL);
  char part[4096];
  for (ssize_t n = read(fd, part, sizeof part); n > 0; n = read(fd, part, sizeof part))
    g_string_append_len(got, part, n);
  close(fd);
  g_assert(got->len == 0 || g_str_has_prefix(got->str, "HTTP/1."));
  return 0;
}
