/* The rows of stage_stay that follow from one deal's changes: one for each open stage that it was in or jumped over.
 *
 *   stage_change, in order of time   Qualify ── Propose ── Qualify ── Close ── won
 *   position                            1          2          1          3     won
 *   each rise passes                      1 ►               1, 2 ►   3 ►
 *
 * A step up from one position to a higher one passes every stage of the pipeline from the first to below the second,
 * whether the deal was ever in it or not (skipped); the first step of a deal passes all below it. A stage counts as
 * passed at the first time that this happens. Winning is above all stages. A stage that nobody put in order (not in the
 * `stage` table) is passed only by winning. See docs/ledger.md for deals without history. */
#include "store/derived_rows.h"

typedef struct {
  DerivedMoment when;
  gint32 rung, ladder;
  DerivedWord unplaced; /* the name of a stage that is on no ladder, where it is not the close */
  gint64 position;
  gboolean is_open;
} Step;

typedef struct {
  gint32 rung;
  DerivedWord unplaced;
  gint32 n_visits;
  gboolean is_visited, is_passed;
  DerivedMoment entered, left, passed;
} Stay;

typedef struct {
  gint32 deal;
  DerivedWord pipeline, stage;
  gint64 position;
  DerivedMoment entered, left, passed;
  guint8 skipped, returned;
} Row;

const gsize derived_step_size = sizeof(Step), derived_stay_size = sizeof(Stay);

/* --- steps --- */

static void add_step(DerivedMaker *maker, DerivedMoment when, gint32 rung_number, DerivedWord unplaced,
                     gboolean is_at_close) {
  if (rung_number < 0 && unplaced < 0) return;
  const DerivedRung *rung = store_derived_rung(maker->facts->ladders, rung_number);
  Step step = {.when = when,
               .rung = rung_number,
               .ladder = rung ? rung->ladder : -1,
               .unplaced = rung ? -1 : unplaced,
               .position = rung ? rung->height : DERIVED_NO_INSTANT,
               .is_open = rung ? rung->is_open : !is_at_close};
  g_array_append_val(maker->steps, step);
}

/* A deal of which nothing is told began in the stage it is in, and once it is closed, in the first one. */
static void assume_step(DerivedMaker *maker, const DerivedDeal *deal) {
  DerivedMoment when = {.at = deal->created.at != DERIVED_NO_INSTANT ? deal->created.at : deal->end.at,
                        .day = deal->created.day != DERIVED_NO_DAY ? deal->created.day : deal->end.day};
  if (when.at == DERIVED_NO_INSTANT) return;
  const DerivedRung *own = store_derived_rung(maker->facts->ladders, deal->rung);
  const DerivedLadder *ladder = store_derived_ladder(maker->facts->ladders, deal->ladder);
  gboolean has_ended = deal->end.at != DERIVED_NO_INSTANT;
  gint32 rung = !has_ended || (own && own->is_open) ? deal->rung : ladder ? ladder->first : -1;
  add_step(maker, when, rung, has_ended || own ? -1 : deal->stage, FALSE);
}

/* What is told of the deal up to the day of its close, or else assumed; and its close. */
static void find_steps(DerivedMaker *maker, const DerivedDeal *deal) {
  g_array_set_size(maker->steps, 0);
  gboolean is_told = FALSE, has_ended = deal->end.at != DERIVED_NO_INSTANT;
  const DerivedChange *change;
  for (gint32 c = deal->change; c >= 0; c = change->next) {
    change = &g_array_index(maker->facts->changes, DerivedChange, c);
    if (change->stage < 0) continue;
    is_told = TRUE;
    if (deal->end.day != DERIVED_NO_DAY && (change->when.day == DERIVED_NO_DAY || change->when.day > deal->end.day))
      continue;
    gboolean is_at_close = has_ended && change->when.at != DERIVED_NO_INSTANT && change->when.at >= deal->end.at;
    add_step(maker, derived_earlier(change->when, deal->end), change->rung, change->stage, is_at_close);
  }
  if (!is_told) assume_step(maker, deal);
  if (!has_ended) return;
  Step close = {.when = deal->end,
                .rung = -1,
                .ladder = deal->ladder,
                .unplaced = -1,
                .position = deal->is_won ? DERIVED_TOP : DERIVED_NO_INSTANT};
  g_array_append_val(maker->steps, close);
}

/* --- stays --- */

static Stay *stay_in(DerivedMaker *maker, gint32 rung, DerivedWord unplaced) {
  for (guint i = 0; i < maker->stays->len; i++) {
    Stay *stay = &g_array_index(maker->stays, Stay, i);
    if (stay->rung == rung && stay->unplaced == unplaced) return stay;
  }
  Stay stay = {
      .rung = rung, .unplaced = unplaced, .entered = DERIVED_NEVER, .left = DERIVED_NEVER, .passed = DERIVED_NEVER};
  g_array_append_val(maker->stays, stay);
  return &g_array_index(maker->stays, Stay, maker->stays->len - 1);
}

