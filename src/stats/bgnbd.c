/* BG/NBD: how often customers without a contract buy, and whether they are still there.
 *
 * While alive a customer buys at a Poisson rate λ ~ Gamma(r, α); after every purchase it is gone with probability
 * p ~ Beta(a, b). Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2).
 *
 * The likelihood. With the times from the first purchase to the last, t, and to now, T, and L(t) = ln(1 + t / α), the
 * logarithm of eq. (6) is
 *
 *   ln (r)_x - x ln α - (r + x) L(T) + ln (b)_x / (a + b)_x + [x > 0] ln(1 + e^D)
 *   D = ln a / (b + x - 1) + (r + x) (L(T) - L(t)),  the odds, in logarithms, that it was gone after its last purchase
 *
 * with rising factorials, which for whole x are products: their logarithms and derivatives are sums of x terms, made
 * once for each x and carried on from the one before. L and its derivatives are made once for each day that is some
 * customer's t or T. What is left of a customer is one exponential; customers with the same x, t and T are one.
 *
 * The search goes over logarithms of a size and of a mean (r and α / r, a + b and a / b), which are nearly
 * independent, of times divided by their mean, so that one start fits days and weeks. Where all customers are alike in
 * something, or nobody leaves, the best parameters lie at infinity and the expectations have a limit; the search is
 * held within bounds at which the limit is all but reached.
 *
 * The expected purchases (eq. 10 of the paper) are written there with 2F1 over a - 1, which loses all digits near a = 1
 * and overflows for busy customers. Here they are summed as what they mean. Of a customer alive now, N, the purchases
 * it would make in t if it stayed, is negative binomial with size r + x and mean (r + x) t / (α + T); the k-th after
 * the first is made only if it stayed k times, (b + x)_k / (a + b + x)_k. So
 *
 *   E = P(alive) Σ_{k >= 0} P(N > k) (b + x)_k / (a + b + x)_k
 *
 * in which nothing is subtracted from anything of its size and a = 1 is a number like others.
 */
#include "stats/private.h"

#include <math.h>

#define MAX_TERMS     1000000
#define LOG_BOUND     10     /* sizes and means from 1/22,000 to 22,000 */
#define MAX_DAYS      100000 /* whole times below it are looked up by themselves */
#define LEAST_PRODUCT 1e-280
#define MOST_PRODUCT  1e250

/* --- customers alike, and the times they have --- */

typedef struct {
  guint32 repeats;
  guint32 n;
  guint32 recency, age; /* in `times` */
} Alike;

typedef struct {
  double by_log;  /* ln(1 + t / α) */
  double share;   /* t / (α + t): what it loses when ln α grows */
  double bending; /* share (1 - share) */
} Elapsed;

typedef struct {
  GArray *alike;    /* Alike, in the order of the customers */
  GArray *times;    /* double; whole days once each */
  Elapsed *elapsed; /* of each time at the parameters of the moment */
  double unit;      /* of time: the mean age */
} Sample;

static guint32 time_index(Sample *sample, guint32 *of_day, double time) {
  gboolean is_day = time < MAX_DAYS && time == floor(time);
  if (is_day && of_day[(guint)time] != 0) return of_day[(guint)time] - 1;
  g_array_append_val(sample->times, time);
  if (is_day) of_day[(guint)time] = sample->times->len;
  return sample->times->len - 1;
}

static void sample_init(Sample *sample, const StatsCustomer *customers, gsize n) {
  double longest = 0;
  for (gsize i = 0; i < n; i++) longest = fmax(longest, customers[i].age);
  g_autofree guint32 *of_day = g_new0(guint32, (gsize)fmin(longest, MAX_DAYS) + 1);
  sample->alike = g_array_new(FALSE, FALSE, sizeof(Alike));
  sample->times = g_array_new(FALSE, FALSE, sizeof(double));
  sample->unit = 0;
  for (gsize i = 0; i < n; i++) {
    const StatsCustomer *customer = &customers[i];
    sample->unit += customer->age / (double)n;
    if (i > 0 && customer->repeats == customer[-1].repeats && customer->age == customer[-1].age &&
        customer->recency == customer[-1].recency) {
      g_array_index(sample->alike, Alike, sample->alike->len - 1).n++;
      continue;
    }
    Alike alike = {customer->repeats, 1, time_index(sample, of_day, customer->recency),
                   time_index(sample, of_day, customer->age)};
    g_array_append_val(sample->alike, alike);
  }
  sample->elapsed = g_new(Elapsed, sample->times->len + 1);
}

