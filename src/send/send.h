/* Sending messages: to mail servers, webhooks and commands.
 *
 * One message at a time, each within SEND_MAX_SECONDS: whoever waits for the database meanwhile waits no longer. The id
 * of a message goes with it (Message-ID, Idempotency-Key, "id" in the JSON), so that a receiver can tell when one comes
 * twice. */
#pragma once

#include "alert/outbox.h"
#include "alert/rules.h"

#define SEND_MAX_SECONDS     20
#define SEND_CONNECT_SECONDS 10

/* Nothing is owned. */
typedef struct {
  const ConfOrganisation *organisation;
  const GPtrArray *rules; /* AlertRule: titles and what to do; those that are gone are called by their name */
  const char *folder;     /* of the workspace: where commands run */
  gint64 now_us;          /* the date of mails */
} Sender;

/* The text of a secret, one line, read now; caller frees. Errors: NOT_FOUND in words that tell what to set, INPUT. */
char *send_secret(const ConfSecret *secret, GError **error);
/* An AlertSend with a Sender as its user data. */
AlertReply send_message(const AlertMessage *message, gpointer sender);

/* What somebody is told of how they sign in. */
typedef struct {
  const char *id;        /* as a message's */
  const char *recipient; /* a mail address */
  const char *what;      /* one line: "your password was changed" */
  gint64 at_us;
} SendNotice;
/* By the mail server that alerts go by. */
AlertReply send_notice(const SendNotice *notice, const Sender *sender);
