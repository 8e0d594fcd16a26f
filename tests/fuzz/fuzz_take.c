/* Records that a system tells, of any ids, names and values: an error that says something, or an answer; and told a
 * second time they change nothing more.
 *
 *   record 0xFF record …        record: id 0xFE name 0xFD value 0xFE name 0xFD value …
 *
 * An id that begins with "-" is removed; one that begins with a digit is told as of that day. */
#include "attain/attain.h"
#include "fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US   (G_GINT64_CONSTANT(86400) * 1000000)
#define START_US G_GINT64_CONSTANT(1793491200000000) /* 2026-11-01 */
#define MAX_TOLD 16
#define MAX_PAIR 64

static const char organisation[] = "name: Fuzz\ncurrency: EUR\n";
static const char mapping[] =
    "source: hub\n"
    "max_rejected: 100%\n"
    "tables: {deals: {file: none.csv, extract: increment}}\n"
    "map:\n"
    "  - to: opportunity\n"
    "    from: deals\n"
    "    columns: {id: Id, name: Name, owner: Owner, created_at: Created, amount: Amount, stage: {sql: 'upper(\"Sta "
    "ge\")'}, "
    "type: Close Closed, source: Close, lost_reason: Closed}\n";

static char *folder;
static AttainWorkspace *workspace;

static void remove_tree(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  g_remove(path);
}

void fuzz_end(void) {
  attain_close(workspace);
  workspace = NULL;
}

/* At exit it is too late to close the workspace: what its database's library keeps has gone by then. */
static void remove_workspace(void) {
  remove_tree(folder);
  g_free(folder);
}

static void write_file(const char *name, const char *text) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_assert(g_file_set_contents(path, text, -1, NULL));
}

static void make_workspace(void) {
  folder = g_dir_make_tmp("attain-fuzz-XXXXXX", NULL);
  g_autofree char *sources = g_build_filename(folder, "sources", NULL);
  g_assert(g_mkdir(sources, 0700) == 0);
  write_file("attain.yaml", organisation);
  write_file("sources/hub.yaml", mapping);
  workspace = attain_open(folder, &(AttainOptions){.now = "2026-11-21T09:00:00Z"}, NULL);
  g_assert(workspace);
  atexit(remove_workspace);
}

typedef struct {
  const char *columns[MAX_PAIR], *values[MAX_PAIR];
} Pairs;

/* Cuts `text` at its separators. */
static AttainTold read_told(char *text, Pairs *pairs) {
  char *next = NULL, *id = strsep(&text, "\xFE");
  AttainTold told = {.table = "deals", .id_column = "Id", .id = id, .columns = pairs->columns, .values = pairs->values};
  told.is_removed = *id == '-';
  told.at_us = START_US + (g_ascii_isdigit(*id) ? (*id - '0') * DAY_US : 0);
  while ((next = strsep(&text, "\xFE")) && told.n_values < MAX_PAIR) {
    pairs->columns[told.n_values] = strsep(&next, "\xFD");
    pairs->values[told.n_values++] = next;
  }
  return told;
}

/* Free it; NULL: it was refused. */
static char *take(const AttainTelling *telling) {
  AttainError error = {0};
  char *answer = attain_take(workspace, telling, &error);
  g_assert((answer == NULL) == (error.message != NULL));
  g_assert(answer || (*error.message && error.code == ATTAIN_ERROR_INPUT));
  g_assert(g_utf8_validate(answer ? answer : error.message, -1, NULL));
  attain_error_clear(&error);
  return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!workspace) make_workspace();
  g_autofree char *text = fuzz_text(data, size);
  g_autofree Pairs *pairs = g_new0(Pairs, MAX_TOLD);
  AttainTold told[MAX_TOLD];
  AttainTelling telling = {.source = "hub", .webhook = "fuzz", .told = told};
  char *at = text;
  for (char *one; telling.n_told < MAX_TOLD && (one = strsep(&at, "\xFF")); telling.n_told++)
    told[telling.n_told] = read_told(one, &pairs[telling.n_told]);
  g_autofree char *first = take(&telling), *second = first ? take(&telling) : NULL;
  g_assert(!first == !second);
  g_assert(!second || strstr(second, "\"load\": 0,"));
  return 0;
}
