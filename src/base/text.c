/* Error messages with their place, the nearest known name to a mistyped one, and sentences about a number.
 *
 * Distances are taken on the case-folded characters, not bytes, so that one wrong accent is one mistake. */
#include "base/text.h"

GQuark base_error_quark(void) {
  return g_quark_from_static_string("attain-base-error");
}

void base_error_at(GError **error, BaseErrorCode code, BaseSpan span, const char *format, ...) {
  if (error == NULL) return;
  g_autoptr(GString) text = g_string_new(NULL);
  if (span.file != NULL) g_string_append_printf(text, "%s:", span.file);
  if (span.line > 0) {
    if (span.file == NULL) g_string_append(text, "line ");
    g_string_append_printf(text, "%u:", span.line);
    if (span.column > 0) g_string_append_printf(text, "%u:", span.column);
  }
  if (text->len > 0) g_string_append_c(text, ' ');
  va_list arguments;
  va_start(arguments, format);
  g_string_append_vprintf(text, format, arguments);
  va_end(arguments);
  g_set_error_literal(error, BASE_ERROR, (int)code, text->str);
}

static gunichar *folded(const char *text, glong *length) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autofree char *fold = g_utf8_casefold(valid, -1);
  return g_utf8_to_ucs4_fast(fold, -1, length);
}

/* Optimal string alignment: rows i-2, i-1 and i of the usual table, the oldest being overwritten. */
static guint distance(const gunichar *a, glong n_a, const gunichar *b, glong n_b) {
  gsize width = (gsize)n_b + 1;
  g_autofree guint *rows = g_new0(guint, 3 * width);
  guint *before = rows, *above = rows + width, *row = rows + 2 * width;
  for (glong j = 0; j <= n_b; j++) above[j] = (guint)j;
  for (glong i = 1; i <= n_a; i++) {
    row[0] = (guint)i;
    for (glong j = 1; j <= n_b; j++) {
      guint best = above[j - 1] + (a[i - 1] != b[j - 1]);
      best = MIN(best, MIN(above[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = MIN(best, before[j - 2] + 1);
      row[j] = best;
    }
    guint *oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  return above[n_b];
}

guint base_edit_distance(const char *a, const char *b) {
  glong n_a, n_b;
  g_autofree gunichar *folded_a = folded(a, &n_a);
  g_autofree gunichar *folded_b = folded(b, &n_b);
  return distance(folded_a, n_a, folded_b, n_b);
}

const char *base_nearest(const char *word, const char *const *candidates, gsize n_candidates) {
  if (word == NULL) return NULL;
  glong length;
  g_autofree gunichar *wanted = folded(word, &length);
  guint limit = (guint)length / 3;
  const char *nearest = NULL;
  for (gsize i = 0; i < n_candidates; i++) {
    if (candidates[i] == NULL) continue;
    glong candidate_length;
    g_autofree gunichar *candidate = folded(candidates[i], &candidate_length);
    if (ABS(candidate_length - length) > (glong)limit) continue;
    guint away = distance(wanted, length, candidate, candidate_length);
    if (away > limit || (nearest != NULL && away == limit)) continue;
    nearest = candidates[i];
    limit = away;
    if (away == 0) break;
  }
  return nearest;
}

static void append_grouped(GString *out, gint64 n) {
  char digits[32];
  g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, n);
  gsize length = strlen(digits);
  for (gsize i = 0; i < length; i++) {
    gboolean first = i == 0 || digits[i - 1] == '-';
    if (!first && (length - i) % 3 == 0) g_string_append_c(out, ',');
    g_string_append_c(out, digits[i]);
  }
}

char *base_count_words(gint64 n, const char *text) {
  GString *out = g_string_new(NULL);
  for (const char *at = text; *at != '\0'; at++) {
    const char *bar = *at == '{' ? strchr(at, '|') : NULL, *end = bar != NULL ? strchr(bar, '}') : NULL;
    if (*at == '#') {
      append_grouped(out, n);
    } else if (end != NULL) {
      const char *from = n == 1 ? at + 1 : bar + 1, *to = n == 1 ? bar : end;
      g_string_append_len(out, from, to - from);
      at = end;
    } else {
      g_string_append_c(out, *at);
    }
  }
  return g_string_free(out, FALSE);
}
