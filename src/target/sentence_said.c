/* The verbs and amounts of a sentence: which way it goes, and whether its words agree. */
#include "target/sentence_what.h"

static const SentenceRow below_row = {"", SAYS_AMOUNT, ROLE_BELOW}, above_row = {"", SAYS_AMOUNT, ROLE_ABOVE};

char *sentence_what_words(const What *what, const SentencePiece *piece) {
  return sentence_words(what->sentence, piece->from, piece->to);
}

gboolean sentence_is_of(const KpiDefinition *kpi, KpiUnitKind kind, const char *display) {
  return kpi && kpi->unit.kind == kind && (!display || g_strcmp0(kpi->display, display) == 0);
}

/* --- what has been said --- */

/* "Answer within 2 days": of what is measured in days that is an amount, where there is no other. */
static void length_as_amount(What *what) {
  if (what->amount || !sentence_is_days(what->sentence->kpi)) return;
  for (guint i = 0; i < what->sentence->pieces->len; i++) {
    SentencePiece *piece = &g_array_index(what->sentence->pieces, SentencePiece, i);
    if (piece->row->says != SAYS_LENGTH) continue;
    static const AmountUnit units[] = {AMOUNT_DAYS, AMOUNT_WEEKS, AMOUNT_MONTHS, AMOUNT_MONTHS, AMOUNT_YEARS};
    SentenceAmount *amount = &piece->bound.amounts[0];
    *amount = (SentenceAmount){.unit = units[MIN(piece->bound.grain, CALENDAR_YEAR)]};
    int count = piece->bound.grain == CALENDAR_QUARTER ? 3 * piece->bound.count : piece->bound.count;
    g_snprintf(amount->digits, sizeof amount->digits, "%d", count);
    piece->bound.n_amounts = 1;
    piece->row = sentence_token_is(what->sentence, piece->from, "over") ? &above_row : &below_row;
    what->amount = piece;
    what->role = piece->row->role;
    return;
  }
}

/* Meetings are held, and not kept at a number. */
static gboolean is_holding(const What *what, const SentencePiece *piece) {
  return sentence_is_of(what->sentence->kpi, KPI_COUNT, NULL) &&
         (sentence_token_is(what->sentence, piece->from, "hold") ||
          sentence_token_is(what->sentence, piece->from, "holding"));
}

/* Verbs that move something somewhere: what follows is where to. */
static gboolean is_lifting(const What *what, const SentencePiece *piece) {
  static const char *const verbs[] = {"get", "bring", "take", "come"};
  for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
    if (sentence_token_is(what->sentence, piece->from, verbs[i])) return TRUE;
  return FALSE;
}

void sentence_collect(What *what) {
  for (guint i = 0; i < what->sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(what->sentence->pieces, SentencePiece, i);
    Says says = piece->row->says;
    if (says == SAYS_UP && !what->up) what->up = piece;
    if (says == SAYS_DOWN && !what->down) what->down = piece;
    if (says == SAYS_BETTER && !what->better) what->better = piece;
    if (says == SAYS_KEEP && !what->keep && !is_holding(what, piece)) what->keep = piece;
    if (says == SAYS_NOT && !what->no) what->no = piece;
    if (says == SAYS_REACH && !what->reach) what->reach = piece;
    if (says == SAYS_REACH && is_lifting(what, piece)) what->lifts = TRUE;
    if (says == SAYS_VAGUE_AMOUNT && !what->vague) what->vague = piece;
    if (piece->row->role == ROLE_NONE || (says != SAYS_AMOUNT && says != SAYS_KPI)) continue;
    if (!what->amount)
      what->amount = piece;
    else if (!what->second)
      what->second = piece;
  }
  if (what->amount) what->role = what->amount->row->role;
  length_as_amount(what);
}

/* At least this and at most that are a band; else there is one amount. */
gboolean sentence_join_amounts(What *what, SentenceAmount amounts[2]) {
  const SentencePiece *first = what->amount, *second = what->second;
  amounts[0] = first->bound.n_amounts > 0 ? first->bound.amounts[0] : (SentenceAmount){0};
  amounts[1] = first->bound.n_amounts > 1 ? first->bound.amounts[1] : (SentenceAmount){0};
  if (!second) return TRUE;
  gboolean band = (first->row->role == ROLE_ABOVE && second->row->role == ROLE_BELOW) ||
                  (first->row->role == ROLE_BELOW && second->row->role == ROLE_ABOVE);
  if (!band) {
    g_autofree char *one = sentence_what_words(what, first), *two = sentence_what_words(what, second);
    sentence_fail(what->sentence, BASE_ERROR_INPUT,
                  "two amounts: '%s' and '%s'; keep one, or write one target for each", one, two);
    return FALSE;
  }
  gboolean low_first = first->row->role == ROLE_ABOVE;
  amounts[0] = (low_first ? first : second)->bound.amounts[0];
  amounts[1] = (low_first ? second : first)->bound.amounts[0];
  what->role = ROLE_BETWEEN;
  return TRUE;
}

/* --- direction --- */

Way sentence_better_way(const KpiDefinition *kpi) {
  if (!kpi || kpi->better == KPI_NEUTRAL) return NO_WAY;
  return kpi->better == KPI_HIGHER ? UPWARDS : DOWNWARDS;
}

Way sentence_way_of(const What *what) {
  if (what->no) return NO_WAY;
  if (what->up && what->down) return NO_WAY;
  if (what->up) return UPWARDS;
  if (what->down) return DOWNWARDS;
  return what->better ? sentence_better_way(what->sentence->kpi) : NO_WAY;
}

/* "40 days or better", "no worse than 40 days": which side of it that is depends on the KPI. */
void sentence_turn_quality(What *what) {
  if (!what->amount || sentence_better_way(what->sentence->kpi) != DOWNWARDS) return;
  if (what->role != ROLE_ABOVE && what->role != ROLE_BELOW) return;
  for (guint i = what->amount->from; i < what->amount->to; i++)
    if (sentence_token_is(what->sentence, i, "better") || sentence_token_is(what->sentence, i, "worse")) {
      what->role = what->role == ROLE_ABOVE ? ROLE_BELOW : ROLE_ABOVE;
      return;
    }
}

gboolean sentence_check_ways(What *what) {
  Sentence *sentence = what->sentence;
  Way said = what->no ? NO_WAY : what->up ? UPWARDS : what->down ? DOWNWARDS : NO_WAY;
  const SentencePiece *verb = what->up ? what->up : what->down;
  AmountRole role = what->role;
  if (what->up && what->down && sentence->kpi && !what->no) {
    g_autofree char *one = sentence_what_words(what, what->up), *two = sentence_what_words(what, what->down);
    sentence_fail(sentence, BASE_ERROR_INPUT, "'%s' and '%s' contradict each other; keep one of them", one, two);
  } else if ((said == UPWARDS && (role == ROLE_BELOW || role == ROLE_LESS || role == ROLE_HALVE)) ||
             (said == DOWNWARDS &&
              (role == ROLE_ABOVE || role == ROLE_MORE || role == ROLE_DOUBLE || role == ROLE_TRIPLE))) {
    g_autofree char *one = sentence_what_words(what, verb), *two = sentence_what_words(what, what->amount);
    sentence_fail(sentence, BASE_ERROR_INPUT, "'%s' and '%s' contradict each other; change one of them", one, two);
  }
  return sentence->error == NULL;
}
