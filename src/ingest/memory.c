/* What is remembered of a source's files, and what follows from it for the next load.
 *
 * Reading only what came is right only when reading everything would give the same. So it is done when the bytes of
 * before are there unchanged (their hash says so), when what is guessed from a whole column (which comes first in a
 * date, what the decimal sign is) is guessed as before with the new rows counted in, and when all new rows are new
 * records without a fault. At anything else the caller reads everything: see ingest_load(). Tables that make records of
 * one kind, together or through others, belong together: when one of them must be read whole, all are. */
#include "ingest/memory.h"

#include "ingest/memory_file.h"

#include <glib/gstdio.h>

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
  next->files = memory_files_new();
  next->is_known = TRUE;
  for (guint i = 0; i < paths->len; i++) {
    MemoryFile file = {.path = g_strdup(paths->pdata[i])};
    const MemoryFile *before = known && known->is_known ? memory_files_find(known->files, file.path) : NULL;
    char *tail = NULL;
    gboolean is_there = memory_file_stat(file.path, &file);
    n_found += before != NULL;
    if (before && is_there && memory_file_is_same(before, &file)) {
      file.hash = before->hash;
      file.can_grow = before->can_grow;
      file.is_lines = before->is_lines;
      file.dialect = memory_copy_dialect(&before->dialect);
    } else if (before && is_there && mode != MEMORY_WHOLE && memory_file_read_tail(before, &file, &tail)) {
      if (tail) mode = MEMORY_GROWN;
    } else {
      is_there = is_there && memory_file_hash(&file);
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
    if (!plan->tails[index]->pdata[i] && memory_files_find(known->files, file->path)) continue;
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
    if (read->tail) read->dialect = memory_copy_dialect(&file->dialect);
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
  read_dialect_clear(&file->dialect);
  file->dialect = memory_copy_dialect(&read->dialect);
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
