/* Whom an alert concerns goes by the organisation of today, as with targets (lib/concern.c). Its figure is of a period
 * that no act names, so it is told only of whom the handle sees on all days there are: themselves, teams that they
 * have always led, and people who have always been in these or had them as manager. */
#include "lib/alert_sight.h"

#include "lib/concern.h"
#include "query/seen.h"
#include "target/names.h"
#include "target/share.h"

typedef enum { TOLD_NOTHING = 1, TOLD_THAT, TOLD_ALL } Told; /* no NULL in a table */

struct LibAlertSight {
  AttainWorkspace *workspace;
  Session session;
  QueryContext context; /* of the session */
  QueryOrg *org;
  GHashTable *told;    /* who → Told */
  GHashTable *targets; /* numbers (gint64 *) of those that are visible */
};

void lib_alert_sight_free(LibAlertSight *sight) {
  if (!sight) return;
  query_org_free(sight->org);
  g_hash_table_unref(sight->told);
  g_hash_table_unref(sight->targets);
  g_free(sight);
}

static gboolean read_targets(LibAlertSight *sight, GError **error) {
  g_autoptr(GPtrArray) targets = lib_read_targets(sight->workspace, error);
  for (guint i = 0; targets && i < targets->len; i++) {
    gint64 number = ((const Target *)g_ptr_array_index(targets, i))->number;
    g_hash_table_add(sight->targets, g_memdup2(&number, sizeof number));
  }
  return targets != NULL;
}

LibAlertSight *lib_alert_sight_new(AttainWorkspace *workspace, const Session *session, GError **error) {
  g_autoptr(LibAlertSight) sight = g_new0(LibAlertSight, 1);
  sight->workspace = workspace;
  sight->session = *session;
  sight->context = answer_context(&sight->session);
  sight->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  sight->targets = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  sight->org = query_org_load(&sight->context, error);
  return sight->org && read_targets(sight, error) ? g_steal_pointer(&sight) : NULL;
}

/* --- who --- */

static gboolean sees_on(const LibAlertSight *sight, gint32 person, BaseDay day) {
  return query_sight_sees(sight->session.sight, sight->org, person, query_org_place_at(sight->org, person, day));
}

/* Also on days on which they were nowhere. */
static gboolean sees_always(const LibAlertSight *sight, gint32 key) {
  guint n;
  gint32 person = query_org_person(sight->org, key);
  const QueryPlace *places = query_org_places(sight->org, person, &n);
  for (guint i = 0; i < n; i++) {
    gboolean sees_before = places[i].from == BASE_DAY_MIN || sees_on(sight, person, places[i].from - 1);
    gboolean sees_after = places[i].until == BASE_DAY_MAX || sees_on(sight, person, places[i].until);
    if (!sees_before || !sees_on(sight, person, places[i].from) || !sees_after) return FALSE;
  }
  return n > 0;
}

static Told told_of(const LibAlertSight *sight, const char *dimension, const char *member) {
  const TargetTerms terms = {.dimension = (char *)dimension, .member = (char *)member};
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  AccessRelation relation = ACCESS_NOT_THEIRS;
  if (!target_version_find_member(sight->session.store, version, NULL) ||
      !lib_relation(sight->workspace, version, &relation, NULL) || relation == ACCESS_NOT_THEIRS)
    return TOLD_NOTHING;
  gboolean is_rep = g_str_equal(dimension, "rep");
  if (g_strcmp0(version->member_table, "team") == 0) {
    QueryShare share = target_version_share(&sight->context, sight->org, version, BASE_DAY_MIN, BASE_DAY_MAX);
    return share == QUERY_SHARE_SOME || share == QUERY_SHARE_NONE ? TOLD_THAT : TOLD_ALL;
  }
  if (relation == ACCESS_THEIRS) return TOLD_ALL;
  return is_rep && sees_always(sight, (gint32)version->member_key) ? TOLD_ALL : TOLD_THAT;
}

static Told find_told(LibAlertSight *sight, const char *who) {
  Told told = GPOINTER_TO_INT(g_hash_table_lookup(sight->told, who));
  if (told) return told;
  g_auto(GStrv) parts = g_strsplit(who, ":", 2);
  told = g_strv_length(parts) == 2 ? told_of(sight, parts[0], parts[1]) : TOLD_NOTHING;
  g_hash_table_insert(sight->told, g_strdup(who), GINT_TO_POINTER(told));
  return told;
}

gboolean lib_alert_sight_tells(LibAlertSight *sight, const char *who) {
  return find_told(sight, who) != TOLD_NOTHING;
}

/* --- rules --- */

/* Conditions on records may name anybody. */
static gboolean is_shown(LibAlertSight *sight, const AlertRule *rule) {
  if (rule->kind == ALERT_FRESHNESS || (rule->where && *rule->where)) return FALSE;
  if (!rule->dimension) return alert_is_of_targets(rule->kind);
  if (rule->member) {
    g_autofree char *who = g_strdup_printf("%s:%s", rule->dimension, rule->member);
    return lib_alert_sight_tells(sight, who);
  }
  const char *table = NULL;
  return target_names_table(sight->session.store, rule->dimension, &table, NULL) &&
         (g_strcmp0(table, "person") == 0 || g_strcmp0(table, "team") == 0);
}

GPtrArray *lib_alert_sight_rules(LibAlertSight *sight, const GPtrArray *rules) {
  GPtrArray *shown = g_ptr_array_new();
  for (guint i = 0; i < rules->len; i++)
    if (is_shown(sight, g_ptr_array_index(rules, i))) g_ptr_array_add(shown, g_ptr_array_index(rules, i));
  return shown;
}

/* --- acts --- */

static Told told_of_event(LibAlertSight *sight, const AlertEvent *event, gboolean sayings) {
  if (*event->who == '\0') return sayings && event->author ? TOLD_ALL : TOLD_NOTHING;
  if (event->target > 0 && !g_hash_table_contains(sight->targets, &event->target)) return TOLD_NOTHING;
  return find_told(sight, event->who);
}

static void free_event(gpointer data) {
  alert_event_free(data);
}

GPtrArray *lib_alert_sight_events(LibAlertSight *sight, const GPtrArray *rules, const GPtrArray *events,
                                  gboolean sayings) {
  GPtrArray *seen = g_ptr_array_new_with_free_func(free_event);
  for (guint i = 0; i < events->len; i++) {
    const AlertEvent *event = g_ptr_array_index(events, i);
    Told told = alert_rules_find(rules, event->rule) ? told_of_event(sight, event, sayings) : TOLD_NOTHING;
    if (told == TOLD_NOTHING) continue;
    AlertEvent *copy = alert_event_copy(event);
    copy->event = 0; /* gaps would tell how many others there are */
    if (told == TOLD_THAT) {
      copy->has_value = FALSE;
      g_clear_pointer(&copy->words, g_free);
    }
    g_ptr_array_add(seen, copy);
  }
  return seen;
}
