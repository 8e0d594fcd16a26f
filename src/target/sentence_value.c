/* Amounts in the unit of a KPI, and values in words that read as the same value.
 *
 * Decimals are moved as text (10k, 30 %), so that each figure is the double nearest to what was written, and what is
 * printed reads back to the bit. */
#include "target/sentence_private.h"

#include <math.h>

#define AMOUNT_MAX 1e12
#define AMOUNT_MIN 1e-9

static const char *display_of(const KpiDefinition *kpi) {
  return kpi && kpi->display ? kpi->display : "";
}

gboolean sentence_is_days(const KpiDefinition *kpi) {
  return kpi && kpi->unit.kind == KPI_QUANTITY && kpi->unit.money_power == 0 && kpi->unit.days_power == 1;
}

static gboolean is_money(const KpiDefinition *kpi) {
  return kpi && kpi->unit.kind == KPI_QUANTITY && kpi->unit.money_power > 0;
}

gboolean sentence_is_share(const KpiDefinition *kpi) {
  return g_str_equal(display_of(kpi), "percent") || (kpi && kpi->unit.kind == KPI_RATIO && display_of(kpi)[0] == '\0');
}

static gboolean is_score(const KpiDefinition *kpi) {
  return kpi && !sentence_is_share(kpi) &&
         (kpi->unit.kind == KPI_SCORE || (kpi->unit.kind == KPI_RATIO && g_str_equal(display_of(kpi), "points")));
}

/* --- reading --- */

static double number_of(const SentenceAmount *amount, int shift) {
  g_autofree char *text =
      g_strdup_printf("%s%se%d", amount->sign == '-' ? "-" : "", amount->digits, amount->exponent + shift);
  return g_ascii_strtod(text, NULL);
}

static const char *name_of(const KpiDefinition *kpi) {
  return kpi ? kpi->title : "this";
}

static gboolean fail_unit(Sentence *sentence, const KpiDefinition *kpi, const char *written) {
  g_autofree char *fits = is_money(kpi)
                              ? g_strdup_printf("is money: write an amount such as 10,000 %s",
                                                sentence->hearing->currency ? sentence->hearing->currency : "")
                          : sentence_is_days(kpi)  ? g_strdup("is a time: write hours, days or weeks")
                          : sentence_is_share(kpi) ? g_strdup("is a share: write percent, or percentage points")
                          : is_score(kpi)          ? g_strdup("is a score: write points")
                          : kpi && g_str_equal(display_of(kpi), "months") ? g_strdup("is in months")
                          : kpi && kpi->unit.kind == KPI_COUNT            ? g_strdup("is counted: write a number")
                                                                          : g_strdup("is a plain number");
  sentence_fail(sentence, BASE_ERROR_INPUT, "%s does not fit: %s %s", written, name_of(kpi), fits);
  return FALSE;
}

/* The days of a unit of time; 0: it is none. */
static double days_of(AmountUnit unit) {
  switch (unit) {
    case AMOUNT_DAYS:
      return 1;
    case AMOUNT_WEEKS:
      return 7;
    case AMOUNT_MONTHS:
      return 365.25 / 12;
    case AMOUNT_YEARS:
      return 365.25;
    default:
      return 0;
  }
}

static gboolean read_time(Sentence *sentence, const KpiDefinition *kpi, const SentenceAmount *amount, double *value) {
  AmountUnit unit = amount->unit;
  if (unit == AMOUNT_PLAIN && amount->letter_m) {
    SentenceAmount minutes = *amount;
    minutes.exponent -= 6;
    *value = number_of(&minutes, 0) / 1440;
    return TRUE;
  }
  if (unit == AMOUNT_PLAIN) {
    gboolean hours = g_str_equal(display_of(kpi), "hours");
    unit = hours ? AMOUNT_HOURS : AMOUNT_DAYS;
    sentence_assume(sentence, "%s is in %s", name_of(kpi), hours ? "hours" : "days");
  }
  if (unit == AMOUNT_HOURS)
    *value = number_of(amount, 0) / 24;
  else if (unit == AMOUNT_MINUTES)
    *value = number_of(amount, 0) / 1440;
  else if (days_of(unit) > 0)
    *value = number_of(amount, 0) * days_of(unit);
  else
    return FALSE;
  return TRUE;
}

/* Scores of a scale, told as points of it where the KPI is their share of it. */
static const struct {
  const char *kpi;
  double scale;
} scales[] = {{"csat_mean", 5}, {"employee_engagement", 10}};

