/* The rows of silence, forecast_state and close_date_move that follow from one deal's changes and touches. The same
 * rules are in tests/unit/store/plain as one SELECT each. */
#include "store/derived_rows.h"

/* --- silence: the spans in which nothing was done on a deal --- */

typedef struct {
  gint32 deal;
  DerivedMoment since, ended;
} Silence;

static void add_silence(DerivedMaker *maker, gint32 number, const DerivedDeal *deal, DerivedMoment since,
                        DerivedMoment next) {
  if (deal->end.at != DERIVED_NO_INSTANT && since.at >= deal->end.at) return;
  Silence row = {.deal = number, .since = since, .ended = derived_earlier(next, deal->end)};
  g_array_append_val(maker->rows, row);
}

/* From the creation or a done activity to the next activity or the close. Two touches at the same moment leave no span
 * between them. An activity that is planned and not done ends no silence; until when something is planned is told
 * beside it. */
static void make_silences(DerivedMaker *maker, gint32 number) {
  const DerivedDeal *deal = &g_array_index(maker->facts->deals, DerivedDeal, number);
  DerivedMoment since = deal->created;
  if (since.at == DERIVED_NO_INSTANT) return;
  const DerivedTouch *touch;
  for (gint32 t = deal->touch; t >= 0; t = touch->next) {
    touch = &g_array_index(maker->facts->touches, DerivedTouch, t);
    if (touch->when.at < since.at) continue;
    if (touch->when.at > since.at) add_silence(maker, number, deal, since, touch->when);
    since = touch->when;
  }
  add_silence(maker, number, deal, since, DERIVED_NEVER);
}

static const DerivedColumn silence_columns[] = {
    DERIVED_DEAL_COLUMNS,
    DERIVED_OF_DEAL("currency", WORD, currency),
    DERIVED_OF_DEAL("stage", WORD, stage),
    DERIVED_OF_DEAL("amount", WHOLE, amount),
    DERIVED_OF_DEAL("planned_until", INSTANT, planned_until.at),
    DERIVED_OF_DEAL("planned_until_day", DAY, planned_until.day),
    DERIVED_OWN_MOMENT(Silence, "since", since),
    DERIVED_OWN_MOMENT(Silence, "ended_at", ended),
};

const DerivedForm derived_silence_form = {.table = "silence",
                                          .columns = silence_columns,
                                          .n_columns = G_N_ELEMENTS(silence_columns),
                                          .row_size = sizeof(Silence),
                                          .make = make_silences};

/* --- forecast_state: what was believed of a deal, and from when until when --- */

typedef struct {
  gint32 deal;
  DerivedWord currency, stage, forecast_category;
  DerivedMoment known, superseded, expected_close;
  gint64 amount;
  guint64 probability;
  guint8 first;
} Belief;

/* A deal of which no change is told: one belief from its creation to its close, of no length when it was opened and
 * closed at once. */
static void make_only_belief(DerivedMaker *maker, gint32 number, const DerivedDeal *deal) {
  if (deal->created.at == DERIVED_NO_INSTANT) return;
  Belief row = {.deal = number,
                .currency = deal->currency,
                .stage = deal->stage,
                .forecast_category = deal->forecast_category,
                .known = deal->created,
                .superseded = derived_later(deal->end, deal->created),
                .expected_close = deal->expected_close,
                .amount = deal->amount,
                .probability = deal->probability,
                .first = 1};
  if (deal->end.at == DERIVED_NO_INSTANT) row.superseded.at = DERIVED_NO_INSTANT;
  if (deal->end.day == DERIVED_NO_DAY) row.superseded.day = DERIVED_NO_DAY;
  g_array_append_val(maker->rows, row);
}

/* What no change ever tells is taken from the deal as it is now, and the rest is not known before it is told. */
static Belief begin_beliefs(const DerivedFacts *facts, gint32 number, const DerivedDeal *deal, gint64 *first_at) {
  Belief belief = {.deal = number,
                   .currency = deal->currency,
                   .stage = deal->stage,
                   .forecast_category = deal->forecast_category,
                   .expected_close = deal->expected_close,
                   .amount = deal->amount,
                   .probability = deal->probability};
  *first_at = DERIVED_NO_INSTANT;
  const DerivedChange *change;
  for (gint32 c = deal->change; c >= 0; c = change->next) {
    change = &g_array_index(facts->changes, DerivedChange, c);
    if (*first_at == DERIVED_NO_INSTANT) *first_at = change->when.at;
    if (change->stage >= 0) belief.stage = -1;
    if (change->forecast_category >= 0) belief.forecast_category = -1;
    if (change->expected_close.at != DERIVED_NO_INSTANT) belief.expected_close = DERIVED_NEVER;
    if (change->probability != DERIVED_NO_NUMBER) belief.probability = DERIVED_NO_NUMBER;
    if (change->amount == DERIVED_NO_INSTANT) continue;
    belief.amount = DERIVED_NO_INSTANT;
    belief.currency = -1;
  }
  return belief;
}

/* What a change does not tell stays as it was. */
static void learn(Belief *belief, const DerivedChange *change) {
  if (change->stage >= 0) belief->stage = change->stage;
  if (change->forecast_category >= 0) belief->forecast_category = change->forecast_category;
  if (change->probability != DERIVED_NO_NUMBER) belief->probability = change->probability;
  if (change->expected_close.at != DERIVED_NO_INSTANT) belief->expected_close = change->expected_close;
  if (change->amount == DERIVED_NO_INSTANT) return;
  belief->amount = change->amount;
  if (change->currency >= 0) belief->currency = change->currency;
}

static gint64 earlier_instant(gint64 a, gint64 b) {
  return derived_earlier((DerivedMoment){a, 0}, (DerivedMoment){b, 0}).at;
}

