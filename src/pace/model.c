/* How periods finish from a position in them. */
#include "pace/model.h"

#include <math.h>

#define ERRORS_AT_LEAST  4
#define PEERS_WEIGHT     8.0 /* windows that peers' errors count for at most */
#define GUESS_WEIGHT     1.0 /* and that of a guess without any: nothing is ever certain */
#define SLOPE_WINDOWS    5.0 /* by which the slope is drawn to that of no knowledge */
#define MOST_CREDIBILITY 50.0
#define MOST_AWAY        2.5 /* times what is usual: of what was never seen the slope knows nothing */
#define N_GRID           256

struct PaceModel {
  PaceKind kind;
  gboolean is_whole;
  gboolean may_fall; /* what comes later may be below 0: returns, credit notes */
  guint n_members, n_windows;
  double *at, *outcome;     /* n_members × n_windows on the errors' scale; NaN: none */
  double *level_at, *level; /* n_members × (n_windows + 1); NaN: none */
  double *errors;           /* n_members × n_windows; NaN: none */
  guint *n_errors;          /* of each member */
  guint n_all;
  double slope;
  double usual_away;        /* root mean square of how far what there is at the position was from its level */
  double spread, bandwidth; /* standard deviation of the errors, of the kernel */
  double low, step;         /* the grid of `below` */
  double below[N_GRID];     /* the share of all errors below, smoothed */
};

/* --- scale --- */

static double root(double value) {
  return copysign(sqrt(fabs(value)), value);
}

static double scaled(PaceKind kind, double value) {
  return kind == PACE_ADDS_UP ? root(value) : value;
}

/* --- levels --- */

/* Bühlmann 1967: by how many windows of one's own the peers' mean is outweighed: the variance within members over that
 * between them. */
static double credibility_constant(const double *values, guint n_members, guint n_windows) {
  double within = 0, mean = 0, between = 0, windows = 0;
  guint degrees = 0, members = 0;
  g_autofree double *means = g_new(double, n_members);
  for (guint m = 0; m < n_members; m++) {
    double sum = 0, squares = 0;
    guint n = 0;
    for (guint w = 0; w < n_windows; w++) {
      double value = values[m * n_windows + w];
      if (isnan(value)) continue;
      sum += value;
      squares += value * value;
      n++;
    }
    if (n < 2) continue;
    within += MAX(squares - sum * sum / n, 0);
    degrees += n - 1;
    windows += n;
    means[members++] = sum / n;
    mean += sum / n;
  }
  if (members < 2) return 0;
  within /= degrees;
  mean /= members;
  for (guint m = 0; m < members; m++) between += (means[m] - mean) * (means[m] - mean);
  between = between / (members - 1) - within / (windows / members);
  return between > within / MOST_CREDIBILITY ? within / between : MOST_CREDIBILITY;
}

/* The level of each member before each window: of the windows before it, each counting `keep` times the one after it,
 * drawn to the mean of all members over the same windows. */
static void fill_levels(const double *values, guint n_members, guint n_windows, double keep, double *levels) {
  double constant = credibility_constant(values, n_members, n_windows), peers_sum = 0, peers_weight = 0;
  g_autofree double *sums = g_new0(double, n_members), *weights = g_new0(double, n_members);
  for (guint w = 0; w <= n_windows; w++) {
    double peers = peers_weight > 0 ? peers_sum / peers_weight : NAN;
    double sum = 0;
    guint n = 0;
    for (guint m = 0; m < n_members; m++) {
      double drawn = n_members > 1 && !isnan(peers) ? constant : 0;
      double of_all = weights[m] + drawn;
      levels[m * (n_windows + 1) + w] = of_all > 0 ? (sums[m] + (drawn > 0 ? drawn * peers : 0)) / of_all : peers;
      double value = w < n_windows ? values[m * n_windows + w] : NAN;
      sums[m] *= keep;
      weights[m] *= keep;
      if (isnan(value)) continue;
      sums[m] += value;
      weights[m] += 1;
      sum += value;
      n++;
    }
    peers_sum = peers_sum * keep + (n > 0 ? sum / n : 0);
    peers_weight = peers_weight * keep + (n > 0 ? 1 : 0);
  }
}

