/* What is written into memory. Private to src/lib. */
#pragma once

#include "lib/workspace.h"

typedef struct {
  FILE *out;
  char *bytes;
  size_t n_bytes;
} LibText;

void lib_text_init(LibText *text);
/* What was written, for the caller to free; NULL where it is not `ok`. */
char *lib_text_end(LibText *text, gboolean ok, size_t *n_bytes);
