/* Scans: one SELECT for each fact, whatever the number of KPIs asked of it.
 *
 * The engine keeps the days asked and projects: anchor days, values, the columns of the grouping, and what conditions
 * need (condition.c). Accumulation is in columns.c and accumulate.c. */
#include "query/scan.h"

#include "query/changes.h"

static gint add_column(Scan *scan, char *sql, StoreColumnType type) {
  return scan_column_add(scan->columns, sql, type);
}

/* Takes `sql` over. */
static char *wrap(const char *before, char *sql, const char *after) {
  char *wrapped = g_strconcat(before, sql, after, NULL);
  g_free(sql);
  return wrapped;
}

static char *cast(char *sql, const char *type) {
  g_autofree char *after = g_strdup_printf(" AS %s)", type);
  return wrap("CAST(", sql, after);
}

static gint add_day(Scan *scan, SqlSelect *select, const KpiExpr *expr) {
  return expr == NULL ? -1 : add_column(scan, sql_day(select, expr), STORE_COLUMN_INT32);
}

static gint add_value(Scan *scan, SqlSelect *select, const KpiExpr *expr, gint64 scale) {
  char *sql = sql_value(select, expr);
  if (scale != 1) return add_column(scan, cast(sql, "DOUBLE"), STORE_COLUMN_DOUBLE);
  if (expr->op != KPI_OP_COLUMN) sql = cast(wrap("round(", sql, ")"), "BIGINT");
  return add_column(scan, sql, STORE_COLUMN_INT64);
}

/* DISTINCT, CLV: a dimension's key, a fact's key, or a text. */
static gint add_identity(Scan *scan, SqlSelect *select, const KpiExpr *expr, const LedgerTable **refers_to) {
  if (expr->unit.kind == KPI_TEXT) return add_column(scan, sql_value(select, expr), STORE_COLUMN_TEXT);
  const KpiExpr *named =
      expr; /* of a choice, coalesce(a, b) or if(c, a, b): all its branches refer to the same table */
  while (named->op != KPI_OP_COLUMN) named = named->args[named->op == KPI_OP_IF ? 1 : 0];
  const KpiHop *last = &named->path[named->n_path - 1];
  const LedgerTable *to =
      last->column == NULL ? last->table : ledger_schema_find(scan->plan->context->schema, last->column->ref);
  gboolean small = to != NULL && to->kind == LEDGER_DIMENSION;
  *refers_to = to;
  return add_column(scan, sql_value(select, expr), small ? STORE_COLUMN_INT32 : STORE_COLUMN_UINT64);
}

static ScanUse scan_use(Scan *scan, SqlSelect *select, PlanUse *use) {
  const KpiMeasure *measure = use->measure;
  ScanUse made = {.use = use, .where = -1, .value = -1, .value_to = -1, .on_at = -1};
  switch (measure->agg) {
    case KPI_AGG_COUNT:
      break;
    case KPI_AGG_DISTINCT:
      made.value = add_identity(scan, select, measure->value, &made.refers_to);
      break;
    case KPI_AGG_KM:
      made.value = add_day(scan, select, measure->value);
      made.value_to = add_day(scan, select, measure->value_to);
      break;
    case KPI_AGG_CLV:
      made.value = add_value(scan, select, measure->value, use->scale);
      made.value_to = add_identity(scan, select, measure->value_to, &made.refers_to);
      break;
    case KPI_AGG_SUM:
    case KPI_AGG_MEAN:
      made.value = add_value(scan, select, measure->value, use->scale);
      break;
    default: {
      gboolean money = measure->unit.kind == KPI_QUANTITY && measure->unit.money_power != 0;
      made.value = add_value(scan, select, measure->value, money ? 1 : 1000000);
    }
  }
  made.on = add_day(scan, select, measure->on);
  made.until = add_day(scan, select, measure->until);
  made.due = add_day(scan, select, measure->due);
  made.due_too = add_day(scan, select, measure->due_too);
  made.past = add_day(scan, select, measure->past);
  if (scan->has_moves && measure->on != NULL)
    made.on_at = add_column(scan, cast(sql_value(select, measure->on), "TIMESTAMP"), STORE_COLUMN_INT64);
  return made;
}

