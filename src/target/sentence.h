/* Targets told in a sentence: "increase monthly sales revenue by 10% within the next quarter".
 *
 * What the sentence lacks is named by the letters of SMART; what only the records and the objectives can tell (is there
 * data, is it likely, which objective does it serve) is the caller's to add. */
#pragma once

#include "target/target.h"

typedef enum {
  TARGET_LACKS_SPECIFIC = 1 << 0,   /* which KPI, whose, in which direction */
  TARGET_LACKS_MEASURABLE = 1 << 1, /* no amount, or nothing that measures it */
  TARGET_LACKS_ACHIEVABLE = 1 << 2, /* the caller's: not likely */
  TARGET_LACKS_RELEVANT = 1 << 3,   /* the caller's: serves no objective */
  TARGET_LACKS_TIME = 1 << 4,       /* from when until when */
} TargetLack;

typedef struct {
  const char *dimension; /* rep, team, region, product, … */
  const char *name;
} TargetMember;

typedef struct {
  KpiCatalogue *catalogue;
  const Calendar *calendar;
  BaseDay today;
  const char *currency;        /* the organisation's */
  const TargetMember *members; /* those that a sentence may name */
  gsize n_members;
  const char *dimension, *member; /* whose it is where the sentence does not say: --for; NULL: not given. Where both
                                     say, they must agree. A dimension without a member: each of its members */
} TargetHearing;

typedef struct {
  TargetTerms terms; /* what was understood; "per rep" is the dimension rep without a member: for each of them */
  char *within_dimension, *within; /* "per rep of team North": only of those who are in it; NULL: of all */
  guint lacks;                     /* of TargetLack */
  GPtrArray *questions; /* char *: what would make it a target, each beginning with its letter: "S: Which KPI …?" */
  char *canonical; /* the terms in one canonical sentence, which is understood as the same terms; NULL while S, M or T
                      is lacking */
  GPtrArray *assumed; /* char *: what was taken for granted: "compared with 2026-Q4" */
} TargetSentence;

void target_sentence_clear(TargetSentence *sentence);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TargetSentence, target_sentence_clear)

/* A text has at most 1,000 characters (BASE_ERROR_LIMIT). `sentence` is zeroed or cleared before. Errors are of a text
 * that contradicts itself or names what there is not (NOT_FOUND with the nearest name, INPUT with the words and what to
 * write instead); a vague sentence is none: see `lacks`. */
gboolean target_sentence_read(const TargetHearing *hearing, const char *text, TargetSentence *sentence, GError **error);
/* The canonical words of terms that lack nothing, whose hearing->catalogue has the KPI; the caller frees. */
char *target_terms_say(const TargetHearing *hearing, const TargetTerms *terms);
gboolean target_terms_equal(const TargetTerms *a, const TargetTerms *b);
