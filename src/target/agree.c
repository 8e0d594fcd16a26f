/* What may be said of targets. */
#include "target/agree.h"

#include "target/members.h"
#include "target/names.h"
#include "target/standing.h"

#include <math.h>

/* --- terms --- */

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, message);
  return FALSE;
}

/* Whoever has left gets none any more; those they have may be brought to the days that they were there. */
static gboolean check_member(const QueryContext *context, const TargetTerms *terms, gboolean is_new, GError **error) {
  if (g_str_equal(terms->dimension, TARGET_COMPANY)) return TRUE;
  g_autofree char *who = target_who_write(terms->dimension, terms->member ? terms->member : "");
  g_autofree char *dimension = NULL, *member = NULL;
  if (!target_who_read(context, who, &dimension, &member, error)) return FALSE;
  if (!member) return refuse(error, "whose target is it? Write a name: %s:NAME", dimension);
  if (!g_str_equal(dimension, "rep")) return TRUE;
  g_autoptr(TargetNames) names = target_names_load(context->store, "person", error);
  return names &&
         target_names_check_there(names, member, is_new ? MAX(terms->start, context->today) : terms->start, error);
}

static gboolean check_sign(const KpiDefinition *kpi, const TargetTerms *terms, GError **error) {
  gboolean change = terms->kind == TARGET_GROW || terms->kind == TARGET_REDUCE;
  gboolean limit = terms->kind == TARGET_BETWEEN || target_is_lower_better(terms->kind, kpi->better);
  if (change && terms->amount <= 0)
    return refuse(error, terms->amount == 0 ? "a change by 0 is none: write by how much"
                                            : "a change is told without a sign: \"increase by 5\", \"reduce by 5\"");
  if (change && terms->kind == TARGET_REDUCE && terms->is_percent && terms->amount > 100 &&
      !target_can_be_negative(kpi))
    return refuse(error, "%s cannot go down by more than 100 %%", kpi->title);
  if (change || target_can_be_negative(kpi)) return TRUE;
  if (terms->amount < 0)
    return refuse(error, "%s cannot be negative, such as %g: write an amount above 0, or a change, \"reduce by %g\"",
                  kpi->title, terms->amount, -terms->amount);
  if (terms->amount == 0 && !limit)
    return refuse(error,
                  "%s cannot be below 0, so a target of 0 is met from the start: write an amount above 0, or a change, "
                  "\"reduce by 10 %%\"",
                  kpi->title);
  return TRUE;
}

static gboolean check_amount(const KpiDefinition *kpi, const TargetTerms *terms, GError **error) {
  if (!terms->has_kind || !terms->has_amount || !isfinite(terms->amount) || !isfinite(terms->amount_high))
    return refuse(error, "a target needs an amount: \"reach 500,000\", \"grow by 10 %%\"");
  gboolean band = terms->kind == TARGET_BETWEEN, change = terms->kind == TARGET_GROW || terms->kind == TARGET_REDUCE;
  if (band && terms->amount >= terms->amount_high)
    return refuse(error, "the band goes from %g up to %g: write the smaller amount first", terms->amount,
                  terms->amount_high);
  if (!check_sign(kpi, terms, error)) return FALSE;
  if (kpi->proportion && !change && MAX(terms->amount, band ? terms->amount_high : 0) > 1)
    return refuse(error, "%s is a share of its cases and cannot be more than 100 %%", kpi->title);
  return TRUE;
}

static gboolean check_span(const QueryContext *context, const TargetTerms *terms, GError **error) {
  if (terms->start == BASE_DAY_NONE || terms->end == BASE_DAY_NONE || terms->end <= terms->start)
    return refuse(error, "a target needs a span: a first day and a last day after it");
  g_autofree char *last = base_day_format(terms->end - 1), *today = base_day_format(context->today);
  if (terms->end <= context->today)
    return refuse(error,
                  "the span ended on %s, and today is %s: a target is for days to come. Write a period that has not "
                  "ended, \"this quarter\" or \"next month\"",
                  last, today);
  if (terms->kind != TARGET_GROW && terms->kind != TARGET_REDUCE) return TRUE;
  if (terms->baseline_start == BASE_DAY_NONE || terms->baseline_end <= terms->baseline_start)
    return refuse(error, "a change needs what it is compared with: \"by 10 %% compared with last quarter\"");
  if (terms->baseline_start >= terms->start)
    return refuse(error, "what it is compared with begins no earlier than the target: compare with an earlier period");
  return TRUE;
}

static gboolean check_effective(const TargetVersion *version, GError **error) {
  const TargetTerms *terms = &version->terms;
  if (version->effective < terms->end) return TRUE;
  g_autofree char *from = base_day_format(version->effective), *last = base_day_format(terms->end - 1);
  return refuse(error, "it would hold from %s on, and the target's last day is %s: write an earlier day", from, last);
}

static gboolean check_parts(const QueryContext *context, const KpiDefinition *kpi, const TargetVersion *version,
                            GError **error) {
  if (version->spread != TARGET_SPREAD_BY_HAND) return TRUE;
  const TargetTerms *terms = &version->terms;
  if (!target_adds_up(kpi))
    return refuse(error, "%s does not add up over days, so it cannot be spread: it is the same target on every day",
                  kpi->title);
  double sum = 0, unit = pow(10, -target_digits(kpi, context->organisation->currency));
  for (guint i = 0; i < version->parts->len; i++) sum += g_array_index(version->parts, TargetPart, i).weight;
  gboolean known = terms->kind != TARGET_GROW && terms->kind != TARGET_REDUCE && !terms->has_per;
  if (known && fabs(sum - terms->amount) > unit / 2)
    return refuse(error, "the parts come to %.10g, and the target is %.10g: %.10g %s", sum, terms->amount,
                  fabs(sum - terms->amount), sum < terms->amount ? "is missing" : "is too much");
  g_auto(TargetSpread) spread = {0};
  return target_spread_init_parts(&spread, terms->start, terms->end, (const TargetPart *)(gpointer)version->parts->data,
                                  version->parts->len, error);
}

