/* Telling readers of commits as they happen, each of what they may see. Private to src/app.
 *
 *   commits ─► waiting ─► one thread: changes of some milliseconds become one event ─► each sight once: bytes ─►
 * streams └─► ring of the last events, for whoever comes back
 *
 * An event's number is that of the last load in it. Readers of the same sight share its bytes. Who reads too slowly is
 * cut (http_stream_write()) and comes back where they left off. */
#pragma once

#include "attain/attain.h"
#include "http/http.h"

typedef struct Feed Feed;

typedef struct {
  AttainWorkspace *(*hold)(gpointer app); /* the workspace as it is now, or NULL */
  void (*let_go)(gpointer app, AttainWorkspace *workspace);
  gpointer app;
} FeedSettings;

Feed *feed_new(const FeedSettings *settings);
/* Streams must have been closed. NULL is nothing. */
void feed_free(Feed *feed);
/* Tells of this workspace's commits from here on; before it is closed: feed_unfollow(). */
void feed_follow(Feed *feed, AttainWorkspace *workspace);
void feed_unfollow(Feed *feed, AttainWorkspace *workspace);
/* Answers may be other without a commit: the workspace's files were read anew. All readers are told so by an event
 * "reset"; streams of who may read no more end. Any thread. */
void feed_reset(Feed *feed);

/* Who reads, to be asked for again from time to time: what they may see changes, and sessions end. */
typedef struct {
  const char *session, *token; /* secrets; both NULL: the operator */
} FeedReader;

/* Opens a stream of `reader`. `after`: the last event they had, or -1: none. Replies where that fails. */
void feed_open(Feed *feed, HttpExchange *exchange, const FeedReader *reader, gint64 after);
