/* The files of one glob need not be written alike: nine months saved by one Excel and the tenth by another. Where files
 * contradict each other (13.02. here, 02/13 there), each is read by what its own values say.
 *
 * A file whose values allow both goes by its other columns, then by how most of the files are; that is noted. Files
 * that contradict nothing stay one part, so that the whole column decides. */
#include "ingest/map.h"

#define MAX_NAMES 3

typedef enum { WAY_OPEN, WAY_DAY, WAY_MONTH, WAY_COMMA, WAY_POINT, WAY_PERCENT, WAY_FRACTION, N_WAYS } Way;

static const char *const way_names[N_WAYS] = {
    [WAY_DAY] = "day first",         [WAY_MONTH] = "month first", [WAY_COMMA] = "a decimal comma",
    [WAY_POINT] = "a decimal point", [WAY_PERCENT] = "percent",   [WAY_FRACTION] = "fractions"};

/* Every column is asked two questions: dates and decimal signs first, then shares. */
#define N_ASPECTS 2

typedef struct {
  Load *load;
  const MapPart *all;
  guint n_files, n_cells; /* n_cells: columns by aspects */
  Way *ways;              /* n_files by n_cells */
  gboolean *differs;      /* n_cells */
} Split;

static Way *way_of(const Split *split, guint file, guint cell) {
  return &split->ways[(gsize)file * split->n_cells + cell];
}

static const MapColumn *column_of(const Split *split, guint cell) {
  return &g_array_index(split->all->columns, MapColumn, cell / N_ASPECTS);
}

static Way way_of_dates(const Load *load, const MapColumn *column, const MapStats *stats) {
  const char *given = map_format(load, column);
  if (given) return WAY_OPEN;
  gint64 n_day = stats->of[MAP_N_DAY], n_month = stats->of[MAP_N_MONTH];
  return n_day > n_month ? WAY_DAY : n_month > 0 ? WAY_MONTH : WAY_OPEN;
}

static Way way_of_decimals(const Load *load, const MapColumn *column, const MapStats *stats) {
  if (column->column->decimal || load->source->decimal) return WAY_OPEN;
  gint64 n_comma = stats->of[MAP_N_COMMA], n_point = stats->of[MAP_N_POINT];
  return n_comma > n_point ? WAY_COMMA : n_point > 0 ? WAY_POINT : WAY_OPEN;
}

static Way way_of_shares(const MapColumn *column, const MapStats *stats) {
  if (column->column->unit) return WAY_OPEN;
  return stats->of[MAP_N_ABOVE] > 0 ? WAY_PERCENT : stats->of[MAP_N_BETWEEN] > 0 ? WAY_FRACTION : WAY_OPEN;
}

static void find_ways(Split *split, const MapStats *stats) {
  for (guint f = 0; f < split->n_files; f++) {
    for (guint cell = 0; cell < split->n_cells; cell++) {
      const MapColumn *column = column_of(split, cell);
      const MapStats *found = &stats[(gsize)f * split->all->columns->len + cell / N_ASPECTS];
      gboolean is_share = cell % N_ASPECTS == 1;
      Way *way = way_of(split, f, cell);
      if (is_share) {
        if (column->type == LEDGER_SHARE) *way = way_of_shares(column, found);
      } else if (column->type == LEDGER_INSTANT) {
        *way = way_of_dates(split->load, column, found);
      } else if (map_is_number(column->type)) {
        *way = way_of_decimals(split->load, column, found);
      }
    }
  }
}

static gboolean find_differences(Split *split) {
  gboolean any = FALSE;
  for (guint cell = 0; cell < split->n_cells; cell++) {
    Way first = WAY_OPEN;
    for (guint f = 0; f < split->n_files; f++) {
      Way way = *way_of(split, f, cell);
      if (way == WAY_OPEN) continue;
      split->differs[cell] |= first != WAY_OPEN && way != first;
      first = way;
    }
    any |= split->differs[cell];
  }
  return any;
}

