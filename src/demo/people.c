/* People, teams and who was in which team when.
 *
 * Reps are seats that are filled: most seats have one person for all three years, some were opened later (growth), and
 * of every fifth seat the person left and another came some weeks later and had to ramp. Each team keeps one rep who
 * was there before the history starts and never leaves, so that there is always someone to own a deal. Two of those are
 * planted: the strong rep with few deals and the one whose win rate stands still. */
#include "demo/company.h"

#include <string.h>

typedef struct {
  guint managers, leaders, reps, sdrs, service, marketing;
} Counts;

static Counts count_roles(guint n_people, guint n_regions) {
  Counts counts = {
      .managers = n_people >= 40 ? n_regions : 0,
      .sdrs = MAX(1, n_people / 8),
      .service = MAX(1, n_people / 15),
      .marketing = MAX(1, n_people / 30),
  };
  guint rest = n_people - 1 - counts.managers - counts.sdrs - counts.service - counts.marketing;
  counts.leaders = MAX(n_regions, rest / 8);
  counts.reps = rest - counts.leaders;
  return counts;
}

gboolean demo_person_active(const DemoPerson *person, BaseDay day) {
  return person->hired <= day && (person->left == BASE_DAY_NONE || day < person->left);
}

const DemoSpell *demo_person_spell(const DemoPerson *person, BaseDay day) {
  for (guint i = person->n_spells; i-- > 1;)
    if (day >= person->spells[i].from) return &person->spells[i];
  return &person->spells[0];
}

double demo_person_ramp(const DemoPerson *person, BaseDay day) {
  int months = (day - person->hired) / 30;
  return months < 0 ? 0 : months >= DEMO_RAMP_MONTHS ? 1 : demo_ramp[months];
}

/* People of a role stand together. The first of them was there before the history and never leaves, but for a rep's
 * team. */
static guint any_of_role(const DemoCompany *company, DemoRole role, BaseDay day, DemoRandom *random) {
  guint first = company->role_first[role];
  for (guint attempt = 0; attempt < 24; attempt++) {
    guint i = first + demo_random_below(random, company->role_count[role]);
    if (demo_person_active(&company->people[i], day)) return i;
  }
  return first;
}

guint demo_person_any(const DemoCompany *company, DemoRole role, guint team, BaseDay day, DemoRandom *random) {
  if (team == DEMO_NOBODY) return any_of_role(company, role, day, random);
  guint found = DEMO_NOBODY;
  guint n_found = 0;
  for (guint i = company->role_first[role]; i < company->role_first[role] + company->role_count[role]; i++) {
    const DemoPerson *person = &company->people[i];
    if (!demo_person_active(person, day) || demo_person_spell(person, day)->team != team) continue;
    n_found++;
    if (demo_random_below(random, n_found) == 0) found = i;
  }
  return found;
}

/* --- names --- */

static char *make_email(const char *name) {
  g_autofree char *ascii = g_str_to_ascii(name, "C");
  GString *email = g_string_new(NULL);
  for (const char *c = ascii; *c != '\0'; c++) {
    if (g_ascii_isalnum(*c)) g_string_append_c(email, g_ascii_tolower(*c));
    if (*c == ' ' && email->len > 0) g_string_append_c(email, '.');
  }
  g_string_append(email, "@nordwind-telematics.example");
  return g_string_free(email, FALSE);
}

static void name_person(DemoCompany *company, DemoPerson *person, DemoGroup group, GHashTable *taken,
                        DemoRandom *random) {
  if (demo_random_chance(random, 0.18)) group = (DemoGroup)demo_random_below(random, DEMO_GROUPS);
  const DemoNames *names = &company->words->names[group];
  for (guint attempt = 0;; attempt++) {
    const char *first = demo_list_pick(names->first, random);
    const char *last = demo_list_pick(names->last, random);
    g_autofree char *name = attempt < 20
                                ? g_strdup_printf("%s %s", first, last)
                                : g_strdup_printf("%s %c. %s", first, 'A' + (int)demo_random_below(random, 26), last);
    g_autofree char *email = make_email(name);
    if (!g_hash_table_add(taken, g_strdup(email))) continue;
    person->name = g_steal_pointer(&name);
    person->email = g_steal_pointer(&email);
    return;
  }
}

