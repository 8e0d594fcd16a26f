/* Who wants to be told of commits. Under `writing`, which a callback's own thread holds already. */
#include "lib/reader.h"

static gboolean is_in_callback(AttainWorkspace *workspace) {
  return g_atomic_pointer_get(&workspace->core->writer) == g_thread_self();
}

static void lock(AttainWorkspace *workspace) {
  if (!is_in_callback(workspace)) g_mutex_lock(&workspace->core->writing);
}

static void unlock(AttainWorkspace *workspace) {
  if (!is_in_callback(workspace)) g_mutex_unlock(&workspace->core->writing);
}

uint64_t attain_subscribe(AttainWorkspace *workspace, AttainCallback callback, void *user_data) {
  if (!lib_permit(workspace, "subscribe", NULL)) return 0;
  lock(workspace);
  Subscription subscription = {++workspace->core->last_subscription, callback, user_data};
  g_array_append_val(workspace->core->subscriptions, subscription);
  unlock(workspace);
  return subscription.number;
}

/* Within a callback the others are being gone through: it is only marked. */
void attain_unsubscribe(AttainWorkspace *workspace, uint64_t subscription) {
  lock(workspace);
  GArray *all = workspace->core->subscriptions;
  for (guint i = 0; i < all->len; i++) {
    if (g_array_index(all, Subscription, i).number != subscription) continue;
    if (is_in_callback(workspace))
      g_array_index(all, Subscription, i).callback = NULL;
    else
      g_array_remove_index(all, i);
    break;
  }
  unlock(workspace);
}

/* What everybody sees follows from these; without names anything may have changed. */
static gboolean concerns_people(const AttainChange *change) {
  static const char *const tables[] = {"person", "team", "membership", "leadership", NULL};
  for (size_t i = 0; i < change->n_tables; i++)
    if (g_strv_contains(tables, change->tables[i])) return TRUE;
  return change->n_tables == 0;
}

void lib_tell_subscribers(AttainWorkspace *workspace, const AttainChange *change) {
  if (concerns_people(change)) lib_organisation_changed(workspace);
  lib_judge_alerts(workspace, change);
  GArray *all = workspace->core->subscriptions;
  gboolean is_asked = all->len > 0 && !change->touched;
  g_autoptr(LibTouched) touched = is_asked ? lib_touched_find(workspace, change) : NULL;
  AttainChange whole = touched ? lib_touched_change(touched, change) : *change;
  guint n = all->len; /* whoever subscribes now is told of the next one */
  for (guint i = 0; i < n; i++) {
    Subscription subscription = g_array_index(all, Subscription, i);
    if (subscription.callback) subscription.callback(&whole, subscription.user_data);
  }
  for (guint i = all->len; i-- > 0;)
    if (!g_array_index(all, Subscription, i).callback) g_array_remove_index(all, i);
}
