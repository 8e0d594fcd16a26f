/* What is remembered of a source's files, and what follows from it for the next load.
 *
 * Reading only what came is right only when reading everything would give the same. So it is done when the bytes of
 * before are there unchanged (their hash says so), when what is guessed from a whole column (which comes first in a
 * date, what the decimal sign is) is guessed as before with the new rows counted in, and when all new rows are new
 * records without a fault. At anything else the caller reads everything: see ingest_load(). Tables that make records of
 * one kind, together or through others, belong together: when one of them must be read whole, all are. */
#include "ingest/memory.h"

#include <errno.h>
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

static void clear_dialect(ReadDialect *dialect) {
  read_dialect_clear(dialect);
}

static ReadDialect copy_dialect(const ReadDialect *from) {
  ReadDialect copy = *from;
  copy.headers = g_new0(char *, (gsize)from->n_headers + 1);
  for (guint i = 0; i < from->n_headers; i++) copy.headers[i] = g_strdup(from->headers[i]);
  return copy;
}

static void clear_file(gpointer data) {
  MemoryFile *file = data;
  g_free(file->path);
  clear_dialect(&file->dialect);
}

static GArray *new_files(void) {
  GArray *files = g_array_new(FALSE, TRUE, sizeof(MemoryFile));
  g_array_set_clear_func(files, clear_file);
  return files;
}

static MemoryFile *find_file(const GArray *files, const char *path) {
  for (guint i = 0; files && i < files->len; i++) {
    MemoryFile *file = &g_array_index(files, MemoryFile, i);
    if (g_str_equal(file->path, path)) return file;
  }
  return NULL;
}

