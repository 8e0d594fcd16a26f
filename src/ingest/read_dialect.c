/* How a text file is written: its delimiter, its header line, what stands above it.
 *
 * DuckDB can guess all this, but it guesses silently: a ragged file becomes one column, a title line becomes the
 * header, a column of yes and no becomes true and false. So the guess is made here, from the first records, and DuckDB
 * is told.
 *
 * A spreadsheet writes a title line as wide as its table: one cell filled, the others empty.
 *
 * Each delimiter is tried on the sample. The best is the one under which the most records have the same number of
 * fields (more than one), and whose first such record looks like headers: no empty cell, no number. */
#include "ingest/read.h"

#include <math.h>

#define MAX_RECORDS     2000
#define MAX_TITLE_LINES 50
#define MAX_FIELDS      10000

static const char delimiters[] = {',', ';', '\t', '|'};

typedef struct {
  guint n_fields;
  guint first_line; /* physical, from 1 */
  guint last_line;
  const char *start, *end;
  gboolean is_blank;
} Record;

const char *read_record_end(const char *at, const char *end, char quote, char delimiter, guint *n_lines) {
  gboolean in_quotes = FALSE, at_start = TRUE;
  for (; at < end; at++) {
    if (in_quotes) {
      if (*at == quote) {
        if (at + 1 < end && at[1] == quote) {
          at++;
        } else {
          in_quotes = FALSE;
        }
      } else if (*at == '\n') {
        (*n_lines)++;
      }
      continue;
    }
    if (quote && at_start && *at == quote) {
      in_quotes = TRUE;
      at_start = FALSE;
    } else if (*at == '\n') {
      (*n_lines)++;
      return at + 1;
    } else {
      at_start = *at == delimiter;
    }
  }
  (*n_lines)++;
  return end;
}

static gboolean is_blank(const char *start, const char *end) {
  for (; start < end; start++) {
    if (!g_ascii_isspace(*start)) return FALSE;
  }
  return TRUE;
}

/* The fields of one record, unquoted. */
static GPtrArray *split_record(const char *at, const char *end, char quote, char delimiter) {
  GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
  while (end > at && (end[-1] == '\n' || end[-1] == '\r')) end--;
  g_autoptr(GString) field = g_string_new(NULL);
  gboolean in_quotes = FALSE;
  for (;; at++) {
    if (at >= end || (!in_quotes && *at == delimiter)) {
      g_ptr_array_add(fields, g_strdup(g_strstrip(field->str)));
      g_string_truncate(field, 0);
      if (at >= end || fields->len >= MAX_FIELDS) return fields;
    } else if (in_quotes && *at == quote && at + 1 < end && at[1] == quote) {
      g_string_append_c(field, *at++);
    } else if (quote && *at == quote && (in_quotes || field->len == 0)) {
      in_quotes = !in_quotes;
    } else {
      g_string_append_c(field, *at);
    }
  }
}

static guint count_fields(const char *at, const char *end, char quote, char delimiter) {
  g_autoptr(GPtrArray) fields = split_record(at, end, quote, delimiter);
  return fields->len;
}

static GArray *read_records(const char *text, gsize length, gboolean is_all, char quote, char delimiter) {
  GArray *records = g_array_new(FALSE, FALSE, sizeof(Record));
  const char *end = text + length;
  guint line = 1;
  while (text < end && records->len < MAX_RECORDS) {
    guint n_lines = 0;
    const char *next = read_record_end(text, end, quote, delimiter, &n_lines);
    if (next == end && !is_all && records->len > 0) break; /* cut off by the sample's end */
    Record record = {.first_line = line, .last_line = line + n_lines - 1, .start = text, .end = next};
    record.is_blank = is_blank(text, next);
    record.n_fields = record.is_blank ? 0 : count_fields(text, next, quote, delimiter);
    g_array_append_val(records, record);
    line += n_lines;
    text = next;
  }
  return records;
}

/* The commonest number of fields; the larger of two equally common. */
static guint commonest(const GArray *records, guint *n_records, guint *n_filled) {
  g_autofree guint *counts = g_new0(guint, MAX_FIELDS + 2);
  guint best = 0;
  *n_filled = 0;
  for (guint i = 0; i < records->len; i++) {
    const Record *record = &g_array_index(records, Record, i);
    if (record->is_blank) continue;
    (*n_filled)++;
    guint n = MIN(record->n_fields, MAX_FIELDS + 1);
    counts[n]++;
    if (counts[n] > counts[best] || (counts[n] == counts[best] && n > best)) best = n;
  }
  *n_records = counts[best];
  return best;
}