/* --- errors --- */

/* Within members: of who has no window before, all that is away from the peers' level is who they are. */
static double slope_of(PaceModel *model) {
  double uv = 0, uu = 0;
  guint n = 0;
  for (guint m = 0; m < model->n_members; m++) {
    gboolean has_past = FALSE;
    for (guint w = 0; w < model->n_windows; w++) {
      gsize at = (gsize)m * model->n_windows + w, level = (gsize)m * (model->n_windows + 1) + w;
      double u = model->at[at] - model->level_at[level], v = model->outcome[at] - model->level[level];
      gboolean counts = has_past && !isnan(u) && !isnan(v);
      has_past |= !isnan(model->outcome[at]);
      if (!counts) continue;
      uv += u * v;
      uu += u * u;
      n++;
    }
  }
  double unknown = model->kind == PACE_STANDS ? 1 : 0;
  model->usual_away = n > 0 ? sqrt(uu / n) : 0;
  if (n == 0 || !(uu > 0)) return unknown;
  double prior = SLOPE_WINDOWS * uu / n;
  return CLAMP((uv + unknown * prior) / (uu + prior), model->kind == PACE_STANDS ? 0 : -1, 1.5);
}

static double foretold(const PaceModel *model, guint member, guint window, double at) {
  gsize level = (gsize)member * (model->n_windows + 1) + window;
  double away = at - model->level_at[level], most = MOST_AWAY * model->usual_away;
  if (model->kind == PACE_ADDS_UP) away = CLAMP(away, -most, most);
  return model->level[level] + (isnan(away) ? 0 : model->slope * away);
}

/* With how much of older windows is kept: the mean of the squared errors, NaN without any. */
static double fit(PaceModel *model, double keep) {
  fill_levels(model->at, model->n_members, model->n_windows, keep, model->level_at);
  fill_levels(model->outcome, model->n_members, model->n_windows, keep, model->level);
  model->slope = slope_of(model);
  double squares = 0;
  model->n_all = 0;
  for (guint m = 0; m < model->n_members; m++) {
    model->n_errors[m] = 0;
    for (guint w = 0; w < model->n_windows; w++) {
      gsize at = (gsize)m * model->n_windows + w;
      double error = model->errors[at] = model->outcome[at] - foretold(model, m, w, model->at[at]);
      if (isnan(error)) continue;
      squares += error * error;
      model->n_errors[m]++;
      model->n_all++;
    }
  }
  return model->n_all > 0 ? squares / model->n_all : NAN;
}

static void fit_best(PaceModel *model) {
  static const double keeps[] = {1, 0.85, 0.7, 0.5};
  double best = keeps[0], least = INFINITY;
  for (guint i = 0; i < G_N_ELEMENTS(keeps); i++) {
    double squares = fit(model, keeps[i]);
    if (!(squares < least)) continue;
    least = squares;
    best = keeps[i];
  }
  fit(model, best);
}

/* --- the kernel --- */

/* The share of Epanechnikov's kernel (of standard deviation 1) that lies below `z`. */
static inline double kernel_below(double z) {
  const double reach = 2.2360679774997896964; /* the root of 5 */
  double u = z / reach;
  if (u <= -1) return 0;
  if (u >= 1) return 1;
  return 0.5 + 0.75 * (u - u * u * u / 3);
}

/* Where nothing is known: Student's t of two degrees of freedom, whose tails are long and whose curve is plain. */
static inline double guess_below(double z, double scale) {
  double t = z / scale;
  return 0.5 + t / (2 * sqrt(2 + t * t));
}

