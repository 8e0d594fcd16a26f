/* What is odd in the records themselves.
 *
 * Nothing here is changed or left out by the check: it tells which records a KPI will pass over, or count under another
 * name than their reader expects. Each condition is one row of a table: what to count, of which table, and how to say
 * it. */
#include "answer/counts.h"
#include "answer/findings.h"
#include "cli/cli.h"
#include "ingest/ingest.h"

#define SECTION     "data"
#define SHOWN_NAMES 5

typedef struct {
  const char *table;
  const char *condition; /* SQL over the table; $1 is the clock */
  AnswerSeverity severity;
  const char *words; /* after "12 of 85,000 deals ", as base_count_words() takes them */
  const char *noun;  /* "deals" */
  gboolean clock;    /* the condition uses $1 */
} Oddity;

static const Oddity oddities[] = {
    {"opportunity", "outcome IN ('won','lost','abandoned') AND closed_at IS NULL", ANSWER_WARNING,
     "{is|are} decided but {has|have} no closing date: {it is|they are} in no period", "deals"},
    {"opportunity", "created_at IS NULL", ANSWER_WARNING,
     "{has|have} no creation date: cycle times and created-cohort KPIs pass over {it|them}", "deals"},
    {"opportunity", "owner IS NULL", ANSWER_WARNING,
     "{has|have} no owner: {it counts|they count} for the company but for nobody", "deals"},
    {"opportunity", "account IS NULL", ANSWER_NOTE, "{has|have} no account", "deals"},
    {"opportunity", "outcome IS NULL", ANSWER_WARNING,
     "{has|have} no outcome: map one, or {it counts|they count} as neither open nor decided", "deals"},
    {"opportunity", "outcome = 'won' AND amount IS NULL", ANSWER_WARNING,
     "{is|are} won but {has|have} no amount: revenue lacks {it|them}", "deals"},
    {"opportunity", "closed_at_day < created_at_day", ANSWER_WARNING,
     "{is|are} closed before {it was|they were} created", "deals"},
    {"opportunity", "outcome = 'open' AND closed_at IS NOT NULL", ANSWER_NOTE,
     "{is|are} open but {has|have} a closing date: reopened, or mapped wrongly", "deals"},
    {"opportunity", "closed_at > $1", ANSWER_NOTE, "{closes|close} in the future: {it counts|they count} from then on",
     "deals", TRUE},
    {"opportunity", "outcome = 'open' AND expected_close < $1", ANSWER_NOTE,
     "{is|are} open past the day on which {it was|they were} expected to close", "deals", TRUE},
    {"lead", "owner IS NULL", ANSWER_NOTE, "{has|have} no owner", "leads"},
    {"lead", "created_at IS NULL", ANSWER_WARNING, "{has|have} no creation date: lead KPIs pass over {it|them}",
     "leads"},
    {"activity", "owner IS NULL", ANSWER_NOTE, "{has|have} no owner", "activities"},
    {"activity", "done_at IS NULL AND scheduled_at IS NULL", ANSWER_WARNING,
     "{has|have} no date: {it is|they are} in no period", "activities"},
    {"sale", "account IS NULL", ANSWER_NOTE, "{has|have} no account: customer KPIs pass over {it|them}", "sales"},
    {"sale", "owner IS NULL", ANSWER_NOTE, "{has|have} no owner", "sales"},
    {"sale", "net_amount IS NULL", ANSWER_WARNING, "{has|have} no amount", "sales"},
    {"case", "opened_at IS NULL", ANSWER_WARNING, "{has|have} no opening date: {it is|they are} in no period", "cases"},
    {"training", "assigned_at IS NULL AND completed_at IS NULL", ANSWER_NOTE, "{has|have} no date", "courses"},
    {"person", "known AND team IS NULL AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person = person.key)",
     ANSWER_NOTE, "{is|are} in no team", "people"},
};

