/* Members by name: those of the dimension's table (people, teams, products), else the texts that stand in columns of
 * its name (regions, industries, sources). */
#include "target/members.h"

#include "query/dims.h"
#include "query/seen.h"
#include "store/values.h"
#include "target/capacity.h"

#define MAX_NAMES 1000000

static const char *const named[] = {"rep", "team", "manager", "region", "product", "industry", "segment", "source"};

static int by_name(gconstpointer a, gconstpointer b) {
  return g_utf8_collate(*(const char *const *)a, *(const char *const *)b);
}

/* The dimension table whose rows are the members; NULL: they are texts. */
static const char *table_of(const QueryContext *context, const Dim *dim) {
  if (query_dim_by_person(dim)) return query_dim_table(dim);
  const LedgerTable *table = ledger_schema_find(context->schema, dim->name);
  return table && table->kind == LEDGER_DIMENSION ? table->name : NULL;
}

static void append_select(GString *sql, const char *table, const char *column) {
  g_autofree char *from = store_quote_name(table), *name = store_quote_name(column);
  g_string_append_printf(sql, "%sSELECT %s AS name FROM %s WHERE %s <> ''", sql->len > 0 ? " UNION " : "", name, from,
                         name);
}

/* Of "account.country" the column of accounts, of "source" any of the name. */
static char *text_columns_sql(const QueryContext *context, const char *dimension) {
  GString *sql = g_string_new(NULL);
  const char *dot = strrchr(dimension, '.'), *column = dot ? dot + 1 : dimension;
  g_autofree char *owner = dot ? g_strndup(dimension, (gsize)(dot - dimension)) : NULL;
  const char *only = owner && strrchr(owner, '.') ? strrchr(owner, '.') + 1 : owner;
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++) {
    const LedgerTable *table = ledger_schema_table(context->schema, t);
    const LedgerColumn *found = ledger_table_column(table, column);
    if (table->kind != LEDGER_DERIVED && found && found->type == LEDGER_TEXT &&
        (!only || g_str_equal(only, table->name)))
      append_select(sql, table->name, column);
  }
  return g_string_free(sql, FALSE);
}

/* The keys of a dimension table's rows that stand for themselves. */
static char *keys_sql(const QueryContext *context, const Dim *dim, const char *name) {
  gboolean merged = ledger_table_column(ledger_schema_find(context->schema, name), "merged_into") != NULL;
  g_autofree char *quoted = store_quote_name(name);
  GString *sql = g_string_new(NULL);
  g_string_append_printf(sql, "SELECT key FROM %s WHERE %s", quoted, merged ? "merged_into IS NULL" : "true");
  if (dim->kind == DIM_MANAGER)
    g_string_append(sql,
                    " AND key IN (SELECT manager FROM team UNION SELECT manager FROM membership UNION SELECT "
                    "person FROM leadership)");
  return g_string_free(sql, FALSE);
}

/* The names under which answers show the rows of these keys: people of one name are told apart in them. Of people and
 * teams only those that who asks may be told of. */
static GPtrArray *names_of_keys(const QueryContext *context, const QueryOrg *org, const Dim *dim, const char *table,
                                const StoreRows *keys, GError **error) {
  g_autoptr(DimMembers) members = query_members_new(context, org, dim);
  if (!query_members_load(members, table, error)) return NULL;
  gboolean is_of_people = g_str_equal(table, "person") || g_str_equal(table, "team");
  g_autoptr(GHashTable) seen = context->sight && is_of_people ? query_sight_members(context->sight, org, dim) : NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; i < store_rows_count(keys); i++) {
    gint64 key = store_int_at(keys, i, 0);
    if (seen && !g_hash_table_contains(seen, &key)) continue;
    const char *name = query_members_name(members, store_int_at(keys, i, 0));
    if (name) g_ptr_array_add(names, g_strdup(name));
  }
  g_ptr_array_sort(names, by_name);
  return names;
}

static GPtrArray *names_of_texts(const QueryContext *context, const char *dimension, GError **error) {
  g_autofree char *names = text_columns_sql(context, dimension);
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
  if (!*names) return found;
  g_autofree char *sql = g_strconcat("SELECT DISTINCT name FROM (", names, ")", NULL);
  g_autoptr(StoreRows) rows = store_query(context->store, sql, NULL, 0, MAX_NAMES, error);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++)
    g_ptr_array_add(found, g_strdup(store_text_at(rows, i, 0)));
  g_ptr_array_sort(found, by_name);
  if (!rows) g_clear_pointer(&found, g_ptr_array_unref);
  return found;
}

GPtrArray *target_members_of(const QueryContext *context, const char *dimension, GError **error) {
  g_autoptr(QueryOrg) org = query_org_load(context, error);
  Dim dim;
  if (!org || !query_dim_resolve(context, org, dimension, &dim, error)) return NULL;
  const char *table = table_of(context, &dim);
  if (!table) return names_of_texts(context, dim.name, error);
  g_autofree char *sql = keys_sql(context, &dim, table);
  g_autoptr(StoreRows) keys = store_query(context->store, sql, NULL, 0, MAX_NAMES, error);
  return keys ? names_of_keys(context, org, &dim, table, keys, error) : NULL;
}

