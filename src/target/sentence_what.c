/* Which kind of target it is and how much: from the verbs, the amount's place in the sentence and the KPI. */
#include "target/sentence_what.h"

#include "target/figures.h"
#include "target/score.h"

#include <math.h>

/* --- amounts --- */

static void set(What *what, TargetKind kind) {
  what->sentence->into->terms.has_kind = TRUE;
  what->sentence->into->terms.kind = kind;
}

static char *say(const What *what, double value, gboolean change, gboolean percent) {
  return sentence_say_value(what->sentence->hearing->currency, what->sentence->kpi, value, change, percent);
}

static void check_level(What *what, TargetKind kind, double value) {
  const KpiDefinition *kpi = what->sentence->kpi;
  if (!kpi || what->sentence->error) return;
  g_autofree char *said = say(what, value, FALSE, FALSE), *without = say(what, fabs(value), FALSE, FALSE);
  gboolean limit = kind == TARGET_BETWEEN || target_is_lower_better(kind, kpi->better);
  if (value < 0 && !target_can_be_negative(kpi))
    sentence_fail(what->sentence, BASE_ERROR_INPUT,
                  "%s cannot be negative, such as %s; write an amount above 0, or a change, 'reduce by %s'", kpi->title,
                  said, without);
  else if (value == 0 && !limit && !target_can_be_negative(kpi))
    sentence_fail(what->sentence, BASE_ERROR_INPUT,
                  "%s cannot be below 0, so a target of 0 is met from the start; write an amount above 0, or a change, "
                  "'reduce by 10 %%'",
                  kpi->title);
  else if (value > 1 && kpi->proportion)
    sentence_fail(what->sentence, BASE_ERROR_INPUT, "%s cannot be more than 100 %%, such as %s", kpi->title, said);
}

static void check_change(What *what, TargetKind kind, const SentenceValue *value) {
  const KpiDefinition *kpi = what->sentence->kpi;
  g_autofree char *words = sentence_what_words(what, what->amount), *title = g_strdup(kpi ? kpi->title : "it");
  gboolean floor = kpi && !target_can_be_negative(kpi);
  if (value->value == 0)
    sentence_fail(what->sentence, BASE_ERROR_INPUT, "'%s' asks for nothing: a change by 0", words);
  else if (value->value < 0)
    sentence_fail(what->sentence, BASE_ERROR_INPUT, "'%s' is negative; write '%s by' without the sign", words,
                  kind == TARGET_GROW ? "reduce" : "increase");
  else if (kind == TARGET_REDUCE && value->is_percent && value->value > 100 && floor)
    sentence_fail(what->sentence, BASE_ERROR_INPUT, "%s cannot go down by more than 100 %%", title);
  else if (kpi && kpi->proportion && !value->is_percent && value->value > 1)
    sentence_fail(what->sentence, BASE_ERROR_INPUT, "%s cannot change by more than 100 percentage points", title);
}

static void set_change(What *what, TargetKind kind, const SentenceAmount *amount) {
  Sentence *sentence = what->sentence;
  TargetTerms *terms = &sentence->into->terms;
  SentenceValue value;
  set(what, kind);
  if (!sentence_value(sentence, sentence->kpi, amount, TRUE, &value)) return;
  check_change(what, kind, &value);
  terms->has_amount = TRUE;
  terms->amount = value.value;
  terms->is_percent = value.is_percent;
}

static void set_percent(What *what, TargetKind kind, double percent) {
  TargetTerms *terms = &what->sentence->into->terms;
  SentenceValue value = {.value = percent, .is_percent = TRUE};
  set(what, kind);
  check_change(what, kind, &value);
  terms->has_amount = TRUE;
  terms->amount = percent;
  terms->is_percent = TRUE;
}

/* Three times as much is 200 % more. */
static void set_factor(What *what, const SentenceAmount *amount) {
  g_autofree char *text = g_strdup_printf("%se%d", amount->digits, amount->exponent);
  double factor = g_ascii_strtod(text, NULL);
  if (factor > 1e6)
    sentence_fail(what->sentence, BASE_ERROR_LIMIT, "%s times as much is beyond a million times", amount->digits);
  else if (factor >= 1)
    set_percent(what, TARGET_GROW, (factor - 1) * 100);
  else
    set_percent(what, TARGET_REDUCE, (1 - factor) * 100);
}

