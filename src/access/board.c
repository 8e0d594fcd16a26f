/* A board of one period: the rows that its mask lets through, or where the reader stands among others. */
#include "access/board_mask.h"

typedef struct {
  const AccessBoardReader *reader;
  const AccessBoard *board;
  const CalendarPeriod *period;
  GPtrArray *masks; /* AccessMask; none of who sees everything, and of names that are shown */
  AccessBoardTable *table;
} Making;

void access_board_table_free(AccessBoardTable *table) {
  if (!table) return;
  g_ptr_array_unref(table->kpis);
  g_array_unref(table->rows);
  g_array_unref(table->standings);
  g_array_unref(table->n_hidden);
  g_ptr_array_unref(table->notes);
  g_string_chunk_free(table->texts);
  g_free(table);
}

static AccessBoardTable *new_table(void) {
  AccessBoardTable *table = g_new0(AccessBoardTable, 1);
  table->kpis = g_ptr_array_new();
  table->rows = g_array_new(FALSE, TRUE, sizeof(AccessBoardRow));
  table->standings = g_array_new(FALSE, TRUE, sizeof(AccessStanding));
  table->n_hidden = g_array_new(FALSE, TRUE, sizeof(guint));
  table->notes = g_ptr_array_new_with_free_func(g_free);
  table->texts = g_string_chunk_new(256);
  return table;
}

static const KpiDefinition *kpi_at(const AccessBoardTable *table, guint index) {
  return g_ptr_array_index(table->kpis, index);
}

static gboolean find_kpis(const Making *making, GError **error) {
  for (char **name = making->board->kpis; *name; name++) {
    const KpiDefinition *kpi = kpi_catalogue_find(making->reader->context->catalogue, *name, error);
    if (!kpi) return FALSE;
    g_ptr_array_add(making->table->kpis, (gpointer)kpi);
  }
  g_array_set_size(making->table->n_hidden, making->table->kpis->len);
  return TRUE;
}

/* NULL: nothing of the KPI is hidden. */
static const AccessMask *mask_of(const Making *making, const KpiDefinition *kpi) {
  for (guint i = 0; i < making->masks->len; i++)
    if (access_mask_has(g_ptr_array_index(making->masks, i), kpi)) return g_ptr_array_index(making->masks, i);
  return NULL;
}

static gboolean find_masks(Making *making, GError **error) {
  AccessBoardTable *table = making->table;
  for (guint k = 0; k < table->kpis->len; k++) {
    const KpiDefinition *kpi = kpi_at(table, k);
    if (mask_of(making, kpi)) continue;
    AccessMask *mask = access_mask_new(making->reader, kpi, making->period, error);
    if (!mask) return FALSE;
    g_ptr_array_add(making->masks, mask);
  }
  for (guint k = 0; k < table->kpis->len; k++) {
    const char *why = access_mask_why_not(mask_of(making, kpi_at(table, k)), kpi_at(table, k));
    if (why)
      g_ptr_array_add(table->notes,
                      g_strdup_printf("%s is not shared where people are hidden: %s", kpi_at(table, k)->title, why));
  }
  return TRUE;
}

/* --- groups --- */

static void take_row(Making *making, const QueryRow *row) {
  AccessBoardTable *table = making->table;
  const KpiDefinition *kpi = kpi_at(table, row->kpi);
  const AccessMask *mask = mask_of(making, kpi);
  if (mask && !access_mask_shows(mask, kpi, (const char *const *)making->board->by, row->members, row->n_members)) {
    g_array_index(table->n_hidden, guint, row->kpi)++;
    return;
  }
  AccessBoardRow taken = {.kpi = row->kpi, .n_members = row->n_members, .value = row->value};
  for (guint i = 0; i < row->n_members; i++)
    if (row->members[i]) taken.members[i] = g_string_chunk_insert_const(table->texts, row->members[i]);
  g_array_append_val(table->rows, taken);
}

static gboolean take_groups(Making *making, GError **error) {
  g_autoptr(QueryResult) result = access_board_ask(making->reader->context, making->table->kpis,
                                                   (const char *const *)making->board->by, making->period, error);
  for (guint r = 0; result && r < query_result_n_rows(result); r++) take_row(making, query_result_row(result, r));
  for (guint t = 0; result && t < query_result_n_totals(result); t++) take_row(making, query_result_total(result, t));
  return result != NULL;
}

/* --- standings --- */

static AccessBoardPart part_of(const AccessPeers *peers, guint part) {
  guint n = peers->values->len, from = access_part_start(n, peers->n_parts, part),
        to = access_part_start(n, peers->n_parts, part + 1);
  AccessBoardPart made = {.is_hidden = !peers->shows[part], .n_people = to - from};
  for (guint i = from; i < to && !made.is_hidden; i++)
    made.mean += g_array_index(peers->values, double, i) / (double)(to - from);
  return made;
}

static void stand(AccessStanding *standing, const AccessPeers *peers, KpiBetter better) {
  if (!peers || !peers->is_shown) return;
  guint n_before = 0, n_behind = 0;
  standing->n_peers = peers->values->len;
  for (guint i = 0; i < standing->n_peers; i++) {
    double value = g_array_index(peers->values, double, i), own = standing->own.value;
    n_before += better == KPI_LOWER ? value < own : value > own;
    n_behind += better == KPI_LOWER ? value > own : value < own;
  }
  standing->rank = standing->has_own ? n_before + 1 : 0;
  standing->better_than = (double)n_behind / standing->n_peers;
  standing->n_parts = peers->n_parts;
  for (guint part = 0; part < peers->n_parts; part++) standing->parts[part] = part_of(peers, part);
}

static gboolean take_standings(Making *making, GError **error) {
  static const char *const by[] = {NULL};
  AccessBoardTable *table = making->table;
  QueryContext own = *making->reader->context;
  g_autoptr(QuerySight) sight = query_sight_new();
  if (making->reader->person > 0) query_sight_add_person(sight, making->reader->person);
  own.sight = sight;
  g_autoptr(QueryResult) result = access_board_ask(&own, table->kpis, by, making->period, error);
  g_array_set_size(table->standings, result ? table->kpis->len : 0);
  for (guint r = 0; result && r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    AccessStanding *standing = &g_array_index(table->standings, AccessStanding, row->kpi);
    const KpiDefinition *kpi = kpi_at(table, row->kpi);
    standing->has_own = making->reader->person > 0 && row->value.has_value && row->value.n > 0;
    standing->own = row->value;
    stand(standing, access_mask_peers(mask_of(making, kpi), kpi), kpi->better);
  }
  return result != NULL;
}

AccessBoardTable *access_board_make(const AccessBoardReader *reader, const AccessBoard *board,
                                    const CalendarPeriod *period, GError **error) {
  g_autoptr(AccessBoardTable) table = new_table();
  g_autoptr(GPtrArray) masks = g_ptr_array_new_with_free_func((GDestroyNotify)access_mask_free);
  Making making = {reader, board, period, masks, table};
  gboolean is_standing = board->names == ACCESS_NAMES_OWN;
  gboolean is_masked = is_standing || (reader->sight && board->names == ACCESS_NAMES_HIDDEN);
  if (!find_kpis(&making, error) || (is_masked && !find_masks(&making, error))) return NULL;
  if (!(is_standing ? take_standings(&making, error) : take_groups(&making, error))) return NULL;
  return g_steal_pointer(&table);
}
