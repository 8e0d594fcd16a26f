/* What a company shares beyond what each sees:
 *
 *   shared:
 *     smallest_group: 5          people, besides the reader and whom they see
 *     within: 20%                nobody's number is told to within this share of it
 *     settle_days: 5             from a period's end until its boards are made
 *     since: 2026-01-31          history loaded by then counts as known before
 *     boards:
 *       teams: {title: Teams by quarter, kpis: [revenue, win_rate], by: team, grain: quarter, periods: 4, to: [rep,
 * leader]} league: {kpis: won_deals, by: rep, grain: quarter, names: own, to: rep}
 *
 * Boards on which people are hidden and that go to one role have periods of one length: months beside quarters of other
 * days' records would tell what became of the months since. */
#include "access/policy_private.h"

#define MAX_BOARDS 50

typedef struct {
  int smallest_group, settle_days;
  double within;
  char *since;
  const ConfNode *boards;
} Shared;

typedef struct {
  char *title;
  char **kpis, **by, **to;
  int grain, periods, names;
} Section;

/* --- a board --- */

static const char *const grains[] = {"week", "month", "quarter", "year", NULL};
static const CalendarGrain grain_of[] = {CALENDAR_WEEK, CALENDAR_MONTH, CALENDAR_QUARTER, CALENDAR_YEAR};
static const char *const names[] = {"hidden", "own", "shown", NULL};

static const ConfField fields[] = {
    {"title", CONF_TEXT, G_STRUCT_OFFSET(Section, title)},
    {"kpis", CONF_TEXTS, G_STRUCT_OFFSET(Section, kpis), .required = TRUE},
    {"by", CONF_TEXTS, G_STRUCT_OFFSET(Section, by)},
    {"to", CONF_TEXTS, G_STRUCT_OFFSET(Section, to), .required = TRUE},
    {"grain", CONF_ENUM, G_STRUCT_OFFSET(Section, grain), .choices = grains},
    {"periods", CONF_INT, G_STRUCT_OFFSET(Section, periods)},
    {"names", CONF_ENUM, G_STRUCT_OFFSET(Section, names), .choices = names},
};

static gboolean read_roles(const ConfNode *node, char *const *texts, guint *to, GError **error) {
  for (*to = 0; texts && *texts; texts++) {
    UserRole role;
    g_autoptr(GError) cause = NULL;
    if (!user_role_parse(*texts, &role, &cause)) {
      base_error_at(error, BASE_ERROR_INPUT, node->span, "%s", cause->message);
      return FALSE;
    }
    *to |= 1u << role;
  }
  return TRUE;
}

static guint n_texts(char *const *texts) {
  return texts ? g_strv_length((char **)texts) : 0;
}

static gboolean is_by_rep(char *const *by) {
  for (; by && *by; by++)
    if (g_ascii_strcasecmp(*by, "rep") == 0) return TRUE;
  return FALSE;
}

/* NULL: it makes sense. */
static const char *mistake_of(const Section *section) {
  if (n_texts(section->kpis) == 0 || n_texts(section->kpis) > ACCESS_MAX_BOARD_KPIS)
    return "a board has from 1 to 20 KPIs, such as kpis: [revenue, win_rate]";
  if (n_texts(section->by) > 2)
    return "a board is by one dimension or two, outermost first, such as by: [region, team]";
  if (section->names == ACCESS_NAMES_HIDDEN && is_by_rep(section->by))
    return "a board by rep shows people: say names: own (each their own row and rank) or names: shown, or put it by "
           "team";
  if (section->names == ACCESS_NAMES_OWN && (n_texts(section->by) != 1 || !is_by_rep(section->by)))
    return "names: own is for a board by rep alone: write by: rep";
  return NULL;
}

static AccessBoard *board_of(const ConfNode *key, Section *section, guint to) {
  AccessBoard *board = g_new0(AccessBoard, 1);
  *board = (AccessBoard){.name = g_strdup(key->text),
                         .title = g_strdup(section->title ? section->title : key->text),
                         .kpis = g_steal_pointer(&section->kpis),
                         .by = section->by ? g_steal_pointer(&section->by) : g_new0(char *, 1),
                         .grain = grain_of[section->grain],
                         .n_periods = section->periods,
                         .to = to,
                         .names = (AccessNames)section->names,
                         .span = key->span};
  return board;
}

static void put_board(AccessPolicy *policy, AccessBoard *board) {
  const AccessBoard *old = access_policy_board(policy, board->name);
  if (old) g_ptr_array_remove(policy->boards, (gpointer)old);
  g_ptr_array_add(policy->boards, board);
}

