/* Time zone names: whether one exists, and which one was meant. Private to src/conf. */
#pragma once

#include "conf/conf.h"

/* Errors: INPUT at `node` for a name that the machine's time zone data lacks, with the nearest one. */
gboolean conf_check_zone(const ConfNode *node, const char *zone, GError **error);
