/* Targets as a grid, out and back: read, compared with what there is, kept, and written in every form. */
#pragma once

#include "answer/targets.h"
#include "target/grid.h"

/* Nothing is owned; NULL is not given. */
typedef struct {
  const char *kpi;
  const char *by;     /* members down; NULL: rep */
  const char *period; /* NULL: this year */
  const char *grain;  /* its columns: week, month, quarter, year; NULL: month */
  gboolean is_command;
} AnswerGridQuestion;

typedef struct {
  const char *file;  /* an xlsx or CSV file */
  const char *bytes; /* or what would be in one, `length` of it; NULL: the file is read */
  gsize length;
  const char *sheet; /* of a workbook; NULL: its first */
  const char *author, *reason;
  gboolean is_dry; /* only what would change */
  /* Asked of what was read before anything is kept or told; NULL: all of it may be. */
  gboolean (*may_take)(gpointer asker, const TargetGrid *grid, GError **error);
  gpointer asker;
} AnswerGridBack;

typedef struct {
  const Session *session;
  GPtrArray *targets; /* all there are, unless those to be told of were set before */
  TargetGrid *grid;
  gboolean kept;
  char *note; /* what was taken back, in words; NULL of a grid that goes out */
} AnswerGrid;

void answer_grid_clear(AnswerGrid *grid);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerGrid, answer_grid_clear)

/* `grid` must be zeroed, but for its targets; the session must outlive it. Errors: USAGE, NOT_FOUND, INPUT for a
 * period, of the database. */
gboolean answer_grid_out(const Session *session, const AnswerGridQuestion *question, AnswerGrid *grid, GError **error);
/* The same for one that comes back. Where it is not dry, the store is open to write and all of it is kept in one
 * transaction. Errors: INPUT with a line for each wrong cell, "B3: …"; those of reading the file. */
gboolean answer_grid_back(const Session *session, const AnswerGridBack *back, AnswerGrid *grid, GError **error);

void answer_grid_csv(const AnswerGrid *grid, FILE *out);
void answer_grid_json(const AnswerGrid *grid, FILE *out);
CliTable *answer_grid_table(const AnswerGrid *grid);
/* A workbook, as a file where `path` is given, else into `out`. Errors: IO. */
gboolean answer_grid_xlsx(const AnswerGrid *grid, const char *path, FILE *out, GError **error);
