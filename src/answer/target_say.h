/* What is said of targets, kept: new ones from a sentence, and acts about those there are. */
#pragma once

#include "answer/target_hear.h"

/* Sets or proposes (`act`) what was heard, for each whom it is for, in one transaction; the new targets are added to
 * `targets`, which are all there are. The store is open to write. Errors: INPUT, NOT_FOUND, of the database. */
gboolean answer_say_new(const Session *session, const AnswerSaying *saying, const AnswerHeard *heard, TargetAct act,
                        GPtrArray *targets, GError **error);

/* Says something about a target of `targets`: counters and adjusts it with what the sentence says (`heard` is filled),
 * or accepts, declines, withdraws or comments on it. Errors: INPUT for what may not be said now, of the database. */
gboolean answer_say_about(const Session *session, const AnswerSaying *saying, TargetAct act, GPtrArray *targets,
                          Target *target, AnswerHeard *heard, GError **error);

/* The members target, act, state, and the terms of its last version. */
void answer_said_json(CliJson *json, const Target *target, TargetAct act);
