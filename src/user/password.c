/* What may be a password: long, and not the first that a stranger would try. No rule asks for kinds of characters
 * (NIST SP 800-63B, 5.1.1.2: such rules make passwords that are worse). */
#include "user/secret.h"

#include <string.h>

/* The commonest of at least twelve characters in published lists of leaked passwords. What repeats itself or counts on
 * is found by rule and need not be here. */
static const char *const common[] = {
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "1qazxsw23edc",
    "qwertyuiop[]",
    "q1w2e3r4t5y6",
    "zaq12wsxcde3",
    "passwordpassword",
    "password1234",
    "password12345",
    "password123456",
    "mypassword123",
    "p@ssw0rd1234",
    "passw0rd1234",
    "iloveyou1234",
    "iloveyou12345",
    "letmein12345",
    "welcome12345",
    "welcome123456",
    "changeme1234",
    "changeme12345",
    "administrator",
    "administrator1",
    "correcthorsebatterystaple",
    "unbelievable",
    "sunshine1234",
    "football1234",
    "baseball1234",
    "princess1234",
    "superman1234",
    "dragon123456",
    "monkey123456",
    "qwerty123456",
    "qwerty1234567",
    "qwertyuiop123",
    "asdfghjkl123",
    "abc123abc123",
    "123qweasdzxc",
    "1234qwerasdf",
    "1234qwerasdfzxcv",
    "qazwsxedcrfv",
    "qweasdzxc123",
    "michaeljordan",
    "liverpoolfc1",
    "manchesterunited",
    "thunderbird1",
    "internet1234",
    "computer1234",
    "salesforce123",
    "attain123456",
    "summer202412",
    "winter202412",
    "spring202612",
    "companyname1",
    "trustno1trustno1",
    "iloveyouforever",
    "password!234",
    "password@123",
    "secret123456",
    "test12345678",
};

/* As a stranger would write it: small letters, digits and signs that stand for letters as those. */
static char *plain_of(const char *text) {
  static const struct {
    char sign, letter;
  } stands_for[] = {{'0', 'o'}, {'1', 'l'}, {'3', 'e'}, {'4', 'a'}, {'5', 's'}, {'7', 't'}, {'@', 'a'}, {'$', 's'}};
  char *plain = g_utf8_casefold(text, -1);
  for (char *at = plain; *at; at++)
    for (guint i = 0; i < G_N_ELEMENTS(stands_for); i++)
      if (*at == stands_for[i].sign) *at = stands_for[i].letter;
  return plain;
}

static gboolean is_common(const char *password) {
  g_autofree char *plain = plain_of(password);
  for (guint i = 0; i < G_N_ELEMENTS(common); i++) {
    g_autofree char *other = plain_of(common[i]);
    if (strcmp(plain, other) == 0) return TRUE;
  }
  return FALSE;
}

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
                      : n > USER_MAX_PASSWORD ? "a password has at most 256 characters"
                      : is_common(composed)   ? "this password is among those that are tried first: choose another"
                      : repeats(text, n)      ? "this password repeats a few characters: choose another"
                      : counts_on(text, n)    ? "this password is a sequence of neighbouring keys: choose another"
                      : is_name(composed, names) ? "this password is little more than the name: choose another"
                                                 : NULL;
  if (!wrong) return g_steal_pointer(&composed);
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, wrong);
  return NULL;
}
