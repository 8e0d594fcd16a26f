/* The change of a KPI between a period and the one it is compared with, split by the members of a dimension: how much
 * of it each of them makes. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"

typedef struct AnswerDecomposition AnswerDecomposition;

/* Looks whether a question can be decomposed: one KPI, one dimension, no grain; compared with the period before where
 * nothing is said. Errors: USAGE, NOT_FOUND; INPUT for a KPI whose value is not made of its members', with the reason.
 */
gboolean answer_decompose_check(const Session *session, AnswerRequest *request, GError **error);
/* Of the answer to a request that was checked; the session and the answer must outlive it. Errors: INPUT where one of
 * the periods has no value, or where members have no records of their own. */
AnswerDecomposition *answer_decompose(const Session *session, const QueryResult *result, GError **error);
void answer_decomposition_free(AnswerDecomposition *split);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnswerDecomposition, answer_decomposition_free)

/* docs/output.md describes them. */
void answer_decompose_json(const AnswerDecomposition *split, FILE *out);
void answer_decompose_csv(const AnswerDecomposition *split, FILE *out);
CliTable *answer_decompose_table(const AnswerDecomposition *split);
