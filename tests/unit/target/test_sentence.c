/* Targets told in a sentence: each case of sentences.txt is understood as written there; what has been understood, said
 * in canonical words, is understood as the same; so are random terms. */
#include "../unit.h"
#include "base/day.h"
#include "hearing.h"

#include <string.h>

static const char *table_path;

/* --- what was understood, as the table writes it --- */

static void add_days(GString *out, const char *lead, BaseDay start, BaseDay end) {
  g_autofree char *from = base_day_format(start), *to = base_day_format(end);
  g_string_append_printf(out, "%s%s..%s", lead, from, to);
}

static void add_amount(GString *out, const TargetTerms *terms) {
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  if (!terms->has_kind && !terms->has_amount) {
    g_string_append(out, "-");
    return;
  }
  g_string_append_printf(out, "%s ", terms->has_kind ? target_kind_name(terms->kind) : "-");
  g_string_append(out, terms->has_amount ? g_ascii_formatd(number, sizeof number, "%.12g", terms->amount) : "-");
  if (terms->is_percent) g_string_append_c(out, '%');
  if (terms->has_kind && terms->kind == TARGET_BETWEEN)
    g_string_append_printf(out, " %s", g_ascii_formatd(number, sizeof number, "%.12g", terms->amount_high));
}

static char *understood(const TargetSentence *sentence) {
  const TargetTerms *terms = &sentence->terms;
  GString *out = g_string_new(terms->kpi ? terms->kpi : "-");
  g_string_append(out, " | ");
  if (!terms->dimension || g_str_equal(terms->dimension, "company"))
    g_string_append(out, terms->dimension ? "company" : "-");
  else
    g_string_append_printf(out, "%s:%s", terms->dimension, terms->member ? terms->member : "*");
  if (sentence->within) g_string_append_printf(out, " of %s:%s", sentence->within_dimension, sentence->within);
  g_string_append(out, " | ");
  add_amount(out, terms);
  if (terms->start == BASE_DAY_NONE)
    g_string_append(out, " | -");
  else
    add_days(out, " | ", terms->start, terms->end);
  if (terms->baseline_start != BASE_DAY_NONE) add_days(out, " | vs ", terms->baseline_start, terms->baseline_end);
  if (terms->has_per) g_string_append_printf(out, " | per %s", calendar_grain_name(terms->per));
  if (sentence->lacks) g_string_append(out, " | lacks ");
  if (sentence->lacks & TARGET_LACKS_SPECIFIC) g_string_append_c(out, 'S');
  if (sentence->lacks & TARGET_LACKS_MEASURABLE) g_string_append_c(out, 'M');
  if (sentence->lacks & TARGET_LACKS_TIME) g_string_append_c(out, 'T');
  return g_string_free(out, FALSE);
}

/* --- one case --- */

static gboolean any_has(const GPtrArray *texts, const char *words) {
  for (guint i = 0; i < texts->len; i++)
    if (strstr(texts->pdata[i], words)) return TRUE;
  return FALSE;
}

static void show_texts(const char *what, const GPtrArray *texts) {
  for (guint i = 0; i < texts->len; i++) print_message("    %s: %s\n", what, (const char *)texts->pdata[i]);
}

/* Takes "says …" and "asks …" off the expectation. */
static gboolean told(const TargetSentence *sentence, const char *expected, GString *rest) {
  gboolean right = TRUE;
  g_auto(GStrv) parts = g_strsplit(expected, " | ", -1);
  for (char **part = parts; *part; part++) {
    if (g_str_has_prefix(*part, "says "))
      right &= any_has(sentence->assumed, *part + 5);
    else if (g_str_has_prefix(*part, "asks "))
      right &= any_has(sentence->questions, *part + 5);
    else
      g_string_append_printf(rest, "%s%s", rest->len ? " | " : "", *part);
  }
  return right;
}

static gboolean letters_are_those_of_questions(const TargetSentence *sentence) {
  guint asked = 0;
  for (guint i = 0; i < sentence->questions->len; i++) {
    const char *question = sentence->questions->pdata[i];
    asked |= question[0] == 'S'   ? TARGET_LACKS_SPECIFIC
             : question[0] == 'M' ? TARGET_LACKS_MEASURABLE
             : question[0] == 'T' ? TARGET_LACKS_TIME
                                  : 1u << 10;
    if (question[1] != ':') return FALSE;
  }
  return asked == sentence->lacks;
}

