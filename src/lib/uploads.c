/* Files that people bring. Each source that began so has a folder of its own below uploads/ in the workspace; whatever
 * lies elsewhere is its owner's, and left alone. */
#include "answer/uploads.h"

#include "cli/cli.h"
#include "lib/formats.h"
#include "lib/reader.h"
#include "lib/workspace.h"
#include "session/sources.h"
#include "sheet/sheet.h"

#include <errno.h>
#include <glib/gstdio.h>

#define FOLDER        "uploads"
#define MAX_NAME      40
#define MAX_FILE_NAME 120
#define MAX_MAPPING   (1 << 20)
#define TRIAL_THREADS 1

typedef struct {
  const char *source, *file, *mapping;
  const void *bytes;
  gsize n_bytes;
  gboolean replace;
} Asked;

/* --- names --- */

static gboolean check_source_name(const char *name, GError **error) {
  gboolean ok = name && g_ascii_isalnum(*name) && strlen(name) <= MAX_NAME && !g_str_equal(name, "put");
  for (const char *at = name; ok && *at; at++) ok = g_ascii_islower(*at) || g_ascii_isdigit(*at) || strchr("_-", *at);
  if (!ok)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "a source is called by small letters, digits, - and _, such as crm or march-orders, not \"%s\"",
                name ? name : "");
  return ok;
}

/* What a pattern or a path would read otherwise is in no name. */
static gboolean check_file_name(const char *name, GError **error) {
  static const char *const kinds[] = {".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".xlsx", NULL};
  gboolean ok = name && g_utf8_validate(name, -1, NULL) && *name != '.' && strlen(name) <= MAX_FILE_NAME &&
                !strpbrk(name, "/\\*?[]{}:\"'<>|");
  for (const char *at = name; ok && *at; at++) ok = (guchar)*at >= 0x20 && *at != 0x7f;
  if (!ok) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "a file is called by letters, digits, spaces, dots, - and _, at most %d, such as deals.csv",
                MAX_FILE_NAME);
    return FALSE;
  }
  g_autofree char *lower = g_ascii_strdown(name, -1);
  for (guint k = 0; kinds[k]; k++)
    if (g_str_has_suffix(lower, kinds[k])) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s: bring a CSV, TSV, text, JSON or xlsx file; of another kind, save it as CSV first", name);
  return FALSE;
}

static char *folder_of(const Session *session, const char *source) {
  return g_build_filename(session->folder, FOLDER, source, NULL);
}

/* A source of that name may be there already: then it must have its files here. */
static gboolean check_owner(const Session *session, const char *name, GError **error) {
  if (!check_source_name(name, error)) return FALSE;
  g_autoptr(GPtrArray) sources = session_sources(session);
  g_autofree char *folder = folder_of(session, name), *whole = g_canonicalize_filename(folder, NULL);
  g_autofree char *file = g_strconcat(name, ".yaml", NULL);
  for (guint i = 0; i < sources->len; i++) {
    const SessionSource *source = sources->pdata[i];
    g_autofree char *own_file = g_path_get_basename(source->path);
    if (!g_str_equal(source->name, name) && !g_str_equal(own_file, file)) continue;
    if (source->source && g_str_equal(source->name, name) && g_str_equal(ingest_source_folder(source->source), whole))
      return TRUE;
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "the source %s is there already and has its files elsewhere: choose another name", name);
    return FALSE;
  }
  return TRUE;
}

/* --- files --- */

static guint n_files(const char *folder) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  guint n = 0;
  while (dir && g_dir_read_name(dir)) n++;
  return n;
}

static char *csv_of(const SheetTable *table, gsize *n_bytes) {
  LibText text;
  lib_text_init(&text);
  for (gsize row = 0; row < table->n_rows; row++) {
    for (gsize column = 0; column < table->n_columns; column++) {
      const char *cell = sheet_text(table, row, column);
      g_autofree char *quoted = NULL;
      if (cell && strpbrk(cell, ",\"\r\n")) {
        g_auto(GStrv) parts = g_strsplit(cell, "\"", -1);
        g_autofree char *doubled = g_strjoinv("\"\"", parts);
        quoted = g_strdup_printf("\"%s\"", doubled);
      }
      fprintf(text.out, "%s%s", column ? "," : "", quoted ? quoted : cell ? cell : "");
    }
    fputs("\r\n", text.out);
  }
  return lib_text_end(&text, TRUE, n_bytes);
}

static gboolean write_whole(const char *path, const void *bytes, gsize n_bytes, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  g_autoptr(GError) cause = NULL;
  if (g_mkdir_with_parents(folder, 0750) != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the folder for it cannot be made: %s", g_strerror(errno));
    return FALSE;
  }
  if (g_file_set_contents(path, bytes, (gssize)n_bytes, &cause)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "it cannot be written: %s", cause->message);
  return FALSE;
}

