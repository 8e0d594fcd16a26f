/* Changes of records counted for the audit log: an entry for each put would swamp it and cost a commit of its own.
 *
 *   put, removal, webhook ─► committed ─┐                         a minute after the first that is not in the log;
 *                                       ├─► counted in memory ─► before the log is read or somebody erased; at the end
 *   signature refused ──────────────────┘        └─► at the desk: an entry each, in one commit
 *
 * What is of the same user, token, kind, source and table is one entry, with the loads in which it was done: which
 * records they were stands in the ledger. A process that is killed loses what was counted since the last writing, a
 * minute's at most; the loads themselves have source and time.
 *
 * Whoever writes is at the desk from taking what was counted to the commit, so that nobody who reads the log after
 * lib_write_tally() finds it half written. */
#include "lib/tally.h"

#include "lib/reader.h"

#define NEVER_US    G_MAXINT64
#define MAX_LETTERS 80 /* of a source's name in an entry */

typedef struct {
  char *name; /* of what is one entry */
  char *who, *address, *what, *token, *source, *table;
  char *about; /* of what is repeated: the first's; NULL: records were changed */
  gint64 n;    /* times it was repeated */
  gint64 n_new, n_changed, n_removed;
  gint64 first_load, last_load;
} Row;

struct LibTally {
  LibCore *core;
  GMutex lock; /* of all below */
  GCond changed;
  GPtrArray *rows;     /* Row, in the order in which they were counted first */
  GHashTable *by_name; /* of them */
  gint64 due_us;
  GThread *writer; /* NULL: nothing was counted yet */
  gboolean is_over;
};

static void row_free(gpointer data) {
  Row *row = data;
  g_free(row->name);
  g_free(row->who);
  g_free(row->address);
  g_free(row->what);
  g_free(row->token);
  g_free(row->source);
  g_free(row->table);
  g_free(row->about);
  g_free(row);
}

static void start_rows(LibTally *tally) {
  tally->rows = g_ptr_array_new_with_free_func(row_free);
  tally->by_name = g_hash_table_new(g_str_hash, g_str_equal);
}

LibTally *lib_tally_new(LibCore *core) {
  LibTally *tally = g_new0(LibTally, 1);
  tally->core = core;
  tally->due_us = NEVER_US;
  g_mutex_init(&tally->lock);
  g_cond_init(&tally->changed);
  start_rows(tally);
  return tally;
}

void lib_tally_stop(LibTally *tally) {
  if (!tally) return;
  g_mutex_lock(&tally->lock);
  tally->is_over = TRUE;
  g_cond_signal(&tally->changed);
  GThread *writer = g_steal_pointer(&tally->writer);
  g_mutex_unlock(&tally->lock);
  if (writer) g_thread_join(writer);
}

void lib_tally_free(LibTally *tally) {
  if (!tally) return;
  lib_tally_stop(tally);
  g_hash_table_unref(tally->by_name);
  g_ptr_array_unref(tally->rows);
  g_mutex_clear(&tally->lock);
  g_cond_clear(&tally->changed);
  g_free(tally);
}

/* --- counting; `lock` is held --- */

/* Takes `row`, which is of a name that is not there. */
static void add_row(LibTally *tally, Row *row) {
  g_ptr_array_add(tally->rows, row);
  g_hash_table_insert(tally->by_name, row->name, row);
}

static void add_numbers(Row *sum, const Row *row) {
  sum->n += row->n;
  sum->n_new += row->n_new;
  sum->n_changed += row->n_changed;
  sum->n_removed += row->n_removed;
  sum->first_load = MIN(sum->first_load, row->first_load);
  sum->last_load = MAX(sum->last_load, row->last_load);
}

/* Takes `row`. */
static void add(LibTally *tally, Row *row) {
  Row *sum = g_hash_table_lookup(tally->by_name, row->name);
  if (!sum) {
    add_row(tally, row);
    return;
  }
  add_numbers(sum, row);
  row_free(row);
}

/* --- writing by itself --- */

static gpointer write_when_due(gpointer data) {
  LibTally *tally = data;
  AttainWorkspace workspace = {.core = tally->core};
  g_mutex_lock(&tally->lock);
  while (!tally->is_over) {
    if (tally->due_us == NEVER_US) {
      g_cond_wait(&tally->changed, &tally->lock);
    } else if (g_get_monotonic_time() < tally->due_us) {
      g_cond_wait_until(&tally->changed, &tally->lock, tally->due_us);
    } else {
      g_mutex_unlock(&tally->lock);
      lib_write_tally(&workspace);
      g_mutex_lock(&tally->lock);
    }
  }
  g_mutex_unlock(&tally->lock);
  return NULL;
}

/* Something was counted. Under `lock`. */
static void set_due(LibTally *tally, gint64 now_us) {
  if (tally->due_us != NEVER_US) return;
  tally->due_us = now_us + LIB_TALLY_US;
  if (!tally->core || tally->is_over) return;
  if (!tally->writer) tally->writer = g_thread_new("audit-tally", write_when_due, tally);
  g_cond_signal(&tally->changed);
}

/* --- what is counted --- */

static char *shown(const char *name) {
  if (g_utf8_strlen(name, -1) <= MAX_LETTERS) return g_strdup(name);
  g_autofree char *start = g_utf8_substring(name, 0, MAX_LETTERS);
  return g_strconcat(start, "…", NULL);
}

static char *name_of(const LibCounted *counted, const char *source) {
  return g_strjoin("\x1f", counted->what, counted->table, counted->who, source, counted->token, NULL);
}

