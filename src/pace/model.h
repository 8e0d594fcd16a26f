/* How periods finish from a position in them: pure arithmetic over what there was in past ones.
 *
 * Of each member and past window: what there was at the position (x), and what came of it (y): the rest that came after
 * it for KPIs that add up, the value at the end for those that stand by themselves. Amounts are taken by their roots,
 * on which scale the spread of sums of chance events does not grow with their size (Anscombe 1948). Then
 *
 *   foretold y = level of y + b (x - level of x)        level: the member's own mean of earlier windows, the recent
 * ones counting more, drawn to their peers' by Bühlmann's credibility error      = y - foretold y, of each past window
 * foretold only from windows before it
 *
 * b and how fast old windows are forgotten are those which would have foretold the past best. What is now foretold is
 * the same formula, and its uncertainty the errors made in the past: the member's own, and their peers' with the weight
 * of at most eight windows, smoothed by a kernel. So a method that is off is not sure of itself. */
#pragma once

#include "base/day.h"

typedef enum { PACE_ADDS_UP, PACE_STANDS } PaceKind;

typedef struct {
  gboolean has;    /* the member was there and the window has an end value */
  gboolean has_at; /* there was a value at the position: always of what adds up */
  double at;       /* at the position */
  double outcome;  /* ADDS_UP: what came after it; STANDS: the value at the window's end */
} PacePast;

typedef struct PaceModel PaceModel;

/* `past` is n_members rows of n_windows, the oldest first; it is copied. `is_whole`: values are whole numbers, so that
 * chances are of reaching the number and not of what is just below it. */
PaceModel *pace_model_new(PaceKind kind, gboolean is_whole, const PacePast *past, guint n_members, guint n_windows);
void pace_model_free(PaceModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PaceModel, pace_model_free)

/* What a member's running window comes to. Belongs to the model. */
typedef struct {
  const PaceModel *model;
  guint member;
  double at;            /* what there is now */
  double centre;        /* foretold, on the scale of the errors */
  guint n_own, n_peers; /* errors it rests on */
  double weight_of_peers, weight;
} PaceFinish;

/* FALSE: fewer than four past windows of the member and their peers tell of it. `has_at` as in PacePast. */
gboolean pace_model_finish(const PaceModel *model, guint member, gboolean has_at, double at, PaceFinish *finish);
/* That the value at the end is `amount` or more; `amount` or less. */
double pace_finish_at_least(const PaceFinish *finish, double amount);
double pace_finish_at_most(const PaceFinish *finish, double amount);
/* The value at the end below which it stays with probability p, 0 < p < 1. */
double pace_finish_quantile(const PaceFinish *finish, double p);