static gint add_dimension(Scan *scan, SqlSelect *select, const DimPath *path, guint d, GError **error) {
  const LedgerColumn *last = path->path[path->n_path - 1].column;
  char *sql = sql_path(select, path->path, path->n_path);
  DimMembers *members = scan->plan->members[d];
  if (last == NULL || last->type == LEDGER_REF) {
    if (!query_members_load(members, last == NULL ? path->path[path->n_path - 1].table->name : last->ref, error))
      return -2;
    return add_column(scan, sql, STORE_COLUMN_INT32);
  }
  if (!query_members_load(members, NULL, error)) return -2;
  if (last->type == LEDGER_BOOL) sql = wrap("CASE WHEN ", sql, " THEN 'yes' ELSE 'no' END");
  if (last->type == LEDGER_COUNT) sql = cast(sql, "VARCHAR");
  return add_column(scan, sql, STORE_COLUMN_TEXT);
}

static gboolean add_table(Scan *scan, SqlSelect *select, PlanTable *table, GError **error) {
  QueryPlan *plan = scan->plan;
  ScanTable made = {.table = table,
                    .entity = -1,
                    .uses = g_array_new(FALSE, TRUE, sizeof(ScanUse)),
                    .selections = g_array_new(FALSE, TRUE, sizeof(ScanSelection)),
                    .groups_known = g_array_new(FALSE, FALSE, sizeof(gint32)),
                    .dims = g_new(gint, plan->n_dims + 1)};
  for (guint u = 0; u < table->uses->len; u++) {
    ScanUse use = scan_use(scan, select, g_ptr_array_index(table->uses, u));
    g_array_append_val(made.uses, use);
  }
  made.by_day = query_where_is_by_person(plan->where) || scan->sink != NULL;
  gboolean failed = FALSE;
  for (guint d = 0; d < plan->n_dims && !failed; d++) {
    DimPath path = query_dim_path(plan->context, table->fact, &plan->dims[d]);
    made.dims[d] = -1;
    if (path.possible && path.n_path > 0) failed = (made.dims[d] = add_dimension(scan, select, &path, d, error)) == -2;
    if (query_dim_by_person(&plan->dims[d]))
      made.by_day |= plan->dims[d].kind != DIM_REP || scan->has_moves || scan->has_splits;
  }
  if (!failed && table->entity != NULL) {
    DimPath path = query_entity_path(plan->context, table->fact, table->entity);
    made.entity_is_key = table->entity->kind != LEDGER_DIMENSION;
    made.entity = add_column(scan, sql_path(select, path.path, path.n_path),
                             made.entity_is_key ? STORE_COLUMN_UINT64 : STORE_COLUMN_INT32);
  }
  plan->counts_otherwise |= table->is_scanned && table->by_day != made.by_day;
  table->is_scanned = TRUE;
  table->by_day = made.by_day;
  g_array_append_val(scan->tables, made);
  return !failed;
}

/* After all other columns, of which conditions make use where they can. */
static void add_conditions(Scan *scan) {
  for (guint t = 0; t < scan->tables->len; t++) {
    ScanTable *table = &g_array_index(scan->tables, ScanTable, t);
    for (guint u = 0; u < table->uses->len; u++) {
      ScanUse *use = &g_array_index(table->uses, ScanUse, u);
      const KpiExpr *where = use->use->measure->where;
      if (where != NULL) use->where = conditions_add(scan->conditions, where);
      ScanSelection wanted = {.where = use->where, .on = use->on};
      use->selection = 0;
      while (use->selection < table->selections->len) {
        const ScanSelection *other = &g_array_index(table->selections, ScanSelection, use->selection);
        if (other->where == wanted.where && other->on == wanted.on) break;
        use->selection++;
      }
      if (use->selection == table->selections->len) g_array_append_val(table->selections, wanted);
    }
  }
}

