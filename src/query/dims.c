/* Dimensions: names resolved to paths, and the members they turn out to have.
 *
 * Built-in names go first (rep, manager, team, region and the levels of the team hierarchy: by the person credited).
 * Any other name is looked for where a sales manager would expect it, nearest first: a column of the fact, then of its
 * account, its product, the person credited, and at last of its deal and that deal's account. A dotted name says the
 * path itself (account.parent.industry). */
#include "query/dims.h"

#define MAX_HOPS 6

static const char *const person_names[] = {"rep", "team", "manager", "region"};
static const DimKind person_kinds[] = {DIM_REP, DIM_TEAM, DIM_MANAGER, DIM_REGION};
/* Other words people use. */
static const struct {
  const char *word, *name;
} synonyms[] = {{"owner", "rep"},       {"person", "rep"},       {"agent", "rep"},
                {"salesperson", "rep"}, {"customer", "account"}, {"lead_source", "source"}};

/* The tables, in the order in which a name is looked for from a fact. */
static const char *const stops[][2] = {
    {NULL, NULL},          {"account", NULL},          {"product", NULL},          {"", NULL},
    {"opportunity", NULL}, {"opportunity", "account"}, {"opportunity", "product"}, {"account", "territory"},
};

static gboolean can_group(const LedgerColumn *column) {
  return column->type == LEDGER_TEXT || column->type == LEDGER_REF || column->type == LEDGER_BOOL ||
         column->type == LEDGER_COUNT;
}

static const LedgerColumn *reference(const LedgerTable *table, const char *name) {
  const LedgerColumn *column = name[0] == '\0' ? ledger_table_owner(table) : ledger_table_column(table, name);
  return column != NULL && column->type == LEDGER_REF ? column : NULL;
}

static gboolean add_hop(DimPath *path, const LedgerTable *table, const LedgerColumn *column) {
  if (path->n_path >= MAX_HOPS) return FALSE;
  path->path[path->n_path++] = (KpiHop){table, column};
  return TRUE;
}

static DimPath dotted_path(const QueryContext *context, const LedgerTable *table, const char *name) {
  DimPath path = {0};
  g_auto(GStrv) steps = g_strsplit(name, ".", MAX_HOPS + 1);
  for (guint i = 0; steps[i] != NULL; i++) {
    if (i == 0 && g_str_equal(steps[0], table->name) && ledger_table_column(table, steps[0]) == NULL) continue;
    const LedgerColumn *column = table == NULL ? NULL : ledger_table_column(table, steps[i]);
    if (column == NULL || !add_hop(&path, table, column)) return (DimPath){0};
    gboolean last = steps[i + 1] == NULL;
    if (!last && column->type != LEDGER_REF) return (DimPath){0};
    if (last && !can_group(column)) return (DimPath){0};
    table = column->type == LEDGER_REF ? ledger_schema_find(context->schema, column->ref) : NULL;
  }
  path.possible = path.n_path > 0;
  return path;
}

/* The column `name` at one of the stops; a table's own name stands for the reference to it, or its row. */
static DimPath path_by_stop(const QueryContext *context, const LedgerTable *table, const char *const stop[2],
                            const char *name) {
  DimPath path = {0};
  for (guint i = 0; i < 2 && stop[i] != NULL; i++) {
    const LedgerColumn *hop = reference(table, stop[i]);
    if (hop == NULL || !add_hop(&path, table, hop)) return (DimPath){0};
    table = ledger_schema_find(context->schema, hop->ref);
  }
  const LedgerColumn *column = ledger_table_column(table, name);
  if (column != NULL && can_group(column)) {
    add_hop(&path, table, column);
    path.possible = TRUE;
  } else if (path.n_path == 0 && table->kind == LEDGER_DIMENSION && g_str_equal(table->name, name)) {
    add_hop(&path, table, NULL);
    path.possible = TRUE;
  }
  return path;
}

DimPath query_dim_path(const QueryContext *context, const LedgerTable *table, const Dim *dim) {
  if (query_dim_by_person(dim)) {
    DimPath path = {0};
    path.possible = ledger_table_owner(table) != NULL || g_str_equal(table->name, "person");
    if (!path.possible && dim->kind == DIM_REGION) return path_by_stop(context, table, stops[1], "region");
    return path;
  }
  if (strchr(dim->name, '.') != NULL) return dotted_path(context, table, dim->name);
  for (guint i = 0; i < G_N_ELEMENTS(stops); i++) {
    DimPath path = path_by_stop(context, table, stops[i], dim->name);
    if (path.possible) return path;
  }
  return (DimPath){0};
}

