/* The command line's machinery: one table of commands from which parsing, --help, man pages and completion are made;
 * output as tables, JSON, CSV and Markdown; numbers as people read them. libsmartcols is used here only. */
#pragma once

#include "base/text.h"

#include <glib.h>
#include <stdio.h>

typedef enum { CLI_FLAG, CLI_VALUE, CLI_VALUES /* may be repeated */ } CliOptionKind;

typedef struct {
  const char *name; /* long name without dashes */
  char letter;      /* or 0 */
  CliOptionKind kind;
  const char *value;   /* placeholder: "PERIOD" */
  const char *about;   /* one sentence */
  const char *choices; /* NULL or "table|json|csv|md": anything else is wrong use */
} CliOption;

typedef struct CliArguments CliArguments;
typedef struct CliContext CliContext; /* what every command gets; see below */

typedef int (*CliRun)(CliContext *context, const CliArguments *arguments,
                      GError **error); /* exit code; -1 = see error */

typedef enum {
  CLI_ANYWHERE, /* where somebody has the workspace open, there */
  CLI_HERE,     /* always in the process of the command line */
} CliPlace;

typedef struct {
  const char *name;
  const char *synopsis; /* "KPI… [--by DIMENSION] …": operands; options are added from the table */
  const char *about;    /* one line */
  const char *details;  /* paragraphs, or NULL */
  const char *examples; /* lines "command\twhat it does", or NULL */
  const CliOption *options;
  guint n_options;
  int min_operands, max_operands; /* max -1 = any number */
  CliPlace place;
  CliRun run;
} CliCommand;

struct CliContext {
  const char *folder; /* -C DIR, or "." */
  const char *now;    /* --now, or NULL */
  FILE *out;
  FILE *err;
  gboolean terminal; /* out is a terminal */
  gboolean colour;   /* colour may be used: a terminal, no NO_COLOR, --no-colour not given */
  gboolean unicode;  /* the locale is UTF-8: lines and arrows may be drawn; names are printed as UTF-8 either way */
  int width;         /* of the terminal, 0 = unlimited */
  gboolean shows_progress; /* err is a terminal */
  gboolean asks;           /* there is somebody at the terminal to answer */

  /* Of a command that runs for somebody else, in a process that has the workspace open. */
  gconstpointer host; /* the program's, NULL: the process is the command's own */
  int stop_fd;        /* readable when it is to end */
  const char *here;   /* the current folder of whom it is for, absolute; NULL: the process's */
  int reader;         /* the process of whom it is for */
  gboolean (*answer)(CliContext *context, const char *question); /* NULL: cli_confirm() asks the terminal */
  gpointer user_data;                                            /* of `answer` */
};

/* Runs a command line elsewhere: FALSE where there is no such place, else `code` is set (-1: see error). */
typedef gboolean (*CliElsewhere)(const CliContext *context, int argc, char *const *argv, int *code, GError **error);

typedef struct {
  const CliCommand *commands;
  guint n_commands;
  CliElsewhere elsewhere; /* NULL: there is only here */
} CliProgram;

/* Runs one command line: the global options (-C, --now, --no-colour, --version, --help), then the command. Returns the
 * exit code; prints errors to context->err as "attain: message". */
int cli_main(const CliProgram *program, int argc, char **argv);
/* The same with a context that somebody else made, and without the program's name in `argv`. */
int cli_run(const CliProgram *program, CliContext *context, int argc, char *const *argv);

/* Whether somebody says yes; FALSE too where nobody can be asked. */
gboolean cli_confirm(CliContext *context, const char *question);
/* A file that the command line names, as this process finds it. The caller frees. */
char *cli_path(const CliContext *context, const char *path);

const char *cli_option(const CliArguments *arguments, const char *name);            /* NULL when not given */
const char *const *cli_option_all(const CliArguments *arguments, const char *name); /* NULL-terminated, never NULL */
gboolean cli_flag(const CliArguments *arguments, const char *name);
guint cli_n_operands(const CliArguments *arguments);
const char *cli_operand(const CliArguments *arguments, guint index);

/* Man pages of all commands (attain.1, attain-show.1 …) into a folder; for the build. */
gboolean cli_write_man_pages(const CliCommand *commands, guint n_commands, const char *folder, GError **error);
/* The completion script for bash, as text; the caller frees. */
char *cli_bash_completion(const CliCommand *commands, guint n_commands);

/* --- numbers as people read them --- */
typedef enum {
  CLI_NUMBER_PLAIN,
  CLI_NUMBER_COUNT,
  CLI_NUMBER_PERCENT /* of a ratio */,
  CLI_NUMBER_MONEY,
  CLI_NUMBER_DAYS,
  CLI_NUMBER_SCORE
} CliNumberStyle;
/* "31.0 %", "1,234,567", "EUR 12,345", "51.8 days"; caller frees. Money: major units; shown with decimals below 1,000.
 */
