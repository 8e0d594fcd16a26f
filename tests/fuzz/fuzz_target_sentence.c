/* Targets told in any text: an error with a message, or terms with a question for each letter that is lacking; where
 * none is, canonical words that read as the same terms. */
#include "fuzz.h"
#include "target/sentence.h"

#include <string.h>

static const char definitions[] =
    "measures:\n"
    "  won_deals: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided_deals: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "  revenue_won: sum(opportunity.amount where outcome = 'won' on closed_at)\n"
    "  cycle: median(days(opportunity.created_at, closed_at) where outcome = 'won' on closed_at)\n"
    "  calls_done: count(activity where kind = 'call' on done_at)\n"
    "kpis:\n"
    "  revenue: revenue_won\n"
    "  win_rate: {formula: won_deals / decided_deals, unit: percent}\n"
    "  sales_cycle: {formula: cycle, better: lower}\n"
    "  calls: calls_done\n"
    "  pipeline_coverage: {formula: revenue_won / revenue_won, unit: times}\n";

static const TargetMember members[] = {{"team", "North"},
                                       {"team", "East"},
                                       {"region", "East"},
                                       {"rep", "Ana Silva"},
                                       {"rep", "Marie-Louise O'Brien"},
                                       {"product", "10 % \"Plus\""}};

static TargetHearing hearing;

static void set_up(void) {
  if (hearing.catalogue) return;
  KpiSource source = {"definitions", definitions, sizeof definitions - 1, TRUE};
  CalendarConfig config = {.first_month = 4};
  hearing = (TargetHearing){.catalogue = kpi_catalogue_new(ledger_schema_new(NULL, 0, NULL), &source, 1, NULL, NULL),
                            .calendar = calendar_new(&config, NULL),
                            .today = 20778, /* 2026-11-21 */
                            .currency = "EUR",
                            .members = members,
                            .n_members = G_N_ELEMENTS(members)};
  g_assert(hearing.catalogue);
}

static void check_questions(const TargetSentence *sentence) {
  guint asked = 0;
  for (guint i = 0; i < sentence->questions->len; i++) {
    const char *question = sentence->questions->pdata[i];
    g_assert(strchr("SMT", question[0]) && question[1] == ':' && g_utf8_validate(question, -1, NULL));
    asked |= question[0] == 'S'   ? TARGET_LACKS_SPECIFIC
             : question[0] == 'M' ? TARGET_LACKS_MEASURABLE
                                  : TARGET_LACKS_TIME;
  }
  g_assert(asked == sentence->lacks);
}

static void check_words(const TargetSentence *sentence) {
  g_assert((sentence->canonical == NULL) == (sentence->lacks != 0));
  if (sentence->lacks) return;
  g_auto(TargetSentence) again = {0};
  g_assert(target_sentence_read(&hearing, sentence->canonical, &again, NULL));
  g_assert(again.lacks == 0 && target_terms_equal(&again.terms, &sentence->terms));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  set_up();
  g_autofree char *text = fuzz_text(data, size);
  g_auto(TargetSentence) sentence = {0};
  g_autoptr(GError) error = NULL;
  if (!target_sentence_read(&hearing, text, &sentence, &error)) {
    g_assert(error && *error->message && g_utf8_validate(error->message, -1, NULL) && !sentence.questions);
    return 0;
  }
  check_questions(&sentence);
  check_words(&sentence);
  return 0;
}