static void set_level(What *what, TargetKind kind, const SentenceAmount *amount) {
  Sentence *sentence = what->sentence;
  SentenceValue value;
  set(what, kind);
  if (!sentence_value(sentence, sentence->kpi, amount, FALSE, &value)) return;
  check_level(what, kind, value.value);
  sentence->into->terms.has_amount = TRUE;
  sentence->into->terms.amount = value.value;
}

/* "Keep the win rate at 30 %" is at least that, of a KPI of which more is better. */
static void set_held(What *what, const SentenceAmount *amount) {
  Way way = sentence_better_way(what->sentence->kpi);
  if (way == NO_WAY) {
    set_level(what, TARGET_REACH, amount);
    return;
  }
  sentence_assume(what->sentence, "kept at it: %s", way == UPWARDS ? "at least" : "at most");
  set_level(what, way == UPWARDS ? TARGET_ABOVE : TARGET_BELOW, amount);
}

/* "20 to 30 %", "400 to 500k": the unit of one is that of the other. */
static void share_unit(SentenceAmount *a, SentenceAmount *b) {
  if (a->unit == AMOUNT_PLAIN && b->unit != AMOUNT_PLAIN) {
    a->unit = b->unit;
    memcpy(a->currency, b->currency, sizeof a->currency);
  } else if (b->unit == AMOUNT_PLAIN && a->unit != AMOUNT_PLAIN) {
    b->unit = a->unit;
    memcpy(b->currency, a->currency, sizeof b->currency);
  }
  if (a->exponent == 0 && b->exponent > 0 && strlen(a->digits) <= 3) a->exponent = b->exponent;
}

static void set_two(What *what, SentenceAmount amounts[2]) {
  Sentence *sentence = what->sentence;
  SentenceValue first, last;
  gboolean band = what->role == ROLE_BETWEEN;
  share_unit(&amounts[0], &amounts[1]);
  set(what, band ? TARGET_BETWEEN : TARGET_REACH);
  if (!sentence_value(sentence, sentence->kpi, &amounts[0], FALSE, &first) ||
      !sentence_value(sentence, sentence->kpi, &amounts[1], FALSE, &last))
    return;
  check_level(what, TARGET_BETWEEN, first.value);
  check_level(what, band ? TARGET_BETWEEN : TARGET_REACH, last.value);
  Way way = band ? UPWARDS : sentence_way_of(what);
  g_autofree char *from = say(what, first.value, FALSE, FALSE), *to = say(what, last.value, FALSE, FALSE);
  if (first.value == last.value)
    sentence_fail(sentence, BASE_ERROR_INPUT, "from %s to %s is the same; write two different amounts", from, to);
  else if (way == UPWARDS && last.value < first.value)
    sentence_fail(sentence, BASE_ERROR_INPUT,
                  band ? "%s is less than %s; write the lower one first"
                       : "%s is less than %s; write 'reduce', or turn the two round",
                  to, from);
  else if (way == DOWNWARDS && last.value > first.value)
    sentence_fail(sentence, BASE_ERROR_INPUT, "%s is more than %s; write 'increase', or turn the two round", to, from);
  if (sentence->error) return;
  TargetTerms *terms = &sentence->into->terms;
  terms->has_amount = TRUE;
  terms->amount = band ? first.value : last.value;
  if (band)
    terms->amount_high = last.value;
  else
    sentence_assume(sentence, "from %s, as you say", from);
}

static void ask_by_or_to(What *what, const SentenceAmount *amount, Way way) {
  Sentence *sentence = what->sentence;
  SentenceValue value;
  g_autoptr(GPtrArray) kept = g_steal_pointer(&sentence->into->assumed);
  sentence->into->assumed = g_ptr_array_new_with_free_func(g_free);
  if (way != NO_WAY) set(what, way == DOWNWARDS ? TARGET_REDUCE : TARGET_GROW);
  gboolean fits = sentence_value(sentence, sentence->kpi, amount, FALSE, &value);
  g_ptr_array_unref(sentence->into->assumed);
  sentence->into->assumed = g_steal_pointer(&kept);
  if (!fits) return;
  g_autofree char *level = say(what, value.value, FALSE, FALSE);
  sentence_ask(sentence, TARGET_LACKS_MEASURABLE, "Is it by %s or to %s? Write 'by' or 'to'.", level, level);
}

static void ask_way(What *what, const SentenceAmount *amount) {
  SentenceValue value;
  if (!sentence_value(what->sentence, what->sentence->kpi, amount, TRUE, &value)) return;
  what->sentence->into->terms.has_amount = TRUE;
  what->sentence->into->terms.amount = value.value;
  what->sentence->into->terms.is_percent = value.is_percent;
  if (what->sentence->kpi)
    sentence_ask(what->sentence, TARGET_LACKS_SPECIFIC, "Should %s go up or down? Write 'increase' or 'reduce'.",
                 what->sentence->kpi->title);
}

