/* Targets in the database: five tables, to which rows are only added. */
#include "target/keep.h"

#include "store/values.h"
#include "target/names.h"

static const char *const acts[] = {"set", "propose", "counter", "accept", "decline", "adjust", "withdraw", "comment"};
static const char *const states[] = {"open", "agreed", "declined", "withdrawn"};

const char *target_act_name(TargetAct act) {
  return acts[act];
}
const char *target_state_name(TargetState state) {
  return states[state];
}

gboolean target_act_parse(const char *name, TargetAct *act) {
  for (guint i = 0; i < G_N_ELEMENTS(acts); i++)
    if (g_str_equal(name, acts[i])) {
      *act = (TargetAct)i;
      return TRUE;
    }
  return FALSE;
}

/* --- life --- */

void target_version_free(TargetVersion *version) {
  if (!version) return;
  target_terms_clear(&version->terms);
  g_array_unref(version->parts);
  g_free(version);
}

static void free_version(gpointer data) {
  target_version_free(data);
}

static void free_event(gpointer data) {
  TargetEvent *event = data;
  g_free(event->author);
  g_free(event->words);
  g_free(event);
}

static Target *new_target(void) {
  Target *target = g_new0(Target, 1);
  target->versions = g_ptr_array_new_with_free_func(free_version);
  target->events = g_ptr_array_new_with_free_func(free_event);
  return target;
}

void target_free(Target *target) {
  if (!target) return;
  g_ptr_array_unref(target->versions);
  g_ptr_array_unref(target->events);
  g_free(target);
}

Target *target_new(gint64 parent, gint64 objective) {
  Target *target = new_target();
  target->parent = parent;
  target->objective = objective;
  return target;
}

Target *target_new_made(TargetVersion *version) {
  Target *made = new_target();
  TargetEvent event = {.act = TARGET_ACT_SET, .version = 1, .author = g_strdup("")};
  version->version = 1;
  version->effective = version->terms.start;
  g_ptr_array_add(made->versions, version);
  g_ptr_array_add(made->events, g_memdup2(&event, sizeof event));
  return made;
}

TargetVersion *target_version_new(const TargetTerms *terms) {
  TargetVersion *version = g_new0(TargetVersion, 1);
  target_terms_copy(&version->terms, terms);
  version->parts = g_array_new(FALSE, FALSE, sizeof(TargetPart));
  version->effective = terms->start;
  return version;
}

void target_objective_free(TargetObjective *objective) {
  if (!objective) return;
  g_free(objective->name);
  g_free(objective->about);
  g_strfreev(objective->kpis);
  g_free(objective->author);
  g_free(objective);
}

/* --- what holds --- */

static const TargetVersion *version_numbered(const Target *target, guint number) {
  return number >= 1 && number <= target->versions->len ? g_ptr_array_index(target->versions, number - 1) : NULL;
}

static gboolean is_agreement(TargetAct act) {
  return act == TARGET_ACT_SET || act == TARGET_ACT_ADJUST || act == TARGET_ACT_ACCEPT;
}

TargetState target_state(const Target *target) {
  TargetState state = TARGET_OPEN;
  for (guint i = 0; i < target->events->len; i++) {
    TargetAct act = ((const TargetEvent *)g_ptr_array_index(target->events, i))->act;
    if (is_agreement(act)) state = TARGET_AGREED;
    if (act == TARGET_ACT_WITHDRAW) state = TARGET_WITHDRAWN;
    if (act == TARGET_ACT_PROPOSE && state != TARGET_AGREED) state = TARGET_OPEN;
    if (act == TARGET_ACT_DECLINE && state != TARGET_AGREED) state = TARGET_DECLINED;
    if (act == TARGET_ACT_COUNTER && state != TARGET_AGREED) state = TARGET_OPEN;
  }
  return state;
}

const TargetVersion *target_in_force(const Target *target, BaseDay day) {
  const TargetVersion *found = NULL;
  for (guint i = 0; i < target->events->len; i++) {
    const TargetEvent *event = g_ptr_array_index(target->events, i);
    const TargetVersion *version = version_numbered(target, event->version);
    if (event->act == TARGET_ACT_WITHDRAW) found = NULL;
    if (!is_agreement(event->act) || !version) continue;
    if (!found || version->effective <= MAX(day, version->terms.start)) found = version;
  }
  return found;
}

const TargetVersion *target_latest(const Target *target) {
  return g_ptr_array_index(target->versions, target->versions->len - 1);
}

