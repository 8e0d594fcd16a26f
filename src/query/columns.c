/* Rows to cells, whole columns at a time.
 *
 *   members ──► groups ──► order ──┐
 *   days ─────► slots ─────────────┼──► selection: the rows that a condition keeps ──► one tight loop for each measure
 *   condition ► bytes ─────────────┘
 *
 * For tables in which a row's group is the same whatever the day (by rep, product, source…). Slots are found once for
 * each column of days, selections once for each condition and day, whatever the number of measures that use them.
 *
 * Rows are taken group by group, so that what is added to lies together; those of a group stay in their order. The
 * measures of a selection are added by one thread, those of others by whichever is free: each has columns of its own.
 */
#include "base/money.h"
#include "base/threads.h"
#include "query/accumulate.h"

#include <math.h>

#define ROWS_APART  16384     /* fewer are not worth another thread */
#define ROWS_SORTED 4096      /* fewer are taken as they come */
#define MAX_KNOWN   (1 << 22) /* members whose groups are remembered */
#define UNKNOWN     (-2)

static const QueryPlace nowhere = {BASE_DAY_MIN, BASE_DAY_MAX, 0, 0, -1};
static const Credit whole_credit = {.to_ppm = WHOLE_PPM};

/* What a thread's measures work in; made when it first has one. */
typedef struct {
  gint32 *groups, *slots, *slots_until;
  gint64 *values;
} Scratch;

/* The rows that are added to a table. */
typedef struct {
  Scan *scan;
  ScanTable *table;
  const StoreChunk *chunk;
  gint32 *groups; /* by row; -1: none */
  guint16 *order; /* rows that have a group, group by group */
  guint n_ordered;
  Scratch scratch[BASE_MAX_THREADS];
} Adding;

/* --- groups --- */

/* FALSE when there are too many. */
static gboolean find_group(const Scan *scan, ScanTable *table, const StoreChunk *chunk, gsize row, gint64 *members,
                           gint32 *group) {
  accumulate_members(scan, table, chunk, row, members);
  *group = -1;
  if (accumulate_lacks_entity(table, scan->plan, members)) return TRUE;
  gint32 person = scan->owner >= 0 ? query_org_person(scan->plan->org, accumulate_owner(scan, chunk, row)) : 0;
  *group = accumulate_group(scan, table, table->table->cells, members, person, nowhere);
  return *group >= 0;
}

/* The one column that decides the group; -1 for none, -2 for several. */
static gint deciding_column(const Scan *scan, const ScanTable *table) {
  if (table->entity >= 0 || scan->plan->n_dims > 1) return -2;
  if (scan->plan->n_dims == 0) return -1;
  if (table->dims[0] >= 0) return table->dims[0];
  return query_dim_by_person(&scan->plan->dims[0]) ? scan->owner : -1;
}

static gint32 *known_group(ScanTable *table, gint32 member) {
  if (member < -1 || member >= MAX_KNOWN) return NULL;
  guint at = (guint)(member + 1);
  if (at >= table->groups_known->len) {
    guint before = table->groups_known->len;
    g_array_set_size(table->groups_known, MAX(at + 1, 2 * before));
    for (guint i = before; i < table->groups_known->len; i++) g_array_index(table->groups_known, gint32, i) = UNKNOWN;
  }
  return &g_array_index(table->groups_known, gint32, at);
}

static gboolean find_groups(const Scan *scan, ScanTable *table, const StoreChunk *chunk, gint64 *members,
                            gint32 *groups) {
  gint column = deciding_column(scan, table);
  if (column == -2) {
    for (gsize row = 0; row < chunk->n_rows; row++)
      if (!find_group(scan, table, chunk, row, members, &groups[row])) return FALSE;
    return TRUE;
  }
  for (gsize row = 0; row < chunk->n_rows; row++) {
    gint32 member = scan_valid(chunk, column, row) ? ((const gint32 *)chunk->data[column])[row] : -1;
    guint at = (guint)(member + 1);
    if (at < table->groups_known->len && g_array_index(table->groups_known, gint32, at) != UNKNOWN) {
      groups[row] = g_array_index(table->groups_known, gint32, at);
      continue;
    }
    if (!find_group(scan, table, chunk, row, members, &groups[row])) return FALSE;
    gint32 *known = known_group(table, member);
    if (known != NULL) *known = groups[row];
  }
  return TRUE;
}

