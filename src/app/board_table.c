/* A shared board on a terminal.
 *
 *   groups      members (and KPIs) down, subtotals below the members they sum up, the total at the end; periods across,
 *               or KPIs where there is one period
 *   standings   of a board with `names: own`, a table a KPI: one's own number first, then rank and the means of the
 *               others from the highest part to the lowest; periods across
 *
 * A group that a period does not have, and one that is not told, look alike: which they are is not told. */
#include "app/board_table.h"

#include "answer/answer.h"

#include <string.h>

#define MAX_ROWS  1000000
#define MAX_DIMS  2
#define MAX_PARTS 4
#define NOT_TOLD  "–"

typedef struct {
  char *name;
  const KpiDefinition *kpi; /* NULL: the definitions have changed since */
  int decimals;             /* of its money, over the whole board; -1: it has none */
} BoardKpi;

typedef struct {
  const char *members[MAX_DIMS]; /* NULL: "(none)" */
  guint n_members;
  GPtrArray *cells; /* ApiBody: by KPI, then period; NULL: there is none */
} BoardGroup;

typedef struct {
  const Session *session;
  ApiBody *board;
  const char *const *by;
  guint n_dims;
  GArray *kpis;             /* BoardKpi */
  const GPtrArray *periods; /* ApiBody */
} Board;

static void clear_kpi(gpointer data) {
  g_free(((BoardKpi *)data)->name);
}

static void free_group(gpointer data) {
  g_ptr_array_unref(((BoardGroup *)data)->cells);
  g_free(data);
}

static const BoardKpi *kpi_at(const Board *board, guint index) {
  return &g_array_index(board->kpis, BoardKpi, index);
}

static guint kpi_index(const Board *board, const char *name) {
  guint index = 0;
  while (index < board->kpis->len && g_strcmp0(kpi_at(board, index)->name, name) != 0) index++;
  return index;
}

static gboolean number_of(ApiBody *body, const char *member, double *value) {
  const char *text = api_body_json(body, member);
  if (!text || g_str_equal(text, "null")) return FALSE;
  *value = g_ascii_strtod(text, NULL);
  return TRUE;
}

/* A member that is an object; of `owned`, which the caller frees. */
static ApiBody *object_of(ApiBody *body, const char *member, ApiBody **owned) {
  const char *text = api_body_json(body, member);
  return *owned = api_body_parse(text ? text : "{}", text ? strlen(text) : 2);
}

/* "EUR 12,345", as it stands with the KPI's other numbers; the caller frees. */
static char *words_of(const Board *board, const BoardKpi *kpi, ApiBody *body, const char *member) {
  double value = 0;
  gboolean has = number_of(body, member, &value);
  return kpi->kpi ? answer_number_to(board->session, kpi->kpi, kpi->decimals, has, value) : g_strdup(NOT_TOLD);
}

static char *period_name(ApiBody *period, const char *member) {
  g_autoptr(ApiBody) owned = NULL;
  const char *name = api_body_text(object_of(period, "period", &owned), member);
  return g_strdup(name ? name : NOT_TOLD);
}

/* --- what the document has --- */

static void add_amounts(GArray *amounts, const GPtrArray *rows, const char *kpi, const char *member) {
  for (guint r = 0; r < rows->len; r++) {
    ApiBody *row = g_ptr_array_index(rows, r);
    double value = 0;
    const char *of = api_body_text(row, "kpi");
    if ((!kpi || g_strcmp0(of, kpi) == 0) && number_of(row, member, &value)) g_array_append_val(amounts, value);
  }
}

static int decimals_of(const Board *board, const KpiDefinition *kpi) {
  if (!kpi || !answer_is_money(kpi->unit)) return -1;
  g_autoptr(GArray) amounts = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint p = 0; p < board->periods->len; p++) {
    ApiBody *period = g_ptr_array_index(board->periods, p);
    const GPtrArray *standings = api_body_objects(period, "standings", MAX_ROWS);
    add_amounts(amounts, api_body_objects(period, "rows", MAX_ROWS), kpi->name, "value");
    add_amounts(amounts, standings, kpi->name, "value");
    for (guint s = 0; s < standings->len; s++)
      if (g_strcmp0(api_body_text(g_ptr_array_index(standings, s), "kpi"), kpi->name) == 0)
        add_amounts(amounts, api_body_objects(g_ptr_array_index(standings, s), "parts", MAX_PARTS), NULL, "mean");
  }
  return cli_money_decimals((const double *)(gpointer)amounts->data, amounts->len,
                            board->session->organisation->currency, FALSE);
}

