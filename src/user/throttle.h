/* Who tries passwords too often has to wait, longer each time; without a way for strangers to keep a user out.
 *
 *   counted                     free   then wait
 *   a name from an address         5   1 s, 2 s, 4 s … 15 minutes
 *   an address, any name          20   1 s, 2 s, 4 s … 15 minutes
 *   a name from everywhere        50   40 s, but for addresses from which that user has signed in before
 *
 * A count is forgotten a day after its last try, and with a right password (but for the address's). Nothing is kept on
 * disk: whoever can restart the server has no need to guess. */
#pragma once

#include "base/text.h"

typedef struct UserThrottle UserThrottle;

UserThrottle *user_throttle_new(void);
void user_throttle_free(UserThrottle *throttle);

/* Before a try: counts it as a failure, so that many at once do not slip by. The seconds to wait, of which nothing is
 * counted, or 0. `address` NULL: the machine itself. Any thread. */
guint user_throttle_try(UserThrottle *throttle, const char *name, const char *address, gint64 now_us);
/* The try was right. */
void user_throttle_forgive(UserThrottle *throttle, const char *name, const char *address, gint64 now_us);