static void sample_clear(Sample *sample) {
  g_array_unref(sample->alike);
  g_array_unref(sample->times);
  g_free(sample->elapsed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sample, sample_clear)

/* --- the likelihood --- */

/* Logarithms of rising factorials of x and what derives from them: of r, and of b over a + b. */
typedef struct {
  guint32 x;
  double r, r1, r2; /* ln (r)_x and its two derivatives */
  double stay;      /* ln (b)_x / (a + b)_x */
  double b1, b2;    /* derivatives of ln (b)_x */
  double ab1, ab2;  /* of ln (a + b)_x */
} Rising;

static void rise_to(Rising *rising, const StatsBgNbd *model, guint32 x) {
  if (x < rising->x) *rising = (Rising){0};
  for (; rising->x < x; rising->x++) {
    double r = model->r + rising->x, b = model->b + rising->x, ab = model->a + b;
    rising->r += log(r);
    rising->r1 += 1 / r;
    rising->r2 -= 1 / (r * r);
    rising->stay -= log1p(model->a / b);
    rising->b1 += 1 / b;
    rising->b2 -= 1 / (b * b);
    rising->ab1 += 1 / ab;
    rising->ab2 -= 1 / (ab * ab);
  }
}

/* Sums over customers with one number of repeats. Of those who may be gone: p is how likely they are, q = p (1 - p);
 * d, e and f are how L, its share and its bending differ between T and t. */
typedef struct {
  double n, by_log, share, bending;
  double gone; /* Σ ln(1 + e^D) */
  double p, pd, pe, pf;
  double q, qd, qe, qdd, qde, qee;
} Sums;

static void add_gone(Sums *sums, double n, double odds, const Elapsed *at_last, const Elapsed *now, double *product) {
  double p = 1, q = 0;
  if (odds > 30) {
    sums->gone += n * odds;
  } else {
    double times = exp(odds);
    p = times / (1 + times);
    q = p / (1 + times);
    if (n == 1)
      *product *= 1 + times;
    else
      sums->gone += n * log1p(times);
    if (*product > MOST_PRODUCT) {
      sums->gone += log(*product);
      *product = 1;
    }
  }
  double d = now->by_log - at_last->by_log, e = now->share - at_last->share;
  p *= n;
  q *= n;
  sums->p += p;
  sums->pd += p * d;
  sums->pe += p * e;
  sums->pf += p * (now->bending - at_last->bending);
  sums->q += q;
  sums->qd += q * d;
  sums->qe += q * e;
  sums->qdd += q * d * d;
  sums->qde += q * d * e;
  sums->qee += q * e * e;
}

/* The sums of the run of customers that begins at `*i` and has its repeats; `*i` is then after it. */
static Sums sums_of(const Sample *sample, const StatsBgNbd *model, guint *i) {
  Sums sums = {0};
  const Alike *alike = &g_array_index(sample->alike, Alike, *i);
  guint32 x = alike->repeats;
  double power = model->r + x, even = x > 0 ? log(model->a / (model->b + (x - 1))) : 0, product = 1;
  for (; *i < sample->alike->len && alike->repeats == x; ++*i, alike++) {
    const Elapsed *now = &sample->elapsed[alike->age], *at_last = &sample->elapsed[alike->recency];
    double n = alike->n;
    sums.n += n;
    sums.by_log += n * now->by_log;
    sums.share += n * now->share;
    sums.bending += n * now->bending;
    if (x > 0) add_gone(&sums, n, even + power * (now->by_log - at_last->by_log), at_last, now, &product);
  }
  sums.gone += log(product);
  return sums;
}

enum { R, LN_ALPHA, A, B };

/* Adds the sums of one x, by r, ln α, a and b. */
static void add_sums(StatsHeight *height, const StatsBgNbd *model, const Rising *rising, const Sums *sums) {
  double x = rising->x, y = model->r + x, a = model->a, c = x > 0 ? 1 / (model->b + (x - 1)) : 0, n = sums->n;
  height->value += n * (rising->r - x * log(model->alpha) + rising->stay) - y * sums->by_log + sums->gone;
  height->slope[R] += n * rising->r1 - sums->by_log + sums->pd;
  height->slope[LN_ALPHA] += y * (sums->share - sums->pe) - n * x;
  height->slope[A] += sums->p / a - n * rising->ab1;
  height->slope[B] += n * (rising->b1 - rising->ab1) - sums->p * c;
  height->curvature[R][R] += n * rising->r2 + sums->qdd;
  height->curvature[R][LN_ALPHA] += sums->share - sums->pe - y * sums->qde;
  height->curvature[R][A] += sums->qd / a;
  height->curvature[R][B] -= sums->qd * c;
  height->curvature[LN_ALPHA][LN_ALPHA] += y * (sums->pf - sums->bending) + y * y * sums->qee;
  height->curvature[LN_ALPHA][A] -= y * sums->qe / a;
  height->curvature[LN_ALPHA][B] += y * sums->qe * c;
  height->curvature[A][A] += (sums->q - sums->p) / (a * a) - n * rising->ab2;
  height->curvature[A][B] -= n * rising->ab2 + sums->q * c / a;
  height->curvature[B][B] += n * (rising->b2 - rising->ab2) + (sums->p + sums->q) * c * c;
}

/* The likelihood by r, ln α, a and b; of the curvature the upper half. */
static void natural_height(const StatsBgNbd *model, const Sample *sample, StatsHeight *height) {
  *height = (StatsHeight){0};
  for (guint i = 0; i < sample->times->len; i++) {
    double time = g_array_index(sample->times, double, i), share = time / (model->alpha + time);
    sample->elapsed[i] = (Elapsed){log1p(time / model->alpha), share, share * (1 - share)};
  }
  Rising rising = {0};
  for (guint i = 0; i < sample->alike->len;) {
    rise_to(&rising, model, g_array_index(sample->alike, Alike, i).repeats);
    Sums sums = sums_of(sample, model, &i);
    add_sums(height, model, &rising, &sums);
  }
}

/* Of the logarithms of r, α / r, a + b and a / b. */
static StatsBgNbd model_at(const double *at, double unit) {
  double r = exp(at[0]), size = exp(at[2]), odds = exp(at[3]);
  return (StatsBgNbd){TRUE, r, exp(at[0] + at[1]) * unit, size * odds / (1 + odds), size / (1 + odds), 0};
}

static void height_at(const double *at, gconstpointer data, StatsHeight *height) {
  const Sample *sample = data;
  StatsBgNbd model = model_at(at, sample->unit);
  StatsHeight by;
  natural_height(&model, sample, &by);
  double odds = exp(at[3]), mixed = model.a / (1 + odds), skew = mixed * (1 - odds) / (1 + odds);
  const double by_at[4][4] = {{model.r, 0, 0, 0}, {1, 1, 0, 0}, {0, 0, model.a, mixed}, {0, 0, model.b, -mixed}};
  *height = (StatsHeight){.value = by.value};
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < i; j++) by.curvature[i][j] = by.curvature[j][i];
  for (guint i = 0; i < 4; i++)
    for (guint k = 0; k < 4; k++) {
      height->slope[i] += by.slope[k] * by_at[k][i];
      for (guint j = 0; j < 4; j++)
        for (guint l = 0; l < 4; l++) height->curvature[i][j] += by.curvature[k][l] * by_at[k][i] * by_at[l][j];
    }
  double apart = by.slope[A] - by.slope[B];
  height->curvature[0][0] += by.slope[R] * model.r;
  height->curvature[2][2] += by.slope[A] * model.a + by.slope[B] * model.b;
  height->curvature[2][3] += apart * mixed;
  height->curvature[3][2] += apart * mixed;
  height->curvature[3][3] += apart * skew;
}

