/* A run: what all rules look at is read once, then each rule has its turn. */
#include "lint/lint_private.h"
#include "lint_resources.h"

#include <gio/gio.h>

typedef struct {
  LintRule rule;
  LintCheck check;
} Turn;

static const Turn turns[] = {
    {{"too_many_kpis", LINT_WARNING, "more KPIs than anybody can steer by"}, lint_too_many},
    {{"no_target", LINT_WARNING, "KPIs that somebody chose and nobody set a target for"}, lint_no_target},
    {{"no_owner", LINT_WARNING, "targets that nobody in particular answers for"}, lint_no_owner},
    {{"only_lagging", LINT_WARNING, "targets of results alone, which tell of a miss when it is too late"},
     lint_only_lagging},
    {{"rate_without_volume", LINT_WARNING, "a target of a rate without one of its volume"}, lint_rate_alone},
    {{"ratio_averaged", LINT_SERIOUS, "a mean or sum of ratios in an own definition"}, lint_ratio_averaged},
    {{"target_averaged", LINT_WARNING, "a rate's target that is the plain mean of its parts' targets"},
     lint_target_mean},
    {{"no_baseline", LINT_NOTE, "targets of what has no value in the time before"}, lint_no_baseline},
    {{"no_date", LINT_NOTE, "targets that end too far away to be missed in time"}, lint_no_date},
    {{"unused_kpi", LINT_NOTE, "KPIs with targets, or own ones, that nobody looked at for a quarter"}, lint_unused},
    {{"definition_changed", LINT_SERIOUS, "a definition that changed within a target's span or a running period"},
     lint_changed},
    {{"no_objective", LINT_NOTE, "targets that serve no objective, and objectives without a target"},
     lint_no_objective},
    {{"vanity_count", LINT_WARNING, "targets of activity without one of what comes of it"}, lint_vanity},
    {{"always_rises", LINT_WARNING, "KPIs that can only rise"}, lint_always_rises},
    {{"backdated_deals", LINT_SERIOUS, "deals dated back into a month that was over"}, lint_backdated},
    {{"month_end_jumps", LINT_WARNING, "wins and stage moves that pile up on a month's last two working days"},
     lint_month_end},
    {{"stale_deals", LINT_WARNING, "open deals without a sign of life for longer than deals take"}, lint_stale},
    {{"padded_bursts", LINT_SERIOUS, "activities alike, entered as done within moments of each other"},
     lint_padded_bursts},
    {{"padded_month_end", LINT_WARNING, "activities that pile up on a month's last two working days"},
     lint_padded_month_end},
    {{"padded_volume", LINT_NOTE, "far more activities than peers and no more outcomes"}, lint_padded_volume},
};

const LintRule *lint_rules(guint *n_rules) {
  static LintRule rules[G_N_ELEMENTS(turns)];
  static gsize made;
  if (g_once_init_enter(&made)) {
    for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) rules[i] = turns[i].rule;
    g_once_init_leave(&made, 1);
  }
  *n_rules = G_N_ELEMENTS(turns);
  return rules;
}

const char *lint_severity_name(LintSeverity severity) {
  static const char *const names[] = {"note", "warning", "serious"};
  return names[severity];
}

/* --- findings --- */

static void free_record(gpointer data) {
  LintRecord *record = data;
  g_free(record->id);
  g_free(record->about);
  g_free(record);
}

static void free_finding(gpointer data) {
  LintFinding *finding = data;
  g_free(finding->subject);
  g_free(finding->evidence);
  g_free(finding->remedy);
  g_array_unref(finding->figures);
  g_ptr_array_unref(finding->records);
  g_free(finding);
}

LintFinding *lint_add(Lint *lint, char *subject, char *evidence, const char *remedy_format, ...) {
  LintFinding *finding = g_new0(LintFinding, 1);
  va_list values;
  va_start(values, remedy_format);
  finding->remedy = g_strdup_vprintf(remedy_format, values);
  va_end(values);
  finding->rule = lint->rule->name;
  finding->severity = lint->rule->severity;
  finding->subject = subject;
  finding->evidence = evidence;
  finding->figures = g_array_new(FALSE, FALSE, sizeof(LintFigure));
  finding->records = g_ptr_array_new_with_free_func(free_record);
  g_ptr_array_add(lint->findings, finding);
  return finding;
}