/* Each change begins a belief, which ends with the next change or with the close. Of several changes at one moment only
 * the last begins one, so one row of a deal is its first, even when it was closed on the spot. */
static void make_beliefs(DerivedMaker *maker, gint32 number) {
  const DerivedDeal *deal = &g_array_index(maker->facts->deals, DerivedDeal, number);
  if (deal->change < 0) {
    make_only_belief(maker, number, deal);
    return;
  }
  gint64 first_at, end_at = deal->end.at;
  Belief row = begin_beliefs(maker->facts, number, deal, &first_at);
  gint64 first_known = earlier_instant(first_at, end_at);
  const DerivedChange *change;
  for (gint32 c = deal->change; c >= 0; c = change->next) {
    change = &g_array_index(maker->facts->changes, DerivedChange, c);
    learn(&row, change);
    DerivedMoment next =
        change->next >= 0 ? g_array_index(maker->facts->changes, DerivedChange, change->next).when : DERIVED_NEVER;
    row.known = derived_earlier(change->when, deal->end);
    row.superseded = derived_earlier(next, deal->end);
    row.first =
        row.known.at == DERIVED_NO_INSTANT || first_known == DERIVED_NO_INSTANT ? 2 : row.known.at == first_known;
    gboolean is_closed_at_once = next.at == DERIVED_NO_INSTANT && first_at != DERIVED_NO_INSTANT &&
                                 end_at != DERIVED_NO_INSTANT && first_at >= end_at;
    gboolean lasts = row.known.at != DERIVED_NO_INSTANT && row.superseded.at > row.known.at;
    if (row.superseded.at == DERIVED_NO_INSTANT || lasts || is_closed_at_once) g_array_append_val(maker->rows, row);
  }
}

static const DerivedColumn belief_columns[] = {
    DERIVED_DEAL_COLUMNS,
    DERIVED_OWN(Belief, "currency", WORD, currency),
    DERIVED_OWN(Belief, "first", FLAG, first),
    DERIVED_OWN_MOMENT(Belief, "known_at", known),
    DERIVED_OWN_MOMENT(Belief, "superseded_at", superseded),
    DERIVED_OWN(Belief, "stage", WORD, stage),
    DERIVED_OWN(Belief, "amount", WHOLE, amount),
    DERIVED_OWN(Belief, "probability", SHARE, probability),
    DERIVED_OWN_MOMENT(Belief, "expected_close", expected_close),
    DERIVED_OWN(Belief, "forecast_category", WORD, forecast_category),
};

const DerivedForm derived_belief_form = {.table = "forecast_state",
                                         .columns = belief_columns,
                                         .n_columns = G_N_ELEMENTS(belief_columns),
                                         .row_size = sizeof(Belief),
                                         .make = make_beliefs};

/* --- close_date_move: each change of the expected close to another day, up to the day of the close --- */

typedef struct {
  gint32 deal;
  DerivedWord kind;
  DerivedMoment when, from, to;
} Move;

static gboolean is_after_end(const DerivedDeal *deal, const DerivedChange *change) {
  if (deal->end.at == DERIVED_NO_INSTANT) return FALSE;
  return change->when.day == DERIVED_NO_DAY || deal->end.day == DERIVED_NO_DAY || change->when.day > deal->end.day;
}

static void make_moves(DerivedMaker *maker, gint32 number) {
  const DerivedDeal *deal = &g_array_index(maker->facts->deals, DerivedDeal, number);
  DerivedMoment before = DERIVED_NEVER;
  const DerivedChange *change;
  for (gint32 c = deal->change; c >= 0; c = change->next) {
    change = &g_array_index(maker->facts->changes, DerivedChange, c);
    DerivedMoment now = change->expected_close;
    if (now.at == DERIVED_NO_INSTANT) continue;
    if (before.day != DERIVED_NO_DAY && now.day != DERIVED_NO_DAY && now.day != before.day &&
        !is_after_end(deal, change)) {
      Move row = {.deal = number,
                  .kind = now.day > before.day ? maker->facts->pushed : maker->facts->pulled_in,
                  .when = change->when,
                  .from = before,
                  .to = now};
      g_array_append_val(maker->rows, row);
    }
    before = now;
  }
}

static const DerivedColumn move_columns[] = {
    DERIVED_DEAL_COLUMNS,
    DERIVED_OWN_MOMENT(Move, "at", when),
    DERIVED_OWN_MOMENT(Move, "moved_from", from),
    DERIVED_OWN_MOMENT(Move, "moved_to", to),
    DERIVED_OWN(Move, "kind", WORD, kind),
};

const DerivedForm derived_move_form = {.table = "close_date_move",
                                       .columns = move_columns,
                                       .n_columns = G_N_ELEMENTS(move_columns),
                                       .row_size = sizeof(Move),
                                       .make = make_moves};

/* --- the changes whose order is still to be found --- */

typedef struct {
  gint32 deal;
  guint64 key;
} Tied;

static void make_tied(DerivedMaker *maker, gint32 number) {
  const DerivedDeal *deal = &g_array_index(maker->facts->deals, DerivedDeal, number);
  const DerivedChange *change;
  for (gint32 c = deal->change; c >= 0; c = change->next) {
    change = &g_array_index(maker->facts->changes, DerivedChange, c);
    Tied row = {.deal = number, .key = change->key};
    if (change->rank < 0) g_array_append_val(maker->rows, row);
  }
}

static const DerivedColumn tied_columns[] = {DERIVED_OWN(Tied, "key", KEY, key)};

const DerivedForm derived_tied_form = {.table = NULL,
                                       .columns = tied_columns,
                                       .n_columns = G_N_ELEMENTS(tied_columns),
                                       .row_size = sizeof(Tied),
                                       .make = make_tied};
