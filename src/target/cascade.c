/* Handing targets down: weights by member, then target_share_out(). */
#include "target/cascade.h"

#include "target/asking.h"
#include "target/capacity.h"
#include "target/members.h"

#include <math.h>

#define HISTORY_MONTHS 12

static const char *const names[] = {"capacity", "history", "equal", "shares"};

const char *target_cascade_name(TargetCascadeBy by) {
  return names[by];
}

gboolean target_cascade_parse(const char *name, TargetCascadeBy *by) {
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_equal(names[i], name)) {
      *by = (TargetCascadeBy)i;
      return TRUE;
    }
  return FALSE;
}

static void clear_share(gpointer data) {
  g_free(((TargetShare *)data)->member);
}

void target_cascade_clear(TargetCascade *cascade) {
  g_clear_pointer(&cascade->shares, g_array_unref);
}

/* --- weights --- */

static gboolean find_carriers(const TargetDesk *desk, const TargetTerms *terms, const TargetCascadeRequest *request,
                              TargetCascade *cascade, GError **error) {
  gboolean of_all = g_str_equal(terms->dimension, TARGET_COMPANY);
  g_autoptr(GArray) carriers = target_capacity(desk->context, request->dimension, of_all ? NULL : terms->dimension,
                                               of_all ? NULL : terms->member, terms->start, terms->end, error);
  for (guint i = 0; carriers && i < carriers->len; i++) {
    const TargetCapacity *capacity = &g_array_index(carriers, TargetCapacity, i);
    double weight = request->by == TARGET_BY_CAPACITY ? capacity->days : request->by == TARGET_BY_EQUAL ? 1 : 0;
    TargetShare share = {.member = g_strdup(capacity->name), .weight = weight};
    g_array_append_val(cascade->shares, share);
  }
  if (!carriers) return FALSE;
  if (cascade->shares->len > 0) return TRUE;
  g_autofree char *who = target_who_write(terms->dimension, terms->member);
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_INPUT,
      "%s has no %s who carries targets in those days: people carry them who are reps or marked as carrying a quota",
      who, request->dimension);
  return FALSE;
}

static gboolean weigh_by_history(const TargetDesk *desk, const TargetTerms *terms, const char *dimension,
                                 TargetCascade *cascade, GError **error) {
  BaseDay before = base_day_add_months(terms->start, -HISTORY_MONTHS);
  g_autoptr(TargetAnswers) answers = target_answers_new(desk);
  TargetTerms asked = *terms;
  asked.dimension = (char *)dimension;
  target_answers_want(answers, &asked, before, terms->start);
  if (!target_answers_ask(answers, error)) return FALSE;
  double sum = 0;
  for (guint i = 0; i < cascade->shares->len; i++) {
    TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    asked.member = share->member;
    const QueryValue *value = target_answers_find(answers, &asked, before, terms->start);
    share->weight = value && value->has_value ? MAX(value->value, 0) : 0;
    sum += share->weight;
  }
  if (sum > 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "nobody has any %s in the twelve months before: share it out by capacity, or say the shares", terms->kpi);
  return FALSE;
}

static TargetShare *find_share(TargetCascade *cascade, const char *name, GError **error) {
  g_autoptr(GPtrArray) members = g_ptr_array_new();
  g_autofree char *wanted = g_utf8_casefold(name, -1);
  for (guint i = 0; i < cascade->shares->len; i++) {
    TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    g_autofree char *folded = g_utf8_casefold(share->member, -1);
    if (g_str_equal(folded, wanted)) return share;
    g_ptr_array_add(members, share->member);
  }
  const char *nearest = base_nearest(name, (const char *const *)members->pdata, members->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "\"%s\" is not among those who carry it%s%s%s", name,
              nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return NULL;
}

static gboolean weigh_as_said(const TargetCascadeRequest *request, TargetCascade *cascade, GError **error) {
  double sum = 0;
  for (const char *const *text = request->shares; text && *text; text++) {
    const char *equals = strrchr(*text, '=');
    char *end = NULL;
    double weight = equals ? g_ascii_strtod(equals + 1, &end) : 0;
    if (!equals || end == equals + 1 || *end || !(weight >= 0) || !isfinite(weight)) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "\"%s\" is no share: write \"Ana Silva=40\"", *text);
      return FALSE;
    }
    g_autofree char *name = g_strndup(*text, (gsize)(equals - *text));
    TargetShare *share = find_share(cascade, g_strstrip(name), error);
    if (!share) return FALSE;
    share->weight = weight;
    sum += weight;
  }
  if (sum > 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "whose share is how much? Write \"Ana Silva=40\" and \"Bo Lund=60\"");
  return FALSE;
}

static gboolean weigh(const TargetDesk *desk, const TargetTerms *terms, const TargetCascadeRequest *request,
                      TargetCascade *cascade, GError **error) {
  if (request->by == TARGET_BY_HISTORY) return weigh_by_history(desk, terms, request->dimension, cascade, error);
  return request->by != TARGET_BY_SHARES || weigh_as_said(request, cascade, error);
}

/* --- amounts --- */

