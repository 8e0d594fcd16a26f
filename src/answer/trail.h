/* What a number rests on: how it came to be, and the records behind it, as programs read them. */
#pragma once

#include "answer/answer.h"
#include "answer/origins.h"
#include "cli/cli.h"
#include "query/trail.h"

#define ANSWER_USUAL_RECORDS 1000    /* listed for a measure, where no limit is asked */
#define ANSWER_MOST_RECORDS  1000000 /* behind a measure that is listed page by page */
#define ANSWER_N_LEFT_OUT    5

/* Why records of a fact are not in a measure, and how many. */
typedef struct {
  const char *why;
  gint64 n;
} AnswerLeftOut;

void answer_left_out(const QueryTrail *trail, AnswerLeftOut out[ANSWER_N_LEFT_OUT]);
/* The measure's name, else its definition; the caller frees. */
char *answer_measure_name(const QueryTrail *trail);

/* `trails` of query_trails() with counts only, and the answer of the same request. */
void answer_explain_json(const Session *session, const QueryResult *result, const GPtrArray *trails, FILE *out);
/* `trails` with their records. */
void answer_records_json(const Session *session, const char *kpi, const GPtrArray *trails, FILE *out);
/* A page of them, with `next`; `trails` have all. A list that is one page is by day, any other by id. Errors: INPUT for
 * what is no cursor. */
gboolean answer_records_page_json(const Session *session, const char *kpi, const GPtrArray *trails,
                                  const AnswerPage *page, FILE *out, GError **error);
void answer_records_csv(const GPtrArray *trails, FILE *out);
