/* Streams: replies that go on.
 *
 *   writers ─► queue of shared bytes ─► MHD's thread copies them to the socket; with an empty queue it suspends
 *
 * A suspended connection is not looked at by MHD, so the keeper watches its socket for a reader that goes. A stream is
 * held by who opened it and by the connection; the connection's end is told to the former once. */
#include "http/private.h"

#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_BEHIND_BYTES (1024 * 1024)
#define BLOCK_BYTES      512 /* MHD's own buffer, which chunks do not use */

struct HttpStream {
  gatomicrefcount n_holders;
  HttpServer *server;
  guint64 number;
  int fd; /* in the keeper's epoll; -1: not yet */
  void (*closed)(HttpStream *stream, gpointer data);
  gpointer data;
  GMutex lock; /* of all below */
  struct MHD_Connection *connection;
  GQueue queue;           /* GBytes */
  gsize n_queued, n_sent; /* bytes waiting, and how many of the first one are sent */
  gboolean is_suspended, is_closed, has_rested;
};

void http_stream_unref(HttpStream *stream) {
  if (!stream || !g_atomic_ref_count_dec(&stream->n_holders)) return;
  g_queue_clear_full(&stream->queue, (GDestroyNotify)g_bytes_unref);
  g_mutex_clear(&stream->lock);
  g_free(stream);
}

HttpStream *http_stream_open(HttpExchange *exchange, const char *type,
                             void (*closed)(HttpStream *stream, gpointer data), gpointer data) {
  HttpServer *server = exchange->server;
  HttpStream *stream = g_new0(HttpStream, 1);
  *stream = (HttpStream){.server = server, .fd = -1, .closed = closed, .data = data};
  g_atomic_ref_count_init(&stream->n_holders);
  g_atomic_ref_count_inc(&stream->n_holders);
  g_mutex_init(&stream->lock);
  g_queue_init(&stream->queue);
  g_mutex_lock(&server->lock);
  gboolean fits = !server->is_stopping && g_hash_table_size(server->streams) < server->limits.n_streams;
  if (fits) {
    stream->number = ++server->last_stream;
    g_hash_table_insert(server->streams, &stream->number, stream);
  }
  g_mutex_unlock(&server->lock);
  if (!fits) {
    http_stream_unref(stream);
    http_stream_unref(stream);
    http_set_header(exchange, "Retry-After", "5");
    http_problem(exchange, 503, "too-many-streams", "Too many streams are open",
                 "The server gives at most %u streams at once, or is about to stop. Try again in a few seconds.",
                 server->limits.n_streams);
    return NULL;
  }
  exchange->reply.status = 200;
  exchange->reply.stream = stream;
  http_set_header(exchange, "Content-Type", type);
  http_set_header(exchange, "X-Accel-Buffering", "no");
  return stream;
}

/* The lock is held. */
static void resume(HttpStream *stream) {
  if (!stream->is_suspended) return;
  stream->is_suspended = FALSE;
  MHD_resume_connection(stream->connection);
}

gboolean http_stream_write(HttpStream *stream, GBytes *bytes) {
  g_mutex_lock(&stream->lock);
  gsize length = g_bytes_get_size(bytes);
  if (!stream->is_closed && length > 0) {
    if (stream->n_queued + length > MAX_BEHIND_BYTES) {
      stream->is_closed = TRUE;
    } else {
      g_queue_push_tail(&stream->queue, g_bytes_ref(bytes));
      stream->n_queued += length;
    }
    resume(stream);
  }
  gboolean is_open = !stream->is_closed;
  g_mutex_unlock(&stream->lock);
  return is_open;
}

void http_stream_close(HttpStream *stream) {
  g_mutex_lock(&stream->lock);
  stream->is_closed = TRUE;
  resume(stream);
  g_mutex_unlock(&stream->lock);
}

void http_stream_close_number(HttpServer *server, guint64 number) {
  HttpStream *stream = g_hash_table_lookup(server->streams, &number);
  if (stream) http_stream_close(stream);
}

/* The lock is held. */
static gsize take(HttpStream *stream, char *buffer, gsize room) {
  gsize n = 0;
  while (n < room && stream->queue.length > 0) {
    gsize length;
    const char *bytes = g_bytes_get_data(g_queue_peek_head(&stream->queue), &length);
    gsize more = MIN(room - n, length - stream->n_sent);
    memcpy(buffer + n, bytes + stream->n_sent, more);
    n += more;
    stream->n_sent += more;
    if (stream->n_sent < length) continue;
    g_bytes_unref(g_queue_pop_head(&stream->queue));
    stream->n_sent = 0;
  }
  stream->n_queued -= n;
  return n;
}

/* MHD hands over what is left of the connection's memory, half of which it has set to zero: of who waits for days only
 * pages with something in them are to stay. The buffer is the callback's to write, so its content may go. */
static void give_pages_back(char *buffer, gsize room) {
  gsize page = (gsize)sysconf(_SC_PAGESIZE), lead = (page - (gsize)buffer % page) % page;
  if (room >= lead + page) madvise(buffer + lead, (room - lead) / page * page, MADV_DONTNEED);
}

/* What is queued before a close is still sent, unless the reader was too slow for it. */
static ssize_t read_on(void *data, uint64_t position, char *buffer, size_t room) {
  HttpStream *stream = data;
  g_mutex_lock(&stream->lock);
  ssize_t n = (ssize_t)take(stream, buffer, room);
  if (n == 0 && stream->is_closed) {
    n = MHD_CONTENT_READER_END_OF_STREAM;
  } else if (n == 0) {
    stream->is_suspended = TRUE;
    if (!stream->has_rested) give_pages_back(buffer, room);
    stream->has_rested = TRUE;
    MHD_suspend_connection(stream->connection);
  }
  g_mutex_unlock(&stream->lock);
  return n;
}

static void end(void *data) {
  HttpStream *stream = data;
  HttpServer *server = stream->server;
  g_mutex_lock(&server->lock);
  g_hash_table_remove(server->streams, &stream->number);
  if (stream->fd >= 0) epoll_ctl(server->keeper_epoll, EPOLL_CTL_DEL, stream->fd, NULL);
  g_mutex_unlock(&server->lock);
  g_mutex_lock(&stream->lock);
  stream->is_closed = TRUE;
  stream->is_suspended = FALSE;
  g_mutex_unlock(&stream->lock);
  if (stream->closed) stream->closed(stream, stream->data);
  http_stream_unref(stream);
}

void http_stream_drop(HttpStream *stream) {
  end(stream);
}

struct MHD_Response *http_stream_response(HttpStream *stream) {
  return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_on, stream, end);
}

void http_stream_begin(HttpStream *stream, struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.u64 = stream->number};
  g_mutex_lock(&stream->server->lock);
  stream->connection = connection;
  stream->fd = info->connect_fd;
  epoll_ctl(stream->server->keeper_epoll, EPOLL_CTL_ADD, stream->fd, &event);
  g_mutex_unlock(&stream->server->lock);
}
