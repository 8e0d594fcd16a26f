/* A sentence, understood: its words are cut into pieces, and what they say together becomes terms.
 *
 * Each part of the sense asks its own question where the sentence leaves it open; an error is only what cannot be
 * meant. The KPI comes first, for what an amount is depends on its unit, and the time after the amount, for "within 2
 * days" is one or the other. */
#include "target/sentence_private.h"

static void init(TargetSentence *sentence) {
  *sentence = (TargetSentence){.questions = g_ptr_array_new_with_free_func(g_free),
                               .assumed = g_ptr_array_new_with_free_func(g_free)};
  target_terms_init(&sentence->terms);
}

void target_sentence_clear(TargetSentence *sentence) {
  target_terms_clear(&sentence->terms);
  g_clear_pointer(&sentence->within_dimension, g_free);
  g_clear_pointer(&sentence->within, g_free);
  g_clear_pointer(&sentence->questions, g_ptr_array_unref);
  g_clear_pointer(&sentence->assumed, g_ptr_array_unref);
  g_clear_pointer(&sentence->canonical, g_free);
  sentence->lacks = 0;
}

/* --- asking and telling --- */

void sentence_ask(Sentence *sentence, TargetLack lack, const char *format, ...) {
  static const struct {
    TargetLack lack;
    char letter;
  } letters[] = {{TARGET_LACKS_SPECIFIC, 'S'}, {TARGET_LACKS_MEASURABLE, 'M'}, {TARGET_LACKS_TIME, 'T'}};
  char letter = '?';
  for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
    if (letters[i].lack == lack) letter = letters[i].letter;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *question = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  sentence->into->lacks |= lack;
  g_ptr_array_add(sentence->into->questions, g_strdup_printf("%c: %s", letter, question));
}

void sentence_assume(Sentence *sentence, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *words = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  if (!g_ptr_array_find_with_equal_func(sentence->into->assumed, words, g_str_equal, NULL))
    g_ptr_array_add(sentence->into->assumed, g_steal_pointer(&words));
}

void sentence_fail(Sentence *sentence, BaseErrorCode code, const char *format, ...) {
  if (sentence->error) return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(&sentence->error, BASE_ERROR, code, message);
}

/* --- reading --- */

static int by_letter(gconstpointer a, gconstpointer b) {
  static const char order[] = "SMT";
  const char *x = *(char *const *)a, *y = *(char *const *)b;
  return (int)(strchr(order, x[0]) - strchr(order, y[0]));
}

static void understand(Sentence *sentence) {
  sentence->tokens = sentence_tokens(sentence->text);
  sentence->periods = g_new0(SentencePeriodAt, 2 * sentence->tokens->len);
  sentence_learn_names(sentence);
  sentence_learn_members(sentence);
  sentence_cut(sentence);
  if (sentence->unknown->len && sentence_correct(sentence)) sentence_cut(sentence);
  sentence_leave_asides(sentence);
  if (sentence->trouble) sentence_fail(sentence, BASE_ERROR_INPUT, "%s", sentence->trouble);
  void (*const parts[])(Sentence *) = {sentence_decide_kpi,  sentence_check_unknown, sentence_decide_whose,
                                       sentence_decide_what, sentence_decide_when,   sentence_decide_baseline};
  for (gsize i = 0; i < G_N_ELEMENTS(parts) && !sentence->error; i++) parts[i](sentence);
  g_ptr_array_sort(sentence->into->questions, by_letter);
}

gboolean sentence_understand(const TargetHearing *hearing, const char *text, TargetSentence *into, GError **error) {
  g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
  if (g_utf8_strlen(valid, -1) > SENTENCE_MAX_CHARS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "a target's sentence has at most %d characters; leave out what is not the target", SENTENCE_MAX_CHARS);
    return FALSE;
  }
  TargetSentence read;
  init(&read);
  Sentence sentence = {.hearing = hearing,
                       .text = valid,
                       .into = &read,
                       .pieces = g_array_new(FALSE, FALSE, sizeof(SentencePiece)),
                       .unknown = g_array_new(FALSE, FALSE, sizeof(guint))};
  understand(&sentence);
  g_array_unref(sentence.pieces);
  g_array_unref(sentence.unknown);
  g_array_unref(sentence.tokens);
  g_array_unref(sentence.names);
  g_ptr_array_unref(sentence.members);
  g_free(sentence.periods);
  g_free(sentence.trouble);
  if (sentence.error) {
    g_propagate_error(error, sentence.error);
    target_sentence_clear(&read);
    return FALSE;
  }
  *into = read;
  return TRUE;
}

gboolean target_sentence_read(const TargetHearing *hearing, const char *text, TargetSentence *sentence,
                              GError **error) {
  TargetSentence read;
  if (!sentence_understand(hearing, text, &read, error)) return FALSE;
  if (read.lacks == 0) read.canonical = sentence_say(hearing, &read);
  target_sentence_clear(sentence);
  *sentence = read;
  return TRUE;
}
