/* Members of JSON objects that several answers have: days, flags, where a target stands. */
#pragma once

#include "cli/cli.h"
#include "session/session.h"
#include "target/standing.h"

/* The members as_of, load and loaded_at: by which clock it was answered, and of which commit; null where nothing was
 * loaded yet, or the database is closed by now. */
void answer_moment_members(CliJson *json, const Session *session);
/* "2026-11-20", or null for BASE_DAY_NONE. */
void answer_day_member(CliJson *json, const char *key, BaseDay day);
/* The array `flags`: the names of QUERY_FLAG_… bits. */
void answer_flags_member(CliJson *json, guint flags);
/* The same names in one field of CSV, with spaces between them. */
void answer_flags_field(FILE *out, guint flags);
/* The member `phase`: not-begun, running, ended. */
void answer_phase_member(CliJson *json, const TargetStanding *standing);
/* The members met, gap, share_due, due, ahead, days_ahead, working_days, working_days_left, rate_so_far, rate_needed:
 * null for what is not there. */
void answer_pace_members(CliJson *json, const TargetStanding *standing);
