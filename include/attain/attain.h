/* libattain: sales KPIs from a company's records, inside another program.
 *
 *   open a workspace ─► ask ─► rows of figures            from any thread, any number at once
 *                       put, remove, load ─► a commit     one after the other; then every next answer has it
 *                       subscribe ─► told of each commit
 *
 *   workspace.h  errors, opening, the clock, one commit for several answers, progress, check
 *   ask.h        KPIs of members and periods, what they rest on, closed periods
 *   kpis.h       definitions, mistakes in the set of KPIs, KPIs for a goal
 *   targets.h    targets, what is said of them, grids, handing down, suggestions, objectives, scorecards
 *   boards.h     what the policy shares of everybody's numbers
 *   alerts.h     rules, their states, snoozing, judging, sending
 *   formats.h    answers as CSV, workbooks, Parquet
 *   records.h    sources, loads, rejected rows, the organisation
 *   change.h     putting, removing and loading records; being told
 *   people.h     who asks: users, signing in, tokens, what each may and sees, the audit log
 *
 * docs/library.md has a complete program. What a workspace, a KPI, a dimension, a period and a ledger table are is told
 * in the pages beside it.
 *
 * Threads: a workspace may be used by all threads at once, but for attain_open(), attain_close() and what a function's
 * own words exclude. Asking never waits for a writer and sees a commit whole or not at all. Answers, reports and errors
 * belong to one thread at a time.
 *
 * Errors: a function that can fail returns NULL or false and sets `error`, unless that is NULL. Nothing is changed
 * then, if its own words do not say otherwise. The library never prints, exits or changes signals.
 *
 * Ownership: what a function returns without `const` is the caller's, who gives it back with the function named; what
 * is const belongs to what it was asked of. Arguments are copied.
 *
 * Texts are UTF-8. Days are YYYY-MM-DD, in the organisation's time zone; instants are UTC, such as
 * 2026-11-21T09:30:00Z. The end of a period is the first day no longer in it. Money is in major units (euros, not
 * cents), of the organisation's currency in answers. Shares are from 0 to 1.
 *
 * Structs that are passed in begin as zeros: `AttainQuestion question = {.kpis = kpis};`. */
#ifndef ATTAIN_H
#define ATTAIN_H

#include <attain/alerts.h>
#include <attain/ask.h>
#include <attain/boards.h>
#include <attain/change.h>
#include <attain/erasing.h>
#include <attain/formats.h>
#include <attain/kpis.h>
#include <attain/people.h>
#include <attain/records.h>
#include <attain/targets.h>
#include <attain/uploads.h>
#include <attain/workspace.h>

#endif
