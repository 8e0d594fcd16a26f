/* The frames of app/local.h, and the socket's place. */
#pragma once

#include "base/text.h"

typedef enum {
  LOCAL_REQUEST = 'R',  /* a LOCAL_FORM */
  LOCAL_OUT = 'O',      /* bytes of stdout */
  LOCAL_ERR = 'E',      /* bytes of stderr */
  LOCAL_EXIT = 'X',     /* the exit code, four bytes */
  LOCAL_QUESTION = 'Q', /* "DIGEST question": the command waits for an answer: ask again with it */
} LocalFrame;

#define LOCAL_HEAD        5
#define LOCAL_MAX_REQUEST (1u << 20)
#define LOCAL_MAX_FRAME   (1u << 16)

/* version, arguments, current folder, width, (terminal, colour, unicode, progress, asks), (answer, digest of what was
 * shown before the question); "" where there is none */
#define LOCAL_FORM "(sassi(bbbbb)(ss))"

/* A head for `length` bytes; `head` has room for LOCAL_HEAD. */
void local_head(char *head, LocalFrame frame, gsize length);
gsize local_length(const char *head);

typedef enum { LOCAL_CONNECT, LOCAL_LISTEN } LocalEnd;
/* A socket connected to, or listening at, data/attain.sock of the workspace; -1 with errno. A listening one takes the
 * place of one that nobody listens at. */
int local_socket(const char *folder, LocalEnd end);
/* Takes the file away. */
void local_unlink(const char *folder);
/* The user and process at the other end of a socket. */
gboolean local_peer(int fd, guint *user, int *process);
