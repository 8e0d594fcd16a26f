/* Between the files of the writer. Private to src/ingest. */
#pragma once

#include "ingest/erased.h"
#include "ingest/writer.h"

/* --- writer_set.c: 64-bit keys that are there --- */
/* Of each key: nothing else; the day of its row; the first and last day of its rows. */
typedef enum { WRITER_NO_DAYS, WRITER_DAY, WRITER_DAYS } WriterDays;
typedef struct WriterSet WriterSet;
WriterSet *writer_set_new(WriterDays days);
void writer_set_free(WriterSet *set);
/* `day`: BASE_DAY_NONE when it is not known. Of a key that is there it takes the place of the day, or adds to them. */
void writer_set_add(WriterSet *set, guint64 key, gint32 day);
void writer_set_remove(WriterSet *set, guint64 key);
gboolean writer_set_has(const WriterSet *set, guint64 key);
/* FALSE: it has rows on days that are not known. */
gboolean writer_set_days(const WriterSet *set, guint64 key, gint32 *first, gint32 *last);
gsize writer_set_bytes(const WriterSet *set);

/* --- writer_recent.c: versions that were put lately --- */
typedef struct WriterRecent WriterRecent;
WriterRecent *writer_recent_new(guint n_fields);
void writer_recent_free(WriterRecent *recent);
/* NULL: it is not among them. What is found lasts until writer_recent_settle(), whatever is kept or removed. */
const StoreValue *writer_recent_find(const WriterRecent *recent, guint64 key);
void writer_recent_keep(WriterRecent *recent, guint64 key, const StoreValue *values);
void writer_recent_remove(WriterRecent *recent, guint64 key);
void writer_recent_settle(WriterRecent *recent);
gsize writer_recent_bytes(WriterRecent *recent);

/* --- writer_memory.c: what is known of each table --- */
typedef struct {
  gint32 key, survivor; /* survivor: of a merge, or the same */
} WriterMember;

typedef struct {
  gboolean is_there;
  StoreSpan span;
  gboolean has_foreign;
} WriterStat;

typedef struct {
  const LedgerTable *table;
  guint index;  /* in the schema */
  char **names; /* columns as the database has them */
  guint n_fields;
  int key, from_source, id, recorded_at, load, known, currency; /* fields; -1: none */
  int *fields;                                                  /* of the ledger's columns; an instant's day: days */
  int *days;
  int zone;                                          /* the field of a day by which rows are found */
  StoreGiven *rows, *old_rows, *keys, *fresh, *past; /* keys: key, day */
  char *insert, *keep_old;
  char *fetch[2], *take_out[2]; /* with the days of all keys, and without */
  WriterSet *there;             /* facts: keys; NULL: not read yet */
  WriterRecent *recent;         /* facts: versions that were put lately */
  WriterSet *went;      /* facts that somebody has: keys of records that are in the history only; NULL: not read yet */
  GHashTable *members;  /* dimensions: source, 0x1f, id -> WriterMember; NULL: not read yet */
  GPtrArray *referrers; /* facts: WriterReferrer of each fact that refers to them; NULL: not read yet */
  gint32 last_key;
} WriterTable;

typedef struct WriterPut WriterPut;
typedef struct WriterStages WriterStages;

struct IngestWriter {
  Store *store;
  const LedgerSchema *schema;
  const ConfOrganisation *organisation;
  const Calendar *calendar;
  WriterTable **tables; /* by schema index, made when first used; NULL for derived ones */
  WriterStat *stats;    /* by schema index */
  gint64 load;          /* the last */
  guint64 n_commits;    /* of the store when all this was read */
  gboolean is_read;
  WriterSet *with_changes, *with_activities; /* deals; NULL: not read yet */
  GHashTable *refused;                       /* writer_refused_name() of each; NULL: not read yet */
  IngestErased *erased;                      /* NULL: not read yet */
  WriterStages *stages;                      /* of the last source that asked, or NULL */
  StoreGiven *touched, *stat_rows, *load_rows;
  StoreGiven *changed_on;  /* deals, and on which days they changed */
  StoreGiven *came, *went; /* activities: deal, when done, until when planned */
  StoreWritten written;    /* by the last put */
  GArray *people;          /* gint32, of `written` */
  WriterPut *last;         /* what its rows are made of */
};

/* The field of a ledger's column, and of its day. */
int writer_field(const WriterTable *table, const char *column);
int writer_day(const WriterTable *table, const char *column);
/* Brings what is known up to what others wrote. */
gboolean writer_catch_up(IngestWriter *writer, GError **error);
void writer_forget(IngestWriter *writer);
WriterTable *writer_table(IngestWriter *writer, const LedgerTable *table, GError **error);
void writer_table_free(WriterTable *table);
/* Writes the statements that find rows by key, with the day in field `zone` where it is known; -1: by keys alone. */
void writer_find_by(WriterTable *table, int zone);
gboolean writer_know_keys(IngestWriter *writer, WriterTable *table, GError **error);
/* Which records of a table others refer to. A reference that there was once counts. */
gboolean writer_know_referrers(IngestWriter *writer, WriterTable *table, GError **error);
/* Adds to `referrers` (LedgerTable) those that refer to a record. */
void writer_find_referrers(const IngestWriter *writer, const WriterTable *table, guint64 key, GPtrArray *referrers);
void writer_learn_references(IngestWriter *writer, const WriterTable *table, const StoreValue *row);
/* Which records went, of a table whose records somebody has. */
gboolean writer_know_went(IngestWriter *writer, WriterTable *table, GError **error);
/* The day by which a row of the table is found, or BASE_DAY_NONE. */
gint32 writer_zone_day(const WriterTable *table, const StoreValue *row);
gboolean writer_know_members(IngestWriter *writer, WriterTable *table, GError **error);
/* Which deals changes and activities refer to. */
gboolean writer_know_deals(IngestWriter *writer, GError **error);
/* Records that puts refused last: their names in writer->refused. */
gboolean writer_know_refused(IngestWriter *writer, GError **error);
gboolean writer_was_refused(const IngestWriter *writer, const LedgerTable *table, const char *source, const char *id);
/* What was erased: writer->erased. */
gboolean writer_know_erased(IngestWriter *writer, GError **error);
/* "source<0x1f>id", to be freed. */
char *writer_member_name(const char *source, const char *id);
guint64 writer_key(const char *source, const char *id);

