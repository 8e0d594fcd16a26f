/* One handle for a database of facts. DuckDB is behind it; other engines come behind the same functions, so nothing
 * above this folder knows which it is, but for the SQL that it asks the store's dialect to write.
 *
 * A Store is used by one thread at a time. All functions that fail set a GError of BASE_ERROR: BUSY (another process
 * has the database: its message names the process where known), VERSION (written by a newer Attain), IO (disk full,
 * damaged file), INPUT (SQL). */
#pragma once

#include "base/text.h"
#include "ledger/schema.h"

typedef struct Store Store;

typedef enum {
  STORE_READ_ONLY = 1 << 0,
  STORE_CREATE = 1 << 1, /* make the database when there is none (otherwise: NOT_FOUND) */
} StoreFlags;

/* Opens `path` (NULL: a database in memory) and, unless read-only, brings it to this program's version by its
 * migrations and to the workspace's own columns and facts in `schema` (NULL: a scratch database without a ledger). A
 * read-only open of an older version is refused with what to do (BASE_ERROR_VERSION). `threads`: 0 = as many as the
 * machine has. */
Store *store_open(const char *path, const LedgerSchema *schema, guint flags, guint threads, GError **error);
/* Another connection to an open database, for another thread or for transactions of its own; any thread may take and
 * close one. Close it before the first. Errors: IO. */
Store *store_connect(Store *store, GError **error);
/* What store_open() does to a database for `schema`, to one that is open already: it is given the tables and columns it
 * lacks, or only looked at where it is not to be changed. Not within a transaction. Errors: VERSION, IO. */
gboolean store_fit(Store *store, const LedgerSchema *schema, gboolean only_look, GError **error);
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* The ledger of an open database as it was believed at an instant, in memory and under the same names: of every record
 * the version of then, without those that were recorded later. `store` is not used by another thread meanwhile; close
 * what is returned before it, and before store_reopen(). Errors: IO. */
Store *store_connect_as_of(Store *store, const LedgerSchema *schema, gint64 as_of_us, GError **error);
/* The same of a file, which is only read. Errors as of store_open(). */
Store *store_open_as_of(const char *path, const LedgerSchema *schema, gint64 as_of_us, guint threads, GError **error);

/* --- statements --- */
typedef enum { STORE_NULL, STORE_BOOL, STORE_INT, STORE_DOUBLE, STORE_TEXT, STORE_DAY, STORE_INSTANT } StoreType;

typedef struct {
  StoreType type; /* STORE_NULL for a null */
  union {
    gint64 integer; /* BOOL, INT, DAY (BaseDay), INSTANT (microseconds UTC) */
    double number;
    const char *text; /* UTF-8; owned by the rows */
  };
} StoreValue;

/* Runs SQL statements (several allowed without parameters). `n_changed` may be NULL: rows of the last statement. */
gboolean store_run(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters, gint64 *n_changed,
                   GError **error);

typedef struct StoreRows StoreRows;
/* A whole small result, in memory. Errors also: BASE_ERROR_LIMIT beyond `max_rows` (0 = 1,000,000). */
StoreRows *store_query(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters, gsize max_rows,
                       GError **error);
void store_rows_free(StoreRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRows, store_rows_free)
gsize store_rows_count(const StoreRows *rows);
guint store_rows_n_columns(const StoreRows *rows);
const char *store_rows_column_name(const StoreRows *rows, guint column);
const StoreValue *store_rows_row(const StoreRows *rows, gsize row);
StoreValue store_rows_value(const StoreRows *rows, gsize row, guint column);

/* As store_run() and store_query(), for a statement that comes again and again: it is prepared once and found again by
 * its text. */
gboolean store_run_kept(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters,
                        gint64 *n_changed, GError **error);
StoreRows *store_query_kept(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters,
                            gsize max_rows, GError **error);

