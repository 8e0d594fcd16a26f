/* The objectives and targets of the simulated company. Private to src/app. */
#pragma once

#include "session/session.h"

/* Objectives; of the company, the teams and its rates for the quarter that runs, agreed as it began. Errors: of the
 * database. */
gboolean demo_targets_set(Session *session, GError **error);
