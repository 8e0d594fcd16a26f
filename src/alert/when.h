/* The times of alerts: how long something lasts in elapsed or working time, when nobody is disturbed, and when what was
 * gathered is sent. The clock is always given; nothing here asks for the time. */
#pragma once

#include "calendar/calendar.h"
#include "conf/conf.h"

/* Nothing is owned. */
typedef struct {
  const Calendar *calendar;
  const ConfAlerts *alerts; /* quiet hours, working hours */
} AlertClock;

typedef enum {
  ALERT_MINUTES,
  ALERT_HOURS,
  ALERT_DAYS, /* of 24 hours */
  ALERT_WEEKS,
  ALERT_WORKING_HOURS, /* within attain.yaml's working hours, on working days */
  ALERT_WORKING_DAYS,  /* as many working hours as such a day has */
} AlertUnit;

/* n = 0: at once. */
typedef struct {
  int n;
  AlertUnit unit;
} AlertDuration;

/* "2 days", "8 working hours", "1 week"; at most ALERT_MAX_DURATION of them. FALSE: it is none. */
#define ALERT_MAX_DURATION 10000
gboolean alert_duration_parse(const char *text, AlertDuration *duration);
char *alert_duration_write(AlertDuration duration); /* the caller frees */

/* Whether `duration` has passed from one instant to another. */
gboolean alert_duration_is_over(const AlertClock *clock, AlertDuration duration, gint64 from_us, gint64 to_us);
/* The time between them in the duration's unit. */
double alert_elapsed(const AlertClock *clock, AlertUnit unit, gint64 from_us, gint64 to_us);

/* The instant at which local clocks show a time of day, in minutes from midnight. A time that daylight saving skips is
 * the moment of the skip, one that comes twice the earlier. */
gint64 alert_instant(const Calendar *calendar, BaseDay day, int minutes);

/* `at_us`, or the end of the quiet time that it lies in. */
gint64 alert_loud_from(const AlertClock *clock, gint64 at_us);

typedef enum { ALERT_DIGEST_NONE, ALERT_DIGEST_HOURLY, ALERT_DIGEST_DAILY } AlertDigestKind;

typedef struct {
  AlertDigestKind kind;
  int minutes; /* DAILY: from midnight */
} AlertDigest;

/* "hourly", "daily at 08:00", "none". FALSE: it is none of them. */
gboolean alert_digest_parse(const char *text, AlertDigest *digest);
char *alert_digest_write(AlertDigest digest); /* the caller frees */
/* The first full hour, or time of day, at or after an instant; without a digest that instant. */
gint64 alert_digest_due(const Calendar *calendar, AlertDigest digest, gint64 at_us);