/* --- teams --- */

static guint add_team(DemoCompany *company, DemoTeam team) {
  company->teams[company->n_teams] = team;
  return company->n_teams++;
}

/* Team 0 is the company; then the regions, then their teams, then development, service and marketing. */
static void make_teams(DemoCompany *company, const Counts *counts) {
  guint n_regions = company->n_regions;
  company->teams = g_new0(DemoTeam, 4 + n_regions + counts->leaders);
  add_team(company, (DemoTeam){g_strdup("Nordwind Telematics"), "company", DEMO_NOBODY, 0, DEMO_NOBODY, DEMO_HEAD});
  guint first_leader = 1 + counts->managers;
  for (guint r = 0; r < n_regions; r++)
    add_team(company, (DemoTeam){g_strdup_printf("%s region", demo_regions[r].name), "region", 0,
                                 counts->managers > 0 ? 1 + r : 0, r, DEMO_MANAGER});
  for (guint t = 0; t < counts->leaders; t++) {
    guint region = t % n_regions;
    add_team(company, (DemoTeam){g_strdup_printf("%s %u", demo_regions[region].name, t / n_regions + 1), "team",
                                 1 + region, first_leader + t, region, DEMO_REP});
  }
  guint first_sdr = first_leader + counts->leaders + counts->reps;
  add_team(company, (DemoTeam){g_strdup("Sales development"), "team", 0, first_sdr, DEMO_NOBODY, DEMO_SDR});
  add_team(company,
           (DemoTeam){g_strdup("Customer service"), "team", 0, first_sdr + counts->sdrs, DEMO_NOBODY, DEMO_SERVICE});
  add_team(company, (DemoTeam){g_strdup("Marketing"), "team", 0, first_sdr + counts->sdrs + counts->service,
                               DEMO_NOBODY, DEMO_MARKETER});
  company->bottleneck_team = 1 + n_regions + MIN(2, counts->leaders - 1);
}

/* --- people --- */

static void draw_habits(DemoPerson *person, DemoRandom *random) {
  double skill = DEMO_SKILL_SIGMA * demo_random_normal(random);
  person->skill = CLAMP(skill, -DEMO_SKILL_LIMIT, DEMO_SKILL_LIMIT);
  person->volume = demo_random_lognormal(random, 1, 0.22);
  person->meeting_habit = 0.30 + 0.45 * demo_random_unit(random);
  person->demo_habit = 0.20 + 0.40 * demo_random_unit(random);
  person->email_habit = 1 + 3 * demo_random_unit(random);
  person->discount_habit = 0.015 * demo_random_normal(random);
  person->connect_rate = 0.28 + 0.25 * demo_random_unit(random);
  person->courtesy = 0.25 * demo_random_normal(random);
}

static DemoPerson *add_person(DemoCompany *company, DemoRole role, guint team, guint manager, BaseDay hired,
                              GHashTable *taken) {
  guint index = company->n_people++;
  if (company->role_count[role]++ == 0) company->role_first[role] = index;
  DemoPerson *person = &company->people[index];
  DemoRandom random;
  demo_random_init(&random, company->options->seed, DEMO_STREAM_PERSON, index);
  guint region = company->teams[team].region;
  person->role = role;
  person->region = region;
  person->hired = demo_workday(hired);
  person->left = BASE_DAY_NONE;
  person->n_spells = 1;
  person->spells[0] = (DemoSpell){team, manager, person->hired, BASE_DAY_NONE};
  const DemoRegionTruth *truth = &demo_regions[region == DEMO_NOBODY ? index % company->n_regions : region];
  name_person(company, person, truth->countries[demo_random_below(&random, truth->n_countries)].group, taken, &random);
  draw_habits(person, &random);
  for (guint c = 0; c < DEMO_COURSES; c++) person->completed[c] = BASE_DAY_NONE;
  return person;
}

