/* Questions that were asked of kept cells: their answers, to be given again, and their bindings, to be read by again.
 * Private to src/query. For any thread: what is found is held, and never changed. */
#pragma once

#include "query/binding.h"

/* An answer and what it rests on. */
typedef struct {
  gint n_holders; /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  QueryResult *result;
  guint32 change;             /* the last change that is in it */
  guint organisation, naming; /* of the side it was read from */
  gint64 building;
  gboolean reads_whole; /* a group's numbers may change with other groups' */
  guint n_first_days;   /* of the facts */
  BaseDay first_days[];
} AskedAnswer;
/* With room for first days; the rest is the caller's to fill. */
AskedAnswer *asked_answer_new(guint n_first_days, const BaseDay *first_days);
void asked_answer_free(AskedAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AskedAnswer, asked_answer_free)

typedef struct AskedBefore AskedBefore;
/* `max_bytes`: of the bindings. */
AskedBefore *asked_new(gsize max_bytes);
void asked_free(AskedBefore *asked);

/* NULL: none is kept. The caller frees. */
AskedAnswer *asked_answer(AskedBefore *asked, const char *question);
/* Takes the answer over. */
void asked_keep_answer(AskedBefore *asked, const char *question, AskedAnswer *answer);
void asked_forget_answers(AskedBefore *asked);

/* `question`: of whatever records, for a binding does not say of which. */
QueryBinding *asked_binding(AskedBefore *asked, const char *question, const BoardLayout *layout);
void asked_keep_binding(AskedBefore *asked, const char *question, QueryBinding *binding);
void asked_forget_bindings(AskedBefore *asked);