static gboolean check_oddity(const Session *session, const Oddity *oddity, gint64 total, AnswerFindings *findings,
                             GError **error) {
  g_autofree char *table = store_quote_name(oddity->table);
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s WHERE %s", table, oddity->condition);
  const StoreValue clock = {.type = STORE_INSTANT, .integer = session->now_us};
  g_autoptr(StoreRows) rows = store_query(session->store, sql, &clock, oddity->clock ? 1 : 0, 1, error);
  if (!rows) return FALSE;
  gint64 n = store_rows_value(rows, 0, 0).integer;
  if (n == 0) return TRUE;
  g_autofree char *all = cli_format_number((double)total, CLI_NUMBER_COUNT, NULL);
  g_autofree char *text = g_strdup_printf("# of %s %s %s", all, oddity->noun, oddity->words);
  g_autofree char *words = base_count_words(n, text);
  answer_findings_add(findings, SECTION, oddity->severity, "%s", words);
  return TRUE;
}

/* --- texts that are not among those the ledger knows --- */

static char *listed(const StoreRows *rows, gsize n_shown) {
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < MIN(n_shown, store_rows_count(rows)); i++) {
    StoreValue value = store_rows_value(rows, i, 0);
    g_string_append_printf(text, "%s\"%s\"", i ? ", " : "", value.type == STORE_TEXT ? value.text : "");
  }
  if (store_rows_count(rows) > n_shown)
    g_string_append_printf(text, " and %zu more", (size_t)(store_rows_count(rows) - n_shown));
  return g_string_free(text, FALSE);
}

static gboolean check_outcomes(const Session *session, AnswerFindings *findings, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(session->store,
                  "SELECT DISTINCT outcome FROM opportunity WHERE outcome IS NOT NULL AND outcome NOT IN "
                  "('open','won','lost','abandoned') ORDER BY 1 LIMIT 100",
                  NULL, 0, 0, error);
  if (!rows) return FALSE;
  if (store_rows_count(rows) == 0) return TRUE;
  g_autofree char *names = listed(rows, SHOWN_NAMES);
  answer_findings_add(findings, SECTION, ANSWER_WARNING,
                      "deals have outcomes that are none of open, won, lost, abandoned: %s. Map them with `values:`.",
                      names);
  return TRUE;
}

/* --- names that are referred to but were never loaded --- */

