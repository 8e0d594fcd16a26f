/* Words that no phrase has: mistyped, or the name of somebody there is not.
 *
 * Only a word of five letters and more is taken for another, one that is one letter away (two for long ones) and the
 * only such; never where a name stands, for Anna is not Ana. What was read so is said. */
#include "target/sentence_private.h"

#define CORRECTED_MAX 20

/* --- mistypings --- */

typedef struct {
  GHashTable *known;  /* words that are right */
  GPtrArray *targets; /* those that others may be taken for; owned by `known` */
} Vocabulary;

static void learn(Vocabulary *vocabulary, const char *word, gsize length, gboolean target) {
  if (length == 0) return;
  char *copy = g_strndup(word, length);
  gboolean is_new = !g_hash_table_contains(vocabulary->known, copy);
  if (is_new) g_hash_table_add(vocabulary->known, copy);
  if (is_new && target && length >= 4) g_ptr_array_add(vocabulary->targets, copy);
  if (!is_new) g_free(copy);
}

static void learn_pattern(Vocabulary *vocabulary, const char *pattern, gboolean target) {
  for (const char *at = pattern; *at != '\0';) {
    gsize length = strcspn(at, " |[]{}");
    gboolean slot = at > pattern && at[-1] == '{';
    if (!slot) learn(vocabulary, at, length, target);
    at += length;
    if (*at != '\0') at++;
  }
}

static void learn_words(Vocabulary *vocabulary, const char *const *words, gboolean target) {
  for (; *words; words++) learn(vocabulary, *words, strlen(*words), target);
}

static void learn_name(Vocabulary *vocabulary, const char *name, gboolean target) {
  g_auto(GStrv) words = sentence_name_words(name);
  learn_words(vocabulary, (const char *const *)words, target);
}

/* The catalogue first, for a word that two have is a target only by its first. */
static void learn_all(Vocabulary *vocabulary, const Sentence *sentence) {
  const TargetHearing *hearing = sentence->hearing;
  for (guint i = 0; i < kpi_catalogue_n_kpis(hearing->catalogue); i++) {
    learn_name(vocabulary, kpi_catalogue_kpi(hearing->catalogue, i)->name, TRUE);
    learn_name(vocabulary, kpi_catalogue_kpi(hearing->catalogue, i)->title, TRUE);
  }
  for (gsize i = 0; i < sentence_n_kpis; i++) learn_pattern(vocabulary, sentence_kpis[i].pattern, TRUE);
  for (gsize i = 0; i < sentence_n_phrases; i++) learn_pattern(vocabulary, sentence_phrases[i].pattern, TRUE);
  learn_words(vocabulary, sentence_time_words, TRUE);
  learn_words(vocabulary, sentence_unit_words, TRUE);
  for (gsize i = 0; i < sentence_n_times; i++) learn_pattern(vocabulary, sentence_times[i].pattern, FALSE);
  for (gsize i = 0; i < sentence_n_periods; i++) learn_pattern(vocabulary, sentence_periods[i].pattern, FALSE);
  for (gsize i = 0; i < sentence_n_whose; i++) learn_pattern(vocabulary, sentence_whose[i].pattern, TRUE);
  learn_words(vocabulary, sentence_number_words, FALSE);
  learn_words(vocabulary, sentence_noise, FALSE);
  for (gsize i = 0; i < hearing->n_members; i++) {
    learn_name(vocabulary, hearing->members[i].name, FALSE);
    learn_name(vocabulary, hearing->members[i].dimension, FALSE);
  }
}

/* Where a name is expected, a word is not taken for another. */
static gboolean is_name_place(Sentence *sentence, guint at) {
  static const char *const leading[] = {"for", "of", "from", "to", "by", NULL};
  const SentenceToken *token = sentence_token(sentence, at), *before = at ? sentence_token(sentence, at - 1) : NULL;
  const char *dimension;
  if (sentence_read_dimension(sentence, at + 1, &dimension) != SENTENCE_NO_MATCH) return TRUE;
  if (before && sentence_read_dimension(sentence, at - 1, &dimension) != SENTENCE_NO_MATCH) return TRUE;
  if (!token->capital) return FALSE;
  return sentence_token_is(sentence, at + 1, "'s") || (before && g_strv_contains(leading, before->text));
}

