/* attain tidy: what is older than the policy keeps it goes. */
#include "app/commands.h"
#include "app/people.h"

#define MAX_KINDS 10 /* of what goes */

static const char *forms_of(const char *what) {
  return g_str_equal(what, "audit")    ? "# {entry|entries} of the audit log"
         : g_str_equal(what, "alerts") ? "# {event|events} of alerts"
         : g_str_equal(what, "tokens") ? "# ended {token|tokens}"
                                       : "# refused {row|rows}";
}

static void print_kind(CliContext *context, ApiBody *kind) {
  const char *what = api_body_text(kind, "what");
  g_autofree char *rows = base_count_words((guint)api_body_number(kind, "rows"), forms_of(what));
  if (api_body_number(kind, "days") > 0)
    fprintf(context->out, "  %s older than %.0f days\n", rows, (double)api_body_number(kind, "days"));
  else
    fprintf(context->out, "  %s: policy.yaml has no \"%s\" under \"retention\", so all are kept\n", rows, what);
}

static void print(CliContext *context, ApiBody *report, gboolean is_dry) {
  const GPtrArray *kinds = api_body_objects(report, "gone", MAX_KINDS);
  fputs(is_dry ? "Would go:\n" : "Gone:\n", context->out);
  for (guint i = 0; i < kinds->len; i++) print_kind(context, kinds->pdata[i]);
  if (is_dry) fputs("Nothing is changed: say it again with --yes. There is no way back.\n", context->out);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  gboolean is_dry = !cli_flag(arguments, "yes");
  if (!app_people_open_clock(context, &people, error)) return -1;
  return app_people_report(context, arguments, attain_tidy(people.workspace, is_dry, &failed), print, is_dry, &failed,
                           error);
}

static const CliOption options[] = {
    {"yes", 0, CLI_FLAG, NULL, "do it; without it, what would go is only said", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_tidy = {
    .name = "tidy",
    .about = "take out what is older than policy.yaml's retention says",
    .details =
        "retention: {rejected: 180, alerts: 730, tokens: 90, audit: 1095} keeps refused rows for 180 days, events of "
        "alerts for 730, tokens for 90 after their end and entries of the audit log for 1095; what is not named there "
        "is kept for ever. Records never go, so no KPI changes, and alerts are judged as before. Entries of the audit "
        "log go from its beginning, and `attain audit --verify` still holds. `attain serve` does it every night by "
        "itself. Without --yes nothing is changed.",
    .examples =
        "attain tidy\twhat would go\n"
        "attain tidy --yes\tdo it",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};