static void read_board(Board *board) {
  const char *const *names = api_body_texts(board->board, "kpis");
  board->by = api_body_texts(board->board, "by");
  board->n_dims = board->by ? g_strv_length((char **)(gpointer)board->by) : 0;
  board->periods = api_body_objects(board->board, "periods", MAX_ROWS);
  for (; names && *names; names++) {
    const KpiDefinition *kpi = kpi_catalogue_find(board->session->catalogue, *names, NULL);
    BoardKpi one = {g_strdup(*names), kpi, decimals_of(board, kpi)};
    g_array_append_val(board->kpis, one);
  }
}

static const char *title_of(const BoardKpi *kpi) {
  return kpi->kpi ? kpi->kpi->title : kpi->name;
}

/* --- groups --- */

/* Whoever has members goes before the sum of them, names before "(none)". */
static int compare_groups(gconstpointer a, gconstpointer b) {
  const BoardGroup *first = *(BoardGroup *const *)a, *second = *(BoardGroup *const *)b;
  for (guint i = 0; i < MIN(first->n_members, second->n_members); i++) {
    const char *one = first->members[i], *other = second->members[i];
    if (!one != !other) return one ? -1 : 1;
    int order = g_strcmp0(one, other);
    if (order != 0) return order;
  }
  return (int)second->n_members - (int)first->n_members;
}

/* A member without a name is there, as null. */
static gboolean has_member(const char *members, const char *by) {
  g_autofree char *written = g_strdup_printf("\"%s\":", by);
  return members && strstr(members, written);
}

static BoardGroup *group_of(const Board *board, GHashTable *groups, ApiBody *row) {
  const char *key = api_body_json(row, "members");
  BoardGroup *group = g_hash_table_lookup(groups, key ? key : "{}");
  if (group) return group;
  group = g_new0(BoardGroup, 1);
  group->cells = g_ptr_array_new();
  g_ptr_array_set_size(group->cells, (int)(board->kpis->len * board->periods->len));
  ApiBody *owned = NULL;
  ApiBody *members = object_of(row, "members", &owned);
  for (guint d = 0; d < MIN(board->n_dims, MAX_DIMS) && has_member(key, board->by[d]); d++) {
    const char *name = api_body_text(members, board->by[d]);
    group->members[group->n_members++] = name ? g_intern_string(name) : NULL;
  }
  api_body_free(owned);
  g_hash_table_insert(groups, g_strdup(key ? key : "{}"), group);
  return group;
}

/* BoardGroup, in the order in which they stand; the caller frees the array. */
static GPtrArray *find_groups(const Board *board) {
  g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint p = 0; p < board->periods->len; p++) {
    const GPtrArray *rows = api_body_objects(g_ptr_array_index(board->periods, p), "rows", MAX_ROWS);
    for (guint r = 0; r < rows->len; r++) {
      ApiBody *row = g_ptr_array_index(rows, r);
      guint k = kpi_index(board, api_body_text(row, "kpi"));
      if (k < board->kpis->len)
        g_ptr_array_index(group_of(board, groups, row)->cells, k * board->periods->len + p) = row;
    }
  }
  GPtrArray *found = g_ptr_array_new_with_free_func(free_group);
  GHashTableIter iter;
  gpointer group;
  g_hash_table_iter_init(&iter, groups);
  while (g_hash_table_iter_next(&iter, NULL, &group)) g_ptr_array_add(found, group);
  g_ptr_array_sort(found, compare_groups);
  return found;
}

static gboolean is_marked(ApiBody *cell) {
  static const char *const marks[] = {"immature", "missing_rates", "changed"};
  const char *const *flags = api_body_texts(cell, "flags");
  for (guint i = 0; flags && i < G_N_ELEMENTS(marks); i++)
    if (g_strv_contains(flags, marks[i])) return TRUE;
  return FALSE;
}

