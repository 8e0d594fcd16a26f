/* What the service manager is told (sd_notify(3)), without its library. */
#pragma once

#include <glib.h>

/* "READY=1", "STATUS=…": lines. Nothing happens where nobody listens: without NOTIFY_SOCKET. */
void notify_manager(const char *lines);
