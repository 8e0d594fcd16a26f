/* Targets that groups have by their members. */
#include "target/derive.h"

#include "target/capacity.h"
#include "target/members.h"

#include <math.h>

#define SHOWN_NAMES 6 /* in a sentence */

/* A target that is in force, with its amount over its whole span. */
typedef struct {
  const Target *target;
  const TargetVersion *version;
  const KpiDefinition *kpi;
  int depth; /* of its dimension, see target_capacity_depth() */
  gboolean has_amount;
  double amount, amount_high;
} Source;

/* The targets of one KPI and span. */
typedef struct {
  const TargetTerms *terms; /* of the first of them */
  GPtrArray *levels;        /* const Source *: one for each dimension below the groups' */
} Family;

/* Who is where in a span: members of one dimension in groups of another. */
typedef struct {
  GArray *rows;         /* TargetCapacity */
  GHashTable *of_group; /* group -> GArray of guint into `rows` */
  GHashTable *days;     /* member -> double *: in all groups */
} Places;

typedef struct {
  const TargetDesk *desk;
  const TargetDeriveRequest *request;
  int depth;           /* of the groups' dimension */
  GArray *sources;     /* Source, by number */
  GHashTable *by_whom; /* see whose_key() -> Source */
  GHashTable *own;     /* "kpi\nmember" -> GPtrArray of const TargetTerms: the groups' own */
  GPtrArray *families; /* Family */
  GHashTable *places;  /* "dimension start end" -> Places */
  GPtrArray *derived;  /* TargetDerived */
} Derivation;

/* One of the levels below a group. */
typedef struct {
  const char *dimension;
  int depth;
  GArray *parts;        /* Part */
  GPtrArray *without;   /* char *, of the capacities */
  double covered, days; /* working days in the group, of those with a target and of all who carry one */
} Level;

/* What of a source is the group's. */
typedef struct {
  const Source *source;
  double share;
} Part;

/* --- life --- */

void target_derived_free(TargetDerived *derived) {
  if (!derived) return;
  target_free(derived->target);
  g_array_unref(derived->numbers);
  g_ptr_array_unref(derived->members);
  g_ptr_array_unref(derived->in_part);
  g_ptr_array_unref(derived->without);
  g_free(derived);
}

static void free_derived(gpointer data) {
  target_derived_free(data);
}

static TargetDerived *new_derived(const char *dimension) {
  TargetDerived *derived = g_new0(TargetDerived, 1);
  derived->dimension = g_intern_string(dimension);
  derived->numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
  derived->members = g_ptr_array_new_with_free_func(g_free);
  derived->in_part = g_ptr_array_new_with_free_func(g_free);
  derived->without = g_ptr_array_new_with_free_func(g_free);
  return derived;
}

static void free_family(gpointer data) {
  g_ptr_array_unref(((Family *)data)->levels);
  g_free(data);
}

static void free_places(gpointer data) {
  Places *places = data;
  g_array_unref(places->rows);
  g_hash_table_unref(places->of_group);
  g_hash_table_unref(places->days);
  g_free(places);
}

static void derivation_clear(Derivation *derivation) {
  g_array_unref(derivation->sources);
  g_hash_table_unref(derivation->by_whom);
  g_hash_table_unref(derivation->own);
  g_ptr_array_unref(derivation->families);
  g_hash_table_unref(derivation->places);
  g_clear_pointer(&derivation->derived, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Derivation, derivation_clear)

static void derivation_init(Derivation *derivation, const TargetDesk *desk, const TargetDeriveRequest *request) {
  *derivation = (Derivation){
      .desk = desk,
      .request = request,
      .sources = g_array_new(FALSE, FALSE, sizeof(Source)),
      .by_whom = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
      .own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref),
      .families = g_ptr_array_new_with_free_func(free_family),
      .places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_places),
      .derived = target_derived_array(),
  };
}