/* Both in the same open stage, or both in none. */
static gboolean is_same_stage(const Step *a, const Step *b) {
  gboolean a_open = a && a->is_open, b_open = b && b->is_open;
  if (!a_open || !b_open) return a_open == b_open;
  return a->rung == b->rung && a->unplaced == b->unplaced;
}

static void visit(DerivedMaker *maker, const Step *before, const Step *step, const Step *after) {
  if (!step->is_open) return;
  Stay *stay = stay_in(maker, step->rung, step->unplaced);
  stay->is_visited = TRUE;
  stay->entered = derived_earlier(stay->entered, step->when);
  if (!is_same_stage(before, step)) stay->n_visits++;
  if (after && !is_same_stage(step, after)) stay->left = derived_earlier(stay->left, after->when);
}

static void pass(DerivedMaker *maker, const Step *before, const Step *step) {
  gint64 from = before ? before->position : DERIVED_NO_INSTANT;
  const DerivedLadder *ladder = store_derived_ladder(maker->facts->ladders, step->ladder);
  if (!ladder || step->position == DERIVED_NO_INSTANT) return;
  if (step->position <= (from == DERIVED_NO_INSTANT ? -DERIVED_TOP : from)) return;
  for (guint i = 0; i < ladder->open->len; i++) {
    gint32 number = g_array_index(ladder->open, gint32, i);
    gint64 position = store_derived_rung(maker->facts->ladders, number)->position;
    if (position >= step->position || position < from) continue;
    Stay *stay = stay_in(maker, number, -1);
    stay->is_passed = TRUE;
    stay->passed = derived_earlier(stay->passed, step->when);
  }
}

/* A stage that the deal jumped over was entered, left and passed at one moment. */
static void add_row(DerivedMaker *maker, gint32 number, const DerivedDeal *deal, const Stay *stay) {
  const DerivedRung *rung = store_derived_rung(maker->facts->ladders, stay->rung);
  gboolean is_ordered = rung && rung->named_position != DERIVED_NO_INSTANT;
  Row row = {.deal = number,
             .pipeline = deal->pipeline >= 0 || !rung ? deal->pipeline : rung->pipeline,
             .stage = rung && rung->name >= 0 ? rung->name : stay->unplaced,
             .position = rung ? rung->named_position : DERIVED_NO_INSTANT,
             .entered = stay->entered,
             .left = stay->is_visited ? stay->left : stay->passed,
             .passed = stay->is_passed               ? derived_later(stay->passed, stay->entered)
                       : !is_ordered && deal->is_won ? deal->end
                                                     : DERIVED_NEVER,
             .skipped = !stay->is_visited,
             .returned = stay->n_visits > 1};
  if (row.entered.at == DERIVED_NO_INSTANT) row.entered.at = stay->passed.at;
  if (row.entered.day == DERIVED_NO_DAY) row.entered.day = stay->passed.day;
  g_array_append_val(maker->rows, row);
}

static void make_stays(DerivedMaker *maker, gint32 number) {
  const DerivedDeal *deal = &g_array_index(maker->facts->deals, DerivedDeal, number);
  find_steps(maker, deal);
  g_array_set_size(maker->stays, 0);
  const Step *steps = (const Step *)(const void *)maker->steps->data;
  for (guint i = 0; i < maker->steps->len; i++) {
    const Step *before = i > 0 ? &steps[i - 1] : NULL;
    visit(maker, before, &steps[i], i + 1 < maker->steps->len ? &steps[i + 1] : NULL);
    pass(maker, before, &steps[i]);
  }
  for (guint i = 0; i < maker->stays->len; i++) add_row(maker, number, deal, &g_array_index(maker->stays, Stay, i));
}

static const DerivedColumn columns[] = {
    DERIVED_DEAL_COLUMNS,
    DERIVED_OWN(Row, "pipeline", WORD, pipeline),
    DERIVED_OWN(Row, "stage", WORD, stage),
    DERIVED_OWN(Row, "position", WHOLE, position),
    DERIVED_OWN_MOMENT(Row, "entered_at", entered),
    DERIVED_OWN_MOMENT(Row, "left_at", left),
    DERIVED_OWN_MOMENT(Row, "passed_at", passed),
    DERIVED_OWN(Row, "skipped", FLAG, skipped),
    DERIVED_OWN(Row, "returned", FLAG, returned),
};

const DerivedForm derived_stay_form = {.table = "stage_stay",
                                       .columns = columns,
                                       .n_columns = G_N_ELEMENTS(columns),
                                       .row_size = sizeof(Row),
                                       .make = make_stays};
