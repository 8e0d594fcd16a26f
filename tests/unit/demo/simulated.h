/* A simulated company in a temporary folder, for tests of src/demo. Its last day is 2026-10-31. */
#pragma once

#include "demo/demo.h"

/* Ends the test when it cannot be made. The caller frees and removes the folder with simulated_remove(). */
char *simulated_make(guint people, gint64 deals, guint64 seed, DemoSummary *summary);
void simulated_remove(char *folder);
/* Removes what is in a folder, and the folder. */
void simulated_remove_tree(const char *path);
#define SIMULATED_UNTIL "2026-10-31"