char *cli_format_number(double value, CliNumberStyle style, const char *currency);
/* Money in a column: all of its amounts with as many decimals. */
char *cli_format_money(double value, const char *currency, int decimals);
/* How many decimals a column of amounts needs: none where all are whole, or where one is so large that nobody reads
 * them (unless another would then look like 0); `exact`: none only where all are whole. */
int cli_money_decimals(const double *values, gsize n, const char *currency, gboolean exact);

/* --- running text --- */
/* Columns of the screen that so many bytes of text take: 0 for combining marks and control characters, 2 for wide ones.
 */
gsize cli_text_width(const char *text, gsize length);
/* Prints words from column `at` on, breaking lines to the terminal's width (or 96 columns) and starting each at
 * `indent`; a line break in the text is kept. Ends with a newline. */
void cli_print_text(const CliContext *context, const char *text, int indent, int at);
/* A line in bold where colour may be used. */
void cli_print_heading(const CliContext *context, const char *text);

/* --- tables; workbooks are in cli/xlsx.h --- */
typedef enum { CLI_LEFT, CLI_RIGHT } CliAlign;
typedef enum { CLI_STYLE_NONE, CLI_STYLE_HEAD, CLI_STYLE_TOTAL, CLI_STYLE_GOOD, CLI_STYLE_BAD, CLI_STYLE_DIM } CliStyle;
typedef struct CliTable CliTable;
CliTable *cli_table_new(const char *title);
void cli_table_free(CliTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliTable, cli_table_free)
void cli_table_add_column(CliTable *table, const char *name, CliAlign align);
/* Several, from left to right. */
typedef struct {
  const char *name;
  CliAlign align;
} CliColumn;
void cli_table_add_columns(CliTable *table, const CliColumn *columns, gsize n_columns);
void cli_table_add_row(CliTable *table);                                    /* then its cells from left to right */
void cli_table_add_cell(CliTable *table, const char *text, CliStyle style); /* text is copied */
void cli_table_add_note(CliTable *table, const char *note);                 /* a line below the table */
/* Terminal table (libsmartcols; colours as the context allows; wide tables keep their first column and wrap or say
 * which columns are left out, never silently), or Markdown. */
void cli_table_print(const CliTable *table, const CliContext *context);
void cli_table_print_markdown(const CliTable *table, FILE *out);
void cli_table_write(const CliTable *table, const CliContext *context, gboolean markdown);

/* --- JSON and CSV, streamed --- */
typedef struct CliJson CliJson;
CliJson *cli_json_new(FILE *out);
CliJson *cli_json_line_new(FILE *out); /* all of it on one line */
void cli_json_free(CliJson *json);     /* ends the text with a newline */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliJson, cli_json_free)
void cli_json_begin_object(CliJson *json);
void cli_json_end_object(CliJson *json);
void cli_json_begin_array(CliJson *json);
void cli_json_end_array(CliJson *json);
void cli_json_key(CliJson *json, const char *key);
void cli_json_text(CliJson *json, const char *text); /* NULL gives null */
void cli_json_integer(CliJson *json, gint64 value);
void cli_json_number(CliJson *json,
                     double value); /* shortest text that reads back the same; NaN and infinities give null */
void cli_json_bool(CliJson *json, gboolean value);
void cli_json_null(CliJson *json);
/* A key and its value. */
void cli_json_member_text(CliJson *json, const char *key, const char *text);          /* NULL gives null */
void cli_json_member_texts(CliJson *json, const char *key, const char *const *texts); /* up to NULL; NULL: none */
void cli_json_member_integer(CliJson *json, const char *key, gint64 value);
void cli_json_member_number(CliJson *json, const char *key, double value);
void cli_json_member_bool(CliJson *json, const char *key, gboolean value);
void cli_json_member_object(CliJson *json, const char *key); /* begins it */
void cli_json_member_array(CliJson *json, const char *key);  /* begins it */
/* A key and its number, or null where there is none. */
void cli_json_value(CliJson *json, const char *key, gboolean has, double value);
/* RFC 4180; NULL gives an empty field. A text that a spreadsheet would take for a formula (=, +, -, @, a tab or CR at
 * its beginning, and no plain number) has an apostrophe before it, so that opening the file calculates nothing. */
void cli_csv_field(FILE *out, const char *text, gboolean first);
void cli_csv_number(FILE *out, gboolean has, double value); /* not a row's first; empty where there is none */
void cli_csv_end(FILE *out);