static void order_rows(Adding *adding) {
  gsize n = adding->chunk->n_rows;
  guint n_groups = (guint)cube_table_n_groups(adding->table->table->cells);
  const gint32 *groups = adding->groups;
  if (n < ROWS_SORTED || n_groups < 2) {
    for (gsize row = 0; row < n; row++) {
      adding->order[adding->n_ordered] = (guint16)row;
      adding->n_ordered += groups[row] >= 0;
    }
    return;
  }
  g_autofree guint *place = g_new0(guint, (gsize)n_groups + 1);
  for (gsize row = 0; row < n; row++)
    if (groups[row] >= 0) place[groups[row] + 1]++;
  for (guint g = 0; g < n_groups; g++) place[g + 1] += place[g];
  adding->n_ordered = place[n_groups];
  for (gsize row = 0; row < n; row++)
    if (groups[row] >= 0) adding->order[place[groups[row]]++] = (guint16)row;
}

/* --- slots and selections --- */

static void find_slots(Scan *scan, const StoreChunk *chunk, gint column) {
  if (scan->slots_made[column]) return;
  scan->slots_made[column] = TRUE;
  if (scan->slots[column] == NULL) scan->slots[column] = g_new(gint32, scan->room);
  gint32 *slots = scan->slots[column];
  const gint32 *days = chunk->data[column];
  for (gsize row = 0; row < chunk->n_rows; row++)
    slots[row] = scan_valid(chunk, column, row) ? scan_slot(scan, days[row]) : -1;
}

static void selection_clear(ScanSelection *selection) {
  g_clear_pointer(&selection->rows, g_free);
  g_clear_pointer(&selection->groups, g_free);
  g_clear_pointer(&selection->slots, g_free);
}

/* Room for so many rows in all that is worked in. */
static void make_room(Scan *scan, gsize n_rows) {
  if (n_rows <= scan->room) return;
  scan->room = MIN(MAX(n_rows, 2 * scan->room), BATCH_ROWS);
  for (guint c = 0; c < scan->columns->len; c++) g_clear_pointer(&scan->slots[c], g_free);
  for (guint t = 0; t < scan->tables->len; t++) {
    const ScanTable *table = &g_array_index(scan->tables, ScanTable, t);
    for (guint s = 0; s < table->selections->len; s++)
      selection_clear(&g_array_index(table->selections, ScanSelection, s));
  }
}

static void select_rows(const Adding *adding, ScanSelection *selection) {
  if (selection->rows == NULL) {
    selection->rows = g_new(guint16, adding->scan->room);
    selection->groups = g_new(gint32, adding->scan->room);
    selection->slots = g_new0(gint32, adding->scan->room);
  }
  const guint8 *counts = selection->where < 0 ? NULL : conditions_rows(adding->scan->conditions, selection->where);
  const gint32 *slots = selection->on < 0 ? adding->groups : adding->scan->slots[selection->on];
  const guint16 *order = adding->order;
  guint n = 0;
  guint16 *rows = selection->rows;
  if (counts == NULL)
    for (guint i = 0; i < adding->n_ordered; i++) {
      rows[n] = order[i];
      n += slots[order[i]] >= 0;
    }
  else
    for (guint i = 0; i < adding->n_ordered; i++) {
      rows[n] = order[i];
      n += counts[order[i]] & (slots[order[i]] >= 0);
    }
  for (guint i = 0; i < n; i++) selection->groups[i] = adding->groups[rows[i]];
  for (guint i = 0; i < n && selection->on >= 0; i++) selection->slots[i] = slots[rows[i]];
  selection->n = n;
}

void query_scan_table_clear(ScanTable *table) {
  for (guint s = 0; s < table->selections->len; s++)
    selection_clear(&g_array_index(table->selections, ScanSelection, s));
  g_array_unref(table->selections);
  g_array_unref(table->groups_known);
}

/* --- measures --- */

static gboolean adds_up(const ScanUse *use) {
  KpiAgg agg = use->use->measure->agg;
  return agg == KPI_AGG_COUNT || agg == KPI_AGG_SUM || agg == KPI_AGG_MEAN;
}

/* A number scaled to a whole one, halves away from nothing, as llround(); FALSE when it does not fit. */
static inline gboolean scale_number(double number, double scale, gint64 *value) {
  double scaled = number * scale;
  if (!(fabs(scaled) < 9e18)) return FALSE;
  gint64 part = (gint64)scaled;
  double rest = scaled - (double)part;
  *value = part + (rest >= 0.5) - (rest <= -0.5);
  return TRUE;
}