static BaseDay long_ago(const DemoCompany *company, DemoRandom *random) {
  return company->start - 330 - (BaseDay)demo_random_below(random, 2600);
}

/* Whose seat becomes free: a rep, not a team's anchor, who has not left yet. */
static DemoPerson *pick_leaver(DemoCompany *company, guint first_rep, guint n_anchors, guint n_seats,
                               DemoRandom *random) {
  for (guint attempt = 0; attempt < 40 && n_seats > n_anchors; attempt++) {
    DemoPerson *person = &company->people[first_rep + n_anchors + demo_random_below(random, n_seats - n_anchors)];
    if (person->left == BASE_DAY_NONE) return person;
  }
  return NULL;
}

static void make_reps(DemoCompany *company, const Counts *counts, GHashTable *taken, DemoRandom *random) {
  guint first_team = 1 + company->n_regions;
  guint first_leader = 1 + counts->managers;
  guint n_teams = counts->leaders;
  guint first_rep = company->n_people;
  guint n_replacements = counts->reps > n_teams ? MAX(1, counts->reps / 6) : 0;
  guint n_seats = counts->reps - n_replacements;
  for (guint i = 0; i < n_seats; i++) {
    gboolean grown = i >= n_teams && demo_random_chance(random, 0.2);
    BaseDay hired = grown ? company->start + (BaseDay)demo_random_below(random, 730) : long_ago(company, random);
    add_person(company, DEMO_REP, first_team + i % n_teams, first_leader + i % n_teams, hired, taken);
  }
  for (guint i = 0; i < n_replacements; i++) {
    DemoPerson *leaver = pick_leaver(company, first_rep, n_teams, n_seats, random);
    BaseDay hired = company->start + demo_random_between(random, 60, 900);
    guint team = first_team + i % n_teams;
    if (leaver != NULL) {
      BaseDay earliest = MAX(leaver->hired + 150, company->start + 60);
      leaver->left = demo_random_between(random, earliest, MAX(earliest, company->end - 150));
      leaver->spells[0].until = leaver->left;
      hired = leaver->left + demo_random_between(random, 15, 60);
      team = leaver->spells[0].team;
    }
    add_person(company, DEMO_REP, team, company->teams[team].lead, hired, taken);
  }
  company->star = first_rep;
  company->plateaued = first_rep + 1 % n_teams;
}

/* Some reps who stay change teams once. */
static void move_people(DemoCompany *company, const Counts *counts, DemoRandom *random) {
  guint first_team = 1 + company->n_regions;
  guint first_rep = 1 + counts->managers + counts->leaders;
  for (guint i = first_rep + counts->leaders; i < first_rep + counts->reps; i++) {
    DemoPerson *person = &company->people[i];
    if (person->left != BASE_DAY_NONE || !demo_random_chance(random, 0.14)) continue;
    BaseDay earliest = MAX(person->hired, company->start) + 120;
    if (earliest >= company->end - 90) continue;
    BaseDay day = demo_random_between(random, earliest, company->end - 90);
    guint team = first_team + (person->spells[0].team - first_team + 1) % counts->leaders;
    person->spells[0].until = day;
    person->spells[1] = (DemoSpell){team, company->teams[team].lead, day, BASE_DAY_NONE};
    person->n_spells = 2;
    person->region = company->teams[team].region;
  }
}

static void train_people(DemoCompany *company, DemoRandom *random) {
  static const double taken_by[DEMO_COURSES] = {0.6, 0.7, 0.4, 0.5};
  for (guint i = 0; i < company->n_people; i++) {
    DemoPerson *person = &company->people[i];
    if (person->role != DEMO_REP) continue;
    for (guint c = 0; c < DEMO_COURSES; c++) {
      BaseDay earliest = MAX(person->hired, company->start) + 60;
      BaseDay latest = (person->left == BASE_DAY_NONE ? company->end : person->left) - 60;
      if (!demo_random_chance(random, taken_by[c]) || earliest >= latest) continue;
      person->completed[c] = demo_workday(demo_random_between(random, earliest, latest));
    }
  }
  DemoPerson *star = &company->people[company->star];
  DemoPerson *plateaued = &company->people[company->plateaued];
  star->skill = DEMO_STAR_SKILL;
  star->volume = 0.35;
  star->completed[DEMO_WORKING_COURSE] = BASE_DAY_NONE;
  star->email_habit = plateaued->email_habit = 2.5;
  plateaued->volume = 0.9;
  plateaued->completed[DEMO_WORKING_COURSE] = BASE_DAY_NONE;
}

