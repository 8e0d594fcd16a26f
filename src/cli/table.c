/* Tables on a terminal, in a pipe and as Markdown.
 *
 * libsmartcols aligns cells and counts the width of what is in them; how wide a table may be is decided here, before it
 * is printed, so that nothing is cut off quietly:
 *
 *   natural widths ── fit the terminal? ──► print
 *          └─ no ─► wrap long texts, widest first, down to MIN_WRAP ── fit? ──► print
 *                        └─ no ─► leave out columns from the right (never the first) and say which
 *
 * In a pipe the width is unlimited and every table is printed whole. The rule under the head is a row of its own. */
#include "cli/cli.h"

#include <libsmartcols.h>
#include <wchar.h>

#define GAP                2
#define MIN_WRAP           20
#define MIN_RIGHTMOST_WRAP 12

typedef struct {
  char *text;
  CliStyle style;
} Cell;

typedef struct {
  char *name;
  CliAlign align;
  gsize natural; /* width of its widest cell */
  gsize width;   /* as printed */
} Column;

struct CliTable {
  char *title;
  GArray *columns; /* Column */
  GArray *cells;   /* Cell, row by row; a short row is filled up when the next begins */
  guint n_rows;
  GPtrArray *notes;
};

static void clear_cell(gpointer cell) {
  g_free(((Cell *)cell)->text);
}
static void clear_column(gpointer column) {
  g_free(((Column *)column)->name);
}

CliTable *cli_table_new(const char *title) {
  CliTable *table = g_new0(CliTable, 1);
  table->title = g_strdup(title);
  table->columns = g_array_new(FALSE, TRUE, sizeof(Column));
  table->cells = g_array_new(FALSE, TRUE, sizeof(Cell));
  g_array_set_clear_func(table->columns, clear_column);
  g_array_set_clear_func(table->cells, clear_cell);
  table->notes = g_ptr_array_new_with_free_func(g_free);
  return table;
}

void cli_table_free(CliTable *table) {
  if (!table) return;
  g_free(table->title);
  g_array_unref(table->columns);
  g_array_unref(table->cells);
  g_ptr_array_unref(table->notes);
  g_free(table);
}

void cli_table_add_column(CliTable *table, const char *name, CliAlign align) {
  Column column = {.name = g_strdup(name), .align = align};
  g_array_append_val(table->columns, column);
}

void cli_table_add_columns(CliTable *table, const CliColumn *columns, gsize n_columns) {
  for (gsize i = 0; i < n_columns; i++) cli_table_add_column(table, columns[i].name, columns[i].align);
}

static void fill_row(CliTable *table) {
  while (table->cells->len < table->n_rows * table->columns->len) {
    Cell empty = {.text = g_strdup("")};
    g_array_append_val(table->cells, empty);
  }
}

void cli_table_add_row(CliTable *table) {
  fill_row(table);
  table->n_rows++;
}

void cli_table_add_cell(CliTable *table, const char *text, CliStyle style) {
  g_return_if_fail(table->cells->len < table->n_rows * table->columns->len);
  Cell cell = {.text = g_utf8_make_valid(text ? text : "", -1), .style = style};
  g_array_append_val(table->cells, cell);
}

void cli_table_add_note(CliTable *table, const char *note) {
  g_ptr_array_add(table->notes, g_strdup(note));
}

static const Cell *cell_at(const CliTable *table, guint row, guint column) {
  return &g_array_index(table->cells, Cell, row * table->columns->len + column);
}

/* --- widths --- */

gsize cli_text_width(const char *text, gsize length) {
  gsize width = 0;
  for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_iszerowidth(c) || g_unichar_iscntrl(c)) continue;
    width += g_unichar_iswide(c) ? 2 : 1;
  }
  return width;
}

static gsize lines_width(const char *text) {
  gsize widest = 0;
  for (;;) {
    gsize length = strcspn(text, "\n");
    widest = MAX(widest, cli_text_width(text, length));
    if (!text[length]) return widest;
    text += length + 1;
  }
}

static void measure(const CliTable *table) {
  for (guint c = 0; c < table->columns->len; c++) {
    Column *column = &g_array_index(table->columns, Column, c);
    column->natural = lines_width(column->name);
    for (guint r = 0; r < table->n_rows; r++)
      column->natural = MAX(column->natural, lines_width(cell_at(table, r, c)->text));
    column->width = column->natural;
  }
}

static gsize total_width(const CliTable *table, guint n_columns) {
  gsize width = 0;
  for (guint c = 0; c < n_columns; c++) width += g_array_index(table->columns, Column, c).width + (c ? GAP : 0);
  return width;
}