static void add_value(CliTable *table, const Board *board, const BoardGroup *group, guint kpi, guint period,
                      CliStyle style) {
  ApiBody *cell = g_ptr_array_index(group->cells, kpi * board->periods->len + period);
  g_autofree char *plain = cell ? words_of(board, kpi_at(board, kpi), cell, "value") : g_strdup(NOT_TOLD);
  g_autofree char *text = g_strconcat(plain, cell && is_marked(cell) ? " *" : "", NULL);
  cli_table_add_cell(table, text, cell ? style : CLI_STYLE_DIM);
}

static void begin_row(CliTable *table, const Board *board, const BoardGroup *group, CliStyle style) {
  cli_table_add_row(table);
  for (guint d = 0; d < board->n_dims; d++)
    cli_table_add_cell(table,
                       d < group->n_members    ? answer_member(group->members[d])
                       : d > group->n_members  ? ""
                       : group->n_members == 0 ? "All"
                                               : "all",
                       style);
}

static gboolean has_kpi(const Board *board, const BoardGroup *group, guint kpi) {
  for (guint p = 0; p < board->periods->len; p++)
    if (g_ptr_array_index(group->cells, kpi * board->periods->len + p)) return TRUE;
  return FALSE;
}

static void add_group(CliTable *table, const Board *board, const BoardGroup *group, gboolean is_across) {
  CliStyle style = group->n_members < board->n_dims || board->n_dims == 0 ? CLI_STYLE_TOTAL : CLI_STYLE_NONE;
  if (is_across) {
    begin_row(table, board, group, style);
    for (guint k = 0; k < board->kpis->len; k++) add_value(table, board, group, k, 0, style);
    return;
  }
  for (guint k = 0; k < board->kpis->len; k++) {
    if (!has_kpi(board, group, k)) continue;
    begin_row(table, board, group, style);
    if (board->kpis->len > 1 || board->n_dims == 0) cli_table_add_cell(table, title_of(kpi_at(board, k)), style);
    for (guint p = 0; p < board->periods->len; p++) add_value(table, board, group, k, p, style);
  }
}

static void add_periods(CliTable *table, const Board *board) {
  for (guint p = 0; p < board->periods->len; p++) {
    g_autofree char *name = period_name(g_ptr_array_index(board->periods, p), "name");
    cli_table_add_column(table, name, CLI_RIGHT);
  }
}

/* "Nordwind · Teams by quarter · 2026-Q1 to 2026-Q3"; the caller frees. */
static char *table_title(const Board *board, const char *kpi) {
  g_autoptr(GString) title = g_string_new(board->session->organisation->name);
  g_string_append_printf(title, " · %s", api_body_text(board->board, "title"));
  if (kpi) g_string_append_printf(title, " · %s", kpi);
  guint n = board->periods->len;
  if (n > 0) {
    g_autofree char *first = period_name(g_ptr_array_index(board->periods, 0), "name");
    g_autofree char *last = period_name(g_ptr_array_index(board->periods, n - 1), "name");
    g_string_append_printf(title, n > 1 ? " · %s to %s" : " · %s", first, last);
  }
  return g_strdup(title->str);
}

static CliTable *group_table(const Board *board) {
  gboolean is_one = board->kpis->len == 1, is_across = board->periods->len == 1 && !is_one && board->n_dims > 0;
  g_autofree char *title = table_title(board, is_one && board->n_dims > 0 ? title_of(kpi_at(board, 0)) : NULL);
  CliTable *table = cli_table_new(title);
  if (board->periods->len == 0) return table;
  for (guint d = 0; d < board->n_dims; d++) {
    g_autofree char *head = answer_dimension(board->by[d]);
    cli_table_add_column(table, head, CLI_LEFT);
  }
  if (!is_across && (!is_one || board->n_dims == 0)) cli_table_add_column(table, "KPI", CLI_LEFT);
  if (is_across)
    for (guint k = 0; k < board->kpis->len; k++) cli_table_add_column(table, title_of(kpi_at(board, k)), CLI_RIGHT);
  else
    add_periods(table, board);
  g_autoptr(GPtrArray) groups = find_groups(board);
  for (guint g = 0; g < groups->len; g++) add_group(table, board, g_ptr_array_index(groups, g), is_across);
  return table;
}

