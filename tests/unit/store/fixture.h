/* Small ledgers for the store's tests: a deal, a change or an activity is one call, and results compare as text. */
#pragma once

#include "store/store.h"

/* cmocka.h needs what stands before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static inline void run(Store *store, const char *sql) {
  g_autoptr(GError) error = NULL;
  if (!store_run(store, sql, NULL, 0, NULL, &error)) fail_msg("%s\n%s", error->message, sql);
}

G_GNUC_PRINTF(2, 3) static inline void runf(Store *store, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *sql = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  run(store, sql);
}

static inline Store *open_ledger(const char *path) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  Store *store = store_open(path, schema, STORE_CREATE, 0, &error);
  if (!store) fail_msg("%s", error->message);
  return store;
}

/* Every row of a query as "a b c", one a line; nulls as "-". */
static inline char *text_of(Store *store, const char *sql) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, &error);
  if (!rows) fail_msg("%s\n%s", error->message, sql);
  GString *text = g_string_new(NULL);
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    for (guint c = 0; c < store_rows_n_columns(rows); c++) {
      StoreValue value = store_rows_value(rows, row, c);
      if (c) g_string_append_c(text, ' ');
      if (value.type == STORE_NULL)
        g_string_append_c(text, '-');
      else if (value.type == STORE_TEXT)
        g_string_append(text, value.text);
      else if (value.type == STORE_DOUBLE)
        g_string_append_printf(text, "%g", value.number);
      else if (value.type == STORE_BOOL)
        g_string_append(text, value.integer ? "yes" : "no");
      else
        g_string_append_printf(text, "%" G_GINT64_FORMAT, value.integer);
    }
    g_string_append_c(text, '\n');
  }
  return g_string_free(text, FALSE);
}

static inline void expect(Store *store, const char *sql, const char *expected) {
  g_autofree char *text = text_of(store, sql);
  assert_string_equal(text, expected);
}
