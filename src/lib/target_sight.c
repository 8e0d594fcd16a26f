/* Whose the rows of a grid and the parts of a target are: as with single targets (lib/concern.c), for many members of
 * one dimension, whose names are read once. */
#include "lib/target_sight.h"

#include "lib/concern.h"
#include "target/names.h"
#include "target/share.h"

struct LibTargetSight {
  AttainWorkspace *workspace;
  Session session;
  QueryContext context; /* of the session */
  QueryOrg *org;
  const char *table;  /* of the names */
  TargetNames *names; /* NULL: not read yet */
};

LibTargetSight *lib_target_sight_new(AttainWorkspace *workspace, const Session *session, GError **error) {
  g_autoptr(LibTargetSight) sight = g_new0(LibTargetSight, 1);
  sight->workspace = workspace;
  sight->session = *session;
  sight->context = answer_context(&sight->session);
  sight->org = query_org_load(&sight->context, error);
  return sight->org ? g_steal_pointer(&sight) : NULL;
}

void lib_target_sight_free(LibTargetSight *sight) {
  if (!sight) return;
  query_org_free(sight->org);
  target_names_free(sight->names);
  g_free(sight);
}

static gboolean read_names(LibTargetSight *sight, const char *dimension, GError **error) {
  const char *table;
  if (!target_names_table(sight->session.store, dimension, &table, error)) return FALSE;
  table = g_intern_string(table);
  if (table == sight->table) return TRUE;
  g_clear_pointer(&sight->names, target_names_free);
  sight->table = table;
  if (table) sight->names = target_names_load(sight->session.store, table, error);
  return !table || sight->names;
}

/* `version` has a member of the dimension whose names were read. */
static gboolean find_relation(LibTargetSight *sight, TargetVersion *version, AccessRelation *relation, GError **error) {
  version->member_table = sight->table;
  version->member_key = sight->names ? target_names_find(sight->names, version->terms.member) : 0;
  return lib_relation_then(sight->workspace, &sight->context, sight->org, version, relation, error);
}

/* --- grids --- */

static gboolean relation_of_cell(LibTargetSight *sight, const TargetGrid *grid, guint member, guint period,
                                 AccessRelation *relation, GError **error) {
  const CalendarPeriod *days = &g_array_index(grid->periods, CalendarPeriod, period);
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = grid->kpi;
  terms.dimension = grid->dimension;
  terms.member = g_ptr_array_index(grid->members, member);
  terms.start = days->start;
  terms.end = days->end;
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  return find_relation(sight, version, relation, error);
}

gboolean lib_target_sight_limit(LibTargetSight *sight, TargetGrid *grid, GError **error) {
  g_autofree gboolean *is_dropped = g_new0(gboolean, grid->members->len + 1);
  if (!read_names(sight, grid->dimension, error)) return FALSE;
  for (guint m = 0; m < grid->members->len; m++) {
    is_dropped[m] = TRUE;
    for (guint p = 0; p < grid->periods->len && is_dropped[m]; p++) {
      AccessRelation relation;
      if (!relation_of_cell(sight, grid, m, p, &relation, error)) return FALSE;
      is_dropped[m] = relation == ACCESS_NOT_THEIRS;
    }
  }
  target_grid_drop(grid, is_dropped);
  return TRUE;
}

gboolean lib_target_sight_may_take(gpointer data, const TargetGrid *grid, GError **error) {
  LibTargetSight *sight = data;
  if (!read_names(sight, grid->dimension, error)) return FALSE;
  for (guint m = 0; m < grid->members->len; m++)
    for (guint p = 0; p < grid->periods->len; p++) {
      TargetCellState state = target_grid_cell(grid, m, p)->state;
      AccessRelation relation;
      if (state == TARGET_CELL_EMPTY || state == TARGET_CELL_SAME) continue;
      if (!relation_of_cell(sight, grid, m, p, &relation, error)) return FALSE;
      if (lib_check_relation(state == TARGET_CELL_NEW ? TARGET_ACT_SET : TARGET_ACT_ADJUST, relation, error)) continue;
      g_prefix_error(error, "%s in %s: ", (const char *)g_ptr_array_index(grid->members, m),
                     g_array_index(grid->periods, CalendarPeriod, p).name);
      return FALSE;
    }
  return TRUE;
}

/* --- parts --- */

/* Weights are of what the user sees: of less than all, the parts would be of others' shares. */
static gboolean sees_all_who_carry(LibTargetSight *sight, const TargetStanding *parent, GError **error) {
  const TargetTerms *terms = &parent->version->terms;
  QueryShare share = target_version_share(&sight->context, sight->org, parent->version, terms->start, terms->end);
  if (share == QUERY_SHARE_ALL) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
              "target %" G_GINT64_FORMAT
              " has days on which those who carry it were not yours: who sees the whole "
              "company hands it down",
              parent->target->number);
  return FALSE;
}

static gboolean may_hand(LibTargetSight *sight, const TargetStanding *parent, const char *dimension,
                         const TargetCascade *cascade, TargetAct act, GError **error) {
  if (!sees_all_who_carry(sight, parent, error) || !read_names(sight, dimension, error)) return FALSE;
  for (guint i = 0; i < cascade->shares->len; i++) {
    const TargetShare *share = &g_array_index(cascade->shares, TargetShare, i);
    TargetTerms terms = parent->version->terms;
    terms.dimension = (char *)dimension;
    terms.member = share->member;
    g_autoptr(TargetVersion) version = target_version_new(&terms);
    AccessRelation relation;
    if (!find_relation(sight, version, &relation, error)) return FALSE;
    if (lib_check_relation(act, relation, error)) continue;
    g_prefix_error(error, "%s: ", share->member);
    return FALSE;
  }
  return TRUE;
}

gboolean lib_target_sight_may_set_parts(gpointer sight, const TargetStanding *parent, const char *dimension,
                                        const TargetCascade *cascade, GError **error) {
  return may_hand(sight, parent, dimension, cascade, TARGET_ACT_SET, error);
}

gboolean lib_target_sight_may_propose_parts(gpointer sight, const TargetStanding *parent, const char *dimension,
                                            const TargetCascade *cascade, GError **error) {
  return may_hand(sight, parent, dimension, cascade, TARGET_ACT_PROPOSE, error);
}
