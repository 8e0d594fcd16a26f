/* Where the session was before it had a folder of its own. */
#pragma once

#include "session/session.h"
