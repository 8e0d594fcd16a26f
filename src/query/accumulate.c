/* Rows to cells, one row at a time: credit by the day of the event, shared credit, deals that changed hands, frames.
 *
 * Where nothing of this is asked, columns.c takes whole columns instead. Both end in the same cells. */
#include "query/accumulate.h"

#include "base/money.h"

#include <math.h>

/* --- reading values --- */

/* A number as it is kept: money converted, others scaled to a whole number. FALSE when there is none; `*missing` when
 * it lacks a rate. */
gboolean accumulate_value(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, BaseDay day,
                          gint64 *value, gboolean *missing) {
  *missing = FALSE;
  if (use->value < 0) {
    *value = 1;
    return TRUE;
  }
  if (!scan_valid(chunk, use->value, row)) return FALSE;
  if (use->use->scale != 1) {
    double scaled = ((const double *)chunk->data[use->value])[row] * (double)use->use->scale;
    if (!(fabs(scaled) < 9e18)) return FALSE;
    *value = llround(scaled);
    return TRUE;
  }
  *value = ((const gint64 *)chunk->data[use->value])[row];
  if (use->use->missing_column < 0 || !scan_valid(chunk, scan->currency, row)) return TRUE;
  gint32 currency = ((const gint32 *)chunk->data[scan->currency])[row];
  if (scan->plan->rates_of != BASE_DAY_NONE) day = scan->plan->rates_of;
  if (day == BASE_DAY_NONE) day = scan->plan->context->today;
  *missing =
      currency < 0 || !query_rates_convert(query_org_rates(scan->plan->org, (guint)currency), *value, day, value);
  return !*missing;
}

gint32 accumulate_foreign(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row) {
  if (use->use->currency_column < 0 || !scan_valid(chunk, scan->currency, row)) return -1;
  return ((const gint32 *)chunk->data[scan->currency])[row];
}

double accumulate_number(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, BaseDay day,
                         gboolean *has, gboolean *missing) {
  const KpiMeasure *measure = use->use->measure;
  gboolean money = measure->unit.kind == KPI_QUANTITY && measure->unit.money_power != 0;
  *missing = FALSE;
  *has = scan_valid(chunk, use->value, row);
  if (!*has) return 0;
  if (!money) return ((const double *)chunk->data[use->value])[row];
  gint64 value;
  *has = accumulate_value(scan, chunk, use, row, day, &value, missing);
  return *has ? (double)value : 0;
}

static gint64 survivor(const Scan *scan, const LedgerTable *of, gint64 key) {
  return of == NULL || !g_str_equal(of->name, "account") ? key : query_stat_account(scan->plan->context->stat, key);
}

static guint32 small_id(PlanUse *use, guint64 key) {
  if (use->ids == NULL) use->ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  gpointer id = g_hash_table_lookup(use->ids, &key);
  if (id == NULL) {
    id = GUINT_TO_POINTER(g_hash_table_size(use->ids) + 1);
    g_hash_table_insert(use->ids, g_memdup2(&key, sizeof key), id);
  }
  return GPOINTER_TO_UINT(id);
}

static guint32 identity_at(const Scan *scan, const StoreChunk *chunk, ScanUse *use, gint column, gsize row) {
  StoreColumnType type = g_array_index(scan->columns, ScanColumn, (guint)column).type;
  if (type == STORE_COLUMN_UINT64) return small_id(use->use, ((const guint64 *)chunk->data[column])[row]);
  gint32 id = ((const gint32 *)chunk->data[column])[row];
  return type == STORE_COLUMN_TEXT ? (guint32)id : (guint32)survivor(scan, use->refers_to, id);
}

/* --- groups --- */