static gboolean read_share(Sentence *sentence, const KpiDefinition *kpi, const SentenceAmount *amount, gboolean change,
                           SentenceValue *value) {
  value->value = number_of(amount, 0);
  if (amount->unit == AMOUNT_POINTS || amount->unit == AMOUNT_PERCENT)
    value->value = number_of(amount, -2);
  else if (amount->unit == AMOUNT_BASIS_POINTS)
    value->value = number_of(amount, -4);
  else if (amount->unit == AMOUNT_PLAIN) {
    for (gsize i = 0; i < G_N_ELEMENTS(scales); i++)
      if (g_str_equal(kpi->name, scales[i].kpi) && value->value >= 1 && value->value <= scales[i].scale) {
        sentence_assume(sentence, "%s points of %g are %g %% of the scale", amount->digits, scales[i].scale,
                        100 * value->value / scales[i].scale);
        value->value /= scales[i].scale;
        return TRUE;
      }
    if (fabs(value->value) >= 1) {
      value->value = number_of(amount, -2);
      value->guessed_percent = TRUE;
      sentence_assume(sentence, "%s is taken as %s %s", amount->digits, amount->digits,
                      change ? "percentage points" : "%");
    }
  } else {
    return FALSE;
  }
  return TRUE;
}

static gboolean read_known(Sentence *sentence, const KpiDefinition *kpi, const SentenceAmount *amount, gboolean change,
                           SentenceValue *value) {
  const char *display = display_of(kpi);
  value->value = number_of(amount, 0);
  if (sentence_is_days(kpi)) return read_time(sentence, kpi, amount, &value->value);
  if (sentence_is_share(kpi)) return read_share(sentence, kpi, amount, change, value);
  if (is_money(kpi)) return amount->unit == AMOUNT_PLAIN || amount->unit == AMOUNT_MONEY;
  if (amount->unit == AMOUNT_PLAIN) return TRUE;
  if (is_score(kpi)) return amount->unit == AMOUNT_POINTS;
  if (g_str_equal(display, "months")) {
    if (amount->unit == AMOUNT_YEARS) value->value *= 12;
    return amount->unit == AMOUNT_MONTHS || amount->unit == AMOUNT_YEARS;
  }
  if (g_str_equal(display, "times")) {
    if (amount->unit == AMOUNT_PERCENT && !change) value->value = number_of(amount, -2);
    return amount->unit == AMOUNT_TIMES || (amount->unit == AMOUNT_PERCENT && !change);
  }
  return amount->unit == AMOUNT_TIMES && kpi->unit.kind != KPI_QUANTITY && !change;
}

/* Without a KPI the unit that was written is all there is. */
static void read_unknown(const SentenceAmount *amount, SentenceValue *value) {
  value->value = number_of(amount, amount->unit == AMOUNT_PERCENT ? -2 : amount->unit == AMOUNT_BASIS_POINTS ? -4 : 0);
  if (amount->unit == AMOUNT_HOURS) value->value /= 24;
  if (amount->unit == AMOUNT_MINUTES) value->value /= 1440;
  if (days_of(amount->unit) > 0) value->value *= days_of(amount->unit);
}

static gboolean check_currency(Sentence *sentence, const SentenceAmount *amount) {
  const char *own = sentence->hearing->currency;
  if (amount->currency[0] == '\0' || !own || own[0] == '\0' || g_str_equal(amount->currency, own)) return TRUE;
  static const char *const dollars[] = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", NULL};
  static const char *const crowns[] = {"SEK", "NOK", "DKK", "ISK", "CZK", NULL};
  if (g_str_equal(amount->currency, "$") && g_strv_contains(dollars, own)) return TRUE;
  if (g_str_equal(amount->currency, "kr") && g_strv_contains(crowns, own)) return TRUE;
  sentence_fail(sentence, BASE_ERROR_INPUT,
                "targets are in %s here, the organisation's currency; write the amount in %s", own, own);
  return FALSE;
}

