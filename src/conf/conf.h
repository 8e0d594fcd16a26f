/* Files that people write: YAML with places, and attain.yaml.
 *
 * libyaml is used here only. A ConfNode tree keeps the file, line and column of every key and value, so that whoever
 * reads it can say where a mistake is. Anchors and aliases are refused, and so are a key given twice, more than 64
 * levels, and files over 16 MiB. */
#pragma once

#include "base/text.h"
#include "calendar/calendar.h"
#include "ledger/schema.h"

typedef enum { CONF_SCALAR, CONF_LIST, CONF_MAP } ConfKind;

typedef struct ConfNode ConfNode;
struct ConfNode {
  ConfKind kind;
  BaseSpan span;
  const char *text; /* SCALAR: UTF-8, never NULL */
  gboolean quoted;  /* SCALAR: was in quotes (so is text, not a number or null) */
  guint n;          /* LIST, MAP: number of items */
  ConfNode **items; /* LIST: items; MAP: values */
  ConfNode **keys;  /* MAP: keys (scalars) */
};

typedef struct ConfDocument ConfDocument; /* owns its nodes */
/* An empty text gives a document with a NULL root. Errors: INPUT with file:line:column. */
ConfDocument *conf_document_parse(const char *file, const char *text, gsize length, GError **error);
ConfDocument *conf_document_load(const char *path, GError **error);
const ConfNode *conf_document_root(const ConfDocument *document);
void conf_document_free(ConfDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfDocument, conf_document_free)

/* The same document without its YAML, for texts that are part of the program: packed when it is built, unpacked by that
 * program only. What is unpacked reads `packed` as long as it lives. */
GBytes *conf_document_pack(const ConfDocument *document);
ConfDocument *conf_document_unpack(const char *file, gconstpointer packed, gsize length);

/* It as YAML with a key or an item a line, without comments, for files that the program writes: what it was read from
 * may have been JSON. The caller frees. */
char *conf_document_write(const ConfDocument *document);

const ConfNode *conf_map_get(const ConfNode *map, const char *key); /* NULL when absent */
gboolean conf_is_null(const ConfNode *node);                        /* NULL, or an unquoted empty, ~ or null */

/* A text in double quotes, as YAML reads it back; for files that the program writes. The caller frees. */
char *conf_quote(const char *text);

/* --- a map read by a table of its keys --- */
typedef enum {
  CONF_TEXT,   /* char * (g_free with the struct by conf_free_fields) */
  CONF_INT,    /* int */
  CONF_DOUBLE, /* double */
  CONF_BOOL,   /* gboolean: true/false/yes/no */
  CONF_SHARE,  /* double: "5%" or 0.05 */
  CONF_TEXTS,  /* char **: a list of scalars or one scalar */
  CONF_ENUM,   /* int: index into `choices` */
  CONF_NODE,   /* const ConfNode *: left to the caller */
} ConfType;

typedef struct {
  const char *key;
  ConfType type;
  gsize offset; /* in the struct */
  gboolean required;
  const char *const *choices; /* ENUM: NULL-terminated */
} ConfField;

/* Fills the struct; a key that is absent or null leaves its field as it was (so set defaults first; texts must be
 * NULL). Keys not in the table are errors that name the nearest key. On failure the struct holds nothing to free. */
gboolean conf_read_map(const ConfNode *map, const ConfField *fields, gsize n_fields, gpointer out, GError **error);
void conf_free_fields(const ConfField *fields, gsize n_fields, gpointer out);

/* --- attain.yaml: where alerts go, and when --- */

/* A text that had better not stand in attain.yaml: an environment variable or a file has it, and is read when it is
 * needed. All NULL: there is none. */
typedef struct {
  char *text; /* only of what may be written down: a webhook's address */
  char *env;
  char *file; /* absolute */
} ConfSecret;

typedef enum {
  CONF_CHANNEL_MAIL,
  CONF_CHANNEL_WEBHOOK, /* plain JSON */
  CONF_CHANNEL_SLACK,
  CONF_CHANNEL_TEAMS,
  CONF_CHANNEL_COMMAND, /* the JSON on its standard input */
} ConfChannelKind;

