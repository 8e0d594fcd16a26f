/* What passwords are made of most often: 90,000 leaked passwords, names and words of English, in the program as one
 * text of sorted lines (tools/common-passwords). 4,000 of them are as long as a password has to be; what somebody makes
 * of the others to reach that length is one of them, digits and signs around it, or itself again: "Password2024!!",
 * "monkeymonkey". Two of them together, and so a sentence, are not looked for.
 */
#include "user/common.h"

#include "common_words.h"

#include <gio/gio.h>
#include <string.h>

/* The company's own words, and what the year gives (NIST SP 800-63B, 5.1.1.2: "context-specific words"). */
static const char *const ours[] = {"attain",      "salesforce",  "hubspot",   "pipedrive",
                                   "dynamics365", "companyname", "mycompany", "correcthorsebatterystaple"};

typedef struct {
  const char *text;
  gsize length;
} Lines;

/* Of the line that `at` is in. */
static gsize line_begin(const Lines *lines, gsize at) {
  while (at > 0 && lines->text[at - 1] != '\n') at--;
  return at;
}

static int compare(const char *line, const char *word, gsize length) {
  int order = strncmp(line, word, length);
  return order ? order : line[length] == '\n' ? 0 : 1;
}

/* Sorted lines: the half that cannot have it is left out each time. */
static gboolean has_line(const Lines *lines, const char *word, gsize length) {
  gsize low = 0, high = lines->length;
  while (low < high) {
    gsize begin = line_begin(lines, low + (high - low) / 2);
    int order = compare(lines->text + begin, word, length);
    if (order == 0) return TRUE;
    if (order > 0)
      high = begin;
    else
      low = (gsize)((const char *)memchr(lines->text + begin, '\n', lines->length - begin) - lines->text) + 1;
  }
  return FALSE;
}

static gboolean is_ours(const char *word, gsize length) {
  for (guint i = 0; i < G_N_ELEMENTS(ours); i++)
    if (strlen(ours[i]) == length && strncmp(ours[i], word, length) == 0) return TRUE;
  return FALSE;
}

/* How much of it comes again and again; its length where nothing does. */
static gsize period_of(const char *word, gsize length) {
  gsize period = 1;
  while (period < length && !(length % period == 0 && strncmp(word, word + period, length - period) == 0)) period++;
  return period;
}

#define MIN_WORD 4

static gboolean is_word(const Lines *lines, const char *word, gsize length) {
  gsize period = period_of(word, length);
  return (length >= MIN_WORD && (has_line(lines, word, length) || is_ours(word, length))) ||
         (period >= MIN_WORD && period < length && (has_line(lines, word, period) || is_ours(word, period)));
}

/* Digits and signs that stand for letters as these: "p4$$w0rd". */
static char *decode(const char *word, gsize length) {
  static const struct {
    char sign, letter;
  } stands_for[] = {{'0', 'o'}, {'1', 'i'}, {'3', 'e'}, {'4', 'a'}, {'5', 's'},
                    {'7', 't'}, {'@', 'a'}, {'$', 's'}, {'!', 'i'}};
  char *plain = g_strndup(word, length);
  for (char *at = plain; *at; at++)
    for (guint i = 0; i < G_N_ELEMENTS(stands_for); i++)
      if (*at == stands_for[i].sign) *at = stands_for[i].letter;
  return plain;
}

static gboolean is_made_of(const Lines *lines, const char *word, gsize length) {
  g_autofree char *plain = decode(word, length);
  return is_word(lines, word, length) || is_word(lines, plain, length);
}

gboolean user_is_common(const char *password) {
  g_autoptr(GBytes) bytes = g_resource_lookup_data(common_words_get_resource(), "/attain/user/common.txt",
                                                   G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *folded = g_utf8_casefold(password, -1);
  Lines lines = {0};
  lines.text = g_bytes_get_data(bytes, &lines.length);
  gsize length = strlen(folded), before = 0, after = 0;
  while (before < length && !g_ascii_isalpha(folded[before]) && (guchar)folded[before] < 128) before++;
  while (after < length && !g_ascii_isalpha(folded[length - 1 - after]) && (guchar)folded[length - 1 - after] < 128)
    after++;
  for (gsize from = 0; from <= before; from++)
    for (gsize left = 0; left <= after && from + left < length; left++)
      if (is_made_of(&lines, folded + from, length - from - left)) return TRUE;
  return FALSE;
}
