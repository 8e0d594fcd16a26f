/* A target handed down: of the company to regions, teams or people, of a team to its people.
 *
 * What adds up is shared out so that the parts are the whole to the last unit; what stands by itself (a rate, a median,
 * a level) is the same for everybody. Who hands out more than there is (over-assignment) says by how much, and what of
 * the parent is nobody's is shown as its gap. */
#pragma once

#include "target/standing.h"

typedef enum {
  TARGET_BY_CAPACITY, /* working days, see target/capacity.h */
  TARGET_BY_HISTORY,  /* what each came to in the twelve months before the span */
  TARGET_BY_EQUAL,    /* heads alike */
  TARGET_BY_SHARES,   /* as said */
} TargetCascadeBy;

/* "capacity", "history", "equal", "shares". */
const char *target_cascade_name(TargetCascadeBy by);
gboolean target_cascade_parse(const char *name, TargetCascadeBy *by);

typedef struct {
  char *member;
  double weight;              /* days, amount, heads or share */
  double amount, amount_high; /* BETWEEN: both edges */
  gboolean is_nothing;        /* no target comes of it: no weight, or an amount to reach of 0 */
} TargetShare;

typedef struct {
  GArray *shares; /* TargetShare, by name */
  double amount;  /* of the parent over its whole span */
  double assigned;
  guint n_targets;  /* of those shares that are something */
  gboolean adds_up; /* FALSE: everybody has the parent's own amount */
  TargetKind kind;  /* of the parts: a change against a baseline becomes an amount to reach, or to stay below */
} TargetCascade;

void target_cascade_clear(TargetCascade *cascade);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TargetCascade, target_cascade_clear)

typedef struct {
  const char *dimension; /* to whom: rep, team, region, manager, a level of teams */
  TargetCascadeBy by;
  const char *const *shares; /* BY_SHARES: "Ana Silva=40", NULL-terminated */
  double over;               /* how much more is handed out: 0.1 is 10 % more than there is */
} TargetCascadeRequest;

/* What a standing's target comes to for each member. Errors: INPUT where nobody is there to carry it, where it has no
 * amount (a baseline without a value), for shares that are none; NOT_FOUND for a member; those of the database. */
gboolean target_cascade(const TargetDesk *desk, const TargetStanding *standing, const TargetCascadeRequest *request,
                        TargetCascade *cascade, GError **error);
/* Terms of one part; to be cleared. */
void target_cascade_terms(const TargetStanding *standing, const TargetCascadeRequest *request,
                          const TargetCascade *cascade, guint index, TargetTerms *terms);

/* What of an agreed target its parts come to: the agreed targets whose parent it is. `n` may be NULL. */
double target_assigned(const GPtrArray *targets, const Target *parent, BaseDay day, guint *n);