/* --- reading --- */

static Target *find_target(GPtrArray *targets, gint64 number) {
  gsize low = 0, high = targets->len;
  while (low < high) {
    gsize middle = low + (high - low) / 2;
    Target *target = g_ptr_array_index(targets, middle);
    if (target->number == number) return target;
    if (target->number < number)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

static TargetVersion *version_at(const StoreRows *rows, gsize row) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)store_text_at(rows, row, 2);
  terms.dimension = (char *)store_text_at(rows, row, 3);
  terms.member = (char *)store_text_at(rows, row, 4);
  terms.has_kind = target_kind_parse(store_text_at(rows, row, 5), &terms.kind);
  terms.has_amount = store_number_at(rows, row, 6, &terms.amount);
  store_number_at(rows, row, 7, &terms.amount_high);
  terms.is_percent = store_int_at(rows, row, 8) != 0;
  terms.baseline_start = store_day_at(rows, row, 9);
  terms.baseline_end = store_day_at(rows, row, 10);
  const char *per = store_text_at(rows, row, 11), *spread = store_text_at(rows, row, 14);
  terms.has_per = per && calendar_grain_parse(per, &terms.per);
  terms.start = store_day_at(rows, row, 12);
  terms.end = store_day_at(rows, row, 13);
  TargetVersion *version = target_version_new(&terms);
  version->version = (guint)store_int_at(rows, row, 1);
  target_spread_parse(spread, &version->spread);
  version->effective = store_day_at(rows, row, 15);
  version->member_table = g_intern_string(store_text_at(rows, row, 16));
  version->member_key = store_int_at(rows, row, 17);
  return version;
}

static gboolean read_versions(Store *store, GPtrArray *targets, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store,
      "SELECT target, version, kpi, dimension, member, kind, amount, amount_high, is_percent, baseline_start, "
      "baseline_end, per, start_day, end_day, spread, effective_day, member_table, member_key FROM "
      "attain_target_version ORDER BY target, version",
      NULL, 0, 0, error);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    Target *target = find_target(targets, store_int_at(rows, i, 0));
    if (target) g_ptr_array_add(target->versions, version_at(rows, i));
  }
  return rows != NULL;
}

static gboolean read_parts(Store *store, GPtrArray *targets, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store,
      "SELECT target, version, start_day, end_day, amount FROM attain_target_part ORDER BY target, version, start_day",
      NULL, 0, 0, error);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    const Target *target = find_target(targets, store_int_at(rows, i, 0));
    const TargetVersion *version = target ? version_numbered(target, (guint)store_int_at(rows, i, 1)) : NULL;
    TargetPart part = {.start = store_day_at(rows, i, 2), .end = store_day_at(rows, i, 3)};
    store_number_at(rows, i, 4, &part.weight);
    if (version) g_array_append_val(version->parts, part);
  }
  return rows != NULL;
}

static gboolean read_events(Store *store, GPtrArray *targets, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store, "SELECT target, act, version, author, words, said_at FROM attain_target_event ORDER BY target, event",
      NULL, 0, 0, error);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    Target *target = find_target(targets, store_int_at(rows, i, 0));
    TargetEvent event = {.version = (guint)store_int_at(rows, i, 2), .said_at_us = store_int_at(rows, i, 5)};
    if (!target || !target_act_parse(store_text_at(rows, i, 1), &event.act)) continue;
    event.author = g_strdup(store_text_at(rows, i, 3));
    event.words = g_strdup(store_text_at(rows, i, 4));
    g_ptr_array_add(target->events, g_memdup2(&event, sizeof event));
  }
  return rows != NULL;
}

static void free_names(gpointer data) {
  target_names_free(data);
}

static gboolean follow_member(Store *store, TargetVersion *version, GHashTable *tables, GError **error) {
  if (!version->member_table || version->member_key == 0) return TRUE;
  TargetNames *names = g_hash_table_lookup(tables, version->member_table);
  if (!names) {
    names = target_names_load(store, version->member_table, error);
    if (!names) return FALSE;
    g_hash_table_insert(tables, (gpointer)version->member_table, names);
  }
  const char *name = target_names_of(names, version->member_key);
  if (!name || g_strcmp0(name, version->terms.member) == 0) return TRUE;
  g_free(version->terms.member);
  version->terms.member = g_strdup(name);
  return TRUE;
}

