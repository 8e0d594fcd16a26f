/* The company of a test as the functions behind commands take it. */
#pragma once

#include "company.h"
#include "session/session.h"

/* It owns nothing; `world` stays where it is and outlives it. Its clock is the world's. */
static inline Session world_session(const World *world) {
  return (Session){.now_us = world->context.now_us,
                   .today = world->context.today,
                   .organisation = world->organisation,
                   .schema = world->schema,
                   .calendar = world->calendar,
                   .catalogue = world->catalogue,
                   .store = world->store};
}
