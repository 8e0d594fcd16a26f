/* xoshiro256**, and the distributions over it. Nothing here calls the C library's mathematics but floor and sqrt, which
 * IEEE 754 defines to the last digit. */
#include "demo/random.h"

#include <math.h>
#include <string.h>

#define LN2 0.693147180559945309417232121458

static guint64 splitmix(guint64 *state) {
  guint64 z = (*state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

void demo_random_init(DemoRandom *random, guint64 seed, DemoStream stream, guint64 index) {
  guint64 state = seed;
  state = splitmix(&state) ^ ((guint64)stream * G_GUINT64_CONSTANT(0xd1342543de82ef95));
  state = splitmix(&state) ^ index;
  for (guint i = 0; i < 4; i++) random->state[i] = splitmix(&state);
}

static guint64 rotate_left(guint64 x, int k) {
  return (x << k) | (x >> (64 - k));
}

guint64 demo_random_next(DemoRandom *random) {
  guint64 *s = random->state;
  guint64 result = rotate_left(s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 45);
  return result;
}

double demo_random_unit(DemoRandom *random) {
  return (double)(demo_random_next(random) >> 11) * 0x1.0p-53;
}

guint32 demo_random_below(DemoRandom *random, guint32 n) {
  return (guint32)(((demo_random_next(random) >> 32) * n) >> 32);
}

int demo_random_between(DemoRandom *random, int low, int high) {
  return low + (int)demo_random_below(random, (guint32)(high - low + 1));
}

gboolean demo_random_chance(DemoRandom *random, double probability) {
  return demo_random_unit(random) < probability;
}

/* Marsaglia's polar method; the second value is thrown away so that a stream needs no memory of it. */
double demo_random_normal(DemoRandom *random) {
  for (;;) {
    double x = 2 * demo_random_unit(random) - 1;
    double y = 2 * demo_random_unit(random) - 1;
    double square = x * x + y * y;
    if (square > 0 && square < 1) return x * sqrt(-2 * demo_log(square) / square);
  }
}

double demo_random_exponential(DemoRandom *random, double mean) {
  return -mean * demo_log(1 - demo_random_unit(random));
}

double demo_random_lognormal(DemoRandom *random, double median, double sigma) {
  return median * demo_exp(sigma * demo_random_normal(random));
}

guint demo_random_poisson(DemoRandom *random, double mean) {
  double left = demo_random_unit(random);
  double term = demo_exp(-mean);
  guint n = 0;
  while (left > term && n < 100) {
    left -= term;
    n++;
    term *= mean / n;
  }
  return n;
}

guint demo_random_pick(DemoRandom *random, const double *weights, guint n) {
  double total = 0;
  for (guint i = 0; i < n; i++) total += weights[i];
  double left = demo_random_unit(random) * total;
  guint last = 0;
  for (guint i = 0; i < n; i++) {
    if (weights[i] <= 0) continue;
    last = i;
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return last;
}

static double scale_by_power_of_two(double x, int power) {
  guint64 bits = (guint64)(power + 1023) << 52;
  double factor;
  memcpy(&factor, &bits, sizeof factor);
  return x * factor;
}

double demo_exp(double x) {
  if (x > 700) x = 700;
  if (x < -700) return 0;
  double k = floor(x / LN2 + 0.5);
  double r = x - k * LN2;
  double sum = 1;
  for (int i = 14; i >= 1; i--) sum = 1 + r * sum / i;
  return scale_by_power_of_two(sum, (int)k);
}

double demo_log(double x) {
  guint64 bits;
  memcpy(&bits, &x, sizeof bits);
  int exponent = (int)(bits >> 52) - 1023;
  bits = (bits & G_GUINT64_CONSTANT(0x000fffffffffffff)) | G_GUINT64_CONSTANT(0x3ff0000000000000);
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m /= 2;
    exponent++;
  }
  double s = (m - 1) / (m + 1);
  double square = s * s;
  double sum = 0;
  for (int i = 21; i >= 1; i -= 2) sum = 1.0 / i + square * sum;
  return 2 * s * sum + exponent * LN2;
}

double demo_logistic(double x) {
  return 1 / (1 + demo_exp(-x));
}