static void level_clear(Level *level) {
  g_clear_pointer(&level->parts, g_array_unref);
  g_clear_pointer(&level->without, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Level, level_clear)

GPtrArray *target_derived_array(void) {
  return g_ptr_array_new_with_free_func(free_derived);
}

const TargetDerived *target_derived_of(const GPtrArray *derived, const Target *target) {
  for (guint i = 0; derived && i < derived->len; i++) {
    const TargetDerived *one = g_ptr_array_index(derived, i);
    if (one->target == target) return one;
  }
  return NULL;
}

/* --- which targets there are --- */

static gboolean is_change(TargetKind kind) {
  return kind == TARGET_GROW || kind == TARGET_REDUCE;
}

static gboolean add_source(Derivation *derivation, const Target *target, GError **error) {
  const QueryContext *context = derivation->desk->context;
  const TargetDeriveRequest *request = derivation->request;
  const TargetVersion *version = target_in_force(target, context->today);
  if (!version || target_state(target) != TARGET_AGREED) return TRUE;
  const TargetTerms *terms = &version->terms;
  gboolean own = g_str_equal(terms->dimension, request->dimension);
  if (!own && terms->end <= request->ends_after + 1) return TRUE;
  if (request->kpi && !g_str_equal(request->kpi, terms->kpi)) return TRUE;
  Source source = {.target = target, .version = version};
  source.kpi = kpi_catalogue_find(context->catalogue, terms->kpi, NULL);
  if (!source.kpi || !target_adds_up(source.kpi)) return TRUE;
  if (!target_capacity_depth(context, terms->dimension, &source.depth, error)) return FALSE;
  source.has_amount = !is_change(terms->kind);
  if (source.has_amount) target_amount_whole(context, source.kpi, terms, &source.amount, &source.amount_high);
  g_array_append_val(derivation->sources, source);
  return TRUE;
}

/* A change against a baseline has to be asked for. */
static gboolean find_amounts(Derivation *derivation, GError **error) {
  g_autoptr(GPtrArray) changes = g_ptr_array_new();
  for (guint i = 0; i < derivation->sources->len; i++) {
    const Source *source = &g_array_index(derivation->sources, Source, i);
    if (!source->has_amount) g_ptr_array_add(changes, (gpointer)source->target);
  }
  if (changes->len == 0) return TRUE;
  g_autoptr(GArray) standings = target_standings(derivation->desk, changes, error);
  for (guint i = 0, at = 0; standings && at < standings->len; i++) {
    Source *source = &g_array_index(derivation->sources, Source, i);
    if (source->has_amount) continue;
    const TargetStanding *standing = &g_array_index(standings, TargetStanding, at++);
    source->has_amount = standing->has_amount;
    source->amount = source->amount_high = standing->amount;
  }
  return standings != NULL;
}

/* --- which belong together --- */

static char *family_key(const TargetTerms *terms) {
  return g_strdup_printf("%s %d %d", terms->kpi, terms->start, terms->end);
}

static char *whose_key(const TargetTerms *terms, const char *dimension, const char *member) {
  g_autofree char *folded = g_utf8_casefold(member, -1);
  return g_strdup_printf("%s %d %d %s %s", terms->kpi, terms->start, terms->end, dimension, folded);
}

static char *own_key(const char *kpi, const char *group) {
  g_autofree char *folded = g_utf8_casefold(group, -1);
  return g_strconcat(kpi, "\n", folded, NULL);
}

static void add_own(Derivation *derivation, const TargetTerms *terms) {
  g_autofree char *key = own_key(terms->kpi, terms->member ? terms->member : TARGET_COMPANY);
  GPtrArray *list = g_hash_table_lookup(derivation->own, key);
  if (!list) {
    list = g_ptr_array_new();
    g_hash_table_insert(derivation->own, g_steal_pointer(&key), list);
  }
  g_ptr_array_add(list, (gpointer)terms);
}

static gboolean has_own(const Derivation *derivation, const Family *family, const char *group) {
  g_autofree char *key = own_key(family->terms->kpi, group);
  const GPtrArray *list = g_hash_table_lookup(derivation->own, key);
  for (guint i = 0; list && i < list->len; i++) {
    const TargetTerms *terms = g_ptr_array_index(list, i);
    if (terms->start < family->terms->end && family->terms->start < terms->end) return TRUE;
  }
  return FALSE;
}

static gboolean has_level(const Family *family, const char *dimension) {
  for (guint i = 0; i < family->levels->len; i++)
    if (g_str_equal(((const Source *)g_ptr_array_index(family->levels, i))->version->terms.dimension, dimension))
      return TRUE;
  return FALSE;
}

static void sort_sources(Derivation *derivation) {
  g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < derivation->sources->len; i++) {
    Source *source = &g_array_index(derivation->sources, Source, i);
    const TargetTerms *terms = &source->version->terms;
    if (g_str_equal(terms->dimension, derivation->request->dimension)) add_own(derivation, terms);
    if (source->depth <= derivation->depth || !source->has_amount || !terms->member) continue;
    g_hash_table_insert(derivation->by_whom, whose_key(terms, terms->dimension, terms->member), source);
    g_autofree char *key = family_key(terms);
    Family *family = g_hash_table_lookup(by_key, key);
    if (!family) {
      family = g_new0(Family, 1);
      *family = (Family){terms, g_ptr_array_new()};
      g_ptr_array_add(derivation->families, family);
      g_hash_table_insert(by_key, g_steal_pointer(&key), family);
    }
    if (!has_level(family, terms->dimension)) g_ptr_array_add(family->levels, source);
  }
}

