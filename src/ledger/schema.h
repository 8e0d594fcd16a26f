/* The ledger's tables, as data: every fact, dimension and derived fact with its columns, types, units and references.
 *
 * One table for one concept: the database's DDL, the mapping of sources, the names in formulas, the planner's scans and
 * the documentation are all read from here. A workspace's own dimensions and facts are added when its LedgerSchema is
 * made.
 *
 * Physical form (see docs/ledger.md):
 *   every loaded table   key, from_source VARCHAR, id VARCHAR, recorded_at TIMESTAMP, load INTEGER, then its columns
 *                        (`from_source` names the source file that loaded the row; `source` is a deal's or lead's own
 * column) fact key UBIGINT = hash of from_source and id; dimension key INTEGER, dense from 1, with `known BOOLEAN`
 *                        (FALSE: only ever referred to, its name is its id)
 *   TEXT     VARCHAR                       REF    the key of the table it refers to
 *   MONEY    BIGINT, minor units of the row's `currency VARCHAR`
 *   COUNT    BIGINT                        NUMBER DOUBLE       SHARE DOUBLE, 0 to 1
 *   INSTANT  x TIMESTAMP (UTC) and beside it x_day DATE, the organisation's local day
 *   DURATION BIGINT seconds                BOOL   BOOLEAN
 *   what a newer version replaced is in <table>_history: the same columns, and superseded_at TIMESTAMP, superseded_by
 * INTEGER (a load); believed in [recorded_at, superseded_at). */
#pragma once

#include <glib.h>

typedef enum {
  LEDGER_TEXT,
  LEDGER_REF,
  LEDGER_MONEY,
  LEDGER_COUNT,
  LEDGER_NUMBER,
  LEDGER_SHARE,
  LEDGER_INSTANT,
  LEDGER_DURATION,
  LEDGER_BOOL,
} LedgerType;

typedef enum {
  LEDGER_REQUIRED = 1 << 0, /* a row without it is rejected */
  LEDGER_PLAN = 1 << 1,  /* an instant that may lie ahead (expected_close, scheduled_at); others have happened, and are
                            not  yet known when the clock stands before them */
  LEDGER_OWNED = 1 << 2, /* the person credited: what `rep`, `team`, `manager` and `region` go by */
} LedgerFlags;

typedef struct {
  const char *name;
  LedgerType type;
  const char *ref;   /* REF: the table referred to */
  guint flags;       /* LedgerFlags */
  const char *about; /* one line for documentation and error messages */
} LedgerColumn;

typedef enum { LEDGER_FACT, LEDGER_DIMENSION, LEDGER_DERIVED } LedgerKind;

typedef struct {
  const char *name;
  LedgerKind kind;
  const LedgerColumn *columns;
  guint n_columns;
  gboolean has_money; /* has a `currency` column */
  const char *about;
  const char *needs; /* DERIVED: the facts it is made from, separated by spaces */
} LedgerTable;

/* What `--by NAME` means: a path from a fact's owned person, account, product… to the grouping column. */
typedef struct {
  const char *name; /* rep, manager, team, region, account, industry, product, source, stage, … */
  const char *about;
} LedgerDimension;

typedef struct LedgerSchema LedgerSchema;

/* A column or fact of a workspace's own (attain.yaml). Strings are copied. */
typedef struct {
  const char *table; /* an existing table, or a fact of the workspace's own */
  const char *name;
  LedgerType type;
  const char *ref; /* REF only */
  guint flags;
  const char *about;
} LedgerExtraColumn;

/* The built-in tables and the workspace's own columns; a table name not built in makes a new fact.
 * Errors: BASE_ERROR_INPUT for a name that is taken or is no name ([a-z][a-z0-9_]*, 63 characters at most). */
LedgerSchema *ledger_schema_new(const LedgerExtraColumn *extra, gsize n_extra, GError **error);
void ledger_schema_free(LedgerSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LedgerSchema, ledger_schema_free)

guint ledger_schema_n_tables(const LedgerSchema *schema);
const LedgerTable *ledger_schema_table(const LedgerSchema *schema, guint index);
const LedgerTable *ledger_schema_find(const LedgerSchema *schema, const char *table);
const LedgerColumn *ledger_table_column(const LedgerTable *table, const char *column);
/* The column that carries the credit (LEDGER_OWNED), or NULL. */
const LedgerColumn *ledger_table_owner(const LedgerTable *table);
/* Whether a column says who is credited with a record: its owner, or of a table without one any person named. */
gboolean ledger_column_credits(const LedgerTable *table, const LedgerColumn *column);
const char *ledger_type_name(LedgerType type);
