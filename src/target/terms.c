/* What the kinds of targets are called, and the life of terms. */
#include "target/target.h"

static const char *const kinds[] = {"reach", "above", "below", "between", "grow", "reduce"};

const char *target_kind_name(TargetKind kind) {
  return kinds[kind];
}

gboolean target_kind_parse(const char *name, TargetKind *kind) {
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (g_str_equal(name, kinds[i])) {
      *kind = (TargetKind)i;
      return TRUE;
    }
  return FALSE;
}

void target_terms_init(TargetTerms *terms) {
  *terms = (TargetTerms){
      .baseline_start = BASE_DAY_NONE, .baseline_end = BASE_DAY_NONE, .start = BASE_DAY_NONE, .end = BASE_DAY_NONE};
}

void target_terms_copy(TargetTerms *into, const TargetTerms *terms) {
  *into = *terms;
  into->kpi = g_strdup(terms->kpi);
  into->dimension = g_strdup(terms->dimension);
  into->member = g_strdup(terms->member);
}

void target_terms_clear(TargetTerms *terms) {
  g_free(terms->kpi);
  g_free(terms->dimension);
  g_free(terms->member);
  target_terms_init(terms);
}
