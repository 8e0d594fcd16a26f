/* A target handed down, from the question's texts to what is kept and told. */
#pragma once

#include "answer/targets.h"
#include "target/cascade.h"

/* Nothing is owned; NULL is not given. */
typedef struct {
  gint64 target;             /* the number of the one that is handed down */
  const char *to;            /* to each rep, team, region, manager or level of teams */
  const char *by;            /* capacity, history, equal, shares; NULL: capacity, or shares where there are any */
  const char *const *shares; /* "Ana Silva=60", NULL-terminated */
  const char *over;          /* percent by which more is handed out: "10" or "10%" */
  gboolean proposes;         /* the parts are proposed, for each to accept */
  gboolean is_dry;           /* only what the parts come to */
  const char *author;
  const char *reason;
  gboolean is_command; /* messages write options with their dashes */
  /* Asked of the parts before anything is kept or told; NULL: all may be handed down. */
  gboolean (*may_hand)(gpointer asker, const TargetStanding *parent, const char *dimension,
                       const TargetCascade *cascade, GError **error);
  gpointer asker;
} AnswerHanding;

/* What was handed down. */
typedef struct {
  const Session *session;
  GPtrArray *targets; /* all there are, unless those to be told of were set before; those that were made last */
  GArray *standings;  /* of the one that is handed down */
  TargetCascade cascade;
  TargetCascadeRequest request;
  guint first;   /* of the targets that were made */
  gboolean kept; /* they were */
} AnswerHanded;

void answer_handed_clear(AnswerHanded *handed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerHanded, answer_handed_clear)

/* `handed` must be zeroed, but for its targets; session and the texts of `handing` must outlive it. `desk` asks for
 * what there is. Where it is not dry, the store is open to write and all parts are kept in one transaction. Errors:
 * USAGE, NOT_FOUND, INPUT for a target that is not agreed, those of target_cascade(). */
gboolean answer_hand_down(const Session *session, const TargetDesk *desk, const AnswerHanding *handing,
                          AnswerHanded *handed, GError **error);
void answer_handed_json(const AnswerHanded *handed, FILE *out);
CliTable *answer_handed_table(const AnswerHanded *handed);
