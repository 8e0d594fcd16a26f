/* What a proposal tells of the files it was made from: their columns, what is in them, a few of their values. */
#include "ingest/propose.h"

static void free_column(gpointer data) {
  IngestSeenColumn *column = data;
  g_free(column->header);
  g_strfreev(column->samples);
  g_free(column);
}

static void free_file(gpointer data) {
  IngestSeenFile *file = data;
  g_free(file->file);
  g_free(file->problem);
  g_ptr_array_unref(file->columns);
  g_free(file);
}

static const char *kind_of(const ProfileColumn *column) {
  if (column->n_filled == 0) return "empty";
  if (profile_is_date(column)) return "date";
  if (profile_is_boolean(column)) return "yes or no";
  if (profile_is_number(column)) return "number";
  return 2 * column->n_emails > column->n_filled ? "mail address" : "text";
}

static char **samples_of(const ProfileColumn *column) {
  gsize n = MIN(column->n_values, INGEST_MAX_SAMPLES);
  char **samples = g_new0(char *, n + 1);
  for (gsize i = 0; i < n; i++) samples[i] = g_strdup(column->values[i].text);
  return samples;
}

static IngestSeenFile *seen_of(const ProfileFile *file) {
  IngestSeenFile *seen = g_new0(IngestSeenFile, 1);
  seen->file = g_strdup(file->pattern);
  seen->problem = g_strdup(file->problem);
  seen->n_rows = file->n_rows;
  seen->columns = g_ptr_array_new_with_free_func(free_column);
  for (guint c = 0; file->columns && c < file->columns->len; c++) {
    const ProfileColumn *column = file->columns->pdata[c];
    IngestSeenColumn *made = g_new0(IngestSeenColumn, 1);
    made->header = g_strdup(column->header);
    made->kind = kind_of(column);
    made->n_filled = column->n_filled;
    made->n_distinct = column->n_distinct;
    made->samples = samples_of(column);
    g_ptr_array_add(seen->columns, made);
  }
  return seen;
}

GPtrArray *propose_seen(const Propose *propose) {
  GPtrArray *files = g_ptr_array_new_with_free_func(free_file);
  for (guint f = 0; f < propose->folder->files->len; f++)
    g_ptr_array_add(files, seen_of(propose->folder->files->pdata[f]));
  return files;
}

char *ingest_proposal_in(const IngestProposal *proposal, const char *folder) {
  g_autofree char *quoted = conf_quote(folder);
  g_autofree char *line = g_strconcat("folder: ", quoted, NULL);
  g_auto(GStrv) lines = g_strsplit(proposal->yaml, "\n", -1);
  gboolean set = FALSE;
  for (guint i = 0; lines[i] && !set; i++) {
    if (!g_str_has_prefix(lines[i], "folder:")) continue;
    g_free(lines[i]);
    lines[i] = g_strdup(line);
    set = TRUE;
  }
  g_autofree char *text = g_strjoinv("\n", lines);
  return set ? g_steal_pointer(&text) : g_strconcat(line, "\n", text, NULL);
}