/* --- writer_json.c --- */
typedef enum { WRITER_NOTHING, WRITER_TEXT, WRITER_NUMBER, WRITER_TRUE, WRITER_FALSE } WriterKind;

typedef struct {
  WriterKind kind;
  const char *text; /* of texts and numbers */
} WriterCell;

/* Records of the same columns, in the first one's order. */
typedef struct {
  GStringChunk *texts;
  GPtrArray *columns; /* const char * */
  GArray *cells;      /* WriterCell, row by row */
  guint n_rows;
} WriterRecords;
void writer_records_clear(WriterRecords *records);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WriterRecords, writer_records_clear)
/* FALSE: no JSON of plain records of the same columns. */
gboolean writer_json_read(const char *json, guint max_records, WriterRecords *records);

/* --- writer_value.c: a text as a value; FALSE when it is not written plainly --- */
typedef struct {
  const Calendar *calendar;
  const char *currency; /* of amounts */
} WriterForm;
gboolean writer_text(const WriterCell *cell, StoreValue *value);
gboolean writer_value(const WriterForm *form, const LedgerColumn *column, const WriterCell *cell, StoreValue *value);
/* `day`: the organisation's day of it, or NULL. */
gboolean writer_instant(const WriterForm *form, const WriterCell *cell, StoreValue *value, StoreValue *day);

/* --- one put: writer.c --- */
typedef struct {
  const LedgerColumn *column; /* NULL: what is not a column of the ledger's own */
  int field, day;
  guint at; /* in a record */
} WriterColumn;

typedef struct {
  guint64 key;
  const char *id, *currency; /* currency: NULL when not said */
  gint64 modified_us;        /* G_MININT64: not said */
  StoreValue *values;        /* by field; those of mapped fields are set */
  const StoreValue *before;  /* the version there is, or NULL */
  gboolean is_changed;
} WriterRow;

struct WriterPut {
  IngestWriter *writer;
  const IngestPut *put;
  const LedgerTable *of;
  WriterTable *table;
  WriterRecords records;
  GArray *columns;     /* WriterColumn */
  GArray *rows;        /* WriterRow */
  StoreValue *values;  /* of all rows */
  gboolean *is_mapped; /* by field */
  int id_at, currency_at, modified_at;
  GStringChunk *texts;
  StoreRows *found;       /* versions that are there */
  guint n_before;         /* how many */
  gboolean is_dated;      /* the days of all of them are known */
  GPtrArray *new_members; /* WriterNewMember */
  GArray *inferred;       /* guint64: deals of stage changes that were concluded */
  gint64 number;
  const char *source; /* as put->source */
  IngestPutReport *report;
};

void writer_put_clear(WriterPut *put);
/* Forgets what the last put wrote. */
void writer_forget_last(IngestWriter *writer);

/* --- writer_deal.c --- */
/* Outcome and dates, made to agree, as upsert_deal.c does in SQL. FALSE without an error: for the long way. */
gboolean writer_deal(WriterPut *put, GError **error);
void writer_stages_free(WriterStages *stages);
/* Rows for stage_change, as upsert_infer.c; adds them to its table's given rows. */
gboolean writer_infer(WriterPut *put, WriterTable **changes, GError **error);

/* --- writer_derive.c --- */
/* The derived facts that follow from the rows that are written; `derived`, of StoreDerivedChange, is added to. */
gboolean writer_derive(WriterPut *put, GArray *derived, GError **error);

/* --- writer_write.c --- */
/* Members of dimensions that are only referred to, in the order of their tables and ids. */
typedef struct {
  WriterTable *table;
  const char *source, *id;
  gint32 key;
} WriterNewMember;

gboolean writer_write(WriterPut *put, GError **error);

#define WRITER_MAX_CHANGES 64

/* What a put does to one table's rows. */
typedef struct {
  guint table; /* in the schema */
  StoreSpan gone, come;
  gboolean foreign_gone, foreign_came, is_derived;
} WriterChange;

/* A put on its way into the database. */
typedef struct {
  WriterPut *put;
  WriterStat *stats; /* as they will be */
  WriterChange changes[WRITER_MAX_CHANGES];
  guint n;
} WriterWriting;

/* --- writer_stats.c --- */
/* Another table that the put changes. */
WriterChange *writer_change_of(WriterWriting *writing, const LedgerTable *table);
/* How many rows of a table, of which days, and whether any amount of theirs is in a foreign currency. */
void writer_count_rows(const WriterPut *put, const WriterTable *table, const StoreGiven *rows, StoreSpan *span,
                       gboolean *has_foreign);
void writer_count_derived(WriterWriting *writing, const StoreDerivedChange *derived);
/* ledger_stat, by all that was counted. */
gboolean writer_write_stats(WriterWriting *writing, GError **error);

/* --- writer_tell.c --- */
/* Puts what was written into the report. Before writer_learn(), which knows no more who had gone. */
void writer_tell(const WriterWriting *writing);
void writer_learn(const WriterWriting *writing);