/* --- who is in a group --- */

static void place(Places *places, guint row) {
  const TargetCapacity *one = &g_array_index(places->rows, TargetCapacity, row);
  double *days = g_hash_table_lookup(places->days, one->name);
  if (!days) g_hash_table_insert(places->days, one->name, days = g_new0(double, 1));
  *days += one->working_days;
  if (!one->above) return;
  GArray *rows = g_hash_table_lookup(places->of_group, one->above);
  if (!rows) g_hash_table_insert(places->of_group, one->above, rows = g_array_new(FALSE, FALSE, sizeof(guint)));
  g_array_append_val(rows, row);
}

static const Places *places_of(Derivation *derivation, const char *dimension, const Family *family, GError **error) {
  const TargetTerms *terms = family->terms;
  g_autofree char *key = g_strdup_printf("%s %d %d", dimension, terms->start, terms->end);
  Places *places = g_hash_table_lookup(derivation->places, key);
  if (places) return places;
  GArray *rows = target_capacity_each(derivation->desk->context, dimension, derivation->request->dimension,
                                      terms->start, terms->end, error);
  if (!rows) return NULL;
  places = g_new0(Places, 1);
  *places = (Places){rows, g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref),
                     g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free)};
  for (guint i = 0; i < rows->len; i++) place(places, i);
  g_hash_table_insert(derivation->places, g_steal_pointer(&key), places);
  return places;
}

static gboolean read_level(Derivation *derivation, const Family *family, const char *group, Level *level,
                           GError **error) {
  const Places *places = places_of(derivation, level->dimension, family, error);
  const GArray *rows = places ? g_hash_table_lookup(places->of_group, group) : NULL;
  for (guint i = 0; rows && i < rows->len; i++) {
    const TargetCapacity *one = &g_array_index(places->rows, TargetCapacity, g_array_index(rows, guint, i));
    g_autofree char *key = whose_key(family->terms, level->dimension, one->name);
    Part part = {g_hash_table_lookup(derivation->by_whom, key), 1};
    if (!part.source && !one->carries) continue;
    level->days += one->working_days;
    if (!part.source) {
      g_ptr_array_add(level->without, one->name);
      continue;
    }
    level->covered += one->working_days;
    part.share = one->working_days / *(const double *)g_hash_table_lookup(places->days, one->name);
    g_array_append_val(level->parts, part);
  }
  return places != NULL;
}

/* --- the sum --- */

static gboolean goes_the_same_way(const Source *a, const Source *b) {
  TargetKind x = a->version->terms.kind, y = b->version->terms.kind;
  return (x == TARGET_BETWEEN) == (y == TARGET_BETWEEN) &&
         target_is_lower_better(x, a->kpi->better) == target_is_lower_better(y, b->kpi->better);
}

static gboolean can_be_added(const Level *level) {
  for (guint i = 1; i < level->parts->len; i++)
    if (!goes_the_same_way(g_array_index(level->parts, Part, 0).source, g_array_index(level->parts, Part, i).source))
      return FALSE;
  return level->parts->len > 0;
}

static TargetKind kind_of(const Level *level) {
  const Source *first = g_array_index(level->parts, Part, 0).source;
  TargetKind kind = first->version->terms.kind;
  for (guint i = 0; i < level->parts->len; i++)
    if (g_array_index(level->parts, Part, i).source->version->terms.kind != kind || is_change(kind))
      return target_is_lower_better(kind, first->kpi->better) ? TARGET_BELOW : TARGET_ABOVE;
  return kind;
}

/* The spread that all have; BY_HAND where they differ. */
static TargetSpreadKind spread_of(const Level *level) {
  TargetSpreadKind kind = g_array_index(level->parts, Part, 0).source->version->spread;
  for (guint i = 1; i < level->parts->len; i++)
    if (g_array_index(level->parts, Part, i).source->version->spread != kind) return TARGET_SPREAD_BY_HAND;
  return kind;
}

