/* Questions about one person, manager or team, recognised: by the reader's sight, or by a condition of --where.
 *
 *   own scorecards of 500 people      500 sights of one person each      one board by rep
 *   `rep = 'Ana'`, by product                                            the board by rep and product
 *   a leader's sight, `rep = 'Ana'`                                      the board by manager and rep
 *
 * What the names and teams of a question mean may change only where people or teams do: so they are looked up in an
 * organisation that is read once in between. Whatever is not plainly one member (a name that several bear, a team whose
 * level is also that of one below it, a condition on a region) is left to a board of its own. */
#include "query/live_private.h"
#include "query/seen.h"

struct LivePeople {
  gint n_holders; /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  guint organisation;
  QueryContext context; /* its store is NULL */
  QueryOrg *org;
  DimMembers *people, *teams;
};

void live_people_free(LivePeople *people) {
  if (people == NULL || !g_atomic_int_dec_and_test(&people->n_holders)) return;
  query_org_free(people->org);
  query_members_free(people->people);
  query_members_free(people->teams);
  g_free(people);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LivePeople, live_people_free)

static LivePeople *people_held(QueryLive *live, guint organisation) {
  LivePeople *found = NULL;
  pthread_mutex_lock(&live->answering);
  if (live->people != NULL && live->people->organisation == organisation) {
    found = live->people;
    g_atomic_int_inc(&found->n_holders);
  }
  pthread_mutex_unlock(&live->answering);
  return found;
}

static DimMembers *members_of(const LivePeople *people, DimKind kind, const char *name, GError **error) {
  const Dim dim = {.kind = kind, .name = name};
  g_autoptr(DimMembers) members = query_members_new(&people->context, people->org, &dim);
  if (!query_members_load(members, query_dim_table(&dim), error)) return NULL;
  query_members_index(members);
  return g_steal_pointer(&members);
}

static LivePeople *people_read(const LiveSide *side, Store *store, GError **error) {
  g_autoptr(LivePeople) people = g_new0(LivePeople, 1);
  people->n_holders = 1;
  people->organisation = side->organisation;
  people->context = live_writer_context(side, store);
  people->org = query_org_load(&people->context, error);
  if (people->org == NULL) return NULL;
  people->people = members_of(people, DIM_REP, "rep", error);
  if (people->people != NULL) people->teams = members_of(people, DIM_TEAM, "team", error);
  people->context.store = NULL;
  return people->teams == NULL ? NULL : g_steal_pointer(&people);
}

/* NULL where the organisation has changed meanwhile, or the ledger cannot be read: it is tried again, or told by
 * whoever asks it next. */
static LivePeople *people_of(QueryLive *live, guint organisation) {
  LivePeople *held = people_held(live, organisation);
  if (held != NULL) return held;
  pthread_mutex_lock(&live->writing);
  held = people_held(live, organisation);
  const LiveSide *side = &live->sides[live->active];
  LivePeople *read = NULL;
  if (held == NULL && live_take_missed(live, NULL) && (side = &live->sides[live->active])->organisation == organisation)
    read = people_read(side, live->is_changing ? live->then : live->now, NULL);
  if (read != NULL) {
    pthread_mutex_lock(&live->answering);
    LivePeople *former = live->people;
    live->people = read;
    g_atomic_int_inc(&read->n_holders);
    pthread_mutex_unlock(&live->answering);
    live_people_free(former);
    held = read;
  }
  pthread_mutex_unlock(&live->writing);
  return held;
}

/* --- limits --- */

static gboolean same_dim(const Dim *a, const Dim *b) {
  return a->kind == b->kind && g_str_equal(a->name, b->name);
}

/* The dimensions that questions are limited by so far, and their members. */
typedef struct {
  LiveWay *way;
  Dim dims[LIMIT_MOST];
} Limits;

/* FALSE: too many, or two members at once. */
static gboolean add_limit(Limits *limits, const Dim *dim, gint64 member) {
  BoardLimit *limit = &limits->way->limit;
  for (guint i = 0; i < limit->n; i++)
    if (same_dim(dim, &limits->dims[i])) return limit->members[i] == member;
  if (limit->n == LIMIT_MOST) return FALSE;
  limits->dims[limit->n] = *dim;
  limits->way->by[limit->n] = dim->name;
  limit->members[limit->n++] = member;
  return TRUE;
}