static void set_by(What *what, const SentenceAmount *amount) {
  Way way = sentence_way_of(what);
  if (way == NO_WAY && !what->no) {
    way = sentence_better_way(what->sentence->kpi);
    if (way != NO_WAY)
      sentence_assume(what->sentence, "%s", way == UPWARDS ? "up, for more is better" : "down, for less is better");
  }
  if (amount->unit == AMOUNT_TIMES && !sentence_is_of(what->sentence->kpi, KPI_RATIO, "times") && way != DOWNWARDS)
    set_factor(what, amount);
  else if (way == NO_WAY)
    ask_way(what, amount);
  else
    set_change(what, way == UPWARDS ? TARGET_GROW : TARGET_REDUCE, amount);
}

/* An amount without a word that says what it is for: "increase revenue 10 %", "revenue 500k", "+10 %". */
static void set_bare(What *what, const SentenceAmount *amount) {
  const KpiDefinition *kpi = what->sentence->kpi;
  Way way = sentence_way_of(what);
  gboolean share = sentence_is_share(kpi) || sentence_is_of(kpi, KPI_RATIO, "times");
  gboolean points = amount->unit == AMOUNT_POINTS || amount->unit == AMOUNT_BASIS_POINTS;
  gboolean relative = (amount->unit == AMOUNT_PERCENT && !share) || (points && share);
  gboolean factor = amount->unit == AMOUNT_TIMES && !sentence_is_of(kpi, KPI_RATIO, "times");
  SentenceAmount unsigned_amount = *amount;
  unsigned_amount.sign = 0;
  if (amount->sign == '+')
    set_change(what, TARGET_GROW, &unsigned_amount);
  else if (amount->sign == '-' && !what->reach && (relative || (kpi && kpi->unit.kind == KPI_COUNT)))
    set_change(what, TARGET_REDUCE, &unsigned_amount);
  else if (way != NO_WAY && factor)
    set_factor(what, amount);
  else if (way != NO_WAY && relative)
    set_change(what, way == UPWARDS ? TARGET_GROW : TARGET_REDUCE, amount);
  else if (way != NO_WAY || (points && share))
    ask_by_or_to(what, amount, way);
  else if (what->keep)
    set_held(what, amount);
  else if (!kpi && amount->unit == AMOUNT_PERCENT)
    ask_way(what, amount);
  else
    set_level(what, TARGET_REACH, amount);
}

/* "Within 10 %" is at most that, where less is better; of other KPIs it may be meant otherwise. */
static void set_within(What *what, const SentenceAmount *amount) {
  g_autofree char *words = sentence_what_words(what, what->amount);
  if (sentence_is_days(what->sentence->kpi) || sentence_better_way(what->sentence->kpi) == DOWNWARDS)
    set_level(what, TARGET_BELOW, amount);
  else
    sentence_ask(what->sentence, TARGET_LACKS_MEASURABLE, "Is '%s' at least or at most? Write 'at least' or 'at most'.",
                 words);
}

/* A percentage of what is no share is a change: "revenue growth of 20 %". */
static gboolean is_change(const What *what, const SentenceAmount *amount) {
  const KpiDefinition *kpi = what->sentence->kpi;
  return kpi && amount->unit == AMOUNT_PERCENT && !sentence_is_share(kpi) && !sentence_is_of(kpi, KPI_RATIO, "times") &&
         sentence_way_of(what) != NO_WAY;
}

/* "Reduce the win rate to 20 %": against its better side it is a limit that way, and not met by more. */
static gboolean goes_against(What *what) {
  Way way = sentence_way_of(what), better = sentence_better_way(what->sentence->kpi);
  return way != NO_WAY && better != NO_WAY && way != better && !what->better;
}

static void set_to(What *what, const SentenceAmount *amount) {
  if (is_change(what, amount))
    set_change(what, sentence_way_of(what) == UPWARDS ? TARGET_GROW : TARGET_REDUCE, amount);
  else if (what->keep && !what->up && !what->down)
    set_held(what, amount);
  else if (goes_against(what))
    set_level(what, sentence_way_of(what) == UPWARDS ? TARGET_ABOVE : TARGET_BELOW, amount);
  else
    set_level(what, TARGET_REACH, amount);
}

