/* DuckDB's failures, told so that a user knows what to do.
 *
 * DuckDB gives an error type only for some calls, but every message begins with its kind ("IO Error: …"), so the text
 * decides. What is not recognised is a fault of the SQL (INPUT) when its kind says so, and otherwise of the database
 * (IO). */
#include "store/private.h"

#include <gio/gio.h>
#include <sys/statvfs.h>

static gboolean has(const char *message, const char *part) {
  return strstr(message, part) != NULL;
}

/* "… Conflicting lock is held in /usr/bin/attain (PID 123) …" */
static void set_busy(GError **error, const char *path, const char *message) {
  const char *pid_text = strstr(message, "(PID ");
  const char *held = strstr(message, "held in ");
  guint64 pid = pid_text ? g_ascii_strtoull(pid_text + 5, NULL, 10) : 0;
  g_autofree char *program = NULL;
  if (held && pid_text > held) {
    g_autofree char *file = g_strndup(held + 8, (gsize)(pid_text - held - 8));
    program = g_path_get_basename(g_strstrip(file));
  }
  g_autofree char *holder =
      pid ? g_strdup_printf("process %" G_GUINT64_FORMAT " (%s)", pid, program ? program : "unknown program")
          : g_strdup("another process");
  g_set_error(error, BASE_ERROR, BASE_ERROR_BUSY,
              "the database %s is in use by %s: wait until it has finished, or stop it", path ? path : "", holder);
}

static char *free_space_hint(const char *path) {
  g_autofree char *folder = path ? g_path_get_dirname(path) : g_strdup(g_get_tmp_dir());
  struct statvfs space;
  if (statvfs(folder, &space) != 0) return g_strdup("");
  g_autofree char *size = g_format_size((guint64)space.f_bavail * space.f_frsize);
  return g_strdup_printf(" (%s has %s free)", folder, size);
}

static gboolean is_disk_full(const char *message) {
  return has(message, "No space left") || has(message, "File too large") || has(message, "Disk quota") ||
         has(message, "max_temp_directory_size") || has(message, "max_temp_dir");
}

/* A checkpoint that failed: what was committed is in the log, but the database has to be opened anew. */
static gboolean is_fatal(const char *message) {
  return g_str_has_prefix(message, "FATAL Error");
}

static gboolean is_damaged(const char *message) {
  return has(message, "not a valid DuckDB database file") || has(message, "Corrupt") || has(message, "corrupt") ||
         has(message, "checksum") || has(message, "Failed to load metadata") || has(message, "Serialization Error") ||
         has(message, "read enough bytes") || has(message, "INTERNAL Error");
}

static gboolean is_input(const char *message) {
  static const char *const kinds[] = {"Parser Error",        "Binder Error",          "Catalog Error",
                                      "Conversion Error",    "Invalid Input",         "Out of Range Error",
                                      "Syntax Error",        "Not implemented Error", "Constraint Error",
                                      "Mismatch Type Error", "Invalid Error",         "Parameter Not"};
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (g_str_has_prefix(message, kinds[i])) return TRUE;
  }
  return FALSE;
}

void store_set_error(GError **error, const char *path, const char *message) {
  if (!message) message = "unknown failure of the database";
  const char *where = path ? path : "the database";
  if (has(message, "Could not set lock")) {
    set_busy(error, path, message);
  } else if (g_str_has_prefix(message, "INTERRUPT Error")) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
  } else if (is_disk_full(message)) {
    g_autofree char *hint = free_space_hint(path);
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: the disk is full%s%s: make room and try again\n%s", where, hint,
                is_fatal(message) ? "" : "; nothing was changed", message);
  } else if (has(message, "newer version") || has(message, "we can only read version")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_VERSION, "%s was written by a newer version of Attain: update Attain\n%s",
                where, message);
  } else if (is_damaged(message) && has(message, "WAL file")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "%s.wal, which has the latest changes of the database beside it, is damaged: restore both from a "
                "backup; or move it away, and run `attain load`: the database is whole, without those changes\n%s",
                where, message);
  } else if (is_damaged(message)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "%s is not a database of Attain, or is damaged: restore it from a backup, or move it away and run "
                "`attain load`\n%s",
                where, message);
  } else {
    g_set_error(error, BASE_ERROR, is_input(message) ? BASE_ERROR_INPUT : BASE_ERROR_IO, "%s", message);
  }
}
