/* A file with a buffer. The buffer is flushed at the end of a row, so a field never straddles two writes; rows are
 * short (the longest text is a note of a customer) and ROW_MAX leaves room for any. Longer texts are cut, which the
 * word lists never need. */
#include "demo/write.h"

#include "base/fault.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BUFFER_SIZE (1 << 18)
#define ROW_MAX     (1 << 14)
#define TEXT_MAX    500

/* The text of the last day written: rows of a file cluster in time, so most dates repeat or come near. */
#define DAY_CACHE 8192

struct DemoCsv {
  FILE *file;
  char *path;
  gsize used;
  gboolean in_row;
  gboolean failed;
  int error_number;
  gint64 rows;
  gint64 bytes;
  BaseDay cached_day[DAY_CACHE];
  char cached_text[DAY_CACHE][10];
  char buffer[BUFFER_SIZE + ROW_MAX];
};

static void flush(DemoCsv *csv) {
  if (!csv->failed && csv->used > 0) {
    errno = 0;
    if (base_fault("demo_write") || fwrite(csv->buffer, 1, csv->used, csv->file) != csv->used) {
      csv->failed = TRUE;
      csv->error_number = errno != 0 ? errno : EIO;
    }
  }
  csv->bytes += (gint64)csv->used;
  csv->used = 0;
}

static void put_char(DemoCsv *csv, char c) {
  csv->buffer[csv->used++] = c;
}

static void put(DemoCsv *csv, const char *text, gsize length) {
  memcpy(csv->buffer + csv->used, text, length);
  csv->used += length;
}

/* A row that outgrows ROW_MAX is written in parts. */
static void begin_field(DemoCsv *csv) {
  if (csv->used >= BUFFER_SIZE + ROW_MAX - 2 * TEXT_MAX - 64) flush(csv);
  if (csv->in_row) put_char(csv, ',');
  csv->in_row = TRUE;
}

static void put_number(DemoCsv *csv, gint64 number) {
  char digits[24];
  gsize at = sizeof digits;
  guint64 rest = number < 0 ? (guint64) - (number + 1) + 1 : (guint64)number;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (number < 0) digits[--at] = '-';
  put(csv, digits + at, sizeof digits - at);
}

static void put_two(DemoCsv *csv, int number) {
  put_char(csv, (char)('0' + number / 10 % 10));
  put_char(csv, (char)('0' + number % 10));
}

static void put_day(DemoCsv *csv, BaseDay day) {
  guint slot = (guint)day % DAY_CACHE;
  if (csv->cached_day[slot] != day) {
    BaseCivil civil = base_day_to_civil(day);
    gsize start = csv->used;
    put_two(csv, civil.year / 100);
    put_two(csv, civil.year % 100);
    put_char(csv, '-');
    put_two(csv, civil.month);
    put_char(csv, '-');
    put_two(csv, civil.day);
    memcpy(csv->cached_text[slot], csv->buffer + start, 10);
    csv->cached_day[slot] = day;
    return;
  }
  put(csv, csv->cached_text[slot], 10);
}

DemoCsv *demo_csv_open(const char *folder, const char *name, const char *header, GError **error) {
  DemoCsv *csv = g_new(DemoCsv, 1);
  csv->path = g_build_filename(folder, name, NULL);
  csv->file = base_fault("demo_open") ? NULL : fopen(csv->path, "wb");
  csv->used = 0;
  csv->in_row = csv->failed = FALSE;
  csv->error_number = 0;
  csv->rows = csv->bytes = 0;
  for (guint i = 0; i < DAY_CACHE; i++) csv->cached_day[i] = BASE_DAY_NONE;
  if (csv->file == NULL) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot write %s: %s", csv->path, g_strerror(errno));
    g_free(csv->path);
    g_free(csv);
    return NULL;
  }
  put(csv, header, strlen(header));
  put_char(csv, '\n');
  return csv;
}

/* Characters that end the plain copying of a text. */
static const gboolean stops[256] = {['\0'] = TRUE, [','] = TRUE, ['"'] = TRUE, ['\n'] = TRUE, ['\r'] = TRUE};

void demo_csv_text(DemoCsv *csv, const char *text) {
  begin_field(csv);
  if (text == NULL) return;
  gsize length = 0;
  char *to = csv->buffer + csv->used;
  while (length < TEXT_MAX && !stops[(guchar)text[length]]) {
    to[length] = text[length];
    length++;
  }
  if (text[length] == '\0' || length == TEXT_MAX) {
    csv->used += length;
    return;
  }
  length = strnlen(text, TEXT_MAX);
  put_char(csv, '"');
  for (gsize i = 0; i < length; i++) {
    if (text[i] == '"') put_char(csv, '"');
    put_char(csv, text[i]);
  }
  put_char(csv, '"');
}

void demo_csv_id(DemoCsv *csv, const char *prefix, gint64 number) {
  begin_field(csv);
  put(csv, prefix, strlen(prefix));
  put_number(csv, number);
}

void demo_csv_int(DemoCsv *csv, gint64 number) {
  begin_field(csv);
  put_number(csv, number);
}

void demo_csv_money(DemoCsv *csv, gint64 amount_minor) {
  demo_csv_scaled(csv, amount_minor, 2);
}

void demo_csv_scaled(DemoCsv *csv, gint64 number, int decimals) {
  begin_field(csv);
  gint64 scale = 1;
  for (int i = 0; i < decimals; i++) scale *= 10;
  if (number < 0) put_char(csv, '-');
  gint64 size = ABS(number);
  put_number(csv, size / scale);
  put_char(csv, '.');
  for (gint64 digit = scale / 10; digit > 0; digit /= 10) put_char(csv, (char)('0' + size / digit % 10));
}

void demo_csv_day(DemoCsv *csv, BaseDay day) {
  begin_field(csv);
  if (day != BASE_DAY_NONE) put_day(csv, day);
}

void demo_csv_time(DemoCsv *csv, DemoTime at) {
  begin_field(csv);
  if (at == DEMO_TIME_NONE) return;
  put_day(csv, demo_time_day(at));
  put_char(csv, ' ');
  int minute = at % DEMO_DAY_MINUTES;
  put_two(csv, minute / 60);
  put_char(csv, ':');
  put_two(csv, minute % 60);
}

void demo_csv_empty(DemoCsv *csv) {
  begin_field(csv);
}

void demo_csv_end(DemoCsv *csv) {
  put_char(csv, '\n');
  csv->in_row = FALSE;
  csv->rows++;
  if (csv->used >= BUFFER_SIZE) flush(csv);
}

gint64 demo_csv_rows(const DemoCsv *csv) {
  return csv->rows;
}

gint64 demo_csv_bytes(const DemoCsv *csv) {
  return csv->bytes + (gint64)csv->used;
}

gboolean demo_csv_failed(const DemoCsv *csv) {
  return csv->failed;
}

gboolean demo_csv_close(DemoCsv *csv, GError **error) {
  flush(csv);
  errno = 0;
  if (fclose(csv->file) != 0 && !csv->failed) {
    csv->failed = TRUE;
    csv->error_number = errno;
  }
  gboolean ok = !csv->failed;
  if (!ok)
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot write %s: %s", csv->path, g_strerror(csv->error_number));
  g_free(csv->path);
  g_free(csv);
  return ok;
}

void demo_csv_discard(DemoCsv *csv) {
  if (csv == NULL) return;
  fclose(csv->file);
  g_free(csv->path);
  g_free(csv);
}
