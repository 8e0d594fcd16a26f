/* Signing in by a provider, as attain.yaml has it: the provider, and what it says as what the library takes. Private to
 * src/app. */
#pragma once

#include "oidc/provider.h"
#include "user/throttle.h"

#include <attain/attain.h>

#define SIGN_IN_CALLBACK "/api/v1/sign-in/callback"

typedef struct {
  ConfOrganisation *organisation; /* has `conf` */
  const ConfSignIn *conf;
  OidcProvider *provider;
  UserThrottle *throttle; /* of those who come back */
  char *key;              /* of the settings */
  GMutex lock;            /* of what follows */
  char *told;             /* what administrators were last told is wrong with the provider; NULL: nothing */
} SignIn;

/* Of the workspace in `folder`. `*sign_in` NULL: passwords only. Errors: those of attain.yaml, and INPUT with the place
 * of a role that is none. */
gboolean sign_in_read(const char *folder, SignIn **sign_in, GError **error);
SignIn *sign_in_hold(SignIn *sign_in);
void sign_in_release(SignIn *sign_in);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignIn, sign_in_release)

/* What is wrong with the provider (NULL: nothing) was just found. Whether administrators are to be told: nobody was
 * told the same since somebody last signed in by it. */
gboolean sign_in_is_news(SignIn *sign_in, const char *failure);
/* Begins a session of whom the claims are about. The caller frees the secret. */
char *sign_in_enter(const SignIn *sign_in, const OidcDocument *claims, AttainWorkspace *workspace, const char *address,
                    AttainError *error);
