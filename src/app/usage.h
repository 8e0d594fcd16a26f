/* Keeping which KPIs are looked at, for `attain lint`. Private to src/app. */
#pragma once

#include "session/session.h"

/* Whoever runs the command looked at these, up to NULL; nothing where attain.yaml says `lint: {usage: no}`. Cannot
 * fail. */
void usage_note(const Session *session, const char *const *kpis);
