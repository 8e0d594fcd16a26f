/* Asking another server for a document: what a provider of sign-in shows and answers. */
#pragma once

#include "base/text.h"

#define SEND_FETCH_SECONDS 10 /* in all */

typedef struct {
  const char *url;
  const char *form;            /* sent with POST as application/x-www-form-urlencoded; NULL: GET */
  const char *user, *password; /* of HTTP's Basic scheme; NULL: none */
  const char *ca_file;         /* of the other's certificate; NULL: the system's */
  gsize max_bytes;             /* of the answer; a longer one is an error */
} SendRequest;

/* Whether a URL may be asked: https, or http of this machine itself, where nobody else can listen; without a user, a
 * password or a fragment. Errors: INPUT. */
gboolean send_fetch_may(const char *url, GError **error);

/* Any status is an answer; redirections are not followed. `body` (NULL ends it; the caller frees) may have other NULs
 * in it. The certificate is checked. Takes at most SEND_FETCH_SECONDS. Errors: INPUT of the URL, LIMIT of the size, IO
 * for all else; none says anything of form or password. */
gboolean send_fetch(const SendRequest *request, guint *status, char **body, gsize *length, GError **error);
