/* The files of a new workspace. They are the first thing that a user edits, so each says in its comments what may stand
 * there. */
#include "app/workspace_files.h"

#include "conf/conf.h"

char *workspace_attain_yaml(const WorkspaceAnswers *answers) {
  g_autofree char *name = conf_quote(answers->name);
  return g_strdup_printf(
      "# The organisation. docs/workspace.md tells all that may stand here; `attain check` tells what is wrong.\n"
      "name: %s\n"
      "currency: %s            # what totals are shown in; other currencies are converted at dated rates (fx_rate)\n"
      "time_zone: %s           # decides which day, and so which month, a deal belongs to\n"
      "#business: b2b          # b2b, saas, retail or agency: which KPIs are put first\n"
      "\n"
      "calendar:\n"
      "  year_starts: %s       # first month of the fiscal year\n"
      "  #kind: 4-4-5          # months (default), or a retail calendar: 4-4-5, 4-5-4, 5-4-4\n"
      "  #year_ends: nearest saturday   # retail: \"nearest\" or \"last\" and a weekday\n"
      "  #week_starts: monday  # or sunday\n"
      "  #working_days: [mon, tue, wed, thu, fri]\n"
      "  #holidays: [2026-01-01, 2026-12-25]\n"
      "\n"
      "# Columns of your own, to use in formulas, --where and --by:\n"
      "#dimensions:\n"
      "#  tier: {of: account, type: text, about: how we serve the account}\n",
      name, answers->currency, answers->time_zone, answers->year_starts);
}

const char workspace_example_source[] =
    "# A source: which files hold records, and how the ledger's columns are made from theirs. docs/sources.md tells "
    "all of it.\n"
    "# Nothing here is active. Take out the first # of each line below, put your file names and headers in, and run "
    "`attain load`.\n"
    "# `attain new OTHER-FOLDER --from FILES` writes such a file from the headers it finds.\n"
    "#\n"
    "#source: crm\n"
    "#folder: exports                  # relative to this workspace, or absolute\n"
    "#\n"
    "#tables:\n"
    "#  deals: {file: deals*.csv}\n"
    "#  reps: {file: users.csv}\n"
    "#\n"
    "#map:\n"
    "#  - to: person\n"
    "#    from: reps\n"
    "#    columns:\n"
    "#      id: User ID\n"
    "#      name: Full Name\n"
    "#      email: Email\n"
    "#  - to: opportunity\n"
    "#    from: deals\n"
    "#    columns:\n"
    "#      id: Deal ID\n"
    "#      owner: Owner ID             # a User ID, as above\n"
    "#      account: {of: Company, match: name}\n"
    "#      amount: Amount\n"
    "#      created_at: Created\n"
    "#      closed_at: Closed\n"
    "#      outcome: {of: Stage, values: {Closed Won: won, Closed Lost: lost}, else: open}\n";

const char workspace_my_kpis[] =
    "# Measures and KPIs of your own, beside the built-in ones (`attain kpis` lists them). docs/formulas.md tells the "
    "language.\n"
    "# Nothing here is active. Take out the first # of each line below, and run `attain check`.\n"
    "#\n"
    "#measures:\n"
    "#  big_deals_won: count(opportunity where outcome = 'won' and amount >= 50000 on closed_at)\n"
    "#\n"
    "#kpis:\n"
    "#  big_deal_share:\n"
    "#    name: Share of big deals\n"
    "#    question: Of the deals won in the period, what share was worth 50,000 or more?\n"
    "#    formula: big_deals_won / won_deals\n"
    "#    better: higher\n"
    "#    timing: lagging\n"
    "#    category: pipeline\n"
    "#    anchor: the day the deal was won\n"
    "#    traps:\n"
    "#      - A few very big deals move it less than they move revenue.\n"
    "#    source: our sales handbook\n";