/* Rows in memory that statements of this store (not of store_connect()) read as the table given_rows(NUMBER). `types`
 * are SQL's names. The texts of rows must last until they are cleared; a StoreGiven until its statements are done. */
typedef struct StoreGiven StoreGiven;
StoreGiven *store_given_new(Store *store, const char *const *names, const char *const *types, guint n_columns);
void store_given_free(StoreGiven *given);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreGiven, store_given_free)
guint store_given_number(const StoreGiven *given);
guint store_given_column(const StoreGiven *given, const char *name); /* one that it has */
gsize store_given_count(const StoreGiven *given);
const StoreValue *store_given_row(const StoreGiven *given, gsize row);
void store_given_add(StoreGiven *given, const StoreValue *row);
void store_given_clear(StoreGiven *given);

/* What the database's hash() says of a text. Errors of the check: VERSION when it says something else. */
guint64 store_text_hash(const char *text, gsize length);
gboolean store_check_text_hash(Store *store, GError **error);

/* Transactions do not nest. A store closed, or a process killed, inside one leaves nothing of it. */
gboolean store_begin(Store *store, GError **error);
gboolean store_commit(Store *store, GError **error);
void store_rollback(Store *store);
/* How many transactions of this Store were committed since it was opened. */
guint64 store_n_commits(const Store *store);
/* Writes what the log has into the file once the log is larger than 16 MB. A program that puts records and reads at the
 * same time calls it between its changes: the database does it by itself only where nobody else reads when it commits.
 * Where it cannot be done now it is when this is called again. */
void store_tidy(Store *store);

/* --- derived facts --- */
/* Brings the derived tables (LEDGER_DERIVED) and their rows of ledger_stat up to date with the facts, inside the
 * caller's transaction: those whose needs are among `changed_tables` (NULL: all; else ends with NULL). With the number
 * of a load, only the rows of deals that this load touched are made again when these are few. The result is always that
 * of making them from scratch. The loader refreshes the facts' own rows of ledger_stat before. */
gboolean store_refresh_derived(Store *store, const char *const *changed_tables, gint64 load_or_minus_one,
                               GError **error);

/* What ledger_stat says of some rows: BASE_DAY_NONE and G_MININT64 where they tell no day. */
typedef struct {
  gint64 n;
  gint32 first_day, last_day;
  gint64 latest_us;
} StoreSpan;

typedef struct {
  const LedgerTable *table; /* derived */
  StoreSpan gone, come;
} StoreDerivedChange;

#define STORE_MAX_DERIVED 4

typedef struct {
  const char *const *changed_tables;    /* ends with NULL */
  StoreGiven *touched;                  /* key, deal_day: the deals, and on which day each was created */
  gboolean is_dated;                    /* all have such a day, and had it when their derived rows were made */
  StoreGiven *known;                    /* their rows in opportunity, or NULL: they are looked for */
  StoreGiven *before;                   /* these as they were, of those that were there; NULL: it is not known */
  StoreGiven *told;                     /* rows of stage_change that came with them, or NULL */
  StoreGiven *changes;                  /* key, day: on which days they changed, or NULL: on any */
  gboolean has_rows;                    /* there are derived rows of them */
  gboolean has_changes, has_activities; /* rows of stage_change, others than `told`, and of activity refer to them */
  gboolean has_silences;                /* the rows of silence that there are tell what activities do: nothing that was
                                           done on them is left out there and now counts */
} StoreDeals;

/* As store_refresh_derived() for these deals, at a cost that goes by their number; of ledger_stat nothing is written,
 * but told what it follows from: `changes` has room for STORE_MAX_DERIVED. Not for a change of stages, of which it
 * remembers what they were: after one call store_forget_deals(). */
gboolean store_refresh_deals(Store *store, const LedgerSchema *schema, const StoreDeals *deals,
                             StoreDerivedChange *changes, guint *n_changes, GError **error);
void store_forget_deals(Store *store);

