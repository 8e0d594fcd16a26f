/* Whether a file has changed since it was read, and the lines that came behind what was read. */
#include "ingest/memory_file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define YOUNG_US    (2 * G_USEC_PER_SEC)
#define CHUNK_BYTES (1 << 20)
#define LANES       4

/* --- a hash that is as fast as memory; nobody is to be fooled by it, only a change to be seen --- */

typedef struct {
  guint64 lanes[LANES], n;
  guchar rest[LANES * 8];
  gsize n_rest;
} Hash;

static void hash_init(Hash *hash) {
  *hash = (Hash){.lanes = {G_GUINT64_CONSTANT(0x9E3779B97F4A7C15), G_GUINT64_CONSTANT(0xC2B2AE3D27D4EB4F),
                           G_GUINT64_CONSTANT(0x165667B19E3779F9), G_GUINT64_CONSTANT(0x27D4EB2F165667C5)}};
}

static guint64 mix(guint64 lane, guint64 word) {
  lane = (lane ^ word) * G_GUINT64_CONSTANT(0x9FB21C651E98DF25);
  return lane ^ (lane >> 32);
}

static void hash_block(Hash *hash, const guchar *block) {
  for (guint i = 0; i < LANES; i++) {
    guint64 word;
    memcpy(&word, block + (gsize)i * 8, sizeof word);
    hash->lanes[i] = mix(hash->lanes[i], word);
  }
}

static void hash_add(Hash *hash, const guchar *bytes, gsize n) {
  hash->n += n;
  if (hash->n_rest > 0) {
    gsize part = MIN(n, sizeof hash->rest - hash->n_rest);
    memcpy(hash->rest + hash->n_rest, bytes, part);
    hash->n_rest += part;
    bytes += part;
    n -= part;
    if (hash->n_rest < sizeof hash->rest) return;
    hash_block(hash, hash->rest);
    hash->n_rest = 0;
  }
  for (; n >= sizeof hash->rest; bytes += sizeof hash->rest, n -= sizeof hash->rest) hash_block(hash, bytes);
  if (n > 0) memcpy(hash->rest, bytes, n);
  hash->n_rest = n;
}

static guint64 hash_value(const Hash *hash) {
  Hash end = *hash;
  memset(end.rest + end.n_rest, 0, sizeof end.rest - end.n_rest);
  hash_block(&end, end.rest);
  guint64 value = end.n;
  for (guint i = 0; i < LANES; i++) value = mix(value, end.lanes[i]);
  return value;
}

/* --- files --- */

ReadDialect memory_copy_dialect(const ReadDialect *from) {
  ReadDialect copy = *from;
  copy.headers = g_new0(char *, (gsize)from->n_headers + 1);
  for (guint i = 0; i < from->n_headers; i++) copy.headers[i] = g_strdup(from->headers[i]);
  return copy;
}

static void clear_file(gpointer data) {
  MemoryFile *file = data;
  g_free(file->path);
  read_dialect_clear(&file->dialect);
}

GArray *memory_files_new(void) {
  GArray *files = g_array_new(FALSE, TRUE, sizeof(MemoryFile));
  g_array_set_clear_func(files, clear_file);
  return files;
}

MemoryFile *memory_files_find(const GArray *files, const char *path) {
  for (guint i = 0; files && i < files->len; i++) {
    MemoryFile *file = &g_array_index(files, MemoryFile, i);
    if (g_str_equal(file->path, path)) return file;
  }
  return NULL;
}

gboolean memory_file_stat(const char *path, MemoryFile *file) {
  GStatBuf status;
  if (g_stat(path, &status) != 0) return FALSE;
  file->device = (guint64)status.st_dev;
  file->inode = (guint64)status.st_ino;
  file->size = (gint64)status.st_size;
  file->changed_us = (gint64)status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000;
  file->is_young = g_get_real_time() - file->changed_us < YOUNG_US;
  return TRUE;
}

/* Hashes `n` bytes from where `fd` stands. `into`: also kept, or NULL. */
static gboolean hash_bytes(int fd, Hash *hash, gint64 n, GByteArray *into) {
  g_autofree guchar *chunk = g_malloc(CHUNK_BYTES);
  while (n > 0) {
    gssize got = read(fd, chunk, (gsize)MIN(n, CHUNK_BYTES));
    if (got <= 0) return FALSE;
    hash_add(hash, chunk, (gsize)got);
    if (into) g_byte_array_append(into, chunk, (guint)got);
    n -= got;
  }
  return TRUE;
}

gboolean memory_file_hash(MemoryFile *file) {
  int fd = open(file->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FALSE;
  Hash hash;
  hash_init(&hash);
  gboolean ok = hash_bytes(fd, &hash, file->size, NULL);
  char last = 0;
  file->can_grow = ok && file->size > 0 && pread(fd, &last, 1, file->size - 1) == 1 && last == '\n';
  file->hash = hash_value(&hash);
  close(fd);
  return ok;
}

gboolean memory_file_is_same(const MemoryFile *known, const MemoryFile *file) {
  if (known->device != file->device || known->inode != file->inode || known->size != file->size) return FALSE;
  if (known->changed_us == file->changed_us && !known->is_young) return TRUE;
  MemoryFile now = {.path = file->path, .size = file->size};
  return memory_file_hash(&now) && now.hash == known->hash;
}

static char *write_tail(const GByteArray *bytes) {
  char *path = NULL;
  int fd = g_file_open_tmp("attain-XXXXXX.txt", &path, NULL);
  gboolean ok = fd >= 0;
  for (gsize at = 0; ok && at < bytes->len;) {
    gssize n = write(fd, bytes->data + at, bytes->len - at);
    ok = n > 0;
    if (ok) at += (gsize)n;
  }
  if (fd >= 0) close(fd);
  if (!ok && path) g_unlink(path);
  if (!ok) g_clear_pointer(&path, g_free);
  return path;
}

gboolean memory_file_read_tail(const MemoryFile *known, MemoryFile *file, char **tail) {
  gboolean may =
      known->can_grow && known->device == file->device && known->inode == file->inode && file->size >= known->size;
  int fd = may ? open(file->path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return FALSE;
  Hash hash;
  hash_init(&hash);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  gboolean ok = hash_bytes(fd, &hash, known->size, NULL) && hash_value(&hash) == known->hash;
  Hash before = hash;
  ok = ok && hash_bytes(fd, &hash, file->size - known->size, bytes);
  close(fd);
  if (!ok) return FALSE;
  while (bytes->len > 0 && bytes->data[bytes->len - 1] != '\n') g_byte_array_set_size(bytes, bytes->len - 1);
  hash_add(&before, bytes->data, bytes->len);
  file->size = known->size + bytes->len;
  file->hash = hash_value(&before);
  file->can_grow = TRUE;
  file->is_lines = known->is_lines;
  file->dialect = memory_copy_dialect(&known->dialect);
  *tail = bytes->len > 0 ? write_tail(bytes) : NULL;
  return bytes->len == 0 || *tail;
}
