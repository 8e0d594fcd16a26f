/* What the library says of a failure, as the commands say it. Private to src/app. */
#pragma once

#include "attain/attain.h"
#include "base/text.h"

/* Takes `failed`; none becomes "it could not be done". Always -1, which
 * a command returns. */
int app_fail(AttainError *failed, GError **error);
