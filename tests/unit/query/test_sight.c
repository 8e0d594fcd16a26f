/* What a reader sees, against an account of it that is written here: a random company of people who change teams and
 * leaders, were merged, share deals and hand them over, and random readers. Whoever is credited with a deal on the day
 * of its event, and where that person stood on that day, is found by looping over the company as it was made; the sums
 * of what is visible must be those of the answers, whichever way they come: from a scan, from kept cells, after
 * changes.
 *
 * Amounts are whole hundreds and shares whole tenths, so that no sum is rounded. ATTAIN_SEED repeats a run. */
#include "company.h"
#include "query/live.h"
#include "query/trail.h"

#define PEOPLE    9
#define TEAMS     6
#define DEALS     120
#define ACCOUNTS  12
#define SPANS     3
#define FIRST_DAY 20454 /* 2026-01-01 */
#define LAST_DAY  20633 /* 2026-06-29 */
#define N_DAYS    (LAST_DAY - FIRST_DAY + 1)

static const char definitions[] =
    "measures:\n"
    "  made: count(opportunity on created_at)\n"
    "  won: sum(opportunity.amount on closed_at where outcome = 'won')\n"
    "  open: sum(opportunity.amount from created_at until closed_at)\n"
    "  open_deals: count(opportunity from created_at until closed_at)\n"
    "  buyers: distinct(opportunity.account on created_at)\n"
    "  largest: max(opportunity.amount on created_at)\n"
    "  typical: median(opportunity.amount on created_at)\n"
    "  typical_open: median(opportunity.amount from created_at until closed_at)\n"
    "kpis:\n"
    "  win_share: {name: Share, question: q, formula: won / total(won)}\n"
    "  customers: {name: Customers, question: q, formula: 'each(account, lifetime(made) > 0)'}\n"
    "  clicked: {name: Clicks, question: q, formula: sum(web_traffic.sessions on day)}\n";

typedef struct {
  int team, manager; /* 0: none */
  BaseDay from, until;
} Span;

typedef struct {
  int into; /* 0: itself */
  int team, manager;
  guint n_spans; /* 0: the person's own team and manager hold always */
  Span spans[SPANS];
} Someone;

typedef struct {
  int person, tenths;
  gboolean overlay;
} Share;

typedef struct {
  int owner, former; /* 0: nobody */
  BaseDay moved;     /* the first day of `owner` */
  int account;
  BaseDay created, closed; /* closed: BASE_DAY_NONE = open */
  gboolean won;
  int hundreds;
  guint n_shares;
  Share shares[3];
} Sale;

typedef struct {
  int parent[TEAMS + 1], manager[TEAMS + 1], level[TEAMS + 1];
  Someone people[PEOPLE + 1];
  Sale sales[DEALS];
} Firm;

typedef struct {
  World world;
  QueryLive *live;
  Firm firm;
  GRand *random;
  int load;
} Scene;

/* A reader's places, as the test knows them. */
typedef struct {
  guint n;
  char kinds[3]; /* p, m or t */
  int ids[3];
  QuerySight *sight;
} Reader;

