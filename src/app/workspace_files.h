/* The files that `attain new` writes. Private to src/app. */
#pragma once

#include <glib.h>

/* What is known of the organisation; texts that are NULL take their default. */
typedef struct {
  const char *name;
  const char *currency;
  const char *time_zone;
  const char *year_starts;
} WorkspaceAnswers;

char *workspace_attain_yaml(const WorkspaceAnswers *answers);
extern const char workspace_example_source[]; /* sources/example.yaml: all of it comments */
extern const char workspace_my_alerts[];      /* alerts/my-alerts.yaml: all of it comments */
extern const char workspace_my_kpis[];        /* kpis/my-kpis.yaml: all of it comments */
