/* Circles in what should be a tree: a manager who reports to their own report, a team above itself.
 *
 * Everyone has at most one line upwards, so following it either ends or runs into a circle. Each row is walked from
 * once; a walk that meets a row of its own has found a circle, one that meets a row of an earlier walk stops there. */
#include "answer/findings.h"

#define SECTION       "data"
#define SHOWN_CIRCLES 10
#define MAX_ROWS      5000000

typedef struct {
  const char *table;
  const char *column;
  const char *words;
} Line;

static const Line lines[] = {
    {"person", "manager", "report to each other in a circle"},
    {"team", "parent", "are above each other in a circle"},
    {"territory", "parent", "are above each other in a circle"},
    {"account", "parent", "are above each other in a circle"},
};

typedef struct {
  const StoreRows *rows; /* key, name, key above */
  GHashTable *places;    /* key -> row, from 1 */
  guint *walks;          /* row -> number of the walk that passed it, 0 = none yet */
} Tree;

static gsize row_above(const Tree *tree, gsize row) {
  gint64 above = store_rows_value(tree->rows, row, 2).integer;
  return GPOINTER_TO_SIZE(g_hash_table_lookup(tree->places, GSIZE_TO_POINTER((gsize)above)));
}

/* "Ana -> Bo -> Ana" */
static char *circle_words(const Tree *tree, gsize first) {
  GString *text = g_string_new(store_rows_value(tree->rows, first, 1).text);
  gsize at = first;
  for (guint steps = 0; steps < 20; steps++) {
    at = row_above(tree, at) - 1;
    g_string_append_printf(text, " -> %s", store_rows_value(tree->rows, at, 1).text);
    if (at == first) return g_string_free(text, FALSE);
  }
  g_string_append(text, " -> …");
  return g_string_free(text, FALSE);
}

static void find_circles(const Line *line, Tree *tree, AnswerFindings *findings) {
  guint n_circles = 0;
  for (gsize start = 0; start < store_rows_count(tree->rows); start++) {
    gsize at = start;
    guint walk = (guint)start + 1;
    while (tree->walks[at] == 0) {
      tree->walks[at] = walk;
      gsize above = row_above(tree, at);
      if (above == 0) break;
      at = above - 1;
    }
    gboolean circle = tree->walks[at] == walk && row_above(tree, at) != 0;
    if (!circle || ++n_circles > SHOWN_CIRCLES) continue;
    g_autofree char *words = circle_words(tree, at);
    answer_findings_add(findings, SECTION, ANSWER_ERROR, "%s: these %s: %s. Correct the source.", line->table,
                        line->words, words);
  }
  if (n_circles > SHOWN_CIRCLES)
    answer_findings_add(findings, SECTION, ANSWER_ERROR, "%s: %u more such circles", line->table,
                        n_circles - SHOWN_CIRCLES);
}

static gboolean check_line(const Session *session, const Line *line, AnswerFindings *findings, GError **error) {
  g_autofree char *sql = g_strdup_printf("SELECT key, coalesce(name, id), %s FROM %s WHERE %s IS NOT NULL ORDER BY key",
                                         line->column, line->table, line->column);
  g_autoptr(StoreRows) rows = store_query(session->store, sql, NULL, 0, MAX_ROWS, error);
  if (!rows) return FALSE;
  g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL);
  gsize n = store_rows_count(rows);
  for (gsize i = 0; i < n; i++)
    g_hash_table_insert(places, GSIZE_TO_POINTER((gsize)store_rows_value(rows, i, 0).integer), GSIZE_TO_POINTER(i + 1));
  g_autofree guint *walks = g_new0(guint, n + 1);
  Tree tree = {.rows = rows, .places = places, .walks = walks};
  find_circles(line, &tree, findings);
  return TRUE;
}

gboolean answer_check_hierarchies(const Session *session, AnswerFindings *findings, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
    if (!check_line(session, &lines[i], findings, error)) return FALSE;
  return TRUE;
}