static void reader_clear(Reader *reader) {
  query_sight_free(reader->sight);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

/* --- the company --- */

static int any(GRand *random, int from, int to) {
  return g_rand_int_range(random, from, to + 1);
}

static void make_teams(Firm *firm, GRand *random) {
  for (int t = 1; t <= TEAMS; t++) {
    firm->parent[t] = t > 1 && any(random, 0, 3) > 0 ? any(random, 1, t - 1) : 0;
    firm->manager[t] = any(random, 0, PEOPLE);
    firm->level[t] = any(random, 0, 3);
  }
}

static void make_person(Firm *firm, GRand *random, int p) {
  Someone *one = &firm->people[p];
  one->into = p > PEOPLE - 2 && any(random, 0, 1) ? any(random, 1, PEOPLE - 2) : 0;
  one->team = any(random, 0, TEAMS);
  one->manager = any(random, 0, PEOPLE);
  one->n_spans = (guint)any(random, 0, SPANS);
  BaseDay at = FIRST_DAY + any(random, -20, 60);
  for (guint i = 0; i < one->n_spans; i++) {
    Span *span = &one->spans[i];
    gboolean ever = i == 0 && any(random, 0, 2) == 0, still = i + 1 == one->n_spans && any(random, 0, 2) == 0;
    *span = (Span){any(random, 0, TEAMS), any(random, 0, 2) ? 0 : any(random, 1, PEOPLE), ever ? BASE_DAY_MIN : at, 0};
    at += any(random, 5, 70);
    span->until = still ? BASE_DAY_MAX : at;
    at += any(random, 0, 1) ? any(random, 1, 20) : 0;
  }
}

static void make_sale(Firm *firm, GRand *random, int s) {
  Sale *sale = &firm->sales[s];
  sale->owner = any(random, 0, PEOPLE);
  sale->former = any(random, 0, 2) ? sale->owner : any(random, 0, PEOPLE);
  sale->moved = FIRST_DAY + any(random, 0, N_DAYS - 1);
  sale->account = any(random, 1, ACCOUNTS);
  sale->created = FIRST_DAY + any(random, 0, N_DAYS - 1);
  sale->closed = any(random, 0, 2) == 0 ? BASE_DAY_NONE : sale->created + any(random, 1, 60);
  sale->won = sale->closed != BASE_DAY_NONE && any(random, 0, 1);
  sale->hundreds = any(random, 1, 90);
  int left = 10;
  guint n = any(random, 0, 3) ? 0 : (guint)any(random, 1, 3);
  for (guint i = 0; i < n; i++) {
    int person = any(random, 1, PEOPLE), tenths = any(random, 1, 6);
    gboolean overlay = any(random, 0, 2) == 0, is_there = FALSE;
    for (guint k = 0; k < sale->n_shares; k++) is_there |= sale->shares[k].person == person;
    if (is_there || (!overlay && tenths > left)) continue;
    if (!overlay) left -= tenths;
    sale->shares[sale->n_shares++] = (Share){person, tenths, overlay};
  }
}

static int survivor(const Firm *firm, int person) {
  return person > 0 && firm->people[person].into > 0 ? firm->people[person].into : person;
}

/* Where somebody stood on a day. */
static Span place_on(const Firm *firm, int person, BaseDay day) {
  const Someone *one = &firm->people[person];
  Span place = {0, 0, 0, 0};
  if (person == 0) return place;
  gboolean found = one->n_spans == 0;
  if (found) place = (Span){one->team, one->manager, 0, 0};
  for (guint i = 0; i < one->n_spans && !found; i++) {
    found = one->spans[i].from <= day && day < one->spans[i].until;
    if (found) place = one->spans[i];
  }
  if (!found) return (Span){0, 0, 0, 0};
  if (place.manager == 0 && place.team > 0) place.manager = firm->manager[place.team];
  if (place.manager == 0) place.manager = one->manager;
  return place;
}

static gboolean sees(const Firm *firm, const Reader *reader, int person, BaseDay day) {
  Span place = place_on(firm, person, day);
  if (reader == NULL) return TRUE;
  for (guint i = 0; person > 0 && i < reader->n; i++) {
    int id = reader->ids[i];
    if (reader->kinds[i] == 'p' && survivor(firm, id) == person) return TRUE;
    if (reader->kinds[i] == 'm' && place.manager > 0 && survivor(firm, place.manager) == survivor(firm, id))
      return TRUE;
    for (int team = place.team; reader->kinds[i] == 't' && team > 0; team = firm->parent[team])
      if (team == id) return TRUE;
  }
  return FALSE;
}

/* The tenths of a deal that some people are credited with together: their shares, or, where they have none, the largest
 * of their overlays; -1: they are not. */
typedef struct {
  int tenths, overlay;
} Part;

static Part part_of(const Firm *firm, const Sale *sale, int person, BaseDay day) {
  int left = 10, owner = survivor(firm, day < sale->moved ? sale->former : sale->owner);
  Part part = {-1, -1};
  for (guint i = 0; i < sale->n_shares; i++) {
    const Share *share = &sale->shares[i];
    if (!share->overlay) left -= share->tenths;
    if (survivor(firm, share->person) != person) continue;
    if (share->overlay)
      part.overlay = MAX(part.overlay, share->tenths);
    else
      part.tenths = MAX(part.tenths, 0) + share->tenths;
  }
  if (left > 0 && owner == person) part.tenths = MAX(part.tenths, 0) + left;
  return part;
}

static Part with_part(Part all, Part one) {
  if (one.tenths >= 0) all.tenths = MAX(all.tenths, 0) + one.tenths;
  return (Part){all.tenths, MAX(all.overlay, one.overlay)};
}

static int tenths_of(Part part) {
  return part.tenths >= 0 ? part.tenths : part.overlay;
}

/* --- what the answers must be --- */

typedef struct {
  int made, buyers, open_deals;
  int won_tens, open_tens; /* tens of units: tenths of hundreds */
} Sums;

/* Of one person, or of all who are visible (person = -1), over the whole time; levels at its end. */
static Sums sums_of(const Firm *firm, const Reader *reader, int person) {
  Sums sums = {0};
  gboolean bought[ACCOUNTS + 1] = {FALSE};
  for (int s = 0; s < DEALS; s++) {
    const Sale *sale = &firm->sales[s];
    gboolean ended = sale->closed != BASE_DAY_NONE && sale->closed <= LAST_DAY;
    const BaseDay days[] = {sale->created, ended ? sale->closed : LAST_DAY};
    Part made = {-1, -1}, ends = {-1, -1};
    for (int p = 0; p <= PEOPLE; p++) {
      if ((person >= 0 && p != person) || survivor(firm, p) != p) continue;
      if (sees(firm, reader, p, days[0])) made = with_part(made, part_of(firm, sale, p, days[0]));
      if (sees(firm, reader, p, days[1])) ends = with_part(ends, part_of(firm, sale, p, days[1]));
    }
    int tens = MAX(tenths_of(ends), 0) * sale->hundreds;
    sums.won_tens += ended && sale->won ? tens : 0;
    sums.open_tens += ended ? 0 : tens;
    sums.open_deals += !ended && tenths_of(ends) >= 0;
    sums.made += tenths_of(made) >= 0;
    bought[sale->account] |= tenths_of(made) >= 0;
  }
  for (int a = 1; a <= ACCOUNTS; a++) sums.buyers += bought[a];
  return sums;
}

/* --- the same in a ledger --- */

static char *key_or_null(int key) {
  return key > 0 ? g_strdup_printf("%d", key) : g_strdup("NULL");
}

static char *day_or_null(BaseDay day) {
  if (day == BASE_DAY_NONE || day == BASE_DAY_MIN || day == BASE_DAY_MAX) return g_strdup("NULL");
  g_autofree char *text = base_day_format(day);
  return g_strdup_printf("DATE '%s'", text);
}

static const char *const level_names[] = {"NULL", "'Squad'", "'Area'", "'Zone'"};

static void insert_firm(Store *store, const Firm *firm) {
  for (int t = 1; t <= TEAMS; t++) {
    g_autofree char *parent = key_or_null(firm->parent[t]), *manager = key_or_null(firm->manager[t]);
    company_sql(store,
                "INSERT INTO team (key, id, name, known, parent, manager, level) VALUES (%d, 't%d', 'Team %d', true, "
                "%s, %s, %s)",
                t, t, t, parent, manager, level_names[firm->level[t]]);
  }
  for (int p = 1; p <= PEOPLE; p++) {
    const Someone *one = &firm->people[p];
    g_autofree char *team = key_or_null(one->team), *manager = key_or_null(one->manager);
    g_autofree char *into = key_or_null(one->into);
    company_sql(store,
                "INSERT INTO person (key, id, name, known, team, manager, merged_into) VALUES (%d, 'p%d', 'Person %d', "
                "true, %s, %s, %s)",
                p, p, p == 2 ? 1 : p, team, manager, into); /* two are called the same */
    for (guint i = 0; i < one->n_spans; i++) {
      const Span *span = &one->spans[i];
      g_autofree char *in = key_or_null(span->team), *under = key_or_null(span->manager);
      g_autofree char *from = day_or_null(span->from), *until = day_or_null(span->until);
      company_sql(store,
                  "INSERT INTO membership (key, id, person, team, manager, from_at, from_at_day, until_at, "
                  "until_at_day) VALUES (%d, 'm%d', %d, %s, %s, %s, %s, %s, %s)",
                  p * 10 + (int)i, p * 10 + (int)i, p, in, under, from, from, until, until);
    }
  }
  company_sql(store,
              "INSERT INTO account BY NAME SELECT i AS key, 'a' || i AS id, 'Account ' || i AS name, true AS "
              "known FROM range(1, %d) r(i)",
              ACCOUNTS + 1);
}

static void insert_sale(Store *store, const Sale *sale, int s) {
  g_autofree char *owner = key_or_null(sale->owner), *former = key_or_null(sale->former);
  g_autofree char *created = day_or_null(sale->created), *closed = day_or_null(sale->closed);
  g_autofree char *moved = day_or_null(sale->moved);
  company_sql(store,
              "INSERT INTO opportunity (key, id, owner, account, created_at, created_at_day, closed_at, closed_at_day, "
              "outcome, amount, currency, source, \"load\") VALUES (%d, 'd%d', %s, %d, %s, %s, %s, %s, '%s', %d, "
              "'EUR', '%s', 1)",
              s + 1, s + 1, owner, sale->account, created, created, closed, closed,
              sale->closed == BASE_DAY_NONE ? "open"
              : sale->won                   ? "won"
                                            : "lost",
              sale->hundreds * 10000, s % 3 ? "Web" : "Fair");
  if (sale->former != sale->owner)
    company_sql(store,
                "INSERT INTO opportunity_history BY NAME SELECT * REPLACE (%s AS owner, 0 AS \"load\"), "
                "%s::TIMESTAMP AS superseded_at, 1 AS superseded_by FROM opportunity WHERE key = %d",
                former, moved, s + 1);
  for (guint i = 0; i < sale->n_shares; i++)
    company_sql(store,
                "INSERT INTO split (key, id, opportunity, person, share, kind, \"load\") VALUES (%d, 's%d', %d, %d, "
                "%d / 10.0, '%s', 1)",
                s * 3 + (int)i, s * 3 + (int)i, s + 1, sale->shares[i].person, sale->shares[i].tenths,
                sale->shares[i].overlay ? "overlay" : "split");
}

static void count_rows(Store *store) {
  company_sql(store, "DELETE FROM ledger_stat WHERE table_name IN ('opportunity', 'split')");
  company_sql(store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, count(*) AS n_rows, "
              "min(created_at_day) AS first_day, max(closed_at_day) AS last_day, max(closed_at_day)::TIMESTAMP AS "
              "latest_at, false AS has_foreign_currency FROM opportunity");
  company_sql(store,
              "INSERT INTO ledger_stat BY NAME SELECT 'split' AS table_name, count(*) AS n_rows, NULL AS first_day, "
              "NULL AS last_day, NULL AS latest_at, false AS has_foreign_currency FROM split");
}

static void scene_init(Scene *scene, guint32 seed) {
  g_autoptr(GError) error = NULL;
  scene->random = g_rand_new_with_seed(seed);
  make_teams(&scene->firm, scene->random);
  for (int p = 1; p <= PEOPLE; p++) make_person(&scene->firm, scene->random, p);
  for (int s = 0; s < DEALS; s++) make_sale(&scene->firm, scene->random, s);
  scene->world = world_empty(definitions);
  insert_firm(scene->world.store, &scene->firm);
  for (int s = 0; s < DEALS; s++) insert_sale(scene->world.store, &scene->firm.sales[s], s);
  count_rows(scene->world.store);
  company_sql(scene->world.store, "INSERT INTO load (load, source, \"at\") VALUES (1, 'test', TIMESTAMP '2026-06-01')");
  scene->load = 1;
  world_set_clock(&scene->world, LAST_DAY + 90);
  scene->live = query_live_new(&scene->world.context, (gsize)1 << 30, &error);
  if (scene->live == NULL) fail_msg("%s", error->message);
}

static void scene_clear(Scene *scene) {
  query_live_free(scene->live);
  world_clear(&scene->world);
  g_rand_free(scene->random);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scene, scene_clear)

static void add_place(Reader *reader, char kind, int id) {
  reader->kinds[reader->n] = kind;
  reader->ids[reader->n++] = id;
  if (reader->sight == NULL) reader->sight = query_sight_new();
  if (kind == 'p') query_sight_add_person(reader->sight, id);
  if (kind == 'm') query_sight_add_manager(reader->sight, id);
  if (kind == 't') query_sight_add_team(reader->sight, id);
}

static void any_reader(Reader *reader, GRand *random) {
  *reader = (Reader){0};
  guint n = any(random, 0, 2) ? 1 : (guint)any(random, 2, 3);
  for (guint i = 0; i < n; i++) {
    char kind = "pmt"[any(random, 0, 2)];
    add_place(reader, kind, any(random, 1, kind == 't' ? TEAMS : PEOPLE));
  }
}

/* --- asking --- */

static const char *const all_kpis[] = {"made",    "won",          "open",      "open_deals", "buyers", "largest",
                                       "typical", "typical_open", "win_share", "customers",  NULL};

static QueryRequest request_of(const char *const *kpis, const char *const *by, const char *const *where) {
  return (QueryRequest){
      .kpis = kpis, .by = by, .where = where, .period = "2026-01-01..2026-06-29", .rates_of = BASE_DAY_NONE};
}

static QueryResult *scan(const Scene *scene, const QuerySight *sight, const QueryRequest *request, GError **error) {
  QueryContext context = scene->world.context;
  context.sight = sight;
  return query_run(&context, request, error);
}

static QueryResult *answer(const Scene *scene, const QuerySight *sight, const QueryRequest *request, gboolean kept) {
  g_autoptr(GError) error = NULL;
  QueryResult *result =
      kept ? query_live_ask(scene->live, sight, request, &error) : scan(scene, sight, request, &error);
  if (result == NULL) fail_msg("%s (%s)", error->message, query_sight_key(sight));
  return result;
}

static double value_of(const QueryResult *result, const char *kpi, const char *member) {
  gboolean of_rows = member != NULL || query_result_n_dims(result) == 0;
  for (guint r = 0; r < (of_rows ? query_result_n_rows(result) : query_result_n_totals(result)); r++) {
    const QueryRow *row = of_rows ? query_result_row(result, r) : query_result_total(result, r);
    if (!g_str_equal(query_result_kpi(result, row->kpi)->name, kpi)) continue;
    if (member == NULL || g_strcmp0(row->members[0], member) == 0) return row->value.value;
  }
  return 0;
}

static void assert_sums(const QueryResult *result, const char *member, const Sums *sums) {
  const struct {
    const char *kpi;
    double expected;
  } parts[] = {{"made", sums->made},
               {"won", sums->won_tens * 10},
               {"open", sums->open_tens * 10},
               {"open_deals", sums->open_deals},
               {"buyers", sums->buyers},
               {"customers", sums->buyers},
               {"win_share", member == NULL ? sums->won_tens > 0 : -1}};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    double value = value_of(result, parts[i].kpi, member);
    if (parts[i].expected < 0 || value == parts[i].expected) continue;
    fail_msg("%s of %s is %g, and what is visible comes to %g", parts[i].kpi, member != NULL ? member : "all", value,
             parts[i].expected);
  }
}

