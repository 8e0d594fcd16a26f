/* Who asks, in libattain: users and roles, signing in, tokens, what each may see and do, the audit log. Included by
 * attain/attain.h, which says what holds for all functions. docs/security.md says what roles and policies are. */
#ifndef ATTAIN_PEOPLE_H
#define ATTAIN_PEOPLE_H

#include <attain/alerts.h>
#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- a workspace as somebody sees it --- */

/* What attain_open() returns sees and does everything: it is the operator's. Each of the following is a handle of the
 * same workspace through which every function of this library sees only what that user may see, and does only what they
 * may do, on the day of the call: errors are FORBIDDEN, and numbers are of the records that are theirs. Cheap: one a
 * request. Give it back with attain_leave(), before the workspace is closed. */
/* Errors: NOT_FOUND for a user who is not there, FORBIDDEN for one who is locked. */
ATTAIN_API AttainWorkspace *attain_as_user(AttainWorkspace *workspace, const char *user, AttainError *error);
/* `secret`: of attain_sign_in(). Errors: FORBIDDEN when it is none, has ended or is too old. */
ATTAIN_API AttainWorkspace *attain_as_session(AttainWorkspace *workspace, const char *secret, AttainError *error);
/* `secret`: of attain_token_add(). Errors: FORBIDDEN. */
ATTAIN_API AttainWorkspace *attain_as_token(AttainWorkspace *workspace, const char *secret, AttainError *error);
ATTAIN_API void attain_leave(AttainWorkspace *handle);
/* Changes whenever a session or token may hold no more before its time is over: it was ended, or its user was changed
 * or locked. For who has answered one and goes on telling it. 0: nobody has signed in yet. */
ATTAIN_API uint64_t attain_n_ended(AttainWorkspace *workspace);

/* What a function may need beyond seeing. A token has some of its user's. */
typedef enum {
  ATTAIN_MAY_READ = 1 << 0,    /* ask, within what they see */
  ATTAIN_MAY_TARGET = 1 << 1,  /* propose, counter, accept and comment on targets that concern them */
  ATTAIN_MAY_ALERT = 1 << 2,   /* snooze and acknowledge alerts that concern them */
  ATTAIN_MAY_PUT = 1 << 3,     /* put, remove and load records */
  ATTAIN_MAY_RUN = 1 << 4,     /* judge and send alerts, close periods, check, lint: the workspace's own work */
  ATTAIN_MAY_SEE_ALL = 1 << 5, /* the whole company's records */
  ATTAIN_MAY_MANAGE = 1 << 6,  /* users, tokens of others, the audit log, backup, erasing */
} AttainMay;
/* What the handle's user signs in with, owned by the handle; NULL: the operator's. */
ATTAIN_API const char *attain_user(AttainWorkspace *handle);
/* Of AttainMay; the operator's are all. */
ATTAIN_API uint32_t attain_may(AttainWorkspace *handle);
/* Changes whenever what the handle sees may have changed, and is the same for those who see the same: for keeping
 * answers. Owned by the handle. */
ATTAIN_API const char *attain_sight(AttainWorkspace *handle);
/* {"user", "name", "role", "may": [...], "sees": [...]} of the handle; give it back with attain_free(). */
ATTAIN_API char *attain_me(AttainWorkspace *handle, AttainError *error);

/* --- users (MANAGE) --- */

typedef struct {
  const char *user;          /* what they sign in with: a name or an e-mail address */
  const char *name;          /* for people; NULL: as the records name the person, or `user` */
  const char *person;        /* the person of the records that they are, by name, id or e-mail; NULL: nobody */
  const char *role;          /* rep, leader, manager, executive, finance, marketing, coach, administrator */
  const char *const *groups; /* of the policy file; ends with NULL; may be NULL */
  const char *sign_in; /* "any": by password, or by the provider of sign-in; "provider": by that only; NULL: "any" */
} AttainUser;

/* Gives the secret of a one-time link with which they choose a password; it holds three days; "" for who signs in by
 * the provider only. Free with attain_free().
 * Errors: INPUT, NOT_FOUND for a person or role. */
ATTAIN_API char *attain_user_add(AttainWorkspace *workspace, const AttainUser *user, AttainError *error);
/* What is NULL stays. */
ATTAIN_API bool attain_user_change(AttainWorkspace *workspace, const AttainUser *user, AttainError *error);
/* Ends their sessions and tokens. Locked: nothing of theirs is lost. */
ATTAIN_API bool attain_user_lock(AttainWorkspace *workspace, const char *user, bool locked, AttainError *error);
/* A new one-time link; what they had holds until it is used. */
ATTAIN_API char *attain_user_invite(AttainWorkspace *workspace, const char *user, AttainError *error);
/* JSON; everybody else's handle: those they lead. */
ATTAIN_API char *attain_users(AttainWorkspace *workspace, AttainError *error);
/* TRUE while nobody is an administrator. */
ATTAIN_API bool attain_is_new(AttainWorkspace *workspace);

/* --- signing in --- */

/* Gives the session's secret. `address`: whence, for the throttle and the audit log; may be NULL. A wrong name takes as
 * long as a wrong password. Errors: FORBIDDEN (wrong, locked), LIMIT (too many tries; when again). */
