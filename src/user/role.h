/* Roles, and what a function of the library may ask of who calls it. */
#pragma once

#include "base/text.h"

typedef enum {
  USER_REP,
  USER_LEADER,
  USER_MANAGER,
  USER_EXECUTIVE,
  USER_FINANCE,
  USER_MARKETING,
  USER_COACH,
  USER_ADMINISTRATOR,
  USER_N_ROLES,
} UserRole;

/* As AttainMay of attain/people.h, to which src/lib holds them. */
typedef enum {
  USER_MAY_READ = 1 << 0,
  USER_MAY_TARGET = 1 << 1,
  USER_MAY_ALERT = 1 << 2,
  USER_MAY_PUT = 1 << 3,
  USER_MAY_RUN = 1 << 4,
  USER_MAY_SEE_ALL = 1 << 5,
  USER_MAY_MANAGE = 1 << 6,
} UserMay;
#define USER_N_MAY   7
#define USER_MAY_ALL ((1u << USER_N_MAY) - 1)

const char *user_role_name(UserRole role);
/* Errors: NOT_FOUND, with those there are. */
gboolean user_role_parse(const char *text, UserRole *role, GError **error);
/* "read", "target" …; NULL past the last bit. */
const char *user_may_name(guint bit);
/* FALSE: it is none. */
gboolean user_may_parse(const char *text, guint *bits);
/* "read target"; the caller frees. */
char *user_may_format(guint may);