/* The values of a selection's rows: those that have one, moved together with their groups and slots. */
static guint find_values(const Scan *scan, ScanTable *table, const StoreChunk *chunk, const ScanUse *use,
                         const ScanSelection *selection, Scratch *scratch) {
  const guint64 *valid = chunk->valid[use->value];
  double scale = (double)use->use->scale;
  guint n = 0;
  for (guint i = 0; i < selection->n; i++) {
    gsize row = selection->rows[i];
    gint32 group = selection->groups[i], slot = selection->slots[i];
    scratch->groups[n] = group;
    scratch->slots[n] = slot;
    gboolean has = valid == NULL || (valid[row / 64] >> (row % 64) & 1);
    if (use->use->scale != 1) {
      n += has && scale_number(((const double *)chunk->data[use->value])[row], scale, &scratch->values[n]);
    } else if (use->use->missing_column < 0 || !scan_valid(chunk, scan->currency, row)) {
      scratch->values[n] = ((const gint64 *)chunk->data[use->value])[row];
      n += has;
    } else {
      gboolean missing;
      n += accumulate_value(scan, chunk, use, row, scan_day(chunk, use->on, row), &scratch->values[n], &missing);
      if (missing) cube_add_sum(table->table->cells, (guint)use->use->missing_column, group, (guint)slot, 1, 1);
    }
  }
  return n;
}

static void add_flow(const Scan *scan, ScanTable *table, const StoreChunk *chunk, const ScanUse *use,
                     const ScanSelection *selection, Scratch *scratch) {
  if (use->value < 0) {
    cube_add_sums(table->table->cells, use->use->column, selection->n, selection->groups, selection->slots, NULL, 1);
    return;
  }
  guint n = find_values(scan, table, chunk, use, selection, scratch);
  cube_add_sums(table->table->cells, use->use->column, n, scratch->groups, scratch->slots, scratch->values, 1);
}

/* What begins and ends in one slot was never there for whoever asks. */
static void add_level(const Scan *scan, ScanTable *table, const StoreChunk *chunk, const ScanUse *use,
                      const ScanSelection *selection, Scratch *scratch) {
  const gint32 *from = chunk->data[use->on], *until = use->until < 0 ? NULL : chunk->data[use->until];
  const gint32 *slots_until = until == NULL ? NULL : scan->slots[use->until];
  guint n = 0;
  for (guint i = 0; i < selection->n; i++) {
    gsize row = selection->rows[i];
    gint32 slot = selection->slots[i], slot_until = until == NULL ? -1 : slots_until[row];
    if (slot == slot_until || (slot_until >= 0 && until[row] < from[row])) continue;
    gboolean missing;
    if (!accumulate_value(scan, chunk, use, row, from[row], &scratch->values[n], &missing)) continue;
    scratch->groups[n] = selection->groups[i];
    scratch->slots[n] = slot;
    scratch->slots_until[n++] = slot_until;
  }
  CubeTable *cells = table->table->cells;
  cube_add_sums(cells, use->use->column, n, scratch->groups, scratch->slots, scratch->values, 1);
  for (guint i = 0; i < n; i++) scratch->values[i] = -scratch->values[i];
  cube_add_sums(cells, use->use->column, n, scratch->groups, scratch->slots_until, scratch->values, -1);
}

static void add_others(const Scan *scan, ScanTable *table, const StoreChunk *chunk, ScanUse *use,
                       const ScanSelection *selection) {
  for (guint i = 0; i < selection->n; i++) {
    Span span;
    gsize row = selection->rows[i];
    if (accumulate_span(scan, chunk, use, row, &span))
      accumulate_row(scan, table->table->cells, chunk, use, row, &whole_credit, span, span, selection->groups[i]);
  }
}

static gboolean is_simple_level(const ScanTable *table, const ScanUse *use) {
  return use->use->measure->when == KPI_WHEN_LEVEL && adds_up(use) && !use->use->framed && !use->use->averaged &&
         use->use->missing_column < 0 && table->entity < 0;
}

static void add_use(const Adding *adding, ScanUse *use, const ScanSelection *selection, Scratch *scratch) {
  if (use->use->measure->when == KPI_WHEN_ON && adds_up(use))
    add_flow(adding->scan, adding->table, adding->chunk, use, selection, scratch);
  else if (is_simple_level(adding->table, use))
    add_level(adding->scan, adding->table, adding->chunk, use, selection, scratch);
  else
    add_others(adding->scan, adding->table, adding->chunk, use, selection);
}

static Scratch *scratch_of(Adding *adding, guint thread) {
  Scratch *scratch = &adding->scratch[thread];
  gsize n = MAX(adding->chunk->n_rows, 1);
  if (scratch->groups == NULL)
    *scratch = (Scratch){g_new(gint32, n), g_new(gint32, n), g_new(gint32, n), g_new(gint64, n)};
  return scratch;
}

