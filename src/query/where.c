/* Conditions taken apart at `and`, each given to whoever can decide it. */
#include "query/where.h"

#include "query/seen.h"

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
  query_sight_free(where->sight);
  g_free(where);
}

/* --- taking apart --- */

#define MAX_BRACKETS 16
#define MAX_BYTES    20000 /* of all conditions of a question */

/* A letter that is not ASCII is one of a name too. */
static gboolean is_of_name(char c) {
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static gboolean is_word(const char *at, const char *start, const char *word) {
  gsize n = strlen(word);
  if (g_ascii_strncasecmp(at, word, n) != 0) return FALSE;
  return (at == start || !(is_of_name(at[-1]) || at[-1] == '.')) && !is_of_name(at[n]);
}

/* Past a text in quotes that starts at `at`, or to the end. */
static const char *past_text(const char *at) {
  const char *end = strchr(at + 1, *at);
  return end != NULL ? end + 1 : at + strlen(at);
}

/* The parts of `text` between the words that are not in quotes or brackets. */
static GPtrArray *split_at(const char *text, const char *word) {
  GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
  const char *from = text, *at = text;
  int depth = 0;
  while (*at != '\0') {
    if (*at == '\'' || *at == '"') {
      at = past_text(at);
      continue;
    }
    depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
    if (depth != 0 || !is_word(at, text, word)) {
      at++;
      continue;
    }
    g_ptr_array_add(parts, g_strstrip(g_strndup(from, (gsize)(at - from))));
    from = at += strlen(word);
  }
  g_ptr_array_add(parts, g_strstrip(g_strdup(from)));
  return parts;
}

/* Without brackets around all of it. Who writes more than a few gets the formula language's own message. */
static void strip_brackets(char *text) {
  for (int step = 0; step < MAX_BRACKETS; step++) {
    gsize n = strlen(text);
    int depth = 0;
    const char *at = text;
    if (n < 2 || text[0] != '(' || text[n - 1] != ')') return;
    while (*at != '\0') {
      if (*at == '\'' || *at == '"') {
        at = past_text(at);
        continue;
      }
      depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
      at++;
      if (depth == 0) break;
    }
    if (depth != 0 || at != text + n) return;
    text[n - 1] = '\0';
    memmove(text, text + 1, n - 1);
    g_strstrip(text);
  }
}

/* 'a', "b" or bare words; NULL when it is something else. `rest` is after the closing quote. */
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
    g_string_truncate(name, strlen(g_strchomp(name->str)));
    if (name->len == 0) return (g_string_free(name, TRUE), NULL);
  }
  while (g_ascii_isspace(*at)) at++;
  *rest = at;
  return g_string_free(name, FALSE);
}

/* `is empty`, `is not empty`: FALSE when it is neither. */
static gboolean read_empty(const char *at, gboolean *negated) {
  if (!is_word(at, at, "is")) return FALSE;
  at += 2;
  while (g_ascii_isspace(*at)) at++;
  *negated = is_word(at, at, "not");
  if (*negated) at += 3;
  while (g_ascii_isspace(*at)) at++;
  return g_ascii_strcasecmp(at, "empty") == 0;
}

/* `dimension = 'name'`, `<>`, `in (…)`, `not in (…)`, `is empty` (the name ''): TRUE when the text has this form, with
 * its parts. */
