/* Users of the simulated company, for looking at it with the eyes of each role. Private to src/app. */
#pragma once

#include "app/commands.h"
#include "demo/demo.h"

/* One user of each role whom the company has, all with one new password, which is told here and kept nowhere. Errors:
 * of the database. */
gboolean demo_users_add(const CliContext *context, const char *folder, const DemoSummary *summary, GError **error);