/* Narrows texts, the widest first, until `n_columns` fit into `limit`; FALSE when they cannot. */
static gboolean narrow(const CliTable *table, guint n_columns, gsize limit) {
  gsize total = total_width(table, n_columns);
  while (total > limit) {
    Column *widest = NULL;
    for (guint c = 0; c < n_columns; c++) {
      Column *column = &g_array_index(table->columns, Column, c);
      gsize least = MAX(c + 1 == n_columns ? MIN_RIGHTMOST_WRAP : MIN_WRAP, lines_width(column->name));
      if (column->align == CLI_LEFT && column->width > least && (!widest || column->width > widest->width))
        widest = column;
    }
    if (!widest) return FALSE;
    widest->width--;
    total--;
  }
  return TRUE;
}

/* How many columns, from the left, fit the terminal; their widths are set. */
static guint fit(const CliTable *table, gsize limit) {
  guint n = table->columns->len;
  for (; n > 1; n--) {
    for (guint c = 0; c < n; c++)
      g_array_index(table->columns, Column, c).width = g_array_index(table->columns, Column, c).natural;
    if (narrow(table, n, limit)) return n;
  }
  return n;
}

/* Breaks a text between words, and a longer word anywhere, into lines of at most `width`. */
static char *wrap(const char *text, gsize width) {
  if (lines_width(text) <= width || width == 0) return g_strdup(text);
  GString *out = g_string_new(NULL);
  gsize used = 0;
  while (*text) {
    gsize word = strcspn(text, " \n");
    gsize needs = cli_text_width(text, word);
    if (used > 0 && used + 1 + needs > width) {
      g_string_append_c(out, '\n');
      used = 0;
    }
    if (used > 0) g_string_append_c(out, ' ');
    used += used > 0;
    for (const char *end = text + word; text < end; text = g_utf8_next_char(text)) {
      gsize one = cli_text_width(text, 1);
      if (used > 0 && used + one > width) {
        g_string_append_c(out, '\n');
        used = 0;
      }
      g_string_append_len(out, text, g_utf8_next_char(text) - text);
      used += one;
    }
    if (*text == '\n') {
      g_string_append_c(out, '\n');
      used = 0;
    }
    if (*text) text++;
  }
  return g_string_free(out, FALSE);
}

/* --- printing --- */

static const char *style_sequence(CliStyle style) {
  switch (style) {
    case CLI_STYLE_HEAD:
    case CLI_STYLE_TOTAL:
      return "\033[1m";
    case CLI_STYLE_GOOD:
      return "\033[32m";
    case CLI_STYLE_BAD:
      return "\033[31m";
    case CLI_STYLE_DIM:
      return "\033[2m";
    case CLI_STYLE_NONE:
      break;
  }
  return NULL;
}

static void set_cell(struct libscols_line *line, gsize column, const char *text, CliStyle style) {
  g_autofree char *clean = g_strdup(text);
  for (char *at = clean; *at; at++)
    if ((guchar)*at < 0x20 && *at != '\n') *at = ' ';
  if (scols_line_set_data(line, column, clean) != 0) g_error("out of memory");
  const char *sequence = style_sequence(style);
  if (sequence) scols_cell_set_color(scols_line_get_cell(line, column), sequence);
}

static struct libscols_line *new_line(struct libscols_table *grid) {
  struct libscols_line *line = scols_table_new_line(grid, NULL);
  if (!line) g_error("out of memory");
  return line;
}

static void add_rule(struct libscols_table *grid, const CliTable *table, guint n_columns, gboolean unicode) {
  struct libscols_line *line = new_line(grid);
  for (guint c = 0; c < n_columns; c++) {
    GString *rule = g_string_new(NULL);
    for (gsize i = 0; i < g_array_index(table->columns, Column, c).width; i++)
      g_string_append(rule, unicode ? "─" : "-");
    set_cell(line, c, rule->str, CLI_STYLE_DIM);
    g_string_free(rule, TRUE);
  }
}

static void add_rows(struct libscols_table *grid, const CliTable *table, guint n_columns) {
  for (guint r = 0; r < table->n_rows; r++) {
    struct libscols_line *line = new_line(grid);
    for (guint c = 0; c < n_columns; c++) {
      const Cell *cell = cell_at(table, r, c);
      g_autofree char *text = wrap(cell->text, g_array_index(table->columns, Column, c).width);
      set_cell(line, c, text, cell->style);
    }
  }
}

