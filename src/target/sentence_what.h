/* What a sentence says of direction and amounts, between its pieces and the kind of target that they make. */
#pragma once

#include "target/sentence_private.h"

typedef struct {
  Sentence *sentence;
  const SentencePiece *up, *down, *better, *keep, *no; /* what has been said of direction; `no` turns it */
  const SentencePiece *reach;
  const SentencePiece *amount, *second;
  gboolean lifts; /* "get it up to 35 %" is no limit, as "up to 35 %" is */
  const SentencePiece *vague;
  AmountRole role;
} What;

typedef enum { NO_WAY, UPWARDS, DOWNWARDS } Way;

/* The verbs and amounts among the pieces. */
void sentence_collect(What *what);
/* The amounts of all pieces: one, or the two ends of a band. FALSE with an error. */
gboolean sentence_join_amounts(What *what, SentenceAmount amounts[2]);
/* FALSE with an error where the words contradict each other. */
gboolean sentence_check_ways(What *what);
/* Above or below as the KPI's better side is, where the words say better or worse. */
void sentence_turn_quality(What *what);
Way sentence_way_of(const What *what);
Way sentence_better_way(const KpiDefinition *kpi);
char *sentence_what_words(const What *what, const SentencePiece *piece); /* the caller frees */
/* TRUE where the KPI is of a kind of unit, and shown so unless `display` is NULL; FALSE for NULL. */
gboolean sentence_is_of(const KpiDefinition *kpi, KpiUnitKind kind, const char *display);