static char *name_of(const Firm *firm, int person) {
  gboolean shared = firm->people[1].into == 0 && firm->people[2].into == 0;
  if (shared && person <= 2) return g_strdup_printf("Person 1 (p%d)", person);
  return g_strdup_printf("Person %d", person == 2 ? 1 : person);
}

/* The totals, and each rep's, of what is visible; and no row of anybody else. */
static void answers_are_of_what_is_visible(const Scene *scene, const Reader *reader, gboolean kept) {
  static const char *const by_nothing[] = {NULL}, *const by_rep[] = {"rep", NULL};
  QueryRequest of_all = request_of(all_kpis, by_nothing, NULL), of_reps = request_of(all_kpis, by_rep, NULL);
  g_autoptr(QueryResult) all = answer(scene, reader->sight, &of_all, kept);
  g_autoptr(QueryResult) reps = answer(scene, reader->sight, &of_reps, kept);
  Sums total = sums_of(&scene->firm, reader, -1);
  assert_sums(all, NULL, &total);
  assert_sums(reps, NULL, &total);
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int p = 1; p <= PEOPLE; p++) {
    if (survivor(&scene->firm, p) != p) continue;
    char *name = name_of(&scene->firm, p);
    Sums own = sums_of(&scene->firm, reader, p);
    assert_sums(reps, name, &own);
    if (own.made + own.won_tens + own.open_deals > 0)
      g_hash_table_add(names, name);
    else
      g_free(name);
  }
  for (guint r = 0; r < query_result_n_rows(reps); r++) {
    const char *name = query_result_row(reps, r)->members[0];
    if (name == NULL || !g_hash_table_contains(names, name)) fail_msg("%s is told of", name);
  }
}

