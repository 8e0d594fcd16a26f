/* attain target cascade: a target handed down to regions, teams or people. */
#include "app/commands.h"
#include "app/targets.h"
#include "target/cascade.h"
#include "target/members.h"

typedef struct {
  Session *session;
  GPtrArray *targets;
  GArray *standings; /* of the one that is handed down */
  TargetCascade cascade;
  TargetCascadeRequest request;
} Handing;

static void handing_clear(Handing *handing) {
  target_cascade_clear(&handing->cascade);
  g_clear_pointer(&handing->standings, g_array_unref);
  g_clear_pointer(&handing->targets, g_ptr_array_unref);
  session_free(handing->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Handing, handing_clear)

static const TargetStanding *parent_of(const Handing *handing) {
  return &g_array_index(handing->standings, TargetStanding, 0);
}

/* --- the request --- */

static gboolean read_over(const CliArguments *arguments, double *over, GError **error) {
  const char *text = cli_option(arguments, "over");
  char *end = NULL;
  if (!text) return TRUE;
  *over = g_ascii_strtod(text, &end) / 100;
  if (end == text || (*end && !g_str_equal(end, "%")) || !(*over >= 0 && *over <= 10)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "--over takes the percent by which more is handed out, 0 to 1000, not \"%s\"", text);
    return FALSE;
  }
  return TRUE;
}

static gboolean read_request(const CliArguments *arguments, TargetCascadeRequest *request, GError **error) {
  const char *by = cli_option(arguments, "by");
  request->dimension = cli_option(arguments, "to");
  request->shares = cli_option_all(arguments, "share");
  if (by) target_cascade_parse(by, &request->by);
  if (*request->shares && !by) request->by = TARGET_BY_SHARES;
  if (!request->dimension) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "to whom is it handed down? --to team, --to rep, --to region");
    return FALSE;
  }
  if ((request->by == TARGET_BY_SHARES) != (*request->shares != NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--by shares and --share NAME=SHARE go together");
    return FALSE;
  }
  return read_over(arguments, &request->over, error);
}

static gboolean begin(CliContext *context, const CliArguments *arguments, Handing *handing, GError **error) {
  gint64 number;
  if (!read_request(arguments, &handing->request, error) || !targets_number(arguments, 0, &number, error)) return FALSE;
  guint needs = SESSION_DEFINITIONS | (cli_flag(arguments, "dry-run") ? SESSION_DATABASE : SESSION_WRITE);
  handing->session = session_open(context->folder, context->now, needs, error);
  handing->targets = handing->session ? target_read_all(handing->session->store, error) : NULL;
  Target *target = handing->targets ? target_find(handing->targets, number, error) : NULL;
  if (!target) return FALSE;
  if (target_state(target) != TARGET_AGREED) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "target %" G_GINT64_FORMAT " is %s: only what is agreed is handed down", number,
                target_state_name(target_state(target)));
    return FALSE;
  }
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, target);
  QueryContext question = answer_context(handing->session);
  TargetDesk desk = {.context = &question};
  handing->standings = target_standings(&desk, one, error);
  return handing->standings && target_cascade(&desk, parent_of(handing), &handing->request, &handing->cascade, error);
}

/* --- keeping --- */

static gboolean add_part(Handing *handing, const CliArguments *arguments, guint index, const char *author,
                         GError **error) {
  const TargetStanding *parent = parent_of(handing);
  g_auto(TargetTerms) terms;
  target_cascade_terms(parent, &handing->request, &handing->cascade, index, &terms);
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  version->spread =
      parent->version->spread == TARGET_SPREAD_BY_HAND ? TARGET_SPREAD_WORKING_DAYS : parent->version->spread;
  version->effective = MAX(terms.start, handing->session->today);
  QueryContext context = answer_context(handing->session);
  if (!target_check(&context, handing->targets, NULL, version, error)) return FALSE;
  g_autoptr(Target) target = target_new(parent->target->number, parent->target->objective);
  TargetEvent event = {.act = cli_flag(arguments, "propose") ? TARGET_ACT_PROPOSE : TARGET_ACT_SET,
                       .author = (char *)author,
                       .words = (char *)cli_option(arguments, "reason"),
                       .said_at_us = handing->session->now_us};
  if (!target_say_within(handing->session->store, target, g_steal_pointer(&version), &event, error)) return FALSE;
  g_ptr_array_add(handing->targets, g_steal_pointer(&target));
  return TRUE;
}

static gboolean keep(Handing *handing, const CliArguments *arguments, GError **error) {
  g_autofree char *author = targets_author(arguments);
  if (!store_begin(handing->session->store, error)) return FALSE;
  for (guint i = 0; i < handing->cascade.shares->len; i++) {
    if (g_array_index(handing->cascade.shares, TargetShare, i).is_nothing) continue;
    if (add_part(handing, arguments, i, author, error)) continue;
    store_rollback(handing->session->store);
    return FALSE;
  }
  return store_commit(handing->session->store, error);
}

/* --- telling --- */

