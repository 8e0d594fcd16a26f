/* JSON and CSV, written as they are made.
 *
 * JSON is laid out to be read by people too: the two outer levels have a line for each item, what is deeper stays on
 * the line:
 *
 *   {
 *     "rows": [
 *       {"kpi": "win_rate", "members": {"rep": "Ana Silva"}, "value": 0.3095},
 *       …
 *
 * The text is valid UTF-8 whatever comes in: a byte that is none becomes U+FFFD. */
#include "cli/cli.h"

#include <float.h>
#include <math.h>

#define MAX_LEVELS        32
#define MULTI_LINE_LEVELS 2

struct CliJson {
  FILE *out;
  guint n_levels;
  gboolean array[MAX_LEVELS];
  guint n_items[MAX_LEVELS];
  gboolean after_key, in_one_line;
};

CliJson *cli_json_new(FILE *out) {
  CliJson *json = g_new0(CliJson, 1);
  json->out = out;
  return json;
}

CliJson *cli_json_line_new(FILE *out) {
  CliJson *json = cli_json_new(out);
  json->in_one_line = TRUE;
  return json;
}

void cli_json_free(CliJson *json) {
  if (!json) return;
  fputc('\n', json->out);
  g_free(json);
}

static void new_line(CliJson *json) {
  fputc('\n', json->out);
  for (guint i = 0; i < json->n_levels; i++) fputs("  ", json->out);
}

/* The comma and line break that stand before an item or a key. */
static void before_item(CliJson *json) {
  if (json->after_key) {
    json->after_key = FALSE;
    return;
  }
  if (json->n_levels == 0) return;
  guint *n = &json->n_items[json->n_levels - 1];
  gboolean lines = json->n_levels <= MULTI_LINE_LEVELS && !json->in_one_line;
  if ((*n)++ > 0) fputs(lines ? "," : ", ", json->out);
  if (lines) new_line(json);
}

static void begin(CliJson *json, gboolean array) {
  before_item(json);
  fputc(array ? '[' : '{', json->out);
  g_return_if_fail(json->n_levels < MAX_LEVELS);
  json->array[json->n_levels] = array;
  json->n_items[json->n_levels++] = 0;
}

static void end(CliJson *json) {
  g_return_if_fail(json->n_levels > 0);
  json->n_levels--;
  if (json->n_levels < MULTI_LINE_LEVELS && !json->in_one_line && json->n_items[json->n_levels] > 0) new_line(json);
  fputc(json->array[json->n_levels] ? ']' : '}', json->out);
}

void cli_json_begin_object(CliJson *json) {
  begin(json, FALSE);
}
void cli_json_end_object(CliJson *json) {
  end(json);
}
void cli_json_begin_array(CliJson *json) {
  begin(json, TRUE);
}
void cli_json_end_array(CliJson *json) {
  end(json);
}

static void write_string(FILE *out, const char *text) {
  g_autofree char *repaired = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
  fputc('"', out);
  for (const char *at = repaired ? repaired : text; *at; at++) {
    static const char escaped[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = strchr(escaped, *at);
    if (found)
      fprintf(out, "\\%c", letters[found - escaped]);
    else if ((guchar)*at < 0x20)
      fprintf(out, "\\u%04x", (guint)*at);
    else
      fputc(*at, out);
  }
  fputc('"', out);
}

void cli_json_key(CliJson *json, const char *key) {
  before_item(json);
  write_string(json->out, key);
  fputs(": ", json->out);
  json->after_key = TRUE;
}

static void write_word(CliJson *json, const char *word) {
  before_item(json);
  fputs(word, json->out);
}

void cli_json_text(CliJson *json, const char *text) {
  if (!text) {
    cli_json_null(json);
    return;
  }
  before_item(json);
  write_string(json->out, text);
}

void cli_json_integer(CliJson *json, gint64 value) {
  char digits[32];
  g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
  write_word(json, digits);
}

/* 15 digits name every short decimal; 17 are enough for any double. Below the normal range fewer may do. */
void cli_json_number(CliJson *json, double value) {
  if (!isfinite(value)) {
    cli_json_null(json);
    return;
  }
  if (value == 0) {
    write_word(json, "0");
    return;
  }
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  for (int precision = fabs(value) < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
    char format[8];
    g_snprintf(format, sizeof format, "%%.%dg", precision);
    g_ascii_formatd(digits, sizeof digits, format, value);
    if (g_ascii_strtod(digits, NULL) == value) break;
  }
  write_word(json, digits);
}

void cli_json_bool(CliJson *json, gboolean value) {
  write_word(json, value ? "true" : "false");
}
void cli_json_null(CliJson *json) {
  write_word(json, "null");
}

void cli_json_member_text(CliJson *json, const char *key, const char *text) {
  cli_json_key(json, key);
  cli_json_text(json, text);
}

void cli_json_member_texts(CliJson *json, const char *key, const char *const *texts) {
  cli_json_member_array(json, key);
  for (; texts && *texts; texts++) cli_json_text(json, *texts);
  cli_json_end_array(json);
}

void cli_json_member_integer(CliJson *json, const char *key, gint64 value) {
  cli_json_key(json, key);
  cli_json_integer(json, value);
}

void cli_json_member_number(CliJson *json, const char *key, double value) {
  cli_json_key(json, key);
  cli_json_number(json, value);
}

void cli_json_member_bool(CliJson *json, const char *key, gboolean value) {
  cli_json_key(json, key);
  cli_json_bool(json, value);
}

void cli_json_member_object(CliJson *json, const char *key) {
  cli_json_key(json, key);
  cli_json_begin_object(json);
}

void cli_json_member_array(CliJson *json, const char *key) {
  cli_json_key(json, key);
  cli_json_begin_array(json);
}

void cli_json_value(CliJson *json, const char *key, gboolean has, double value) {
  cli_json_key(json, key);
  if (has)
    cli_json_number(json, value);
  else
    cli_json_null(json);
}

/* A number as it is written here, in digits: whatever sign it has, no spreadsheet takes it for a formula. */
static gboolean is_plain_number(const char *text) {
  const char *at = text + (*text == '-');
  gsize whole = strspn(at, "0123456789");
  at += whole;
  if (*at == '.') at += 1 + strspn(at + 1, "0123456789");
  if (whole > 0 && *at == 'e') {
    at += 1 + (at[1] == '-' || at[1] == '+');
    at += strspn(at, "0123456789");
  }
  return whole > 0 && *at == '\0';
}

/* What a spreadsheet would calculate when it opens the file (OWASP: CSV injection). */
static gboolean is_formula(const char *text) {
  return *text != '\0' && strchr("=+-@\t\r", *text) && !is_plain_number(text);
}

void cli_csv_field(FILE *out, const char *text, gboolean first) {
  if (!first) fputc(',', out);
  if (!text) return;
  g_autofree char *repaired = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
  if (repaired) text = repaired;
  const char *before = is_formula(text) ? "'" : "";
  if (!strpbrk(text, ",\"\r\n") && *text != ' ' && !g_str_has_suffix(text, " ")) {
    fprintf(out, "%s%s", before, text);
    return;
  }
  fprintf(out, "\"%s", before);
  for (; *text; text++) {
    if (*text == '"') fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

void cli_csv_number(FILE *out, gboolean has, double value) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  cli_csv_field(out, has ? g_ascii_formatd(buffer, sizeof buffer, "%.15g", value) : NULL, FALSE);
}

void cli_csv_end(FILE *out) {
  fputs("\r\n", out);
}
