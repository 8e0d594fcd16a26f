/* Puts the parts together, in the order in which each needs the others (company.h). */
#include "demo/demo.h"

#include "base/text.h"
#include "demo/company.h"

#include <errno.h>
#include <glib/gstdio.h>

/* --- what the parts share --- */

gboolean demo_company_close(DemoCompany *company, DemoCsv *csv, GError **error) {
  company->n_rows += demo_csv_rows(csv);
  company->n_bytes += demo_csv_bytes(csv);
  return demo_csv_close(csv, error);
}

DemoTime demo_office_time(DemoRandom *random, BaseDay day) {
  return demo_time(day, demo_random_between(random, 8 * 60, 18 * 60 - 1));
}

BaseDay demo_workday(BaseDay day) {
  int weekday = base_day_weekday(day);
  return weekday <= 5 ? day : day + 8 - weekday;
}

const char *demo_list_pick(DemoList list, DemoRandom *random) {
  return list.items[demo_random_below(random, list.n)];
}

guint demo_month_index(const DemoCompany *company, BaseDay day) {
  BaseCivil civil = base_day_to_civil(day);
  int month = (civil.year - company->first_year) * 12 + civil.month - 1;
  return (guint)CLAMP(month, 0, DEMO_MONTHS - 1);
}

guint demo_quarter_index(const DemoCompany *company, BaseDay day) {
  return demo_month_index(company, day) / 3;
}

/* --- the company --- */

static void company_init(DemoCompany *company, const char *folder, const DemoOptions *options) {
  *company = (DemoCompany){.options = options};
  company->folder = g_strdup(folder);
  company->exports = g_build_filename(folder, "exports", NULL);
  company->end = options->until + 1;
  company->start = base_day_add_months(company->end, -12 * DEMO_YEARS);
  company->first_year = base_day_to_civil(company->start).year;
  company->n_months = demo_month_index(company, options->until) + 1;
  company->n_regions = CLAMP(options->people / 12, 2, DEMO_REGIONS);
  company->wins = g_array_new(FALSE, FALSE, sizeof(DemoWin));
  company->channel_leads = g_new0(gint64, (gsize)DEMO_LEAD_SOURCES * (gsize)(company->end - company->start));
  company->won_eur = g_new0(double, (gsize)options->people *DEMO_QUARTERS);
}

static void company_clear(DemoCompany *company) {
  for (guint i = 0; i < company->n_people; i++) {
    g_free(company->people[i].name);
    g_free(company->people[i].email);
  }
  for (guint i = 0; i < company->n_teams; i++) g_free(company->teams[i].name);
  g_free(company->people);
  g_free(company->teams);
  g_free(company->accounts);
  g_free(company->day_weight);
  g_free(company->channel_leads);
  g_free(company->won_eur);
  g_array_unref(company->wins);
  g_free(company->folder);
  g_free(company->exports);
  demo_words_free(company->words);
}

static gboolean check_options(const DemoOptions *options, GError **error) {
  BaseDay earliest = base_day_from_civil(1980, 1, 1), latest = base_day_from_civil(2100, 1, 1);
  if (options->people < DEMO_MIN_PEOPLE || options->people > DEMO_MAX_PEOPLE) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a simulated company has %d to %d people, not %u", DEMO_MIN_PEOPLE,
                DEMO_MAX_PEOPLE, options->people);
    return FALSE;
  }
  if (options->deals < DEMO_MIN_DEALS || options->deals > DEMO_MAX_DEALS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a simulated company has %d to %d deals, not %" G_GINT64_FORMAT,
                DEMO_MIN_DEALS, DEMO_MAX_DEALS, options->deals);
    return FALSE;
  }
  if (options->until < earliest || options->until > latest) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the last day must lie between 1980 and 2100");
    return FALSE;
  }
  return TRUE;
}

static gboolean make_folder(const char *folder, const char *exports, GError **error) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  if (dir != NULL && g_dir_read_name(dir) != NULL) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is not empty: name a folder that does not exist yet", folder);
    return FALSE;
  }
  if (g_mkdir_with_parents(exports, 0777) == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot make the folder %s: %s", exports, g_strerror(errno));
  return FALSE;
}

static gboolean make_all(DemoCompany *company, GError **error) {
  company->words = demo_words_new(error);
  if (company->words == NULL) return FALSE;
  demo_people_make(company);
  demo_accounts_make(company);
  return demo_workspace_write(company, error) && demo_people_write(company, error) &&
         demo_accounts_write(company, error) && demo_deals_write(company, error) &&
         demo_subscriptions_write(company, error) && demo_service_write(company, error) &&
         demo_enablement_write(company, error) && demo_marketing_write(company, error) &&
         demo_truth_write(company, error);
}

gboolean demo_make(const char *folder, const DemoOptions *options, DemoSummary *summary, GError **error) {
  if (!check_options(options, error)) return FALSE;
  DemoCompany company;
  company_init(&company, folder, options);
  gboolean ok = make_folder(folder, company.exports, error) && make_all(&company, error);
  if (ok && summary != NULL) {
    *summary = (DemoSummary){.rows = company.n_rows,
                             .bytes = company.n_bytes,
                             .deals = options->deals,
                             .won = company.n_won,
                             .lost = company.n_lost,
                             .abandoned = company.n_abandoned,
                             .open = company.n_open,
                             .people = company.n_people,
                             .accounts = company.n_accounts,
                             .from = company.start};
    demo_people_cast(&company, summary->cast);
  }
  company_clear(&company);
  return ok;
}