static void print_json(const CliContext *context, const Handing *handing, guint first, gboolean kept) {
  const TargetCascade *cascade = &handing->cascade;
  gboolean band = cascade->kind == TARGET_BETWEEN;
  g_autoptr(CliJson) json = cli_json_new(context->out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "parent", parent_of(handing)->target->number);
  cli_json_member_text(json, "by", target_cascade_name(handing->request.by));
  cli_json_member_text(json, "kind", target_kind_name(cascade->kind));
  cli_json_member_number(json, "amount", cascade->amount);
  cli_json_value(json, "assigned", cascade->adds_up, cascade->assigned);
  cli_json_value(json, "over", cascade->adds_up, cascade->assigned - cascade->amount);
  cli_json_member_array(json, "parts");
  for (guint i = 0; i < cascade->shares->len; i++) {
    const TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    g_autofree char *who = target_who_write(handing->request.dimension, share->member);
    cli_json_begin_object(json);
    const Target *made = kept && !share->is_nothing ? g_ptr_array_index(handing->targets, first++) : NULL;
    cli_json_value(json, "target", made != NULL, made ? (double)made->number : 0);
    cli_json_member_text(json, "who", who);
    cli_json_member_number(json, "weight", share->weight);
    cli_json_member_number(json, "amount", share->amount);
    cli_json_value(json, "amount_high", band, share->amount_high);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static char *amount_words(const Handing *handing, double amount, double amount_high) {
  const TargetStanding *parent = parent_of(handing);
  TargetTerms terms = {.kind = handing->cascade.kind, .amount = amount, .amount_high = amount_high};
  return answer_target_amount(handing->session, parent->kpi, &terms);
}

static void add_share(CliTable *table, const Handing *handing, const char *who, double weight, double amount,
                      double high, double whole, CliStyle style) {
  g_autofree char *heavy = cli_format_number(weight, CLI_NUMBER_SCORE, NULL),
                  *words = amount_words(handing, amount, high);
  g_autofree char *share = handing->cascade.adds_up && whole != 0
                               ? cli_format_number(amount / whole, CLI_NUMBER_PERCENT, NULL)
                               : g_strdup("–");
  cli_table_add_row(table);
  cli_table_add_cell(table, who, style);
  cli_table_add_cell(table, heavy, style);
  cli_table_add_cell(table, words, style);
  cli_table_add_cell(table, share, style);
}

static void print_table(const CliContext *context, const Handing *handing, gboolean kept) {
  static const char *const weights[] = {"Days of capacity", "Last 12 months", "Heads", "Share"};
  const TargetCascade *cascade = &handing->cascade;
  const TargetStanding *parent = parent_of(handing);
  g_autofree char *title =
      g_strdup_printf("Target %" G_GINT64_FORMAT " handed down to each %s%s", parent->target->number,
                      handing->request.dimension, kept ? "" : " (dry run)");
  g_autoptr(CliTable) table = cli_table_new(title);
  cli_table_add_column(table, "Whose", CLI_LEFT);
  cli_table_add_column(table, weights[handing->request.by], CLI_RIGHT);
  cli_table_add_column(table, parent->kpi->title, CLI_RIGHT);
  cli_table_add_column(table, "Of the whole", CLI_RIGHT);
  double weight = 0;
  for (guint i = 0; i < cascade->shares->len; i++) {
    const TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    weight += share->weight;
    add_share(table, handing, share->member, share->weight, share->amount, share->amount_high, cascade->amount,
              CLI_STYLE_NONE);
  }
  double high = parent->amount_high * (1 + handing->request.over);
  if (cascade->adds_up)
    add_share(table, handing, "All", weight, cascade->assigned, high, cascade->amount, CLI_STYLE_TOTAL);
  g_autofree char *over = amount_words(handing, cascade->assigned - cascade->amount, 0);
  g_autofree char *note =
      g_strdup_printf("%s more is handed out than target %" G_GINT64_FORMAT " asks.", over, parent->target->number);
  if (cascade->adds_up && cascade->assigned > cascade->amount) cli_table_add_note(table, note);
  if (!cascade->adds_up)
    cli_table_add_note(
        table,
        "It does not add up over people, so it is the same for everybody: the whole is computed from all records.");
  guint n_without = cascade->shares->len - cascade->n_targets;
  g_autofree char *without = base_count_words(n_without, "# {gets|get} nothing, and so no target.");
  if (n_without > 0) cli_table_add_note(table, without);
  cli_table_write(table, context, FALSE);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(Handing) handing = {0};
  gboolean dry = cli_flag(arguments, "dry-run");
  if (!begin(context, arguments, &handing, error)) return -1;
  guint first = handing.targets->len;
  if (!dry && !keep(&handing, arguments, error)) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0)
    print_json(context, &handing, first, !dry);
  else
    print_table(context, &handing, !dry);
  return 0;
}

static const CliOption options[] = {
    {"to", 0, CLI_VALUE, "DIMENSION", "to each rep, team, region, manager or level of teams", NULL},
    {"by", 0, CLI_VALUE, "HOW",
     "by working days less ramping and absence, by the last twelve months, alike, or as --share says (default: "
     "capacity)",
     "capacity|history|equal|shares"},
    {"share", 0, CLI_VALUES, "NAME=SHARE", "the share of one; who has none gets nothing", NULL},
    {"over", 0, CLI_VALUE, "PERCENT", "hand out so much more than there is", NULL},
    {"propose", 0, CLI_FLAG, NULL, "propose the parts, for each to accept", NULL},
    {"dry-run", 0, CLI_FLAG, NULL, "only show the parts", NULL},
    TARGETS_SAY_OPTIONS,
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_target_cascade = {
    .name = "target cascade",
    .synopsis = "NUMBER",
    .about = "hand a target down to regions, teams or people",
    .details =
        "The parts come to the whole to the last cent. By capacity, a person counts the working days of their "
        "employment and "
        "membership, those of ramping rising evenly to full from being hired until ramped_at, those of absence not at "
        "all; "
        "so joiners, leavers and movers have their part. Rates, medians and levels are the same for everybody.",
    .examples =
        "attain target cascade 1 --to team\tby capacity\n"
        "attain target cascade 1 --to rep --by history --over 10\t10 % more than the target\n"
        "attain target cascade 2 --to rep --share \"Ana Silva=60\" --share \"Bo Lund=40\" --propose\tfor each to "
        "accept",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
