/* A sum is split by the changes of its members, a ratio or mean by rate and mix (stats/split.c has the formula).
 *
 *   whole change = Σ effects of members + rest
 *
 * The rest is what the members do not have of the whole or have more than once: a deal that two people share counts for
 * each of them and once for all. Where members divide the whole it is 0. */
#include "answer/decompose.h"

#include "answer/members.h"
#include "stats/stats.h"

#include <math.h>

#define ROUNDING 1e-9 /* of what is added up: less is nobody's */

typedef struct {
  const QueryRow *row;
  StatsPart part; /* of a sum: numerators only */
  StatsEffect effect;
} Member;

struct AnswerDecomposition {
  const Session *session;
  const QueryResult *result;
  const KpiDefinition *kpi;
  KpiForm form;
  int decimals; /* of its money */
  const QueryRow *whole;
  GArray *members; /* Member, the largest effect first */
  double change, rate, mix, rest;
  GPtrArray *notes; /* char * */
};

/* --- the question --- */

static char *drivers_of(const Session *session, const KpiDefinition *kpi) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (const char *const *driver = kpi->drivers; driver != NULL && *driver != NULL; driver++) {
    const KpiDefinition *found = kpi_catalogue_find(session->catalogue, *driver, NULL);
    g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", found != NULL ? found->title : *driver);
  }
  return names->len > 0 ? g_strdup_printf("; split what drives it in its place: %s", names->str) : g_strdup("");
}

static gboolean check_kpi(const Session *session, const AnswerRequest *request, GError **error) {
  const KpiDefinition *kpi = kpi_catalogue_find(session->catalogue, request->kpis[0], error);
  const char *why;
  if (kpi == NULL) return FALSE;
  if (kpi_form_of(kpi->versions[kpi->n_versions - 1].expr, &why) != KPI_FORM_OTHER) return TRUE;
  g_autofree char *instead = drivers_of(session, kpi);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the change of %s cannot be split by %s: %s%s", kpi->title,
              request->by[0], why, instead);
  return FALSE;
}

gboolean answer_decompose_check(const Session *session, AnswerRequest *request, GError **error) {
  const char *wrong = request->request.has_grain ? "a change is split over one period: without a grain"
                      : g_strv_length(request->kpis) != 1
                          ? "a change is split of one KPI at a time, such as revenue or win_rate"
                      : g_strv_length(request->by) != 1
                          ? "a change is split by the members of one dimension, such as by team, rep, product or source"
                          : NULL;
  if (wrong != NULL) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, wrong);
  if (wrong != NULL) return FALSE;
  if (request->request.compare == QUERY_COMPARE_NONE) request->request.compare = QUERY_COMPARE_PREVIOUS;
  return check_kpi(session, request, error);
}

/* --- parts --- */

static StatsFraction fraction_of(const QueryValue *value, KpiForm form) {
  if (form == KPI_FORM_SUM) return (StatsFraction){value->has_value ? value->value : 0, 0};
  if (form == KPI_FORM_RATIO)
    return value->has_parts ? (StatsFraction){value->numerator, value->denominator} : (StatsFraction){0, 0};
  return value->has_value ? (StatsFraction){value->value * (double)value->n, (double)value->n} : (StatsFraction){0, 0};
}

static StatsPart part_of(const QueryRow *row, KpiForm form) {
  return (StatsPart){fraction_of(&row->compared, form), fraction_of(&row->value, form)};
}

static gboolean is_something(StatsFraction of) {
  return of.numerator != 0 || of.denominator != 0;
}

static gint by_effect(gconstpointer a, gconstpointer b) {
  const Member *x = a, *y = b;
  double ex = fabs(x->effect.effect), ey = fabs(y->effect.effect);
  return ex != ey ? (ex > ey ? -1 : 1) : g_strcmp0(x->row->members[0], y->row->members[0]);
}

static void collect(AnswerDecomposition *split) {
  for (guint r = 0; r < query_result_n_rows(split->result); r++) {
    const QueryRow *row = query_result_row(split->result, r);
    Member member = {.row = row, .part = part_of(row, split->form)};
    if (is_something(member.part.then) || is_something(member.part.now)) g_array_append_val(split->members, member);
  }
}

/* --- effects --- */

