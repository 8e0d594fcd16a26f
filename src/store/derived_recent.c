/* The changes and touches of deals that were refreshed lately, so that who changes a deal again has nothing looked for.
 *
 * They are what the database has as long as nobody else changes any of it: whoever writes of a deal in another way
 * forgets it, and a transaction that is taken back forgets all. */
#include "store/derived_recent.h"

#include <string.h>

#define MAX_RECENT 4096
#define MAX_FACTS  256 /* changes and touches of a deal that is kept */

typedef struct {
  GList link; /* its data is this */
  guint64 key;
  gboolean has_all_touches;
  DerivedMoment planned_until;
  GArray *changes, *touches;
} Recent;

struct DerivedRecent {
  GHashTable *deals; /* key -> Recent */
  GQueue order;      /* by their links, the oldest first */
};

DerivedRecent *store_derived_recent_new(void) {
  DerivedRecent *recent = g_new0(DerivedRecent, 1);
  recent->deals = g_hash_table_new(g_int64_hash, g_int64_equal);
  g_queue_init(&recent->order);
  return recent;
}

static void forget(DerivedRecent *recent, Recent *deal) {
  g_queue_unlink(&recent->order, &deal->link);
  g_hash_table_remove(recent->deals, &deal->key);
  g_array_unref(deal->changes);
  g_array_unref(deal->touches);
  g_free(deal);
}

void store_derived_recent_forget_all(DerivedRecent *recent) {
  while (!g_queue_is_empty(&recent->order)) forget(recent, g_queue_peek_head(&recent->order));
}

void store_derived_recent_free(DerivedRecent *recent) {
  if (!recent) return;
  store_derived_recent_forget_all(recent);
  g_hash_table_unref(recent->deals);
  g_free(recent);
}

void store_derived_recent_forget(DerivedRecent *recent, const StoreGiven *deals, guint key) {
  for (gsize r = 0; r < store_given_count(deals); r++) {
    Recent *deal = g_hash_table_lookup(recent->deals, &store_given_row(deals, r)[key].integer);
    if (deal) forget(recent, deal);
  }
}

gboolean store_derived_recent_has(const DerivedRecent *recent, const StoreGiven *deals, gboolean wants_touches) {
  guint key = store_given_column(deals, "key");
  for (gsize r = 0; r < store_given_count(deals); r++) {
    const Recent *deal = g_hash_table_lookup(recent->deals, &store_given_row(deals, r)[key].integer);
    if (!deal || (wants_touches && !deal->has_all_touches)) return FALSE;
  }
  return TRUE;
}

void store_derived_recall(const DerivedRecent *recent, DerivedFacts *facts) {
  for (guint d = 0; d < facts->deals->len; d++) {
    DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, d);
    const Recent *known = g_hash_table_lookup(recent->deals, &deal->key);
    deal->planned_until = known->planned_until;
    g_array_append_vals(facts->changes, known->changes->data, known->changes->len);
    for (guint t = 0; t < known->touches->len; t++) {
      DerivedTouch touch = g_array_index(known->touches, DerivedTouch, t);
      touch.next = deal->touch;
      deal->touch = (gint32)facts->touches->len;
      g_array_append_val(facts->touches, touch);
    }
  }
}

static void copy_facts(const DerivedFacts *facts, const DerivedDeal *deal, Recent *to) {
  to->changes = g_array_new(FALSE, FALSE, sizeof(DerivedChange));
  to->touches = g_array_new(FALSE, FALSE, sizeof(DerivedTouch));
  for (gint32 c = deal->change; c >= 0; c = g_array_index(facts->changes, DerivedChange, c).next)
    g_array_append_val(to->changes, g_array_index(facts->changes, DerivedChange, c));
  for (gint32 t = deal->touch; t >= 0; t = g_array_index(facts->touches, DerivedTouch, t).next)
    g_array_append_val(to->touches, g_array_index(facts->touches, DerivedTouch, t));
}

void store_derived_remember(DerivedRecent *recent, const DerivedFacts *facts, gboolean has_all_touches) {
  for (guint d = 0; d < facts->deals->len; d++) {
    const DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, d);
    Recent *before = g_hash_table_lookup(recent->deals, &deal->key);
    Recent *now = g_new0(Recent, 1);
    *now = (Recent){.link = {.data = now},
                    .key = deal->key,
                    .has_all_touches = has_all_touches,
                    .planned_until = deal->planned_until};
    copy_facts(facts, deal, now);
    if (before) forget(recent, before);
    g_hash_table_insert(recent->deals, &now->key, now);
    g_queue_push_tail_link(&recent->order, &now->link);
    if (now->changes->len + now->touches->len > MAX_FACTS)
      forget(recent, now);
    else if (g_queue_get_length(&recent->order) > MAX_RECENT)
      forget(recent, g_queue_peek_head(&recent->order));
  }
}
