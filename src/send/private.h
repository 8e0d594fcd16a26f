/* What the ways of sending have in common. Private to src/send. */
#pragma once

#include "send/send.h"

#include <signal.h>

/* --- forms.c: what is sent --- */
/* "Attain: Win rate low, team North" or "Attain: 3 alerts, 1 critical"; one line. The caller frees these. */
char *send_subject(const Sender *sender, const AlertMessage *message);
char *send_text(const Sender *sender, const AlertMessage *message);
char *send_json(const Sender *sender, const AlertMessage *message);
char *send_slack(const Sender *sender, const AlertMessage *message);
char *send_teams(const Sender *sender, const AlertMessage *message);

/* "2026-11-02 10:00" in the company's time zone; the caller frees. */
char *send_local_time(const Sender *sender, gint64 at_us);

/* --- mail.c --- */
typedef struct {
  const char *id, *recipient, *subject, *body;
} SendMail;
/* A whole mail, RFC 5322, with CRLF. `from` is "Name <address>" or an address. */
char *send_mail_text(const Sender *sender, const SendMail *said, const char *from);
/* The bare address of it; the caller frees. */
char *send_address(const char *from);

/* --- send.c --- */
/* Words of others with the secrets (any may be NULL) taken out: an answer may repeat what it was sent. Takes the words,
 * which may be NULL; the caller frees. */
char *send_mask(char *words, const char *secret, const char *other);

/* --- pipe.c --- */
/* Between the two, a receiver that hangs up while it is written to is an error of the writing and no signal: of this
 * thread only, for the signals of the process are not ours. Processes started in between would inherit it. */
typedef struct {
  sigset_t before;
  gboolean was_pending;
} SendPipe;
void send_pipe_begin(SendPipe *guard);
void send_pipe_end(const SendPipe *guard);

/* --- the ways --- */
AlertReply send_by_http(const Sender *sender, const ConfChannel *channel, const AlertMessage *message);
AlertReply send_by_mail(const Sender *sender, const AlertMessage *message);
AlertReply send_one_mail(const Sender *sender, const SendMail *said);
AlertReply send_by_command(const Sender *sender, const ConfChannel *channel, const AlertMessage *message);
/* To be tried again; takes the words. */
AlertReply send_later(char *words);