/* What is listed is what was counted. */
static void records_are_those_visible(const Scene *scene, const Reader *reader) {
  static const char *const won[] = {"won", NULL};
  QueryRequest request = request_of(won, NULL, NULL);
  QueryContext context = scene->world.context;
  g_autoptr(GError) error = NULL;
  context.sight = reader->sight;
  g_autoptr(GPtrArray) trails = query_trails(&context, &request, 1000, &error);
  if (trails == NULL) fail_msg("%s", error->message);
  const QueryTrail *trail = g_ptr_array_index(trails, 0);
  guint n = 0;
  double sum = 0;
  for (int s = 0; s < DEALS; s++) {
    const Sale *sale = &scene->firm.sales[s];
    gboolean is_listed = FALSE;
    for (int p = 1; sale->won && sale->closed <= LAST_DAY && p <= PEOPLE; p++)
      is_listed |= survivor(&scene->firm, p) == p && tenths_of(part_of(&scene->firm, sale, p, sale->closed)) >= 0 &&
                   sees(&scene->firm, reader, p, sale->closed);
    n += is_listed;
  }
  for (guint r = 0; r < trail->records->len; r++) {
    const QueryRecord *record = &g_array_index(trail->records, QueryRecord, r);
    const Sale *sale = &scene->firm.sales[g_ascii_strtoull(record->id + 1, NULL, 10) - 1];
    gboolean visible = FALSE;
    for (int p = 1; p <= PEOPLE; p++) {
      g_autofree char *name = name_of(&scene->firm, p);
      visible |= g_strcmp0(record->rep, name) == 0 && sees(&scene->firm, reader, p, sale->closed);
    }
    if (!visible) fail_msg("%s of %s is listed", record->id, record->rep);
    sum += record->value;
  }
  assert_int_equal(trail->n_used, n);
  assert_int_equal(trail->n_rows, n);
  assert_true(trail->records->len >= n); /* for each who shares it */
  assert_true(sum == sums_of(&scene->firm, reader, -1).won_tens * 10);
}

