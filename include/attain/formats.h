/* Answers of libattain as files: CSV, workbooks, Parquet. Included by attain/attain.h, which says what holds for all
 * functions. */
#ifndef ATTAIN_FORMATS_H
#define ATTAIN_FORMATS_H

#include <attain/ask.h>
#include <attain/targets.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { ATTAIN_JSON, ATTAIN_CSV, ATTAIN_XLSX, ATTAIN_PARQUET } AttainFormat;

/* All of them give bytes, `*n_bytes` of them and a NUL behind; give them back with attain_free(). Any thread. Errors:
 * LIMIT for more than a sheet, or a table of 10 million cells, takes; IO. */

/* An answer as attain_answer_json() gives it, as the CSV of `attain show --format csv` (docs/output.md), or as a table
 * of its rows and, below them, its totals. */
ATTAIN_API char *attain_answer_write(const AttainAnswer *answer, AttainFormat format, size_t *n_bytes,
                                     AttainError *error);
/* A scorecard as attain_scorecard() gives it, or in the forms of `attain scorecard --format csv` and `xlsx`; of Parquet
 * a row each KPI of each member. Errors also: those of attain_scorecard(). */
ATTAIN_API char *attain_scorecard_write(AttainWorkspace *workspace, const AttainScorecardQuestion *question,
                                        AttainFormat format, size_t *n_bytes, AttainError *error);
/* A grid of targets as attain_target_grid() gives it; as CSV and workbook in the form that comes back to
 * attain_target_grid_take(), whatever `file` of the question says; of Parquet a row each cell. Errors also: those of
 * attain_target_grid(). */
ATTAIN_API char *attain_target_grid_write(AttainWorkspace *workspace, const AttainGridQuestion *question,
                                          AttainFormat format, size_t *n_bytes, AttainError *error);
/* Any other document of this library, of which one list becomes the rows of a table. `lists`: "rows";
 * "measures.records" of lists within one another, what stands around a row being told in it; several with commas
 * between give their rows one after the other. JSON: a copy. Errors also: INPUT for what is no JSON. */
ATTAIN_API char *attain_document_write(const char *document, const char *lists, AttainFormat format, size_t *n_bytes,
                                       AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
