/* attain.yaml, `scorecard`: how much each KPI counts in a scorecard's score, and how far one KPI can lift it.
 *
 *   scorecard:
 *     weights: {revenue: 3, win_rate: 1}
 *     cap: 200
 *
 * Which KPIs there are is not known here: whoever asks for a scorecard checks the names, with the places kept. */
#include "conf/conf.h"

#include <math.h>

#define USUAL_CAP 200

typedef struct {
  const ConfNode *weights;
  double cap;
} Section;

void conf_scorecard_init(ConfScorecard *scorecard) {
  *scorecard = (ConfScorecard){.cap = USUAL_CAP};
}

void conf_scorecard_clear(ConfScorecard *scorecard) {
  for (gsize i = 0; i < scorecard->n_weights; i++) g_free(scorecard->weights[i].kpi);
  g_free(scorecard->weights);
  *scorecard = (ConfScorecard){0};
}

gboolean conf_weight_parse(const char *text, double *weight) {
  char *end;
  double value = g_ascii_strtod(text, &end);
  if (end == text || *end || !isfinite(value) || value < 0) return FALSE;
  *weight = value;
  return TRUE;
}

static gboolean read_weights(const ConfNode *node, ConfScorecard *scorecard, GError **error) {
  if (node->kind != CONF_MAP) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "\"weights\" must be KPIs with a number each, such as {revenue: 3, win_rate: 1}");
    return FALSE;
  }
  scorecard->weights = g_new0(ConfWeight, node->n + 1);
  for (guint i = 0; i < node->n; i++) {
    ConfWeight *weight = &scorecard->weights[i];
    const ConfNode *value = node->items[i];
    if (value->kind != CONF_SCALAR || !conf_weight_parse(value->text, &weight->weight)) {
      base_error_at(error, BASE_ERROR_INPUT, value->span,
                    "the weight of \"%s\" must be a number from 0, such as 2 or 0.5: 0 leaves it out of the score",
                    node->keys[i]->text);
      return FALSE;
    }
    weight->kpi = g_strdup(node->keys[i]->text);
    weight->span = node->keys[i]->span;
    scorecard->n_weights++;
  }
  return TRUE;
}

gboolean conf_scorecard_read(const ConfNode *node, ConfScorecard *scorecard, GError **error) {
  static const ConfField fields[] = {
      {"weights", CONF_NODE, G_STRUCT_OFFSET(Section, weights)},
      {"cap", CONF_DOUBLE, G_STRUCT_OFFSET(Section, cap)},
  };
  Section section = {.cap = USUAL_CAP};
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  if (!(section.cap >= 100) || !isfinite(section.cap)) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "cap")->span,
                  "\"cap\" must be at least 100, which is a target met exactly");
    return FALSE;
  }
  scorecard->cap = section.cap;
  if (!section.weights || read_weights(section.weights, scorecard, error)) return TRUE;
  conf_scorecard_clear(scorecard);
  return FALSE;
}
