/* Files on their way into a backup and out of it. */
#include "backup/private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define BLOCK_BYTES (1 << 17)
#define MAX_DEPTH   32

gboolean backup_fail(const char *path, const char *what, GError **error) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be %s: %s", path, what, g_strerror(errno));
  return FALSE;
}

typedef gboolean (*TakeBytes)(gpointer to, const guint8 *bytes, gsize length);

static gboolean read_all(const char *path, TakeBytes take, gpointer to, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return backup_fail(path, "read", error);
  g_autofree guint8 *block = g_malloc(BLOCK_BYTES);
  gssize n;
  while ((n = read(fd, block, BLOCK_BYTES)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0 && !take(to, block, (gsize)n)) break;
  int cause = errno;
  close(fd);
  errno = cause;
  return n == 0 || backup_fail(path, n < 0 ? "read" : "copied", error);
}

static gboolean add_to_checksum(gpointer checksum, const guint8 *bytes, gsize length) {
  g_checksum_update(checksum, bytes, (gssize)length);
  return TRUE;
}

char *backup_hash(const char *path, GError **error) {
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  if (!read_all(path, add_to_checksum, checksum, error)) return NULL;
  return g_strdup(g_checksum_get_string(checksum));
}

static gboolean write_bytes(gpointer to, const guint8 *bytes, gsize length) {
  int fd = *(const int *)to;
  while (length > 0) {
    gssize n = write(fd, bytes, length);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return FALSE;
    bytes += n;
    length -= (gsize)n;
  }
  return TRUE;
}

gboolean backup_copy(const char *from, const char *to, GError **error) {
  g_autofree char *folder = g_path_get_dirname(to);
  if (g_mkdir_with_parents(folder, 0700) != 0) return backup_fail(folder, "made", error);
  int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return backup_fail(to, "written", error);
  gboolean ok = read_all(from, write_bytes, &fd, error);
  if (ok && fsync(fd) != 0) ok = backup_fail(to, "written", error);
  if (close(fd) != 0 && ok) ok = backup_fail(to, "written", error);
  return ok;
}

char *backup_partial(const char *folder, GError **error) {
  g_autofree char *parent = g_path_get_dirname(folder);
  g_autofree char *partial = g_strconcat(folder, ".partial-XXXXXX", NULL);
  if (g_mkdir_with_parents(parent, 0777) != 0) {
    backup_fail(parent, "made", error);
    return NULL;
  }
  if (g_mkdtemp(partial)) return g_steal_pointer(&partial);
  backup_fail(partial, "made", error);
  return NULL;
}

static void sync_folder(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

gboolean backup_name(const char *partial, const char *folder, GError **error) {
  g_autofree char *parent = g_path_get_dirname(folder);
  sync_folder(partial);
  if (g_rename(partial, folder) != 0) return backup_fail(folder, "made", error);
  sync_folder(parent);
  return TRUE;
}

static void remove_below(const char *path, guint depth) {
  g_autoptr(GDir) dir =
      depth < MAX_DEPTH && !g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? g_dir_open(path, 0, NULL) : NULL;
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_below(child, depth + 1);
  }
  g_remove(path);
}

void backup_remove(const char *folder) {
  remove_below(folder, 0);
}
