/* For whoever tells others of commits: which commit the answers have, and whose records a handle sees. */
#include "lib/workspace.h"
#include "query/sight_people.h"

int64_t attain_load_number(AttainWorkspace *workspace) {
  lib_enter(workspace);
  gint64 load = query_live_load(workspace->core->live);
  lib_leave(workspace);
  return load;
}

static AttainSeen *make_seen(const GArray *people, gboolean is_all) {
  AttainSeen *seen = g_new0(AttainSeen, 1);
  AttainPerson *told = g_new0(AttainPerson, people->len + 1);
  for (guint i = 0; i < people->len; i++) {
    const QuerySightPerson *from = &g_array_index(people, QuerySightPerson, i);
    told[i] = (AttainPerson){from->person, g_strdup(from->name ? from->name : ""), g_strdup(from->team), from->is_now};
  }
  *seen = (AttainSeen){.all = is_all, .n_people = people->len, .people = told};
  return seen;
}

AttainSeen *attain_seen(AttainWorkspace *workspace, AttainError *error) {
  GError *cause = NULL;
  if (!lib_take_turn(workspace, error)) return NULL;
  Session session = lib_session(workspace);
  QueryContext context = answer_context(&session);
  g_autoptr(GArray) people = query_sight_people(context.sight, &context, &cause);
  lib_give_turn(workspace);
  if (people) return make_seen(people, context.sight == NULL);
  lib_fail(error, cause);
  return NULL;
}

void attain_seen_free(AttainSeen *seen) {
  if (!seen) return;
  for (size_t i = 0; i < seen->n_people; i++) {
    g_free((char *)seen->people[i].name);
    g_free((char *)seen->people[i].team);
  }
  g_free((AttainPerson *)seen->people);
  g_free(seen);
}