/* The members that do not depend on the day. */
void accumulate_members(const Scan *scan, const ScanTable *table, const StoreChunk *chunk, gsize row, gint64 *members) {
  const QueryPlan *plan = scan->plan;
  for (guint d = 0; d < plan->n_dims; d++) {
    gint column = table->dims[d];
    members[d] = -1;
    if (column >= 0 && scan_valid(chunk, column, row)) {
      members[d] = ((const gint32 *)chunk->data[column])[row];
      if (g_array_index(scan->columns, ScanColumn, (guint)column).type == STORE_COLUMN_INT32)
        members[d] = query_members_survivor(plan->members[d], members[d]);
    }
  }
  if (table->entity < 0) return;
  gint64 *entity = &members[plan->n_dims];
  if (!scan_valid(chunk, table->entity, row))
    *entity = -1;
  else if (table->entity_is_key)
    *entity = (gint64)((const guint64 *)chunk->data[table->entity])[row];
  else
    *entity = survivor(scan, table->table->entity, ((const gint32 *)chunk->data[table->entity])[row]);
}

/* Rows that belong to no entity are nobody's: each(account, …) has nothing to say of a sale without an account. */
gboolean accumulate_lacks_entity(const ScanTable *table, const QueryPlan *plan, const gint64 *members) {
  return table->entity >= 0 && members[plan->n_dims] == -1;
}

gint32 accumulate_owner(const Scan *scan, const StoreChunk *chunk, gsize row) {
  return scan_valid(chunk, scan->owner, row) ? ((const gint32 *)chunk->data[scan->owner])[row] : 0;
}

void accumulate_place(const Scan *scan, const ScanTable *table, gint64 *members, gint32 person, QueryPlace place) {
  const QueryPlan *plan = scan->plan;
  for (guint d = 0; d < plan->n_dims; d++)
    if (table->dims[d] < 0 && query_dim_by_person(&plan->dims[d]))
      members[d] = query_dim_place_member(plan->org, &plan->dims[d], person, place);
}

gint32 accumulate_group(const Scan *scan, const ScanTable *table, CubeTable *cells, gint64 *members, gint32 person,
                        QueryPlace place) {
  accumulate_place(scan, table, members, person, place);
  return cube_table_group(cells, members);
}

/* --- adding one contribution --- */

static void add_level(const Scan *scan, CubeTable *cells, const ScanUse *use, guint column, gint32 group, Span span,
                      gint64 value, gint64 n) {
  cube_add_sum(cells, column, group, (guint)scan_slot(scan, span.from), value, n);
  gboolean averaged = use->use->averaged && (gint)column != use->use->missing_column;
  if (averaged) cube_add_moment(cells, column, group, (guint)scan_slot(scan, span.from), value, n, span.from);
  if (span.until == BASE_DAY_MAX) return;
  cube_add_sum(cells, column, group, (guint)scan_slot(scan, span.until), -value, -n);
  if (averaged) cube_add_moment(cells, column, group, (guint)scan_slot(scan, span.until), -value, -n, span.until);
}

/* The days of `piece`, of a value spread over those of `whole`. The record is counted where it begins and where it
 * ends, so that those of any days are the ones begun before their end less the ones ended before their start. */
static void add_spread(const Scan *scan, CubeTable *cells, const PlanUse *use, gint32 group, Span piece, Span whole,
                       gint64 value, gint64 n) {
  const GArray *boundaries = scan->plan->boundaries;
  gint64 given = accumulate_spread_until(value, whole, piece.from);
  BaseDay at = piece.from;
  while (at < piece.until) {
    gint32 slot = scan_slot(scan, at);
    BaseDay next =
        (guint)slot < boundaries->len ? MIN(g_array_index(boundaries, BaseDay, (guint)slot), piece.until) : piece.until;
    gint64 upto = accumulate_spread_until(value, whole, next);
    cube_add_sum(cells, use->column, group, (guint)slot, upto - given, at == piece.from ? n : 0);
    given = upto;
    at = next;
  }
  cube_add_sum(cells, (guint)use->ended_column, group, (guint)scan_slot(scan, piece.until - 1), n, n);
}

