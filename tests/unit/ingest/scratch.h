/* An empty ledger in memory, and a folder for the one file of rows that is loaded into it again and again. */
#pragma once

#include "ingest/ingest.h"
#include "unit.h"

#include <glib/gstdio.h>

typedef struct {
  char *folder;
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  Store *store;
} Scratch;

/* `yaml` is attain.yaml's text; an error in it ends the test. */
static inline Scratch scratch_open(const char *yaml) {
  g_autoptr(GError) error = NULL;
  Scratch scratch = {.folder = g_dir_make_tmp("attain-test-XXXXXX", NULL)};
  scratch.organisation = conf_organisation_parse("attain.yaml", yaml, strlen(yaml), scratch.folder, &error);
  if (error) fail_msg("%s", error->message);
  scratch.schema = ledger_schema_new(scratch.organisation->extra, scratch.organisation->n_extra, NULL);
  scratch.calendar = calendar_new(&scratch.organisation->calendar, NULL);
  scratch.store = store_open(NULL, scratch.schema, STORE_CREATE, 1, &error);
  if (error) fail_msg("%s", error->message);
  return scratch;
}

static inline char *scratch_path(const Scratch *scratch) {
  return g_build_filename(scratch->folder, "rows.csv", NULL);
}

static inline void scratch_close(Scratch *scratch) {
  g_autofree char *path = scratch_path(scratch);
  g_unlink(path);
  g_rmdir(scratch->folder);
  store_close(scratch->store);
  calendar_free(scratch->calendar);
  ledger_schema_free(scratch->schema);
  conf_organisation_free(scratch->organisation);
  g_free(scratch->folder);
}
