/* Objectives as they are shown, with the targets that serve them, and as they are said. */
#pragma once

#include "answer/targets.h"

/* `objectives` (TargetObjective) and `targets` (Target) are all there are. */
void answer_objectives_json(const Session *session, const GPtrArray *objectives, const GPtrArray *targets, FILE *out);
CliTable *answer_objectives_table(const GPtrArray *objectives, const GPtrArray *targets);

/* Nothing is owned; NULL is not given: of one that there is it then stays as it was. */
typedef struct {
  const char *name;
  const char *about;
  const char *const *kpis; /* NULL-terminated; several in one text, with commas between, are taken apart */
  const char *author;
  gboolean ends; /* it is no longer an objective */
  gboolean is_command;
} AnswerObjective;

/* Makes one, or changes the one of that name; the store is open to write. Caller frees `*kpis` with g_strfreev().
 * Errors: USAGE, NOT_FOUND for a KPI, of the database. */
gboolean answer_objective_set(const Session *session, const AnswerObjective *said, gint64 *number, char ***kpis,
                              GError **error);
/* What was set, as an object of JSON. */
void answer_objective_json(const AnswerObjective *said, gint64 number, char **kpis, FILE *out);