/* Currencies become indexes into the rates known, in SQL, so that no text is looked up for each row. */
static void add_currency(Scan *scan, SqlSelect *select) {
  const QueryOrg *org = scan->plan->org;
  g_autofree char *currency = sql_currency(select);
  GString *sql = g_string_new("CASE ");
  g_string_append_printf(sql, "WHEN %s IS NULL THEN NULL ", currency);
  for (guint i = 0; i < query_org_n_currencies(org); i++) {
    g_autofree char *quoted = store_quote_text(query_org_currency(org, i));
    g_string_append_printf(sql, "WHEN %s = %s THEN %u ", currency, quoted, i);
  }
  g_string_append(sql, "ELSE -2 END");
  scan->currency = add_column(scan, cast(g_string_free(sql, FALSE), "INTEGER"), STORE_COLUMN_INT32);
}

static void make_slots(Scan *scan) {
  const GArray *boundaries = scan->plan->boundaries;
  if (boundaries->len == 0) return;
  scan->first_day = g_array_index(boundaries, BaseDay, 0);
  BaseDay last = g_array_index(boundaries, BaseDay, boundaries->len - 1);
  scan->n_days = (guint)(last - scan->first_day) + 1;
  scan->slot_of_day = g_new(gint32, scan->n_days);
  guint slot = 0;
  for (guint i = 0; i < scan->n_days; i++) {
    while (slot < boundaries->len && g_array_index(boundaries, BaseDay, slot) <= scan->first_day + (BaseDay)i) slot++;
    scan->slot_of_day[i] = (gint32)slot;
  }
}

static void scan_clear(Scan *scan) {
  for (guint c = 0; c < scan->columns->len; c++) g_free(g_array_index(scan->columns, ScanColumn, c).sql);
  for (guint t = 0; t < scan->tables->len; t++) {
    ScanTable *table = &g_array_index(scan->tables, ScanTable, t);
    g_array_unref(table->uses);
    g_free(table->dims);
    query_scan_table_clear(table);
  }
  for (guint c = 0; scan->slots != NULL && c < scan->columns->len; c++) g_free(scan->slots[c]);
  g_free(scan->slots);
  g_free(scan->slots_made);
  scan_batch_free(scan->batch);
  conditions_free(scan->conditions);
  g_array_unref(scan->columns);
  g_array_unref(scan->tables);
  g_free(scan->slot_of_day);
}

/* The texts by which people know a record. */
static void add_texts(Scan *scan, SqlSelect *select) {
  static const char *const names[] = {"name", "subject", "document", "course"};
  static const LedgerColumn id = {.name = "id", .type = LEDGER_TEXT};
  const LedgerTable *fact = scan->fact;
  gint *columns = scan->sink->columns;
  for (guint i = 0; i < SCAN_TEXTS; i++) columns[i] = -1;
  const LedgerColumn *deal = ledger_table_column(fact, "opportunity");
  const LedgerTable *deals = ledger_schema_find(scan->plan->context->schema, "opportunity");
  if (fact->kind != LEDGER_DERIVED) columns[0] = add_column(scan, g_strdup("t0.\"id\""), STORE_COLUMN_TEXT);
  if (fact->kind == LEDGER_DERIVED && deal != NULL) {
    KpiHop path[] = {{fact, deal}, {deals, &id}};
    columns[0] = add_column(scan, sql_path(select, path, 2), STORE_COLUMN_TEXT);
  }
  for (guint i = 0; i < G_N_ELEMENTS(names) && columns[1] < 0; i++) {
    const LedgerColumn *column = ledger_table_column(fact, names[i]);
    if (column == NULL || column->type != LEDGER_TEXT) continue;
    KpiHop hop = {fact, column};
    columns[1] = add_column(scan, sql_path(select, &hop, 1), STORE_COLUMN_TEXT);
  }
  if (columns[1] < 0 && deal != NULL) {
    KpiHop path[] = {{fact, deal}, {deals, ledger_table_column(deals, "name")}};
    columns[1] = add_column(scan, sql_path(select, path, 2), STORE_COLUMN_TEXT);
  }
  const LedgerColumn *account = ledger_table_column(fact, "account");
  if (account != NULL && account->type == LEDGER_REF) {
    const LedgerTable *to = ledger_schema_find(scan->plan->context->schema, account->ref);
    KpiHop path[] = {{fact, account}, {to, ledger_table_column(to, "name")}};
    columns[2] = add_column(scan, sql_path(select, path, 2), STORE_COLUMN_TEXT);
  }
  const LedgerColumn *stage = ledger_table_column(fact, "stage");
  if (stage == NULL || stage->type != LEDGER_TEXT) return;
  KpiHop hop = {fact, stage};
  columns[3] = add_column(scan, sql_path(select, &hop, 1), STORE_COLUMN_TEXT);
}