typedef struct {
  char *name;
  ConfChannelKind kind;
  char **mail;        /* MAIL: addresses */
  gboolean to_member; /* MAIL: to whom an alert is about, too */
  gboolean to_leader; /* … and to who leads them */
  char **command;     /* COMMAND: the program and its arguments */
  ConfSecret url;     /* WEBHOOK, SLACK, TEAMS */
  ConfSecret token;   /* WEBHOOK: sent as `Authorization: Bearer …` */
} ConfChannel;

typedef enum { CONF_SECURITY_STARTTLS, CONF_SECURITY_TLS, CONF_SECURITY_NONE } ConfSecurity;

typedef struct {
  char *server; /* NULL: no mail can be sent */
  int port;
  ConfSecurity security;
  char *user; /* or NULL */
  ConfSecret password;
  char *from;
  char *ca_file; /* of the server's certificate, absolute; NULL: the system's */
} ConfMail;

/* Times of day are minutes from midnight in the organisation's time zone. */
typedef struct {
  ConfChannel *channels;
  gsize n_channels;
  ConfMail mail;
  int quiet_from, quiet_to; /* equal: no quiet hours; from > to: over midnight */
  gboolean quiet_days_off;  /* days that do not work are quiet as a whole */
  int work_from, work_to;   /* what a working hour is; 9:00 to 17:00 */
} ConfAlerts;

/* Reads the section `alerts`; `folder` is what its paths are relative to. `alerts` holds the defaults before. Errors:
 * INPUT with the place; nothing is to be freed then. */
gboolean conf_alerts_read(const ConfNode *node, const char *folder, ConfAlerts *alerts, GError **error);
void conf_alerts_init(ConfAlerts *alerts);
void conf_alerts_clear(ConfAlerts *alerts);
/* Whether a text can be written to as it is: "ana@example.com", without a name, ASCII. */
gboolean conf_is_mail_address(const char *text);
const ConfChannel *conf_alerts_find(const ConfAlerts *alerts, const char *name); /* NULL: there is none */
/* "07:30" as minutes from midnight; to "24:00". FALSE: it is no time of day. */
gboolean conf_time_of_day(const char *text, int *minutes);

/* --- attain.yaml: how scorecards are scored --- */
typedef struct {
  char *kpi;
  double weight; /* not below 0 */
  BaseSpan span; /* of the KPI's name */
} ConfWeight;

typedef struct {
  ConfWeight *weights; /* a KPI that is not among them has 1 */
  gsize n_weights;
  double cap; /* in points, 100 being a target met exactly; at least 100, default 200 */
} ConfScorecard;

void conf_scorecard_init(ConfScorecard *scorecard);
/* Reads the section `scorecard`. Errors: INPUT with the place; nothing is to be freed then. */
gboolean conf_scorecard_read(const ConfNode *node, ConfScorecard *scorecard, GError **error);
void conf_scorecard_clear(ConfScorecard *scorecard);
/* "2", "0.5". FALSE: it is no number from 0. */
gboolean conf_weight_parse(const char *text, double *weight);

/* --- attain.yaml: what `attain lint` leaves unsaid --- */
typedef struct {
  char **ignore;        /* "RULE", or "RULE SUBJECT" as a finding has them; NULL: nothing */
  gboolean keeps_usage; /* which KPIs are looked at is kept beside the database; default TRUE */
} ConfLint;

void conf_lint_init(ConfLint *lint);
/* Reads the section `lint`. Errors: INPUT with the place; nothing is to be freed then. */
gboolean conf_lint_read(const ConfNode *node, ConfLint *lint, GError **error);
void conf_lint_clear(ConfLint *lint);

