/* A record of one's own refers to records that are not: a deal's account to whoever keeps that account, a call to a
 * colleague's deal, everybody to their manager. A condition on these, or a grouping by them, would tell of them, salary
 * included, to whoever halves a number until it is found.
 *
 *   amount > 1000, account.industry = 'Food', opportunity.stage      told
 *   account.owner, owner.manager.cost, lead.owner.email              of another person
 *   owner.cost, opportunity.amount, opportunity.name                 amounts and names of records that may be another's
 *
 * Names are gone through as they are written, from every table from which they lead anywhere: what a question reads is
 * not known yet. */
#include "query/reach.h"

#define MAX_STEPS 16 /* more are no path (kpi/parse.c) */

static gboolean is_person(const LedgerTable *table) {
  return g_str_equal(table->name, "person");
}

/* A path's steps so far. */
typedef struct {
  const LedgerTable *from, *at;
  gboolean is_first, passes_record; /* through a person, or a record that is somebody's */
} Walk;

/* Whether the step, to another person, tells of them. The one who is credited is whom the reader sees, as a rule: only
 * what a shared deal would tell of its owner is left to what comes after. */
static gboolean tells_of_person(const Walk *walk, const LedgerColumn *column, gboolean is_last) {
  gboolean is_own = walk->is_first && column == ledger_table_owner(walk->from);
  return !is_own && !(walk->is_first && is_last);
}

static gboolean is_of_record(const Walk *walk, const LedgerTable *to) {
  return is_person(to) || (to->kind == LEDGER_FACT && ledger_table_owner(to) && walk->from->kind != LEDGER_DERIVED);
}

/* Whether the steps lead from `table` to what is another's. */
static gboolean tells(const LedgerSchema *schema, const LedgerTable *table, char **steps) {
  Walk walk = {table, table, TRUE, FALSE};
  for (; *steps; steps++) {
    gboolean is_last = steps[1] == NULL;
    const LedgerColumn *column = walk.at ? ledger_table_column(walk.at, *steps) : NULL;
    if (!column && walk.is_first && !is_last && g_str_equal(*steps, table->name)) continue;
    if (!column || (!is_last && column->type != LEDGER_REF)) return FALSE;
    const LedgerTable *to = column->type == LEDGER_REF ? ledger_schema_find(schema, column->ref) : NULL;
    if (to && is_person(to) && tells_of_person(&walk, column, is_last)) return TRUE;
    if (is_last)
      return walk.passes_record &&
             (column->type == LEDGER_MONEY || (!is_person(walk.at) && g_str_equal(column->name, "name")));
    walk.passes_record |= to && is_of_record(&walk, to);
    walk.at = to;
    walk.is_first = FALSE;
  }
  return FALSE;
}

static gboolean check_path(const LedgerSchema *schema, const char *path, GError **error) {
  g_autofree char *lower = g_ascii_strdown(path, -1);
  g_auto(GStrv) steps = g_strsplit(lower, ".", MAX_STEPS + 1);
  gboolean is_told = steps[0] && steps[1];
  gboolean is_anothers = FALSE;
  for (guint t = 0; is_told && t < ledger_schema_n_tables(schema) && !is_anothers; t++)
    is_anothers = tells(schema, ledger_schema_table(schema, t), steps);
  if (is_anothers)
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                "%s may tell of people who are not yours: it is for those who see the whole company", path);
  return !is_anothers;
}

static gboolean is_of_name(char c) {
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

/* The next name from `*at` on, with its steps behind points, which may have space around them; NULL: none. The caller
 * frees. */
static char *next_path(const char **at) {
  while (**at && !is_of_name(**at)) {
    const char *end = **at == '\'' || **at == '"' ? strchr(*at + 1, **at) : *at;
    *at = end ? end + 1 : *at + strlen(*at);
  }
  if (!**at) return NULL;
  GString *path = g_string_new(NULL);
  for (gboolean goes_on = TRUE; goes_on;) {
    while (is_of_name(**at)) g_string_append_c(path, *(*at)++);
    const char *next = *at;
    while (g_ascii_isspace(*next)) next++;
    goes_on = *next == '.';
    if (!goes_on) break;
    for (next++; g_ascii_isspace(*next);) next++;
    *at = next;
    g_string_append_c(path, '.');
  }
  return g_string_free(path, FALSE);
}

gboolean query_reach_check(const LedgerSchema *schema, const char *const *by, const char *const *where,
                           GError **error) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (; by && *by; by++)
    if (!check_path(schema, *by, error)) return FALSE;
  for (; where && *where; where++) {
    const char *at = *where;
    for (char *path = next_path(&at); path; path = next_path(&at))
      if (g_hash_table_add(seen, path) && !check_path(schema, path, error)) return FALSE;
  }
  return TRUE;
}