static void scratch_free(Adding *adding) {
  for (guint t = 0; t < BASE_MAX_THREADS; t++) {
    g_free(adding->scratch[t].groups);
    g_free(adding->scratch[t].slots);
    g_free(adding->scratch[t].slots_until);
    g_free(adding->scratch[t].values);
  }
}

static void add_selection(gpointer data, guint number, guint thread) {
  Adding *adding = data;
  const ScanTable *table = adding->table;
  ScanSelection *selection = &g_array_index(table->selections, ScanSelection, number);
  select_rows(adding, selection);
  for (guint u = 0; u < table->uses->len; u++) {
    ScanUse *use = &g_array_index(table->uses, ScanUse, u);
    if (use->selection == number) add_use(adding, use, selection, scratch_of(adding, thread));
  }
}

/* What selections share is found before they are taken apart. */
static void find_shared(const Adding *adding) {
  const ScanTable *table = adding->table;
  for (guint s = 0; s < table->selections->len; s++) {
    const ScanSelection *selection = &g_array_index(table->selections, ScanSelection, s);
    if (selection->on >= 0) find_slots(adding->scan, adding->chunk, selection->on);
    if (selection->where >= 0) conditions_rows(adding->scan->conditions, selection->where);
  }
  for (guint u = 0; u < table->uses->len; u++) {
    const ScanUse *use = &g_array_index(table->uses, ScanUse, u);
    if (use->until >= 0 && is_simple_level(table, use)) find_slots(adding->scan, adding->chunk, use->until);
  }
}

static guint n_threads(const Adding *adding) {
  if (adding->chunk->n_rows < ROWS_APART || !cube_table_fills_apart(adding->table->table->cells)) return 1;
  return base_threads();
}

gboolean accumulate_columns(Scan *scan, ScanTable *table, const StoreChunk *chunk, gint64 *members) {
  g_autofree gint32 *groups = g_new(gint32, MAX(chunk->n_rows, 1));
  g_autofree guint16 *order = g_new(guint16, MAX(chunk->n_rows, 1) + 1);
  make_room(scan, chunk->n_rows);
  if (!find_groups(scan, table, chunk, members, groups)) return FALSE;
  Adding adding = {.scan = scan, .table = table, .chunk = chunk, .groups = groups, .order = order};
  order_rows(&adding);
  find_shared(&adding);
  base_threads_work(n_threads(&adding), table->selections->len, add_selection, &adding);
  scratch_free(&adding);
  return TRUE;
}

/* --- all tables --- */

static gboolean too_many(const Scan *scan, GError **error) {
  gint64 most = scan->plan->context->organisation->max_groups;
  g_autofree char *allowed = base_money_format(most, 0);
  g_autofree char *of_each = base_money_format(MAX(scan->plan->n_figures, 1), 0);
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_LIMIT,
      "the answer would have more than %s figures: %s of each group of %s (the KPIs asked, times the periods), and "
      "there are too many groups. Ask for fewer dimensions, a coarser grain, a shorter period or fewer KPIs, narrow "
      "it with a condition, or raise limits: max_groups in attain.yaml",
      allowed, of_each, scan->fact->about);
  return FALSE;
}

static gboolean add_rows(Scan *scan, const StoreChunk *rows, GError **error) {
  conditions_begin(scan->conditions, rows);
  memset(scan->slots_made, 0, scan->columns->len * sizeof *scan->slots_made);
  g_autofree gint64 *members = g_new(gint64, scan->plan->n_dims + 1);
  for (guint t = 0; t < scan->tables->len; t++) {
    ScanTable *table = &g_array_index(scan->tables, ScanTable, t);
    gboolean ok =
        table->by_day ? accumulate_rows(scan, table, rows, members) : accumulate_columns(scan, table, rows, members);
    if (!ok) return too_many(scan, error);
  }
  return TRUE;
}

gboolean query_scan_rest(Scan *scan, StoreDictionary *const *dictionaries, GError **error) {
  if (scan_batch_n_rows(scan->batch) == 0) return TRUE;
  StoreChunk rows = scan_batch_rows(scan->batch, dictionaries);
  gboolean ok = add_rows(scan, &rows, error);
  scan_batch_empty(scan->batch);
  return ok;
}

gboolean query_scan_chunk(const StoreChunk *chunk, gpointer user_data, GError **error) {
  Scan *scan = user_data;
  g_return_val_if_fail(chunk->n_rows <= BATCH_ROWS, FALSE);
  if (!base_check_goes_on(&scan->plan->context->stop, error)) return FALSE;
  if (!scan_batch_takes(scan->batch, chunk->n_rows) && !query_scan_rest(scan, chunk->dictionaries, error)) return FALSE;
  scan_batch_add(scan->batch, chunk);
  return TRUE;
}
