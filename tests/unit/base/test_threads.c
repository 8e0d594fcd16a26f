/* Pieces of work: each is done once, whatever the number of threads. */
#include "base/threads.h"
#include "unit.h"

#define N_PIECES 1000

typedef struct {
  gint times[N_PIECES]; /* atomic */
  gint busy[BASE_MAX_THREADS];
  gint shared; /* times a thread's number was another's too; atomic */
  guint order[N_PIECES];
  gint n_done; /* atomic */
} Work;

static void note(gpointer data, guint piece, guint thread) {
  Work *work = data;
  if (g_atomic_int_add(&work->busy[thread], 1) != 0) g_atomic_int_inc(&work->shared);
  g_atomic_int_inc(&work->times[piece]);
  work->order[g_atomic_int_add(&work->n_done, 1)] = piece;
  g_atomic_int_add(&work->busy[thread], -1);
}

static void every_piece_is_done_once(void **state) {
  (void)state;
  for (guint n_threads = 0; n_threads <= 2 * BASE_MAX_THREADS; n_threads++) {
    g_autofree Work *work = g_new0(Work, 1);
    base_threads_work(n_threads, N_PIECES, note, work);
    for (guint i = 0; i < N_PIECES; i++) assert_int_equal(work->times[i], 1);
    assert_int_equal(work->shared, 0);
  }
}

static void one_thread_goes_in_order(void **state) {
  (void)state;
  g_autofree Work *work = g_new0(Work, 1);
  base_threads_work(1, N_PIECES, note, work);
  for (guint i = 0; i < N_PIECES; i++) assert_int_equal(work->order[i], i);
}

static void nothing_is_done_of_nothing(void **state) {
  (void)state;
  g_autofree Work *work = g_new0(Work, 1);
  base_threads_work(4, 0, note, work);
  assert_int_equal(work->n_done, 0);
  assert_in_range(base_threads(), 1, BASE_MAX_THREADS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_piece_is_done_once),
      cmocka_unit_test(one_thread_goes_in_order),
      cmocka_unit_test(nothing_is_done_of_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