void demo_people_make(DemoCompany *company) {
  Counts counts = count_roles(company->options->people, company->n_regions);
  DemoRandom random;
  demo_random_init(&random, company->options->seed, DEMO_STREAM_COMPANY, 0);
  g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  company->people = g_new0(DemoPerson, company->options->people);
  make_teams(company, &counts);
  add_person(company, DEMO_HEAD, 0, DEMO_NOBODY, company->start - 4000, taken);
  for (guint i = 0; i < counts.managers; i++)
    add_person(company, DEMO_MANAGER, 1 + i, 0, long_ago(company, &random), taken);
  for (guint i = 0; i < counts.leaders; i++) {
    guint team = 1 + company->n_regions + i;
    guint region = company->teams[team].region;
    add_person(company, DEMO_LEADER, team, counts.managers > 0 ? 1 + region : 0, long_ago(company, &random), taken);
  }
  make_reps(company, &counts, taken, &random);
  guint first_other = 1 + company->n_regions + counts.leaders;
  for (guint i = 0; i < counts.sdrs + counts.service + counts.marketing; i++) {
    guint kind = i < counts.sdrs ? 0 : i < counts.sdrs + counts.service ? 1 : 2;
    guint team = first_other + kind;
    gboolean lead = company->teams[team].lead == company->n_people;
    BaseDay hired = lead || demo_random_chance(&random, 0.6)
                        ? long_ago(company, &random)
                        : company->start + (BaseDay)demo_random_below(&random, 800);
    add_person(company, (DemoRole)(DEMO_SDR + kind), team, lead ? 0 : company->teams[team].lead, hired, taken);
  }
  move_people(company, &counts, &random);
  train_people(company, &random);
}

/* --- files --- */

static const char *const titles[] = {
    "Head of Sales",       "Regional Sales Manager",           "Team Leader",
    "Account Executive",   "Sales Development Representative", "Customer Service Agent",
    "Marketing Specialist"};
static const char *const profiles[] = {"Management", "Manager", "Team Leader", "Sales", "SDR", "Service", "Marketing"};
static const int yearly_cost[] = {168000, 124000, 98000, 78000, 52000, 48000, 56000};

static void write_person(const DemoCompany *company, DemoCsv *csv, guint index) {
  const DemoPerson *person = &company->people[index];
  const DemoSpell *spell = &person->spells[person->n_spells - 1];
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)index);
  demo_csv_text(csv, person->name);
  demo_csv_text(csv, person->email);
  demo_csv_text(csv, titles[person->role]);
  demo_csv_text(csv, profiles[person->role]);
  if (spell->manager == DEMO_NOBODY)
    demo_csv_empty(csv);
  else
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)spell->manager);
  demo_csv_id(csv, "T-", (gint64)spell->team + 1);
  demo_csv_text(csv, person->region == DEMO_NOBODY ? NULL : demo_regions[person->region].name);
  demo_csv_day(csv, person->hired);
  demo_csv_day(csv, person->role == DEMO_REP ? base_day_add_months(person->hired, DEMO_RAMP_MONTHS) : BASE_DAY_NONE);
  demo_csv_day(csv, person->left);
  demo_csv_text(csv, person->role == DEMO_REP ? "yes" : "no");
  demo_csv_money(csv, (gint64)yearly_cost[person->role] * 100);
  demo_csv_text(csv, "EUR");
  demo_csv_end(csv);
}

