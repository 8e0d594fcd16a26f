/* Puts that wait become one commit: writing to the disk costs as much for one record as for many.
 *
 *   threads ─► queue ─► the first leads: waits for its turn ─► takes all that go with it ─► one commit ─► each its
 * report └─► who is then the first leads the next
 *
 * Nobody waits for company: who finds nobody writing writes at once. What goes together is of the same table, source,
 * references and columns, no id twice and no key twice; what does not is done by itself, in the order it came. A group
 * that is not plain (a record to be kept out, say) is done call by call, so that no call's report depends on who else
 * called. */
#include "lib/change.h"

#define MAX_JOINED  64 /* records of a call that is joined with others: more are a commit's worth by themselves */
#define MAX_RECORDS 2000

/* --- what goes together --- */

static gboolean is_alike(const LibCall *a, const LibCall *b) {
  return b->is_plain && g_str_equal(a->table, b->table) && g_str_equal(a->source, b->source) &&
         g_strcmp0(a->options->references, b->options->references) == 0 &&
         g_str_equal(a->peek.columns, b->peek.columns);
}

typedef struct {
  GHashTable *ids, *keys; /* of the group */
  guint n_records;
} Group;

static gboolean has_room(const Group *group, const LibCall *call) {
  if (group->n_records + call->peek.n_records > MAX_RECORDS) return FALSE;
  if (call->name && g_hash_table_contains(group->keys, call->name)) return FALSE;
  for (guint i = 0; call->peek.ids[i]; i++) {
    if (g_hash_table_contains(group->ids, call->peek.ids[i])) return FALSE;
  }
  return TRUE;
}

static void join(Group *group, const LibCall *call, GPtrArray *into) {
  group->n_records += call->peek.n_records;
  if (call->name) g_hash_table_add(group->keys, call->name);
  for (guint i = 0; call->peek.ids[i]; i++) g_hash_table_add(group->ids, call->peek.ids[i]);
  g_ptr_array_add(into, (gpointer)call);
}

/* Takes the first call out of the queue and all that go with it. Under `queueing`. */
static GPtrArray *take_group(GQueue *queue) {
  GPtrArray *calls = g_ptr_array_new();
  LibCall *first = g_queue_pop_head(queue);
  if (!first->is_plain) {
    g_ptr_array_add(calls, first);
    return calls;
  }
  g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
  Group group = {ids, keys, 0};
  join(&group, first, calls);
  for (GList *at = queue->head, *next; at; at = next) {
    LibCall *call = at->data;
    next = at->next;
    if (!is_alike(first, call) || !has_room(&group, call)) continue;
    join(&group, call, calls);
    g_queue_delete_link(queue, at);
  }
  return calls;
}

/* --- one after the other --- */

/* Waits until the call is done, or is to lead. */
static void wait_for(LibCore *core, LibCall *call) {
  while (!call->is_done && !call->leads) g_cond_wait(&call->told, &core->queueing);
}

static void tell(LibCore *core, const GPtrArray *calls) {
  for (guint i = 0; i < calls->len; i++) {
    LibCall *call = calls->pdata[i];
    call->is_done = TRUE;
    g_cond_signal(&call->told);
  }
  LibCall *next = g_queue_peek_head(&core->queue);
  core->is_led = next != NULL;
  if (!next) return;
  next->leads = TRUE;
  g_cond_signal(&next->told);
}

static void lead(AttainWorkspace *workspace) {
  LibCore *core = workspace->core;
  AttainError none = {0};
  gboolean has_turn = lib_begin_shared(workspace, &none); /* FALSE only in a callback, which does not come here */
  g_assert(has_turn);
  g_mutex_lock(&core->queueing);
  g_autoptr(GPtrArray) calls = take_group(&core->queue);
  g_mutex_unlock(&core->queueing);
  if (calls->len == 1) lib_watch_own(workspace, ((const LibCall *)calls->pdata[0])->caller);
  lib_change(workspace, (LibCall *const *)calls->pdata, calls->len);
  lib_end_writing(workspace);
  g_mutex_lock(&core->queueing);
  tell(core, calls);
  g_mutex_unlock(&core->queueing);
}

gboolean lib_group_call(AttainWorkspace *workspace, LibCall *call, AttainError *error) {
  LibCore *core = workspace->core;
  if (!lib_check_no_turn(workspace, error)) return FALSE;
  call->is_plain =
      call->records && !call->options->all_or_nothing && ingest_put_peek(call->records, MAX_JOINED, &call->peek);
  g_cond_init(&call->told);
  g_mutex_lock(&core->queueing);
  g_queue_push_tail(&core->queue, call);
  call->leads = !core->is_led;
  core->is_led = TRUE;
  wait_for(core, call);
  gboolean leads = !call->is_done;
  g_mutex_unlock(&core->queueing);
  if (leads) lead(workspace);
  g_cond_clear(&call->told);
  ingest_peek_clear(&call->peek);
  return TRUE;
}