static gboolean read_membership(const char *text, char **dimension, gboolean *negated, char ***names) {
  gsize n = strcspn(text, " =<>!\t\n(");
  const char *at = text + n;
  while (g_ascii_isspace(*at)) at++;
  *negated = FALSE;
  gboolean list = FALSE;
  if (read_empty(at, negated)) {
    *dimension = g_strndup(text, n);
    *names = g_new0(char *, 2);
    (*names)[0] = g_strdup("");
    return TRUE;
  }
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

/* Whom the reader may be told of; NULL: all. */
static gboolean is_known(GHashTable *known, gint64 id) {
  return known == NULL || g_hash_table_contains(known, &id);
}

static void unknown_name(const PersonFilter *filter, GHashTable *known, const char *name, GError **error) {
  gsize n;
  const char *const *all = query_members_names(filter->members, &n);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (gsize i = 0; i < n; i++)
    if (all[i] != NULL && is_known(known, (gint64)i)) g_ptr_array_add(names, (gpointer)all[i]);
  const char *near = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "where: there is no %s '%s'%s%s%s", filter->dim.name, name,
              near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* Several people may bear one name: all of them are meant. Those whom the reader may not know of are as if they were
 * not there, so that no answer and no error tells of them. */
static gboolean add_name(PersonFilter *filter, GHashTable *known, const char *name, GError **error) {
  const gint64 nobody = -1;
  if (*name == '\0') {
    g_array_append_val(filter->ids, nobody);
    return TRUE;
  }
  guint before = filter->ids->len;
  query_members_find(filter->members, name, filter->ids);
  for (guint i = filter->ids->len; i-- > before;)
    if (!is_known(known, g_array_index(filter->ids, gint64, i))) g_array_remove_index(filter->ids, i);
  if (filter->ids->len > before) return TRUE;
  unknown_name(filter, known, name, error);
  return FALSE;
}

/* Takes `names` over. */
static gboolean add_person_filter(const QueryContext *context, const QueryOrg *org, QueryWhere *where, const Dim *dim,
                                  gboolean negated, char **names, GError **error) {
  PersonFilter *filter = g_new0(PersonFilter, 1);
  g_ptr_array_add(where->people, filter);
  filter->dim = *dim;
  filter->negated = negated;
  filter->names = names;
  filter->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (where->is_unread) return TRUE;
  filter->members = query_members_new(context, org, dim);
  if (dim->kind != DIM_REGION && !query_members_load(filter->members, query_dim_table(dim), error)) return FALSE;
  g_autoptr(GHashTable) known = where->sight != NULL ? query_sight_members(where->sight, org, dim) : NULL;
  for (char **name = names; *name != NULL; name++)
    if (!add_name(filter, known, *name, context->may_not_know ? NULL : error) && !context->may_not_know) return FALSE;
  return TRUE;
}

/* Whether `text` is a condition on a person's place alone; its names are then the caller's. */
static gboolean read_person(const QueryContext *context, const QueryOrg *org, const char *text, Dim *dim,
                            gboolean *negated, char ***names) {
  g_autofree char *dimension = NULL;
  if (!read_membership(text, &dimension, negated, names)) return FALSE;
  if (query_dim_resolve(context, org, dimension, dim, NULL) && query_dim_by_person(dim)) return TRUE;
  g_strfreev(*names);
  return FALSE;
}

/* `rep = 'Ana' or rep = 'Ben'` is rep in ('Ana', 'Ben'): the names of all parts, or NULL when they are not of one
 * place. */
static char **names_of_any(const QueryContext *context, const QueryOrg *org, const GPtrArray *parts, Dim *dim) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < parts->len; i++) {
    char **names;
    gboolean negated;
    Dim of;
    strip_brackets(g_ptr_array_index(parts, i));
    if (!read_person(context, org, g_ptr_array_index(parts, i), &of, &negated, &names)) return NULL;
    for (char **name = names; *name != NULL; name++) g_ptr_array_add(all, *name);
    g_free(names);
    if (negated || (i > 0 && (of.kind != dim->kind || !g_str_equal(of.name, dim->name)))) return NULL;
    *dim = of;
  }
  g_ptr_array_add(all, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

/* --- names in a condition --- */

typedef struct {
  const char *at;
  gsize length;
} Name;

/* The next name that is no function and no unit of a number, behind `from`. */
static gboolean next_name(const char *from, Name *name) {
  gboolean after_number = FALSE;
  while (*from != '\0') {
    if (*from == '\'' || *from == '"') {
      from = past_text(from);
    } else if (!is_of_name(*from)) {
      after_number &= g_ascii_isspace(*from);
      from++;
    } else {
      const char *end = from;
      while (is_of_name(*end) || *end == '.') end++;
      const char *next = end + strspn(end, " \t\n");
      gboolean number = g_ascii_isdigit(*from);
      *name = (Name){from, (gsize)(end - from)};
      if (!number && !after_number && *next != '(') return TRUE;
      after_number = number;
      from = end;
    }
  }
  return FALSE;
}

static gboolean has_open_text(const char *text) {
  for (const char *at = text; *at != '\0';) {
    if (*at != '\'' && *at != '"') {
      at++;
    } else if (strchr(at + 1, *at) == NULL) {
      return TRUE;
    } else {
      at = past_text(at);
    }
  }
  return FALSE;
}

/* Only the day of the event says where a person stood, which a condition on the records does not know. A text that does
 * not end is for the formula language to tell. */
static gboolean check_no_person(const QueryContext *context, const QueryOrg *org, const char *condition,
                                GError **error) {
  if (has_open_text(condition)) return TRUE;
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Name name = {condition, 0};
  while (next_name(name.at + name.length, &name)) {
    char *text = g_strndup(name.at, name.length);
    Dim dim;
    if (!g_hash_table_add(seen, text) || !query_dim_resolve(context, org, text, &dim, NULL) ||
        !query_dim_by_person(&dim))
      continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "where: %s goes by the day and cannot be part of \"%s\"; write it as a condition of its own, \"%s = 'a "
                "name'\" or \"%s in ('one', 'another')\"; several conditions must all hold",
                text, condition, text, text);
    return FALSE;
  }
  return TRUE;
}

static gboolean add_condition(const QueryContext *context, const QueryOrg *org, QueryWhere *where, const char *text,
                              int depth, GError **error);

static gboolean add_all(const QueryContext *context, const QueryOrg *org, QueryWhere *where, const GPtrArray *parts,
                        int depth, GError **error) {
  for (guint i = 0; i < parts->len; i++)
    if (!add_condition(context, org, where, g_ptr_array_index(parts, i), depth + 1, error)) return FALSE;
  return TRUE;
}

static gboolean add_condition(const QueryContext *context, const QueryOrg *org, QueryWhere *where, const char *text,
                              int depth, GError **error) {
  g_autofree char *condition = g_strstrip(g_strdup(text));
  strip_brackets(condition);
  if (condition[0] == '\0') {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "where: a condition is empty; write, say, \"amount > 10000\"");
    return FALSE;
  }
  Dim dim;
  gboolean negated;
  char **names;
  g_autoptr(GPtrArray) any = split_at(condition, "or");
  if (any->len > 1) {
    names = names_of_any(context, org, any, &dim);
    if (names != NULL) return add_person_filter(context, org, where, &dim, FALSE, names, error);
  } else {
    g_autoptr(GPtrArray) all = split_at(condition, "and");
    if (all->len > 1 && depth < MAX_BRACKETS) return add_all(context, org, where, all, depth, error);
    if (read_person(context, org, condition, &dim, &negated, &names))
      return add_person_filter(context, org, where, &dim, negated, names, error);
  }
  if (!check_no_person(context, org, condition, error)) return FALSE;
  g_ptr_array_add(where->conditions, g_strdup(condition));
  return TRUE;
}

