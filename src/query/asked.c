/* Answers by the text of their question, bindings by that and a layout of cells. The lock is held for a look only, so
 * that nobody waits for who answers; what is let go of is freed after it.
 *
 * The lock is pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "query/asked.h"

#include <pthread.h>

/* More rows than these are not kept. */
#define MAX_ROWS 4000000

typedef struct {
  char *question;
  const BoardLayout *layout; /* the binding's, or the one that is looked for */
  QueryBinding *binding;
  guint last_round;
} Bound;

struct AskedBefore {
  pthread_mutex_t lock;
  GHashTable *answers;  /* text -> AskedAnswer */
  GHashTable *bindings; /* Bound, as its own key */
  gsize n_rows, n_bytes, max_bytes;
  guint round; /* goes up when bindings are let go of: those not used since the last time go first */
};

static guint bound_hash(gconstpointer data) {
  const Bound *bound = data;
  return g_str_hash(bound->question) ^ board_layout_hash(bound->layout);
}

static gboolean bound_equal(gconstpointer a, gconstpointer b) {
  const Bound *x = a, *y = b;
  return board_layouts_equal(x->layout, y->layout) && g_str_equal(x->question, y->question);
}

static void bound_free(gpointer data) {
  Bound *bound = data;
  query_binding_free(bound->binding);
  g_free(bound->question);
  g_free(bound);
}

AskedBefore *asked_new(gsize max_bytes) {
  AskedBefore *asked = g_new0(AskedBefore, 1);
  pthread_mutex_init(&asked->lock, NULL);
  asked->max_bytes = max_bytes;
  asked->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)asked_answer_free);
  asked->bindings = g_hash_table_new_full(bound_hash, bound_equal, bound_free, NULL);
  return asked;
}

void asked_free(AskedBefore *asked) {
  if (asked == NULL) return;
  g_hash_table_unref(asked->answers);
  g_hash_table_unref(asked->bindings);
  pthread_mutex_destroy(&asked->lock);
  g_free(asked);
}

/* --- answers --- */

AskedAnswer *asked_answer_new(guint n_first_days, const BaseDay *first_days) {
  AskedAnswer *answer = g_malloc0(sizeof *answer + n_first_days * sizeof *first_days);
  answer->n_holders = 1;
  answer->n_first_days = n_first_days;
  memcpy(answer->first_days, first_days, n_first_days * sizeof *first_days);
  return answer;
}

void asked_answer_free(AskedAnswer *answer) {
  if (answer == NULL || !g_atomic_int_dec_and_test(&answer->n_holders)) return;
  query_result_free(answer->result);
  g_free(answer);
}

AskedAnswer *asked_answer(AskedBefore *asked, const char *question) {
  pthread_mutex_lock(&asked->lock);
  AskedAnswer *answer = g_hash_table_lookup(asked->answers, question);
  if (answer != NULL) g_atomic_int_inc(&answer->n_holders);
  pthread_mutex_unlock(&asked->lock);
  return answer;
}

void asked_keep_answer(AskedBefore *asked, const char *question, AskedAnswer *answer) {
  gsize n_rows = query_result_n_rows(answer->result);
  if (n_rows > MAX_ROWS) {
    asked_answer_free(answer);
    return;
  }
  gpointer text = g_strdup(question), former_text = NULL, former = NULL;
  pthread_mutex_lock(&asked->lock);
  if (g_hash_table_steal_extended(asked->answers, question, &former_text, &former))
    asked->n_rows -= query_result_n_rows(((AskedAnswer *)former)->result);
  asked->n_rows += n_rows;
  if (asked->n_rows > MAX_ROWS) {
    g_hash_table_remove_all(asked->answers);
    asked->n_rows = n_rows;
  }
  g_hash_table_insert(asked->answers, text, answer);
  pthread_mutex_unlock(&asked->lock);
  g_free(former_text);
  asked_answer_free(former);
}

void asked_forget_answers(AskedBefore *asked) {
  pthread_mutex_lock(&asked->lock);
  g_hash_table_remove_all(asked->answers);
  asked->n_rows = 0;
  pthread_mutex_unlock(&asked->lock);
}

/* --- bindings --- */

QueryBinding *asked_binding(AskedBefore *asked, const char *question, const BoardLayout *layout) {
  Bound probe = {.question = (char *)question, .layout = layout};
  pthread_mutex_lock(&asked->lock);
  Bound *bound = g_hash_table_lookup(asked->bindings, &probe);
  if (bound != NULL) bound->last_round = asked->round;
  QueryBinding *binding = bound == NULL ? NULL : query_binding_hold(bound->binding);
  pthread_mutex_unlock(&asked->lock);
  return binding;
}

static void let_go(AskedBefore *asked, gboolean all) {
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, asked->bindings);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    const Bound *bound = key;
    if (!all && bound->last_round == asked->round) continue;
    asked->n_bytes -= query_binding_bytes(bound->binding);
    g_hash_table_iter_remove(&iter);
  }
  asked->round++;
}

void asked_keep_binding(AskedBefore *asked, const char *question, QueryBinding *binding) {
  gsize bytes = query_binding_bytes(binding);
  if (bytes > asked->max_bytes) return;
  Bound *bound = g_new0(Bound, 1);
  *bound = (Bound){
      .question = g_strdup(question), .layout = query_binding_layout(binding), .binding = query_binding_hold(binding)};
  gpointer former = NULL;
  pthread_mutex_lock(&asked->lock);
  bound->last_round = asked->round;
  if (g_hash_table_steal_extended(asked->bindings, bound, &former, NULL))
    asked->n_bytes -= query_binding_bytes(((Bound *)former)->binding);
  for (guint all = 0; all < 2 && asked->n_bytes + bytes > asked->max_bytes; all++) let_go(asked, all == 1);
  g_hash_table_add(asked->bindings, bound);
  asked->n_bytes += bytes;
  pthread_mutex_unlock(&asked->lock);
  if (former != NULL) bound_free(former);
}

void asked_forget_bindings(AskedBefore *asked) {
  pthread_mutex_lock(&asked->lock);
  let_go(asked, TRUE);
  pthread_mutex_unlock(&asked->lock);
}