/* --- kept cells against scans --- */

static void write_value(GString *out, const QueryValue *value) {
  g_string_append_printf(out, " %d %.17g n=%" G_GINT64_FORMAT " %d %.17g/%.17g %x", value->has_value, value->value,
                         value->n, value->has_base, value->numerator, value->denominator, value->flags);
}

/* Rows and totals in their order. */
static char *text_of(const QueryResult *result) {
  GString *text = g_string_new(NULL);
  guint n_rows = query_result_n_rows(result);
  for (guint i = 0; i < n_rows + query_result_n_totals(result); i++) {
    const QueryRow *row = i < n_rows ? query_result_row(result, i) : query_result_total(result, i - n_rows);
    g_string_append_printf(text, "%s %u", query_result_kpi(result, row->kpi)->name, row->n_members);
    for (guint m = 0; m < row->n_members; m++)
      g_string_append_printf(text, "|%s", row->members[m] != NULL ? row->members[m] : "-");
    write_value(text, &row->value);
    g_string_append_c(text, '\n');
  }
  return g_string_free(text, FALSE);
}

static const char *const asked_by[][4] = {{NULL},
                                          {"rep", NULL},
                                          {"team", NULL},
                                          {"manager", NULL},
                                          {"source", NULL},
                                          {"team", "rep", NULL},
                                          {"source", "manager", "rep", NULL},
                                          {"account", "team", NULL}};