/* --- files that leave it open --- */

static Way commonest(const Split *split, guint cell) {
  guint n[N_WAYS] = {0};
  for (guint f = 0; f < split->n_files; f++) n[*way_of(split, f, cell)]++;
  Way best = WAY_OPEN;
  for (guint way = WAY_OPEN + 1; way < N_WAYS; way++) {
    if (best == WAY_OPEN || n[way] > n[best]) best = (Way)way;
  }
  return best;
}

/* What the file's other columns of the same type say. */
static Way way_of_others(const Split *split, guint file, guint cell) {
  const MapColumn *column = column_of(split, cell);
  for (guint other = cell % N_ASPECTS; other < split->n_cells; other += N_ASPECTS) {
    gboolean is_date = column_of(split, other)->type == LEDGER_INSTANT;
    Way way = *way_of(split, file, other);
    if (way != WAY_OPEN && is_date == (column->type == LEDGER_INSTANT) && cell % N_ASPECTS == 0) return way;
  }
  return WAY_OPEN;
}

static gboolean is_in_doubt(const Split *split, const MapStats *stats, guint file, guint cell) {
  const MapStats *found = &stats[(gsize)file * split->all->columns->len + cell / N_ASPECTS];
  if (cell % N_ASPECTS == 1) return found->of[MAP_N] > 0;
  return found->of[column_of(split, cell)->type == LEDGER_INSTANT ? MAP_N_ORDERED : MAP_N_UNSURE] > 0;
}

static void settle(Split *split, const MapStats *stats, guint cell) {
  Way usual = commonest(split, cell);
  for (guint f = 0; f < split->n_files; f++) {
    Way *way = way_of(split, f, cell);
    if (*way != WAY_OPEN) continue;
    *way = way_of_others(split, f, cell);
    if (*way != WAY_OPEN) continue;
    *way = usual;
    if (is_in_doubt(split, stats, f, cell))
      load_note(split->load, "%s: the values of %s could be either; they were read as %s, as in most of the files",
                map_header(column_of(split, cell)), g_array_index(split->all->stage->files, ReadFile, f).shown,
                way_names[usual]);
  }
}

/* "b.csv" or "a.csv, b.csv, c.csv and 7 more" */
static char *files_with(const Split *split, guint cell, Way way) {
  GString *text = g_string_new(NULL);
  guint n = 0;
  for (guint f = 0; f < split->n_files; f++) {
    if (*way_of(split, f, cell) != way) continue;
    if (n < MAX_NAMES)
      g_string_append_printf(text, "%s%s", n ? ", " : "", g_array_index(split->all->stage->files, ReadFile, f).shown);
    n++;
  }
  if (n > MAX_NAMES) g_string_append_printf(text, " and %u more", n - MAX_NAMES);
  return g_string_free(text, FALSE);
}

static void note_difference(const Split *split, guint cell) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint way = WAY_OPEN + 1; way < N_WAYS; way++) {
    g_autofree char *files = files_with(split, cell, (Way)way);
    if (*files) g_string_append_printf(text, "%s%s in %s", text->len ? ", " : "", way_names[way], files);
  }
  load_note(split->load, "%s: the files differ: %s; each was read by what it says", map_header(column_of(split, cell)),
            text->str);
}

/* --- parts --- */

static void clear_column(gpointer data) {
  g_free(((MapColumn *)data)->formats);
}

static void free_part(gpointer data) {
  MapPart *part = data;
  g_array_unref(part->columns);
  g_free(part->raw_select);
  g_free(part);
}