static gboolean share_out(double total, const TargetCascade *cascade, int digits, double *parts, GError **error) {
  g_autofree double *weights = g_new0(double, cascade->shares->len);
  for (guint i = 0; i < cascade->shares->len; i++) weights[i] = g_array_index(cascade->shares, TargetShare, i).weight;
  return target_share_out(total, digits, weights, cascade->shares->len, parts, error);
}

/* Who is away all the time has no rate to hold either; a limit of 0 is one, where there is a weight. */
static gboolean is_nothing(const TargetCascade *cascade, const TargetCascadeRequest *request,
                           const TargetShare *share) {
  if (share->weight == 0) return cascade->adds_up || request->by == TARGET_BY_CAPACITY;
  gboolean limits = cascade->kind == TARGET_BELOW || cascade->kind == TARGET_BETWEEN;
  return cascade->adds_up && !limits && share->amount == 0;
}

static gboolean set_amounts(const TargetDesk *desk, const TargetStanding *standing, const TargetCascadeRequest *request,
                            TargetCascade *cascade, GError **error) {
  guint n = cascade->shares->len;
  g_autofree double *low = g_new0(double, n), *high = g_new0(double, n);
  int digits = target_digits(standing->kpi, desk->context->organisation->currency);
  double scale = pow(10, digits), more = 1 + request->over;
  double total = round(standing->amount * more * scale) / scale,
         top = round(standing->amount_high * more * scale) / scale;
  cascade->adds_up = target_adds_up(standing->kpi);
  cascade->amount = cascade->adds_up ? round(standing->amount * scale) / scale : standing->amount;
  if (cascade->adds_up &&
      (!share_out(total, cascade, digits, low, error) || !share_out(top, cascade, digits, high, error)))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    share->amount = cascade->adds_up ? low[i] : standing->amount;
    share->amount_high = cascade->adds_up ? high[i] : standing->amount_high;
    share->is_nothing = is_nothing(cascade, request, share);
    cascade->n_targets += !share->is_nothing;
  }
  cascade->assigned = cascade->adds_up ? total : standing->amount;
  return TRUE;
}

static TargetKind kind_of_parts(TargetKind kind) {
  if (kind == TARGET_GROW) return TARGET_REACH;
  return kind == TARGET_REDUCE ? TARGET_BELOW : kind;
}

/* What a person has is handed down no further, and nothing to its own kind. */
static gboolean check_way_down(const TargetStanding *standing, const char *dimension, GError **error) {
  const TargetTerms *terms = &standing->version->terms;
  gboolean same = g_str_equal(terms->dimension, dimension);
  if (!same && !g_str_equal(terms->dimension, "rep")) return TRUE;
  g_autofree char *who = target_who_write(terms->dimension, terms->member);
  if (g_str_equal(terms->dimension, "rep"))
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "target %" G_GINT64_FORMAT " is one person's, %s: there is nobody to hand it down to",
                standing->target->number, who);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "target %" G_GINT64_FORMAT " is of %s itself: hand it down to what is in it, such as to rep",
                standing->target->number, who);
  return FALSE;
}

gboolean target_cascade(const TargetDesk *desk, const TargetStanding *standing, const TargetCascadeRequest *request,
                        TargetCascade *cascade, GError **error) {
  const TargetTerms *terms = &standing->version->terms;
  if (!standing->kpi || !standing->has_amount) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "target %" G_GINT64_FORMAT " has no amount yet: there is no value in what it is compared with",
                standing->target->number);
    return FALSE;
  }
  if (!check_way_down(standing, request->dimension, error)) return FALSE;
  cascade->shares = g_array_new(FALSE, FALSE, sizeof(TargetShare));
  g_array_set_clear_func(cascade->shares, clear_share);
  cascade->n_targets = 0;
  cascade->kind = kind_of_parts(terms->kind);
  return find_carriers(desk, terms, request, cascade, error) && weigh(desk, terms, request, cascade, error) &&
         set_amounts(desk, standing, request, cascade, error);
}

void target_cascade_terms(const TargetStanding *standing, const TargetCascadeRequest *request,
                          const TargetCascade *cascade, guint index, TargetTerms *terms) {
  const TargetShare *share = &g_array_index(cascade->shares, TargetShare, index);
  const TargetTerms *parent = &standing->version->terms;
  target_terms_init(terms);
  terms->kpi = g_strdup(parent->kpi);
  terms->dimension = g_strdup(request->dimension);
  terms->member = g_strdup(share->member);
  terms->has_kind = terms->has_amount = TRUE;
  terms->kind = cascade->kind;
  terms->amount = share->amount;
  terms->amount_high = share->amount_high;
  terms->start = parent->start;
  terms->end = parent->end;
}

double target_assigned(const GPtrArray *targets, const Target *parent, BaseDay day, guint *n) {
  double sum = 0;
  guint found = 0;
  for (guint i = 0; i < targets->len; i++) {
    const Target *target = g_ptr_array_index(targets, i);
    const TargetVersion *version = target->parent == parent->number ? target_in_force(target, day) : NULL;
    if (!version) continue;
    sum += version->terms.amount;
    found++;
  }
  if (n) *n = found;
  return sum;
}