static gboolean check_unknown(const Session *session, const LedgerTable *table, AnswerFindings *findings,
                              GError **error) {
  if (!ledger_table_column(table, "name")) return TRUE;
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *sql =
      g_strdup_printf("SELECT coalesce(name, id) FROM %s WHERE NOT known ORDER BY 1 LIMIT 10000", name);
  g_autoptr(StoreRows) rows = store_query(session->store, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  if (store_rows_count(rows) == 0) return TRUE;
  g_autofree char *names = listed(rows, SHOWN_NAMES);
  gint64 n = (gint64)store_rows_count(rows);
  g_autofree char *head = base_count_words(n, "# referred to, but in no loaded file");
  g_autofree char *tail = base_count_words(n, "{Its|Their} records count under {that name|those names}");
  answer_findings_add(findings, SECTION, ANSWER_WARNING, "%s: %s: %s. %s.", table->name, head, names, tail);
  return TRUE;
}

/* --- one thing under two names --- */

typedef struct {
  const char *table;
  const char *same; /* SQL: two rows of the same value may be one */
  const char *words;
} Twin;

static const Twin twins[] = {
    {"person", "lower(trim(email))", "people with the same mail address"},
    {"account", "regexp_replace(lower(name), '[\\s\\pP]', '', 'g')",
     "accounts whose names differ only by case, spaces or punctuation"},
    {"product", "regexp_replace(lower(name), '[\\s\\pP]', '', 'g')",
     "products whose names differ only by case, spaces or punctuation"},
};

static gboolean check_twin(const Session *session, const Twin *twin, AnswerFindings *findings, GError **error) {
  g_autofree char *table = store_quote_name(twin->table);
  g_autofree char *sql = g_strdup_printf(
      "SELECT string_agg(DISTINCT coalesce(name, id), ' = ') FROM %s WHERE %s <> '' GROUP BY %s HAVING count(*) > 1 "
      "ORDER BY 1 LIMIT 10000",
      table, twin->same, twin->same);
  g_autoptr(StoreRows) rows = store_query(session->store, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  if (store_rows_count(rows) == 0) return TRUE;
  g_autofree char *names = listed(rows, SHOWN_NAMES);
  answer_findings_add(findings, SECTION, ANSWER_WARNING, "%s, which may be one: %s", twin->words, names);
  return TRUE;
}

/* --- several things under one name --- */

static gboolean check_namesakes(const Session *session, const char *table, const char *noun, AnswerFindings *findings,
                                GError **error) {
  g_autofree char *name = store_quote_name(table);
  g_autofree char *sql = g_strdup_printf(
      "SELECT min(name) || ' (' || string_agg(id, ', ' ORDER BY id) || ')' FROM %s WHERE known AND name <> '' AND "
      "merged_into IS NULL GROUP BY lower(name) HAVING count(*) > 1 ORDER BY 1 LIMIT 10000",
      name);
  g_autoptr(StoreRows) rows = store_query(session->store, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  if (store_rows_count(rows) == 0) return TRUE;
  g_autofree char *names = listed(rows, SHOWN_NAMES);
  answer_findings_add(
      findings, SECTION, ANSWER_WARNING,
      "%s of one name: %s. They count each by itself, with the id behind the name, and a condition takes the name "
      "for all of them: give them names that differ, or merge them.",
      noun, names);
  return TRUE;
}

/* --- currencies --- */

static gboolean check_currency(const Session *session, const LedgerTable *table, AnswerFindings *findings,
                               GError **error) {
  g_autofree char *name = store_quote_name(table->name), *amount = store_amount_of(table);
  g_autofree char *sql = g_strdup_printf(
      "SELECT currency, count(*) FROM %s WHERE currency <> $1 AND currency NOT IN (SELECT currency FROM fx_rate) AND "
      "%s IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
      name, amount);
  const StoreValue currency = {.type = STORE_TEXT, .text = session->organisation->currency};
  g_autoptr(StoreRows) rows = store_query(session->store, sql, &currency, 1, 0, error);
  if (!rows) return FALSE;
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    g_autofree char *amounts = base_count_words(store_rows_value(rows, i, 1).integer,
                                                "# {amount: it is|amounts: they are} left out of totals, which say so");
    answer_findings_add(findings, SECTION, ANSWER_WARNING,
                        "%s: no rate from %s to %s, for %s. Load rates into fx_rate.", table->name,
                        store_rows_value(rows, i, 0).text, session->organisation->currency, amounts);
  }
  return TRUE;
}

static gboolean check_table(const Session *session, const LedgerTable *table, AnswerFindings *findings,
                            GError **error) {
  if (table->kind == LEDGER_DERIVED) return TRUE;
  if (table->kind == LEDGER_DIMENSION && !check_unknown(session, table, findings, error)) return FALSE;
  return !table->has_money || check_currency(session, table, findings, error);
}

/* --- values that no mapping names --- */

static gboolean check_unlisted(const Session *session, AnswerFindings *findings, GError **error) {
  g_autoptr(GPtrArray) said = ingest_unlisted(session->store, error);
  for (guint i = 0; said && i < said->len; i++)
    answer_findings_add(findings, SECTION, ANSWER_WARNING, "%s", (const char *)said->pdata[i]);
  return said != NULL;
}

gboolean answer_check_records(const Session *session, GHashTable *counts, AnswerFindings *findings, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(oddities); i++) {
    gint64 total = answer_row_count(counts, oddities[i].table);
    if (total > 0 && !check_oddity(session, &oddities[i], total, findings, error)) return FALSE;
  }
  if (!check_outcomes(session, findings, error) || !check_unlisted(session, findings, error)) return FALSE;
  for (guint i = 0; i < ledger_schema_n_tables(session->schema); i++)
    if (!check_table(session, ledger_schema_table(session->schema, i), findings, error)) return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(twins); i++)
    if (!check_twin(session, &twins[i], findings, error)) return FALSE;
  return check_namesakes(session, "person", "people", findings, error);
}