static char *scan_sql(const Scan *scan, const SqlSelect *select, const char *condition) {
  GString *sql = g_string_new("SELECT ");
  for (guint c = 0; c < scan->columns->len; c++)
    g_string_append_printf(sql, "%s%s AS c%u", c > 0 ? ", " : "", g_array_index(scan->columns, ScanColumn, c).sql, c);
  if (scan->columns->len == 0) g_string_append(sql, "CAST(0 AS INTEGER) AS c0");
  g_autofree char *from = sql_from(select);
  g_string_append(sql, from);
  if (condition != NULL) g_string_append_printf(sql, " WHERE %s", condition);
  return g_string_free(sql, FALSE);
}

/* The codes of texts are the scan's own: give the groups the question's ids. */
static void remap_texts(Scan *scan, StoreDictionary *const *dictionaries) {
  for (guint t = 0; t < scan->tables->len; t++) {
    ScanTable *table = &g_array_index(scan->tables, ScanTable, t);
    for (guint d = 0; d < scan->plan->n_dims; d++) {
      gint column = table->dims[d];
      if (column < 0 || dictionaries[column] == NULL) continue;
      gsize n = (gsize)store_dictionary_size(dictionaries[column]);
      g_autofree gint64 *map = g_new(gint64, n + 1);
      for (gsize i = 0; i < n; i++)
        map[i] = query_members_intern(scan->plan->members[d], store_dictionary_text(dictionaries[column], (gint32)i));
      cube_table_remap(table->table->cells, d, map, n);
      for (guint keep = d + 1; keep < scan->plan->n_dims; keep++)
        if (table->table->shared[keep] != NULL) cube_table_remap(table->table->shared[keep], d, map, n);
    }
  }
}

/* The ids of a scan's texts: by code. NULL, with `error` set, when there are too many. */
static guint32 *text_ids(StoreDictionary *known, const StoreDictionary *dictionary, GError **error) {
  gint32 n = store_dictionary_size(dictionary);
  g_autofree guint32 *ids = g_new(guint32, (gsize)n + 1);
  for (gint32 code = 0; code < n; code++) {
    gint32 id = store_dictionary_code(known, store_dictionary_text(dictionary, code));
    if (id < 0) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                  "more than %d different texts are counted in one KPI (cap: texts of a scan)", n);
      return NULL;
    }
    ids[code] = (guint32)id;
  }
  return g_steal_pointer(&ids);
}

/* Codes of texts that are counted become ids that are the same in every scan. The first scan's codes are the ids. */
static gboolean remap_identities(const Scan *scan, StoreDictionary *const *dictionaries, GError **error) {
  for (guint t = 0; t < scan->tables->len; t++) {
    ScanTable *table = &g_array_index(scan->tables, ScanTable, t);
    for (guint u = 0; u < table->uses->len; u++) {
      ScanUse *use = &g_array_index(table->uses, ScanUse, u);
      KpiAgg agg = use->use->measure->agg;
      gint column = agg == KPI_AGG_DISTINCT ? use->value : agg == KPI_AGG_CLV ? use->value_to : -1;
      if (column < 0 || dictionaries[column] == NULL) continue;
      if (use->use->texts == NULL) {
        use->use->texts = store_dictionary_hold(dictionaries[column]);
        continue;
      }
      g_autofree guint32 *ids = text_ids(use->use->texts, dictionaries[column], error);
      if (ids == NULL) return FALSE;
      gsize n = (gsize)store_dictionary_size(dictionaries[column]);
      cube_table_remap_ids(table->table->cells, use->use->column, ids, n);
      for (guint keep = 0; keep < scan->plan->n_dims; keep++)
        if (table->table->shared[keep] != NULL)
          cube_table_remap_ids(table->table->shared[keep], use->use->column, ids, n);
    }
  }
  return TRUE;
}