ATTAIN_API char *attain_sign_in(AttainWorkspace *workspace, const char *user, const char *password, const char *address,
                                AttainError *error);

/* Whom a provider of sign-in (OpenID Connect) has sent, once the caller has verified what it says. */
typedef struct {
  const char *issuer, *subject; /* who they are to the provider, for good */
  const char *user;             /* who they are here when they come first: what they sign in with */
  const char *name;             /* for people, of a new user; may be NULL */
  const char *role;             /* as the provider has it; NULL: as it is here */
  const char *const *groups;    /* of the policy file, the same; ends with NULL */
  const char *new_role;         /* of who is no user yet; NULL: they are refused */
} AttainIdentity;
/* Gives the session's secret. Errors: FORBIDDEN (no user, locked, another's account), LIMIT, NOT_FOUND of role or
 * groups. */
ATTAIN_API char *attain_sign_in_identity(AttainWorkspace *workspace, const AttainIdentity *identity,
                                         const char *address, AttainError *error);

ATTAIN_API bool attain_sign_out(AttainWorkspace *workspace, const char *secret, AttainError *error);
/* Uses a one-time link: sets the password and signs in. Errors: FORBIDDEN (used, too old), INPUT (a weak password). */
ATTAIN_API char *attain_accept_invitation(AttainWorkspace *workspace, const char *secret, const char *password,
                                          const char *address, AttainError *error);
/* Of the handle's own user; ends their other sessions. Errors: FORBIDDEN, INPUT. */
ATTAIN_API bool attain_change_password(AttainWorkspace *handle, const char *old_password, const char *new_password,
                                       AttainError *error);

/* JSON of one's own sessions, and of what was lately done of one's sign-in: of a handle of attain_as_session().
 * Errors: USAGE for any other handle, and where the workspace is read only. */
ATTAIN_API char *attain_sessions(AttainWorkspace *handle, AttainError *error);
/* Ends all of them, that of the handle too: whoever is signed in as this user is so no more. Errors: the same. */
ATTAIN_API bool attain_end_sessions(AttainWorkspace *handle, const char *address, AttainError *error);

/* --- telling users of changes to how they sign in --- */

typedef struct {
  uint64_t n_sent, n_later, n_refused;
  int64_t wait_us; /* until one is due; -1: none is until attain_on_notices() tells, or the clock stands still */
  char *failure;   /* of the first that was not sent; or NULL; attain_free() */
} AttainNoticesTending;
/* For a thread that does nothing else: sends the mails that wait, and says when it is to be called again. Who has a
 * mail address as their name is told when their password is set or changed, a one-time link or a token is made, a token
 * is ended, they are changed or locked, unless policy.yaml says `notices: no`. No other call waits while it sends.
 * `is_over` (or NULL), set by any thread, lets it begin no further mail. MANAGE. Errors: USAGE where the workspace is
 * read only, IO. */
ATTAIN_API bool attain_notices_tend(AttainWorkspace *workspace, const int *is_over, AttainNoticesTending *tended,
                                    AttainError *error);
/* Has `callback` called, in whichever thread, when there is a notice to be sent. It must not call the library. NULL: no
 * longer; when it has returned none is under way. */
ATTAIN_API void attain_on_notices(AttainWorkspace *workspace, AttainAlertCallback callback, void *user_data);

/* --- tokens, for programs --- */

typedef struct {
  const char *name; /* what it is for */
  const char *user; /* whose; NULL: the handle's own */
  uint32_t may;     /* of AttainMay, at most the user's */
  unsigned days;    /* until it ends; 0: 90; at most 366 */
} AttainToken;

/* Gives the secret, once. */
ATTAIN_API char *attain_token_add(AttainWorkspace *workspace, const AttainToken *token, AttainError *error);
ATTAIN_API bool attain_token_end(AttainWorkspace *workspace, const char *user, const char *name, AttainError *error);
ATTAIN_API char *attain_tokens(AttainWorkspace *workspace, AttainError *error);

/* --- the audit log: who did what, when, from where; rows are only ever added --- */

/* For what the server itself sees: a webhook refused, a limit reached. What the library does it notes by itself. */
ATTAIN_API void attain_audit_note(AttainWorkspace *workspace, const char *address, const char *what, const char *about);
/* The same of what strangers may do any number of times: within a minute, one entry with the first's address, what the
 * first was about and how many there were. */
ATTAIN_API void attain_audit_count(AttainWorkspace *workspace, const char *address, const char *what,
                                   const char *about);
/* JSON of the entries after `after` (0: from the first), at most `limit`. MANAGE. Errors: FORBIDDEN. */
ATTAIN_API char *attain_audit(AttainWorkspace *workspace, int64_t after, unsigned limit, AttainError *error);

/* {"entries", "first_wrong", "last_chain"}: whether each entry still follows from the one before it. Who notes the last
 * one's hash elsewhere sees later whether the end was cut off. MANAGE. Errors: FORBIDDEN. */
ATTAIN_API char *attain_audit_verify(AttainWorkspace *workspace, AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
