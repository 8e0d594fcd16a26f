/* What every fuzz target defines: one run on one input of any bytes. It aborts (g_assert) where a property does not
 * hold.
 *
 * The input has no terminating NUL; a target that reads text takes fuzz_text(). */
#pragma once

#include <glib.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* What a target may define: called by driver.c after its last run, while all libraries are still there; libFuzzer knows
 * none such. */
void fuzz_end(void) __attribute__((weak));

/* The input as text, up to its first NUL; the caller frees. */
static inline char *fuzz_text(const uint8_t *data, size_t size) {
  return size == 0 ? g_strdup("") : g_strndup((const char *)data, size);
}