/* The same as of a scan: the answer, or what is said instead. */
static void kept_is_as_scanned(const Scene *scene, const QuerySight *sight, const char *const *where, gsize by) {
  static const char *const kpis[] = {"made",    "won",          "open",      "open_deals", "buyers",  "largest",
                                     "typical", "typical_open", "win_share", "customers",  "clicked", NULL};
  gboolean named = where != NULL && where[0] != NULL; /* of clicks, which name nobody, people cannot be asked */
  QueryRequest request = request_of(named ? all_kpis : kpis, asked_by[by], where);
  g_autoptr(GError) of_scan = NULL, of_kept = NULL;
  g_autoptr(QueryResult) counted = scan(scene, sight, &request, &of_scan);
  g_autoptr(QueryResult) kept = query_live_ask(scene->live, sight, &request, &of_kept);
  assert_true((counted == NULL) == (kept == NULL));
  if (counted == NULL) {
    assert_string_equal(of_kept->message, of_scan->message);
    return;
  }
  assert_true(query_result_is_from_cells(kept));
  g_autofree char *expected = text_of(counted), *found = text_of(kept);
  g_autofree char *notes = g_strjoinv("\n", (char **)query_result_notes(counted));
  g_autofree char *notes_kept = g_strjoinv("\n", (char **)query_result_notes(kept));
  if (sight != NULL) assert_string_equal(notes_kept, notes);
  if (!g_str_equal(expected, found))
    fail_msg("%s, by %s, where %s\nscan:\n%skept:\n%s", query_sight_key(sight), asked_by[by][0],
             named ? where[0] : "all", expected, found);
}

static void questions_are_answered_alike(const Scene *scene, GRand *random) {
  for (guint i = 0; i < 12; i++) {
    g_auto(Reader) reader;
    any_reader(&reader, random);
    g_autofree char *name = g_strdup_printf("%s = '%s %d'%s", any(random, 0, 1) ? "rep" : "manager", "Person",
                                            any(random, 1, PEOPLE), any(random, 0, 2) ? "" : " and source = 'Web'");
    g_autofree char *team = g_strdup_printf("team = 'Team %d'", any(random, 1, TEAMS));
    const char *where[] = {any(random, 0, 3) ? (any(random, 0, 2) ? name : team) : NULL, NULL};
    gboolean reads_all = where[0] != NULL && any(random, 0, 1);
    kept_is_as_scanned(scene, reads_all ? NULL : reader.sight, where,
                       (gsize)any(random, 0, G_N_ELEMENTS(asked_by) - 1));
  }
}

/* Without total(…): of an answer given before, what did not change is taken over. */
static void what_is_taken_over_holds(const Scene *scene, const Reader *reader) {
  static const char *const kpis[] = {"made", "won", "open", "buyers", "customers", NULL};
  QueryRequest request = request_of(kpis, (const char *const[]){"account", "rep", NULL}, NULL);
  g_autoptr(QueryResult) counted = answer(scene, reader->sight, &request, FALSE);
  g_autoptr(QueryResult) kept = answer(scene, reader->sight, &request, TRUE);
  g_autofree char *expected = text_of(counted), *found = text_of(kept);
  assert_string_equal(found, expected);
}

/* --- changes --- */

static void keep_version(Store *store, const char *table, int key, int load, BaseDay until) {
  g_autofree char *day = day_or_null(until);
  company_sql(store,
              "INSERT INTO %s_history BY NAME SELECT *, %s::TIMESTAMP AS superseded_at, %d AS superseded_by FROM %s "
              "WHERE key = %d",
              table, day, load, table, key);
}

