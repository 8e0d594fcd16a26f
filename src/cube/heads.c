/* Findings by head: a head's number in a table without columns, and for each thing asked what was found of it.
 *
 * The lock is pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "cube/heads.h"

#include "cube/table.h"

#include <pthread.h>

#define MAX_MEMBERS 8                  /* of a head */
#define MAX_BYTES   ((gsize)256 << 20) /* beyond it all is forgotten */

/* --- changes --- */

struct CubeHeads {
  guint n_members;
  guint32 reached;
  CubeTable *by_length[MAX_MEMBERS + 1]; /* tables without columns; their `changed` */
};

CubeHeads *cube_heads_new(guint n_members) {
  CubeHeads *heads = g_new0(CubeHeads, 1);
  heads->n_members = MIN(n_members > 0 ? n_members - 1 : 0, MAX_MEMBERS); /* the last are those gone through */
  for (guint keep = 0; keep <= heads->n_members; keep++)
    heads->by_length[keep] = cube_table_new_kept(keep, NULL, 0, G_MAXINT32 / 2, FALSE, NULL);
  return heads;
}

CubeHeads *cube_heads_copy(const CubeHeads *heads) {
  CubeHeads *copy = g_memdup2(heads, sizeof *heads);
  for (guint keep = 0; keep <= heads->n_members; keep++)
    copy->by_length[keep] = cube_table_copy(heads->by_length[keep]);
  return copy;
}

void cube_heads_free(CubeHeads *heads) {
  if (heads == NULL) return;
  for (guint keep = 0; keep <= heads->n_members; keep++) cube_table_free(heads->by_length[keep]);
  g_free(heads);
}

void cube_heads_change(CubeHeads *heads, const gint64 *members, guint32 number) {
  for (guint keep = 0; keep <= heads->n_members; keep++) {
    CubeTable *table = heads->by_length[keep];
    gint32 group = cube_table_make_group(table, members);
    table->changed[group] = number;
  }
}

void cube_heads_reach(CubeHeads *heads, guint32 number) {
  heads->reached = MAX(heads->reached, number);
}

guint32 cube_heads_reached(const CubeHeads *heads) {
  return heads->reached;
}

guint32 cube_heads_changed(const CubeHeads *heads, const gint64 *members, guint n_keep) {
  gint32 group = cube_table_find(heads->by_length[n_keep], members);
  return group < 0 ? 0 : cube_table_changed(heads->by_length[n_keep], group);
}

/* --- findings --- */

typedef struct {
  guint32 number; /* the last change that is in it */
  guint8 data[];
} Finding;

struct CubeRecall {
  gint n_holders; /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  pthread_mutex_t lock;
  gsize bytes;
  CubeTable *heads[MAX_MEMBERS + 1];  /* which row a head has; NULL until one is */
  GHashTable *asked[MAX_MEMBERS + 1]; /* what was asked (GBytes) -> GPtrArray of Finding by row */
};

CubeRecall *cube_recall_new(void) {
  CubeRecall *recall = g_new0(CubeRecall, 1);
  recall->n_holders = 1;
  pthread_mutex_init(&recall->lock, NULL);
  return recall;
}

CubeRecall *cube_recall_hold(CubeRecall *recall) {
  if (recall != NULL) g_atomic_int_inc(&recall->n_holders);
  return recall;
}

static void forget_all(CubeRecall *recall) {
  for (guint keep = 0; keep <= MAX_MEMBERS; keep++) {
    g_clear_pointer(&recall->heads[keep], cube_table_free);
    g_clear_pointer(&recall->asked[keep], g_hash_table_unref);
  }
  recall->bytes = 0;
}

void cube_recall_free(CubeRecall *recall) {
  if (recall == NULL || !g_atomic_int_dec_and_test(&recall->n_holders)) return;
  forget_all(recall);
  pthread_mutex_destroy(&recall->lock);
  g_free(recall);
}

gsize cube_recall_bytes(CubeRecall *recall) {
  pthread_mutex_lock(&recall->lock);
  gsize bytes = recall->bytes;
  pthread_mutex_unlock(&recall->lock);
  return bytes;
}

/* The last change of any of the tables that is in what is found now; FALSE when they do not remember. */
static gboolean find_number(const CubeHead *head, guint32 *number) {
  *number = 0;
  for (guint t = 0; t < head->n_tables; t++) {
    const CubeHeads *heads = head->tables[t]->heads;
    if (heads == NULL || head->n_members > heads->n_members) return FALSE;
    *number = MAX(*number, cube_heads_reached(head->tables[t]->heads));
  }
  return head->n_tables > 0;
}

static gboolean holds(const CubeHead *head, guint32 found_at, guint32 now) {
  if (found_at > now) return FALSE;
  for (guint t = 0; t < head->n_tables; t++)
    if (cube_heads_changed(head->tables[t]->heads, head->members, head->n_members) > found_at) return FALSE;
  return TRUE;
}

static Finding *finding_of(const CubeRecall *recall, const CubeHead *head, GBytes *asked) {
  const CubeTable *heads = recall->heads[head->n_members];
  gint32 row = heads == NULL ? -1 : cube_table_find(heads, head->members);
  const GPtrArray *found = row < 0 ? NULL : g_hash_table_lookup(recall->asked[head->n_members], asked);
  return found == NULL || (guint)row >= found->len ? NULL : g_ptr_array_index(found, (guint)row);
}

gboolean cube_recall_head(const CubeHead *head, GBytes *asked, gpointer found, gsize size) {
  guint32 now;
  if (!find_number(head, &now)) return FALSE;
  CubeRecall *recall = head->tables[0]->recall;
  pthread_mutex_lock(&recall->lock);
  const Finding *finding = finding_of(recall, head, asked);
  gboolean has = finding != NULL && holds(head, finding->number, now);
  if (has) memcpy(found, finding->data, size);
  pthread_mutex_unlock(&recall->lock);
  return has;
}

static void keep(CubeRecall *recall, const CubeHead *head, GBytes *asked, Finding *finding) {
  guint length = head->n_members;
  if (recall->heads[length] == NULL) {
    recall->heads[length] = cube_table_new(length, NULL, 0, G_MAXINT32 / 2);
    recall->asked[length] = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                                  (GDestroyNotify)g_ptr_array_unref);
  }
  guint row = (guint)cube_table_group(recall->heads[length], head->members);
  GPtrArray *found = g_hash_table_lookup(recall->asked[length], asked);
  if (found == NULL) {
    found = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(recall->asked[length], g_bytes_ref(asked), found);
  }
  if (row >= found->len) g_ptr_array_set_size(found, (gint)row + 1);
  g_free(g_ptr_array_index(found, row));
  g_ptr_array_index(found, row) = finding;
}

void cube_remember_head(const CubeHead *head, GBytes *asked, gconstpointer found, gsize size) {
  guint32 now;
  if (!find_number(head, &now)) return;
  Finding *finding = g_malloc(sizeof *finding + size);
  finding->number = now;
  memcpy(finding->data, found, size);
  CubeRecall *recall = head->tables[0]->recall;
  pthread_mutex_lock(&recall->lock);
  if (recall->bytes > MAX_BYTES) forget_all(recall);
  if (finding_of(recall, head, asked) == NULL) recall->bytes += sizeof *finding + size + sizeof(gpointer);
  keep(recall, head, asked, finding);
  pthread_mutex_unlock(&recall->lock);
}
