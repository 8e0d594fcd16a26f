/* Files that people bring to libattain: looked at, mapped, tried, and made a source. Included by attain/attain.h, which
 * says what holds for all functions.
 *
 *   bytes ─► uploads/SOURCE/FILE ─► proposal ─► tried as often as one likes ─► sources/SOURCE.yaml ─► attain_load()
 *
 * They are for who may load, and touch nothing that came another way: files and sources in other folders are refused,
 * and so are mappings with paths, or with SQL that was not proposed. Give texts back with attain_free(). */
#ifndef ATTAIN_UPLOADS_H
#define ATTAIN_UPLOADS_H

#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ATTAIN_MAX_UPLOAD       (32 << 20) /* bytes of a file */
#define ATTAIN_MAX_UPLOAD_FILES 50         /* of a source */

/* Keeps a file for a source: CSV, TSV, text, JSON; of an xlsx workbook its first sheet, as CSV. `replace`: in place of
 * one of that name. {"source", "file", "bytes"}. Errors: USAGE, INPUT for a name or a file that is none of these or is
 * there already, LIMIT, IO; FORBIDDEN. */
ATTAIN_API char *attain_upload(AttainWorkspace *workspace, const char *source, const char *file, const void *bytes,
                               size_t n_bytes, bool replace, AttainError *error);
/* What is in a source's uploaded files and how they could be mapped, as `attain new --from` would: {"source", "system",
 * "currency", "files": [{"file", "problem", "rows", "columns": […]}], "yaml", "mapping", "tables", "assumed",
 * "to_check"}. `mapping` is `yaml` as JSON. Waits for nobody. Errors: NOT_FOUND where there is no file; INPUT. */
ATTAIN_API char *attain_proposal(AttainWorkspace *workspace, const char *source, AttainError *error);
/* What a mapping (YAML or JSON, as of attain_proposal()) makes of them, loaded into a ledger of its own that is then
 * forgotten: {"tables": […], "n_rejected", "rejected": […], "notes": […]}. What it refers to in other sources is not
 * there. Waits for nobody. Errors: INPUT for a mapping that is wrong, and for more bad rows than may be. */
ATTAIN_API char *attain_trial(AttainWorkspace *workspace, const char *source, const char *mapping, AttainError *error);
/* Writes the mapping to sources/SOURCE.yaml; attain_load() then loads it. {"source", "file", "yaml"}. Errors: INPUT for
 * a mapping that is wrong, and where there is a source of that name, unless `replace` and it is of uploaded files. */
ATTAIN_API char *attain_source_set(AttainWorkspace *workspace, const char *source, const char *mapping, bool replace,
                                   AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
