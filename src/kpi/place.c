/* Where a character of a formula stands in the file that it was read from.
 *
 * libyaml gives a scalar's start and its value, and between the two the value was unindented, folded or unquoted. All
 * of these only change white space and quotes, so the value's other characters are found again in the file, one after
 * the other:
 *
 *     formula: >            value:  "won_deals / decided_deals"
 *       won_deals                    ^line 2, column 3
 *       / decided_deals              .........^line 3, column 3
 */
#include "kpi/internal.h"

static gboolean is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* A walk over a file's text that knows its line and column. */
typedef struct {
  const char *at, *end;
  guint line, column;
} Walk;

static void walk_step(Walk *walk) {
  if (*walk->at == '\n') {
    walk->line++;
    walk->column = 1;
  } else if (((guchar)walk->at[1] & 0xc0) != 0x80 || walk->at + 1 >= walk->end) {
    walk->column++;
  }
  walk->at++;
}

static void walk_skip_spaces(Walk *walk) {
  while (walk->at < walk->end && is_space(*walk->at)) walk_step(walk);
}

static gboolean is_ascii(const char *text, gsize length) {
  guchar all = 0;
  for (gsize i = 0; i < length; i++) all |= (guchar)text[i];
  return all < 0x80;
}

void kpi_text_init(KpiText *text, KpiArena *arena, const char *file, const char *string) {
  gsize length = strlen(string);
  *text = (KpiText){string, length, g_intern_string(file), 0, 1, 1, is_ascii(string, length), NULL};
  if (text->ascii && !memchr(string, '\n', length)) return;
  guint *places = kpi_arena_array(arena, guint, 2 * (length + 1));
  Walk walk = {string, string + length, 1, 1};
  for (gsize i = 0; i < length; i++) {
    places[2 * i] = walk.line;
    places[2 * i + 1] = walk.column;
    walk_step(&walk);
  }
  places[2 * length] = walk.line;
  places[2 * length + 1] = walk.column;
  text->places = places;
}

void kpi_yaml_file_init(KpiYamlFile *yaml, KpiArena *arena, const char *file, const char *text, gsize length) {
  const char *end = text + length;
  guint n = 1, room = 256;
  gsize *lines = kpi_arena_array(arena, gsize, room);
  for (const char *at = text; (at = memchr(at, '\n', (gsize)(end - at))); at++) {
    if (n == room) {
      gsize *more = kpi_arena_take(arena, sizeof *lines * (room *= 2));
      lines = memcpy(more, lines, sizeof *lines * n);
    }
    lines[n++] = (gsize)(at - text) + 1;
  }
  *yaml = (KpiYamlFile){.file = g_intern_string(file), .text = text, .length = length, .lines = lines, .n_lines = n};
}

static gboolean find_start(Walk *walk, const KpiYamlFile *yaml, BaseSpan span) {
  if (span.line == 0 || span.line > yaml->n_lines) return FALSE;
  *walk = (Walk){yaml->text + yaml->lines[span.line - 1], yaml->text + yaml->length, span.line, 1};
  gsize before = span.column - 1;
  if ((gsize)(walk->end - walk->at) > before && is_ascii(walk->at, before) && !memchr(walk->at, '\n', before)) {
    walk->at += before;
    walk->column = span.column;
    return TRUE;
  }
  while (walk->column < span.column && walk->at < walk->end && *walk->at != '\n') walk_step(walk);
  return walk->column == span.column && walk->at < walk->end;
}

/* Moves from where YAML says the scalar starts to its first character; '\0', or the quote it stands in. */
static char enter_scalar(Walk *walk) {
  char first = *walk->at;
  if (first == '|' || first == '>')
    while (walk->at < walk->end && *walk->at != '\n') walk_step(walk);
  if (first != '\'' && first != '"') return '\0';
  walk_step(walk);
  return first;
}

/* Fills `places`; FALSE where value and file differ in more than white space and quotes. */
static gboolean match(Walk *walk, const char *string, gsize length, guint *places) {
  char quote = enter_scalar(walk);
  for (gsize i = 0; i < length; i++) {
    if (!is_space(string[i])) {
      walk_skip_spaces(walk);
      if (quote == '\'' && string[i] == '\'' && walk->at < walk->end) walk_step(walk);
      if (quote == '"' && walk->at < walk->end && *walk->at == '\\') walk_step(walk);
      if (walk->at >= walk->end || *walk->at != string[i]) return FALSE;
    }
    places[2 * i] = walk->line;
    places[2 * i + 1] = walk->column;
    if (!is_space(string[i]) || (walk->at < walk->end && *walk->at == string[i])) walk_step(walk);
  }
  places[2 * length] = walk->line;
  places[2 * length + 1] = walk->column;
  return TRUE;
}

void kpi_text_init_yaml(KpiText *text, KpiArena *arena, const KpiYamlFile *yaml, const char *string, BaseSpan span) {
  gsize length = strlen(string);
  *text = (KpiText){string, length, span.file, yaml->order, span.line, span.column, is_ascii(string, length), NULL};
  Walk walk;
  if (!find_start(&walk, yaml, span)) return;
  gboolean as_written = (gsize)(walk.end - walk.at) >= length && memcmp(walk.at, string, length) == 0;
  if (as_written && text->ascii && !memchr(string, '\n', length)) return;
  guint *places = kpi_arena_array(arena, guint, 2 * (length + 1));
  if (match(&walk, string, length, places)) {
    text->places = places;
    return;
  }
  for (gsize i = 0; i <= length; i++) {
    places[2 * i] = span.line;
    places[2 * i + 1] = span.column;
  }
  text->places = places;
}

BaseSpan kpi_text_span(const KpiText *text, gsize offset, gsize length) {
  offset = MIN(offset, text->length);
  length = MIN(length, text->length - offset);
  BaseSpan span = {.file = text->file, .length = (guint)length};
  if (text->places) {
    span.line = text->places[2 * offset];
    span.column = text->places[2 * offset + 1];
    if (!text->ascii) span.length = (guint)g_utf8_strlen(text->text + offset, (gssize)length);
  } else {
    span.line = text->line;
    span.column = text->column + (guint)offset;
  }
  return span;
}

gsize kpi_text_cut(const char *text, gsize length, gsize at_most) {
  if (length <= at_most) return length;
  while (at_most > 0 && ((guchar)text[at_most] & 0xc0) == 0x80) at_most--;
  return at_most;
}
