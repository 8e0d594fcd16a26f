/* A company's policy: what each role may and sees, who is in which group, how long a session holds. Read
 * from policy.yaml of the workspace; without one, what stands in access_policy_new(). docs/security.md describes it. */
#pragma once

#include "access/suppress.h"
#include "base/text.h"
#include "calendar/calendar.h"
#include "conf/conf.h"
#include "user/book.h"

typedef enum {
  ACCESS_NOTHING,
  ACCESS_OWN,    /* what is credited to the person they are */
  ACCESS_LED,    /* that, what is of people while they lead them, and of the teams they lead with those below */
  ACCESS_GROUPS, /* what is of the people and teams of their groups, and their own */
  ACCESS_ALL,
} AccessScope;

typedef struct {
  AccessScope sees;
  guint may; /* of UserMay; SEE_ALL is there with ACCESS_ALL and only then */
} AccessRole;

typedef struct {
  char *name;
  char **people, **teams; /* names, ids or e-mail addresses, and names or ids; end with NULL */
  BaseSpan span;
} AccessGroup;

#define ACCESS_MAX_BOARD_KPIS    20
#define ACCESS_MAX_BOARD_PERIODS 24
#define ACCESS_MAX_DIMS          5 /* of all boards of a role, but rep */

typedef enum {
  ACCESS_NAMES_HIDDEN, /* groups only, and of those what tells of nobody */
  ACCESS_NAMES_OWN,    /* by rep: one's own row and rank, and quarters of the others */
  ACCESS_NAMES_SHOWN,  /* everything */
} AccessNames;

/* A table that is shared with roles whatever they see: the same KPIs by the same dimensions, in the last periods that
 * are over. access/board.h says what is on it. */
typedef struct {
  char *name, *title; /* never NULL */
  char **kpis, **by;  /* never NULL; `by` may be empty: the company's totals */
  CalendarGrain grain;
  int n_periods;
  guint to; /* a bit each UserRole */
  AccessNames names;
  BaseSpan span;
} AccessBoard;

/* For how many days something is kept; 0: for ever. */
typedef struct {
  int rejected_days; /* rows that loads and puts refused */
  int alerts_days;   /* events of alerts that make no state any more */
  int tokens_days;   /* tokens, after their end */
  int audit_days;    /* entries of the audit log */
} AccessRetention;

typedef struct {
  AccessRole roles[USER_N_ROLES];
  GPtrArray *groups; /* AccessGroup */
  UserLimits limits;
  ConfSecret pepper_from;  /* where the secret is that is hashed with passwords; all NULL: none is */
  char *pepper;            /* it, once somebody has read it from there; NULL: none */
  gboolean has_no_notices; /* users are not told by mail of changes to how they sign in */
  AccessRetention retention;
  GPtrArray *boards; /* AccessBoard */
  AccessProtection protection;
  int settle_days; /* after the end of a period, until its boards are made */
  BaseDay since;   /* records known on this day count as known before; BASE_DAY_NONE: that of the first load */
} AccessPolicy;

AccessPolicy *access_policy_new(void);
void access_policy_free(AccessPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessPolicy, access_policy_free)

/* `folder`'s policy.yaml; the built-in one where there is none. Errors: INPUT with file, line and column. */
AccessPolicy *access_policy_read(const char *folder, GError **error);

/* What a user may: their role's. */
guint access_policy_may(const AccessPolicy *policy, const User *user);
const AccessGroup *access_policy_group(const AccessPolicy *policy, const char *name); /* NULL: there is none */
const AccessBoard *access_policy_board(const AccessPolicy *policy, const char *name); /* NULL: there is none */