static gboolean looks_like_value(const char *text) {
  if (!*text) return TRUE;
  gsize n_digits = 0, n = strlen(text);
  for (gsize i = 0; i < n; i++) n_digits += g_ascii_isdigit(text[i]) != 0;
  return n_digits * 2 > n;
}

/* Share of the cells that could be headers. */
static double header_likeness(const Record *record, char quote, char delimiter) {
  g_autoptr(GPtrArray) fields = split_record(record->start, record->end, quote, delimiter);
  guint n_good = 0;
  for (guint i = 0; i < fields->len; i++) n_good += !looks_like_value(fields->pdata[i]);
  return (double)n_good / fields->len;
}

/* A title, or nothing: a record as wide as the table, of whose cells few are filled. */
static gboolean is_padded(const Record *record, char quote, char delimiter) {
  g_autoptr(GPtrArray) fields = split_record(record->start, record->end, quote, delimiter);
  guint n_filled = 0;
  for (guint i = 0; i < fields->len; i++) n_filled += *(const char *)fields->pdata[i] != '\0';
  return n_filled <= 1 || n_filled * 3 <= fields->len;
}

/* The header below padded titles: a wide record, every cell of which is a word. */
static const Record *find_below_titles(const GArray *records, const Record *title, guint width, char quote,
                                       char delimiter) {
  for (guint i = 0, n = 0; i < records->len && n < MAX_TITLE_LINES; i++) {
    const Record *record = &g_array_index(records, Record, i);
    if (record->is_blank || record < title) continue;
    n++;
    if (record->n_fields < width || is_padded(record, quote, delimiter)) continue;
    return header_likeness(record, quote, delimiter) == 1 ? record : title;
  }
  return title;
}

/* The header is the first record as wide as most; rows that leave out trailing columns are narrower than it. Rows that
 * end with a delimiter are wider: then it is the record of words above one that is not. */
static const Record *find_header(const GArray *records, guint width, char quote, char delimiter) {
  const Record *first = NULL, *before = NULL;
  for (guint i = 0, n = 0; i < records->len && n < MAX_TITLE_LINES; i++) {
    const Record *record = &g_array_index(records, Record, i);
    if (record->is_blank) continue;
    n++;
    if (record->n_fields >= width) {
      gboolean is_above = before && before->n_fields > 1 && header_likeness(before, quote, delimiter) == 1 &&
                          header_likeness(record, quote, delimiter) < 1;
      if (is_above) return before;
      return width > 2 && is_padded(record, quote, delimiter)
                 ? find_below_titles(records, record, width, quote, delimiter)
                 : record;
    }
    if (!first) first = record;
    before = record;
  }
  return first;
}

static double score(const GArray *records, char quote, char delimiter) {
  guint n_records = 0, n_filled = 0;
  guint width = commonest(records, &n_records, &n_filled);
  if (n_filled == 0) return -1;
  const Record *header = find_header(records, width, quote, delimiter);
  if (width < 2 && header->n_fields < 2) return 0;
  double share = (double)n_records / n_filled;
  return share + header_likeness(header, quote, delimiter) + 0.001 * MIN(width, 100);
}

