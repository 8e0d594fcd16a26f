/* CSV as it is written: quoting, numbers, dates, and what happens when the disk is full. */
#include "../unit.h"
#include "base/fault.h"
#include "base/text.h"
#include "demo/write.h"

#include <glib/gstdio.h>

static char *folder;

static int make_folder(void **state) {
  folder = g_dir_make_tmp("attain-demo-write-XXXXXX", NULL);
  return folder == NULL;
}

static int remove_folder(void **state) {
  g_rmdir(folder);
  g_clear_pointer(&folder, g_free);
  return 0;
}

static char *take_file(const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  char *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_unlink(path);
  return text;
}

static void fields_are_written_as_csv(void **state) {
  DemoCsv *csv = demo_csv_open(folder, "a.csv", "A,B", NULL);
  demo_csv_text(csv, "plain – text");
  demo_csv_text(csv, "a, b");
  demo_csv_text(csv, "say \"yes\"");
  demo_csv_text(csv, NULL);
  demo_csv_id(csv, "D-", 100001);
  demo_csv_end(csv);
  assert_true(demo_csv_close(csv, NULL));
  g_autofree char *text = take_file("a.csv");
  assert_string_equal(text, "A,B\nplain – text,\"a, b\",\"say \"\"yes\"\"\",,D-100001\n");
}

static void numbers_and_dates_are_exact(void **state) {
  DemoCsv *csv = demo_csv_open(folder, "a.csv", "A", NULL);
  demo_csv_int(csv, G_MININT64);
  demo_csv_int(csv, 0);
  demo_csv_money(csv, -5);
  demo_csv_money(csv, 1234567);
  demo_csv_scaled(csv, 11600, 4);
  demo_csv_day(csv, base_day_from_civil(2024, 2, 29));
  demo_csv_day(csv, BASE_DAY_NONE);
  demo_csv_time(csv, demo_time(base_day_from_civil(2026, 10, 31), 9 * 60 + 5));
  demo_csv_time(csv, DEMO_TIME_NONE);
  demo_csv_end(csv);
  assert_true(demo_csv_close(csv, NULL));
  g_autofree char *text = take_file("a.csv");
  assert_string_equal(text, "A\n-9223372036854775808,0,-0.05,12345.67,1.1600,2024-02-29,,2026-10-31 09:05,\n");
}

static void many_rows_pass_the_buffer(void **state) {
  DemoCsv *csv = demo_csv_open(folder, "a.csv", "N", NULL);
  for (int i = 0; i < 100000; i++) {
    demo_csv_int(csv, i);
    demo_csv_end(csv);
  }
  assert_int_equal(demo_csv_rows(csv), 100000);
  gint64 bytes = demo_csv_bytes(csv);
  assert_true(demo_csv_close(csv, NULL));
  g_autofree char *text = take_file("a.csv");
  /* header 2; 10 numbers of 1 digit, 90 of 2, 900 of 3, 9000 of 4, 90000 of 5, and a line end each */
  assert_int_equal(bytes, 2 + 10 + 180 + 2700 + 36000 + 450000 + 100000);
  assert_int_equal(strlen(text), bytes);
}

static void a_full_disk_is_told_at_the_end(void **state) {
  g_autoptr(GError) error = NULL;
  DemoCsv *csv = demo_csv_open(folder, "a.csv", "N", NULL);
  base_fault_arm("demo_write", 1);
  for (int i = 0; i < 100000; i++) {
    demo_csv_int(csv, i);
    demo_csv_end(csv);
  }
  assert_true(demo_csv_failed(csv));
  assert_false(demo_csv_close(csv, &error));
  base_fault_disarm();
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_IO));
  assert_non_null(strstr(error->message, "a.csv"));
  g_free(take_file("a.csv"));
}

static void a_missing_folder_is_told(void **state) {
  g_autoptr(GError) error = NULL;
  g_autofree char *missing = g_build_filename(folder, "none", NULL);
  assert_null(demo_csv_open(missing, "a.csv", "N", &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_IO));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fields_are_written_as_csv), cmocka_unit_test(numbers_and_dates_are_exact),
      cmocka_unit_test(many_rows_pass_the_buffer), cmocka_unit_test(a_full_disk_is_told_at_the_end),
      cmocka_unit_test(a_missing_folder_is_told),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