/* --- standings --- */

/* NULL: the period has none of the KPI. */
static ApiBody *standing_of(const Board *board, guint period, const char *kpi) {
  const GPtrArray *standings = api_body_objects(g_ptr_array_index(board->periods, period), "standings", MAX_ROWS);
  for (guint s = 0; s < standings->len; s++)
    if (g_strcmp0(api_body_text(g_ptr_array_index(standings, s), "kpi"), kpi) == 0)
      return g_ptr_array_index(standings, s);
  return NULL;
}

/* "3 of 17", oneself among them. */
static char *rank_words(ApiBody *standing) {
  double rank = 0, n_peers = 0;
  if (!standing || !number_of(standing, "rank", &rank) || !number_of(standing, "n_peers", &n_peers))
    return g_strdup(NOT_TOLD);
  return g_strdup_printf("%.0f of %.0f", rank, n_peers + 1);
}

static char *ahead_words(ApiBody *standing) {
  double share = 0;
  if (!standing || !number_of(standing, "better_than", &share)) return g_strdup(NOT_TOLD);
  return cli_format_number(share, CLI_NUMBER_PERCENT, NULL);
}

static const char *part_name(guint n_parts, guint part) {
  static const char *const names[MAX_PARTS][MAX_PARTS] = {
      {"All others"},
      {"Lower half of the others", "Upper half of the others"},
      {"Lowest third of the others", "Middle third of the others", "Highest third of the others"},
      {"Lowest quarter of the others", "Second lowest quarter", "Second highest quarter",
       "Highest quarter of the others"},
  };
  return names[n_parts - 1][part];
}

/* "EUR 12,345 (6)": the mean of six. */
static char *part_words(const Board *board, const BoardKpi *kpi, ApiBody *standing, guint n_parts, guint part) {
  const GPtrArray *parts = standing ? api_body_objects(standing, "parts", MAX_PARTS) : NULL;
  if (!parts || parts->len != n_parts) return g_strdup("");
  ApiBody *one = g_ptr_array_index(parts, part);
  g_autofree char *mean = words_of(board, kpi, one, "mean");
  return g_strdup_printf("%s (%" G_GINT64_FORMAT ")", mean, api_body_number(one, "n_people"));
}

static void add_parts(CliTable *table, const Board *board, const BoardKpi *kpi, guint n_parts) {
  for (guint part = n_parts; part-- > 0;) {
    cli_table_add_row(table);
    cli_table_add_cell(table, part_name(n_parts, part), CLI_STYLE_NONE);
    for (guint p = 0; p < board->periods->len; p++) {
      g_autofree char *text = part_words(board, kpi, standing_of(board, p, kpi->name), n_parts, part);
      cli_table_add_cell(table, text, CLI_STYLE_NONE);
    }
  }
}

static guint n_parts_of(const Board *board, guint period, const BoardKpi *kpi) {
  ApiBody *standing = standing_of(board, period, kpi->name);
  return standing ? api_body_objects(standing, "parts", MAX_PARTS)->len : 0;
}

static CliTable *standing_table(const Board *board, const BoardKpi *kpi) {
  g_autofree char *title = table_title(board, title_of(kpi));
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, "", CLI_LEFT);
  add_periods(table, board);
  cli_table_add_row(table);
  cli_table_add_cell(table, "You", CLI_STYLE_TOTAL);
  for (guint p = 0; p < board->periods->len; p++) {
    ApiBody *standing = standing_of(board, p, kpi->name);
    g_autofree char *own = standing ? words_of(board, kpi, standing, "value") : g_strdup(NOT_TOLD);
    cli_table_add_cell(table, own, CLI_STYLE_TOTAL);
  }
  cli_table_add_row(table);
  cli_table_add_cell(table, "Rank", CLI_STYLE_NONE);
  for (guint p = 0; p < board->periods->len; p++) {
    g_autofree char *rank = rank_words(standing_of(board, p, kpi->name));
    cli_table_add_cell(table, rank, CLI_STYLE_NONE);
  }
  cli_table_add_row(table);
  cli_table_add_cell(table, "Ahead of", CLI_STYLE_NONE);
  for (guint p = 0; p < board->periods->len; p++) {
    g_autofree char *ahead = ahead_words(standing_of(board, p, kpi->name));
    cli_table_add_cell(table, ahead, CLI_STYLE_NONE);
  }
  for (guint n = MAX_PARTS; n > 0; n--)
    for (guint p = 0; p < board->periods->len; p++)
      if (n_parts_of(board, p, kpi) == n) {
        add_parts(table, board, kpi, n);
        break;
      }
  return table;
}