static void fill_below(PaceModel *model) {
  double low = INFINITY, high = -INFINITY;
  gsize n = (gsize)model->n_members * model->n_windows;
  for (gsize i = 0; i < n; i++) {
    if (isnan(model->errors[i])) continue;
    low = MIN(low, model->errors[i]);
    high = MAX(high, model->errors[i]);
  }
  model->low = low - 2.5 * model->bandwidth;
  model->step = (high + 2.5 * model->bandwidth - model->low) / (N_GRID - 1);
  /* By how many errors each grid point passes: those far below wholly, those near by the kernel. */
  for (gsize i = 0; i < n; i++) {
    if (isnan(model->errors[i])) continue;
    double from = (model->errors[i] - 2.5 * model->bandwidth - model->low) / model->step;
    double to = (model->errors[i] + 2.5 * model->bandwidth - model->low) / model->step;
    guint first = (guint)CLAMP(floor(from), 0, N_GRID - 1), last = (guint)CLAMP(ceil(to), 0, N_GRID - 1);
    double before = 0;
    for (guint g = first; g <= last; g++) {
      double share = g == last ? 1 : kernel_below((model->low + g * model->step - model->errors[i]) / model->bandwidth);
      model->below[g] += share - before;
      before = share;
    }
  }
  for (guint g = 1; g < N_GRID; g++) model->below[g] += model->below[g - 1];
  for (guint g = 0; g < N_GRID; g++) model->below[g] /= model->n_all;
}

/* A smoothed sample is as wide as the sample itself: errors are drawn to their mean by what the kernel adds (Silverman
 * & Young 1987). */
static void smooth(PaceModel *model) {
  gsize n = (gsize)model->n_members * model->n_windows;
  double mean = 0, squares = 0;
  for (gsize i = 0; i < n; i++)
    if (!isnan(model->errors[i])) mean += model->errors[i] / model->n_all;
  for (gsize i = 0; i < n; i++)
    if (!isnan(model->errors[i])) squares += (model->errors[i] - mean) * (model->errors[i] - mean);
  model->spread = sqrt(squares / MAX(model->n_all - 1, 1));
  if (!(model->spread > 0)) model->spread = 1e-9;
  double ratio = 0.9 * pow(model->n_all, -0.2); /* Silverman 1986, eq. (3.31) */
  model->bandwidth = ratio * model->spread;
  for (gsize i = 0; i < n; i++) model->errors[i] = mean + (model->errors[i] - mean) / sqrt(1 + ratio * ratio);
  fill_below(model);
}

/* --- making --- */

PaceModel *pace_model_new(PaceKind kind, gboolean is_whole, const PacePast *past, guint n_members, guint n_windows) {
  PaceModel *model = g_new0(PaceModel, 1);
  gsize n = (gsize)n_members * n_windows, n_levels = (gsize)n_members * (n_windows + 1);
  model->kind = kind;
  model->is_whole = is_whole;
  model->n_members = n_members;
  model->n_windows = n_windows;
  model->at = g_new(double, n);
  model->outcome = g_new(double, n);
  model->errors = g_new(double, n);
  model->level_at = g_new(double, n_levels);
  model->level = g_new(double, n_levels);
  model->n_errors = g_new0(guint, n_members);
  for (gsize i = 0; i < n; i++) {
    model->at[i] = past[i].has && past[i].has_at ? scaled(kind, past[i].at) : NAN;
    model->outcome[i] = past[i].has ? scaled(kind, past[i].outcome) : NAN;
    model->may_fall |= past[i].has && past[i].outcome < 0;
  }
  fit_best(model);
  if (model->n_all > 0) smooth(model);
  return model;
}

void pace_model_free(PaceModel *model) {
  if (!model) return;
  g_free(model->at);
  g_free(model->outcome);
  g_free(model->errors);
  g_free(model->level_at);
  g_free(model->level);
  g_free(model->n_errors);
  g_free(model);
}

/* --- what it comes to --- */

