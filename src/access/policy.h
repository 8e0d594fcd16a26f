/* A company's policy: what each role may and sees, who is in which group, how long a session holds. Read
 * from policy.yaml of the workspace; without one, what stands in access_policy_new(). docs/security.md describes it. */
#pragma once

#include "base/text.h"
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

typedef struct {
  AccessRole roles[USER_N_ROLES];
  GPtrArray *groups; /* AccessGroup */
  UserLimits limits;
} AccessPolicy;

AccessPolicy *access_policy_new(void);
void access_policy_free(AccessPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessPolicy, access_policy_free)

/* `folder`'s policy.yaml; the built-in one where there is none. Errors: INPUT with file, line and column. */
AccessPolicy *access_policy_read(const char *folder, GError **error);

/* What a user may: their role's. */
guint access_policy_may(const AccessPolicy *policy, const User *user);
const AccessGroup *access_policy_group(const AccessPolicy *policy, const char *name); /* NULL: there is none */