void lint_figure(LintFinding *finding, const char *name, double value) {
  LintFigure figure = {name, value};
  g_array_append_val(finding->figures, figure);
}

void lint_record(LintFinding *finding, const char *table, const char *id, char *about) {
  g_autofree char *taken = about;
  if (finding->records->len >= LINT_MAX_RECORDS) return;
  LintRecord *record = g_new0(LintRecord, 1);
  *record = (LintRecord){table, g_strdup(id), g_steal_pointer(&taken)};
  g_ptr_array_add(finding->records, record);
}

/* --- what rules share --- */

const TargetVersion *lint_version(const Lint *lint, const Target *target) {
  const TargetVersion *version = target_in_force(target, lint->context->today);
  return version ? version : target_latest(target);
}

const KpiDefinition *lint_kpi(const Lint *lint, const Target *target) {
  return kpi_catalogue_find(lint->context->catalogue, lint_version(lint, target)->terms.kpi, NULL);
}

GHashTable *lint_by_who(const Lint *lint) {
  GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < lint->current->len; i++) {
    Target *target = g_ptr_array_index(lint->current, i);
    const TargetTerms *terms = &lint_version(lint, target)->terms;
    g_autofree char *who = target_who_write(terms->dimension, terms->member);
    GPtrArray *list = g_hash_table_lookup(table, who);
    if (!list) g_hash_table_insert(table, g_steal_pointer(&who), list = g_ptr_array_new());
    g_ptr_array_add(list, target);
  }
  return table;
}

static gint compare_texts(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *lint_keys(GHashTable *table) {
  GPtrArray *keys = g_ptr_array_new();
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, &key, NULL)) g_ptr_array_add(keys, key);
  g_ptr_array_sort(keys, compare_texts);
  return keys;
}

char *lint_list(const GPtrArray *names, guint max) {
  GString *text = g_string_new(NULL);
  guint shown = names->len <= max ? names->len : max - 1;
  for (guint i = 0; i < shown; i++) {
    gboolean is_last = i > 0 && i + 1 == names->len;
    g_string_append_printf(text, "%s%s",
                           i == 0    ? ""
                           : is_last ? " and "
                                     : ", ",
                           (const char *)g_ptr_array_index(names, i));
  }
  if (shown < names->len) g_string_append_printf(text, " and %u more", names->len - shown);
  return g_string_free(text, FALSE);
}

StoreRows *lint_query(const Lint *lint, const char *file, const StoreValue *values, gsize n_values, GError **error) {
  g_autofree char *path = g_strconcat("/attain/lint/", file, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(lint_resources_get_resource(), path, 0, error);
  if (!bytes) return NULL;
  g_autofree char *sql = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  return store_query(lint->context->store, sql, values, n_values, 0, error);
}

const char *lint_text(const StoreRows *rows, gsize row, guint column) {
  StoreValue value = store_rows_value(rows, row, column);
  return value.type == STORE_TEXT ? value.text : "";
}

void lint_whole_months(const Lint *lint, int n_months, BaseDay *start, BaseDay *end) {
  CalendarPeriod month = calendar_period_at(lint->context->calendar, CALENDAR_MONTH, lint->context->today);
  *end = month.start;
  *start = calendar_shift(lint->context->calendar, &month, -n_months).start;
}

/* --- a run --- */

static gboolean check_name(const char *name, const char *place, GError **error) {
  const char *names[G_N_ELEMENTS(turns)];
  for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
    names[i] = turns[i].rule.name;
    if (g_str_equal(names[i], name)) return TRUE;
  }
  const char *nearest = base_nearest(name, names, G_N_ELEMENTS(names));
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
              "%sthere is no rule \"%s\"%s%s%s: `attain lint --rules` lists them", place, name,
              nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"" : "");
  return FALSE;
}

static gboolean check_names(const Lint *lint, const char *const *only, GError **error) {
  for (guint i = 0; only && only[i]; i++)
    if (!check_name(only[i], "", error)) return FALSE;
  char **ignore = lint->context->organisation->lint.ignore;
  for (guint i = 0; ignore && ignore[i]; i++) {
    g_autofree char *name = g_strndup(ignore[i], strcspn(ignore[i], " "));
    if (!check_name(name, "attain.yaml, lint, ignore: ", error)) return FALSE;
  }
  return TRUE;
}