/* The same for activities that went and came, where nothing else changed: what their deals' silences were tells the
 * rest. Both have opportunity, done_at, done_at_day, and until when it is planned and its day. */
typedef struct {
  StoreGiven *touched; /* key, deal_day */
  gboolean is_dated;
  const StoreGiven *came;
  StoreGiven *went;
} StoreActivities;

gboolean store_refresh_silences(Store *store, const LedgerSchema *schema, const StoreActivities *activities,
                                StoreDerivedChange *change, GError **error);

/* Share of the running statement done, 0..1, or -1 when unknown; for another thread's progress bar. */
double store_progress(Store *store);
/* Stops the running statement from another thread; it fails with G_IO_ERROR_CANCELLED. */
void store_interrupt(Store *store);

/* What ledger_stat says of a table's days, as three expressions over its rows: first day, last day, latest instant.
 * Plans are left out. The caller frees. */
char *store_stat_columns(const LedgerTable *table);

/* Any amount of a row of a table that has_money, as an expression: NULL where the row has none. The caller frees. */
char *store_amount_of(const LedgerTable *table);

/* The SQL type of a ledger column (an INSTANT's day beside it is a DATE). */
const char *store_column_type(const LedgerSchema *schema, const LedgerColumn *column);

/* --- quoting, in one place --- */
char *store_quote_name(const char *identifier); /* "name" */
char *store_quote_text(const char *text);       /* 'text' */

/* --- the scan: the engine's one primitive --- */
/* The columns of a chunk. For row i: valid[c] is NULL when all are valid, else bit i of it. */
typedef enum {
  STORE_COLUMN_BOOL,   /* guint8 */
  STORE_COLUMN_INT32,  /* gint32: days (BaseDay) and dimension keys */
  STORE_COLUMN_INT64,  /* gint64: money, counts, instants in microseconds, durations */
  STORE_COLUMN_UINT64, /* guint64: fact keys */
  STORE_COLUMN_DOUBLE, /* double */
  STORE_COLUMN_TEXT,   /* gint32: a code of the scan's dictionary, the same text always the same code within one scan,
                          from 0 */
} StoreColumnType;

typedef struct StoreDictionary StoreDictionary; /* of one TEXT column */

typedef struct {
  gsize n_rows;
  const void *const *data;
  const guint64 *const *valid;          /* 64 rows a word, bit set = valid */
  StoreDictionary *const *dictionaries; /* of TEXT columns: all codes so far */
} StoreChunk;

/* Return FALSE with `error` set to stop the scan. */
typedef gboolean (*StoreScanFunc)(const StoreChunk *chunk, gpointer user_data, GError **error);

typedef struct {
  const char *sql; /* SELECT whose columns have exactly the given types (casts are the caller's) */
  const StoreColumnType *types;
  guint n_columns;
  gboolean is_kept; /* the statement comes again and again, as in store_run_kept() */
} StoreScan;

/* Streams the result in chunks, in one thread, without materialising it. `dictionaries`: NULL, or n_columns pointers,
 * set on success for TEXT columns (caller frees each with store_dictionary_free) and NULL for others. `n_rows` may be
 * NULL. */
gboolean store_scan(Store *store, const StoreScan *scan, StoreScanFunc on_chunk, gpointer user_data,
                    StoreDictionary **dictionaries, gint64 *n_rows, GError **error);
StoreDictionary *store_dictionary_new(void);
/* The same dictionary, freed when all who hold it have freed it. */
StoreDictionary *store_dictionary_hold(StoreDictionary *dictionary);
/* The code of a text, made when it is new; -1 when there are too many. */
gint32 store_dictionary_code(StoreDictionary *dictionary, const char *text);
gint32 store_dictionary_size(const StoreDictionary *dictionary);
const char *store_dictionary_text(const StoreDictionary *dictionary, gint32 code);
void store_dictionary_free(StoreDictionary *dictionary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreDictionary, store_dictionary_free)