DimPath query_entity_path(const QueryContext *context, const LedgerTable *table, const LedgerTable *entity) {
  DimPath path = {0};
  if (table == entity) {
    path.possible = add_hop(&path, table, NULL);
    return path;
  }
  const LedgerColumn *owner = ledger_table_owner(table);
  if (g_str_equal(entity->name, "person") && owner != NULL) {
    path.possible = add_hop(&path, table, owner);
    return path;
  }
  const LedgerColumn *column = reference(table, entity->name);
  if (column != NULL && g_str_equal(column->ref, entity->name)) {
    path.possible = add_hop(&path, table, column);
    return path;
  }
  const LedgerColumn *deal = reference(table, "opportunity");
  if (deal == NULL) return path;
  const LedgerTable *deals = ledger_schema_find(context->schema, deal->ref);
  column = reference(deals, entity->name);
  if (column != NULL && g_str_equal(column->ref, entity->name))
    path.possible = add_hop(&path, table, deal) && add_hop(&path, deals, column);
  return path;
}

gboolean query_dim_by_person(const Dim *dim) {
  return dim->kind != DIM_PATH;
}

gint64 query_dim_place_member(const QueryOrg *org, const Dim *dim, gint32 person, QueryPlace place) {
  gint64 member = -1;
  switch (dim->kind) {
    case DIM_REP:
      member = person;
      break;
    case DIM_TEAM:
      member = place.team;
      break;
    case DIM_LEVEL:
      member = query_org_team_at_level(org, place.team, dim->name);
      break;
    case DIM_MANAGER:
      member = query_org_person(org, place.manager);
      break;
    case DIM_REGION:
      return place.region;
    case DIM_PATH:
      break;
  }
  return member > 0 ? member : -1;
}

const char *query_dim_table(const Dim *dim) {
  switch (dim->kind) {
    case DIM_REP:
    case DIM_MANAGER:
      return "person";
    case DIM_TEAM:
    case DIM_LEVEL:
      return "team";
    default:
      return NULL;
  }
}

/* A reference to a record that is no dimension (a deal, a lead) groups nothing: that record's columns do. */
static gboolean is_of_record(const QueryContext *context, const LedgerColumn *column) {
  return column->type == LEDGER_REF && ledger_schema_find(context->schema, column->ref)->kind != LEDGER_DIMENSION;
}

static GPtrArray *known_names(const QueryContext *context, const QueryOrg *org) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < G_N_ELEMENTS(person_names); i++) g_ptr_array_add(names, (gpointer)person_names[i]);
  for (const char *const *level = query_org_levels(org); *level != NULL; level++)
    g_ptr_array_add(names, (gpointer)*level);
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++) {
    const LedgerTable *table = ledger_schema_table(context->schema, t);
    for (guint c = 0; c < table->n_columns; c++)
      if (can_group(&table->columns[c]) && !is_of_record(context, &table->columns[c]))
        g_ptr_array_add(names, (gpointer)table->columns[c].name);
  }
  return names;
}

char *query_dim_word(const char *word) {
  char *asked = g_strstrip(g_ascii_strdown(word, -1));
  for (guint i = 0; i < G_N_ELEMENTS(synonyms); i++) {
    if (!g_str_equal(asked, synonyms[i].word)) continue;
    g_free(asked);
    return g_strdup(synonyms[i].name);
  }
  return asked;
}

static gboolean groups(const QueryContext *context, const LedgerTable *table, const Dim *dim) {
  DimPath path = query_dim_path(context, table, dim);
  const LedgerColumn *last = path.possible && path.n_path > 0 ? path.path[path.n_path - 1].column : NULL;
  return path.possible && (last == NULL || !is_of_record(context, last));
}

/* What kind of dimension a word means; FALSE: none. */
static gboolean find_kind(const QueryContext *context, const QueryOrg *org, const char *asked, DimKind *kind) {
  const Dim path = {DIM_PATH, asked};
  *kind = DIM_PATH;
  for (guint i = 0; i < G_N_ELEMENTS(person_names); i++)
    if (g_str_equal(asked, person_names[i])) {
      *kind = person_kinds[i];
      return TRUE;
    }
  if (query_org_has_level(org, asked)) {
    *kind = DIM_LEVEL;
    return TRUE;
  }
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++)
    if (groups(context, ledger_schema_table(context->schema, t), &path)) return TRUE;
  return FALSE;
}