static struct libscols_table *make_grid(const CliTable *table, guint n_columns, const CliContext *context) {
  struct libscols_table *grid = scols_new_table();
  if (!grid) g_error("out of memory");
  scols_table_enable_noheadings(grid, TRUE);
  scols_table_enable_colors(grid, context->colour);
  scols_table_enable_noencoding(grid, TRUE);
  scols_table_set_termforce(grid, SCOLS_TERMFORCE_NEVER);
  scols_table_set_column_separator(grid, "  ");
  struct libscols_line *head = NULL;
  for (guint c = 0; c < n_columns; c++) {
    const Column *column = &g_array_index(table->columns, Column, c);
    int flags = SCOLS_FL_WRAP | (column->align == CLI_RIGHT ? SCOLS_FL_RIGHT : 0);
    /* Its head is a row of its own; a name here would only be counted as a width, its lines in one. */
    struct libscols_column *added = scols_table_new_column(grid, "", (double)column->width, flags);
    if (!added) g_error("out of memory");
    scols_column_set_wrapfunc(added, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
    scols_column_set_safechars(added, "\n");
  }
  head = new_line(grid);
  for (guint c = 0; c < n_columns; c++)
    set_cell(head, c, g_array_index(table->columns, Column, c).name, CLI_STYLE_HEAD);
  add_rule(grid, table, n_columns, context->unicode);
  add_rows(grid, table, n_columns);
  return grid;
}

/* Prints `text` without the blanks at the ends of its lines. */
static void print_trimmed(const char *text, FILE *out) {
  while (*text) {
    gsize length = strcspn(text, "\n");
    gsize kept = length;
    while (kept > 0 && text[kept - 1] == ' ') kept--;
    fwrite(text, 1, kept, out);
    fputc('\n', out);
    text += length + (text[length] == '\n');
  }
}

static void print_note(const CliContext *context, const char *note) {
  g_autofree char *wrapped = wrap(note, context->width > 0 ? (gsize)context->width : 0);
  fprintf(context->out, "%s%s%s\n", context->colour ? "\033[2m" : "", wrapped, context->colour ? "\033[0m" : "");
}

static void print_left_out(const CliTable *table, guint n_columns, const CliContext *context) {
  if (n_columns == table->columns->len) return;
  g_autoptr(GString) note = g_string_new("Too narrow for: ");
  for (guint c = n_columns; c < table->columns->len; c++)
    g_string_append_printf(note, "%s%s", c > n_columns ? ", " : "", g_array_index(table->columns, Column, c).name);
  g_string_append(note, ". Widen the terminal, or pipe the output, to see all.");
  print_note(context, note->str);
}

void cli_table_print(const CliTable *table, const CliContext *context) {
  CliTable *filled = (CliTable *)table;
  fill_row(filled);
  measure(table);
  guint n_columns = context->width > 0 ? fit(table, (gsize)context->width) : table->columns->len;
  if (table->title)
    fprintf(context->out, "%s%s%s\n\n", context->colour ? "\033[1m" : "", table->title,
            context->colour ? "\033[0m" : "");

  struct libscols_table *grid = make_grid(table, n_columns, context);
  char *text = NULL;
  if (scols_print_table_to_string(grid, &text) == 0 && text) print_trimmed(text, context->out);
  free(text);
  scols_unref_table(grid);

  gboolean has_more = n_columns < table->columns->len || table->notes->len > 0;
  if (has_more && table->columns->len > 0) fputc('\n', context->out);
  print_left_out(table, n_columns, context);
  for (guint i = 0; i < table->notes->len; i++) print_note(context, g_ptr_array_index(table->notes, i));
}

static void print_markdown_cell(const char *text, gboolean bold, FILE *out) {
  fputs(bold && *text ? " **" : " ", out);
  for (; *text; text++) {
    if (strchr("\\|*`<[", *text)) fputc('\\', out);
    if (*text == '\n')
      fputs("<br>", out);
    else
      fputc(*text, out);
  }
}

void cli_table_print_markdown(const CliTable *table, FILE *out) {
  fill_row((CliTable *)table);
  guint n = table->columns->len;
  if (table->title) fprintf(out, "**%s**\n\n", table->title);
  for (guint c = 0; c < n; c++) {
    fputs("|", out);
    print_markdown_cell(g_array_index(table->columns, Column, c).name, FALSE, out);
    fputc(' ', out);
  }
  fputs("|\n", out);
  for (guint c = 0; c < n; c++)
    fputs(g_array_index(table->columns, Column, c).align == CLI_RIGHT ? "| ---: " : "| --- ", out);
  fputs("|\n", out);
  for (guint r = 0; r < table->n_rows; r++) {
    for (guint c = 0; c < n; c++) {
      const Cell *cell = cell_at(table, r, c);
      gboolean bold = cell->style == CLI_STYLE_TOTAL && *cell->text;
      fputs("|", out);
      print_markdown_cell(cell->text, bold, out);
      fputs(bold ? "** " : " ", out);
    }
    fputs("|\n", out);
  }
  for (guint i = 0; i < table->notes->len; i++)
    fprintf(out, "\n%s\n", (const char *)g_ptr_array_index(table->notes, i));
}

void cli_table_write(const CliTable *table, const CliContext *context, gboolean markdown) {
  if (markdown)
    cli_table_print_markdown(table, context->out);
  else
    cli_table_print(table, context);
}
