/* What was reported is kept as numbers of names, and is no longer told from records: so it is told only where it is
 * sure whose it was, and that all of it is the reader's.
 *
 *   the total                                      others' records are in it
 *   a name that several have had                   it may have been another's then
 *   a member whose days are not all the reader's   so may be what others did on those days
 *   a KPI that looks at other days                 told only of whom the reader sees on all days there are
 *   a KPI that looks at the total                  never: with one's own share one would know it */
#include "lib/reported_sight.h"

#include "query/seen.h"

#define SEVERAL (-1)

void lib_limit_closing(Snapshot *snapshot) {
  snapshot->note = NULL;
  snapshot->n_values = -1;
}

/* --- whose a name is --- */

static void add_name(GHashTable *keys, const char *name, gint32 key) {
  g_autofree char *folded = g_utf8_casefold(name, -1);
  gpointer other;
  gboolean is_there = g_hash_table_lookup_extended(keys, folded, NULL, &other);
  if (is_there && GPOINTER_TO_INT(other) != key) key = SEVERAL;
  g_hash_table_replace(keys, g_steal_pointer(&folded), GINT_TO_POINTER(key));
}

/* Name → key, of all names that rows of the table have ever had. */
static GHashTable *read_names(const Session *session, const QueryOrg *org, const char *table, GError **error) {
  gboolean is_person = g_str_equal(table, "person");
  const char *sql = is_person ? "SELECT key, coalesce(nullif(name, ''), id) FROM person UNION SELECT key, "
                                "coalesce(nullif(name, ''), id) FROM person_history"
                              : "SELECT key, coalesce(nullif(name, ''), id) FROM team UNION SELECT key, "
                                "coalesce(nullif(name, ''), id) FROM team_history";
  g_autoptr(StoreRows) rows = store_query(session->store, sql, NULL, 0, 0, error);
  if (!rows) return NULL;
  GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    gint32 key = (gint32)store_rows_value(rows, r, 0).integer;
    StoreValue name = store_rows_value(rows, r, 1);
    if (name.type == STORE_TEXT) add_name(keys, name.text, is_person ? query_org_person(org, key) : key);
  }
  return keys;
}

/* --- what a KPI looks at --- */

/* Those that take a record, or a value, for itself. Any other may look at days before or after. */
static gboolean is_of_its_days(const char *function) {
  static const char *const plain[] = {"count",  "sum",      "mean",  "distinct", "min",   "max",
                                      "median", "quantile", "if",    "coalesce", "abs",   "contains",
                                      "days",   "hours",    "later", "earlier",  "round", "working_hours",
                                      "and",    "or",       "not",   "in",       NULL};
  return g_strv_contains(plain, function);
}

typedef enum { OF_ITS_DAYS, OF_OTHER_DAYS, OF_OTHERS } Reach;

static Reach reach_of(const SnapshotKpi *kpi) {
  Reach reach = strstr(kpi->definition, " within ") ? OF_OTHER_DAYS : OF_ITS_DAYS;
  for (const char *open = strchr(kpi->definition, '('); open; open = strchr(open + 1, '(')) {
    const char *end = open, *start;
    while (end > kpi->definition && end[-1] == ' ') end--;
    for (start = end; start > kpi->definition && (g_ascii_isalnum(start[-1]) || start[-1] == '_');) start--;
    g_autofree char *function = g_strndup(start, (gsize)(end - start));
    if (g_str_equal(function, "total")) return OF_OTHERS;
    if (*function && !is_of_its_days(function)) reach = OF_OTHER_DAYS;
  }
  return reach;
}

/* --- rows --- */

typedef struct {
  const QuerySight *sight;
  QueryOrg *org;
  Dim dim;
  GHashTable *keys;
  CalendarPeriod period;
} Limit;

static gboolean is_told(const Limit *limit, const SnapshotKpi *kpi, const SnapshotPair *pair) {
  if (pair->is_total || !pair->member) return FALSE;
  Reach reach = reach_of(kpi);
  g_autofree char *folded = g_utf8_casefold(pair->member, -1);
  gint32 key = GPOINTER_TO_INT(g_hash_table_lookup(limit->keys, folded));
  if (reach == OF_OTHERS || key <= 0) return FALSE;
  BaseDay start = reach == OF_ITS_DAYS ? limit->period.start : BASE_DAY_MIN;
  BaseDay end = reach == OF_ITS_DAYS ? limit->period.end : BASE_DAY_MAX;
  return query_sight_share(limit->sight, limit->org, &limit->dim, key, start, end) == QUERY_SHARE_ALL;
}

static void limit_pairs(const Limit *limit, const AnswerReported *reported) {
  GArray *pairs = reported->comparison->pairs;
  guint n = 0;
  for (guint i = 0; i < pairs->len; i++) {
    SnapshotPair pair = g_array_index(pairs, SnapshotPair, i);
    if (is_told(limit, &g_array_index(reported->snapshot->kpis, SnapshotKpi, pair.kpi), &pair))
      g_array_index(pairs, SnapshotPair, n++) = pair;
  }
  g_array_set_size(pairs, n);
}

gboolean lib_limit_reported(const Session *session, AnswerReported *reported, GError **error) {
  Limit limit = {.sight = session->sight, .period = reported->snapshot->period};
  QueryContext context = answer_context(session);
  g_autoptr(QueryOrg) org = query_org_load(&context, error);
  if (!org || (reported->by && !query_dim_resolve(&context, org, reported->by, &limit.dim, error))) return FALSE;
  if (!reported->by || !query_dim_by_person(&limit.dim) || limit.dim.kind == DIM_REGION) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                "what was reported of all is for those who see the whole company: ask by rep, team or manager");
    return FALSE;
  }
  limit.org = org;
  g_autoptr(GHashTable) keys = limit.keys = read_names(session, org, query_dim_table(&limit.dim), error);
  if (!keys) return FALSE;
  limit_pairs(&limit, reported);
  lib_limit_closing(reported->snapshot);
  return TRUE;
}