static void add_cell(const Scan *scan, CubeTable *cells, const StoreChunk *chunk, ScanUse *use, gsize row, gint32 group,
                     guint cell, BaseDay day, const Credit *credit) {
  PlanUse *plan_use = use->use;
  gint64 n = credit->is_again ? 0 : 1;
  gboolean missing, has;
  switch (plan_use->measure->agg) {
    case KPI_AGG_DISTINCT:
      if (scan_valid(chunk, use->value, row))
        cube_add_id(cells, plan_use->column, group, cell, identity_at(scan, chunk, use, use->value, row));
      return;
    case KPI_AGG_CLV: {
      if (!scan_valid(chunk, use->value_to, row)) return;
      double paid = accumulate_number(scan, chunk, use, row, day, &has, &missing);
      StatsPurchase purchase = {identity_at(scan, chunk, use, use->value_to, row), day, paid};
      if (has) cube_add_purchase(cells, plan_use->column, group, cell, purchase);
      break;
    }
    case KPI_AGG_KM: {
      BaseDay from = scan_day(chunk, use->value, row), to = scan_day(chunk, use->value_to, row);
      if (from == BASE_DAY_NONE) return;
      StatsDuration duration = {(double)((to == BASE_DAY_NONE ? scan->plan->context->today : to) - from),
                                to != BASE_DAY_NONE};
      if (duration.time >= 0) cube_add_duration(cells, plan_use->column, group, cell, duration);
      return;
    }
    case KPI_AGG_COUNT:
    case KPI_AGG_SUM:
    case KPI_AGG_MEAN: {
      gint64 value;
      has = accumulate_value(scan, chunk, use, row, day, &value, &missing);
      if (has)
        cube_add_sum(cells, plan_use->column, group, cell, use->value < 0 ? 1 : accumulate_share(value, credit), n);
      break;
    }
    default: {
      double number = accumulate_number(scan, chunk, use, row, day, &has, &missing);
      if (has) cube_add_number(cells, plan_use->column, group, cell, number);
    }
  }
  if (missing) cube_add_sum(cells, (guint)plan_use->missing_column, group, cell, n, n);
}

/* --- the crediting of one row --- */

#define MAX_CREDITS 32
#define MAX_COUNTED 128

static guint64 key_at(const Scan *scan, const StoreChunk *chunk, gsize row) {
  return scan_valid(chunk, scan->key, row) ? ((const guint64 *)chunk->data[scan->key])[row] : 0;
}

/* A row that counts on many days is its owner's of each of them: whose it is from the day `span->from`, and
 * `span->until` drawn in to where somebody else has it. */
static gint32 owner_in(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, Span *span) {
  gint32 owner = accumulate_owner(scan, chunk, row);
  if (!scan->has_moves) return owner;
  KpiWhen when = use->use->measure->when;
  if (when == KPI_WHEN_LEVEL || when == KPI_WHEN_SPREAD) {
    BaseDay until = span->until;
    owner = query_org_owner_on(scan->plan->org, scan->moved, key_at(scan, chunk, row), owner, span->from, &until);
    span->until = MIN(span->until, until);
    return owner;
  }
  if (!scan_valid(chunk, use->on_at, row)) return owner;
  return query_org_owner_at(scan->plan->org, scan->moved, key_at(scan, chunk, row),
                            ((const gint64 *)chunk->data[use->on_at])[row], owner);
}

/* The people credited, at least one: those who share it, the owner with what they leave over, then overlays, the
 * largest first (query_org_load_splits). */
static guint credits_of(const Scan *scan, const StoreChunk *chunk, gsize row, gint32 owner, Credit *credits) {
  const QueryOrg *org = scan->plan->org;
  owner = query_org_person(org, owner);
  guint n_shared = 0, n = 0;
  const QueryCredit *shared = scan->has_splits ? query_org_credits(org, key_at(scan, chunk, row), &n_shared) : NULL;
  gint64 given = 0;
  guint i = 0;
  for (; i < n_shared && !shared[i].overlay && n < MAX_CREDITS - 1; i++, given = credits[n - 1].to_ppm)
    credits[n++] = (Credit){.person = shared[i].person, .from_ppm = given, .to_ppm = given + shared[i].share_ppm};
  if (given < WHOLE_PPM || n == 0) credits[n++] = (Credit){.person = owner, .from_ppm = given, .to_ppm = WHOLE_PPM};
  for (; i < n_shared && n < MAX_CREDITS; i++)
    if (shared[i].overlay)
      credits[n++] = (Credit){.person = shared[i].person, .to_ppm = shared[i].share_ppm, .is_overlay = TRUE};
  return n;
}