/* --- attain.yaml: `attain serve` --- */
typedef struct {
  char *listen;             /* "127.0.0.1:8080"; NULL: not said */
  char *certificate, *key;  /* absolute; NULL: without TLS; the key may stand in the certificate's file */
  char **trusted_proxies;   /* or NULL */
  char *access_log;         /* absolute; NULL: none */
  gboolean open_metrics;    /* /metrics for whoever asks from this machine */
  gboolean keeps_no_alerts; /* `alerts: no`: neither judged nor sent by the server itself */
  int n_connections, n_by_address, n_streams; /* limits; 0: not said */
  int header_kb, body_kb, answer_mb, idle_seconds, handler_seconds, requests_per_minute;
} ConfServer;

/* Reads the section `server`; `folder` is what its paths are relative to. `server` holds zeros before. Errors: INPUT
 * with the place; nothing is to be freed then. */
gboolean conf_server_read(const ConfNode *node, const char *folder, ConfServer *server, GError **error);
void conf_server_clear(ConfServer *server);

/* --- attain.yaml: signing in by a provider (OpenID Connect) --- */
typedef struct {
  char *from, *to; /* a group of the provider's, and a role or a group of policy.yaml */
  BaseSpan span;   /* of `to` */
} ConfPair;

typedef struct {
  char *issuer;  /* NULL: by password only */
  char *client;  /* the client id */
  char *address; /* of this server as browsers have it, without a / at its end */
  char *label;   /* what the provider is called on the page */
  char *ca_file; /* of the provider's certificate, absolute; NULL: the system's */
  ConfSecret secret;
  char **scopes;                                /* "openid" among them */
  char *user_claim, *name_claim, *groups_claim; /* groups_claim NULL: the provider's groups are nothing here */
  ConfPair *roles, *groups;                     /* as they are written: the first role that somebody has holds */
  gsize n_roles, n_groups;
  char *new_users; /* the role of who is not a user yet; NULL: they are refused */
  BaseSpan new_span;
} ConfSignIn;

/* Reads the section `sign_in`; `folder` is what its paths are relative to. `sign_in` holds zeros before. Errors: INPUT
 * with the place; nothing is to be freed then. */
gboolean conf_sign_in_read(const ConfNode *node, const char *folder, ConfSignIn *sign_in, GError **error);
void conf_sign_in_clear(ConfSignIn *sign_in);

/* --- attain.yaml --- */
typedef enum { CONF_CREDIT_AT_EVENT, CONF_CREDIT_NOW } ConfCredit;

typedef struct {
  char *name;               /* organisation's name */
  char *currency;           /* ISO 4217 */
  char *time_zone;          /* IANA */
  CalendarConfig calendar;  /* its pointers belong to this struct */
  ConfCredit owner_credit;  /* owner_at_event (default) | owner_now: for facts whose owner changed */
  ConfCredit team_credit;   /* team_at_event (default) | team_now */
  char *business;           /* b2b, saas, retail, agency, or NULL */
  LedgerExtraColumn *extra; /* own dimensions (columns) and facts */
  gsize n_extra;
  char *database;            /* path of the database, absolute; default <workspace>/data/attain.duckdb */
  gint64 max_groups;         /* limits: max_groups: cap on cells of one question; default 5,000,000 */
  guint64 max_cells_bytes;   /* limits: max_cells_mb: memory for kept cells; default 1 GiB */
  double max_rejected_share; /* a load with more bad rows than this changes nothing; default 0.05 */
  ConfAlerts alerts;
  ConfScorecard scorecard;
  ConfLint lint;
  ConfServer server;
  ConfSignIn sign_in;
} ConfOrganisation;

/* Reads <folder>/attain.yaml (docs/workspace.md). Errors: NOT_FOUND ("no attain.yaml here: `attain new` makes one, -C
 * names a folder"), INPUT. */
ConfOrganisation *conf_organisation_load(const char *folder, GError **error);
/* The same from a text; `folder` is what paths in it are relative to. */
ConfOrganisation *conf_organisation_parse(const char *file, const char *text, gsize length, const char *folder,
                                          GError **error);
void conf_organisation_free(ConfOrganisation *organisation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfOrganisation, conf_organisation_free)
