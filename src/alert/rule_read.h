/* Reading one rule; private to src/alert. */
#pragma once

#include "alert/rules.h"

extern const char *const alert_severities[]; /* by AlertSeverity; ends with NULL */

/* The rule of this name. NULL with what is wrong with it, and where. Errors: INPUT. */
AlertRule *alert_rule_read(const AlertReader *reader, const ConfNode *name, const ConfNode *map, GError **error);