/* Each member by the name that its row has now, or had at the instant that the store is opened as of. */
static gboolean follow_members(Store *store, const GPtrArray *targets, GError **error) {
  g_autoptr(GHashTable) tables = g_hash_table_new_full(NULL, NULL, NULL, free_names);
  for (guint t = 0; t < targets->len; t++) {
    const Target *target = g_ptr_array_index(targets, t);
    for (guint v = 0; v < target->versions->len; v++)
      if (!follow_member(store, g_ptr_array_index(target->versions, v), tables, error)) return FALSE;
  }
  return TRUE;
}

static void free_target(gpointer data) {
  target_free(data);
}

GPtrArray *target_read_all(Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT target, parent, objective FROM attain_target ORDER BY target", NULL, 0, 0, error);
  if (!rows) return NULL;
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(free_target);
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    Target *target = target_new(store_int_at(rows, i, 1), store_int_at(rows, i, 2));
    target->number = store_int_at(rows, i, 0);
    g_ptr_array_add(targets, target);
  }
  if (!read_versions(store, targets, error) || !read_parts(store, targets, error) ||
      !read_events(store, targets, error) || !follow_members(store, targets, error))
    return NULL;
  return g_steal_pointer(&targets);
}

/* --- saying --- */

static gboolean next_number(Store *store, const char *sql, gint64 *number, GError **error) {
  g_autoptr(StoreRows) rows = store_query_kept(store, sql, NULL, 0, 0, error);
  if (rows) *number = store_int_at(rows, 0, 0) + 1;
  return rows != NULL;
}

static gboolean add_target(Store *store, Target *target, gint64 said_at_us, GError **error) {
  if (!next_number(store, "SELECT coalesce(max(target), 0) FROM attain_target", &target->number, error)) return FALSE;
  const StoreValue values[] = {
      store_of_int(target->number), target->parent ? store_of_int(target->parent) : store_of_text(NULL),
      target->objective ? store_of_int(target->objective) : store_of_text(NULL), store_of_instant(said_at_us)};
  return store_run_kept(store, "INSERT INTO attain_target VALUES (?, ?, ?, ?)", values, G_N_ELEMENTS(values), NULL,
                        error);
}

