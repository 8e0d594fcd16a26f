/* A target handed down to regions, teams or people: read, shared out, kept, told. */
#include "answer/target_cascade.h"

#include "answer/members.h"
#include "target/agree.h"
#include "target/members.h"

void answer_handed_clear(AnswerHanded *handed) {
  target_cascade_clear(&handed->cascade);
  g_clear_pointer(&handed->standings, g_array_unref);
  g_clear_pointer(&handed->targets, g_ptr_array_unref);
}

static const TargetStanding *parent_of(const AnswerHanded *handed) {
  return &g_array_index(handed->standings, TargetStanding, 0);
}

/* --- the request --- */

static gboolean read_over(const AnswerHanding *handing, double *over, GError **error) {
  const char *text = handing->over;
  char *end = NULL;
  if (!text) return TRUE;
  *over = g_ascii_strtod(text, &end) / 100;
  if (end == text || (*end && !g_str_equal(end, "%")) || !(*over >= 0 && *over <= 10)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "%sover takes the percent by which more is handed out, 0 to 1000, not \"%s\"",
                handing->is_command ? "--" : "", text);
    return FALSE;
  }
  return TRUE;
}

static gboolean read_request(const AnswerHanding *handing, TargetCascadeRequest *request, GError **error) {
  gboolean has_shares = handing->shares && *handing->shares;
  request->dimension = handing->to;
  request->shares = handing->shares;
  if (has_shares && !handing->by) request->by = TARGET_BY_SHARES;
  if (handing->by && !target_cascade_parse(handing->by, &request->by)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "a target is handed down by capacity, history, equal or shares, not by \"%s\"", handing->by);
    return FALSE;
  }
  if (!request->dimension) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "to whom is it handed down? %s",
                handing->is_command ? "--to team, --to rep, --to region" : "`to` is team, rep, region …");
    return FALSE;
  }
  if ((request->by == TARGET_BY_SHARES) != has_shares) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s",
                handing->is_command ? "--by shares and --share NAME=SHARE go together"
                                    : "by shares and the shares, NAME=SHARE, go together");
    return FALSE;
  }
  return read_over(handing, &request->over, error);
}

/* --- keeping --- */

static gboolean add_part(AnswerHanded *handed, const AnswerHanding *handing, guint index, GError **error) {
  const Session *session = handed->session;
  const TargetStanding *parent = parent_of(handed);
  g_auto(TargetTerms) terms;
  target_cascade_terms(parent, &handed->request, &handed->cascade, index, &terms);
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  version->spread =
      parent->version->spread == TARGET_SPREAD_BY_HAND ? TARGET_SPREAD_WORKING_DAYS : parent->version->spread;
  version->effective = MAX(terms.start, session->today);
  QueryContext context = answer_context(session);
  if (!target_check(&context, handed->targets, NULL, version, error)) return FALSE;
  g_autoptr(Target) target = target_new(parent->target->number, parent->target->objective);
  TargetEvent event = {.act = handing->proposes ? TARGET_ACT_PROPOSE : TARGET_ACT_SET,
                       .author = (char *)handing->author,
                       .words = (char *)handing->reason,
                       .said_at_us = session->now_us};
  if (!target_say_within(session->store, target, g_steal_pointer(&version), &event, error)) return FALSE;
  g_ptr_array_add(handed->targets, g_steal_pointer(&target));
  return TRUE;
}

static gboolean keep(AnswerHanded *handed, const AnswerHanding *handing, GError **error) {
  Store *store = handed->session->store;
  if (!store_begin(store, error)) return FALSE;
  for (guint i = 0; i < handed->cascade.shares->len; i++) {
    if (g_array_index(handed->cascade.shares, TargetShare, i).is_nothing) continue;
    if (add_part(handed, handing, i, error)) continue;
    store_rollback(store);
    return FALSE;
  }
  return store_commit(store, error);
}

gboolean answer_hand_down(const Session *session, const TargetDesk *desk, const AnswerHanding *handing,
                          AnswerHanded *handed, GError **error) {
  handed->session = session;
  if (!read_request(handing, &handed->request, error)) return FALSE;
  if (!handed->targets) handed->targets = target_read_all(session->store, error);
  Target *target = handed->targets ? target_find(handed->targets, handing->target, error) : NULL;
  if (!target) return FALSE;
  if (target_state(target) != TARGET_AGREED) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "target %" G_GINT64_FORMAT " is %s: only what is agreed is handed down", handing->target,
                target_state_name(target_state(target)));
    return FALSE;
  }
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, target);
  handed->standings = target_standings(desk, one, error);
  if (!handed->standings || !target_cascade(desk, parent_of(handed), &handed->request, &handed->cascade, error))
    return FALSE;
  if (handing->may_hand &&
      !handing->may_hand(handing->asker, parent_of(handed), handed->request.dimension, &handed->cascade, error))
    return FALSE;
  handed->first = handed->targets->len;
  handed->kept = !handing->is_dry;
  return handing->is_dry || keep(handed, handing, error);
}