/* --- other targets --- */

static gboolean is_same_member(const TargetTerms *a, const TargetTerms *b) {
  return g_str_equal(a->kpi, b->kpi) && g_str_equal(a->dimension, b->dimension) && g_strcmp0(a->member, b->member) == 0;
}

static gboolean lies_within(const TargetTerms *inner, const TargetTerms *outer) {
  gboolean same = inner->start == outer->start && inner->end == outer->end;
  return !same && inner->start >= outer->start && inner->end <= outer->end;
}

static gboolean check_overlaps(const GPtrArray *targets, const Target *self, const TargetTerms *terms, GError **error) {
  for (guint i = 0; i < targets->len; i++) {
    const Target *other = g_ptr_array_index(targets, i);
    TargetState state = target_state(other);
    if (other == self || state == TARGET_DECLINED || state == TARGET_WITHDRAWN) continue;
    const TargetVersion *version = target_in_force(other, terms->start);
    const TargetTerms *theirs = &(version ? version : target_latest(other))->terms;
    if (!is_same_member(terms, theirs) || theirs->end <= terms->start || terms->end <= theirs->start) continue;
    if (lies_within(terms, theirs) || lies_within(theirs, terms)) continue;
    g_autofree char *who = target_who_write(terms->dimension, terms->member);
    g_autofree char *first = base_day_format(theirs->start), *last = base_day_format(theirs->end - 1);
    return refuse(error,
                  "target %" G_GINT64_FORMAT
                  " is for %s of %s from %s to %s, and the days overlap: adjust that one, or withdraw it",
                  other->number, terms->kpi, who, first, last);
  }
  return TRUE;
}

gboolean target_check_known(const QueryContext *context, const GPtrArray *targets, const Target *self,
                            const TargetVersion *version, GError **error) {
  const TargetTerms *terms = &version->terms;
  const KpiDefinition *kpi = kpi_catalogue_find(context->catalogue, terms->kpi, error);
  return kpi && check_amount(kpi, terms, error) && check_span(context, terms, error) &&
         check_effective(version, error) && check_parts(context, kpi, version, error) &&
         check_overlaps(targets, self, terms, error);
}

gboolean target_check(const QueryContext *context, const GPtrArray *targets, const Target *self,
                      const TargetVersion *version, GError **error) {
  return kpi_catalogue_find(context->catalogue, version->terms.kpi, error) &&
         check_member(context, &version->terms, self == NULL, error) &&
         target_check_known(context, targets, self, version, error);
}

/* --- what was said --- */

static gboolean is_offer(TargetAct act) {
  return act == TARGET_ACT_PROPOSE || act == TARGET_ACT_COUNTER;
}

const TargetVersion *target_pending(const Target *target, const TargetEvent **proposal) {
  const TargetEvent *pending = NULL;
  for (guint i = 0; i < target->events->len; i++) {
    const TargetEvent *event = g_ptr_array_index(target->events, i);
    if (is_offer(event->act))
      pending = event;
    else if (event->act != TARGET_ACT_COMMENT)
      pending = NULL;
  }
  if (proposal) *proposal = pending;
  return pending ? g_ptr_array_index(target->versions, pending->version - 1) : NULL;
}

static gboolean check_answer(const Target *target, TargetAct act, const char *author, GError **error) {
  const TargetEvent *proposal;
  if (!target_pending(target, &proposal))
    return refuse(error, "nothing is proposed of target %" G_GINT64_FORMAT ", which is %s: there is nothing to %s",
                  target->number, target_state_name(target_state(target)), target_act_name(act));
  if (act == TARGET_ACT_ACCEPT && g_str_equal(proposal->author, author))
    return refuse(error, "%s proposed it: somebody else is to accept it, in their own name", author);
  return TRUE;
}

gboolean target_check_act(const Target *target, TargetAct act, const char *author, const char *words, GError **error) {
  TargetState state = target_state(target);
  if ((act == TARGET_ACT_ADJUST || act == TARGET_ACT_WITHDRAW || act == TARGET_ACT_DECLINE) && !(words && *words)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "to %s a target takes a reason, which is kept with it: say why (reason)", target_act_name(act));
    return FALSE;
  }
  if (act == TARGET_ACT_ACCEPT || act == TARGET_ACT_DECLINE || act == TARGET_ACT_COUNTER)
    return check_answer(target, act, author, error);
  if (act == TARGET_ACT_ADJUST && state != TARGET_AGREED)
    return refuse(error, "target %" G_GINT64_FORMAT " is %s, not agreed: there is nothing in force to adjust",
                  target->number, target_state_name(state));
  if (act == TARGET_ACT_WITHDRAW && state == TARGET_WITHDRAWN)
    return refuse(error, "target %" G_GINT64_FORMAT " is withdrawn already", target->number);
  return TRUE;
}

Target *target_find(const GPtrArray *targets, gint64 number, GError **error) {
  for (guint i = 0; i < targets->len; i++) {
    Target *target = g_ptr_array_index(targets, i);
    if (target->number == number) return target;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
              targets->len > 0 ? "there is no target %" G_GINT64_FORMAT ": `attain target` lists those there are"
                               : "there is no target %" G_GINT64_FORMAT
                                 ", nor any other: `attain target set` makes one",
              number);
  return NULL;
}
