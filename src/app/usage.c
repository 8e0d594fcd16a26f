/* What was shown is noted under the name of the user of the machine, on the clock's day. */
#include "app/usage.h"

#include "lint/usage.h"

void usage_note(const Session *session, const char *const *kpis) {
  if (!session->organisation->lint.keeps_usage) return;
  g_autofree char *file = lint_usage_file(session->organisation->database);
  lint_usage_note(file, kpis, g_get_user_name(), session->today);
}