/* Each of their names is looked up in the ledger. */
static gboolean check_sizes(const char *const *texts, GError **error) {
  gsize n = 0;
  for (const char *const *text = texts; text != NULL && *text != NULL; text++) n += strlen(*text);
  if (n <= MAX_BYTES) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
              "where: the conditions of a question have at most %d bytes in all (max_where), not %" G_GSIZE_FORMAT,
              MAX_BYTES, n);
  return FALSE;
}

static QueryWhere *read_texts(const QueryContext *context, const QueryOrg *org, const char *const *texts,
                              gboolean is_unread, GError **error) {
  g_autoptr(QueryWhere) where = g_new0(QueryWhere, 1);
  where->is_unread = is_unread;
  where->sight = query_sight_hold(context->sight);
  where->people = g_ptr_array_new_with_free_func(person_filter_free);
  where->conditions = g_ptr_array_new_with_free_func(g_free);
  if (!check_sizes(texts, error)) return NULL;
  for (const char *const *text = texts; text != NULL && *text != NULL; text++)
    if (!add_condition(context, org, where, *text, 0, error)) return NULL;
  return g_steal_pointer(&where);
}

QueryWhere *query_where_parse(const QueryContext *context, const QueryOrg *org, const char *const *texts,
                              GError **error) {
  return read_texts(context, org, texts, FALSE, error);
}

