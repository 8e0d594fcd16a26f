/* Changes of the ledger in libattain, and being told of them. Included by attain/attain.h, which says what holds for
 * all functions. */
#ifndef ATTAIN_CHANGE_H
#define ATTAIN_CHANGE_H

#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- changing the ledger --- */

typedef struct {
  size_t record; /* its place among those given, from 0 */
  const char *id;
  const char *reason; /* for people: "amount: \"ten\" is no amount" */
} AttainRejected;

typedef struct {
  int64_t load; /* the number of the commit; 0 when nothing was changed. Of several sources: the last */
  int64_t n_new;
  int64_t n_changed;
  int64_t n_unchanged;
  int64_t n_removed;              /* or closed: a full extract has them no more */
  int64_t n_rejected;             /* kept out. Of a load, `attain check` lists them */
  const AttainRejected *rejected; /* of a put or removal: n_rejected, by their place; of a load NULL */
  bool is_repeated;               /* of a put or removal: its key was used for it before, and nothing was written now */
} AttainReport;

ATTAIN_API void attain_report_free(AttainReport *report);

typedef struct {
  const char *source; /* whose ids the records have; NULL: the workspace's only source, or "put" where it has none */
  const char *references; /* whose ids they refer to; NULL: the same */
  bool all_or_nothing;    /* when one record is kept out, all are: the report then says why, with `load` 0 */
  const char *key; /* of the call, at most 500 bytes: the same call again under it, within a day, is given the same
                      report and writes nothing, whatever became of the records meanwhile. For a caller who cannot know
                      whether a call was done. With other records: INPUT. NULL: none */
} AttainPutOptions;

/* Puts records into a table of the ledger (docs/ledger.md), in one commit that is on the disk when this returns and in
 * every answer asked after it. `records`: JSON, an object or an array of at most 10,000, each with `id` and the same
 * columns. What is known by its id gets a new version, of which the columns not given stay as they are and null empties
 * one; what is not known is new. A record that is bad is kept out with its reason and stops none of the others.
 * Amounts are in major units of the record's `currency`, durations in seconds, references are ids.
 * A source whose files are full extracts closes at its next load what its files do not have: give records that are in
 * no file a source of their own.
 * Calls of several threads that wait for each other are written in one commit; each has a report of its own.
 * `options` and `report` may be NULL; free the report with attain_report_free(). Not from a callback. Waits for other
 * writers. Errors: NOT_FOUND for a table or column, INPUT, LIMIT, USAGE when only read, IO. */
ATTAIN_API bool attain_put(AttainWorkspace *workspace, const char *table, const char *records,
                           const AttainPutOptions *options, AttainReport **report, AttainError *error);

/* Takes records of a fact out, by their ids (ends with NULL); their versions stay in the history. People, accounts and
 * other dimensions stay. An id that is not there is in the report. Otherwise as attain_put(). */
ATTAIN_API bool attain_remove(AttainWorkspace *workspace, const char *table, const char *const *ids,
                              const AttainPutOptions *options, AttainReport **report, AttainError *error);

/* What a system tells of one of its records: of a webhook, say. */
typedef struct {
  const char *object; /* what the system calls such records, or NULL: as the table */
  const char *table;  /* of the source's tables: of which the record is a row. NULL, or none of them: it is rejected */
  const char *id_column; /* the header of its id */
  const char *id;
  int64_t at_us; /* when it became so in the system, in microseconds since 1970; 0: now */
  const char
      *event; /* its number among the system's; one that was taken is not taken again for four days. NULL: none */
  const char *wrong; /* why nothing can be made of it, or NULL: it is rejected with that reason */
  bool is_removed;   /* the record was deleted; facts go, people and accounts stay */
  size_t n_values;
  const char *const *columns; /* headers, as the source's mapping names them */
  const char *const *values;  /* as texts; NULL: empty */
} AttainTold;

