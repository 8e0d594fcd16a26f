/* Files that people brought, as they are told of: what is in them and how they could be mapped; what became of a try.
 */
#pragma once

#include "ingest/ingest.h"

#include <stdio.h>

#define ANSWER_MAX_TRIED 200 /* rejected rows of a try that are listed */

/* `yaml`: the proposal's, with its folder; `schema`: what rows may become. Errors: INPUT where it is none. */
gboolean answer_proposal_json(const IngestProposal *proposal, const char *source, const char *yaml,
                              const LedgerSchema *schema, FILE *out, GError **error);
/* Of a load into a store of its own. Errors: of the database. */
gboolean answer_trial_json(const IngestReport *report, Store *store, FILE *out, GError **error);