/* Day by day what their spreads put on it. */
static gboolean spread_by_day(const Derivation *derivation, const Level *level, TargetVersion *version,
                              GError **error) {
  const TargetTerms *terms = &version->terms;
  for (BaseDay day = terms->start; day < terms->end; day++) {
    TargetPart part = {.start = day, .end = day + 1};
    g_array_append_val(version->parts, part);
  }
  double sum = 0;
  for (guint i = 0; i < level->parts->len; i++) {
    const Part *part = &g_array_index(level->parts, Part, i);
    g_auto(TargetSpread) spread = {0};
    gboolean fell_back;
    if (!target_version_spread(derivation->desk, part->source->version, &spread, &fell_back, error)) return FALSE;
    double amount = part->source->amount * part->share, before = 0;
    for (guint d = 0; d < version->parts->len; d++) {
      TargetPart *of_day = &g_array_index(version->parts, TargetPart, d);
      double share = target_spread_share(&spread, derivation->desk->context->calendar, of_day->end);
      of_day->weight += MAX(amount, 0) * (share - before);
      before = share;
    }
    sum += MAX(amount, 0);
  }
  if (sum > 0) return TRUE;
  g_array_set_size(version->parts, 0);
  version->spread = TARGET_SPREAD_WORKING_DAYS;
  return TRUE;
}

static TargetVersion *sum_of(const Derivation *derivation, const Family *family, const char *group, const Level *level,
                             GError **error) {
  gboolean of_all = g_str_equal(derivation->request->dimension, TARGET_COMPANY);
  TargetTerms terms = *family->terms;
  terms.dimension = (char *)derivation->request->dimension;
  terms.member = of_all ? NULL : (char *)group;
  terms.kind = kind_of(level);
  terms.has_per = terms.is_percent = FALSE;
  terms.baseline_start = terms.baseline_end = BASE_DAY_NONE;
  terms.amount = terms.amount_high = 0;
  for (guint i = 0; i < level->parts->len; i++) {
    const Part *part = &g_array_index(level->parts, Part, i);
    terms.amount += part->source->amount * part->share;
    terms.amount_high += part->source->amount_high * part->share;
  }
  const Source *first = g_array_index(level->parts, Part, 0).source;
  double scale = pow(10, MAX(target_digits(first->kpi, derivation->desk->context->organisation->currency), 2));
  terms.amount = round(terms.amount * scale) / scale;
  terms.amount_high = round(terms.amount_high * scale) / scale;
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  version->spread = spread_of(level);
  if (version->spread == TARGET_SPREAD_BY_HAND && !spread_by_day(derivation, level, version, error)) return NULL;
  return g_steal_pointer(&version);
}

static gint by_number(gconstpointer a, gconstpointer b) {
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return x < y ? -1 : x > y;
}

static void add_derived(Derivation *derivation, const Level *level, TargetVersion *version) {
  TargetDerived *derived = new_derived(level->dimension);
  derived->target = target_new_made(version);
  for (guint i = 0; i < level->parts->len; i++) {
    const Part *part = &g_array_index(level->parts, Part, i);
    const char *name = part->source->version->terms.member;
    g_array_append_val(derived->numbers, part->source->target->number);
    g_ptr_array_add(derived->members, g_strdup(name));
    if (part->share < 1) g_ptr_array_add(derived->in_part, g_strdup(name));
  }
  g_array_sort(derived->numbers, by_number);
  for (guint i = 0; i < level->without->len; i++)
    g_ptr_array_add(derived->without, g_strdup(g_ptr_array_index(level->without, i)));
  g_ptr_array_add(derivation->derived, derived);
}

/* --- groups --- */

static void level_init(Level *level, const Source *source) {
  *level = (Level){.dimension = source->version->terms.dimension,
                   .depth = source->depth,
                   .parts = g_array_new(FALSE, FALSE, sizeof(Part)),
                   .without = g_ptr_array_new()};
}

static gboolean covers_more(const Level *a, const Level *b) {
  double x = a->days > 0 ? a->covered / a->days : 0, y = b->days > 0 ? b->covered / b->days : 0;
  return x > y || (x == y && a->depth < b->depth);
}

/* From the levels on which somebody has a target of the family the one that covers most. */
static gboolean derive_one(Derivation *derivation, const Family *family, const char *group, GError **error) {
  g_auto(Level) best = {0};
  for (guint i = 0; i < family->levels->len; i++) {
    g_auto(Level) level = {0};
    level_init(&level, g_ptr_array_index(family->levels, i));
    if (!read_level(derivation, family, group, &level, error)) return FALSE;
    if (!can_be_added(&level) || (best.parts && !covers_more(&level, &best))) continue;
    level_clear(&best);
    best = level;
    level = (Level){0};
  }
  if (!best.parts) return TRUE;
  TargetVersion *version = sum_of(derivation, family, group, &best, error);
  if (version) add_derived(derivation, &best, version);
  return version != NULL;
}