static gboolean is_current(const Lint *lint, const Target *target) {
  return target_state(target) == TARGET_AGREED && lint_version(lint, target)->terms.end > lint->context->today;
}

static gboolean read_all(Lint *lint, GError **error) {
  lint->targets = target_read_all(lint->context->store, error);
  lint->objectives = lint->targets ? target_read_objectives(lint->context->store, error) : NULL;
  if (!lint->objectives) return FALSE;
  lint->current = g_ptr_array_new();
  for (guint i = 0; i < lint->targets->len; i++) {
    Target *target = g_ptr_array_index(lint->targets, i);
    if (is_current(lint, target)) g_ptr_array_add(lint->current, target);
  }
  TargetDesk desk = {.context = lint->context};
  lint->standings = target_standings(&desk, lint->current, error);
  return lint->standings != NULL;
}

static gboolean is_ignored(const Lint *lint, const LintFinding *finding) {
  char **ignore = lint->context->organisation->lint.ignore;
  g_autofree char *whole = g_strdup_printf("%s %s", finding->rule, finding->subject);
  for (guint i = 0; ignore && ignore[i]; i++)
    if (g_str_equal(ignore[i], finding->rule) || g_str_equal(ignore[i], whole)) return TRUE;
  return FALSE;
}

/* The grave first, else as rules found them. */
static GPtrArray *take_findings(const Lint *lint, guint *n_ignored) {
  GPtrArray *kept = g_ptr_array_new_with_free_func(free_finding);
  g_autoptr(GPtrArray) ignored = g_ptr_array_new_with_free_func(free_finding);
  g_ptr_array_set_free_func(lint->findings, NULL);
  for (int severity = LINT_SERIOUS; severity >= LINT_NOTE; severity--)
    for (guint i = 0; i < lint->findings->len; i++) {
      LintFinding *finding = g_ptr_array_index(lint->findings, i);
      if ((int)finding->severity != severity) continue;
      g_ptr_array_add(is_ignored(lint, finding) ? ignored : kept, finding);
    }
  *n_ignored = ignored->len;
  return kept;
}

static void lint_clear(Lint *lint) {
  g_clear_pointer(&lint->findings, g_ptr_array_unref);
  g_clear_pointer(&lint->standings, g_array_unref);
  g_clear_pointer(&lint->current, g_ptr_array_unref);
  g_clear_pointer(&lint->targets, g_ptr_array_unref);
  g_clear_pointer(&lint->objectives, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Lint, lint_clear)

/* Rules about records look back from the clock: what ended long ago they do not see. */
static gboolean read_latest(const Lint *lint, BaseDay *latest, GError **error) {
  const StoreValue now = {.type = STORE_INSTANT, .integer = lint->context->now_us};
  g_autoptr(StoreRows) rows = store_query(
      lint->context->store, "SELECT max(latest_at) FROM ledger_stat WHERE latest_at <= ?", &now, 1, 1, error);
  if (!rows) return FALSE;
  StoreValue value = store_rows_value(rows, 0, 0);
  *latest = value.type == STORE_NULL ? BASE_DAY_NONE : calendar_day_of(lint->context->calendar, value.integer);
  return TRUE;
}

gboolean lint_run(const LintDesk *desk, const char *const *only, LintReport *report, GError **error) {
  g_auto(Lint) lint = {.desk = desk, .context = desk->context};
  lint.findings = g_ptr_array_new_with_free_func(free_finding);
  if (!check_names(&lint, only, error) || !read_all(&lint, error)) return FALSE;
  guint n_rules = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
    if (only && only[0] && !g_strv_contains(only, turns[i].rule.name)) continue;
    lint.rule = &turns[i].rule;
    n_rules++;
    if (!turns[i].check(&lint, error)) return FALSE;
  }
  *report = (LintReport){.n_rules = n_rules};
  if (!read_latest(&lint, &report->latest, error)) return FALSE;
  report->findings = take_findings(&lint, &report->n_ignored);
  return TRUE;
}

void lint_report_clear(LintReport *report) {
  g_clear_pointer(&report->findings, g_ptr_array_unref);
}