static gboolean write_teams(DemoCompany *company, GError **error) {
  DemoCsv *csv =
      demo_csv_open(company->exports, "teams.csv", "Team ID,Team,Parent Team ID,Level,Lead ID,Region", error);
  if (csv == NULL) return FALSE;
  for (guint t = 0; t < company->n_teams; t++) {
    const DemoTeam *team = &company->teams[t];
    demo_csv_id(csv, "T-", (gint64)t + 1);
    demo_csv_text(csv, team->name);
    if (team->parent == DEMO_NOBODY)
      demo_csv_empty(csv);
    else
      demo_csv_id(csv, "T-", (gint64)team->parent + 1);
    demo_csv_text(csv, team->level);
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)team->lead);
    demo_csv_text(csv, team->region == DEMO_NOBODY ? NULL : demo_regions[team->region].name);
    demo_csv_end(csv);
  }
  return demo_company_close(company, csv, error);
}

static gboolean write_memberships(DemoCompany *company, GError **error) {
  DemoCsv *csv =
      demo_csv_open(company->exports, "team_history.csv", "Entry ID,User ID,Team ID,Manager ID,From,Until", error);
  if (csv == NULL) return FALSE;
  for (guint i = 0; i < company->n_people; i++) {
    for (guint s = 0; s < company->people[i].n_spells; s++) {
      const DemoSpell *spell = &company->people[i].spells[s];
      demo_csv_id(csv, s == 0 ? "TH-1" : "TH-2", DEMO_PERSON_ID + (gint64)i);
      demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)i);
      demo_csv_id(csv, "T-", (gint64)spell->team + 1);
      if (spell->manager == DEMO_NOBODY)
        demo_csv_empty(csv);
      else
        demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)spell->manager);
      demo_csv_day(csv, spell->from);
      demo_csv_day(csv, spell->until);
      demo_csv_end(csv);
    }
  }
  return demo_company_close(company, csv, error);
}

gboolean demo_people_write(DemoCompany *company, GError **error) {
  DemoCsv *csv =
      demo_csv_open(company->exports, "users.csv",
                    "User ID,Full Name,Email,Job Title,Profile,Manager ID,Team ID,Region,Hire Date,Ramped On,"
                    "Exit Date,Carries Quota,Annual Cost,Currency",
                    error);
  if (csv == NULL) return FALSE;
  for (guint i = 0; i < company->n_people; i++) write_person(company, csv, i);
  return demo_company_close(company, csv, error) && write_teams(company, error) && write_memberships(company, error);
}

/* --- whom to sign in as --- */

/* Who has sold in the team for a year, so that there is something to see of them. */
static guint seasoned_rep(const DemoCompany *company, guint team) {
  guint first = company->role_first[DEMO_REP];
  for (guint i = first; i < first + company->role_count[DEMO_REP]; i++) {
    const DemoPerson *person = &company->people[i];
    if (person->left == BASE_DAY_NONE && person->hired < company->end - 365 &&
        demo_person_spell(person, company->end - 1)->team == team)
      return i;
  }
  return DEMO_NOBODY;
}

static void say_cast(const DemoCompany *company, guint person, char *email) {
  g_strlcpy(email, person == DEMO_NOBODY ? "" : company->people[person].email, DEMO_EMAIL_BYTES);
}

void demo_people_cast(const DemoCompany *company, char cast[DEMO_CASTS][DEMO_EMAIL_BYTES]) {
  guint rep = DEMO_NOBODY, team = 0;
  for (guint t = 0; rep == DEMO_NOBODY && t < company->n_teams; t++)
    if (company->teams[t].kind == DEMO_REP) rep = seasoned_rep(company, team = t);
  gboolean has_managers = company->role_count[DEMO_MANAGER] > 0;
  guint region = company->teams[team].parent;
  say_cast(company, rep, cast[DEMO_CAST_REP]);
  say_cast(company, company->teams[team].lead, cast[DEMO_CAST_LEADER]);
  say_cast(company, has_managers ? company->teams[region].lead : DEMO_NOBODY, cast[DEMO_CAST_MANAGER]);
  say_cast(company, company->role_first[DEMO_HEAD], cast[DEMO_CAST_HEAD]);
  say_cast(company, company->role_first[DEMO_MARKETER], cast[DEMO_CAST_MARKETER]);
}
