/* The command line beside the library: what `attain` prints of the same company at the same moment. Meson gives the
 * program as ATTAIN. */
#pragma once

#include "../demo/simulated.h"
#include "attain/attain.h"
#include "unit.h"

#include <glib.h>

#define NOW "2026-10-31T12:00"

/* Standard output of a command that must succeed; free it. */
static inline char *attain(const char *folder, const char *const *arguments) {
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  const char *const head[] = {g_getenv("ATTAIN"), "-C", folder, "--now", NOW};
  for (guint i = 0; i < G_N_ELEMENTS(head); i++) g_ptr_array_add(argv, (gpointer)head[i]);
  for (; *arguments; arguments++) g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);
  char *out = NULL;
  g_autofree char *err = NULL;
  int status = 0;
  g_autoptr(GError) error = NULL;
  if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error))
    fail_msg("%s", error->message);
  if (status != 0) fail_msg("attain: %s", err);
  return out;
}

#define ATTAIN(folder, ...) attain(folder, (const char *const[]){__VA_ARGS__, NULL})

/* The company's folder, opened at NOW to write. */
static inline AttainWorkspace *open_company(const char *folder) {
  AttainError error = {0};
  AttainOptions standing = {.now = NOW};
  AttainWorkspace *workspace = attain_open(folder, &standing, &error);
  if (!workspace) fail_msg("%s", error.message);
  return workspace;
}

/* A teardown: `*state` is the folder. */
static inline int remove_company(void **state) {
  simulated_remove(*state);
  return 0;
}
