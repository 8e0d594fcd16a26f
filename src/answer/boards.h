/* Shared boards as JSON (docs/output.md). */
#pragma once

#include "access/board.h"
#include "answer/answer.h"
#include "cli/cli.h"

/* One period of a board. */
typedef struct {
  CalendarPeriod period;
  BaseDay as_of; /* the records are those believed at the end of this day */
  AccessBoardTable *table;
} AnswerBoardPeriod;

/* `periods`: AnswerBoardPeriod, the earliest first. `next` is the period that comes to it next, at the end of
 * `next_day`. */
typedef struct {
  const AccessBoard *board;
  const AccessPolicy *policy;
  GArray *periods;
  CalendarPeriod next;
  BaseDay next_day;
} AnswerBoard;

void answer_board_json(FILE *out, const AnswerBoard *board);
/* What there is: `boards` of AccessBoard. */
void answer_boards_json(FILE *out, const AccessPolicy *policy, const GPtrArray *boards);
