/* The simulated company: a workspace of believable exports, drawn from a seed and a truth that is written beside them.
 *
 *   DIR/attain.yaml  DIR/sources/ *.yaml  DIR/kpis/my-kpis.yaml  DIR/exports/ *.csv  DIR/truth.json
 * The same options give the same bytes on every machine. docs/demo.md describes what is in it. */
#pragma once

#include "base/day.h"

#define DEMO_MIN_PEOPLE  10
#define DEMO_MAX_PEOPLE  2000
#define DEMO_MIN_DEALS   1000
#define DEMO_MAX_DEALS   20000000
#define DEMO_EMAIL_BYTES 96

typedef struct {
  guint people; /* who worked there at some time in the three years */
  gint64 deals;
  guint64 seed;
  BaseDay until; /* the last day of the history */
  /* Called now and then; `share` 0..1 of all. May be NULL. */
  void (*progress)(double share, gpointer user_data);
  gpointer user_data;
} DemoOptions;

/* Whom to sign in as, to see the company with their eyes: a rep, who leads them, who manages both, who heads all. */
typedef enum {
  DEMO_CAST_REP,
  DEMO_CAST_LEADER,
  DEMO_CAST_MANAGER,
  DEMO_CAST_HEAD,
  DEMO_CAST_MARKETER,
  DEMO_CASTS
} DemoCast;

typedef struct {
  gint64 rows; /* of all files */
  gint64 bytes;
  gint64 deals, won, lost, abandoned, open;
  guint people;
  gint64 accounts;
  BaseDay from;                            /* first day of the history */
  char cast[DEMO_CASTS][DEMO_EMAIL_BYTES]; /* e-mail addresses of people who are there at its end; "": there is none */
} DemoSummary;

/* Makes the workspace in `folder`, which must not exist yet or be empty. On error what was written stays where it is,
 * for a look. Errors: INPUT for options out of range or a folder with something in it; IO. */
gboolean demo_make(const char *folder, const DemoOptions *options, DemoSummary *summary, GError **error);
