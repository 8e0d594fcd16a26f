/* Any answer as a table, for spreadsheets and data tools: the objects of one of its lists are rows.
 *
 *   {"kpi": "revenue", "measures": [{"measure": "won", "records": [{"id": "D-1", "value": 3}]}]}
 *   "measures.records"  ─►  measure, id, value
 *
 * What the objects around a row say of themselves stands in every row. An object within a row gives columns of its own:
 * its `name` is called as the object is, others as they are called, with the object's name before them where that is
 * taken. Of its `members`, those that a row does not name are "(all)". Texts in a list are one text with spaces
 * between. Where there is no row at all there is one column, called as the lists are. */
#pragma once

#include "base/text.h"

#include <stdio.h>

#define ANSWER_TABULAR_MAX_CELLS 10000000

typedef struct AnswerTabular AnswerTabular;

/* `document`: JSON of ours. `lists`: names of lists with dots between those within one another; several with commas
 * between give their rows one after the other. "" is a document that is a list itself. Those that it
 * lacks are empty. Errors: INPUT for what is no JSON, LIMIT
 * for more than ANSWER_TABULAR_MAX_CELLS. */
AnswerTabular *answer_tabular_new(const char *document, const char *lists, GError **error);
void answer_tabular_free(AnswerTabular *tabular);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnswerTabular, answer_tabular_free)

void answer_tabular_csv(const AnswerTabular *tabular, FILE *out);
/* One sheet. Errors: LIMIT for more rows than a sheet has; IO. */
gboolean answer_tabular_xlsx(const AnswerTabular *tabular, const char *title, FILE *out, GError **error);
/* A Parquet file with texts, numbers and flags as such; a column without a value is of texts. Errors: IO. */
gboolean answer_tabular_parquet(const AnswerTabular *tabular, char **bytes, gsize *n_bytes, GError **error);
