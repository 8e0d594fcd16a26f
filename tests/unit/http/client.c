/* A client for tests. */
#include "client.h"

#include "../unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int client_open(guint16 port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
  return fd;
}

int client_open_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_strlcpy(address.sun_path, path, sizeof address.sun_path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
  return fd;
}

void client_send(int fd, const char *text) {
  for (gsize left = strlen(text); left > 0;) {
    ssize_t n = send(fd, text, left, MSG_NOSIGNAL);
    if (n <= 0) return; /* what was said before is read */
    text += n;
    left -= (gsize)n;
  }
}

char *client_read_to(int fd, const char *end) {
  g_autoptr(GString) text = g_string_new(NULL);
  while (!g_str_has_suffix(text->str, end)) {
    char c;
    if (read(fd, &c, 1) != 1) return NULL;
    g_string_append_c(text, c);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void read_exactly(int fd, GString *out, gsize length) {
  gsize at = out->len;
  g_string_set_size(out, at + length);
  while (length > 0) {
    ssize_t n = read(fd, out->str + at, length);
    if (n <= 0) fail_msg("the connection ended within a body");
    at += (gsize)n;
    length -= (gsize)n;
  }
}

static void read_chunks(int fd, GString *out) {
  while (TRUE) {
    g_autofree char *line = client_read_to(fd, "\r\n");
    assert_non_null(line);
    gsize length = g_ascii_strtoull(line, NULL, 16);
    if (length > 0) read_exactly(fd, out, length);
    g_free(client_read_to(fd, "\r\n"));
    if (length == 0) return;
  }
}

char *reply_header(const Reply *reply, const char *name) {
  g_auto(GStrv) lines = g_strsplit(reply->headers, "\r\n", -1);
  gsize length = strlen(name);
  for (char **line = lines; *line; line++)
    if (g_ascii_strncasecmp(*line, name, length) == 0 && (*line)[length] == ':')
      return g_strdup(g_strstrip(*line + length + 1));
  return NULL;
}

Reply client_read(int fd, gboolean is_head) {
  Reply reply = {.headers = client_read_to(fd, "\r\n\r\n")};
  if (!reply.headers) return reply;
  reply.status = (int)g_ascii_strtoull(reply.headers + strlen("HTTP/1.1 "), NULL, 10);
  g_autofree char *length = reply_header(&reply, "Content-Length");
  g_autofree char *coding = reply_header(&reply, "Transfer-Encoding");
  GString *body = g_string_new(NULL);
  gboolean has_body = !is_head && reply.status != 304 && reply.status != 204;
  if (has_body && coding)
    read_chunks(fd, body);
  else if (has_body && length)
    read_exactly(fd, body, g_ascii_strtoull(length, NULL, 10));
  reply.length = body->len;
  reply.body = g_string_free(body, FALSE);
  return reply;
}

gboolean client_is_ended(int fd) {
  char rest[4096];
  ssize_t n;
  while ((n = read(fd, rest, sizeof rest)) > 0) {
  }
  return TRUE;
}

void reply_clear(Reply *reply) {
  g_free(reply->headers);
  g_free(reply->body);
  *reply = (Reply){0};
}

Reply client_ask(guint16 port, const char *request) {
  int fd = client_open(port);
  client_send(fd, request);
  Reply reply = client_read(fd, g_str_has_prefix(request, "HEAD"));
  close(fd);
  return reply;
}
