/* What reading definitions shares between its files, private to src/kpi: problems and texts of YAML nodes. */
#pragma once

#include "conf/conf.h"
#include "kpi/internal.h"

void kpi_yaml_problem_at(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node, const char *format,
                         ...) G_GNUC_PRINTF(4, 5);
/* The scalar as a text to parse; it lives until the passing arena is released. */
KpiText kpi_yaml_text_at(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node);
/* "; did you mean 'x'?" among `words`, NULL-terminated, or "". */
const char *kpi_yaml_nearest_of(KpiCatalogue *catalogue, const char *word, const char *const *words);
/* FALSE when the map has a key that is not among `keys`, noted; `of` is what has such keys: "a version". */
gboolean kpi_yaml_check_keys(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *map,
                             const char *const *keys, const char *of);
/* Whether the map's key `i` is the rest of a formula that a comma has cut: {formula: each(account, x)} has the keys
 * `formula` and `x)`. */
gboolean kpi_yaml_is_cut_off(const ConfNode *map, guint i);
/* The formula of a definition: itself a text, or a map with `formula`. NULL: there is none, noted at `name`. */
const ConfNode *kpi_yaml_formula_node(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node,
                                      const char *what, BaseSpan name);
/* A text, NULL when absent; when it is none either, `*good` becomes FALSE, noted. */
const char *kpi_yaml_text_field(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node, const char *key,
                                gboolean *good);