/* Roles that say the kind by themselves; those with a percentage need no amount. */
static const struct {
  AmountRole role;
  TargetKind kind;
  double percent;
} plain_roles[] = {{ROLE_MORE, TARGET_GROW},       {ROLE_LESS, TARGET_REDUCE},      {ROLE_ABOVE, TARGET_ABOVE},
                   {ROLE_BELOW, TARGET_BELOW},     {ROLE_DOUBLE, TARGET_GROW, 100}, {ROLE_TRIPLE, TARGET_GROW, 200},
                   {ROLE_HALVE, TARGET_REDUCE, 50}};

static gboolean set_plain(What *what, AmountRole role, const SentenceAmount *amount) {
  for (gsize i = 0; i < G_N_ELEMENTS(plain_roles); i++) {
    if (plain_roles[i].role != role) continue;
    TargetKind kind = plain_roles[i].kind;
    if (plain_roles[i].percent > 0)
      set_percent(what, kind, plain_roles[i].percent);
    else if (kind == TARGET_GROW || kind == TARGET_REDUCE)
      set_change(what, kind, amount);
    else
      set_level(what, kind, amount);
    return TRUE;
  }
  return FALSE;
}

static void set_by_role(What *what, SentenceAmount amounts[2]) {
  AmountRole role = what->role;
  if (what->no && (role == ROLE_ABOVE || role == ROLE_BELOW)) role = role == ROLE_ABOVE ? ROLE_BELOW : ROLE_ABOVE;
  if (role == ROLE_LESS && what->reach && sentence_token_is(what->sentence, what->amount->from, "minus")) {
    amounts[0].sign = '-';
    role = ROLE_TO;
  }
  if (set_plain(what, role, &amounts[0])) return;
  switch (role) {
    case ROLE_BARE:
      set_bare(what, &amounts[0]);
      break;
    case ROLE_TO:
      set_to(what, &amounts[0]);
      break;
    case ROLE_UP_TO:
      set_level(what, what->up || what->lifts ? TARGET_REACH : TARGET_BELOW, &amounts[0]);
      break;
    case ROLE_AT:
      if (what->keep)
        set_held(what, &amounts[0]);
      else
        set_level(what, TARGET_REACH, &amounts[0]);
      break;
    case ROLE_BY:
      set_by(what, &amounts[0]);
      break;
    case ROLE_EITHER_SIDE:
      amounts[1] = amounts[0];
      amounts[0].sign = '-';
      what->role = ROLE_BETWEEN;
      set_two(what, amounts);
      break;
    case ROLE_FROM_TO:
    case ROLE_BETWEEN:
      set_two(what, amounts);
      break;
    case ROLE_WITHIN:
      set_within(what, &amounts[0]);
      break;
    case ROLE_TIMES_AS:
      set_factor(what, &amounts[0]);
      break;
    default:
      break;
  }
}

/* --- nothing measurable --- */

static void set_direction_only(What *what) {
  Way way = sentence_way_of(what);
  if (way != NO_WAY) set(what, way == UPWARDS ? TARGET_GROW : TARGET_REDUCE);
}

static void ask_amount(What *what) {
  const KpiDefinition *kpi = what->sentence->kpi;
  if (what->vague) {
    g_autofree char *words = sentence_what_words(what, what->vague);
    sentence_ask(what->sentence, TARGET_LACKS_MEASURABLE, "How much is '%s'? Write a number, such as 'by 10 %%'.",
                 words);
    return;
  }
  g_autofree char *level =
      kpi && kpi->unit.kind == KPI_RATIO ? g_strdup("to 30 %")
      : kpi && sentence_is_days(kpi)     ? g_strdup("to 30 days")
      : kpi && kpi->unit.kind == KPI_QUANTITY
          ? g_strdup_printf("to 500,000 %s", what->sentence->hearing->currency ? what->sentence->hearing->currency : "")
          : g_strdup("to 50");
  if (kpi && kpi->unit.kind == KPI_RATIO && kpi->display && !g_str_equal(kpi->display, "percent")) {
    g_free(level);
    level = g_strdup("to 3");
  }
  sentence_ask(what->sentence, TARGET_LACKS_MEASURABLE, "By how much, or to what? Say for example 'by 10 %%' or '%s'.",
               level);
}