static gint by_name(gconstpointer a, gconstpointer b) {
  return g_utf8_collate(*(const char *const *)a, *(const char *const *)b);
}

static gboolean derive_family(Derivation *derivation, const Family *family, GError **error) {
  const Places *people = places_of(derivation, "rep", family, error);
  if (!people) return FALSE;
  g_autofree char *wanted = derivation->request->member ? g_utf8_casefold(derivation->request->member, -1) : NULL;
  g_autoptr(GPtrArray) groups = g_ptr_array_new();
  GHashTableIter iter;
  gpointer group;
  g_hash_table_iter_init(&iter, people->of_group);
  while (g_hash_table_iter_next(&iter, &group, NULL)) {
    g_autofree char *folded = g_utf8_casefold(group, -1);
    if (!wanted || g_str_equal(folded, wanted)) g_ptr_array_add(groups, group);
  }
  g_ptr_array_sort(groups, by_name);
  for (guint i = 0; i < groups->len; i++) {
    const char *name = g_ptr_array_index(groups, i);
    if (!has_own(derivation, family, name) && !derive_one(derivation, family, name, error)) return FALSE;
  }
  return TRUE;
}

GPtrArray *target_derive(const TargetDesk *desk, const GPtrArray *targets, const TargetDeriveRequest *request,
                         GError **error) {
  g_auto(Derivation) derivation;
  derivation_init(&derivation, desk, request);
  if (!target_capacity_depth(desk->context, request->dimension, &derivation.depth, error)) return NULL;
  for (guint i = 0; derivation.depth >= 0 && i < targets->len; i++)
    if (!add_source(&derivation, g_ptr_array_index(targets, i), error)) return NULL;
  if (!find_amounts(&derivation, error)) return NULL;
  sort_sources(&derivation);
  for (guint i = 0; i < derivation.families->len; i++)
    if (!derive_family(&derivation, g_ptr_array_index(derivation.families, i), error)) return NULL;
  return g_steal_pointer(&derivation.derived);
}

/* --- several, and words --- */

static void add_names(GPtrArray *names, const GPtrArray *more) {
  for (guint i = 0; i < more->len; i++)
    if (!g_ptr_array_find_with_equal_func(names, g_ptr_array_index(more, i), g_str_equal, NULL))
      g_ptr_array_add(names, g_strdup(g_ptr_array_index(more, i)));
}

TargetDerived *target_derived_together(const GPtrArray *derived) {
  TargetDerived *all = new_derived(((const TargetDerived *)g_ptr_array_index(derived, 0))->dimension);
  for (guint i = 0; i < derived->len; i++) {
    const TargetDerived *one = g_ptr_array_index(derived, i);
    g_array_append_vals(all->numbers, one->numbers->data, one->numbers->len);
    add_names(all->members, one->members);
    add_names(all->in_part, one->in_part);
    add_names(all->without, one->without);
  }
  g_array_sort(all->numbers, by_number);
  return all;
}

/* "Silva, Ana; Lund, Bo and 3 more"; caller frees. */
static char *some_names(const GPtrArray *names) {
  GString *list = g_string_new(NULL);
  for (guint i = 0; i < MIN(names->len, SHOWN_NAMES); i++)
    g_string_append_printf(list, "%s%s", i > 0 ? "; " : "", (const char *)g_ptr_array_index(names, i));
  if (names->len > SHOWN_NAMES) g_string_append_printf(list, " and %u more", names->len - SHOWN_NAMES);
  return g_string_free(list, FALSE);
}

char *target_derived_words(const TargetDerived *derived, const char *who, const char *kpi) {
  g_autofree char *have = some_names(derived->members), *lack = some_names(derived->without);
  GString *words = g_string_new(NULL);
  g_string_append_printf(words, "%s has no target of %s of its own: it is the sum of its members' (%s).", who, kpi,
                         have);
  if (derived->without->len > 0) g_string_append_printf(words, " Without one, though what they do counts: %s.", lack);
  if (derived->in_part->len > 0) {
    g_autofree char *part = some_names(derived->in_part);
    g_string_append_printf(words, " By the share of their working days there: %s.", part);
  }
  return g_string_free(words, FALSE);
}
