/* Conditions taken apart at `and`, each given to whoever can decide it. */
#include "query/where.h"

static void person_filter_free(gpointer data) {
  PersonFilter *filter = data;
  g_strfreev(filter->names);
  g_array_unref(filter->ids);
  query_members_free(filter->members);
  g_free(filter);
}

void query_where_free(QueryWhere *where) {
  if (where == NULL) return;
  g_ptr_array_unref(where->people);
  g_ptr_array_unref(where->conditions);
  g_free(where);
}

/* --- taking apart --- */

static gboolean is_word(const char *at, const char *start, const char *word) {
  gsize n = strlen(word);
  if (g_ascii_strncasecmp(at, word, n) != 0) return FALSE;
  gboolean before = at == start || !(g_ascii_isalnum(at[-1]) || at[-1] == '_' || at[-1] == '.');
  gboolean after = !(g_ascii_isalnum(at[n]) || at[n] == '_');
  return before && after;
}

/* The parts of `text` between top-level `and`s; one part, the whole, when there is a top-level `or`. */
static GPtrArray *split_conjunction(const char *text) {
  GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
  const char *from = text;
  int depth = 0;
  gboolean quoted = FALSE, has_or = FALSE;
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '\'') quoted = !quoted;
    if (quoted) continue;
    if (*at == '(') depth++;
    if (*at == ')') depth--;
    if (depth != 0) continue;
    has_or |= is_word(at, text, "or");
    if (!is_word(at, text, "and")) continue;
    g_ptr_array_add(parts, g_strndup(from, (gsize)(at - from)));
    from = at + 3;
    at += 2;
  }
  g_ptr_array_add(parts, g_strdup(from));
  if (has_or) {
    g_ptr_array_set_size(parts, 0);
    g_ptr_array_add(parts, g_strdup(text));
  }
  for (guint i = 0; i < parts->len; i++) g_strstrip(g_ptr_array_index(parts, i));
  return parts;
}

/* 'a', 'b' or a bare word; NULL when it is something else. `rest` is after the closing quote. */
static char *read_name(const char **rest) {
  const char *at = *rest;
  while (g_ascii_isspace(*at)) at++;
  GString *name = g_string_new(NULL);
  if (*at == '\'' || *at == '"') {
    char quote = *at++;
    for (; *at != '\0'; at++) {
      if (*at == quote && at[1] == quote)
        at++;
      else if (*at == quote)
        break;
      g_string_append_c(name, *at);
    }
    if (*at == '\0') return (g_string_free(name, TRUE), NULL);
    at++;
  } else {
    while (*at != '\0' && *at != ',' && *at != ')') g_string_append_c(name, *at++);
    g_strchomp(name->str);
  }
  while (g_ascii_isspace(*at)) at++;
  *rest = at;
  return g_string_free(name, FALSE);
}

/* `dimension = 'name'`, `<>`, `in (…)`, `not in (…)`: TRUE when the text has this form, with its parts. */
static gboolean read_membership(const char *text, char **dimension, gboolean *negated, char ***names) {
  gsize n = strcspn(text, " =<>!\t\n(");
  const char *at = text + n;
  while (g_ascii_isspace(*at)) at++;
  *negated = FALSE;
  gboolean list = FALSE;
  if (is_word(at, text, "not")) {
    *negated = TRUE;
    at += 3;
    while (g_ascii_isspace(*at)) at++;
    if (!is_word(at, text, "in")) return FALSE;
  }
  if (is_word(at, text, "in")) {
    list = TRUE;
    at += 2;
    while (g_ascii_isspace(*at)) at++;
    if (*at++ != '(') return FALSE;
  } else if (g_str_has_prefix(at, "<>") || g_str_has_prefix(at, "!=")) {
    *negated = TRUE;
    at += 2;
  } else if (*at++ != '=') {
    return FALSE;
  }
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
  for (;;) {
    char *name = read_name(&at);
    if (name == NULL) return FALSE;
    g_ptr_array_add(found, name);
    if (list && *at == ',') {
      at++;
      continue;
    }
    if (list && *at++ != ')') return FALSE;
    if (*at != '\0') return FALSE;
    break;
  }
  g_ptr_array_add(found, NULL);
  *dimension = g_strndup(text, n);
  *names = (char **)g_ptr_array_free(g_steal_pointer(&found), FALSE);
  return TRUE;
}

/* --- people --- */