static const char *only_near(const Vocabulary *vocabulary, const char *word) {
  gsize length = strlen(word);
  guint limit = length >= 8 ? 2 : 1, best = limit + 1;
  const char *nearest = NULL;
  for (guint i = 0; i < vocabulary->targets->len; i++) {
    const char *target = vocabulary->targets->pdata[i];
    gsize target_length = strlen(target);
    if (target_length > length + limit || length > target_length + limit) continue;
    guint away = base_edit_distance(word, target);
    if (away > best || away > limit) continue;
    nearest = away == best ? NULL : target;
    best = away;
  }
  return nearest;
}

static gboolean may_be_mistyped(const Sentence *sentence, guint at, const Vocabulary *vocabulary) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (token->kind != TOKEN_WORD || strlen(token->text) < 5 || strpbrk(token->text, "0123456789'")) return FALSE;
  SentenceBound bound = {.member = -1, .other = -1};
  CalendarGrain grain;
  const char *dimension;
  return !g_hash_table_contains(vocabulary->known, token->text) &&
         sentence_read_time_slot((Sentence *)sentence, "month", at, &bound) == SENTENCE_NO_MATCH &&
         sentence_read_grain((Sentence *)sentence, at, &grain) == SENTENCE_NO_MATCH &&
         sentence_read_dimension((Sentence *)sentence, at, &dimension) == SENTENCE_NO_MATCH;
}

gboolean sentence_correct(Sentence *sentence) {
  Vocabulary vocabulary = {.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                           .targets = g_ptr_array_new()};
  learn_all(&vocabulary, sentence);
  gboolean corrected = FALSE;
  for (guint i = 0; i < MIN(sentence->unknown->len, CORRECTED_MAX); i++) {
    guint at = g_array_index(sentence->unknown, guint, i);
    if (!may_be_mistyped(sentence, at, &vocabulary) || is_name_place(sentence, at)) continue;
    SentenceToken *token = &g_array_index(sentence->tokens, SentenceToken, at);
    const char *meant = only_near(&vocabulary, token->text);
    if (!meant) continue;
    g_autofree char *written = sentence_words(sentence, at, at + 1);
    sentence_assume(sentence, "'%s' is read as %s", written, meant);
    g_free(token->text);
    token->text = g_strdup(meant);
    corrected = TRUE;
  }
  if (corrected) { /* a period may be read now where none was, a name may begin */
    memset(sentence->periods, 0, 2 * sentence->tokens->len * sizeof *sentence->periods);
    g_array_unref(sentence->names);
    sentence_learn_names(sentence);
  }
  g_ptr_array_unref(vocabulary.targets);
  g_hash_table_unref(vocabulary.known);
  return corrected;
}

/* --- names of nobody --- */

static void fail_no_member(Sentence *sentence, guint at, const char *dimension) {
  const TargetHearing *hearing = sentence->hearing;
  g_autofree char *written = sentence_words(sentence, at, at + 1);
  const SentenceToken *token = sentence_token(sentence, at);
  const char *name = token->kind == TOKEN_QUOTED ? token->text : written;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autoptr(GString) list = g_string_new(NULL);
  for (gsize i = 0; i < hearing->n_members; i++) {
    if (dimension && !g_str_equal(hearing->members[i].dimension, dimension)) continue;
    if (names->len < 8) g_string_append_printf(list, "%s%s", names->len ? ", " : "", hearing->members[i].name);
    g_ptr_array_add(names, (gpointer)hearing->members[i].name);
  }
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  const char *what = dimension ? dimension : "KPI, person or team";
  if (nearest)
    sentence_fail(sentence, BASE_ERROR_NOT_FOUND, "there is no %s '%s'; did you mean %s?", what, name, nearest);
  else if (dimension && list->len)
    sentence_fail(sentence, BASE_ERROR_NOT_FOUND, "there is no %s '%s'; there are %s%s", what, name, list->str,
                  names->len > 8 ? " and others" : "");
  else
    sentence_fail(sentence, BASE_ERROR_NOT_FOUND, "there is no %s '%s'", what, name);
}

static gboolean is_unknown(const Sentence *sentence, guint at) {
  for (guint i = 0; i < sentence->unknown->len; i++)
    if (g_array_index(sentence->unknown, guint, i) == at) return TRUE;
  return FALSE;
}