static gboolean check_canonical(const TargetHearing *hearing, const TargetSentence *sentence) {
  if (sentence->lacks) return sentence->canonical == NULL;
  g_auto(TargetSentence) again = {0};
  g_autoptr(GError) error = NULL;
  if (!target_sentence_read(hearing, sentence->canonical, &again, &error)) {
    print_message("    canonical '%s': %s\n", sentence->canonical, error->message);
    return FALSE;
  }
  gboolean same = again.lacks == 0 && target_terms_equal(&again.terms, &sentence->terms) &&
                  g_strcmp0(again.canonical, sentence->canonical) == 0;
  if (!same) {
    g_autofree char *terms = understood(&again);
    print_message("    canonical '%s' is read as %s\n", sentence->canonical, terms);
    show_texts("asks", again.questions);
  }
  return same;
}

static gboolean check_error(const GError *error, const char *expected) {
  gboolean not_found = g_str_has_prefix(expected, "! not_found ");
  gboolean input = g_str_has_prefix(expected, "! input ");
  if (!not_found && !input) return FALSE;
  return error->code == (not_found ? BASE_ERROR_NOT_FOUND : BASE_ERROR_INPUT) &&
         strstr(error->message, expected + (not_found ? 12 : 8)) != NULL;
}

static gboolean check_case(const TargetHearing *hearing, const char *text, const char *expected) {
  g_auto(TargetSentence) sentence = {0};
  g_autoptr(GError) error = NULL;
  if (!target_sentence_read(hearing, text, &sentence, &error)) {
    gboolean right = check_error(error, expected);
    if (!right) print_message("'%s'\n    expected %s\n    error    %s\n", text, expected, error->message);
    return right;
  }
  g_autofree char *terms = understood(&sentence);
  g_autoptr(GString) rest = g_string_new(NULL);
  gboolean right = expected[0] == '=' && told(&sentence, expected + 2, rest) && g_str_equal(rest->str, terms) &&
                   letters_are_those_of_questions(&sentence) && check_canonical(hearing, &sentence);
  if (right) return TRUE;
  print_message("'%s'\n    expected %s\n    but      %s\n", text, expected, terms);
  show_texts("says", sentence.assumed);
  show_texts("asks", sentence.questions);
  return FALSE;
}

/* "[team:North] …" is --for. */
static gboolean check_line(HearingFixture *fixture, const char *line, const char *expected) {
  TargetHearing hearing = fixture->hearing;
  g_auto(GStrv) whose = NULL;
  const char *text = line;
  if (line[0] == '[') {
    const char *end = strchr(line, ']');
    g_autofree char *inside = g_strndup(line + 1, (gsize)(end - line - 1));
    whose = g_strsplit(inside, ":", 2);
    hearing.dimension = whose[0];
    hearing.member = whose[1];
    /* The command takes --for as the organisation writes it. */
    for (gsize i = 0; i < hearing.n_members && whose[1]; i++)
      if (g_str_equal(hearing.members[i].dimension, whose[0]) &&
          g_ascii_strcasecmp(hearing.members[i].name, whose[1]) == 0)
        hearing.member = hearing.members[i].name;
    text = end + 2;
  }
  return check_case(&hearing, text, expected);
}