/* Only records that can matter to some measure are read. The conditions are by day, alike for many measures: those on
 * one day are one range. NULL when a measure has no day, or none is kept out. */
static char *asked_days(const Scan *scan, SqlSelect *select) {
  if (scan->plan->keeps_all || scan->plan->is_kept) return NULL;
  g_autoptr(GPtrArray) merged = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(g_free);
  for (guint u = 0; u < scan->plan->uses->len; u++) {
    const PlanUse *use = g_ptr_array_index(scan->plan->uses, u);
    if (use->measure->table != scan->fact) continue;
    if (use->measure->when == KPI_WHEN_ALWAYS || use->first == BASE_DAY_MAX) return NULL;
    g_autofree char *anywhere = sql_within(select, use->measure, BASE_DAY_MIN, BASE_DAY_MAX);
    PlanUse *found = NULL;
    for (guint m = 0; m < conditions->len && found == NULL; m++)
      if (g_str_equal(g_ptr_array_index(conditions, m), anywhere)) found = g_ptr_array_index(merged, m);
    if (found != NULL) {
      query_plan_span(found, use->first, use->last);
      continue;
    }
    g_ptr_array_add(conditions, g_steal_pointer(&anywhere));
    g_ptr_array_add(merged, g_memdup2(use, sizeof *use));
  }
  GString *sql = g_string_new("(");
  for (guint m = 0; m < merged->len; m++) {
    const PlanUse *use = g_ptr_array_index(merged, m);
    g_autofree char *within = sql_within(select, use->measure, use->first, use->last);
    g_string_append_printf(sql, "%s(%s)", m > 0 ? " OR " : "", within);
  }
  g_string_append_c(sql, ')');
  return g_string_free(sql, merged->len == 0);
}

static char *both(char *a, char *b) {
  if (a == NULL || b == NULL) return a != NULL ? a : b;
  char *joined = g_strdup_printf("%s AND %s", a, b);
  g_free(a);
  g_free(b);
  return joined;
}

/* Whose owners of the past may go with a fact's rows: its own, or those of the deals that it is derived from. */
static const LedgerTable *moving_table(const QueryPlan *plan, const LedgerTable *fact) {
  if (ledger_table_owner(fact) == NULL || fact->kind != LEDGER_DERIVED)
    return ledger_table_owner(fact) == NULL ? NULL : fact;
  return ledger_table_column(fact, "opportunity") != NULL ? ledger_schema_find(plan->context->schema, "opportunity")
                                                          : NULL;
}

static const char *moving_key(const LedgerTable *fact) {
  return fact->kind == LEDGER_DERIVED ? "t0.opportunity" : "t0.\"key\"";
}

/* Whether people are elsewhere whom rows may be credited to. */
static gboolean is_credited_otherwise(const Scan *scan) {
  const QueryPlan *plan = scan->plan;
  return plan->elsewhere != NULL && scan->owner >= 0 && query_org_difference_n_people(plan->elsewhere) > 0;
}

static char *changed_or_elsewhere(const Scan *scan, const SqlSelect *select) {
  const QueryPlan *plan = scan->plan;
  g_autofree char *changed = query_changes_sql(plan->changes, select, plan->changes_side);
  g_autofree char *elsewhere = query_org_difference_sql(
      plan->elsewhere, scan->fact, moving_table(plan, scan->fact),
      g_array_index(scan->columns, ScanColumn, (guint)scan->owner).sql, moving_key(scan->fact));
  return g_strdup_printf("(%s OR %s)", changed, elsewhere);
}

/* The condition of what is to be read, or NULL. Changed rows that are in memory are read from there, by a statement
 * that is the same each time. */
