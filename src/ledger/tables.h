/* The built-in tables, private to src/ledger. */
#pragma once

#include "ledger/schema.h"

const LedgerTable *ledger_builtin_tables(guint *n_tables);
