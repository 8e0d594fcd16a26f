/* The change of a whole between two periods, split by its parts.
 *
 * A sum: the part's own change. A quotient R = ΣN / ΣD, with shares s = D / ΣD and rates r = N / D of the parts, by
 * Kitagawa (1955), "Components of a difference between two rates", JASA 50(272), with the shift-share centring:
 *
 *   rate effect   Δr · (s₀ + s₁) / 2                       the part does better or worse
 *   mix effect    Δs · ((r₀ + r₁) / 2 − (R₀ + R₁) / 2)     there is more or less of it, and it is above or below the
 * whole
 *
 * Δ(s·r) = Δr·s̄ + Δs·r̄ has no term left over, and ΣΔs = 0, so that the effects of all parts come to ΔR. In a period in
 * which a part has no denominator it has no rate: that of the other period stands for it, and all of its effect is mix.
 * A part with a numerator and no denominator (sales of somebody without a quota) has no rate at all; its effect is
 * neither, and so is that of what the parts do not have of the whole, or have more than once. */
#include "stats/stats.h"

#include <math.h>

typedef struct {
  long double then, now;
} Both;

static long double change(Both of) {
  return of.now - of.then;
}

static long double middle(Both of) {
  return (of.then + of.now) / 2;
}

static gboolean has_rates(const StatsPart *part) {
  gboolean none_then = part->then.denominator == 0 && part->then.numerator != 0;
  gboolean none_now = part->now.denominator == 0 && part->now.numerator != 0;
  return !none_then && !none_now;
}

static Both rates(const StatsPart *part) {
  gboolean then = part->then.denominator != 0, now = part->now.denominator != 0;
  long double before = then ? (long double)part->then.numerator / part->then.denominator : 0;
  long double after = now ? (long double)part->now.numerator / part->now.denominator : before;
  return (Both){then ? before : after, after};
}

static StatsEffect effect_of(const StatsPart *part, StatsPart whole, Both ratio) {
  Both share = {part->then.denominator / (long double)whole.then.denominator,
                part->now.denominator / (long double)whole.now.denominator};
  if (!has_rates(part)) {
    Both part_of = {part->then.numerator / (long double)whole.then.denominator,
                    part->now.numerator / (long double)whole.now.denominator};
    return (StatsEffect){.effect = (double)(change(part_of) - change(share) * middle(ratio))};
  }
  Both rate = rates(part);
  long double by_rate = change(rate) * middle(share), by_mix = change(share) * (middle(rate) - middle(ratio));
  return (StatsEffect){TRUE, (double)by_rate, (double)by_mix, (double)(by_rate + by_mix)};
}

gboolean stats_split_ratio(const StatsPart *parts, gsize n, StatsPart whole, StatsEffect *effects, double *rest) {
  if (whole.then.denominator == 0 || whole.now.denominator == 0) return FALSE;
  Both ratio = {whole.then.numerator / (long double)whole.then.denominator,
                whole.now.numerator / (long double)whole.now.denominator};
  long double left = change(ratio);
  for (gsize i = 0; i < n; i++) {
    effects[i] = effect_of(&parts[i], whole, ratio);
    left -= effects[i].effect;
  }
  *rest = (double)left;
  return TRUE;
}

double stats_split_rest(const double *changes, gsize n, double change_of_whole) {
  long double left = change_of_whole;
  for (gsize i = 0; i < n; i++) left -= changes[i];
  return (double)left;
}
