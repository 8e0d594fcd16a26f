/* Rows to cells, whole columns at a time.
 *
 *   members ──► groups ──┐
 *   days ─────► slots ───┼──► selection: the rows that a condition keeps ──► one tight loop for each measure
 *   condition ► bytes ───┘
 *
 * For tables in which a row's group is the same whatever the day (by rep, product, source…). Slots are found once for
 * each column of days, selections once for each condition and day, whatever the number of measures that use them. */
#include "query/accumulate.h"

#include <math.h>

#define MAX_KNOWN (1 << 22) /* members whose groups are remembered */
#define UNKNOWN   (-2)

static const QueryPlace nowhere = {BASE_DAY_MIN, BASE_DAY_MAX, 0, 0, -1};
static const Credit whole_credit = {0, 0, WHOLE_PPM};

/* What a chunk's measures work in. */
typedef struct {
  gint32 groups[CHUNK_ROWS];
  gint32 groups_kept[CHUNK_ROWS];
  gint32 slots_kept[CHUNK_ROWS];
  gint64 values[CHUNK_ROWS];
} Scratch;

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

/* --- slots and selections --- */

static const gint32 *find_slots(Scan *scan, const StoreChunk *chunk, gint column) {
  if (scan->slots[column] == NULL) scan->slots[column] = g_new(gint32, CHUNK_ROWS);
  gint32 *slots = scan->slots[column];
  if (scan->slots_made[column]) return slots;
  scan->slots_made[column] = TRUE;
  const gint32 *days = chunk->data[column];
  for (gsize row = 0; row < chunk->n_rows; row++)
    slots[row] = scan_valid(chunk, column, row) ? scan_slot(scan, days[row]) : -1;
  return slots;
}

static const ScanSelection *select_rows(Scan *scan, ScanTable *table, const StoreChunk *chunk, const ScanUse *use,
                                        const gint32 *groups) {
  ScanSelection *selection = &g_array_index(table->selections, ScanSelection, use->selection);
  if (selection->made) return selection;
  selection->made = TRUE;
  if (selection->rows == NULL) {
    selection->rows = g_new(guint16, CHUNK_ROWS);
    selection->groups = g_new(gint32, CHUNK_ROWS);
    selection->slots = g_new0(gint32, CHUNK_ROWS);
  }
  const guint8 *counts = selection->where < 0 ? NULL : conditions_rows(scan->conditions, selection->where);
  const gint32 *slots = selection->on < 0 ? groups : find_slots(scan, chunk, selection->on);
  guint n = 0;
  guint16 *rows = selection->rows;
  if (counts == NULL)
    for (gsize row = 0; row < chunk->n_rows; row++) {
      rows[n] = (guint16)row;
      n += (groups[row] | slots[row]) >= 0;
    }
  else
    for (gsize row = 0; row < chunk->n_rows; row++) {
      rows[n] = (guint16)row;
      n += counts[row] & ((groups[row] | slots[row]) >= 0);
    }
  for (guint i = 0; i < n; i++) selection->groups[i] = groups[rows[i]];
  for (guint i = 0; i < n && selection->on >= 0; i++) selection->slots[i] = slots[rows[i]];
  selection->n = n;
  return selection;
}

void query_scan_table_clear(ScanTable *table) {
  for (guint s = 0; s < table->selections->len; s++) {
    ScanSelection *selection = &g_array_index(table->selections, ScanSelection, s);
    g_free(selection->rows);
    g_free(selection->groups);
    g_free(selection->slots);
  }
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
    scratch->groups_kept[n] = group;
    scratch->slots_kept[n] = slot;
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
    cube_add_sums(table->table->cells, use->use->column, selection->n, selection->groups, selection->slots, NULL, NULL);
    return;
  }
  guint n = find_values(scan, table, chunk, use, selection, scratch);
  cube_add_sums(table->table->cells, use->use->column, n, scratch->groups_kept, scratch->slots_kept, NULL,
                scratch->values);
}

/* What begins and ends in one slot was never there for whoever asks. */
static void add_level(Scan *scan, ScanTable *table, const StoreChunk *chunk, const ScanUse *use,
                      const ScanSelection *selection) {
  const gint32 *from = chunk->data[use->on], *until = use->until < 0 ? NULL : chunk->data[use->until];
  const gint32 *slots_until = until == NULL ? NULL : find_slots(scan, chunk, use->until);
  CubeTable *cells = table->table->cells;
  guint column = use->use->column;
  for (guint i = 0; i < selection->n; i++) {
    gsize row = selection->rows[i];
    gint32 slot = selection->slots[i], slot_until = until == NULL ? -1 : slots_until[row];
    if (slot == slot_until || (slot_until >= 0 && until[row] < from[row])) continue;
    gint64 value;
    gboolean missing;
    if (!accumulate_value(scan, chunk, use, row, from[row], &value, &missing)) continue;
    cube_add_sum(cells, column, selection->groups[i], (guint)slot, value, 1);
    if (slot_until >= 0) cube_add_sum(cells, column, selection->groups[i], (guint)slot_until, -value, -1);
  }
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

gboolean accumulate_columns(Scan *scan, ScanTable *table, const StoreChunk *chunk, gint64 *members) {
  g_autofree Scratch *scratch = g_new(Scratch, 1);
  if (!find_groups(scan, table, chunk, members, scratch->groups)) return FALSE;
  for (guint s = 0; s < table->selections->len; s++) g_array_index(table->selections, ScanSelection, s).made = FALSE;
  for (guint u = 0; u < table->uses->len; u++) {
    ScanUse *use = &g_array_index(table->uses, ScanUse, u);
    const ScanSelection *selection = select_rows(scan, table, chunk, use, scratch->groups);
    KpiWhen when = use->use->measure->when;
    if (when == KPI_WHEN_ON && adds_up(use))
      add_flow(scan, table, chunk, use, selection, scratch);
    else if (when == KPI_WHEN_LEVEL && adds_up(use) && !use->use->framed && !use->use->averaged &&
             use->use->missing_column < 0 && table->entity < 0)
      add_level(scan, table, chunk, use, selection);
    else
      add_others(scan, table, chunk, use, selection);
  }
  return TRUE;
}

/* --- a chunk --- */

static gboolean too_many(const Scan *scan, GError **error) {
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_LIMIT,
      "the question makes more than %" G_GINT64_FORMAT
      " groups of %s; ask by fewer dimensions, narrow it with --where, or raise limits: max_groups in attain.yaml",
      scan->plan->context->organisation->max_groups, scan->fact->about);
  return FALSE;
}

gboolean query_scan_chunk(const StoreChunk *chunk, gpointer user_data, GError **error) {
  Scan *scan = user_data;
  g_return_val_if_fail(chunk->n_rows <= CHUNK_ROWS, FALSE);
  conditions_begin(scan->conditions, chunk);
  memset(scan->slots_made, 0, scan->columns->len * sizeof *scan->slots_made);
  g_autofree gint64 *members = g_new(gint64, scan->plan->n_dims + 1);
  for (guint t = 0; t < scan->tables->len; t++) {
    ScanTable *table = &g_array_index(scan->tables, ScanTable, t);
    gboolean ok =
        table->by_day ? accumulate_rows(scan, table, chunk, members) : accumulate_columns(scan, table, chunk, members);
    if (!ok) return too_many(scan, error);
  }
  return TRUE;
}