static double split_sum(AnswerDecomposition *split) {
  g_autofree double *changes = g_new(double, split->members->len + 1);
  for (guint i = 0; i < split->members->len; i++) {
    Member *member = &g_array_index(split->members, Member, i);
    changes[i] = member->part.now.numerator - member->part.then.numerator;
    member->effect = (StatsEffect){.effect = changes[i]};
  }
  return stats_split_rest(changes, split->members->len, split->change);
}

static double split_ratio(AnswerDecomposition *split) {
  guint n = split->members->len;
  g_autofree StatsPart *parts = g_new(StatsPart, n + 1);
  g_autofree StatsEffect *effects = g_new(StatsEffect, n + 1);
  double rest = split->change;
  for (guint i = 0; i < n; i++) parts[i] = g_array_index(split->members, Member, i).part;
  if (!stats_split_ratio(parts, n, part_of(split->whole, split->form), effects, &rest)) return rest;
  for (guint i = 0; i < n; i++) {
    g_array_index(split->members, Member, i).effect = effects[i];
    split->rate += effects[i].rate;
    split->mix += effects[i].mix;
  }
  return rest;
}

/* What is added up has its own rounding; more than that is somebody's. */
static double size_of(const AnswerDecomposition *split) {
  double size = fabs(split->whole->value.value) + fabs(split->whole->compared.value);
  for (guint i = 0; i < split->members->len; i++) size += fabs(g_array_index(split->members, Member, i).effect.effect);
  return size;
}

static void add_notes(AnswerDecomposition *split) {
  for (const char *const *note = query_result_notes(split->result); *note != NULL; note++)
    g_ptr_array_add(split->notes, g_strdup(*note));
  if (split->rest == 0) return;
  g_ptr_array_add(split->notes, g_strdup("Members do not divide the whole: what several of them share counts for each, "
                                         "and once for all. The rest is the difference."));
}

static gboolean can_split(const AnswerDecomposition *split, GError **error) {
  const QueryRow *whole = split->whole;
  const char *dimension = query_result_dim(split->result, 0);
  const CalendarPeriod *empty = !whole->value.has_value      ? query_result_period(split->result, 0)
                                : !whole->compared.has_value ? &whole->compared_period
                                                             : NULL;
  if (empty != NULL)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "there is no change to split: %s has no value in %s",
                split->kpi->title, empty->name);
  if (empty != NULL) return FALSE;
  for (guint r = 0; r < query_result_n_rows(split->result); r++) {
    if (!(query_result_row(split->result, r)->value.flags & QUERY_FLAG_NO_DIMENSION)) continue;
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_INPUT,
        "the change of %s cannot be split by %s: not all of its records have one; split it by another dimension",
        split->kpi->title, dimension);
    return FALSE;
  }
  return TRUE;
}

AnswerDecomposition *answer_decompose(const Session *session, const QueryResult *result, GError **error) {
  g_autoptr(AnswerDecomposition) split = g_new0(AnswerDecomposition, 1);
  const char *why;
  split->session = session;
  split->result = result;
  split->kpi = query_result_kpi(result, 0);
  split->form = kpi_form_of(split->kpi->versions[split->kpi->n_versions - 1].expr, &why);
  split->whole = query_result_total(result, 0);
  split->decimals = answer_decimals(session, result, 0);
  split->members = g_array_new(FALSE, FALSE, sizeof(Member));
  split->notes = g_ptr_array_new_with_free_func(g_free);
  if (!can_split(split, error)) return NULL;
  split->change = split->whole->value.value - split->whole->compared.value;
  collect(split);
  split->rest = split->form == KPI_FORM_SUM ? split_sum(split) : split_ratio(split);
  if (fabs(split->rest) <= ROUNDING * size_of(split)) split->rest = 0;
  g_array_sort(split->members, by_effect);
  add_notes(split);
  return g_steal_pointer(&split);
}

void answer_decomposition_free(AnswerDecomposition *split) {
  if (split == NULL) return;
  g_clear_pointer(&split->members, g_array_unref);
  g_clear_pointer(&split->notes, g_ptr_array_unref);
  g_free(split);
}

/* --- JSON and CSV --- */

static const char *state_of(const Member *member) {
  return !is_something(member->part.then) ? "new" : !is_something(member->part.now) ? "gone" : "both";
}

static double share_of(StatsFraction part, StatsFraction whole, KpiForm form) {
  return form == KPI_FORM_SUM ? part.numerator / whole.numerator : part.denominator / whole.denominator;
}