static gboolean read_board(const ConfNode *key, const ConfNode *node, AccessPolicy *policy, GError **error) {
  Section section = {.grain = 2, .periods = 4};
  guint to = 0;
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  const char *mistake = mistake_of(&section);
  if (mistake) base_error_at(error, BASE_ERROR_INPUT, key->span, "%s", mistake);
  gboolean ok = !mistake && read_roles(conf_map_get(node, "to"), section.to, &to, error) &&
                access_check_between(node, "periods", section.periods, 1, ACCESS_MAX_BOARD_PERIODS, error);
  if (ok) put_board(policy, board_of(key, &section, to));
  conf_free_fields(fields, G_N_ELEMENTS(fields), &section);
  return ok;
}

/* --- boards beside one another --- */

static gboolean check_pair(const AccessBoard *a, const AccessBoard *b, GError **error) {
  if (!(a->to & b->to) || a->names == ACCESS_NAMES_SHOWN || b->names == ACCESS_NAMES_SHOWN || a->grain == b->grain)
    return TRUE;
  base_error_at(
      error, BASE_ERROR_INPUT, b->span,
      "\"%s\" is by %s and \"%s\" by %s, and one role gets both: what one hides could be told from the other. "
      "Give them the same grain",
      a->name, calendar_grain_name(a->grain), b->name, calendar_grain_name(b->grain));
  return FALSE;
}

static gboolean check_dims(const AccessPolicy *policy, UserRole role, GError **error) {
  g_autoptr(GHashTable) dims = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < policy->boards->len; i++) {
    const AccessBoard *board = g_ptr_array_index(policy->boards, i);
    if (!(board->to >> role & 1) || board->names != ACCESS_NAMES_HIDDEN) continue;
    for (char **by = board->by; *by; by++) g_hash_table_add(dims, *by);
    if (g_hash_table_size(dims) <= ACCESS_MAX_DIMS) continue;
    base_error_at(error, BASE_ERROR_INPUT, board->span, "the boards to %s are by more than %d dimensions in all",
                  user_role_name(role), ACCESS_MAX_DIMS);
    return FALSE;
  }
  return TRUE;
}

static gboolean check_boards(const AccessPolicy *policy, GError **error) {
  for (guint i = 0; i < policy->boards->len; i++)
    for (guint j = 0; j < i; j++)
      if (!check_pair(g_ptr_array_index(policy->boards, j), g_ptr_array_index(policy->boards, i), error)) return FALSE;
  for (guint role = 0; role < USER_N_ROLES; role++)
    if (!check_dims(policy, role, error)) return FALSE;
  return TRUE;
}

static gboolean read_boards(const ConfNode *node, AccessPolicy *policy, GError **error) {
  if (!node) return TRUE;
  if (!access_need_kind(node, CONF_MAP,
                        "\"boards\" must be names of boards with what is on each, such as "
                        "teams: {kpis: [revenue], by: team, to: [rep, leader]}",
                        error))
    return FALSE;
  if (node->n > MAX_BOARDS) {
    base_error_at(error, BASE_ERROR_INPUT, node->span, "a policy has at most %d boards", MAX_BOARDS);
    return FALSE;
  }
  for (guint i = 0; i < node->n; i++)
    if (!read_board(node->keys[i], node->items[i], policy, error)) return FALSE;
  return check_boards(policy, error);
}

/* --- the section --- */

static gboolean take_shared(const ConfNode *node, const Shared *shared, AccessPolicy *policy, GError **error) {
  if (!access_check_between(node, "smallest_group", shared->smallest_group, 3, 1000, error) ||
      !access_check_between(node, "settle_days", shared->settle_days, 0, 366, error))
    return FALSE;
  if (shared->within < 0 || shared->within > 1) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "within")->span, "\"within\" must be from 0%% to 100%%");
    return FALSE;
  }
  if (shared->since && !base_day_parse_iso(shared->since, &policy->since)) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "since")->span, "\"since\" must be a day: 2026-01-31");
    return FALSE;
  }
  policy->protection = (AccessProtection){.least = (guint)shared->smallest_group, .share = shared->within};
  policy->settle_days = shared->settle_days;
  return read_boards(shared->boards, policy, error);
}

gboolean access_shared_read(const ConfNode *node, AccessPolicy *policy, GError **error) {
  static const ConfField section_fields[] = {
      {"smallest_group", CONF_INT, G_STRUCT_OFFSET(Shared, smallest_group)},
      {"settle_days", CONF_INT, G_STRUCT_OFFSET(Shared, settle_days)},
      {"within", CONF_SHARE, G_STRUCT_OFFSET(Shared, within)},
      {"since", CONF_TEXT, G_STRUCT_OFFSET(Shared, since)},
      {"boards", CONF_NODE, G_STRUCT_OFFSET(Shared, boards)},
  };
  Shared shared = {.smallest_group = (int)policy->protection.least,
                   .settle_days = policy->settle_days,
                   .within = policy->protection.share};
  if (!node) return TRUE;
  if (!conf_read_map(node, section_fields, G_N_ELEMENTS(section_fields), &shared, error)) return FALSE;
  gboolean ok = take_shared(node, &shared, policy, error);
  g_free(shared.since);
  return ok;
}