/* The amount of one deal, the owner of another, who shares a third: followed. Somebody's team: counted afresh. */
static void change_something(Scene *scene) {
  Firm *firm = &scene->firm;
  GRand *random = scene->random;
  Store *store = scene->world.store;
  g_autoptr(GError) error = NULL;
  if (!query_live_before(scene->live, &error)) fail_msg("%s", error->message);
  int load = ++scene->load, s = any(random, 30, DEALS - 1), m = any(random, 0, 29);
  company_sql(store, "BEGIN");
  firm->sales[s].hundreds = any(random, 1, 90);
  keep_version(store, "opportunity", s + 1, load, LAST_DAY + 30);
  company_sql(store, "UPDATE opportunity SET amount = %d, \"load\" = %d WHERE key = %d",
              firm->sales[s].hundreds * 10000, load, s + 1);
  if (firm->sales[m].former == firm->sales[m].owner) {
    firm->sales[m].owner = any(random, 1, PEOPLE);
    keep_version(store, "opportunity", m + 1, load, firm->sales[m].moved);
    company_sql(store, "UPDATE opportunity SET owner = %d, \"load\" = %d WHERE key = %d", firm->sales[m].owner, load,
                m + 1);
  }
  int p = any(random, 1, PEOPLE);
  if (any(random, 0, 2) == 0 && firm->people[p].n_spans > 0) {
    firm->people[p].spans[0].team = any(random, 1, TEAMS);
    keep_version(store, "membership", p * 10, load, LAST_DAY + 30);
    company_sql(store, "UPDATE membership SET team = %d, \"load\" = %d WHERE key = %d", firm->people[p].spans[0].team,
                load, p * 10);
  }
  count_rows(store);
  company_sql(store, "INSERT INTO load (load, source, \"at\") VALUES (%d, 'test', TIMESTAMP '2026-06-01')", load);
  company_sql(store, "COMMIT");
  if (!query_live_after(scene->live, scene->world.context.now_us, &error)) fail_msg("%s", error->message);
}

/* --- the tests --- */

static void readers_see_what_is_theirs_on_the_day(void **state) {
  guint32 seed = company_seed();
  for (guint32 i = 0; i < 12; i++) {
    g_auto(Scene) scene = {0};
    scene_init(&scene, seed + i);
    for (guint r = 0; r < 6; r++) {
      g_auto(Reader) reader;
      any_reader(&reader, scene.random);
      for (guint kept = 0; kept < 2; kept++) answers_are_of_what_is_visible(&scene, &reader, kept);
      records_are_those_visible(&scene, &reader);
    }
  }
}

static void kept_cells_follow_for_every_reader(void **state) {
  guint32 seed = company_seed();
  for (guint32 i = 0; i < 6; i++) {
    g_auto(Scene) scene = {0};
    scene_init(&scene, seed + 100 + i);
    g_auto(Reader) often;
    any_reader(&often, scene.random); /* who asks again after each change */
    for (guint c = 0; c < 5; c++) {
      answers_are_of_what_is_visible(&scene, &often, TRUE);
      what_is_taken_over_holds(&scene, &often);
      questions_are_answered_alike(&scene, scene.random);
      change_something(&scene);
    }
  }
}

/* --- names --- */

/* Ana and Ben in North, Carla in South, who sold nothing; Ana's deal is of Acme, Ben's of Zenith. */
static World world_of_three(void) {
  World world = world_empty(definitions);
  world_add_team(&world, 1, "North");
  world_add_team(&world, 2, "South");
  world_add_person(&world, 1, "Ana", 1);
  world_add_person(&world, 2, "Ben", 1);
  world_add_person(&world, 3, "Carla", 2);
  company_sql(world.store,
              "INSERT INTO account (key, id, name, known) VALUES (1, 'a1', 'Acme', true), (2, 'a2', "
              "'Zenith', true)");
  static const WorldDeal deals[] = {{1, "2026-03-01", "won", 100}, {2, "2026-03-02", "won", 700}};
  world_add_deals(&world, "2026-02-01", deals, G_N_ELEMENTS(deals));
  company_sql(world.store, "UPDATE opportunity SET account = key");
  world_set_clock(&world, LAST_DAY);
  return world;
}

static const char *const only_won[] = {"won", NULL};

/* What is answered, or said instead, with `name` written as NAME. */
static char *outcome_of(const World *world, QueryLive *live, const QuerySight *sight, const char *dim,
                        const char *name) {
  g_autofree char *condition = g_strdup_printf("%s = '%s'", dim, name);
  QueryRequest request = request_of(only_won, NULL, (const char *const[]){condition, NULL});
  QueryContext context = world->context;
  context.sight = sight;
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result =
      live != NULL ? query_live_ask(live, sight, &request, &error) : query_run(&context, &request, &error);
  if (result != NULL) {
    g_autofree char *notes = g_strjoinv("; ", (char **)query_result_notes(result));
    return g_strdup_printf("%g %s", query_result_row(result, 0)->value.value, notes);
  }
  g_auto(GStrv) parts = g_strsplit(error->message, name, -1);
  return g_strjoinv("NAME", parts);
}

