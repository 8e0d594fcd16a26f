/* CSV files, written fast: own formatting of numbers and dates into one buffer a file.
 *
 * A field function may be called without looking at errors: the first failure is kept, later output is dropped, and
 * demo_csv_close() or demo_csv_failed() tells it. */
#pragma once

#include "base/day.h"

typedef struct DemoCsv DemoCsv;

/* Minutes since 1970-01-01 00:00 of the company's local time. */
typedef gint32 DemoTime;
#define DEMO_TIME_NONE   G_MININT32
#define DEMO_DAY_MINUTES 1440

static inline DemoTime demo_time(BaseDay day, int minute) {
  return (DemoTime)day * DEMO_DAY_MINUTES + minute;
}
/* The day of a time after 1970. */
static inline BaseDay demo_time_day(DemoTime at) {
  return at / DEMO_DAY_MINUTES;
}

/* `header`: column names, comma-separated, as they stand in the first line. */
DemoCsv *demo_csv_open(const char *folder, const char *name, const char *header, GError **error);
void demo_csv_text(DemoCsv *csv, const char *text); /* NULL gives an empty field */
void demo_csv_id(DemoCsv *csv, const char *prefix, gint64 number);
void demo_csv_int(DemoCsv *csv, gint64 number);
void demo_csv_money(DemoCsv *csv, gint64 amount_minor);          /* major units with two decimals */
void demo_csv_scaled(DemoCsv *csv, gint64 number, int decimals); /* 12345 with 4 decimals: 1.2345 */
void demo_csv_day(DemoCsv *csv, BaseDay day);                    /* BASE_DAY_NONE gives an empty field */
void demo_csv_time(DemoCsv *csv, DemoTime at); /* YYYY-MM-DD HH:MM; DEMO_TIME_NONE gives an empty field */
void demo_csv_empty(DemoCsv *csv);
void demo_csv_end(DemoCsv *csv);
gint64 demo_csv_rows(const DemoCsv *csv);
gint64 demo_csv_bytes(const DemoCsv *csv);
gboolean demo_csv_failed(const DemoCsv *csv);
/* Writes what is left and frees. FALSE with the first error that happened. */
gboolean demo_csv_close(DemoCsv *csv, GError **error);
void demo_csv_discard(DemoCsv *csv); /* frees without a word; NULL is allowed */