static Row *new_row(LibTally *tally, const LibCounted *counted) {
  g_autofree char *source = shown(counted->source), *name = name_of(counted, source);
  gboolean is_full = tally->rows->len >= LIB_MAX_TALLY_ROWS && !g_hash_table_contains(tally->by_name, name);
  const char *told = is_full ? "other sources" : source;
  Row *row = g_new(Row, 1);
  *row = (Row){.name = name_of(counted, told),
               .who = g_strdup(counted->who),
               .what = g_strdup(counted->what),
               .token = g_strdup(counted->token),
               .source = g_strdup(told),
               .table = g_strdup(counted->table),
               .n_new = counted->n_new,
               .n_changed = counted->n_changed,
               .n_removed = counted->n_removed,
               .first_load = counted->load,
               .last_load = counted->load};
  return row;
}

void lib_tally_count(LibTally *tally, const LibCounted *counted, gint64 now_us) {
  if (counted->n_new + counted->n_changed + counted->n_removed == 0) return;
  g_mutex_lock(&tally->lock);
  add(tally, new_row(tally, counted));
  set_due(tally, now_us);
  g_mutex_unlock(&tally->lock);
}

void lib_tally_repeat(LibTally *tally, const LibRepeated *repeated, gint64 now_us) {
  Row *row = g_new(Row, 1);
  *row = (Row){.name = g_strjoin("\x1f", repeated->what, repeated->who, NULL),
               .who = g_strdup(repeated->who),
               .address = g_strdup(repeated->address),
               .what = g_strdup(repeated->what),
               .about = g_strdup(repeated->about ? repeated->about : ""),
               .n = 1};
  g_mutex_lock(&tally->lock);
  add(tally, row);
  set_due(tally, now_us);
  g_mutex_unlock(&tally->lock);
}

gint64 lib_tally_due_us(LibTally *tally) {
  g_mutex_lock(&tally->lock);
  gint64 due_us = tally->due_us;
  g_mutex_unlock(&tally->lock);
  return due_us;
}

/* --- writing --- */

static char *about_of(const Row *row) {
  if (row->about && row->n == 1) return g_strdup(row->about);
  if (row->about) return g_strdup_printf("%s, and %" G_GINT64_FORMAT " more within a minute", row->about, row->n - 1);
  g_autofree char *loads =
      row->first_load == row->last_load
          ? g_strdup_printf("load %" G_GINT64_FORMAT, row->first_load)
          : g_strdup_printf("loads %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, row->first_load, row->last_load);
  return g_strdup_printf("%s, %s, %s: %" G_GINT64_FORMAT " new, %" G_GINT64_FORMAT " changed, %" G_GINT64_FORMAT
                         " gone%s%s",
                         row->source, row->table, loads, row->n_new, row->n_changed, row->n_removed,
                         row->token ? ", with the token " : "", row->token ? row->token : "");
}

static gboolean write_rows(const GPtrArray *rows, Store *desk, gint64 at_us, GError **error) {
  if (!store_begin(desk, error)) return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; i < rows->len && ok; i++) {
    const Row *row = rows->pdata[i];
    g_autofree char *about = about_of(row);
    UserAuditEntry entry = {
        .at_us = at_us, .who = row->who, .address = row->address, .what = row->what, .about = about};
    ok = user_audit_add(desk, &entry, error);
  }
  if (ok) return store_commit(desk, error);
  store_rollback(desk);
  return FALSE;
}

/* They come before what was counted meanwhile. Takes `rows`. */
static void give_back(LibTally *tally, GPtrArray *rows, gint64 now_us) {
  g_mutex_lock(&tally->lock);
  g_autoptr(GPtrArray) later = tally->rows;
  g_hash_table_unref(tally->by_name);
  start_rows(tally);
  for (guint i = 0; i < rows->len; i++) add_row(tally, rows->pdata[i]);
  for (guint i = 0; i < later->len; i++) add(tally, later->pdata[i]);
  g_ptr_array_set_free_func(rows, NULL);
  g_ptr_array_set_free_func(later, NULL);
  tally->due_us = now_us + LIB_TALLY_US;
  g_mutex_unlock(&tally->lock);
  g_ptr_array_unref(rows);
}

gboolean lib_tally_write(LibTally *tally, Store *desk, gint64 at_us, gint64 now_us, GError **error) {
  g_mutex_lock(&tally->lock);
  GPtrArray *rows = tally->rows;
  g_hash_table_unref(tally->by_name);
  start_rows(tally);
  tally->due_us = NEVER_US;
  g_mutex_unlock(&tally->lock);
  if (rows->len > 0 && !write_rows(rows, desk, at_us, error)) {
    give_back(tally, rows, now_us);
    return FALSE;
  }
  g_ptr_array_unref(rows);
  return TRUE;
}

/* --- of a workspace --- */

void lib_count_report(const AttainWorkspace *handle, const char *who, const char *what, const char *source,
                      const char *table, const AttainReport *report) {
  const LibCounted counted = {.who = who,
                              .token = handle->reader ? handle->reader->token : NULL,
                              .what = what,
                              .source = source,
                              .table = table,
                              .load = report->load,
                              .n_new = report->n_new,
                              .n_changed = report->n_changed,
                              .n_removed = report->n_removed};
  lib_tally_count(handle->core->tally, &counted, g_get_monotonic_time());
}

void lib_write_tally(AttainWorkspace *workspace) {
  if (workspace->core->is_read_only) return;
  Store *desk = lib_take_desk(workspace);
  lib_tally_write(workspace->core->tally, desk, lib_now(workspace), g_get_monotonic_time(), NULL);
  lib_leave_desk(workspace);
}