QueryWhere *query_where_take_apart(const QueryContext *context, const QueryOrg *org, const char *const *texts,
                                   GError **error) {
  return read_texts(context, org, texts, TRUE, error);
}

gboolean query_where_is_by_person(const QueryWhere *where) {
  return where->people->len > 0 || where->sight != NULL;
}

gboolean query_where_reaches(const QueryWhere *where, const LedgerTable *table) {
  return where->sight == NULL || ledger_table_owner(table) != NULL || g_str_equal(table->name, "person");
}

gboolean query_where_allows(const QueryOrg *org, const QueryWhere *where, gint32 person, QueryPlace place) {
  if (!query_sight_sees(where->sight, org, person, place)) return FALSE;
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

/* A reference compared with a text means the name of what it refers to. */
static gboolean meets_text(const char *rest) {
  static const char *const before[] = {"=", "<>", "!=", "<=", ">=", "<", ">", ","};
  rest += strspn(rest, " \t\n");
  if (is_word(rest, rest, "not")) rest += strlen("not");
  rest += strspn(rest, " \t\n");
  if (is_word(rest, rest, "in")) {
    rest += strlen("in") + strspn(rest + strlen("in"), " \t\n");
    return *rest == '(' && rest[1 + strspn(rest + 1, " \t\n")] == '\'';
  }
  for (gsize i = 0; i < G_N_ELEMENTS(before); i++)
    if (g_str_has_prefix(rest, before[i])) {
      rest += strlen(before[i]);
      return rest[strspn(rest, " \t\n")] == '\'';
    }
  return FALSE;
}

/* What `name` is called from `table`: `industry` on a deal is account.industry. NULL: as it is written. */
static char *name_from(const QueryContext *context, const LedgerTable *table, const char *name, const char *rest) {
  g_autofree char *word = query_dim_word(name);
  const Dim dim = {DIM_PATH, word};
  const LedgerColumn *own = ledger_table_column(table, dim.name);
  if (own != NULL && own->type != LEDGER_REF) return g_strdup(dim.name);
  DimPath path = query_dim_path(context, table, &dim);
  if (!path.possible || path.n_path == 0 || path.path[path.n_path - 1].column == NULL) return NULL;
  g_autofree char *full = dotted(&path);
  const LedgerColumn *last = path.path[path.n_path - 1].column;
  gboolean named = last->type == LEDGER_REF && meets_text(rest) &&
                   ledger_table_column(ledger_schema_find(context->schema, last->ref), "name") != NULL;
  return g_strconcat(full, named ? ".name" : "", NULL);
}

static char *rewrite_for(const QueryContext *context, const LedgerTable *table, const char *condition) {
  GString *text = g_string_new(NULL);
  const char *done = condition;
  Name name = {condition, 0};
  while (next_name(name.at + name.length, &name)) {
    g_autofree char *written = g_strndup(name.at, name.length);
    g_autofree char *full = name_from(context, table, written, name.at + name.length);
    if (full == NULL) continue;
    g_string_append_len(text, done, name.at - done);
    g_string_append(text, full);
    done = name.at + name.length;
  }
  g_string_append(text, done);
  return g_string_free(text, FALSE);
}

KpiExpr *query_where_condition(const QueryContext *context, const LedgerTable *table, const char *condition,
                               GError **error) {
  g_autofree char *rewritten = rewrite_for(context, table, condition);
  return kpi_parse_condition(context->catalogue, table, rewritten, error);
}

gboolean query_where_sql(const QueryContext *context, const QueryWhere *where, SqlSelect *select,
                         const LedgerTable *table, char **sql, GError **error) {
  GString *all = NULL;
  for (guint i = 0; i < where->conditions->len; i++) {
    KpiExpr *expr = query_where_condition(context, table, g_ptr_array_index(where->conditions, i), error);
    if (expr == NULL) {
      if (all != NULL) g_string_free(all, TRUE);
      return FALSE;
    }
    g_autofree char *text = sql_condition(select, expr);
    if (all == NULL)
      all = g_string_new(text);
    else
      g_string_append_printf(all, " AND %s", text);
  }
  *sql = all == NULL ? NULL : g_string_free(all, FALSE);
  return TRUE;
}