static gsize byte_order_mark(const char *text, gsize length) {
  return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static void take_headers(ReadDialect *dialect, const Record *header, guint width) {
  g_autoptr(GPtrArray) fields = split_record(header->start, header->end, dialect->quote, dialect->delimiter);
  while (fields->len < width) g_ptr_array_add(fields, g_strdup(""));
  dialect->n_headers = fields->len;
  g_ptr_array_add(fields, NULL);
  dialect->headers = g_strdupv((char **)fields->pdata);
  dialect->skip = header->last_line;
}

/* A first line `sep=;` is Excel's word on it. */
static char declared_delimiter(const char *text, gsize length) {
  return length > 4 && g_ascii_strncasecmp(text, "sep=", 4) == 0 ? text[4] : 0;
}

/* Rows are short when many are narrower than the header and none of the commonest wider. */
static gboolean has_short_rows(const GArray *records, const Record *header) {
  guint n_short = 0, n = 0;
  for (guint i = 0; i < records->len; i++) {
    const Record *record = &g_array_index(records, Record, i);
    if (record->is_blank || record->first_line <= header->last_line) continue;
    n++;
    n_short += record->n_fields < header->n_fields;
  }
  return n >= 4 && n_short * 5 > n;
}

static const Record *record_at_line(const GArray *records, guint line) {
  for (guint i = 0; i < records->len; i++) {
    const Record *record = &g_array_index(records, Record, i);
    if (record->first_line >= line && !record->is_blank) return record;
  }
  return NULL;
}

gboolean read_dialect_find(const char *text, gsize length, gboolean is_all, const SourceCsv *given,
                           ReadDialect *dialect, GError **error) {
  gsize mark = byte_order_mark(text, length);
  text += mark;
  length -= mark;
  if (is_blank(text, text + length)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "is empty");
    return FALSE;
  }
  ReadDialect found = {.quote = given && given->quote ? given->quote[0] : '"'};
  char fixed = given && given->delimiter ? given->delimiter[0] : declared_delimiter(text, length);
  double best = -1;
  for (gsize i = 0; i < G_N_ELEMENTS(delimiters) && !fixed; i++) {
    g_autoptr(GArray) records = read_records(text, length, is_all, found.quote, delimiters[i]);
    double points = score(records, found.quote, delimiters[i]);
    if (points <= best) continue;
    best = points;
    found.delimiter = delimiters[i];
  }
  if (fixed) found.delimiter = fixed;
  g_autoptr(GArray) records = read_records(text, length, is_all, found.quote, found.delimiter);
  if (declared_delimiter(text, length)) g_array_remove_index(records, 0);
  guint n_records = 0, n_filled = 0;
  guint width = commonest(records, &n_records, &n_filled);
  const Record *header = given && given->skip >= 0 ? record_at_line(records, (guint)given->skip + 1)
                                                   : find_header(records, width, found.quote, found.delimiter);
  if (!header) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "has no header line after the first %d lines (csv: skip)",
                given ? given->skip : 0);
    return FALSE;
  }
  take_headers(&found, header, width > header->n_fields && n_records * 2 > n_filled ? width : header->n_fields);
  found.short_rows = has_short_rows(records, header);
  *dialect = found;
  return TRUE;
}

void read_dialect_clear(ReadDialect *dialect) {
  g_strfreev(dialect->headers);
  *dialect = (ReadDialect){0};
}

/* A line that is one quoted field from its first character to its last. */
static gboolean is_one_quoted(const char *line, const char *stop) {
  if (stop - line < 2 || line[0] != '"' || stop[-1] != '"') return FALSE;
  for (const char *at = line + 1; at + 1 < stop; at++) {
    if (*at != '"') continue;
    if (at + 2 >= stop || at[1] != '"') return FALSE;
    at++;
  }
  return TRUE;
}

static guint count_of(const char *line, const char *stop, char character) {
  guint n = 0;
  for (; line < stop; line++) n += *line == character;
  return n;
}

/* All lines (the header may stand without quotes) are one quoted field, each with at least as many delimiters as the
 * header; a file of one column of quoted texts has none in its header. */
gboolean read_dialect_is_wrapped(const char *text, gsize length) {
  const char *end = text + length;
  const char *line = text + byte_order_mark(text, length);
  guint n_lines = 0, n_wrapped = 0, n_expected = 0;
  char delimiter = 0;
  while (line < end && n_lines < 200) {
    const char *stop = memchr(line, '\n', (gsize)(end - line));
    const char *next = stop ? stop + 1 : end;
    if (!stop) stop = end;
    if (stop > line && stop[-1] == '\r') stop--;
    if (n_lines == 0) {
      for (gsize i = 0; i < G_N_ELEMENTS(delimiters); i++) {
        guint n = count_of(line, stop, delimiters[i]);
        if (n > n_expected) n_expected = n, delimiter = delimiters[i];
      }
      if (n_expected == 0) return FALSE;
    }
    if (!is_blank(line, stop)) {
      n_lines++;
      n_wrapped += is_one_quoted(line, stop) && count_of(line, stop, delimiter) >= n_expected;
    }
    line = next;
  }
  return n_wrapped > 0 && n_lines > 1 && n_wrapped + 1 >= n_lines;
}
