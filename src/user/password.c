/* What may be a password: long, and not the first that a stranger would try. No rule asks for kinds of characters
 * (NIST SP 800-63B, 5.1.1.2: such rules make passwords that are worse). */
#include "user/common.h"
#include "user/secret.h"

#include <string.h>

/* "abcabcabcabc": what it repeats is shorter than half of the least length. */
static gboolean repeats(const gunichar *text, glong n) {
  for (glong period = 1; period < USER_MIN_PASSWORD / 2; period++) {
    glong at = period;
    while (at < n && text[at] == text[at - period]) at++;
    if (at == n) return TRUE;
  }
  return FALSE;
}

/* "abcdefghijkl", "1234567890123", "qwertyuiopas" and back: nine of ten steps are to a neighbour. */
static gboolean counts_on(const gunichar *text, glong n) {
  static const char rows[] = "qwertyuiopasdfghjklzxcvbnm";
  glong n_steps = 0;
  for (glong i = 1; i < n; i++) {
    gunichar a = g_unichar_tolower(text[i - 1]), b = g_unichar_tolower(text[i]);
    gboolean is_turn = (a == '9' && b == '0') || (a == '0' && b == '9');
    const char *here = a < 128 ? strchr(rows, (int)a) : NULL, *there = b < 128 ? strchr(rows, (int)b) : NULL;
    gboolean is_next_key = here && there && *here && *there && ABS(here - there) == 1;
    n_steps += a == b || a + 1 == b || b + 1 == a || is_turn || is_next_key;
  }
  return n_steps * 10 >= (n - 1) * 9;
}

/* With the name taken out so little is left that the name is the password. */
static gboolean is_name(const char *password, const char *const *names) {
  g_autofree char *folded = g_utf8_casefold(password, -1);
  for (; names && *names; names++) {
    g_autofree char *name = g_utf8_casefold(*names, -1);
    char *at = g_utf8_strlen(name, -1) >= 3 ? strstr(folded, name) : NULL;
    if (at && g_utf8_strlen(folded, -1) - g_utf8_strlen(name, -1) < USER_MIN_PASSWORD / 2) return TRUE;
  }
  return FALSE;
}

char *user_password_read(const char *password, const char *const *names, GError **error) {
  g_autofree char *composed =
      password && g_utf8_validate(password, -1, NULL) ? g_utf8_normalize(password, -1, G_NORMALIZE_NFC) : NULL;
  glong n = 0;
  g_autofree gunichar *text = composed ? g_utf8_to_ucs4_fast(composed, -1, &n) : NULL;
  const char *wrong = !composed               ? "a password is a text"
                      : n < USER_MIN_PASSWORD ? "a password has at least 12 characters; a sentence is easy to remember"
                      : n > USER_MAX_PASSWORD ? "a password has at most 128 characters"
                      : repeats(text, n)      ? "this password repeats a few characters: choose another"
                      : counts_on(text, n)    ? "this password is a sequence of neighbouring keys: choose another"
                      : user_is_common(composed) ? "this password is among those that are tried first: choose another"
                      : is_name(composed, names) ? "this password is little more than the name: choose another"
                                                 : NULL;
  if (!wrong) return g_steal_pointer(&composed);
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, wrong);
  return NULL;
}
