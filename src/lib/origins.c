/* Sources, loads, rejected rows, the organisation, the company as its files say it. */
#include "answer/origins.h"

#include "answer/company.h"
#include "lib/formats.h"
#include "lib/reader.h"
#include "lib/workspace.h"

static gboolean list_sources(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                             GError **error) {
  const LibReader *reader = workspace->reader;
  gboolean whole = !reader || (lib_sees_all(workspace) && (reader->may & USER_MAY_RUN));
  return answer_sources_json(session, whole, out, error);
}

char *attain_sources(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "sources", list_sources, NULL, error);
}

static AnswerPage read_page(const char *source, const AttainPage *page) {
  return (AnswerPage){.source = source, .cursor = page ? page->cursor : NULL, .limit = page ? page->limit : 0};
}

static gboolean list_loads(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                           GError **error) {
  return answer_loads_json(session, what, out, error);
}

char *attain_loads(AttainWorkspace *workspace, const char *source, const AttainPage *page, AttainError *error) {
  AnswerPage asked = read_page(source, page);
  return lib_answer(workspace, "loads", list_loads, &asked, error);
}

static gboolean list_rejected(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                              GError **error) {
  return answer_rejected_json(session, what, out, error);
}

char *attain_rejected(AttainWorkspace *workspace, const char *source, const AttainPage *page, AttainError *error) {
  AnswerPage asked = read_page(source, page);
  return lib_answer(workspace, "rejected", list_rejected, &asked, error);
}

static gboolean list_organisation(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                                  GError **error) {
  return answer_organisation_json(session, out, error);
}

char *attain_organisation(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "organisation", list_organisation, NULL, error);
}

/* No database is needed for it, and nobody is waited for. */
char *attain_company(AttainWorkspace *workspace, AttainError *error) {
  if (!lib_permit(workspace, "company", error)) return NULL;
  LibPeople *people = lib_people(workspace, error);
  if (!people) return NULL;
  LibText text;
  size_t n_bytes;
  lib_text_init(&text);
  lib_enter(workspace);
  Session session = lib_session(workspace);
  answer_company_json(session.organisation, g_atomic_pointer_get(&people->policy), text.out);
  lib_leave(workspace);
  return lib_text_end(&text, TRUE, &n_bytes);
}