static void json_share(CliJson *json, const char *key, double share) {
  cli_json_value(json, key, isfinite(share), share);
}

static void json_member(CliJson *json, const AnswerDecomposition *split, const Member *member) {
  const QueryValue *now = &member->row->value, *then = &member->row->compared;
  StatsPart whole = part_of(split->whole, split->form);
  gboolean is_sum = split->form == KPI_FORM_SUM, has_parts = !is_sum;
  cli_json_begin_object(json);
  cli_json_member_text(json, "member", member->row->members[0]);
  cli_json_member_text(json, "state", state_of(member));
  cli_json_value(json, "value", now->has_value, now->value);
  cli_json_value(json, "compared_value", then->has_value, then->value);
  cli_json_member_integer(json, "n", now->n);
  cli_json_member_integer(json, "compared_n", then->n);
  cli_json_value(json, "numerator", has_parts, member->part.now.numerator);
  cli_json_value(json, "denominator", has_parts, member->part.now.denominator);
  cli_json_value(json, "compared_numerator", has_parts, member->part.then.numerator);
  cli_json_value(json, "compared_denominator", has_parts, member->part.then.denominator);
  json_share(json, "share", share_of(member->part.now, whole.now, split->form));
  json_share(json, "compared_share", share_of(member->part.then, whole.then, split->form));
  cli_json_member_number(json, "effect", member->effect.effect);
  cli_json_value(json, "rate_effect", member->effect.has_rate, member->effect.rate);
  cli_json_value(json, "mix_effect", member->effect.has_rate, member->effect.mix);
  answer_flags_member(json, now->flags | then->flags);
  cli_json_end_object(json);
}

static void json_period(CliJson *json, const char *key, const CalendarPeriod *period) {
  cli_json_member_object(json, key);
  cli_json_member_text(json, "name", period->name);
  answer_day_member(json, "start", period->start);
  answer_day_member(json, "end", period->end);
  cli_json_end_object(json);
}

static const char *method_of(const AnswerDecomposition *split) {
  return split->form == KPI_FORM_SUM ? "sum" : split->form == KPI_FORM_RATIO ? "ratio" : "mean";
}

static void json_whole(CliJson *json, const AnswerDecomposition *split) {
  gboolean has_rates = split->form != KPI_FORM_SUM;
  cli_json_member_text(json, "kpi", split->kpi->name);
  cli_json_member_text(json, "title", split->kpi->title);
  cli_json_member_text(json, "unit", answer_unit(split->kpi));
  cli_json_member_text(json, "by", query_result_dim(split->result, 0));
  cli_json_member_text(json, "method", method_of(split));
  json_period(json, "period", query_result_period(split->result, 0));
  json_period(json, "compared_period", &split->whole->compared_period);
  cli_json_member_number(json, "value", split->whole->value.value);
  cli_json_member_number(json, "compared_value", split->whole->compared.value);
  cli_json_member_number(json, "change", split->change);
  cli_json_value(json, "rate_effect", has_rates, split->rate);
  cli_json_value(json, "mix_effect", has_rates, split->mix);
  cli_json_member_number(json, "rest_effect", split->rest);
  answer_flags_member(json, split->whole->value.flags | split->whole->compared.flags);
}

void answer_decompose_json(const AnswerDecomposition *split, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  json_whole(json, split);
  cli_json_member_array(json, "members");
  for (guint i = 0; i < split->members->len; i++) json_member(json, split, &g_array_index(split->members, Member, i));
  cli_json_end_array(json);
  cli_json_member_array(json, "notes");
  for (guint i = 0; i < split->notes->len; i++) cli_json_text(json, g_ptr_array_index(split->notes, i));
  cli_json_end_array(json);
  cli_json_member_text(json, "currency", split->session->organisation->currency);
  answer_moment_members(json, split->session);
  cli_json_end_object(json);
}

