/* Work that somebody asked to be answered later: each piece has a number, is done in a thread of its own kind, can be
 * watched and ended, and is answered to who asked for it, and to nobody else. Private to src/app.
 *
 *   request ─► works_take ─► waiting ─► running ─► done │ failed        its answer is kept for an hour
 *                               └───────────┴─► (cancelling) ─► cancelled
 *
 * Pieces live in memory: they end with the server. */
#pragma once

#include "app/server.h"

#define WORKS_OF_USER   8           /* that have not ended */
#define WORKS_KEPT      200         /* that have ended, of all */
#define WORKS_KEPT_S    3600        /* seconds for which one that has ended is kept, and */
#define WORKS_MAX_BYTES (128 << 20) /* of all their answers; the oldest go first */

typedef struct Works Works;
typedef struct Work Work; /* a piece */

Works *works_new(void);
/* Ends what is under way; returns when nothing is. Nothing is taken any more. */
void works_stop(Works *works);
void works_free(Works *works);

/* Takes a request as work. 0: the user has WORKS_OF_USER under way, or the server stops; nothing was taken. */
gint64 works_take(Works *works, HttpExchange *exchange);
/* The piece of this number, if it is the caller's and they see and may what they did when they asked; otherwise NULL,
 * as of an answer of before somebody was erased. Release it. */
Work *works_find(Works *works, gint64 number, const HttpExchange *exchange);
void works_release(Work *work);

/* As JSON (schemas/api/piece.json); the caller frees. */
char *works_write(Works *works, Work *work);
/* Whether it has ended; then, if it was not cancelled, http_work_reply() of works_answer() tells its answer. */
gboolean works_has_ended(Works *works, Work *work);
/* NULL: it was cancelled before it began. */
const HttpWork *works_answer(const Work *work);
/* Ends it, and returns when its turn at the database has ended; one that had ended is forgotten. */
void works_cancel(Works *works, Work *work);
/* Opens a stream of what works_write() says, whenever it is another, up to the end. */
void works_watch(Works *works, Work *work, HttpExchange *exchange);
