/* cmocka after what it needs to have been included before it, an order that formatting must keep; and the checks that
 * many tests make. */
#pragma once

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

static inline void assert_has(const char *text, const char *part) {
  if (strstr(text, part) == NULL) fail_msg("no `%s` in\n%s", part, text);
}