/* Names last as long as the program, so only of what there is: anybody may ask for anything. */
gboolean query_dim_resolve(const QueryContext *context, const QueryOrg *org, const char *name, Dim *dim,
                           GError **error) {
  g_autofree char *asked = query_dim_word(name);
  *dim = (Dim){DIM_PATH, NULL};
  if (find_kind(context, org, asked, &dim->kind)) {
    dim->name = g_intern_string(asked);
    return TRUE;
  }
  if (error == NULL) return FALSE;
  g_autoptr(GPtrArray) names = known_names(context, org);
  const char *near = base_nearest(asked, (const char *const *)names->pdata, names->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
              "there is no dimension '%s'%s%s%s; \"by\" takes rep, manager, team, region, account, industry, product, "
              "source, stage, "
              "a level of the teams, or any column of a fact",
              name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
  return FALSE;
}

/* --- members --- */

struct DimMembers {
  const QueryContext *context;
  const QueryOrg *org;
  Dim dim;
  gboolean by_key;       /* ids are keys of a dimension table; else codes of texts */
  GPtrArray *names;      /* by id */
  GHashTable *namesakes; /* id -> what tells it from others of its name, of keys; NULL when there are none */
  GArray *survivors;     /* gint64 by id, 0 = itself */
  GHashTable *codes;     /* text -> id + 1 */
  GHashTable *by_name;   /* folded name -> GArray of gint64 ids; NULL: names are gone through */
  GHashTable *positions; /* folded stage name -> position */
  const char *table;     /* of keys */
  guint version;         /* goes up when names are read again */
};

/* Regions keep the codes that the organisation gave them. */
DimMembers *query_members_new(const QueryContext *context, const QueryOrg *org, const Dim *dim) {
  DimMembers *members = g_new0(DimMembers, 1);
  members->context = context;
  members->org = org;
  members->dim = *dim;
  members->names = g_ptr_array_new_with_free_func(g_free);
  members->survivors = g_array_new(FALSE, TRUE, sizeof(gint64));
  members->codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  const char *region;
  for (gint32 code = 0; dim->kind == DIM_REGION && (region = query_org_region_name(org, code)) != NULL; code++)
    query_members_intern(members, region);
  return members;
}

void query_members_free(DimMembers *members) {
  if (members == NULL) return;
  g_ptr_array_unref(members->names);
  g_array_unref(members->survivors);
  g_hash_table_unref(members->codes);
  g_clear_pointer(&members->by_name, g_hash_table_unref);
  g_clear_pointer(&members->positions, g_hash_table_unref);
  g_clear_pointer(&members->namesakes, g_hash_table_unref);
  g_free(members);
}

DimMembers **query_members_of(const QueryContext *context, const QueryOrg *org, const Dim *dims, guint n_dims,
                              GError **error) {
  DimMembers **members = g_new0(DimMembers *, n_dims + 1);
  for (guint d = 0; d < n_dims; d++) {
    members[d] = query_members_new(context, org, &dims[d]);
    if (query_members_load(members[d], query_dim_table(&dims[d]), error)) continue;
    query_members_free_all(members);
    return NULL;
  }
  return members;
}

void query_members_free_all(DimMembers **members) {
  for (guint d = 0; members != NULL && members[d] != NULL; d++) query_members_free(members[d]);
  g_free(members);
}

gint64 query_members_intern(DimMembers *members, const char *text) {
  if (text == NULL || text[0] == '\0') return -1;
  gpointer found = g_hash_table_lookup(members->codes, text);
  if (found != NULL) return GPOINTER_TO_INT(found) - 1;
  g_clear_pointer(&members->by_name, g_hash_table_unref);
  g_ptr_array_add(members->names, g_strdup(text));
  int id = (int)members->names->len - 1;
  g_hash_table_insert(members->codes, g_strdup(text), GINT_TO_POINTER(id + 1));
  return id;
}

static gboolean load_positions(DimMembers *members, GError **error) {
  members->positions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(StoreRows) rows =
      store_query(members->context->store,
                  "SELECT name, min(position) FROM stage WHERE position IS NOT NULL GROUP BY 1", NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    StoreValue name = store_rows_value(rows, r, 0);
    if (name.type == STORE_TEXT)
      g_hash_table_insert(members->positions, g_utf8_casefold(name.text, -1),
                          GINT_TO_POINTER((int)store_rows_value(rows, r, 1).integer));
  }
  return TRUE;
}

gboolean query_members_load(DimMembers *members, const char *table, GError **error) {
  if (table == NULL)
    return !g_str_equal(members->dim.name, "stage") || members->positions != NULL || load_positions(members, error);
  if (members->by_key) return TRUE;
  members->by_key = TRUE;
  members->table = g_intern_string(table);
  return query_members_reload(members, error);
}

const char *query_members_table(const DimMembers *members) {
  return members->table;
}

/* Two people of one name are two rows of an answer: each has its id behind the name then, or its source where the id is
 * no help. Merged records are not shown by themselves. */
char *query_namesakes_sql(const char *quoted, gboolean merges) {
  const char *rows = merges ? "merged_into IS NULL" : "true";
  return g_strdup_printf(
      "SELECT key, n || ' (' || CASE WHEN count(DISTINCT id) OVER (PARTITION BY n) < count(*) OVER (PARTITION BY n) "
      "THEN from_source || ' ' || id WHEN id = n THEN from_source ELSE id END || ')' AS shown FROM (SELECT key, id, "
      "from_source, coalesce(nullif(name, ''), id) AS n FROM %s WHERE %s) AS t WHERE n IN (SELECT "
      "coalesce(nullif(name, ''), id) FROM %s WHERE %s GROUP BY 1 HAVING count(*) > 1)",
      quoted, rows, quoted, rows);
}

static gboolean load_namesakes(DimMembers *members, const char *quoted, gboolean merged, GError **error) {
  g_clear_pointer(&members->namesakes, g_hash_table_unref);
  g_autofree char *sql = query_namesakes_sql(quoted, merged);
  g_autoptr(StoreRows) rows = store_query(members->context->store, sql, NULL, 0, 20000000, error);
  if (rows == NULL) return FALSE;
  if (store_rows_count(rows) > 0) members->namesakes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    gint64 key = store_rows_value(rows, r, 0).integer;
    StoreValue name = store_rows_value(rows, r, 1);
    if (key >= 0 && key <= G_MAXINT32 && name.type == STORE_TEXT)
      g_hash_table_insert(members->namesakes, GINT_TO_POINTER((int)key), g_strdup(name.text));
  }
  return TRUE;
}