static gboolean check_place(const char *folder, const char *path, const char *file, gboolean replace, GError **error) {
  gboolean is_there = g_file_test(path, G_FILE_TEST_EXISTS);
  if (is_there && !replace)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s is there already: say that it is to be replaced, or call it otherwise", file);
  else if (!is_there && n_files(folder) >= ATTAIN_MAX_UPLOAD_FILES)
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "a source has at most %d files", ATTAIN_MAX_UPLOAD_FILES);
  else
    return TRUE;
  return FALSE;
}

static void tell_file(const Asked *asked, const char *file, gsize n_bytes, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "source", asked->source);
  cli_json_member_text(json, "file", file);
  cli_json_member_integer(json, "bytes", (gint64)n_bytes);
  cli_json_end_object(json);
}

static gboolean keep_file(const Session *session, const Asked *asked, const char *file, const void *bytes,
                          gsize n_bytes, FILE *out, GError **error) {
  g_autofree char *folder = folder_of(session, asked->source), *path = g_build_filename(folder, file, NULL);
  if (!check_place(folder, path, file, asked->replace, error) || !write_whole(path, bytes, n_bytes, error))
    return FALSE;
  tell_file(asked, file, n_bytes, out);
  return TRUE;
}

static gboolean upload(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                       GError **error) {
  const Asked *asked = what;
  if (!check_owner(session, asked->source, error) || !check_file_name(asked->file, error)) return FALSE;
  g_autofree char *lower = g_ascii_strdown(asked->file, -1);
  if (!g_str_has_suffix(lower, ".xlsx"))
    return keep_file(session, asked, asked->file, asked->bytes, asked->n_bytes, out, error);
  g_autoptr(SheetTable) table = sheet_read_bytes(asked->bytes, asked->n_bytes, NULL, error);
  if (!table) return FALSE;
  gsize n_bytes;
  g_autofree char *stem = g_strndup(asked->file, strlen(asked->file) - strlen(".xlsx"));
  g_autofree char *file = g_strconcat(stem, ".csv", NULL), *csv = csv_of(table, &n_bytes);
  return keep_file(session, asked, file, csv, n_bytes, out, error);
}

char *attain_upload(AttainWorkspace *workspace, const char *source, const char *file, const void *bytes, size_t n_bytes,
                    bool replace, AttainError *error) {
  Asked asked = {.source = source, .file = file, .bytes = bytes, .n_bytes = n_bytes, .replace = replace};
  if (n_bytes == 0 || n_bytes > ATTAIN_MAX_UPLOAD) {
    lib_fail_with(error, n_bytes ? ATTAIN_ERROR_LIMIT : ATTAIN_ERROR_INPUT, "a file has from 1 byte to %d MiB",
                  ATTAIN_MAX_UPLOAD >> 20);
    return NULL;
  }
  return lib_say(workspace, "upload", upload, &asked, error);
}

/* --- proposals --- */

static IngestProposal *look(const Session *session, const char *source, Store **scratch, GError **error) {
  g_autofree char *folder = folder_of(session, source);
  if (n_files(folder) == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "no file was brought for the source %s yet", source);
    return NULL;
  }
  *scratch = store_open(NULL, NULL, STORE_CREATE, TRIAL_THREADS, error);
  return *scratch ? ingest_propose(*scratch, folder, session->schema, error) : NULL;
}

/* `source:` as it is to be called, whatever the files say. */
static char *yaml_of(const IngestProposal *proposal, const char *source) {
  g_autofree char *folder = g_build_filename(FOLDER, source, NULL), *yaml = ingest_proposal_in(proposal, folder);
  g_autofree char *was = g_strdup_printf("\nsource: %s\n", proposal->name),
                  *is = g_strdup_printf("\nsource: %s\n", source);
  g_autoptr(GString) text = g_string_new(yaml);
  g_string_replace(text, was, is, 1);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean propose(const Session *session, const Asked *asked, FILE *out, GError **error) {
  g_autoptr(Store) scratch = NULL;
  if (!check_owner(session, asked->source, error)) return FALSE;
  g_autoptr(IngestProposal) proposal = look(session, asked->source, &scratch, error);
  g_autofree char *yaml = proposal ? yaml_of(proposal, asked->source) : NULL;
  return yaml && answer_proposal_json(proposal, asked->source, yaml, session->schema, out, error);
}

/* --- mappings --- */

static IngestSource *parse(const Session *session, const char *source, const char *mapping, GError **error) {
  g_autofree char *name = g_strdup_printf("sources/%s.yaml", source);
  return ingest_source_parse(name, mapping, strlen(mapping), session->folder, session->schema, session->organisation,
                             error);
}

static gboolean check_own(const Session *session, const Asked *asked, const IngestSource *read, GError **error) {
  g_autofree char *folder = folder_of(session, asked->source), *whole = g_canonicalize_filename(folder, NULL);
  if (!g_str_equal(ingest_source_name(read), asked->source))
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the mapping is to say `source: %s`", asked->source);
  else if (!g_str_equal(ingest_source_folder(read), whole))
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the mapping is to say `folder: %s/%s`", FOLDER, asked->source);
  else
    return TRUE;
  return FALSE;
}

/* A mapping of this source's files that may be loaded, or NULL. What was proposed is asked for only where it matters.
 */
static IngestSource *read_mapping(const Session *session, const Asked *asked, GError **error) {
  if (!asked->mapping || strlen(asked->mapping) > MAX_MAPPING) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "a mapping is given as `yaml` or `mapping`, and has at most 1 MiB");
    return NULL;
  }
  if (!check_owner(session, asked->source, error)) return NULL;
  g_autoptr(IngestSource) read = parse(session, asked->source, asked->mapping, error);
  if (!read || !check_own(session, asked, read, error)) return NULL;
  if (ingest_source_check_foreign(read, NULL, NULL)) return g_steal_pointer(&read);
  g_autoptr(Store) scratch = NULL;
  g_autoptr(IngestProposal) proposal = look(session, asked->source, &scratch, error);
  g_autofree char *yaml = proposal ? yaml_of(proposal, asked->source) : NULL;
  g_autoptr(IngestSource) proposed = yaml ? parse(session, asked->source, yaml, error) : NULL;
  return proposed && ingest_source_check_foreign(read, proposed, error) ? g_steal_pointer(&read) : NULL;
}

