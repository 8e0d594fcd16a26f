/* What the ways of judging have in common. Private to src/alert. */
#pragma once

#include "alert/judge.h"
#include "target/keep.h"

/* `dimension` NULL: of nobody. The finding belongs to `findings`. */
AlertFinding *alert_finding_add(GPtrArray *findings, const AlertRule *rule, const char *dimension, const char *member);
void alert_finding_silence(AlertFinding *finding, const char *why);
/* Holds the value against the rule's limits. */
void alert_finding_judge(AlertFinding *finding, double value);

/* Targets, where they stand and what will become of them: read once for all rules, as far as these ask. */
typedef struct {
  GPtrArray *all;    /* Target, owned */
  GPtrArray *agreed; /* of these: in force, running or ended not long ago */
  GArray *standings; /* TargetStanding of `agreed` */
  GArray *forecasts; /* PaceForecast of `standings` */
} AlertTargets;

void alert_targets_clear(AlertTargets *targets);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AlertTargets, alert_targets_clear)

gboolean alert_kpi_judge(const AlertDesk *desk, const AlertRule *rule, GPtrArray *findings, GError **error);
gboolean alert_targets_judge(const AlertDesk *desk, AlertTargets *targets, const AlertRule *rule, GPtrArray *findings,
                             GError **error);
gboolean alert_freshness_judge(const AlertDesk *desk, const AlertRule *rule, GPtrArray *findings, GError **error);
