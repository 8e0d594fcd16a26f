/* Each source is read on its own: one that is wrong keeps none of the others from being loaded. */
#include "session/sources.h"

static void free_source(gpointer data) {
  SessionSource *source = data;
  g_free(source->path);
  g_free(source->name);
  if (source->source) ingest_source_free(source->source);
  g_clear_error(&source->error);
  g_free(source);
}

/* A file of comments only is a source that is yet to be written. */
static gboolean is_empty(const char *path) {
  g_autoptr(ConfDocument) document = conf_document_load(path, NULL);
  return document && conf_is_null(conf_document_root(document));
}

static char *file_name(const char *path) {
  char *name = g_path_get_basename(path);
  char *dot = strrchr(name, '.');
  if (dot && dot > name) *dot = 0;
  return name;
}

static void check_name(const GPtrArray *before, SessionSource *source) {
  for (guint i = 0; i < before->len && source->source; i++) {
    const SessionSource *other = g_ptr_array_index(before, i);
    if (strcmp(other->name, source->name) != 0) continue;
    g_set_error(&source->error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s: its name, \"%s\", is that of %s too: give each `source:` its own", source->path, source->name,
                other->path);
    g_clear_pointer(&source->source, ingest_source_free);
  }
}

GPtrArray *session_sources(const Session *session) {
  GPtrArray *sources = g_ptr_array_new_with_free_func(free_source);
  g_auto(GStrv) paths = session_files(session, "sources");
  for (guint i = 0; paths[i]; i++) {
    if (is_empty(paths[i])) continue;
    SessionSource *source = g_new0(SessionSource, 1);
    source->path = g_strdup(paths[i]);
    source->source = ingest_source_load(paths[i], session->schema, session->organisation, &source->error);
    source->name = source->source ? g_strdup(ingest_source_name(source->source)) : file_name(paths[i]);
    check_name(sources, source);
    g_ptr_array_add(sources, source);
  }
  return sources;
}

/* --- choosing --- */

static const SessionSource *find_source(const GPtrArray *sources, const char *name, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < sources->len; i++) {
    const SessionSource *source = g_ptr_array_index(sources, i);
    if (strcmp(source->name, name) == 0) return source;
    g_ptr_array_add(names, source->name);
  }
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_ptr_array_add(names, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  if (nearest)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no source \"%s\": did you mean \"%s\"?", name,
                nearest);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no source \"%s\": this workspace has %s", name,
                *all ? all : "none");
  return NULL;
}

GPtrArray *session_choose_sources(const Session *session, const GPtrArray *sources, const char *const *names,
                                  GError **error) {
  g_autoptr(GPtrArray) chosen = g_ptr_array_new();
  for (guint i = 0; names[i]; i++) {
    const SessionSource *source = find_source(sources, names[i], error);
    if (!source) return NULL;
    if (!g_ptr_array_find(chosen, source, NULL)) g_ptr_array_add(chosen, (gpointer)source);
  }
  if (!names[0]) g_ptr_array_extend(chosen, (GPtrArray *)sources, NULL, NULL);
  if (chosen->len > 0) return g_steal_pointer(&chosen);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
              "%s has no source yet: write one in sources/ (docs/sources.md), or make a workspace with `attain new DIR "
              "--from FILES`",
              session->folder);
  return NULL;
}