gboolean accumulate_frame_holds(const PlanFrame *frame, const StoreChunk *chunk, const ScanUse *use, gsize row,
                                Span span) {
  if (!(span.from < frame->at && frame->at <= span.until)) return FALSE;
  BaseDay due = scan_day(chunk, use->due, row), due_too = scan_day(chunk, use->due_too, row),
          past = scan_day(chunk, use->past, row);
  if (use->due >= 0 && (due == BASE_DAY_NONE || due < frame->due_start || due >= frame->due_end)) return FALSE;
  if (use->due_too >= 0 && (due_too == BASE_DAY_NONE || due_too < frame->due_start || due_too >= frame->due_end))
    return FALSE;
  return use->past < 0 || past == BASE_DAY_NONE || past >= frame->due_end;
}

/* The groups a row has been counted in, and of which days: a second share of one deal in the same group adds its money,
 * not the deal again, and an overlay on top of a share that is there nothing, so that no total has more than the deal.
 */
typedef struct {
  gint32 group;
  Span days;
} Counted;

typedef struct {
  Counted counted[MAX_COUNTED];
  guint n;
} Seen;

/* The first frame after a day. */
static guint first_frame(const PlanUse *use, BaseDay day) {
  guint low = 0, high = use->frames->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index(use->frames, PlanFrame, middle).at <= day)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Counts the row in a group for the days of `piece`, which lies within the row's own span. */
void accumulate_row(const Scan *scan, CubeTable *cells, const StoreChunk *chunk, ScanUse *use, gsize row,
                    const Credit *credit, Span piece, Span whole, gint32 group) {
  const KpiMeasure *measure = use->use->measure;
  if (scan->sink != NULL) accumulate_list(scan, chunk, use, row, credit, piece, whole);
  if (use->use->framed) {
    for (guint f = first_frame(use->use, piece.from); f < use->use->frames->len; f++) {
      const PlanFrame *frame = &g_array_index(use->use->frames, PlanFrame, f);
      if (frame->at > piece.until) break;
      if (accumulate_frame_holds(frame, chunk, use, row, whole))
        add_cell(scan, cells, chunk, use, row, group, f, frame->at - 1, credit);
    }
    return;
  }
  if (measure->when == KPI_WHEN_ON || measure->when == KPI_WHEN_ALWAYS) {
    guint slot = measure->when == KPI_WHEN_ON ? (guint)scan_slot(scan, piece.from) : 0;
    add_cell(scan, cells, chunk, use, row, group, slot, piece.from, credit);
    return;
  }
  gint64 value, n = credit->is_again ? 0 : 1;
  gboolean missing;
  gint32 currency = accumulate_foreign(scan, chunk, use, row);
  if (currency >= 0) {
    if (!scan_valid(chunk, use->value, row)) return;
    value = accumulate_share(((const gint64 *)chunk->data[use->value])[row], credit);
    add_level(scan, cells, use, (guint)(use->use->currency_column + currency), group, piece, value, n);
  } else if (accumulate_value(scan, chunk, use, row, whole.from, &value, &missing)) {
    if (use->value >= 0) value = accumulate_share(value, credit);
    if (measure->when == KPI_WHEN_SPREAD)
      add_spread(scan, cells, use->use, group, piece, whole, value, n);
    else
      add_level(scan, cells, use, use->use->column, group, piece, value, n);
  } else if (missing) {
    add_level(scan, cells, use, (guint)use->use->missing_column, group, piece, n, n);
  }
}