static MapPart *new_part(const MapEntry *entry, char *raw_select) {
  MapPart *part = g_new0(MapPart, 1);
  part->map = entry->map;
  part->stage = entry->stage;
  part->raw_select = raw_select;
  part->columns = g_array_new(FALSE, TRUE, sizeof(MapColumn));
  g_array_set_clear_func(part->columns, clear_column);
  for (guint i = 0; i < entry->map->n_columns; i++) {
    MapColumn column = {.column = &entry->map->columns[i]};
    column.type = column.column->column ? column.column->column->type : LEDGER_TEXT;
    if (g_str_equal(column.column->target, "modified_at")) column.type = LEDGER_INSTANT;
    g_array_append_val(part->columns, column);
  }
  return part;
}

static void add_stats(MapPart *part, const MapStats *stats, guint file) {
  for (guint i = 0; i < part->columns->len; i++)
    map_stats_add(&g_array_index(part->columns, MapColumn, i).stats, &stats[(gsize)file * part->columns->len + i]);
}

/* The ways of a file in the columns in which files differ, as a key. */
static char *key_of(const Split *split, guint file) {
  GString *key = g_string_new(NULL);
  for (guint cell = 0; cell < split->n_cells; cell++) {
    if (split->differs[cell]) g_string_append_c(key, (char)('a' + (int)*way_of(split, file, cell)));
  }
  return g_string_free(key, FALSE);
}

static GPtrArray *make_parts(const Split *split, const MapEntry *entry, const MapStats *stats) {
  GPtrArray *parts = g_ptr_array_new_with_free_func(free_part);
  g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) lists = g_ptr_array_new();
  for (guint f = 0; f < split->n_files; f++) {
    g_autofree char *key = key_of(split, f);
    MapPart *part = g_hash_table_lookup(by_key, key);
    if (!part) {
      part = new_part(entry, NULL);
      part->first_file = f;
      g_hash_table_insert(by_key, g_steal_pointer(&key), part);
      g_ptr_array_add(parts, part);
      g_ptr_array_add(lists, g_string_new(NULL));
    }
    guint at = 0;
    g_ptr_array_find(parts, part, &at);
    GString *list = lists->pdata[at];
    g_string_append_printf(list, "%s%u", list->len ? ", " : "", f);
    add_stats(part, stats, f);
  }
  for (guint i = 0; i < parts->len; i++) {
    MapPart *part = parts->pdata[i];
    g_autofree char *list = g_string_free(lists->pdata[i], FALSE);
    part->raw_select = g_strdup_printf("SELECT * FROM (%s) WHERE _file IN (%s)", split->all->raw_select, list);
  }
  return parts;
}

static GPtrArray *split_files(Load *load, const MapEntry *entry, const MapPart *all, const MapStats *stats) {
  guint n_files = entry->stage->files->len, n_cells = all->columns->len * N_ASPECTS;
  g_autofree Way *ways = g_new0(Way, (gsize)n_files * n_cells + 1);
  g_autofree gboolean *differs = g_new0(gboolean, n_cells + 1);
  Split split = {.load = load, .all = all, .n_files = n_files, .n_cells = n_cells, .ways = ways, .differs = differs};
  find_ways(&split, stats);
  if (!find_differences(&split)) return NULL;
  for (guint cell = 0; cell < n_cells; cell++) {
    if (!differs[cell]) continue;
    note_difference(&split, cell);
    settle(&split, stats, cell);
  }
  return make_parts(&split, entry, stats);
}

GPtrArray *map_split(Load *load, const MapEntry *entry, char *raw_select, GError **error) {
  MapPart *all = new_part(entry, raw_select);
  GPtrArray *parts = g_ptr_array_new_with_free_func(free_part);
  g_ptr_array_add(parts, all);
  g_autofree MapStats *stats = map_stats(load, all, FALSE, error);
  if (!stats) {
    g_ptr_array_unref(parts);
    return NULL;
  }
  GPtrArray *split = entry->stage->files->len > 1 ? split_files(load, entry, all, stats) : NULL;
  if (split) {
    g_ptr_array_unref(parts);
    return split;
  }
  for (guint f = 0; f < entry->stage->files->len; f++) add_stats(all, stats, f);
  return parts;
}