static void ask_two_ways(What *what, const SentenceAmount *amount) {
  set_direction_only(what);
  g_autofree char *plain = g_strdup(amount->digits);
  char *point = strchr(plain, '.');
  g_autofree char *thousands = g_strdup_printf("%.*s,%s", (int)(point - plain), plain, point + 1);
  sentence_ask(what->sentence, TARGET_LACKS_MEASURABLE, "Is '%s' %s or %.*s? Write it so.", plain, thousands,
               (int)(point - plain), plain);
}

static void tell_worse(What *what) {
  const TargetTerms *terms = &what->sentence->into->terms;
  const KpiDefinition *kpi = what->sentence->kpi;
  if (!kpi || !terms->has_kind || !terms->has_amount) return;
  if (!what->up && !what->down && terms->kind != TARGET_GROW && terms->kind != TARGET_REDUCE) return;
  if ((terms->kind == TARGET_GROW || terms->kind == TARGET_ABOVE) && kpi->better == KPI_LOWER)
    sentence_assume(what->sentence, "higher is worse for %s; taken as you say it", kpi->title);
  if ((terms->kind == TARGET_REDUCE || terms->kind == TARGET_BELOW) && kpi->better == KPI_HIGHER)
    sentence_assume(what->sentence, "lower is worse for %s; taken as you say it", kpi->title);
}

/* CSAT told in points of 5 is its mean; as a share it is that of satisfied answers. */
static void choose_scale(What *what, const SentenceAmount *amount) {
  Sentence *sentence = what->sentence;
  gboolean points = amount->unit == AMOUNT_PLAIN || amount->unit == AMOUNT_PART;
  if (!sentence->kpi || !g_str_equal(sentence->kpi->name, "csat") || !points) return;
  double value = g_ascii_strtod(amount->digits, NULL);
  const KpiDefinition *mean = kpi_catalogue_find(sentence->hearing->catalogue, "csat_mean", NULL);
  if (!mean || value < 1 || (value > 5 && amount->unit == AMOUNT_PLAIN) || amount->exponent != 0) return;
  sentence->kpi = mean;
  g_free(sentence->into->terms.kpi);
  sentence->into->terms.kpi = g_strdup(mean->name);
  sentence_assume(sentence, "CSAT in points is %s", mean->title);
}

/* What is counted or summed has no level in percent: that is of the share that goes with it. "30 % of deals won" is the
 * win rate, "revenue growth above 8 %" the growth. */
static void choose_share(What *what, const SentenceAmount *amount) {
  static const struct {
    const char *kpi, *share;
    gboolean of_growth;
  } shares[] = {{"won_deals", "win_rate", FALSE}, {"revenue", "sales_growth", TRUE}};
  Sentence *sentence = what->sentence;
  gboolean level = what->role == ROLE_ABOVE || what->role == ROLE_BELOW || what->role == ROLE_BETWEEN;
  if (!sentence->kpi || (amount->unit != AMOUNT_PERCENT && amount->unit != AMOUNT_PART)) return;
  for (gsize i = 0; i < G_N_ELEMENTS(shares); i++) {
    if (!g_str_equal(sentence->kpi->name, shares[i].kpi)) continue;
    gboolean growth = what->up && sentence_token_is(sentence, what->up->from, "growth");
    const KpiDefinition *share = kpi_catalogue_find(sentence->hearing->catalogue, shares[i].share, NULL);
    gboolean fits = shares[i].of_growth ? growth && level : what->role != ROLE_BY && sentence_way_of(what) == NO_WAY;
    if (!share || !fits || what->role == ROLE_MORE || what->role == ROLE_LESS) return;
    if (shares[i].of_growth) what->up = NULL;
    sentence_assume(sentence, "a share of %s is %s", sentence->kpi->title, share->title);
    sentence->kpi = share;
    g_free(sentence->into->terms.kpi);
    sentence->into->terms.kpi = g_strdup(share->name);
    return;
  }
}

void sentence_decide_what(Sentence *sentence) {
  What what = {.sentence = sentence};
  SentenceAmount amounts[2];
  sentence_collect(&what);
  if (!what.amount) {
    if (!sentence_check_ways(&what)) return;
    set_direction_only(&what);
    ask_amount(&what);
    return;
  }
  if (!sentence_join_amounts(&what, amounts) || !sentence_check_ways(&what)) return;
  choose_scale(&what, &amounts[0]);
  choose_share(&what, &amounts[0]);
  sentence_turn_quality(&what);
  if (amounts[0].two_ways || amounts[1].two_ways)
    ask_two_ways(&what, &amounts[amounts[0].two_ways ? 0 : 1]);
  else
    set_by_role(&what, amounts);
  if (!sentence->error) tell_worse(&what);
}
