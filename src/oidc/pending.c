/* Sign-ins under way. */
#include "oidc/pending.h"

#include "user/secret.h"

struct OidcPending {
  GMutex mutex;
  GHashTable *flows; /* digest of the state -> OidcFlow */
  GQueue order;      /* the same, the oldest first */
};

void oidc_flow_free(OidcFlow *flow) {
  if (!flow) return;
  user_password_free(flow->state);
  user_password_free(flow->browser);
  user_password_free(flow->verifier);
  g_free(flow->nonce);
  g_free(flow->to);
  g_free(flow);
}

OidcPending *oidc_pending_new(void) {
  OidcPending *pending = g_new0(OidcPending, 1);
  g_mutex_init(&pending->mutex);
  pending->flows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
  g_queue_init(&pending->order);
  return pending;
}

void oidc_pending_free(OidcPending *pending) {
  if (!pending) return;
  g_hash_table_unref(pending->flows);
  g_queue_clear_full(&pending->order, (GDestroyNotify)oidc_flow_free);
  g_mutex_clear(&pending->mutex);
  g_free(pending);
}

static gboolean is_over(const OidcFlow *flow, gint64 now_us) {
  return now_us - flow->began_us >= OIDC_PENDING_SECONDS * (gint64)G_USEC_PER_SEC;
}

static void make_room(OidcPending *pending, gint64 now_us) {
  const OidcFlow *oldest;
  while ((oldest = g_queue_peek_head(&pending->order)) &&
         (is_over(oldest, now_us) || pending->order.length >= OIDC_MAX_PENDING)) {
    g_hash_table_remove(pending->flows, oldest->state);
    oidc_flow_free(g_queue_pop_head(&pending->order));
  }
}

OidcFlow *oidc_pending_begin(OidcPending *pending, const char *to, gint64 now_us) {
  OidcFlow *flow = g_new(OidcFlow, 1), *kept = g_new(OidcFlow, 1);
  *flow = (OidcFlow){.state = user_secret_new(),
                     .browser = user_secret_new(),
                     .nonce = user_secret_new(),
                     .verifier = user_secret_new(),
                     .to = g_strdup(to),
                     .began_us = now_us};
  *kept = (OidcFlow){.state = user_secret_digest(flow->state),
                     .browser = user_secret_digest(flow->browser),
                     .nonce = g_strdup(flow->nonce),
                     .verifier = g_strdup(flow->verifier),
                     .to = g_strdup(to),
                     .began_us = now_us};
  g_mutex_lock(&pending->mutex);
  make_room(pending, now_us);
  g_hash_table_insert(pending->flows, kept->state, kept);
  g_queue_push_tail(&pending->order, kept);
  g_mutex_unlock(&pending->mutex);
  return flow;
}

OidcFlow *oidc_pending_end(OidcPending *pending, const char *state, const char *browser, gint64 now_us,
                           GError **error) {
  g_autofree char *digest = user_secret_digest(state ? state : ""),
                  *theirs = browser ? user_secret_digest(browser) : NULL;
  g_mutex_lock(&pending->mutex);
  g_autoptr(OidcFlow) flow = g_hash_table_lookup(pending->flows, digest);
  if (flow) {
    g_hash_table_remove(pending->flows, digest);
    g_queue_remove(&pending->order, flow);
  }
  g_mutex_unlock(&pending->mutex);
  if (flow && !is_over(flow, now_us) && user_secret_is_equal(flow->browser, theirs)) return g_steal_pointer(&flow);
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                      flow && !is_over(flow, now_us) ? "another browser began this sign-in: begin it here"
                                                     : "this sign-in was used already, or took too long: begin again");
  return NULL;
}