/* --- telling --- */

void answer_handed_json(const AnswerHanded *handed, FILE *out) {
  const TargetCascade *cascade = &handed->cascade;
  gboolean band = cascade->kind == TARGET_BETWEEN;
  guint next = handed->first;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "parent", parent_of(handed)->target->number);
  cli_json_member_text(json, "by", target_cascade_name(handed->request.by));
  cli_json_member_text(json, "kind", target_kind_name(cascade->kind));
  cli_json_member_number(json, "amount", cascade->amount);
  cli_json_value(json, "assigned", cascade->adds_up, cascade->assigned);
  cli_json_value(json, "over", cascade->adds_up, cascade->assigned - cascade->amount);
  cli_json_member_array(json, "parts");
  for (guint i = 0; i < cascade->shares->len; i++) {
    const TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    g_autofree char *who = target_who_write(handed->request.dimension, share->member);
    cli_json_begin_object(json);
    const Target *made = handed->kept && !share->is_nothing ? g_ptr_array_index(handed->targets, next++) : NULL;
    cli_json_value(json, "target", made != NULL, made ? (double)made->number : 0);
    cli_json_member_text(json, "who", who);
    cli_json_member_number(json, "weight", share->weight);
    cli_json_member_number(json, "amount", share->amount);
    cli_json_value(json, "amount_high", band, share->amount_high);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  answer_moment_members(json, handed->session);
  cli_json_end_object(json);
}

static char *amount_words(const AnswerHanded *handed, double amount, double amount_high) {
  TargetTerms terms = {.kind = handed->cascade.kind, .amount = amount, .amount_high = amount_high};
  return answer_target_amount(handed->session, parent_of(handed)->kpi, &terms);
}

static void add_share(CliTable *table, const AnswerHanded *handed, const TargetShare *share, CliStyle style) {
  double whole = handed->cascade.amount;
  g_autofree char *weight = cli_format_number(share->weight, CLI_NUMBER_SCORE, NULL),
                  *words = amount_words(handed, share->amount, share->amount_high);
  g_autofree char *part = handed->cascade.adds_up && whole != 0
                              ? cli_format_number(share->amount / whole, CLI_NUMBER_PERCENT, NULL)
                              : g_strdup("–");
  cli_table_add_row(table);
  cli_table_add_cell(table, share->member, style);
  cli_table_add_cell(table, weight, style);
  cli_table_add_cell(table, words, style);
  cli_table_add_cell(table, part, style);
}

static void add_notes(CliTable *table, const AnswerHanded *handed) {
  const TargetCascade *cascade = &handed->cascade;
  g_autofree char *over = amount_words(handed, cascade->assigned - cascade->amount, 0);
  g_autofree char *note = g_strdup_printf("%s more is handed out than target %" G_GINT64_FORMAT " asks.", over,
                                          parent_of(handed)->target->number);
  if (cascade->adds_up && cascade->assigned > cascade->amount) cli_table_add_note(table, note);
  if (!cascade->adds_up)
    cli_table_add_note(
        table,
        "It does not add up over people, so it is the same for everybody: the whole is computed from all records.");
  guint n_without = cascade->shares->len - cascade->n_targets;
  g_autofree char *without = base_count_words(n_without, "# {gets|get} nothing, and so no target.");
  if (n_without > 0) cli_table_add_note(table, without);
}

CliTable *answer_handed_table(const AnswerHanded *handed) {
  static const char *const weights[] = {"Days of capacity", "Last 12 months", "Heads", "Share"};
  const TargetCascade *cascade = &handed->cascade;
  const TargetStanding *parent = parent_of(handed);
  g_autofree char *title =
      g_strdup_printf("Target %" G_GINT64_FORMAT " handed down to each %s%s", parent->target->number,
                      handed->request.dimension, handed->kept ? "" : " (dry run)");
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, "Whose", CLI_LEFT);
  cli_table_add_column(table, weights[handed->request.by], CLI_RIGHT);
  cli_table_add_column(table, parent->kpi->title, CLI_RIGHT);
  cli_table_add_column(table, "Of the whole", CLI_RIGHT);
  TargetShare all = {.member = (char *)"All",
                     .amount = cascade->assigned,
                     .amount_high = parent->amount_high * (1 + handed->request.over)};
  for (guint i = 0; i < cascade->shares->len; i++) {
    const TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    all.weight += share->weight;
    add_share(table, handed, share, CLI_STYLE_NONE);
  }
  if (cascade->adds_up) add_share(table, handed, &all, CLI_STYLE_TOTAL);
  add_notes(table, handed);
  return table;
}