/* The days in which a row counts; FALSE when it counts in none. */
gboolean accumulate_span(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, Span *span) {
  const KpiMeasure *measure = use->use->measure;
  if (measure->when == KPI_WHEN_ALWAYS) {
    *span = (Span){scan->plan->context->today, scan->plan->context->today + 1};
    return TRUE;
  }
  span->from = scan_day(chunk, use->on, row);
  if (span->from == BASE_DAY_NONE) return FALSE;
  span->until = span->from + 1;
  if (measure->when == KPI_WHEN_ON) return TRUE;
  BaseDay until = scan_day(chunk, use->until, row);
  span->until = until == BASE_DAY_NONE ? BASE_DAY_MAX : until;
  if (measure->when == KPI_WHEN_SPREAD) return span->until > span->from && span->until != BASE_DAY_MAX;
  return span->until >= span->from;
}

static const QueryPlace nowhere = {BASE_DAY_MIN, BASE_DAY_MAX, 0, 0, -1};

/* A row on its way into the cells of one level. */
typedef struct {
  const Scan *scan;
  ScanTable *table;
  const StoreChunk *chunk;
  ScanUse *use;
  gsize row;
  gint64 *members;
  Span whole;       /* the days in which it counts */
  CubeTable *cells; /* whose groups are the first `n_keep` dimensions, and the entity */
  guint n_keep;
  gboolean adds_shares; /* the measure is of amounts, which are shared; records are not */
  Seen *seen;           /* of the level */
} Counting;

static gint32 group_of(const Counting *counting, gint32 person, QueryPlace place) {
  const QueryPlan *plan = counting->scan->plan;
  if (counting->n_keep == plan->n_dims)
    return accumulate_group(counting->scan, counting->table, counting->cells, counting->members, person, place);
  gint64 tuple[QUERY_MAX_DIMS + 1];
  accumulate_place(counting->scan, counting->table, counting->members, person, place);
  memcpy(tuple, counting->members, counting->n_keep * sizeof *tuple);
  if (counting->table->table->entity != NULL) tuple[counting->n_keep] = counting->members[plan->n_dims];
  return cube_table_group(counting->cells, tuple);
}

/* A piece of a share in a group, after the first `from` of what is counted: the days that the group does not have yet
 * count the record; in the others a further share adds its money, an overlay nothing. */
static void add_to_group(Counting *counting, const Credit *credit, Span piece, gint32 group, guint from) {
  Seen *seen = counting->seen;
  for (guint i = from; i < seen->n; i++) {
    const Counted counted = seen->counted[i];
    if (counted.group != group || counted.days.until <= piece.from || counted.days.from >= piece.until) continue;
    if (piece.from < counted.days.from)
      add_to_group(counting, credit, (Span){piece.from, counted.days.from}, group, i + 1);
    if (counted.days.until < piece.until)
      add_to_group(counting, credit, (Span){counted.days.until, piece.until}, group, i + 1);
    if (!counting->adds_shares || credit->is_overlay) return;
    Credit again = *credit;
    again.is_again = TRUE;
    accumulate_row(counting->scan, counting->cells, counting->chunk, counting->use, counting->row, &again,
                   (Span){MAX(piece.from, counted.days.from), MIN(piece.until, counted.days.until)}, counting->whole,
                   group);
    return;
  }
  if (seen->n < MAX_COUNTED) seen->counted[seen->n++] = (Counted){group, piece};
  accumulate_row(counting->scan, counting->cells, counting->chunk, counting->use, counting->row, credit, piece,
                 counting->whole, group);
}

/* Counts the row for one person in one place. */
static gboolean add_piece(Counting *counting, const Credit *credit, QueryPlace place, Span piece) {
  const Scan *scan = counting->scan;
  if (!query_where_allows(scan->plan->org, scan->plan->where, credit->person, place)) return TRUE;
  gint32 group = group_of(counting, credit->person, place);
  if (group < 0) return FALSE;
  add_to_group(counting, credit, piece, group, 0);
  return TRUE;
}

