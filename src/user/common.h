/* Passwords that are tried first. Private to src/user. */
#pragma once

#include "base/text.h"

/* Whether it is one of the commonest passwords or words, or little more than one: digits and signs around it, or the
 * same again. It is UTF-8; nothing of it is kept. */
gboolean user_is_common(const char *password);