static void every_wording_is_understood_as_the_table_says(void **state) {
  g_autofree char *table = NULL;
  assert_true(g_file_get_contents(table_path, &table, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
  HearingFixture fixture;
  hearing_init(&fixture);
  guint n = 0, wrong = 0, refused = 0;
  for (guint i = 0; lines[i]; i++) {
    if (g_str_has_prefix(lines[i], "@fiscal "))
      hearing_set_fiscal(&fixture, (int)g_ascii_strtoll(lines[i] + 8, NULL, 10));
    if (!lines[i][0] || strchr("#@=!", lines[i][0])) continue;
    assert_non_null(lines[i + 1]);
    n++;
    refused += lines[i + 1][0] == '!' || strstr(lines[i + 1], "| lacks ") != NULL;
    wrong += !check_line(&fixture, lines[i], lines[i + 1]);
  }
  hearing_clear(&fixture);
  if (wrong) fail_msg("%u of %u wordings are not understood as they should be", wrong, n);
  assert_true(n >= 180);
  assert_true(refused >= 40);
}

/* --- random terms --- */

static double random_amount(GRand *random, const KpiDefinition *kpi, gboolean percent) {
  static const double steps[] = {1, 0.5, 0.25, 0.1, 0.01, 1.0 / 3};
  double amount = g_rand_int_range(random, 1, 99) * steps[g_rand_int_range(random, 0, G_N_ELEMENTS(steps))];
  if (percent) return amount;
  if (kpi->unit.kind == KPI_RATIO) return amount / 100;
  if (kpi->unit.kind == KPI_QUANTITY && kpi->unit.money_power > 0) return amount * g_rand_int_range(random, 1, 100000);
  if (kpi->unit.kind == KPI_QUANTITY) return g_rand_boolean(random) ? amount / 24 : amount;
  return amount * g_rand_int_range(random, 1, 100);
}

static CalendarPeriod random_span(GRand *random, const HearingFixture *fixture, int years) {
  BaseDay day = fixture->hearing.today + g_rand_int_range(random, 0, years * 365);
  int grain = g_rand_int_range(random, CALENDAR_DAY, CALENDAR_RANGE + 1);
  if (grain == CALENDAR_RANGE)
    return (CalendarPeriod){.grain = CALENDAR_RANGE, .start = day, .end = day + g_rand_int_range(random, 1, 400)};
  return calendar_period_at(fixture->calendar, (CalendarGrain)grain, day);
}

static void fill_amounts(GRand *random, const KpiDefinition *kpi, TargetTerms *terms) {
  gboolean change = terms->kind == TARGET_GROW || terms->kind == TARGET_REDUCE;
  terms->has_amount = TRUE;
  terms->is_percent = change && g_rand_boolean(random);
  terms->amount = random_amount(random, kpi, terms->is_percent);
  if (terms->kind == TARGET_BETWEEN) terms->amount_high = terms->amount + (kpi->proportion ? 0.005 : 1);
}

static void fill_days(GRand *random, const HearingFixture *fixture, TargetTerms *terms) {
  CalendarPeriod span = random_span(random, fixture, 12), baseline = span;
  terms->start = span.start;
  terms->end = span.end;
  terms->has_per = g_rand_boolean(random);
  terms->per = terms->has_per ? (CalendarGrain)g_rand_int_range(random, CALENDAR_DAY, CALENDAR_RANGE) : CALENDAR_DAY;
  if (terms->kind != TARGET_GROW && terms->kind != TARGET_REDUCE) return;
  while (baseline.start >= span.start || baseline.end <= baseline.start) {
    baseline = random_span(random, fixture, 8);
    baseline.start -= 3000;
    baseline.end -= 3000;
  }
  terms->baseline_start = baseline.start;
  terms->baseline_end = baseline.end;
}

static void fill_whose(GRand *random, const TargetHearing *hearing, TargetTerms *terms) {
  const TargetMember *member = &hearing->members[g_rand_int_range(random, 0, (gint32)hearing->n_members)];
  int kind = g_rand_int_range(random, 0, 5);
  terms->dimension = g_strdup(kind == 0 ? "company" : member->dimension);
  terms->member = g_strdup(kind < 2 ? NULL : member->name);
}

static void random_terms_are_read_from_their_words(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(20261121);
  HearingFixture fixture;
  hearing_init(&fixture);
  guint wrong = 0;
  for (int i = 0; i < 2000 && wrong < 10; i++) {
    if (i % 400 == 0) hearing_set_fiscal(&fixture, 1 + i / 400 * 2);
    g_auto(TargetTerms) terms;
    target_terms_init(&terms);
    const KpiDefinition *kpi = kpi_catalogue_kpi(
        fixture.catalogue, (guint)g_rand_int_range(random, 0, (gint32)kpi_catalogue_n_kpis(fixture.catalogue)));
    terms.kpi = g_strdup(kpi->name);
    terms.has_kind = TRUE;
    terms.kind = (TargetKind)g_rand_int_range(random, TARGET_REACH, TARGET_REDUCE + 1);
    fill_whose(random, &fixture.hearing, &terms);
    fill_amounts(random, kpi, &terms);
    fill_days(random, &fixture, &terms);
    if (g_str_equal(kpi_unit_name(kpi->unit), "money/day") && terms.per == CALENDAR_DAY) terms.has_per = FALSE;
    TargetSentence said = {.terms = terms, .canonical = target_terms_say(&fixture.hearing, &terms)};
    if (!check_canonical(&fixture.hearing, &said)) {
      said.assumed = g_ptr_array_new();
      g_autofree char *shown = understood(&said);
      print_message("%s\n", shown);
      g_ptr_array_unref(said.assumed);
      wrong++;
    }
    g_free(said.canonical);
  }
  hearing_clear(&fixture);
  assert_int_equal(wrong, 0);
}

/* --- names that are words, and limits --- */

static void names_that_are_other_words_are_put_in_quotation_marks(void **state) {
  HearingFixture fixture;
  hearing_init(&fixture);
  static const TargetMember odd[] = {
      {"team", "next quarter"}, {"team", "10 % by May"},          {"rep", "Will \"Ace\" May"}, {"market_area", "Sales"},
      {"team", "Sales"},        {"product", "R&D / Tools, Inc."}, {"rep", "Zoë Müller"},       {"rep", "李娜"}};
  fixture.hearing.members = odd;
  fixture.hearing.n_members = G_N_ELEMENTS(odd);
  for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
    TargetTerms terms;
    target_terms_init(&terms);
    terms.kpi = (char *)"win_rate";
    terms.dimension = (char *)odd[i].dimension;
    terms.member = (char *)odd[i].name;
    terms.has_kind = terms.has_amount = TRUE;
    terms.amount = 0.3;
    terms.start = base_day_from_civil(2027, 1, 1);
    terms.end = base_day_from_civil(2027, 4, 1);
    TargetSentence said = {.terms = terms, .canonical = target_terms_say(&fixture.hearing, &terms)};
    assert_true(check_canonical(&fixture.hearing, &said));
    g_free(said.canonical);
  }
  hearing_clear(&fixture);
}

static void the_canonical_words_are_these(void **state) {
  static const struct {
    const char *text, *canonical;
  } cases[] = {
      {"increase monthly sales revenue by 10% within the next quarter for team north",
       "Increase revenue of team North by 10 % in 2027-Q1 compared with 2026-Q4, per month"},
      {"Ana's win rate to 30% in Q1", "Bring win rate of rep Ana Silva to 30 % in 2027-Q1"},
      {"keep company churn below 2 % in 2027", "Keep churn rate of the company at or below 2 % in 2027"},
      {"company-wide discount between 20 and 30 % by end of May",
       "Keep average discount of the company between 20 % and 30 % from 2026-11-21 to 2027-05-31"},
      {"cut the sales cycle by 5 days per rep next quarter",
       "Reduce sales cycle of each rep by 5 days in 2027-Q1 compared with 2026-Q4"},
      {"company speed to lead within 48 hours in 2027",
       "Keep speed to lead of the company at or below 48 hours in 2027"},
  };
  HearingFixture fixture;
  hearing_init(&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(TargetSentence) sentence = {0};
    assert_true(target_sentence_read(&fixture.hearing, cases[i].text, &sentence, NULL));
    if (g_strcmp0(sentence.canonical, cases[i].canonical) != 0)
      fail_msg("'%s': %s", cases[i].text,
               sentence.canonical ? sentence.canonical : (char *)sentence.questions->pdata[0]);
  }
  hearing_clear(&fixture);
}

static void a_text_has_a_longest_length(void **state) {
  HearingFixture fixture;
  hearing_init(&fixture);
  g_autofree char *text = g_strnfill(1001, 'a');
  g_auto(TargetSentence) sentence = {0};
  g_autoptr(GError) error = NULL;
  assert_false(target_sentence_read(&fixture.hearing, text, &sentence, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
  assert_null(sentence.questions);
  text[1000] = '\0';
  assert_true(target_sentence_read(&fixture.hearing, text, &sentence, NULL));
  assert_int_equal(sentence.lacks, TARGET_LACKS_SPECIFIC | TARGET_LACKS_MEASURABLE | TARGET_LACKS_TIME);
  hearing_clear(&fixture);
}

int main(int argc, char **argv) {
  table_path = argv[1];
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_wording_is_understood_as_the_table_says),
      cmocka_unit_test(the_canonical_words_are_these),
      cmocka_unit_test(random_terms_are_read_from_their_words),
      cmocka_unit_test(names_that_are_other_words_are_put_in_quotation_marks),
      cmocka_unit_test(a_text_has_a_longest_length),
  };
  return argc < 2 ? 2 : cmocka_run_group_tests(tests, NULL, NULL);
}
