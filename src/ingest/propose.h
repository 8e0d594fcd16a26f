/* A proposal in the making: what goes into sources/NAME.yaml, before it is written. Private to src/ingest.
 *
 *   profile ─► recognise (a known CRM, from mappings/CRM.yaml) ─┐
 *           └► kinds (words of headers, from mappings/words.yaml) ─┴► entries ─► deals · references · checks ─► YAML */
#pragma once

#include "base/money.h"
#include "conf/conf.h"
#include "ingest/ingest.h"
#include "ingest/profile.h"

/* Where one column of the ledger comes from. Exactly one of of, sql and constant is set. */
typedef struct {
  char *name; /* ledger column, id or currency */
  ProfileColumn *of;
  char *sql;
  char *constant;
  GPtrArray *values; /* char *: from, to, from, to… or NULL */
  char *otherwise;   /* else: */
  const char *unit;
  const char *match;   /* name, email */
  ProfileFile *lookup; /* lookup: its table, equals: and take: its columns */
  const ProfileColumn *equals, *take;
  char *when;
  gboolean is_computed; /* sql gives a number with a decimal point, whatever the files have */
  gboolean only_closed; /* `when` follows from the outcome, once that is known */
} ProposeColumn;

/* One entry of `map:`. */
typedef struct {
  char *to;
  ProfileFile *from; /* NULL: rows in place */
  char *where;
  GPtrArray *columns; /* ProposeColumn */
  GPtrArray *extras;  /* ProposeColumn: of other tables (a deal's region, its account's industry), found in this file */
  GPtrArray *rows;    /* char *: rows in place, each a YAML map */
  char *comment;
} ProposeEntry;

typedef struct {
  ProfileFile *file;
  char *why;
} ProposeLeftOut;

typedef struct {
  Store *scratch;
  const LedgerSchema *schema;
  ProfileFolder *folder;
  GPtrArray *documents;  /* ConfDocument: mappings/, kept while entries are made from them */
  const ConfNode *words; /* root of words.yaml */
  char *name, *system, *time_zone, *currency;
  const char *date_format;       /* dmy or mdy where the files need to be told, or NULL */
  char decimal;                  /* ',' or 0 */
  GPtrArray *entries;            /* ProposeEntry */
  GPtrArray *left_out;           /* ProposeLeftOut */
  GPtrArray *assumed, *to_check; /* char * */
} Propose;

ProposeColumn *propose_column_new(const char *name, ProfileColumn *of);
ProposeEntry *propose_entry_new(Propose *propose, const char *to, ProfileFile *from);
ProposeColumn *propose_entry_column(const ProposeEntry *entry, const char *name);           /* NULL when absent */
ProposeColumn *propose_entry_set(ProposeEntry *entry, const char *name, ProfileColumn *of); /* adds or replaces */
void propose_entry_drop(ProposeEntry *entry, const char *name);
ProposeEntry *propose_find(const Propose *propose, const char *to);          /* the first entry from a file */
void propose_value(ProposeColumn *column, const char *from, const char *to); /* adds to the value map */
/* Adds what the column has and the map has not, with the meaning that `otherwise` gives it. */
void propose_values_rest(ProposeColumn *column);
ProfileColumn *propose_extra(const ProposeEntry *entry, const char *name); /* of the extras; NULL when absent */
void propose_leave_out(Propose *propose, ProfileFile *file, const char *why);
void propose_assumed(Propose *propose, const char *format, ...) G_GNUC_PRINTF(2, 3);
void propose_check(Propose *propose, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The column's text, number or timestamp as SQL over its file's scratch table. The caller frees. */
char *propose_sql(const ProposeColumn *column);
char *propose_sql_date(const ProposeColumn *column);
char *propose_sql_number(const ProposeColumn *column);
/* The timestamp of a column of the entry; an expression's dates are written as those of the columns it reads. */
char *propose_entry_date(const ProposeEntry *entry, const ProposeColumn *column);
/* FROM … WHERE … of an entry's rows, and how many of them also fulfil `condition`. */
char *propose_from(const ProposeEntry *entry);
gint64 propose_count(const Propose *propose, const ProposeEntry *entry, const char *condition);

/* --- the steps --- */
ConfDocument *builtin_mapping(const char *name, GError **error); /* "salesforce", "words": embedded in the program */
const char *const *builtin_systems(void);                        /* names of the CRMs' mappings, NULL-terminated */
gboolean recognise_system(Propose *propose, GHashTable *done, GError **error); /* `done`: files that are dealt with */
void propose_formats(Propose *propose); /* currency, decimal sign, order of day and month */
void propose_kinds(Propose *propose, GHashTable *done);
void propose_deals(Propose *propose); /* outcome, dates and worth of the deals, and what follows */
void propose_stages(Propose *propose, ProposeEntry *deals); /* which stages there are, in order */
void propose_sides(Propose *propose, ProposeEntry *entry);  /* people, accounts and products that its file describes */
void propose_stage_name(const Propose *propose, const ProposeEntry *entry); /* by its name rather than its id */
void propose_entered(Propose *propose, const ProposeEntry *deals); /* the history that deals carry as columns */
void propose_ids(Propose *propose);                                /* one id written in two ways */
void propose_references(Propose *propose);                         /* which column refers to which table, and how */
void propose_checks(Propose *propose);                             /* what the data itself says against the mapping */
void propose_scales(Propose *propose);                             /* amounts in thousands, 1.2k */
char *propose_yaml(const Propose *propose);
GPtrArray *propose_seen(const Propose *propose); /* IngestSeenFile: the files with their columns */

/* --- words of values (mappings/words.yaml) --- */
/* The meaning of a value in a list of meanings (outcomes, kinds_of_deal, kinds_of_activity), or NULL. */
const char *propose_meaning(const Propose *propose, const char *list, const char *value);
gboolean propose_is_total(const Propose *propose, const char *value);
/* Adds the values that the column has to its map, as far as they have a meaning. Returns how many rows have one. */
gint64 propose_values_by_words(const Propose *propose, ProposeColumn *column, const char *list);