/* The one member that a condition names. */
static gboolean named_member(const LivePeople *people, const QuerySight *sight, const PersonFilter *filter,
                             gint64 *member) {
  if (filter->negated || filter->dim.kind == DIM_REGION || filter->names[0] == NULL || filter->names[1] != NULL)
    return FALSE;
  const DimMembers *members = g_str_equal(query_dim_table(&filter->dim), "person") ? people->people : people->teams;
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (filter->names[0][0] == '\0' || !query_members_find(members, filter->names[0], ids) || ids->len != 1) return FALSE;
  *member = g_array_index(ids, gint64, 0);
  if (*member <= 0 || query_members_survivor(members, *member) != *member) return FALSE;
  g_autoptr(GHashTable) known = sight != NULL ? query_sight_members(sight, people->org, &filter->dim) : NULL;
  return known == NULL || g_hash_table_contains(known, member);
}

/* Takes the conditions on people out of the way's. */
static gboolean limit_by_conditions(Limits *limits, const LivePeople *people, const QuerySight *sight,
                                    const QueryRequest *request) {
  if (request->where == NULL || request->where[0] == NULL) return TRUE;
  g_autoptr(QueryWhere) where = query_where_take_apart(&people->context, people->org, request->where, NULL);
  if (where == NULL) return FALSE;
  for (guint f = 0; f < where->people->len; f++) {
    const PersonFilter *filter = g_ptr_array_index(where->people, f);
    gint64 member;
    if (!named_member(people, sight, filter, &member) || !add_limit(limits, &filter->dim, member)) return FALSE;
    limits->way->must_name_people = TRUE;
  }
  g_ptr_array_add(where->conditions, NULL);
  limits->way->where = g_strdupv((char **)where->conditions->pdata);
  limits->way->key.where = (const char *const *)limits->way->where;
  return TRUE;
}

/* The board's dimensions: those of the limits, then the answer's others. */
static gboolean place_dims(const Limits *limits, const LivePeople *people, const QueryRequest *request) {
  LiveWay *way = limits->way;
  BoardLimit *limit = &way->limit;
  guint n = limit->n;
  for (const char *const *name = request->by; name != NULL && *name != NULL; name++) {
    if (limit->n_dims == BOARD_MAX_DIMS) return FALSE;
    Dim *dim = &limit->dims[limit->n_dims];
    guint *at = &limit->at[limit->n_dims];
    if (!query_dim_resolve(&people->context, people->org, *name, dim, NULL)) return FALSE;
    for (guint d = 0; d < limit->n_dims; d++)
      if (same_dim(dim, &limit->dims[d])) return FALSE;
    for (*at = 0; *at < limit->n && !same_dim(dim, &limits->dims[*at]);) (*at)++;
    limit->n_dims++;
    if (*at < limit->n) continue;
    if (n == BOARD_MAX_DIMS) return FALSE;
    *at = n;
    way->by[n++] = *name;
  }
  way->key.by = way->by;
  return TRUE;
}

static gboolean find_way(const LivePeople *people, const QuerySight *sight, const QueryRequest *request, LiveWay *way) {
  Limits limits = {.way = way};
  way->key = (BoardKey){.where = request->where, .credit_now = request->credit_now, .rates_of = request->rates_of};
  Dim dim;
  gint64 member;
  if (sight != NULL &&
      (!query_sight_group(sight, &people->context, people->org, &dim, &member) || !add_limit(&limits, &dim, member)))
    return FALSE;
  if (!limit_by_conditions(&limits, people, sight, request) || way->limit.n == 0) return FALSE;
  /* Whom the reader may be told of goes by the places of then, which credit as of now does not have. */
  if (sight != NULL && request->credit_now && way->must_name_people) return FALSE;
  return place_dims(&limits, people, request);
}

static gboolean may_be_limited(const QuerySight *sight, const QueryRequest *request) {
  return sight != NULL || (request->where != NULL && request->where[0] != NULL);
}

gboolean live_limit(QueryLive *live, const QuerySight *sight, const QueryRequest *request, guint organisation,
                    LiveWay *way) {
  if (!may_be_limited(sight, request)) return FALSE;
  g_autoptr(LivePeople) people = people_of(live, organisation);
  if (people == NULL || !find_way(people, sight, request, way)) return FALSE;
  way->text = board_key_text(&way->key);
  way->is_limited = TRUE;
  way->organisation = organisation;
  return TRUE;
}

gboolean live_way_suits(const LiveWay *way, const QueryContext *context, const GPtrArray *uses) {
  static const Dim rep = {.kind = DIM_REP, .name = "rep"};
  for (guint u = 0; way->must_name_people && u < uses->len; u++)
    if (!query_dim_path(context, ((const PlanUse *)g_ptr_array_index(uses, u))->measure->table, &rep).possible)
      return FALSE;
  return TRUE;
}

void live_way_clear(LiveWay *way) {
  g_clear_pointer(&way->text, g_free);
  g_clear_pointer(&way->where, g_strfreev);
}
