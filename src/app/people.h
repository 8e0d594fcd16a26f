/* What the commands about users, tokens and the audit log share. Private to src/app. */
#pragma once

#include "app/api_body.h"
#include "attain/attain.h"
#include "cli/cli.h"

/* The workspace of a command line: the one that is open where the command runs, or opened for it. */
typedef struct {
  AttainWorkspace *workspace;
  gboolean is_own;
} AppPeople;

gboolean app_people_open(const CliContext *context, AppPeople *people, GError **error);
/* The same for what the clock decides, which within a server is the server's: there --now is an error (INPUT). */
gboolean app_people_open_clock(const CliContext *context, AppPeople *people, GError **error);
void app_people_close(AppPeople *people);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppPeople, app_people_close)

typedef enum { PEOPLE_TEXT, PEOPLE_TEXTS, PEOPLE_NUMBER, PEOPLE_FLAG } PeopleKind;

typedef struct {
  const char *member; /* of each object of a list */
  PeopleKind kind;
} PeopleColumn;

/* Writes a document of the library's, which is taken, as `--format` says: its list `list` as a table of these columns.
 * The exit code. */
int app_people_write(CliContext *context, const CliArguments *arguments, char *document, const char *list,
                     const PeopleColumn *columns, guint n_columns, AttainError *failed, GError **error);
/* The same of a document that `print` says in words; `is_dry`: of what would be done. */
typedef void (*AppPeoplePrint)(CliContext *context, ApiBody *report, gboolean is_dry);
int app_people_report(CliContext *context, const CliArguments *arguments, char *document, AppPeoplePrint print,
                      gboolean is_dry, AttainError *failed, GError **error);
/* Prints the path of a one-time link; `secret` is taken, NULL: `failed`. */
int app_people_link(CliContext *context, const char *user, char *secret, AttainError *failed, GError **error);