/* Where nobody seems to leave, the likelihood has two tops at infinity: all leave alike seldom (a + b large), and few
 * leave at once (a + b small). One that ends at a bound is therefore tried from the other side too. */
static gboolean climb_from_both_sides(const Sample *sample, double *at, StatsHeight *top) {
  gboolean found = stats_climb(height_at, sample, at, 4, LOG_BOUND);
  height_at(at, sample, top);
  if (found && fabs(at[2]) < LOG_BOUND && fabs(at[3]) < LOG_BOUND) return TRUE;
  double other[] = {at[0], at[1], at[2] > 0 ? -LOG_BOUND / 2 : LOG_BOUND / 2, -LOG_BOUND / 2};
  StatsHeight other_top;
  if (!stats_climb(height_at, sample, other, 4, LOG_BOUND)) return found;
  height_at(other, sample, &other_top);
  if (found && other_top.value <= top->value) return TRUE;
  *top = other_top;
  for (guint i = 0; i < 4; i++) at[i] = other[i];
  return TRUE;
}

StatsBgNbd stats_bgnbd_fit(StatsCustomer *customers, gsize n) {
  StatsBgNbd model = {0};
  if (!stats_customers_prepare(customers, n)) return model;
  g_auto(Sample) sample;
  sample_init(&sample, customers, n);
  double at[] = {0, 0, 1, -1};
  StatsHeight top;
  if (!climb_from_both_sides(&sample, at, &top)) return model;
  model = model_at(at, sample.unit);
  model.log_likelihood = top.value;
  return model;
}