static gboolean add_version(Store *store, gint64 target, const TargetVersion *version, GError **error) {
  const TargetTerms *terms = &version->terms;
  const StoreValue values[] = {store_of_int(target),
                               store_of_int(version->version),
                               store_of_text(terms->kpi),
                               store_of_text(terms->dimension),
                               store_of_text(terms->member),
                               store_of_text(target_kind_name(terms->kind)),
                               store_of_number(TRUE, terms->amount),
                               store_of_number(terms->kind == TARGET_BETWEEN, terms->amount_high),
                               store_of_bool(terms->is_percent),
                               store_of_day(terms->baseline_start),
                               store_of_day(terms->baseline_end),
                               store_of_text(terms->has_per ? calendar_grain_name(terms->per) : NULL),
                               store_of_day(terms->start),
                               store_of_day(terms->end),
                               store_of_text(target_spread_name(version->spread)),
                               store_of_day(version->effective),
                               store_of_text(version->member_key ? version->member_table : NULL),
                               version->member_key ? store_of_int(version->member_key) : store_of_text(NULL)};
  if (!store_run_kept(store,
                      "INSERT INTO attain_target_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      values, G_N_ELEMENTS(values), NULL, error))
    return FALSE;
  for (guint i = 0; i < version->parts->len; i++) {
    const TargetPart *part = &g_array_index(version->parts, TargetPart, i);
    const StoreValue row[] = {store_of_int(target), store_of_int(version->version), store_of_day(part->start),
                              store_of_day(part->end), store_of_number(TRUE, part->weight)};
    if (!store_run_kept(store, "INSERT INTO attain_target_part VALUES (?, ?, ?, ?, ?)", row, G_N_ELEMENTS(row), NULL,
                        error))
      return FALSE;
  }
  return TRUE;
}

static gboolean add_event(Store *store, const Target *target, const TargetEvent *event, GError **error) {
  const StoreValue values[] = {store_of_int(target->number),
                               store_of_int(target->events->len + 1),
                               store_of_text(target_act_name(event->act)),
                               store_of_int(event->version),
                               store_of_text(event->author),
                               store_of_text(event->words),
                               store_of_instant(event->said_at_us)};
  return store_run_kept(store, "INSERT INTO attain_target_event VALUES (?, ?, ?, ?, ?, ?, ?)", values,
                        G_N_ELEMENTS(values), NULL, error);
}

gboolean target_version_find_member(Store *store, TargetVersion *version, GError **error) {
  const TargetTerms *terms = &version->terms;
  const char *table;
  version->member_key = 0;
  if (!terms->member) return TRUE;
  if (!target_names_table(store, terms->dimension, &table, error)) return FALSE;
  g_autoptr(TargetNames) names = table ? target_names_load(store, table, error) : NULL;
  if (table && !names) return FALSE;
  version->member_table = g_intern_string(table);
  version->member_key = names ? target_names_find(names, terms->member) : 0;
  return TRUE;
}

gboolean target_say_within(Store *store, Target *target, TargetVersion *version, const TargetEvent *event,
                           GError **error) {
  g_autoptr(TargetVersion) made = version;
  TargetEvent said = *event;
  if (target->number == 0 && !add_target(store, target, event->said_at_us, error)) return FALSE;
  if (made) {
    if (made->member_key == 0 && !target_version_find_member(store, made, error)) return FALSE;
    made->version = target->versions->len + 1;
    said.version = made->version;
    if (!add_version(store, target->number, made, error)) return FALSE;
  }
  if (!add_event(store, target, &said, error)) return FALSE;
  if (made) g_ptr_array_add(target->versions, g_steal_pointer(&made));
  said.author = g_strdup(event->author);
  said.words = g_strdup(event->words);
  g_ptr_array_add(target->events, g_memdup2(&said, sizeof said));
  return TRUE;
}

gboolean target_say(Store *store, Target *target, TargetVersion *version, const TargetEvent *event, GError **error) {
  if (!store_begin(store, error)) {
    target_version_free(version);
    return FALSE;
  }
  if (target_say_within(store, target, version, event, error)) return store_commit(store, error);
  store_rollback(store);
  return FALSE;
}

/* --- objectives --- */

static void free_objective(gpointer data) {
  target_objective_free(data);
}

GPtrArray *target_read_objectives(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store,
      "SELECT objective, version, name, about, kpis, ended, author, said_at FROM attain_objective QUALIFY version = "
      "max(version) OVER (PARTITION BY objective) ORDER BY objective",
      NULL, 0, 0, error);
  if (!rows) return NULL;
  GPtrArray *objectives = g_ptr_array_new_with_free_func(free_objective);
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    TargetObjective *objective = g_new0(TargetObjective, 1);
    objective->number = store_int_at(rows, i, 0);
    objective->version = (guint)store_int_at(rows, i, 1);
    objective->name = g_strdup(store_text_at(rows, i, 2));
    objective->about = g_strdup(store_text_at(rows, i, 3));
    const char *kpis = store_text_at(rows, i, 4);
    objective->kpis = *kpis ? g_strsplit(kpis, " ", -1) : g_new0(char *, 1);
    objective->ended = store_int_at(rows, i, 5) != 0;
    objective->author = g_strdup(store_text_at(rows, i, 6));
    objective->said_at_us = store_int_at(rows, i, 7);
    g_ptr_array_add(objectives, objective);
  }
  return objectives;
}

const TargetObjective *target_objective_of(const Target *target, const GPtrArray *objectives) {
  const char *kpi = target_latest(target)->terms.kpi;
  for (guint i = 0; i < objectives->len; i++) {
    const TargetObjective *objective = g_ptr_array_index(objectives, i);
    gboolean names_it = !objective->ended && g_strv_contains((const char *const *)objective->kpis, kpi);
    if (target->objective > 0 ? objective->number == target->objective : names_it) return objective;
  }
  return NULL;
}

gboolean target_objective_save(Store *store, TargetObjective *objective, GError **error) {
  gint64 number = objective->number;
  if (number == 0 && !next_number(store, "SELECT coalesce(max(objective), 0) FROM attain_objective", &number, error))
    return FALSE;
  g_autofree char *kpis = g_strjoinv(" ", objective->kpis);
  const StoreValue values[] = {store_of_int(number),
                               store_of_int(objective->version + 1),
                               store_of_text(objective->name),
                               store_of_text(objective->about),
                               store_of_text(kpis),
                               store_of_bool(objective->ended),
                               store_of_text(objective->author),
                               store_of_instant(objective->said_at_us)};
  if (!store_run(store, "INSERT INTO attain_objective VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values, G_N_ELEMENTS(values),
                 NULL, error))
    return FALSE;
  objective->number = number;
  objective->version++;
  return TRUE;
}