void answer_decompose_csv(const AnswerDecomposition *split, FILE *out) {
  static const char *const heads[] = {"state", "value", "compared_value", "effect", "rate_effect", "mix_effect"};
  cli_csv_field(out, query_result_dim(split->result, 0), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_csv_field(out, heads[i], FALSE);
  cli_csv_end(out);
  for (guint i = 0; i < split->members->len; i++) {
    const Member *member = &g_array_index(split->members, Member, i);
    const QueryValue *now = &member->row->value, *then = &member->row->compared;
    cli_csv_field(out, member->row->members[0], TRUE);
    cli_csv_field(out, state_of(member), FALSE);
    cli_csv_number(out, now->has_value, now->value);
    cli_csv_number(out, then->has_value, then->value);
    cli_csv_number(out, TRUE, member->effect.effect);
    cli_csv_number(out, member->effect.has_rate, member->effect.rate);
    cli_csv_number(out, member->effect.has_rate, member->effect.mix);
    cli_csv_end(out);
  }
}

/* --- for people --- */

/* "+EUR 12,345", "-2.1 pt": a change of a share is in points of it. */
static char *change_words(const AnswerDecomposition *split, double change) {
  const KpiDefinition *kpi = split->kpi;
  if (kpi->unit.kind == KPI_RATIO && (kpi->display == NULL || g_str_equal(kpi->display, "percent")))
    return g_strdup_printf("%+.1f pt", change * 100);
  g_autofree char *words = answer_number_to(split->session, kpi, split->decimals, TRUE, fabs(change));
  return g_strconcat(change < 0 ? "-" : "+", words, NULL);
}

static void add_change(CliTable *table, const AnswerDecomposition *split, gboolean has, double change, CliStyle style) {
  g_autofree char *words = has ? change_words(split, change) : g_strdup("–");
  cli_table_add_cell(table, words, style);
}

static void add_line(CliTable *table, const AnswerDecomposition *split, const char *name, const QueryRow *row,
                     StatsEffect effect, CliStyle style) {
  g_autofree char *now =
      answer_number_to(split->session, split->kpi, split->decimals, row->value.has_value, row->value.value);
  g_autofree char *then =
      answer_number_to(split->session, split->kpi, split->decimals, row->compared.has_value, row->compared.value);
  cli_table_add_row(table);
  cli_table_add_cell(table, name, style);
  cli_table_add_cell(table, row->compared.has_value ? then : "–", style);
  cli_table_add_cell(table, row->value.has_value ? now : "–", style);
  if (split->form != KPI_FORM_SUM) {
    add_change(table, split, effect.has_rate, effect.rate, style);
    add_change(table, split, effect.has_rate, effect.mix, style);
  }
  add_change(table, split, TRUE, effect.effect, style);
}

static void add_rest(CliTable *table, const AnswerDecomposition *split) {
  if (split->rest == 0) return;
  cli_table_add_row(table);
  cli_table_add_cell(table, "(rest)", CLI_STYLE_NONE);
  for (guint i = 0; i < (split->form == KPI_FORM_SUM ? 2 : 4); i++) cli_table_add_cell(table, "", CLI_STYLE_NONE);
  add_change(table, split, TRUE, split->rest, CLI_STYLE_NONE);
}

CliTable *answer_decompose_table(const AnswerDecomposition *split) {
  const char *then = split->whole->compared_period.name, *now = query_result_period(split->result, 0)->name;
  g_autofree char *title = g_strdup_printf("%s: what made the change from %s to %s", split->kpi->title, then, now);
  g_autofree char *head = answer_dimension(query_result_dim(split->result, 0));
  CliTable *table = cli_table_new(title);
  gboolean is_sum = split->form == KPI_FORM_SUM;
  const CliColumn columns[] = {{head, CLI_LEFT}, {then, CLI_RIGHT}, {now, CLI_RIGHT}},
                  effects[] = {{"By rate", CLI_RIGHT}, {"By mix", CLI_RIGHT}, {"Effect", CLI_RIGHT}};
  cli_table_add_columns(table, columns, G_N_ELEMENTS(columns));
  cli_table_add_columns(table, effects + (is_sum ? 2 : 0), is_sum ? 1 : 3);
  for (guint i = 0; i < split->members->len; i++) {
    const Member *member = &g_array_index(split->members, Member, i);
    add_line(table, split, answer_member(member->row->members[0]), member->row, member->effect, CLI_STYLE_NONE);
  }
  add_rest(table, split);
  StatsEffect all = {TRUE, split->rate, split->mix, split->change};
  add_line(table, split, "All", split->whole, all, CLI_STYLE_TOTAL);
  for (guint i = 0; i < split->notes->len; i++) cli_table_add_note(table, g_ptr_array_index(split->notes, i));
  return table;
}