gboolean query_members_reload(DimMembers *members, GError **error) {
  if (members->table == NULL) return TRUE;
  members->version++;
  g_clear_pointer(&members->by_name, g_hash_table_unref);
  const char *table = members->table;
  const LedgerTable *ledger = ledger_schema_find(members->context->schema, table);
  gboolean named = ledger_table_column(ledger, "name") != NULL;
  gboolean merged = ledger_table_column(ledger, "merged_into") != NULL;
  g_autofree char *quoted = store_quote_name(table);
  if (named && !load_namesakes(members, quoted, merged, error)) return FALSE;
  g_autofree char *sql = g_strdup_printf("SELECT key, %s, %s FROM %s", named ? "coalesce(nullif(name, ''), id)" : "id",
                                         merged ? "merged_into" : "NULL", quoted);
  g_autoptr(StoreRows) rows = store_query(members->context->store, sql, NULL, 0, 20000000, error);
  if (rows == NULL) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    gint64 key = store_rows_value(rows, r, 0).integer;
    if (key < 0 || key > G_MAXINT32) continue;
    if ((guint)key >= members->names->len) g_ptr_array_set_size(members->names, (int)key + 1);
    if ((guint)key >= members->survivors->len) g_array_set_size(members->survivors, (guint)key + 1);
    StoreValue name = store_rows_value(rows, r, 1);
    g_free(g_ptr_array_index(members->names, (guint)key));
    g_ptr_array_index(members->names, (guint)key) = g_strdup(name.type == STORE_TEXT ? name.text : "(no name)");
    StoreValue into = store_rows_value(rows, r, 2);
    if (into.type != STORE_NULL) g_array_index(members->survivors, gint64, (guint)key) = into.integer;
  }
  return TRUE;
}