/* Whoever is not theirs is to a reader as if they were not there: no answer, error or hint tells of them. */
static void nobody_else_is_told_of(void **state) {
  g_auto(World) world = world_of_three();
  g_autoptr(QueryLive) live = query_live_new(&world.context, (gsize)1 << 30, NULL);
  g_autoptr(QuerySight) ana = query_sight_new();
  query_sight_add_person(ana, 1);
  for (guint kept = 0; kept < 2; kept++) {
    QueryLive *of = kept ? live : NULL;
    g_autofree char *other = outcome_of(&world, of, ana, "rep", "Ben"),
                    *none = outcome_of(&world, of, ana, "rep", "Bem");
    assert_string_equal(other, none);
    assert_string_equal(other, "where: there is no rep 'NAME'");
    g_autofree char *team = outcome_of(&world, of, ana, "team", "South");
    assert_string_equal(team, "where: there is no team 'NAME'");
    g_autofree char *own = outcome_of(&world, of, ana, "rep", "Anna");
    assert_string_equal(own, "where: there is no rep 'NAME'; did you mean 'Ana'?");
    g_autofree char *all = outcome_of(&world, of, NULL, "rep", "Bem"); /* who sees all is helped */
    assert_string_equal(all, "where: there is no rep 'NAME'; did you mean 'Ben'?");
    g_autofree char *mine = outcome_of(&world, of, ana, "team", "North");
    assert_string_equal(mine, "100 ");
    g_autofree char *account = outcome_of(&world, of, ana, "account", "Zenith");
    g_autofree char *wrong = outcome_of(&world, of, ana, "account", "Zenit");
    assert_string_equal(account, wrong);
  }
  g_autofree char *hint = outcome_of(&world, NULL, NULL, "account", "Zenit");
  assert_non_null(strstr(hint, "Zenith"));
}

static char *without_records(const World *world, const QuerySight *sight) {
  QueryContext context = world->context;
  context.sight = sight;
  QueryRequest request = request_of(only_won, (const char *const[]){"rep", NULL}, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result = query_run(&context, &request, &error);
  if (result == NULL) fail_msg("%s", error->message);
  return g_strjoinv(", ", (char **)query_result_without_records(result));
}

static void people_without_records_are_those_of_the_reader(void **state) {
  g_auto(World) world = world_of_three();
  g_autoptr(QuerySight) ana = query_sight_new(), north = query_sight_new(), both = query_sight_new();
  query_sight_add_person(ana, 1);
  query_sight_add_team(north, 1);
  query_sight_add_team(both, 2);
  query_sight_add_team(both, 1);
  g_autofree char *of_ana = without_records(&world, ana), *of_north = without_records(&world, north);
  g_autofree char *of_both = without_records(&world, both), *of_all = without_records(&world, NULL);
  assert_string_equal(of_ana, "");
  assert_string_equal(of_north, "");
  assert_string_equal(of_both, "Carla");
  assert_string_equal(of_all, "Carla");
}

static void a_sight_is_known_by_its_places(void **state) {
  g_autoptr(QuerySight) one = query_sight_new(), other = query_sight_new(), nothing = query_sight_new();
  query_sight_add_person(one, 3);
  query_sight_add_team(one, 2);
  query_sight_add_manager(one, 3);
  query_sight_add_team(other, 2);
  query_sight_add_manager(other, 3);
  query_sight_add_person(other, 3);
  query_sight_add_person(other, 3);
  assert_string_equal(query_sight_key(one), query_sight_key(other));
  assert_string_not_equal(query_sight_key(one), query_sight_key(nothing));
  assert_string_equal(query_sight_key(NULL), "*");
  g_auto(World) world = world_of_three();
  g_autofree char *text = without_records(&world, nothing);
  assert_string_equal(text, "");
}

/* --- one board for all --- */

static void own_numbers_of_all_are_counted_once(void **state) {
  guint32 seed = company_seed();
  g_auto(Scene) scene = {0};
  scene_init(&scene, seed);
  static const char *const by_source[] = {"source", NULL};
  QueryRequest request = request_of(all_kpis, by_source, NULL);
  gint64 n_builds = 0;
  for (int p = 1; p <= PEOPLE; p++) {
    g_autoptr(QuerySight) sight = query_sight_new();
    query_sight_add_person(sight, p);
    g_autoptr(QueryResult) kept = answer(&scene, sight, &request, TRUE);
    assert_true(query_result_is_from_cells(kept));
    if (p == 1) n_builds = query_live_state(scene.live).n_builds;
  }
  assert_true(n_builds > 0);
  assert_int_equal(query_live_state(scene.live).n_builds, n_builds);
  request.where = (const char *const[]){"rep = 'Person 4'", NULL};
  g_autoptr(QueryResult) named = answer(&scene, NULL, &request, TRUE);
  assert_true(query_result_is_from_cells(named));
  assert_int_equal(query_live_state(scene.live).n_builds, n_builds);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(readers_see_what_is_theirs_on_the_day),
      cmocka_unit_test(kept_cells_follow_for_every_reader),
      cmocka_unit_test(nobody_else_is_told_of),
      cmocka_unit_test(people_without_records_are_those_of_the_reader),
      cmocka_unit_test(a_sight_is_known_by_its_places),
      cmocka_unit_test(own_numbers_of_all_are_counted_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
