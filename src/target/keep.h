/* Targets in the database, with everything that was said of them. Rows are only added: a version that was agreed stays
 * beside the one that came after it, with who said so, when and why.
 *
 *   set ──────────────────────────────► in force ──► adjust ──► in force …
 *   propose ──► counter ──► … ──► accept ──► in force
 *          └──► decline                                  └──► withdraw
 *
 * The version in force on a day is the last that was set, adjusted or accepted and takes effect on or before it. */
#pragma once

#include "store/store.h"
#include "target/spread.h"

typedef enum {
  TARGET_ACT_SET,
  TARGET_ACT_PROPOSE,
  TARGET_ACT_COUNTER,
  TARGET_ACT_ACCEPT,
  TARGET_ACT_DECLINE,
  TARGET_ACT_ADJUST,
  TARGET_ACT_WITHDRAW,
  TARGET_ACT_COMMENT,
} TargetAct;

/* "set", "propose", … */
const char *target_act_name(TargetAct act);
gboolean target_act_parse(const char *name, TargetAct *act);

typedef enum { TARGET_OPEN, TARGET_AGREED, TARGET_DECLINED, TARGET_WITHDRAWN } TargetState;

/* "open" (proposed or countered, not answered yet), "agreed", "declined", "withdrawn". */
const char *target_state_name(TargetState state);

typedef struct {
  guint version; /* from 1 */
  TargetTerms terms;
  const char *member_table; /* of whose rows the member is one, interned: its name is then what the row's is now */
  gint64 member_key;        /* the row's; 0: the member is a text, or none */
  TargetSpreadKind spread;
  GArray *parts;     /* TargetPart, BY_HAND: their weights are the amounts due in them; else empty */
  BaseDay effective; /* from this day on */
} TargetVersion;

typedef struct {
  TargetAct act;
  guint version; /* of which it speaks: made by it, or answered */
  char *author;
  char *words; /* or NULL */
  gint64 said_at_us;
} TargetEvent;

typedef struct {
  gint64 number;       /* from 1, in the order in which they were made */
  gint64 parent;       /* the target that it was cascaded from; 0: none */
  gint64 objective;    /* it serves; 0: none */
  GPtrArray *versions; /* TargetVersion, by number */
  GPtrArray *events;   /* TargetEvent, as they were said */
} Target;

void target_version_free(TargetVersion *version);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TargetVersion, target_version_free)
void target_free(Target *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Target, target_free)

/* With nothing said yet: target_say() makes it one. */
Target *target_new(gint64 parent, gint64 objective);
/* Of one version, which it takes, in force though nobody said it: number 0, to be asked about and not to be kept. */
Target *target_new_made(TargetVersion *version);
/* Of terms that are copied; effective from their first day, spread by working days. */
TargetVersion *target_version_new(const TargetTerms *terms);

TargetState target_state(const Target *target);
/* The version in force on a day (before its span, on the span's first), or NULL: not agreed yet, or withdrawn. */
const TargetVersion *target_in_force(const Target *target, BaseDay day);
/* The last version, whatever became of it; never NULL. */
const TargetVersion *target_latest(const Target *target);

typedef struct {
  gint64 number;
  guint version;
  char *name;
  char *about; /* or NULL */
  char **kpis; /* those that tell whether it is reached; may be empty */
  gboolean ended;
  char *author;
  gint64 said_at_us;
} TargetObjective;

void target_objective_free(TargetObjective *objective);
/* The objective that a target serves: the one it was set for, else the first that has not ended and names its KPI.
 * NULL: none. */
const TargetObjective *target_objective_of(const Target *target, const GPtrArray *objectives);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TargetObjective, target_objective_free)

/* All targets by number, objectives by number in their last version. Caller frees the arrays. Errors: of the database.
 */
GPtrArray *target_read_all(Store *store, GError **error);
GPtrArray *target_read_objectives(Store *store, GError **error);

/* Finds the row that a version's member is, by its name. What says a version does that for itself; who says many does
 * it once for each member. Errors: of the database. */
gboolean target_version_find_member(Store *store, TargetVersion *version, GError **error);

/* What was said: a new target (`target->number` 0, which is then set), or one more event of it. Takes `version`, where
 * one is made, and numbers it; where it is NULL, `event->version` names one that is there. `event` is copied. The store
 * is open to write. Errors: of the database. */
gboolean target_say(Store *store, Target *target, TargetVersion *version, const TargetEvent *event, GError **error);
/* The same within the caller's transaction. */
gboolean target_say_within(Store *store, Target *target, TargetVersion *version, const TargetEvent *event,
                           GError **error);
/* A new objective (number 0), or a new version of it. */
gboolean target_objective_save(Store *store, TargetObjective *objective, GError **error);
