/* Deals that carry their history as columns: `Date entered "Proposal sent (New business)"`, hs_v2_date_entered_4711.
 *
 * Each such column is a change of stage for every deal that has a date in it:
 *
 *   Record ID | Date entered "Demo" | Date entered "Closed won" ──►  deal, 3 March, Demo
 *   17        | 3 March             | 9 April                        deal, 9 April, Closed won */
#include "ingest/propose.h"

/* What follows the words; NULL when the header does not begin with them. */
static const char *stage_in(const char *header) {
  static const char *const beginnings[] = {"date entered ", "hs_v2_date_entered_", "hs_date_entered_",
                                           "property_hs_v2_date_entered_", "property_hs_date_entered_"};
  for (gsize i = 0; i < G_N_ELEMENTS(beginnings); i++)
    if (g_ascii_strncasecmp(header, beginnings[i], strlen(beginnings[i])) == 0) return header + strlen(beginnings[i]);
  return NULL;
}

static const char *value_like(const ProfileColumn *stages, const char *name) {
  g_autofree char *key = profile_key(name);
  for (gsize i = 0; stages && i < stages->n_values; i++) {
    g_autofree char *other = profile_key(stages->values[i].text);
    if (g_str_equal(key, other)) return stages->values[i].text;
  }
  return NULL;
}

/* The stage as deals name it; the pipeline in parentheses is dropped where they do so. */
static char *stage_named(const ProposeColumn *stage, const char *rest) {
  g_autofree char *name = g_strdup(rest);
  gsize n = strlen(name);
  if (n > 1 && name[0] == '"' && name[n - 1] == '"') memmove(name, name + 1, n - 2), name[n - 2] = 0;
  const char *same = value_like(stage->of, name);
  if (same) return g_strdup(same);
  g_autofree char *bare = g_strdup(name);
  char *open = strrchr(bare, '(');
  if (open && open > bare && g_str_has_suffix(bare, ")")) {
    *open = 0;
    same = value_like(stage->of, g_strstrip(bare));
    if (same) return g_strdup(same);
  }
  return g_steal_pointer(&name);
}

static void add_change(Propose *propose, const ProposeEntry *deals, ProfileColumn *column, const char *stage) {
  const ProposeColumn *id = propose_entry_column(deals, "id");
  ProposeEntry *change = propose_entry_new(propose, "stage_change", deals->from);
  g_autofree char *date = store_quote_name(column->header);
  g_autofree char *of_deal = store_quote_name(id->of->header);
  g_autofree char *suffix = g_strdup_printf("-%s", stage);
  g_autofree char *quoted = store_quote_text(suffix);
  change->where = deals->where ? g_strdup_printf("%s AND coalesce(%s, '') <> ''", deals->where, date)
                               : g_strdup_printf("coalesce(%s, '') <> ''", date);
  change->comment = g_strdup_printf("deals that came into %s", stage);
  propose_entry_set(change, "id", NULL)->sql = g_strdup_printf("trim(%s) || %s", of_deal, quoted);
  propose_entry_set(change, "opportunity", id->of);
  propose_entry_set(change, "at", column);
  propose_entry_set(change, "stage", NULL)->constant = g_strdup(stage);
}

void propose_entered(Propose *propose, const ProposeEntry *deals) {
  const ProposeColumn *id = propose_entry_column(deals, "id"), *stage = propose_entry_column(deals, "stage");
  if (!id || !id->of || !stage || !stage->of || stage->lookup || propose_find(propose, "stage_change")) return;
  guint n = 0;
  for (guint i = 0; i < deals->from->columns->len; i++) {
    ProfileColumn *column = deals->from->columns->pdata[i];
    const char *rest = stage_in(column->header);
    if (!rest || !*rest || !profile_is_date(column) || column->n_filled == 0) continue;
    g_autofree char *name = stage_named(stage, rest);
    add_change(propose, deals, column, name);
    n++;
  }
  if (n)
    propose_assumed(
        propose,
        "%s has a date for each stage that a deal came into (%u columns): they are the history of stages. A "
        "stage that a deal came into twice has one date only.",
        deals->from->pattern, n);
}
