/* Secrets: made, kept as what cannot be turned back, compared without telling by time how much of one was right. */
#pragma once

#include "base/text.h"

/* 256 random bits as 43 characters that a URL and a header may hold. The caller frees. */
char *user_secret_new(void);
/* What is kept of one: SHA-256 in hex. That suffices, for nobody can try 256 random bits. The caller frees. */
char *user_secret_digest(const char *secret);
/* A value that only who has the secret can tell, and that does not tell the secret: HMAC-SHA-256, for one `purpose`.
 * The caller frees. */
char *user_secret_derive(const char *secret, const char *purpose);
/* In a time that depends on the lengths alone. NULL is equal to nothing. */
gboolean user_secret_is_equal(const char *a, const char *b);

/* --- passwords --- */

#define USER_MIN_PASSWORD 12
#define USER_MAX_PASSWORD 128 /* characters */

/* The text that is hashed (NFC, so that it does not matter how a keyboard makes its letters); NULL with INPUT where it
 * is no password by NIST SP 800-63B, 5.1.1.2: too short or long, among the commonest, a repetition or a sequence, or
 * made of `names` (ends with NULL). The caller frees it with user_password_free(). */
char *user_password_read(const char *password, const char *const *names, GError **error);
void user_password_free(char *password); /* and wipes it */

/* Argon2id with a salt; takes about 0.1 s and USER_HASH_BYTES. With a `pepper` (may be NULL), a secret that is kept
 * elsewhere, it is of the password's HMAC-SHA-256 under that: who has the hashes alone cannot try passwords. The caller
 * frees. Errors: LIMIT for want of memory. */
#define USER_HASH_BYTES (64 * 1024 * 1024)
char *user_password_hash(const char *password, const char *pepper, GError **error);
/* `hash` NULL: nobody's; it takes as long and is wrong, as does one under another pepper. `*is_weak`: made with less
 * work than is asked now, or without the pepper, to be made anew; may be NULL. `password` is as it was typed. */
gboolean user_password_is_right(const char *hash, const char *password, const char *pepper, gboolean *is_weak);
