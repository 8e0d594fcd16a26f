/* Chunks put together are what they were one behind the other. */
#include "query/batch.h"
#include "unit.h"

#define N_CHUNKS 40
#define MOST     200

/* Row r of all: the number r; valid in the first column but for every third, in the second always, in the third not in
 * chunk 7. */
static gboolean is_valid(guint column, gsize row, guint chunk) {
  return column == 0 ? row % 3 != 0 : column == 1 || chunk != 7;
}

static gsize add_chunk(ScanBatch *batch, gsize first, gsize n, guint number, gboolean *expected) {
  gint32 days[MOST];
  gint64 amounts[MOST];
  guint8 flags[MOST];
  guint64 valid[3][MOST / 64 + 1] = {{0}};
  for (gsize i = 0; i < n; i++) {
    days[i] = (gint32)(first + i);
    amounts[i] = (gint64)(first + i) * 10;
    flags[i] = (first + i) % 2;
    for (guint c = 0; c < 3; c++) {
      expected[(first + i) * 3 + c] = is_valid(c, first + i, number);
      if (is_valid(c, first + i, number)) valid[c][i / 64] |= G_GUINT64_CONSTANT(1) << (i % 64);
    }
  }
  const void *data[] = {days, amounts, flags};
  const guint64 *words[] = {valid[0], NULL, number == 7 ? valid[2] : NULL};
  StoreChunk chunk = {.n_rows = n, .data = data, .valid = words};
  scan_batch_add(batch, &chunk);
  return first + n;
}

static void check_rows(const ScanBatch *batch, gsize n, const gboolean *expected) {
  StoreChunk rows = scan_batch_rows(batch, NULL);
  assert_int_equal(rows.n_rows, n);
  for (gsize row = 0; row < n; row++) {
    assert_int_equal(((const gint32 *)rows.data[0])[row], row);
    assert_int_equal(((const gint64 *)rows.data[1])[row], row * 10);
    assert_int_equal(((const guint8 *)rows.data[2])[row], row % 2);
    for (guint c = 0; c < 3; c++) {
      gboolean valid = rows.valid[c] == NULL || (rows.valid[c][row / 64] >> (row % 64) & 1);
      assert_int_equal(valid, expected[row * 3 + c]);
    }
  }
  assert_null(rows.valid[1]);
}

static void chunks_lie_one_behind_the_other(void **state) {
  static const StoreColumnType types[] = {STORE_COLUMN_INT32, STORE_COLUMN_INT64, STORE_COLUMN_BOOL};
  ScanBatch *batch = scan_batch_new(types, 3);
  g_autofree gboolean *expected = g_new(gboolean, N_CHUNKS * MOST * 3);
  for (guint again = 0; again < 2; again++) {
    gsize n = 0;
    for (guint number = 0; number < N_CHUNKS; number++)
      n = add_chunk(batch, n, 1 + number * 37 % MOST, number, expected);
    check_rows(batch, n, expected);
    assert_true(scan_batch_takes(batch, BATCH_ROWS - n));
    assert_false(scan_batch_takes(batch, BATCH_ROWS - n + 1));
    scan_batch_empty(batch);
    assert_int_equal(scan_batch_n_rows(batch), 0);
  }
  scan_batch_free(batch);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(chunks_lie_one_behind_the_other)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
