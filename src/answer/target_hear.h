/* Targets told in sentences: what is said, and what is heard with all that the workspace knows of it. */
#pragma once

#include "answer/targets.h"

#include <stdio.h>

/* What somebody says; all texts but the author's may be NULL. Nothing is owned. */
typedef struct {
  const char *sentence;
  const char *who;       /* company, team:North, "rep:Ana Silva", "rep:" for each rep */
  const char *objective; /* its name; NULL: the one that names the KPI */
  const char *spread;    /* working-days, days, last-year, by-hand */
  const char *parts;     /* by hand: "80000,100000,120000", the amounts of the span's months, or of a month's weeks */
  const char *from;      /* YYYY-MM-DD, from which it holds */
  const char *author;
  const char *reason;
} AnswerSaying;

/* A sentence as it is heard: whether anything measures it, how likely it is made and which objective it serves are
 * among its questions. */
typedef struct {
  TargetSentence sentence;
  GArray *known;   /* TargetKnown */
  GArray *members; /* TargetMember, of their texts */
  TargetHearing hearing;
  char *dimension, *member; /* of `who` */
  gint64 objective;         /* the one that is named; 0: none was */
  GPtrArray *objectives;
  PaceForecast forecast; /* of the target that was heard; none while it lacks something, or is one for each of many */
} AnswerHeard;

void answer_heard_clear(AnswerHeard *heard);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerHeard, answer_heard_clear)

/* `like`: terms that fill what the sentence leaves out, or NULL. Errors: what contradicts itself or is not there. */
gboolean answer_hear(const Session *session, const AnswerSaying *saying, const TargetTerms *like, AnswerHeard *heard,
                     GError **error);
/* What was understood and what is missing, as a document. */
void answer_heard_json(const AnswerHeard *heard, FILE *out);
/* Errors: INPUT with the questions, where it is no target yet. */
gboolean answer_check_heard(const AnswerHeard *heard, GError **error);
/* A version of terms, as it was said how and from when on. Errors: USAGE, INPUT. */
TargetVersion *answer_said_version(const Session *session, const AnswerSaying *saying, const TargetTerms *terms,
                                   GError **error);
