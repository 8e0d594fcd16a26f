/* Salesforce writes one id in two ways: 15 characters in reports, and the same 15 with three more (a checksum for
 * systems that do not tell capitals from small letters) in exports of the API. An export may hold both, and would fall
 * apart: no history would find its deal, no deal its owner. Where both ways are met, the first 15 characters, which are
 * the id, are loaded everywhere. */
#include "ingest/propose.h"

#define SHORT_ID   15
#define LONG_ID    18
#define ID_PATTERN "^[A-Za-z0-9]{15}([A-Z0-5]{3})?$"

typedef struct {
  gint64 n_short, n_long;
} Lengths;

static gboolean holds_ids(const Propose *propose, const ProposeEntry *entry, const ProposeColumn *column) {
  const LedgerColumn *ledger = ledger_table_column(ledger_schema_find(propose->schema, entry->to), column->name);
  if (column->lookup || column->values || column->constant) return FALSE;
  if (!g_str_equal(column->name, "id") && (!ledger || ledger->type != LEDGER_REF)) return FALSE;
  return column->sql || (column->of && (column->of->longest == SHORT_ID || column->of->longest == LONG_ID));
}

/* How many values are written in each way; none of either when any value is no such id. */
static Lengths lengths_of(const Propose *propose, const ProposeEntry *entry, const ProposeColumn *column) {
  g_autofree char *value = propose_sql(column);
  g_autofree char *from = propose_from(entry);
  g_autofree char *select = g_strdup_printf("FROM (SELECT %s AS v %s) AS t WHERE v IS NOT NULL", value, from);
  g_autofree char *odd = g_strdup_printf("SELECT count(*) %s AND NOT regexp_matches(v, '" ID_PATTERN "')", select);
  g_autofree char *brief = g_strdup_printf("SELECT count(*) %s AND length(v) = %d", select, SHORT_ID);
  g_autofree char *full = g_strdup_printf("SELECT count(*) %s AND length(v) = %d", select, LONG_ID);
  if (profile_count(propose->scratch, odd) != 0) return (Lengths){0};
  return (Lengths){.n_short = profile_count(propose->scratch, brief), .n_long = profile_count(propose->scratch, full)};
}

static void shorten(ProposeColumn *column) {
  g_autofree char *name = column->of ? store_quote_name(column->of->header) : g_strdup_printf("(%s)", column->sql);
  g_free(column->sql);
  column->sql = g_strdup_printf("left(%s, %d)", name, SHORT_ID);
  column->of = NULL;
}

void propose_ids(Propose *propose) {
  g_autoptr(GPtrArray) to_shorten = g_ptr_array_new();
  const ProposeEntry *with_short = NULL, *with_long = NULL;
  for (guint i = 0; i < propose->entries->len; i++) {
    const ProposeEntry *entry = propose->entries->pdata[i];
    for (guint c = 0; entry->from && c < entry->columns->len; c++) {
      ProposeColumn *column = entry->columns->pdata[c];
      if (!holds_ids(propose, entry, column)) continue;
      const Lengths found = lengths_of(propose, entry, column);
      if (found.n_short > 0) with_short = entry;
      if (found.n_long == 0) continue;
      with_long = entry;
      g_ptr_array_add(to_shorten, column);
    }
  }
  if (!with_short || !with_long) return;
  for (guint i = 0; i < to_shorten->len; i++) shorten(to_shorten->pdata[i]);
  propose_assumed(propose,
                  "Some ids have 15 characters (%s) and some the same 15 and three more (%s): the first 15, which are "
                  "the id, are loaded everywhere.",
                  with_short->from->pattern, with_long->from->pattern);
}