static const char *members_table(const Dim *dim) {
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

static gboolean add_person_filter(const QueryContext *context, const QueryOrg *org, QueryWhere *where, const Dim *dim,
                                  gboolean negated, char **names, GError **error) {
  PersonFilter *filter = g_new0(PersonFilter, 1);
  g_ptr_array_add(where->people, filter);
  filter->dim = *dim;
  filter->negated = negated;
  filter->names = names;
  filter->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  filter->members = query_members_new(context, org, dim);
  if (dim->kind != DIM_REGION && !query_members_load(filter->members, members_table(dim), error)) return FALSE;
  for (char **name = names; *name != NULL; name++) {
    gint64 id = query_members_find(filter->members, *name);
    if (id == -2) {
      gsize n;
      const char *const *all = query_members_names(filter->members, &n);
      g_autoptr(GPtrArray) known = g_ptr_array_new();
      for (gsize i = 0; i < n; i++)
        if (all[i] != NULL) g_ptr_array_add(known, (gpointer)all[i]);
      const char *near = base_nearest(*name, (const char *const *)known->pdata, known->len);
      g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "--where: there is no %s '%s'%s%s%s", dim->name, *name,
                  near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
      return FALSE;
    }
    /* Several people may bear one name: all of them are meant. */
    gsize n;
    const char *const *all = query_members_names(filter->members, &n);
    for (gint64 i = id; i < (gint64)n; i++)
      if (all[i] != NULL && g_ascii_strcasecmp(all[i], all[id]) == 0) g_array_append_val(filter->ids, i);
  }
  return TRUE;
}

QueryWhere *query_where_parse(const QueryContext *context, const QueryOrg *org, const char *const *texts,
                              GError **error) {
  g_autoptr(QueryWhere) where = g_new0(QueryWhere, 1);
  where->people = g_ptr_array_new_with_free_func(person_filter_free);
  where->conditions = g_ptr_array_new_with_free_func(g_free);
  for (const char *const *text = texts; text != NULL && *text != NULL; text++) {
    g_autoptr(GPtrArray) parts = split_conjunction(*text);
    for (guint i = 0; i < parts->len; i++) {
      const char *part = g_ptr_array_index(parts, i);
      g_autofree char *dimension = NULL;
      char **names = NULL;
      gboolean negated;
      if (read_membership(part, &dimension, &negated, &names)) {
        Dim dim;
        if (query_dim_resolve(context, org, dimension, &dim, NULL) && query_dim_by_person(&dim)) {
          if (!add_person_filter(context, org, where, &dim, negated, names, error)) return NULL;
          continue;
        }
        g_strfreev(names);
      }
      if (part[0] == '\0') {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                    "--where: a condition is empty; write, say, --where \"amount > 10000\"");
        return NULL;
      }
      g_ptr_array_add(where->conditions, g_strdup(part));
    }
  }
  return g_steal_pointer(&where);
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

gboolean query_where_allows(const QueryOrg *org, const QueryWhere *where, gint32 person, QueryPlace place) {
  for (guint f = 0; f < where->people->len; f++) {
    const PersonFilter *filter = g_ptr_array_index(where->people, f);
    gint64 member = query_dim_place_member(org, &filter->dim, person, place);
    gboolean found = FALSE;
    for (guint i = 0; i < filter->ids->len && !found; i++) found = g_array_index(filter->ids, gint64, i) == member;
    if (found == filter->negated) return FALSE;
  }
  return TRUE;
}

/* --- the rest, as SQL --- */

static char *dotted(const DimPath *path) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < path->n_path; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? "." : "", path->path[i].column->name);
  return g_string_free(text, FALSE);
}

/* A condition that names a dimension the fact has only by way of its references: `industry = 'x'` on a deal is
 * account.industry; a reference compared with a text means the name of what it refers to. */
static char *rewrite_for(const QueryContext *context, const LedgerTable *table, const char *condition) {
  gsize n = strcspn(condition, " =<>!\t\n(");
  g_autofree char *name = g_ascii_strdown(condition, (gssize)n);
  Dim dim = {DIM_PATH, g_intern_string(name)};
  if (n == 0 || condition[n] == '(') return g_strdup(condition);
  DimPath path = query_dim_path(context, table, &dim);
  if (!path.possible || path.n_path == 0 || path.path[path.n_path - 1].column == NULL) return g_strdup(condition);
  g_autofree char *full = dotted(&path);
  const LedgerColumn *last = path.path[path.n_path - 1].column;
  const char *suffix = "";
  if (last->type == LEDGER_REF && strchr(condition + n, '\'') != NULL) {
    const LedgerTable *to = ledger_schema_find(context->schema, last->ref);
    if (ledger_table_column(to, "name") != NULL) suffix = ".name";
  }
  return g_strconcat(full, suffix, condition + n, NULL);
}

gboolean query_where_sql(const QueryContext *context, const QueryWhere *where, SqlSelect *select,
                         const LedgerTable *table, char **sql, GError **error) {
  GString *all = NULL;
  for (guint i = 0; i < where->conditions->len; i++) {
    const char *condition = g_ptr_array_index(where->conditions, i);
    g_autofree char *rewritten = rewrite_for(context, table, condition);
    KpiExpr *expr = kpi_parse_condition(context->catalogue, table, rewritten, error);
    if (expr == NULL) {
      if (all != NULL) g_string_free(all, TRUE);
      return FALSE;
    }
    g_autofree char *text = sql_value(select, expr);
    if (all == NULL)
      all = g_string_new(text);
    else
      g_string_append_printf(all, " AND %s", text);
  }
  *sql = all == NULL ? NULL : g_string_free(all, FALSE);
  return TRUE;
}
