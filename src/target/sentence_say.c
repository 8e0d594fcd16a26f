/* Canonical words. One form for each kind, with the KPI's name, whose it is, the amount in the unit in which it is
 * shown, the days, the baseline and the `per`, always in this order:
 *
 *   Bring win rate of rep Ana Silva to 30 % in 2027-Q1
 *   Keep churn rate of the company at or below 2 % in 2027
 *   Keep gross margin of the company at or above 60 % in 2027
 *   Keep average discount of team North between 20 % and 30 % from 2026-11-21 to 2027-05-31
 *   Increase revenue of team North by 10 % in 2027-Q1 compared with 2026-Q4, per month
 *   Reduce sales cycle of each rep by 5 days in 2027-Q1 compared with 2026-Q4
 *   Bring demos of each rep of team North to 5 in 2027-Q1, per week
 *
 * Both days of `from … to …` are in it. What is said is read again, and names that would be taken for other words are
 * put into quotation marks, with those in them doubled. */
#include "target/sentence_private.h"

static char *quoted(const char *name) {
  g_auto(GStrv) parts = g_strsplit(name, "\"", -1);
  g_autofree char *doubled = g_strjoinv("\"\"", parts);
  return g_strdup_printf("\"%s\"", doubled);
}

static char *say_kpi(const char *name, gboolean quote) {
  return quote ? quoted(name) : g_strdelimit(g_strdup(name), "_", ' ');
}

static char *say_member(const char *dimension, const char *member, gboolean quote) {
  g_autofree char *name = quote && member ? quoted(member) : g_strdup(member);
  return sentence_say_whose(dimension, name);
}

static char *say_whose(const TargetSentence *sentence, gboolean quote) {
  const TargetTerms *terms = &sentence->terms;
  g_autofree char *who = say_member(terms->dimension, terms->member, quote);
  if (!sentence->within) return g_steal_pointer(&who);
  g_autofree char *within = say_member(sentence->within_dimension, sentence->within, quote);
  return g_strconcat(who, " of ", within, NULL);
}

static char *say_span(const TargetHearing *hearing, BaseDay start, BaseDay end, gboolean is_baseline) {
  gboolean named;
  g_autofree char *name = sentence_span_name(hearing->calendar, start, end, &named);
  if (is_baseline) return g_strdup_printf(" compared with %s", name);
  return g_strdup_printf(named ? " in %s" : " from %s", name);
}

static char *say_amount(const TargetHearing *hearing, const KpiDefinition *kpi, const TargetTerms *terms) {
  static const char *const leads[] = {" to ", " at or above ", " at or below ", " between ", " by ", " by "};
  gboolean change = terms->kind == TARGET_GROW || terms->kind == TARGET_REDUCE;
  g_autofree char *amount = sentence_say_value(hearing->currency, kpi, terms->amount, change, terms->is_percent);
  if (terms->kind != TARGET_BETWEEN) return g_strconcat(leads[terms->kind], amount, NULL);
  g_autofree char *high = sentence_say_value(hearing->currency, kpi, terms->amount_high, FALSE, FALSE);
  return g_strconcat(leads[terms->kind], amount, " and ", high, NULL);
}

static char *say(const TargetHearing *hearing, const TargetSentence *sentence, gboolean quote_kpi,
                 gboolean quote_member) {
  static const char *const verbs[] = {"Bring", "Keep", "Keep", "Keep", "Increase", "Reduce"};
  const TargetTerms *terms = &sentence->terms;
  const KpiDefinition *kpi = kpi_catalogue_find(hearing->catalogue, terms->kpi, NULL);
  g_autofree char *name = say_kpi(terms->kpi, quote_kpi), *whose = say_whose(sentence, quote_member);
  g_autofree char *amount = say_amount(hearing, kpi, terms);
  g_autofree char *span = say_span(hearing, terms->start, terms->end, FALSE);
  g_autofree char *baseline = terms->baseline_start == BASE_DAY_NONE
                                  ? g_strdup("")
                                  : say_span(hearing, terms->baseline_start, terms->baseline_end, TRUE);
  g_autofree char *per = terms->has_per ? g_strconcat(", per ", calendar_grain_name(terms->per), NULL) : g_strdup("");
  return g_strconcat(verbs[terms->kind], " ", name, " of ", whose, amount, span, baseline, per, NULL);
}

static gboolean same_text(const char *a, const char *b) {
  return g_strcmp0(a, b) == 0;
}

gboolean target_terms_equal(const TargetTerms *a, const TargetTerms *b) {
  return same_text(a->kpi, b->kpi) && same_text(a->dimension, b->dimension) && same_text(a->member, b->member) &&
         a->has_kind == b->has_kind && (!a->has_kind || a->kind == b->kind) && a->has_amount == b->has_amount &&
         (!a->has_amount ||
          (a->amount == b->amount && a->amount_high == b->amount_high && a->is_percent == b->is_percent)) &&
         a->baseline_start == b->baseline_start && a->baseline_end == b->baseline_end && a->has_per == b->has_per &&
         (!a->has_per || a->per == b->per) && a->start == b->start && a->end == b->end;
}

static gboolean knows(const TargetHearing *hearing, const char *dimension, const char *member) {
  for (gsize i = 0; i < hearing->n_members; i++)
    if (g_str_equal(hearing->members[i].dimension, dimension) && g_str_equal(hearing->members[i].name, member))
      return TRUE;
  return FALSE;
}

/* Read on a day on which its span has not ended, and by someone who knows its member. */
static gboolean reads_as(const TargetHearing *hearing, const char *words, const TargetSentence *sentence) {
  const TargetTerms *terms = &sentence->terms;
  TargetHearing then = *hearing;
  then.dimension = then.member = NULL;
  then.today = MIN(hearing->today, terms->start);
  g_autofree TargetMember *members = NULL;
  if (terms->member && !knows(hearing, terms->dimension, terms->member)) {
    members = g_new(TargetMember, hearing->n_members + 1);
    if (hearing->n_members) memcpy(members, hearing->members, hearing->n_members * sizeof *members);
    members[hearing->n_members] = (TargetMember){terms->dimension, terms->member};
    then.members = members;
    then.n_members = hearing->n_members + 1;
  }
  g_auto(TargetSentence) again = {0};
  return sentence_understand(&then, words, &again, NULL) && again.lacks == 0 &&
         target_terms_equal(&again.terms, terms) && same_text(again.within_dimension, sentence->within_dimension) &&
         same_text(again.within, sentence->within);
}

char *sentence_say(const TargetHearing *hearing, const TargetSentence *sentence) {
  char *words = NULL;
  for (int form = 0; form < 4; form++) {
    g_free(words);
    words = say(hearing, sentence, form & 1, form >> 1);
    if (reads_as(hearing, words, sentence)) return words;
  }
  return words;
}

char *target_terms_say(const TargetHearing *hearing, const TargetTerms *terms) {
  TargetSentence sentence = {.terms = *terms};
  return sentence_say(hearing, &sentence);
}
