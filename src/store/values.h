/* Values for a statement's parameters, and from its rows. */
#pragma once

#include "base/day.h"
#include "store/store.h"

static inline StoreValue store_of_int(gint64 value) {
  return (StoreValue){.type = STORE_INT, .integer = value};
}
static inline StoreValue store_of_bool(gboolean value) {
  return (StoreValue){.type = STORE_BOOL, .integer = value};
}
/* NULL: a null. The text must last until the statement is done. */
static inline StoreValue store_of_text(const char *text) {
  return (StoreValue){.type = text ? STORE_TEXT : STORE_NULL, .text = text};
}
static inline StoreValue store_of_number(gboolean has, double value) {
  return (StoreValue){.type = has ? STORE_DOUBLE : STORE_NULL, .number = value};
}
/* BASE_DAY_NONE: a null. */
static inline StoreValue store_of_day(BaseDay day) {
  return (StoreValue){.type = day == BASE_DAY_NONE ? STORE_NULL : STORE_DAY, .integer = day};
}
static inline StoreValue store_of_instant(gint64 instant_us) {
  return (StoreValue){.type = STORE_INSTANT, .integer = instant_us};
}

/* NULL of a null; else owned by the rows. */
static inline const char *store_text_at(const StoreRows *rows, gsize row, guint column) {
  StoreValue value = store_rows_value(rows, row, column);
  return value.type == STORE_NULL ? NULL : value.text;
}
/* 0 of a null. */
static inline gint64 store_int_at(const StoreRows *rows, gsize row, guint column) {
  StoreValue value = store_rows_value(rows, row, column);
  return value.type == STORE_NULL ? 0 : value.integer;
}
/* BASE_DAY_NONE of a null. */
static inline BaseDay store_day_at(const StoreRows *rows, gsize row, guint column) {
  StoreValue value = store_rows_value(rows, row, column);
  return value.type == STORE_NULL ? BASE_DAY_NONE : (BaseDay)value.integer;
}
/* FALSE of a null; `*number` is then untouched. */
static inline gboolean store_number_at(const StoreRows *rows, gsize row, guint column, double *number) {
  StoreValue value = store_rows_value(rows, row, column);
  if (value.type != STORE_NULL) *number = value.number;
  return value.type != STORE_NULL;
}
