/* What `attain check` has to say, section by section. Private to src/app. */
#pragma once

#include "session/session.h"

typedef enum { FINDING_NOTE, FINDING_WARNING, FINDING_ERROR } FindingSeverity;

typedef struct {
  const char *section; /* static */
  FindingSeverity severity;
  char *text;
} Finding;

typedef struct {
  GPtrArray *all; /* Finding * */
} Findings;

void findings_init(Findings *findings);
void findings_clear(Findings *findings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Findings, findings_clear)
void findings_add(Findings *findings, const char *section, FindingSeverity severity, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
guint findings_count(const Findings *findings, const char *section, FindingSeverity severity); /* section NULL: all */

/* Looks at what is loaded: owners, dates, currencies, names given twice, circles of managers and teams. */
gboolean check_records(const Session *session, GHashTable *counts, Findings *findings, GError **error);
gboolean check_hierarchies(const Session *session, Findings *findings, GError **error);