static gpointer copy_name(gconstpointer name, gpointer unused) {
  (void)unused;
  return g_strdup(name);
}

DimMembers *query_members_copy(const DimMembers *members) {
  DimMembers *copy = g_memdup2(members, sizeof *members);
  copy->by_name = NULL;
  copy->names = g_ptr_array_copy(members->names, copy_name, NULL);
  g_ptr_array_set_free_func(copy->names, g_free);
  copy->survivors = g_array_copy(members->survivors);
  copy->codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (copy->positions != NULL) g_hash_table_ref(copy->positions);
  if (copy->namesakes != NULL) g_hash_table_ref(copy->namesakes);
  return copy;
}

guint query_members_version(const DimMembers *members) {
  return members->version;
}

gboolean query_members_differ(const DimMembers *members, const DimMembers *copy) {
  return members->version != copy->version || members->names->len != copy->names->len;
}

gint64 query_members_survivor(const DimMembers *members, gint64 id) {
  for (guint step = 0; step < 16 && id > 0 && id < members->survivors->len; step++) {
    gint64 into = g_array_index(members->survivors, gint64, (guint)id);
    if (into == 0 || into == id) break;
    id = into;
  }
  return id;
}

const char *query_members_name(const DimMembers *members, gint64 id) {
  if (id < 0 || (members->by_key && id == 0)) return NULL;
  const char *namesake =
      members->namesakes != NULL ? g_hash_table_lookup(members->namesakes, GINT_TO_POINTER((int)id)) : NULL;
  if (namesake != NULL) return namesake;
  return id < members->names->len ? g_ptr_array_index(members->names, (guint)id) : NULL;
}

static int stage_position(const DimMembers *members, const char *name) {
  if (members->positions == NULL || name == NULL) return 0;
  g_autofree char *folded = g_utf8_casefold(name, -1);
  int position = GPOINTER_TO_INT(g_hash_table_lookup(members->positions, folded));
  return position == 0 ? G_MAXINT : position;
}

int query_members_compare(const DimMembers *members, gint64 a, gint64 b) {
  const char *name_a = query_members_name(members, a), *name_b = query_members_name(members, b);
  if (name_a == NULL || name_b == NULL) return (name_a == NULL) - (name_b == NULL);
  int position_a = stage_position(members, name_a), position_b = stage_position(members, name_b);
  if (position_a != position_b) return position_a < position_b ? -1 : 1;
  int order = g_utf8_collate(name_a, name_b);
  return order != 0 ? order : (a > b) - (a < b);
}

void query_members_index(DimMembers *members) {
  g_clear_pointer(&members->by_name, g_hash_table_unref);
  members->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  for (gint64 id = 0; id < members->names->len; id++) {
    const char *name = g_ptr_array_index(members->names, id);
    if (name == NULL) continue;
    g_autofree char *folded = g_utf8_casefold(name, -1);
    GArray *ids = g_hash_table_lookup(members->by_name, folded);
    if (ids == NULL) {
      ids = g_array_new(FALSE, FALSE, sizeof(gint64));
      g_hash_table_insert(members->by_name, g_steal_pointer(&folded), ids);
    }
    g_array_append_val(ids, id);
  }
}

static gboolean is_folded(const char *name, const char *wanted) {
  g_autofree char *folded = name != NULL ? g_utf8_casefold(name, -1) : NULL;
  return folded != NULL && g_str_equal(folded, wanted);
}

gboolean query_members_find(const DimMembers *members, const char *name, GArray *ids) {
  g_autofree char *wanted = g_utf8_casefold(name, -1);
  guint before = ids->len;
  const GArray *known = members->by_name != NULL ? g_hash_table_lookup(members->by_name, wanted) : NULL;
  if (known != NULL) g_array_append_vals(ids, known->data, known->len);
  for (gint64 id = 0; members->by_name == NULL && id < members->names->len; id++)
    if (is_folded(g_ptr_array_index(members->names, id), wanted)) g_array_append_val(ids, id);
  for (gint64 id = 0; members->namesakes != NULL && ids->len == before && id < members->names->len; id++)
    if (is_folded(query_members_name(members, id), wanted)) g_array_append_val(ids, id);
  return ids->len > before;
}

const char *const *query_members_names(const DimMembers *members, gsize *n) {
  *n = members->names->len;
  return (const char *const *)members->names->pdata;
}
