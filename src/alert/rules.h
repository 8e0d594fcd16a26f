/* Rules of alerts, as the YAML files in alerts of a workspace say them (docs/alerts.md).
 *
 *   rules:
 *     win_rate_low:
 *       kpi: win_rate
 *       who: each team
 *       period: last-30-days
 *       below: 20%
 *       to: [managers]
 *
 * A rule has exactly one condition, and that decides which other keys make sense. */
#pragma once

#include "alert/state.h"
#include "kpi/kpi.h"

typedef enum {
  ALERT_VALUE,      /* below, above: a KPI against a limit */
  ALERT_CHANGE,     /* falls, rises: a KPI against the period before or the year before */
  ALERT_ATTAINMENT, /* attainment_below: of a target that has ended, or that stands by itself */
  ALERT_BEHIND,     /* behind: working days, or the KPI's own unit */
  ALERT_PACE,       /* pace_below: attained as a share of what is due by now */
  ALERT_CHANCE,     /* chance_below: the probability that a target is made */
  ALERT_FINISH,     /* finish_below: where it is projected to end, as a share of the target */
  ALERT_FRESHNESS,  /* older_than: nothing new of a fact, or from a source */
} AlertKind;

typedef enum { ALERT_INFO, ALERT_WARNING, ALERT_CRITICAL } AlertSeverity;
const char *alert_severity_name(AlertSeverity severity);
gboolean alert_severity_parse(const char *name, AlertSeverity *severity);

#define ALERT_MAX_RULES 1000

typedef struct {
  char *name;
  char *title;
  char *about; /* what to do about it; or NULL */
  BaseSpan span;
  gboolean is_paused;

  AlertKind kind;
  char *kpi;       /* NULL: FRESHNESS, and targets of any KPI */
  char *dimension; /* "company", "rep", "team" …; NULL: targets of anybody */
  char *member;    /* as written; NULL: the company, or each member */
  char *period;    /* VALUE, CHANGE */
  char **where;    /* VALUE, CHANGE: conditions; never NULL */
  gboolean compares_year_ago;

  gboolean fires_below; /* else above the limit, or at it where `is_inclusive` */
  gboolean is_inclusive;
  gboolean is_relative; /* CHANGE: limits are shares of what it is compared with */
  gboolean in_days;     /* BEHIND: limits are working days */
  double limit;
  double recover; /* where it counts as recovered; the limit itself unless another is given */

  char *fact, *source;      /* FRESHNESS: one of them */
  AlertDuration older_than; /* … `limit` is its number */

  int at_least;            /* records that a value must rest on */
  gboolean may_be_running; /* `incomplete: true`: judged while the period runs, too */

  AlertTiming timing;
  AlertSeverity severity;
  char **to; /* names of channels; never NULL */
  AlertDigest digest;
  gboolean disturbs; /* sent in quiet hours, too */
} AlertRule;

void alert_rule_free(AlertRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlertRule, alert_rule_free)

/* What rules are read against. Nothing is owned. */
typedef struct {
  KpiCatalogue *catalogue;
  const LedgerSchema *schema;
  const Calendar *calendar;
  const ConfAlerts *alerts;
  const char *const *sources; /* NULL-terminated names; NULL: any will do */
} AlertReader;

typedef struct {
  const char *file; /* for messages */
  const char *text;
  gsize length;
} AlertText;

/* The rules of all texts, in their order, and every problem found: "file:line:column: message". A rule with a problem
 * is left out. Caller frees both with g_ptr_array_unref(). */
GPtrArray *alert_rules_read(const AlertReader *reader, const AlertText *texts, gsize n_texts, GPtrArray **problems);

const AlertRule *alert_rules_find(const GPtrArray *rules, const char *name); /* NULL: there is none */
/* Errors: NOT_FOUND, with the nearest name. */
const AlertRule *alert_rules_need(const GPtrArray *rules, const char *name, GError **error);

/* Whether a KPI tells how things stand at an instant (open pipeline): an unfinished period is then no matter. */
gboolean alert_is_standing(const KpiDefinition *kpi);
gboolean alert_is_of_targets(AlertKind kind);
/* "each team", "team:North", "company"; NULL: of anybody. The caller frees. */
char *alert_rule_whose(const AlertRule *rule);
/* Whether a rule's judgement may have changed with these tables of the ledger, from this source. NULL: unknown. */
gboolean alert_rule_depends_on(const AlertRule *rule, const AlertReader *reader, const char *const *tables,
                               gsize n_tables, const char *source);