double stats_bgnbd_log_likelihood(const StatsBgNbd *model, const StatsCustomer *customers, gsize n) {
  g_auto(Sample) sample;
  sample_init(&sample, customers, n);
  StatsHeight height;
  natural_height(model, &sample, &height);
  return height.value;
}

/* --- what is expected --- */

double stats_bgnbd_alive(const StatsBgNbd *model, const StatsCustomer *customer) {
  double x = customer->repeats;
  if (customer->repeats == 0) return 1;
  double odds = log(model->a / (model->b + (x - 1))) +
                (model->r + x) * log1p((customer->age - customer->recency) / (model->alpha + customer->recency));
  return 1 / (1 + exp(odds));
}

double stats_bgnbd_staying_purchases(const StatsBgNbd *model, guint32 repeats, double age, double t) {
  if (!(t > 0)) return 0;
  double x = repeats, size = model->r + x, start = model->alpha + age;
  double z = t / (start + t), log_mass = -size * log1p(t / start); /* ln P(N = 0) */
  double mass = exp(log_mass), beyond = 1, stayed = 1, sum = 0;
  for (int k = 0; k < MAX_TERMS; k++) {
    double ratio = (size + k) / (k + 1) * z;
    if (ratio < 1 && mass < 1e-16 * (1 - ratio) * (1 - ratio))
      break;                         /* past the peak: all the rest is less than this */
    beyond = fmax(beyond - mass, 0); /* P(N > k) */
    sum += beyond * stayed;
    stayed *= (model->b + x + k) / (model->a + model->b + x + k);
    if (mass > LEAST_PRODUCT) {
      mass *= ratio;
    } else {
      log_mass += log(ratio);
      mass = exp(log_mass);
    }
  }
  return sum;
}

double stats_bgnbd_purchases(const StatsBgNbd *model, const StatsCustomer *customer, double t) {
  return stats_bgnbd_alive(model, customer) * stats_bgnbd_staying_purchases(model, customer->repeats, customer->age, t);
}
