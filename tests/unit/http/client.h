/* A client that says what it is told to, byte by byte, over loopback. What it waits for is a reply, never time. */
#pragma once

#include <glib.h>

/* Connected, or the test fails. Close it with close(). */
int client_open(guint16 port);
/* Over a local socket. */
int client_open_at(const char *path);
void client_send(int fd, const char *text);

typedef struct {
  int status;
  char *headers; /* with the status line, each line ending in \n */
  char *body;    /* chunks joined; ends with NUL */
  gsize length;
} Reply;

/* The next reply; a status of 0: the connection ended before one. `is_head`: it has no body. */
Reply client_read(int fd, gboolean is_head);
/* Up to and with `end`; NULL: the connection ended before it. The caller frees. */
char *client_read_to(int fd, const char *end);
/* Whether the other end has closed, after what is left was read. */
gboolean client_is_ended(int fd);
void reply_clear(Reply *reply);
/* The value of a header, or NULL; the caller frees. */
char *reply_header(const Reply *reply, const char *name);
/* One request on a connection of its own. */
Reply client_ask(guint16 port, const char *request);
