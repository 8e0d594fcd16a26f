/* attain.yaml, `lint`: what `attain lint` is not to say, and whether is kept which KPIs are looked at.
 *
 *   lint:
 *     ignore: [vanity_count, "month_end_jumps rep:Ana Silva"]
 *     usage: no
 *
 * Which rules there are is not known here: whoever asks checks the names. */
#include "conf/conf.h"

static const ConfField fields[] = {
    {"ignore", CONF_TEXTS, G_STRUCT_OFFSET(ConfLint, ignore)},
    {"usage", CONF_BOOL, G_STRUCT_OFFSET(ConfLint, keeps_usage)},
};

void conf_lint_init(ConfLint *lint) {
  *lint = (ConfLint){.keeps_usage = TRUE};
}

gboolean conf_lint_read(const ConfNode *node, ConfLint *lint, GError **error) {
  return conf_read_map(node, fields, G_N_ELEMENTS(fields), lint, error);
}

void conf_lint_clear(ConfLint *lint) {
  g_strfreev(lint->ignore);
  *lint = (ConfLint){0};
}