gboolean pace_model_finish(const PaceModel *model, guint member, gboolean has_at, double at, PaceFinish *finish) {
  guint n_own = model->n_errors[member], n_peers = model->n_all - n_own;
  *finish = (PaceFinish){.model = model, .member = member, .at = at, .n_own = n_own, .n_peers = n_peers};
  finish->centre = foretold(model, member, model->n_windows, has_at ? scaled(model->kind, at) : NAN);
  finish->weight_of_peers = MIN(n_peers, PEERS_WEIGHT);
  finish->weight = n_own + finish->weight_of_peers + GUESS_WEIGHT;
  return model->n_all >= ERRORS_AT_LEAST && !isnan(finish->centre);
}

static double peers_below(const PaceModel *model, double error) {
  double at = (error - model->low) / model->step;
  if (!(at > 0)) return 0;
  if (at >= N_GRID - 1) return 1;
  guint left = (guint)at;
  return model->below[left] + (at - left) * (model->below[left + 1] - model->below[left]);
}

/* The share of errors below one. A member's own are among those of all; where there are peers they count a little more
 * for it. */
static double errors_below(const PaceFinish *finish, double error) {
  const PaceModel *model = finish->model;
  const double *own = model->errors + (gsize)finish->member * model->n_windows;
  double sum = GUESS_WEIGHT * guess_below(error, model->spread);
  if (finish->weight_of_peers > 0) sum += finish->weight_of_peers * peers_below(model, error);
  if (finish->n_own > 0)
    for (guint w = 0; w < model->n_windows; w++)
      if (!isnan(own[w])) sum += kernel_below((error - own[w]) / model->bandwidth);
  return sum / finish->weight;
}

/* What is still to come for the end to be `amount`; of what stands by itself, the amount. */
static double needed(const PaceFinish *finish, double amount) {
  return finish->model->kind == PACE_ADDS_UP ? amount - finish->at : amount;
}

double pace_finish_at_least(const PaceFinish *finish, double amount) {
  const PaceModel *model = finish->model;
  double rest = needed(finish, amount) - (model->is_whole ? 0.5 : 0);
  if (model->kind == PACE_ADDS_UP && !model->may_fall && rest <= 0) return 1;
  return 1 - errors_below(finish, scaled(model->kind, rest) - finish->centre);
}

double pace_finish_at_most(const PaceFinish *finish, double amount) {
  const PaceModel *model = finish->model;
  double rest = needed(finish, amount) + (model->is_whole ? 0.5 : 0);
  if (model->kind == PACE_ADDS_UP && !model->may_fall && rest < 0) return 0;
  return errors_below(finish, scaled(model->kind, rest) - finish->centre);
}

/* By false position, halving the weight of an end that stays (Dowell & Jarratt 1971, the Illinois rule). */
static double error_of(const PaceFinish *finish, double p) {
  const PaceModel *model = finish->model;
  double low = model->low, high = model->low + model->step * N_GRID;
  double at_low, at_high;
  while ((at_low = errors_below(finish, low) - p) > 0) low -= 5 * model->spread;
  while ((at_high = errors_below(finish, high) - p) < 0) high += 5 * model->spread;
  for (int side = 0, i = 0; i < 60 && high - low > 1e-6 * model->spread; i++) {
    double middle = at_high > at_low ? (low * at_high - high * at_low) / (at_high - at_low) : (low + high) / 2;
    double at = errors_below(finish, middle) - p;
    if (fabs(at) < 1e-7) return middle;
    if (at < 0) {
      low = middle;
      at_low = at;
      if (side < 0) at_high /= 2;
      side = -1;
    } else {
      high = middle;
      at_high = at;
      if (side > 0) at_low /= 2;
      side = 1;
    }
  }
  return (low + high) / 2;
}

double pace_finish_quantile(const PaceFinish *finish, double p) {
  const PaceModel *model = finish->model;
  double value = finish->centre + error_of(finish, p);
  if (model->kind == PACE_STANDS) return value;
  double rest = value * fabs(value);
  if (!model->may_fall) rest = MAX(rest, 0);
  return finish->at + (model->is_whole ? round(rest) : rest);
}
