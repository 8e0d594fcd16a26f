/* Judging rules: what each says of each member at the clock.
 *
 *   rules ─► questions (of each KPI and period once), targets and where they stand, loads ─► AlertFinding
 *
 * Nothing is written here; book.h keeps what becomes of it. */
#pragma once

#include "alert/rules.h"
#include "target/standing.h"

typedef struct AlertBook AlertBook;

typedef struct {
  const QueryContext *context;
  const ConfAlerts *alerts;
  const AlertBook *book; /* NULL: everybody is told of; else of who has no record those of whom it tells something */
  TargetAsk ask;         /* NULL: query_run() */
  gpointer asker;
} AlertDesk;

AlertClock alert_desk_clock(const AlertDesk *desk);

typedef struct {
  const AlertRule *rule;
  char *who;       /* "company", "team:North"; "" of freshness */
  gint64 target;   /* its number; 0: of no target */
  const char *kpi; /* interned name of the KPI; NULL of freshness */
  AlertVerdict verdict;
  const char *silence; /* UNKNOWN: why, in words; static */
  gboolean has_value;
  double value;     /* what is held against the limit: a KPI's value, a change, days, a share */
  double reference; /* CHANGE: what it is compared with; of targets the amount */
  double actual;    /* CHANGE: the KPI's value; of targets what was attained */
  gint64 n;         /* records it rests on */
  char period[32];  /* its name */
  gint64 latest_us; /* FRESHNESS: when the last record came; G_MININT64: none ever */
  gint64 since_us;  /* FRESHNESS: from when on something is waited for; G_MININT64: nothing was loaded yet */
  char *words;      /* GONE: what the rule names and is not there; else NULL */
} AlertFinding;

/* What `rules` (AlertRule, those that are paused are passed over) say at the clock of the desk, rule by rule, at least
 * one finding of each. Caller frees with g_ptr_array_unref(). Errors: those of query_run(); of a rule whose member or
 * column is there no more the finding is GONE. */
GPtrArray *alert_judge(const AlertDesk *desk, const GPtrArray *rules, GError **error);

/* Whether a rule can be judged in this workspace: its member or dimension is there, its conditions fit. Errors:
 * NOT_FOUND with the nearest name and the rule's place, INPUT. */
gboolean alert_rule_check(const AlertDesk *desk, const AlertRule *rule, GError **error);