/* --- notes --- */

/* KPIs of which as many rows are hidden are told of together. */
static void note_hidden(CliTable *table, const Board *board, ApiBody *period) {
  const GPtrArray *hidden = api_body_objects(period, "hidden", MAX_ROWS);
  g_autofree char *name = period_name(period, "name");
  g_autoptr(GString) titles = g_string_new(NULL);
  for (guint h = 0; h < hidden->len; h++) {
    gint64 n = api_body_number(g_ptr_array_index(hidden, h), "n_rows");
    guint k = kpi_index(board, api_body_text(g_ptr_array_index(hidden, h), "kpi"));
    if (k < board->kpis->len)
      g_string_append_printf(titles, "%s%s", titles->len ? ", " : "", title_of(kpi_at(board, k)));
    if (h + 1 < hidden->len && api_body_number(g_ptr_array_index(hidden, h + 1), "n_rows") == n) continue;
    g_autofree char *rows =
        base_count_words((guint)n, "# {row is|rows are} not shown: too few people, or {it|they} would tell of too few");
    g_autofree char *note = g_strdup_printf("%s, %s: %s (fewer than %" G_GINT64_FORMAT ")", name, titles->str, rows,
                                            api_body_number(board->board, "smallest_group"));
    cli_table_add_note(table, note);
    g_string_truncate(titles, 0);
  }
}

/* Which records the last period is of, and when the next one comes. */
static void note_days(CliTable *table, const Board *board) {
  g_autoptr(ApiBody) owned = NULL;
  ApiBody *next = object_of(board->board, "next", &owned);
  g_autofree char *coming = period_name(next, "name");
  const char *after = api_body_text(next, "after");
  guint n = board->periods->len;
  if (n == 0) {
    g_autofree char *note = g_strdup_printf("There is nothing on it yet: %s comes to it after %s", coming, after);
    cli_table_add_note(table, note);
    return;
  }
  ApiBody *last = g_ptr_array_index(board->periods, n - 1);
  g_autofree char *name = period_name(last, "name");
  g_autofree char *note = g_strdup_printf("%s: the records as they were at the end of %s; %s comes after %s", name,
                                          api_body_text(last, "as_of"), coming, after);
  cli_table_add_note(table, note);
}

static void add_notes(CliTable *table, const Board *board) {
  g_autoptr(GHashTable) noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint p = 0; p < board->periods->len; p++) {
    ApiBody *period = g_ptr_array_index(board->periods, p);
    const char *const *notes = api_body_texts(period, "notes");
    note_hidden(table, board, period);
    for (; notes && *notes; notes++)
      if (g_hash_table_add(noted, g_strdup(*notes))) cli_table_add_note(table, *notes);
  }
  note_days(table, board);
}

GPtrArray *board_tables(const Session *session, ApiBody *body) {
  Board board = {.session = session, .board = body, .kpis = g_array_new(FALSE, FALSE, sizeof(BoardKpi))};
  g_array_set_clear_func(board.kpis, clear_kpi);
  read_board(&board);
  GPtrArray *tables = g_ptr_array_new_with_free_func((GDestroyNotify)cli_table_free);
  gboolean is_standing = g_strcmp0(api_body_text(body, "names"), "own") == 0 && board.periods->len > 0;
  if (!is_standing) g_ptr_array_add(tables, group_table(&board));
  for (guint k = 0; is_standing && k < board.kpis->len; k++)
    g_ptr_array_add(tables, standing_table(&board, kpi_at(&board, k)));
  add_notes(g_ptr_array_index(tables, tables->len - 1), &board);
  g_array_unref(board.kpis);
  return tables;
}