static gboolean stat_file(const char *path, MemoryFile *file) {
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

/* The file's own hash; whether it ends with a line. */
static gboolean hash_file(MemoryFile *file) {
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

static gboolean is_same(const MemoryFile *known, const MemoryFile *file) {
  if (known->device != file->device || known->inode != file->inode || known->size != file->size) return FALSE;
  if (known->changed_us == file->changed_us && !known->is_young) return TRUE;
  MemoryFile now = {.path = file->path, .size = file->size};
  return hash_file(&now) && now.hash == known->hash;
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

/* The lines that came behind what is known; *tail is NULL when none is whole yet. FALSE: the file is not one that only
 * grew. Afterwards `file` is what is known with these lines. */
static gboolean read_tail(const MemoryFile *known, MemoryFile *file, char **tail) {
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
  file->dialect = copy_dialect(&known->dialect);
  *tail = bytes->len > 0 ? write_tail(bytes) : NULL;
  return bytes->len == 0 || *tail;
}

/* --- what is remembered --- */

static void clear_column(gpointer data) {
  g_free(((MapColumn *)data)->formats);
}

static void clear_table(MemoryTable *table) {
  g_clear_pointer(&table->files, g_array_unref);
  g_clear_pointer(&table->headers, g_ptr_array_unref);
  *table = (MemoryTable){0};
}

static void clear_entry(MemoryEntry *entry) {
  g_clear_pointer(&entry->columns, g_array_unref);
  g_clear_pointer(&entry->unlisted, g_ptr_array_unref);
  *entry = (MemoryEntry){0};
}

IngestMemory *ingest_memory_new(void) {
  return g_new0(IngestMemory, 1);
}

void memory_forget(IngestMemory *memory) {
  for (guint i = 0; memory->source && i < memory->source->n_tables; i++) clear_table(&memory->tables[i]);
  for (guint i = 0; memory->source && i < memory->source->n_maps; i++) clear_entry(&memory->entries[i]);
  g_clear_pointer(&memory->tables, g_free);
  g_clear_pointer(&memory->entries, g_free);
  g_clear_pointer(&memory->unlisted_stages, g_ptr_array_unref);
  memory->source = NULL;
}

void ingest_memory_free(IngestMemory *memory) {
  if (!memory) return;
  memory_forget(memory);
  g_free(memory);
}

/* --- the plan --- */

void memory_plan_free(MemoryPlan *plan) {
  if (!plan) return;
  for (guint i = 0; i < plan->source->n_tables; i++) {
    clear_table(&plan->next[i]);
    for (guint f = 0; plan->tails[i] && f < plan->tails[i]->len; f++) {
      if (plan->tails[i]->pdata[f]) g_unlink(plan->tails[i]->pdata[f]);
    }
    if (plan->tails[i]) g_ptr_array_unref(plan->tails[i]);
  }
  g_free(plan->next);
  g_free(plan->tails);
  g_free(plan->is_cut);
  g_free(plan->modes);
  g_free(plan);
}

/* What a table's files are now, beside what is known of them. */
static MemoryMode look_at_table(const MemoryTable *known, const IngestSource *source, const SourceTable *table,
                                MemoryTable *next, GPtrArray *tails) {
  g_autoptr(GPtrArray) paths = read_find_files(source, table, NULL);
  if (!paths) return MEMORY_WHOLE;
  MemoryMode mode = known && known->is_known ? MEMORY_SAME : MEMORY_WHOLE;
  guint n_found = 0;
  next->files = new_files();
  next->is_known = TRUE;
  for (guint i = 0; i < paths->len; i++) {
    MemoryFile file = {.path = g_strdup(paths->pdata[i])};
    const MemoryFile *before = known && known->is_known ? find_file(known->files, file.path) : NULL;
    char *tail = NULL;
    gboolean is_there = stat_file(file.path, &file);
    n_found += before != NULL;
    if (before && is_there && is_same(before, &file)) {
      file.hash = before->hash;
      file.can_grow = before->can_grow;
      file.is_lines = before->is_lines;
      file.dialect = copy_dialect(&before->dialect);
    } else if (before && is_there && mode != MEMORY_WHOLE && read_tail(before, &file, &tail)) {
      if (tail) mode = MEMORY_GROWN;
    } else {
      is_there = is_there && hash_file(&file);
      if (before) mode = MEMORY_WHOLE;
      if (mode == MEMORY_SAME) mode = MEMORY_GROWN;
    }
    next->is_known &= is_there;
    g_array_append_val(next->files, file);
    g_ptr_array_add(tails, tail);
  }
  return !next->is_known || (known && known->is_known && n_found < known->files->len) ? MEMORY_WHOLE : mode;
}

static gboolean looks_up(const SourceMap *map, const SourceTable *table) {
  for (guint c = 0; c < map->n_columns; c++) {
    if (map->columns[c].lookup && g_str_equal(map->columns[c].lookup, table->name)) return TRUE;
  }
  return FALSE;
}

static gboolean reads(const SourceMap *map, const SourceTable *table) {
  return map->from == table || looks_up(map, table);
}

/* Makes records of the same kind, or reads the same file. */
static gboolean belong_together(const IngestSource *source, const SourceMap *a, const SourceMap *b) {
  if (a->table == b->table) return TRUE;
  for (guint t = 0; t < source->n_tables; t++) {
    if (reads(a, &source->tables[t]) && reads(b, &source->tables[t])) return TRUE;
  }
  return FALSE;
}

static MemoryMode mode_alone(const IngestMemory *memory, const IngestSource *source, guint map,
                             const MemoryMode *tables) {
  const SourceMap *of = &source->maps[map];
  const MemoryEntry *known = memory->source ? &memory->entries[map] : NULL;
  if (!known || !known->is_known) return MEMORY_WHOLE;
  MemoryMode mode = of->from ? tables[of->from - source->tables] : MEMORY_SAME;
  gboolean any_lookup = FALSE;
  for (guint t = 0; t < source->n_tables; t++) {
    if (!looks_up(of, &source->tables[t])) continue;
    any_lookup = TRUE;
    if (tables[t] != MEMORY_SAME) return MEMORY_WHOLE;
  }
  return mode == MEMORY_GROWN && (!known->columns || any_lookup) ? MEMORY_WHOLE : mode;
}

static void spread_whole(MemoryPlan *plan) {
  const IngestSource *source = plan->source;
  for (gboolean has_spread = TRUE; has_spread;) {
    has_spread = FALSE;
    for (guint a = 0; a < source->n_maps; a++) {
      for (guint b = 0; plan->modes[a] == MEMORY_WHOLE && b < source->n_maps; b++) {
        if (plan->modes[b] == MEMORY_WHOLE || !belong_together(source, &source->maps[a], &source->maps[b])) continue;
        plan->modes[b] = MEMORY_WHOLE;
        has_spread = TRUE;
      }
    }
  }
}

MemoryPlan *memory_plan(IngestMemory *memory, const IngestSource *source, gint64 last_load) {
  MemoryPlan *plan = g_new0(MemoryPlan, 1);
  plan->source = source;
  plan->modes = g_new0(MemoryMode, source->n_maps + 1);
  plan->next = g_new0(MemoryTable, source->n_tables + 1);
  plan->tails = g_new0(GPtrArray *, source->n_tables + 1);
  plan->is_cut = g_new0(gboolean, source->n_tables + 1);
  if (!memory) return plan;
  if (memory->source && memory->load != last_load) memory_forget(memory);
  g_autofree MemoryMode *tables = g_new0(MemoryMode, source->n_tables + 1);
  for (guint t = 0; t < source->n_tables; t++) {
    plan->tails[t] = g_ptr_array_new_with_free_func(g_free);
    tables[t] = look_at_table(memory->source ? &memory->tables[t] : NULL, source, &source->tables[t], &plan->next[t],
                              plan->tails[t]);
  }
  for (guint m = 0; m < source->n_maps; m++) plan->modes[m] = mode_alone(memory, source, m, tables);
  spread_whole(plan);
  for (guint m = 0; m < source->n_maps; m++) plan->is_partial |= plan->modes[m] != MEMORY_WHOLE;
  return plan;
}

const MemoryEntry *memory_entry(const Load *load, guint map) {
  return load->plan && load->plan->modes[map] == MEMORY_GROWN ? &load->options->memory->entries[map] : NULL;
}

MemoryMode memory_table_mode(const MemoryPlan *plan, const SourceTable *table) {
  MemoryMode mode = MEMORY_SAME;
  for (guint m = 0; m < plan->source->n_maps; m++) {
    if (reads(&plan->source->maps[m], table)) mode = MIN(mode, plan->modes[m]);
  }
  return mode;
}

/* --- reading what came --- */

static gboolean whole_wanted(GError **error, const char *why) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: all of it is to be read", why);
  return FALSE;
}

static gboolean is_plain(const ReadStage *stage) {
  for (guint i = 0; i < stage->files->len; i++) {
    const ReadFile *file = &g_array_index(stage->files, ReadFile, i);
    if (file->tail && (file->text.is_temporary || file->text.note)) return FALSE;
  }
  return stage->broken->len == 0;
}

ReadStage *memory_stage(Load *load, const SourceTable *table, guint index, GError **error) {
  const MemoryPlan *plan = load->plan;
  const MemoryTable *known = &load->options->memory->tables[index];
  const MemoryTable *next = &plan->next[index];
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < next->files->len; i++) {
    const MemoryFile *file = &g_array_index(next->files, MemoryFile, i);
    if (!plan->tails[index]->pdata[i] && find_file(known->files, file->path)) continue;
    g_ptr_array_add(paths, file->path);
    g_array_append_val(numbers, i);
  }
  ReadStage *stage = read_stage_new(load->source, table, index, paths);
  for (guint i = 0; i < paths->len; i++) {
    ReadFile *read = &g_array_index(stage->files, ReadFile, i);
    guint number = g_array_index(numbers, guint, i);
    const MemoryFile *file = &g_array_index(next->files, MemoryFile, number);
    read->tail = g_strdup(plan->tails[index]->pdata[number]);
    read->is_lines = read->tail && file->is_lines;
    if (read->tail) read->dialect = copy_dialect(&file->dialect);
    read->dialect.skip = read->tail ? 0 : read->dialect.skip;
  }
  gboolean ok = read_stage_files(load, stage, table, error) &&
                (is_plain(stage) || whole_wanted(error, "the new lines are not plain")) &&
                read_stage_widen(load, stage, (char *const *)known->headers->pdata, known->headers->len, error);
  if (ok) return stage;
  read_stage_free(stage);
  return NULL;
}

gboolean memory_probe(Load *load, const MemoryEntry *known, MapEntry *entry, GError **error) {
  MapPart *part = entry->parts->pdata[0];
  if (entry->parts->len > 1 || known->columns->len != part->columns->len)
    return whole_wanted(error, "the files differ");
  for (guint i = 0; i < part->columns->len; i++)
    map_stats_add(&g_array_index(part->columns, MapColumn, i).stats,
                  &g_array_index(known->columns, MapColumn, i).stats);
  guint n_notes = load->notes->len;
  if (!map_probe(load, part, error)) return FALSE;
  g_ptr_array_set_size(load->notes, (gint)n_notes);
  for (guint i = 0; i < part->columns->len; i++) {
    MapColumn *now = &g_array_index(part->columns, MapColumn, i);
    const MapColumn *before = &g_array_index(known->columns, MapColumn, i);
    if (now->decimal != before->decimal || now->is_epoch != before->is_epoch ||
        now->is_all_days != before->is_all_days || now->is_percent != before->is_percent ||
        now->is_month_first != before->is_month_first)
      return whole_wanted(error, "the columns are to be read in another way");
    g_free(now->formats);
    now->formats = g_strdup(before->formats);
  }
  return TRUE;
}

/* --- after the load --- */

static const ReadFile *stage_file(const ReadStage *stage, const char *path) {
  for (guint i = 0; stage && i < stage->files->len; i++) {
    const ReadFile *file = &g_array_index(stage->files, ReadFile, i);
    if (g_str_equal(file->path, path)) return file;
  }
  return NULL;
}

static void learn_file(MemoryFile *file, const ReadStage *stage, const ReadFile *read) {
  gboolean is_csv = g_str_equal(read_suffix(file->path), ".csv");
  file->is_lines = read->is_lines;
  file->can_grow &=
      stage->broken->len == 0 && !read->text.is_temporary && !read->text.note && (is_csv || read->is_lines);
  if (read->dialect.n_headers == 0) return;
  clear_dialect(&file->dialect);
  file->dialect = copy_dialect(&read->dialect);
}

static void keep_table(MemoryTable *table, MemoryTable *next, MemoryMode mode, const ReadStage *stage) {
  gint64 n_rows = (mode == MEMORY_WHOLE ? 0 : table->n_rows) + (stage ? stage->n_rows : 0);
  for (guint i = 0; next->files && i < next->files->len; i++) {
    MemoryFile *file = &g_array_index(next->files, MemoryFile, i);
    const ReadFile *read = stage_file(stage, file->path);
    if (read && !read->tail) learn_file(file, stage, read);
    if (!read && mode == MEMORY_WHOLE) next->is_known = FALSE;
  }
  next->headers = stage || !table->headers ? g_ptr_array_new_with_free_func(g_free) : g_ptr_array_ref(table->headers);
  for (guint i = 0; stage && i < stage->headers->len; i++)
    g_ptr_array_add(next->headers, g_strdup(stage->headers->pdata[i]));
  clear_table(table);
  *table = *next;
  table->n_rows = n_rows;
  *next = (MemoryTable){0};
}

/* With what came, the columns' counts are those of all rows: memory_probe() added them up. */
static void keep_entry(MemoryEntry *known, const MapEntry *entry) {
  GPtrArray *unlisted = entry->unlisted ? g_ptr_array_ref(entry->unlisted) : NULL;
  clear_entry(known);
  known->is_known = TRUE;
  known->unlisted = unlisted;
  if (entry->parts->len != 1) return;
  const MapPart *part = entry->parts->pdata[0];
  known->columns = g_array_sized_new(FALSE, TRUE, sizeof(MapColumn), part->columns->len);
  g_array_set_clear_func(known->columns, clear_column);
  for (guint i = 0; i < part->columns->len; i++) {
    MapColumn column = g_array_index(part->columns, MapColumn, i);
    column.formats = g_strdup(column.formats);
    g_array_append_val(known->columns, column);
  }
}

void memory_keep(IngestMemory *memory, MemoryPlan *plan, ReadStage *const *stages, const GPtrArray *entries,
                 GPtrArray *unlisted_stages, gint64 last_load) {
  const IngestSource *source = plan->source;
  if (!memory->source) {
    memory->tables = g_new0(MemoryTable, source->n_tables + 1);
    memory->entries = g_new0(MemoryEntry, source->n_maps + 1);
    memory->source = source;
  }
  memory->load = last_load;
  g_clear_pointer(&memory->unlisted_stages, g_ptr_array_unref);
  memory->unlisted_stages = unlisted_stages ? g_ptr_array_ref(unlisted_stages) : NULL;
  for (guint t = 0; t < source->n_tables; t++)
    keep_table(&memory->tables[t], &plan->next[t], memory_table_mode(plan, &source->tables[t]), stages[t]);
  for (guint m = 0; m < source->n_maps; m++) memory->entries[m].is_known = TRUE;
  for (guint e = 0; e < entries->len; e++) {
    const MapEntry *entry = entries->pdata[e];
    keep_entry(&memory->entries[entry->index], entry);
  }
}