GPtrArray *target_members_within(const QueryContext *context, const char *dimension, const char *within_dimension,
                                 const char *within, BaseDay start, BaseDay end, GError **error) {
  g_autoptr(GArray) carriers = target_capacity(context, dimension, within_dimension, within, start, end, error);
  if (!carriers) return NULL;
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < carriers->len; i++)
    g_ptr_array_add(found, g_strdup(g_array_index(carriers, TargetCapacity, i).name));
  return found;
}

GPtrArray *target_members_selling(const QueryContext *context, const char *dimension, BaseDay start, BaseDay end,
                                  GError **error) {
  if (!g_str_equal(dimension, "rep")) return target_members_of(context, dimension, error);
  return target_members_within(context, dimension, NULL, NULL, start, end, error);
}

static void clear_known(gpointer data) {
  TargetKnown *known = data;
  g_free(known->dimension);
  g_free(known->name);
}

GArray *target_members_known(const QueryContext *context, GError **error) {
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(TargetKnown));
  g_array_set_clear_func(all, clear_known);
  for (guint d = 0; d < G_N_ELEMENTS(named); d++) {
    g_autoptr(GPtrArray) names = target_members_of(context, named[d], error);
    if (!names) return NULL;
    for (guint i = 0; i < names->len; i++) {
      TargetKnown known = {g_strdup(named[d]), g_strdup(g_ptr_array_index(names, i))};
      g_array_append_val(all, known);
    }
  }
  return g_steal_pointer(&all);
}

static const char *find_name(const GPtrArray *names, const char *text) {
  g_autofree char *wanted = g_utf8_casefold(text, -1);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *folded = g_utf8_casefold(g_ptr_array_index(names, i), -1);
    if (g_str_equal(folded, wanted)) return g_ptr_array_index(names, i);
  }
  return NULL;
}

/* Those that are "Bo Lund (17)" and "Bo Lund (23)" where "Bo Lund" was written. */
static GPtrArray *find_namesakes(const GPtrArray *names, const char *text) {
  g_autofree char *begin = g_strconcat(text, " (", NULL), *wanted = g_utf8_casefold(begin, -1);
  GPtrArray *found = g_ptr_array_new();
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *folded = g_utf8_casefold(g_ptr_array_index(names, i), -1);
    if (g_str_has_prefix(folded, wanted)) g_ptr_array_add(found, g_ptr_array_index(names, i));
  }
  return found;
}

void target_member_missing(const char *dimension, const GPtrArray *names, const char *text, GError **error) {
  g_autoptr(GPtrArray) namesakes = find_namesakes(names, text);
  if (namesakes->len > 1) {
    guint n = namesakes->len;
    g_ptr_array_add(namesakes, NULL);
    g_autofree char *all = g_strjoinv(" or ", (char **)namesakes->pdata);
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%u %ss are named \"%s\": write %s", n, dimension, text, all);
    return;
  }
  const char *nearest = base_nearest(text, (const char *const *)names->pdata, names->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no %s \"%s\"%s%s%s", dimension, text,
              nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

/* Which people and teams there are is told by who sees them; products, regions and the like are words of the whole
 * company. But who asks for an account by a name nearly right would be told the name of one that they do not see. */
static gboolean may_name(const QueryContext *context, const char *dimension, GError **error) {
  g_autofree char *name = query_dim_word(dimension);
  gboolean is_named = context->sight == NULL;
  for (guint d = 0; d < G_N_ELEMENTS(named); d++) is_named |= g_str_equal(named[d], name);
  if (!is_named)
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                "targets and scorecards of one %s are for those who see the whole company", name);
  return is_named;
}

gboolean target_who_read(const QueryContext *context, const char *text, char **dimension, char **member,
                         GError **error) {
  const char *colon = strchr(text, ':');
  if (!colon && g_ascii_strcasecmp(text, TARGET_COMPANY) == 0) {
    *dimension = g_strdup(TARGET_COMPANY);
    *member = NULL;
    return TRUE;
  }
  if (!colon || colon == text) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "\"%s\" does not say whose: write company, or a dimension and a name: team:North, \"rep:Ana Silva\"",
                text);
    return FALSE;
  }
  g_autofree char *written = g_strndup(text, (gsize)(colon - text));
  g_autofree char *name = g_strstrip(g_strdup(colon + 1)), *dim = g_ascii_strdown(g_strstrip(written), -1);
  if (!may_name(context, dim, error)) return FALSE;
  g_autoptr(GPtrArray) names = target_members_of(context, dim, error);
  if (!names) return FALSE;
  const char *found = *name ? find_name(names, name) : NULL;
  if (*name && !found) {
    target_member_missing(dim, names, name, error);
    return FALSE;
  }
  *dimension = query_dim_word(dim);
  *member = g_strdup(found);
  return TRUE;
}

char *target_who_write(const char *dimension, const char *member) {
  if (g_str_equal(dimension, TARGET_COMPANY)) return g_strdup(dimension);
  return g_strconcat(dimension, ":", member, NULL);
}