static char *rows_asked(const Scan *scan, SqlSelect *select, gboolean *is_kept) {
  const QueryPlan *plan = scan->plan;
  if (plan->changes == NULL) return asked_days(scan, select);
  if (is_credited_otherwise(scan)) return changed_or_elsewhere(scan, select);
  const StoreGiven *rows = query_changes_rows(plan->changes, select, plan->changes_side);
  *is_kept = rows != NULL;
  if (rows == NULL) return query_changes_sql(plan->changes, select, plan->changes_side);
  sql_read_rows(select, rows);
  return NULL;
}

/* What filling took is there for the cells of the next fact. */
static void settle_cells(const Scan *scan) {
  for (guint t = 0; t < scan->tables->len; t++) {
    const PlanTable *table = g_array_index(scan->tables, ScanTable, t).table;
    cube_table_settle(table->cells);
    for (guint keep = 0; keep < scan->plan->n_dims; keep++)
      if (table->shared[keep] != NULL) cube_table_settle(table->shared[keep]);
  }
}

static gboolean run_scan(Scan *scan, SqlSelect *select, GError **error) {
  g_autofree char *condition = NULL;
  gboolean is_kept = FALSE;
  if (!query_where_sql(scan->plan->context, scan->plan->where, select, scan->fact, &condition, error)) return FALSE;
  if (scan->sink != NULL) {
    add_texts(scan, select);
    if (scan->sink->inside != NULL)
      condition = both(condition, sql_inside(select, scan->sink->inside, scan->sink->first, scan->sink->at));
  } else {
    condition = both(condition, rows_asked(scan, select, &is_kept));
  }
  if (scan->columns->len == 0) add_column(scan, g_strdup("CAST(0 AS INTEGER)"), STORE_COLUMN_INT32);
  scan->slots = g_new0(gint32 *, scan->columns->len);
  scan->slots_made = g_new0(gboolean, scan->columns->len);
  char *sql = scan_sql(scan, select, condition);
  g_ptr_array_add(scan->plan->sql, sql);
  g_autofree StoreColumnType *types = g_new(StoreColumnType, scan->columns->len);
  for (guint c = 0; c < scan->columns->len; c++) types[c] = g_array_index(scan->columns, ScanColumn, c).type;
  g_autofree StoreDictionary **dictionaries = g_new0(StoreDictionary *, scan->columns->len);
  StoreScan request = {sql, types, scan->columns->len, is_kept};
  gint64 n_rows = 0;
  scan->batch = scan_batch_new(types, scan->columns->len);
  if (!store_scan(scan->plan->context->store, &request, query_scan_chunk, scan, dictionaries, &n_rows, error))
    return FALSE;
  if (!query_scan_rest(scan, dictionaries, error)) {
    for (guint c = 0; c < scan->columns->len; c++) g_clear_pointer(&dictionaries[c], store_dictionary_free);
    return FALSE;
  }
  scan->plan->timings.rows_scanned += n_rows;
  settle_cells(scan);
  remap_texts(scan, dictionaries);
  gboolean ok = !scan->plan->is_kept || remap_identities(scan, dictionaries, error);
  if (scan->sink != NULL) scan->sink->has_people = scan->owner >= 0;
  for (guint i = 0; scan->sink != NULL && i < SCAN_TEXTS; i++)
    if (scan->sink->columns[i] >= 0)
      scan->sink->dictionaries[i] = g_steal_pointer(&dictionaries[scan->sink->columns[i]]);
  for (guint c = 0; c < scan->columns->len; c++) g_clear_pointer(&dictionaries[c], store_dictionary_free);
  return ok;
}

static const LedgerTable *moved_table(const QueryPlan *plan, const LedgerTable *fact) {
  const LedgerTable *moving = moving_table(plan, fact);
  return moving != NULL && query_org_table_has_moves(plan->org, moving) ? moving : NULL;
}

/* Whether a scan reads anything: changes may be of none of its rows. */
static gboolean is_reached(const Scan *scan, const SqlSelect *select) {
  const QueryPlan *plan = scan->plan;
  return plan->changes == NULL || is_credited_otherwise(scan) ||
         query_changes_reach(plan->changes, select, plan->changes_side);
}