/* "team Atlantis", "the Atlantis team": a name of a dimension that has none such. */
static gboolean names_nobody(Sentence *sentence, guint at) {
  const SentenceToken *token = sentence_token(sentence, at), *before = at ? sentence_token(sentence, at - 1) : NULL;
  const char *dimension = NULL;
  gboolean behind = at > 0 && is_unknown(sentence, at - 1) &&
                    sentence_read_dimension(sentence, at - 1, &dimension) != SENTENCE_NO_MATCH;
  if (!behind || (!token->capital && token->kind != TOKEN_QUOTED)) {
    static const char *const leading[] = {"for", "of", "the", "in", "from", NULL};
    guint end =
        is_unknown(sentence, at + 1) ? sentence_read_dimension(sentence, at + 1, &dimension) : SENTENCE_NO_MATCH;
    if (end == SENTENCE_NO_MATCH || !before || !(token->capital || g_strv_contains(leading, before->text)))
      dimension = NULL;
  }
  if (!dimension && token->kind != TOKEN_QUOTED) return FALSE;
  fail_no_member(sentence, at, dimension);
  return TRUE;
}

static gboolean is_led_to(const Sentence *sentence, guint at) {
  static const char *const leading[] = {"for", "from", "of", "among", "with", "in", NULL};
  static const char *const between[] = {"the", "our", "all", NULL};
  const SentenceToken *before = at ? sentence_token(sentence, at - 1) : NULL;
  if (before && g_strv_contains(between, before->text)) before = at > 1 ? sentence_token(sentence, at - 2) : NULL;
  return before && before->kind == TOKEN_WORD && g_strv_contains(leading, before->text);
}

/* The member one of whose names is nearly `word`; NULL: none. */
static const TargetMember *near_member(const Sentence *sentence, const char *word) {
  for (guint i = 0; i < sentence->members->len; i++) {
    const char *const *words = sentence->members->pdata[i];
    if (base_nearest(word, words, g_strv_length((char **)words))) return &sentence->hearing->members[i];
  }
  return NULL;
}

/* "Ana Sliva", "for Anna": a name that is nearly somebody's. */
static gboolean is_nearly_member(Sentence *sentence, guint at) {
  static const char *const leading[] = {"for", "of", NULL};
  const SentenceToken *token = sentence_token(sentence, at), *before = at ? sentence_token(sentence, at - 1) : NULL;
  if (token->kind != TOKEN_WORD || !token->capital || !before) return FALSE;
  gboolean after_part = FALSE;
  for (guint i = 0; i < sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(sentence->pieces, SentencePiece, i);
    after_part |= piece->row->says == SAYS_MEMBER && piece->bound.by_part && piece->to == at;
  }
  if (!after_part && !g_strv_contains(leading, before->text)) return FALSE;
  const TargetMember *near = near_member(sentence, token->text);
  g_autofree char *written = sentence_words(sentence, after_part ? at - 1 : at, at + 1);
  if (near)
    sentence_fail(sentence, BASE_ERROR_NOT_FOUND, "there is no '%s'; did you mean %s %s?", written, near->dimension,
                  near->name);
  return near != NULL;
}

/* "Enterprise revenue": a word that would narrow the KPI, if it were known. */
static gboolean narrows_kpi(const Sentence *sentence, guint at) {
  if (g_str_has_suffix(sentence_token(sentence, at)->text, "ly")) return FALSE;
  for (guint i = 0; i < sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(sentence->pieces, SentencePiece, i);
    if (piece->row->says == SAYS_KPI && piece->from == at + 1) return TRUE;
  }
  return FALSE;
}

void sentence_check_unknown(Sentence *sentence) {
  g_autoptr(GString) left = g_string_new(NULL);
  for (guint i = 0; i < sentence->unknown->len && !sentence->error; i++) {
    guint at = g_array_index(sentence->unknown, guint, i);
    const SentenceToken *token = sentence_token(sentence, at);
    const char *dimension;
    if (token->kind == TOKEN_WORD && sentence_read_dimension(sentence, at, &dimension) != SENTENCE_NO_MATCH) continue;
    if (names_nobody(sentence, at) || is_nearly_member(sentence, at) || !sentence->kpi) continue;
    g_autofree char *word = sentence_words(sentence, at, at + 1);
    if (token->kind == TOKEN_WORD && (is_led_to(sentence, at) || narrows_kpi(sentence, at)))
      sentence_ask(sentence, TARGET_LACKS_SPECIFIC,
                   "Who or what is '%s'? It is no person, team, region or product that is known here; leave it out, or "
                   "write whose target it is.",
                   word);
    else
      g_string_append_printf(left, "%s%s", left->len ? " " : "", word);
  }
  if (left->len && !sentence->error) sentence_assume(sentence, "left out: '%s'", left->str);
}