/* A row's days of `span` in the places that one person had in them; days in no place are a place of nothing. */
static gboolean credit_person(Counting *counting, const Credit *credit, Span span) {
  const QueryOrg *org = counting->scan->plan->org;
  guint n;
  const QueryPlace *places = query_org_places(org, credit->person, &n);
  KpiWhen when = counting->use->use->measure->when;
  gboolean one_day = when == KPI_WHEN_ON || when == KPI_WHEN_ALWAYS;
  if (one_day || (n == 1 && places->from == BASE_DAY_MIN && places->until == BASE_DAY_MAX))
    return add_piece(counting, credit, query_org_place_at(org, credit->person, span.from), span);
  BaseDay at = span.from;
  for (guint i = 0; i <= n && at < span.until; i++) {
    BaseDay next = i < n ? MAX(places[i].from, at) : span.until;
    if (next > at) {
      Span gap = {at, MIN(next, span.until)};
      if (!add_piece(counting, credit, nowhere, gap)) return FALSE;
      at = gap.until;
    }
    if (i == n || places[i].until <= at || at >= span.until) continue;
    Span piece = {at, places[i].until == BASE_DAY_MAX ? span.until : MIN(places[i].until, span.until)};
    if (!add_piece(counting, credit, places[i], piece)) return FALSE;
    at = piece.until;
  }
  return TRUE;
}

/* The row once, whoever shares it. */
static gboolean add_once(Counting *counting, Span span) {
  gint32 group = group_of(counting, 0, nowhere);
  if (group < 0) return FALSE;
  Credit all = {.to_ppm = WHOLE_PPM};
  accumulate_row(counting->scan, counting->cells, counting->chunk, counting->use, counting->row, &all, span,
                 counting->whole, group);
  return TRUE;
}

/* The row into the cells, and into those of the levels that do not follow from them: each has its own reckoning of what
 * it has counted already. Where only some people's credit is asked for or visible, it is that which counts, in totals
 * too. */
static gboolean credit_row(Counting *counting, const Credit *credits, guint n_credits, Span span) {
  const PlanTable *table = counting->table->table;
  const QueryPlan *plan = counting->scan->plan;
  guint n_dims = plan->n_dims;
  for (guint keep = 0; keep <= n_dims; keep++) {
    counting->cells = keep < n_dims ? table->shared[keep] : table->cells;
    counting->n_keep = keep;
    counting->seen->n = 0;
    if (counting->cells == NULL) continue;
    if (keep < n_dims && !query_plan_keeps_people(plan, keep) && !query_where_is_by_person(plan->where)) {
      if (!add_once(counting, span)) return FALSE;
      continue;
    }
    for (guint i = 0; i < n_credits; i++)
      if (!credit_person(counting, &credits[i], span)) return FALSE;
  }
  return TRUE;
}

static gboolean add_row(const Scan *scan, ScanTable *table, const StoreChunk *chunk, ScanUse *use, gsize row,
                        gint64 *members) {
  Seen seen; /* begun anew for each level: too large to be cleared for each row */
  KpiAgg agg = use->use->measure->agg;
  Counting counting = {scan, table,   chunk,         use,
                       row,  members, .seen = &seen, .adds_shares = agg == KPI_AGG_SUM || agg == KPI_AGG_MEAN};
  if (!accumulate_span(scan, chunk, use, row, &counting.whole)) return TRUE;
  accumulate_members(scan, table, chunk, row, members);
  if (accumulate_lacks_entity(table, scan->plan, members)) return TRUE;
  if (scan->sink != NULL) scan->sink->row++;
  Span left = counting.whole;
  do {
    Span span = left;
    gint32 owner = owner_in(scan, chunk, use, row, &span);
    Credit credits[MAX_CREDITS];
    guint n = credits_of(scan, chunk, row, owner, credits);
    if (!credit_row(&counting, credits, n, span)) return FALSE;
    left.from = span.until;
  } while (left.from < left.until);
  return TRUE;
}

gboolean accumulate_rows(const Scan *scan, ScanTable *table, const StoreChunk *chunk, gint64 *members) {
  for (guint u = 0; u < table->uses->len; u++) {
    ScanUse *use = &g_array_index(table->uses, ScanUse, u);
    const guint8 *counts = use->where < 0 ? NULL : conditions_rows(scan->conditions, use->where);
    for (gsize row = 0; row < chunk->n_rows; row++)
      if ((counts == NULL || counts[row]) && !add_row(scan, table, chunk, use, row, members)) return FALSE;
  }
  return TRUE;
}
