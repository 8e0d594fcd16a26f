/* Views, listed below the KPIs: a table for people, an array for programs. */
#include "app/views.h"

static char *kpi_names(const KpiView *view) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < view->n_kpis; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", view->kpis[i]->name);
  return g_strdup(names->str);
}

void views_print(const CliContext *context, const KpiCatalogue *catalogue) {
  if (kpi_catalogue_n_views(catalogue) == 0) return;
  fputc('\n', context->out);
  cli_print_heading(context, "Views: KPIs that are read together (attain show NAME)");
  for (guint i = 0; i < kpi_catalogue_n_views(catalogue); i++) {
    const KpiView *view = kpi_catalogue_view(catalogue, i);
    g_autofree char *kpis = kpi_names(view);
    g_autofree char *text = g_strdup_printf("%s\n%s", view->question, kpis);
    fprintf(context->out, "%s\n  ", view->name);
    cli_print_text(context, text, 2, 2);
  }
}