static gboolean try(const Session *session, const Asked *asked, FILE *out, GError **error) {
  g_autoptr(IngestSource) source = read_mapping(session, asked, error);
  g_autoptr(Store) scratch = source ? store_open(NULL, session->schema, STORE_CREATE, TRIAL_THREADS, error) : NULL;
  if (!scratch) return FALSE;
  IngestOptions options = {.now_us = session->now_us};
  IngestReport *report = NULL;
  gboolean ok = ingest_load(scratch, source, session->schema, session->organisation, session->calendar, &options,
                            &report, error) &&
                answer_trial_json(report, scratch, out, error);
  if (report) ingest_report_free(report);
  return ok;
}

/* Comments of a proposal stay; a tree is written as people write it. */
static char *text_of(const char *mapping, GError **error) {
  const char *begin = mapping + strspn(mapping, " \t\r\n");
  if (*begin != '{') return g_strdup(mapping);
  g_autoptr(ConfDocument) document = conf_document_parse("the mapping", mapping, strlen(mapping), error);
  g_autofree char *text = document ? conf_document_write(document) : NULL;
  return text ? g_strconcat(
                    "# How the files of this folder become records; docs/sources.md tells what can be written.\n", text,
                    NULL)
              : NULL;
}

static gboolean set_source(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                           GError **error) {
  const Asked *asked = what;
  g_autoptr(IngestSource) source = read_mapping(session, asked, error);
  g_autofree char *text = source ? text_of(asked->mapping, error) : NULL;
  if (!text) return FALSE;
  g_autofree char *file = g_strconcat(asked->source, ".yaml", NULL);
  g_autofree char *path = g_build_filename(session->folder, "sources", file, NULL);
  if (!asked->replace && g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the source %s is there already: say that it is to be replaced",
                asked->source);
    return FALSE;
  }
  if (!write_whole(path, text, strlen(text), error)) return FALSE;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "source", asked->source);
  cli_json_member_text(json, "file", file);
  cli_json_member_text(json, "yaml", text);
  cli_json_end_object(json);
  return TRUE;
}

/* --- as the library gives them --- */

typedef gboolean (*Beside)(const Session *session, const Asked *asked, FILE *out, GError **error);

/* Files alone are read: neither the writer nor whoever asks is waited for. */
static char *beside(AttainWorkspace *workspace, const char *name, Beside make, const Asked *asked, AttainError *error) {
  GError *cause = NULL;
  size_t n_bytes;
  LibText text;
  if (!lib_permit(workspace, name, error)) return NULL;
  lib_text_init(&text);
  lib_enter(workspace);
  Session session = lib_session(workspace);
  char *written = lib_text_end(&text, make(&session, asked, text.out, &cause), &n_bytes);
  lib_leave(workspace);
  if (!written) lib_fail(error, cause);
  return written;
}

char *attain_proposal(AttainWorkspace *workspace, const char *source, AttainError *error) {
  Asked asked = {.source = source};
  return beside(workspace, "proposal", propose, &asked, error);
}

char *attain_trial(AttainWorkspace *workspace, const char *source, const char *mapping, AttainError *error) {
  Asked asked = {.source = source, .mapping = mapping};
  return beside(workspace, "trial", try, &asked, error);
}

char *attain_source_set(AttainWorkspace *workspace, const char *source, const char *mapping, bool replace,
                        AttainError *error) {
  Asked asked = {.source = source, .mapping = mapping, .replace = replace};
  return lib_say(workspace, "source_set", set_source, &asked, error);
}