gboolean sentence_value(Sentence *sentence, const KpiDefinition *kpi, const SentenceAmount *amount, gboolean change,
                        SentenceValue *value) {
  *value = (SentenceValue){0};
  if (!check_currency(sentence, amount)) return FALSE;
  if (amount->unit == AMOUNT_PART && !change) {
    if (kpi && !sentence_is_share(kpi)) return fail_unit(sentence, kpi, "a part");
    value->value = number_of(amount, 0) / amount->parts;
  } else if (amount->unit == AMOUNT_PART) {
    value->value = 100.0 * number_of(amount, 0) / amount->parts;
    value->is_percent = TRUE;
  } else if (change && amount->unit == AMOUNT_PERCENT) {
    value->value = number_of(amount, 0);
    value->is_percent = TRUE;
    if (sentence_is_share(kpi))
      sentence_assume(sentence, "%s %% of what it was, not %s percentage points", amount->digits, amount->digits);
  } else if (!kpi) {
    read_unknown(amount, value);
  } else if (!read_known(sentence, kpi, amount, change, value)) {
    static const char *const units[] = {"a plain number", "a percentage", "a part",  "points", "basis points",
                                        "money",          "'times'",      "minutes", "hours",  "days",
                                        "weeks",          "months",       "years"};
    return fail_unit(sentence, kpi, units[amount->unit]);
  }
  double size = fabs(value->value);
  if (!(size <= AMOUNT_MAX) || (size > 0 && size < AMOUNT_MIN))
    sentence_fail(sentence, BASE_ERROR_LIMIT, "an amount lies between a thousand-millionth and a thousand billion");
  return sentence->error == NULL;
}

/* --- printing --- */

/* The fewest digits that read as `value` again, as a decimal without an exponent, its point moved by `shift`. */
static char *decimal(double value, int shift, int *n_digits) {
  char digits[32];
  for (int precision = 0; precision <= 17; precision++) {
    g_snprintf(digits, sizeof digits, "%.*e", precision, fabs(value));
    if (g_ascii_strtod(digits, NULL) == fabs(value)) break;
  }
  char *e = strchr(digits, 'e');
  int exponent = (int)g_ascii_strtoll(e + 1, NULL, 10) + shift;
  g_autoptr(GString) figures = g_string_new(NULL);
  for (char *at = digits; at < e; at++)
    if (g_ascii_isdigit(*at)) g_string_append_c(figures, *at);
  while (figures->len > 1 && figures->str[figures->len - 1] == '0') g_string_truncate(figures, figures->len - 1);
  *n_digits = (int)figures->len;
  GString *out = g_string_new(value < 0 ? "-" : "");
  if (exponent < 0) g_string_append(out, "0.");
  for (int i = exponent + 1; i < 0; i++) g_string_append_c(out, '0');
  for (int i = 0; i < MAX((int)figures->len, exponent + 1); i++) {
    if (i == exponent + 1 && exponent >= 0) g_string_append_c(out, '.');
    if (exponent >= 0 && i > 0 && i <= exponent && (exponent + 1 - i) % 3 == 0) g_string_append_c(out, ',');
    g_string_append_c(out, i < (int)figures->len ? figures->str[i] : '0');
  }
  /* 2.125 may be two thousand in other countries; 2.1250 is not */
  if (exponent >= 0 && exponent < 3 && (int)figures->len - exponent - 1 == 3) g_string_append_c(out, '0');
  return g_string_free(out, FALSE);
}

static char *with(double value, int shift, const char *unit) {
  int n;
  g_autofree char *number = decimal(value, shift, &n);
  g_autofree char *one = g_str_has_suffix(unit, "s") && !g_str_equal(unit, " times") && g_str_equal(number, "1")
                             ? g_strndup(unit, strlen(unit) - 1)
                             : NULL;
  return g_strconcat(number, one ? one : unit, NULL);
}

static int n_digits_of(double value) {
  int n;
  g_free(decimal(value, 0, &n));
  return n;
}

static char *say_time(const KpiDefinition *kpi, double days) {
  static const struct {
    const char *unit;
    double per_day;
  } units[] = {{" hours", 24}, {" minutes", 1440}};
  int n_days = n_digits_of(days);
  gboolean hours_first = g_str_equal(display_of(kpi), "hours");
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
    double in = round(days * units[i].per_day * 1e4) / 1e4;
    int n = n_digits_of(in);
    if (in / units[i].per_day == days && (n + 2 < n_days || (hours_first && n <= 4)) && in != 0)
      return with(in, 0, units[i].unit);
  }
  return with(days, 0, " days");
}

char *sentence_say_value(const char *currency, const KpiDefinition *kpi, double value, gboolean change,
                         gboolean is_percent) {
  g_autofree char *money = g_strdup_printf(" %s", currency ? currency : "");
  const char *display = display_of(kpi);
  if (is_percent) return with(value, 0, " %");
  if (sentence_is_days(kpi)) return say_time(kpi, value);
  if (sentence_is_share(kpi)) return with(value, 2, change ? " percentage points" : " %");
  if (is_money(kpi)) return with(value, 0, currency && *currency ? money : "");
  if (is_score(kpi)) return with(value, 0, " points");
  if (g_str_equal(display, "months")) return with(value, 0, " months");
  if (g_str_equal(display, "times")) return with(value, 0, " times");
  return with(value, 0, "");
}