typedef struct {
  const char *source;  /* whose mapping */
  const char *webhook; /* by which it came, for the audit log; NULL: the handle's user tells it */
  size_t n_told;       /* at most 10,000 */
  const AttainTold *told;
} AttainTelling;

/* Takes what a system tells of its records, through the mapping of the source whose files have them, too. Each value
 * counts by its time: what comes late undoes nothing newer, and what was told in parts is put together. Gives a JSON
 * object: the load, how many were accepted, removed, rejected (`attain check` says why), wait for the rest of what they
 * need, had been taken before, were older than what is known; and the columns that the mapping does not name. Give it
 * back with attain_free(). Otherwise as attain_put(). */
ATTAIN_API char *attain_take(AttainWorkspace *workspace, const AttainTelling *telling, AttainError *error);

/* Loads the files of a source, or of all where `source` is NULL, as `attain load` does: a commit a source. Where one of
 * several fails the others are loaded all the same; the error then says which failed, and the report counts the others.
 * Otherwise as attain_put(). */
ATTAIN_API bool attain_load(AttainWorkspace *workspace, const char *source, AttainReport **report, AttainError *error);

/* --- being told --- */

/* Whose records of a table changed. Records that nobody is credited with are told of no one. */
typedef struct {
  bool is_everybodys; /* rates, stages: what any number may rest on */
  size_t n_people;    /* who is credited with them now or was before, by their keys in `person`; without repetition */
  const int32_t *people;
} AttainTouched;

typedef struct {
  int64_t load;
  const char *source;
  size_t n_tables;              /* 0: only what was rejected or read changed */
  const char *const *tables;    /* ledger tables whose records changed; what is made from them is not named */
  const AttainTouched *touched; /* of each of them; NULL: whose they were is not known */
  int64_t at_us;                /* when, in microseconds since 1970; 0: just now */
} AttainChange;

/* Called after each commit of this workspace object, in the thread that made it, before that call returns; answers have
 * the commit by then. `change` lives as long as the call. It may ask, subscribe and unsubscribe; it must not put,
 * remove, load or close. */
typedef void (*AttainCallback)(const AttainChange *change, void *user_data);

/* Returns a number for attain_unsubscribe(), never 0. */
ATTAIN_API uint64_t attain_subscribe(AttainWorkspace *workspace, AttainCallback callback, void *user_data);
/* When it returns, the callback is not running and will not be called again; within a callback: not again. */
ATTAIN_API void attain_unsubscribe(AttainWorkspace *workspace, uint64_t subscription);

/* Calls back for each commit of the ledger after the number `after` up to `until`, in their order, whichever process
 * made it: what a subscriber who was away has missed. At most 10,000 commits. Waits for a writer; the callback may not
 * change the workspace. Errors: USAGE, LIMIT, IO. */
ATTAIN_API bool attain_commits(AttainWorkspace *workspace, int64_t after, int64_t until, AttainCallback callback,
                               void *user_data, AttainError *error);

/* The number of the last commit that answers have; 0: there was none. Any thread; does not wait. */
ATTAIN_API int64_t attain_load_number(AttainWorkspace *workspace);

typedef struct {
  int32_t key;      /* as in AttainChange.people */
  const char *name; /* never NULL */
  const char *team; /* now; NULL: none */
  bool is_now;      /* seen where they are today; else only records of days on which they were elsewhere */
} AttainPerson;

typedef struct {
  bool all; /* everything is seen, also what is nobody's */
  size_t n_people;
  const AttainPerson *people; /* whose records are seen, all or some; in the order of their keys */
} AttainSeen;

/* Whose records the handle sees as the organisation is now: for telling others only of changes that are for them. Any
 * thread, and within a callback. Waits for a writer. Give it back with attain_seen_free(). Errors: IO. */
ATTAIN_API AttainSeen *attain_seen(AttainWorkspace *workspace, AttainError *error);
ATTAIN_API void attain_seen_free(AttainSeen *seen);

#ifdef __cplusplus
}
#endif
#endif