/* The columns that credit goes by. A listing of all records names who had them, and shares nothing. */
static void add_credit(Scan *scan, SqlSelect *select, gboolean by_person) {
  scan->has_moves = scan->moved != NULL;
  scan->has_splits = by_person && query_org_has_splits(scan->plan->org, scan->fact);
  KpiHop hop = {scan->fact, ledger_table_owner(scan->fact)};
  scan->owner = add_column(scan, sql_path(select, &hop, 1), STORE_COLUMN_INT32);
  if (scan->has_moves || scan->has_splits)
    scan->key = add_column(scan, g_strdup(moving_key(scan->fact)), STORE_COLUMN_UINT64);
}

static gboolean scan_fact(QueryPlan *plan, const LedgerTable *fact, ScanSink *sink, GError **error) {
  Scan scan = {.plan = plan, .fact = fact, .sink = sink, .owner = -1, .key = -1, .currency = -1};
  scan.columns = g_array_new(FALSE, TRUE, sizeof(ScanColumn));
  scan.tables = g_array_new(FALSE, TRUE, sizeof(ScanTable));
  g_autoptr(SqlSelect) select = sql_select_new(plan->context, fact);
  scan.conditions = conditions_new(select, scan.columns);
  gboolean by_person = query_where_is_by_person(plan->where);
  for (guint d = 0; d < plan->n_dims; d++) by_person |= query_dim_by_person(&plan->dims[d]);
  gboolean is_person = g_str_equal(fact->name, "person");
  gboolean ok = TRUE;
  gboolean is_hidden = !query_where_reaches(plan->where, fact);
  if (by_person || sink != NULL) scan.moved = moved_table(plan, fact);
  gboolean names_owners = (by_person || sink != NULL) && ledger_table_owner(fact) != NULL;
  if (names_owners || (by_person && is_person) || scan.moved != NULL) {
    add_credit(&scan, select, by_person);
  } else if (plan->where->people->len > 0) {
    const PersonFilter *filter = g_ptr_array_index(plan->where->people, 0);
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "where: %s cannot be asked of %s, whose records name nobody",
                filter->dim.name, fact->about);
    ok = FALSE;
  }
  for (guint t = 0; ok && t < plan->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(plan->tables, t);
    if (table->fact == fact) ok = add_table(&scan, select, table, error);
  }
  if (ok) add_conditions(&scan);
  make_slots(&scan);
  for (guint u = 0; ok && u < plan->uses->len; u++) {
    const PlanUse *use = g_ptr_array_index(plan->uses, u);
    if (use->measure->table != fact || use->missing_column < 0 || scan.currency >= 0 || !sql_uses_money(select))
      continue;
    add_currency(&scan, select);
  }
  if (ok && !is_hidden && is_reached(&scan, select)) ok = run_scan(&scan, select, error);
  scan_clear(&scan);
  return ok;
}

gboolean query_plan_scan(QueryPlan *plan, GError **error) {
  gint64 started = g_get_monotonic_time();
  for (guint t = 0; t < plan->tables->len; t++) {
    const PlanTable *table = g_ptr_array_index(plan->tables, t);
    gboolean done = FALSE;
    for (guint before = 0; before < t && !done; before++)
      done = ((PlanTable *)g_ptr_array_index(plan->tables, before))->fact == table->fact;
    if (!done && !scan_fact(plan, table->fact, NULL, error)) return FALSE;
  }
  for (guint t = 0; t < plan->tables->len; t++) {
    const PlanTable *table = g_ptr_array_index(plan->tables, t);
    if (cube_table_is_sparse(table->cells) && !plan->is_kept) cube_table_finish(table->cells);
    if (!cube_table_overflowed(table->cells)) continue;
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_LIMIT,
        "a total of %s is larger than 64-bit minor units can hold; look for an absurd amount with `attain records`",
        table->fact->about);
    return FALSE;
  }
  plan->timings.scan_ms = (double)(g_get_monotonic_time() - started) / 1000.0;
  return TRUE;
}

gboolean query_plan_list(QueryPlan *plan, ScanSink *sink, GError **error) {
  return scan_fact(plan, ((PlanTable *)g_ptr_array_index(plan->tables, 0))->fact, sink, error);
}
