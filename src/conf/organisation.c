/* attain.yaml: the organisation, its calendar, its own columns and facts, its limits (docs/workspace.md).
 *
 * Each section has a table of its keys and a struct that mirrors it; the sections are then put together into a
 * ConfOrganisation. What can be said wrong is said with its place: an unknown currency or time zone, a day that is no
 * date, a column that the ledger already has. */
#include "base/money.h"
#include "conf/conf.h"
#include "conf/own_columns.h"
#include "conf/zones.h"

#define DEFAULT_MAX_GROUPS   5000000
#define DEFAULT_MAX_REJECTED 0.05
#define DEFAULT_MAX_CELLS_MB 1024

typedef struct {
  char *name, *currency, *time_zone, *database;
  int business; /* -1: not said */
  const ConfNode *calendar, *credit, *dimensions, *facts, *limits, *alerts, *scorecard, *lint, *server, *sign_in;
} Top;

static const char *const businesses[] = {"b2b", "saas", "retail", "agency", NULL};
static const ConfField top_fields[] = {
    {"name", CONF_TEXT, G_STRUCT_OFFSET(Top, name), TRUE},
    {"currency", CONF_TEXT, G_STRUCT_OFFSET(Top, currency), TRUE},
    {"time_zone", CONF_TEXT, G_STRUCT_OFFSET(Top, time_zone)},
    {"business", CONF_ENUM, G_STRUCT_OFFSET(Top, business), FALSE, businesses},
    {"database", CONF_TEXT, G_STRUCT_OFFSET(Top, database)},
    {"calendar", CONF_NODE, G_STRUCT_OFFSET(Top, calendar)},
    {"credit", CONF_NODE, G_STRUCT_OFFSET(Top, credit)},
    {"dimensions", CONF_NODE, G_STRUCT_OFFSET(Top, dimensions)},
    {"facts", CONF_NODE, G_STRUCT_OFFSET(Top, facts)},
    {"limits", CONF_NODE, G_STRUCT_OFFSET(Top, limits)},
    {"alerts", CONF_NODE, G_STRUCT_OFFSET(Top, alerts)},
    {"scorecard", CONF_NODE, G_STRUCT_OFFSET(Top, scorecard)},
    {"lint", CONF_NODE, G_STRUCT_OFFSET(Top, lint)},
    {"server", CONF_NODE, G_STRUCT_OFFSET(Top, server)},
    {"sign_in", CONF_NODE, G_STRUCT_OFFSET(Top, sign_in)},
};

typedef struct {
  char *year_starts;
  int kind, named_by, week_53, week_starts;
  char *year_ends;
  char **working_days;
  const ConfNode *holidays;
  char *working_hours;
} CalendarSection;

static const char *const calendar_kinds[] = {"months", "4-4-5", "4-5-4", "5-4-4", NULL};
static const char *const named_by[] = {"end", "start", NULL};
static const char *const week_53_rules[] = {"same", "restate", NULL};
static const char *const week_starts[] = {"monday", "sunday", NULL};
static const ConfField calendar_fields[] = {
    {"year_starts", CONF_TEXT, G_STRUCT_OFFSET(CalendarSection, year_starts)},
    {"kind", CONF_ENUM, G_STRUCT_OFFSET(CalendarSection, kind), FALSE, calendar_kinds},
    {"named_by", CONF_ENUM, G_STRUCT_OFFSET(CalendarSection, named_by), FALSE, named_by},
    {"year_ends", CONF_TEXT, G_STRUCT_OFFSET(CalendarSection, year_ends)},
    {"week_53", CONF_ENUM, G_STRUCT_OFFSET(CalendarSection, week_53), FALSE, week_53_rules},
    {"week_starts", CONF_ENUM, G_STRUCT_OFFSET(CalendarSection, week_starts), FALSE, week_starts},
    {"working_days", CONF_TEXTS, G_STRUCT_OFFSET(CalendarSection, working_days)},
    {"holidays", CONF_NODE, G_STRUCT_OFFSET(CalendarSection, holidays)},
    {"working_hours", CONF_TEXT, G_STRUCT_OFFSET(CalendarSection, working_hours)},
};

static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};
static const char *const weekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/* Position of a word in `words`, from 1; its first three letters are enough. 0 when it is none of them. */
static int word_number(const char *text, const char *const *words, int n) {
  for (int i = 0; i < n; i++) {
    gsize length = strlen(text);
    if (length >= 3 && length <= strlen(words[i]) && g_ascii_strncasecmp(text, words[i], length) == 0) return i + 1;
  }
  return 0;
}

static gboolean wrong_word(const ConfNode *node, const char *text, const char *what, const char *const *words, int n,
                           GError **error) {
  const char *nearest = base_nearest(text, words, (gsize)n);
  if (nearest)
    base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" is no %s: did you mean \"%s\"?", text, what, nearest);
  else
    base_error_at(error, BASE_ERROR_INPUT, node->span, "\"%s\" is no %s: write it as \"%s\"", text, what, words[0]);
  return FALSE;
}

static gboolean read_month(const ConfNode *node, const char *text, int *month, GError **error) {
  guint64 number;
  if (g_ascii_string_to_unsigned(text, 10, 1, 12, &number, NULL)) {
    *month = (int)number;
    return TRUE;
  }
  *month = word_number(text, months, G_N_ELEMENTS(months));
  return *month ? TRUE : wrong_word(node, text, "month", months, G_N_ELEMENTS(months), error);
}

/* "nearest saturday" or "last saturday" */
static gboolean read_year_end(const ConfNode *node, const char *text, CalendarConfig *config, GError **error) {
  gboolean last = g_ascii_strncasecmp(text, "last ", 5) == 0;
  gboolean nearest = g_ascii_strncasecmp(text, "nearest ", 8) == 0;
  if (!last && !nearest) {
    base_error_at(
        error, BASE_ERROR_INPUT, node->span,
        "\"year_ends\" must be \"nearest\" or \"last\" and a weekday, such as \"nearest saturday\", not \"%s\"", text);
    return FALSE;
  }
  const char *weekday = text + (last ? 5 : 8);
  config->year_end_weekday = word_number(weekday, weekdays, G_N_ELEMENTS(weekdays));
  if (!config->year_end_weekday) return wrong_word(node, weekday, "weekday", weekdays, G_N_ELEMENTS(weekdays), error);
  config->last_weekday = last;
  return TRUE;
}

static gboolean read_working_days(const ConfNode *node, char **days, CalendarConfig *config, GError **error) {
  config->working_weekdays = 0;
  for (guint i = 0; days[i]; i++) {
    const ConfNode *place = node->kind == CONF_LIST ? node->items[i] : node;
    int weekday = word_number(days[i], weekdays, G_N_ELEMENTS(weekdays));
    if (!weekday) return wrong_word(place, days[i], "weekday", weekdays, G_N_ELEMENTS(weekdays), error);
    config->working_weekdays |= 1u << (weekday - 1);
  }
  if (config->working_weekdays) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, node->span,
                "\"working_days\" is empty: name at least one weekday, such as [mon, tue]");
  return FALSE;
}

static gboolean read_holidays(const ConfNode *node, CalendarConfig *config, GError **error) {
  if (node->kind != CONF_LIST) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "\"holidays\" must be a list of dates, such as [2026-01-01, 2026-12-25]");
    return FALSE;
  }
  g_autofree BaseDay *days = g_new0(BaseDay, node->n + 1);
  for (guint i = 0; i < node->n; i++) {
    const ConfNode *item = node->items[i];
    if (item->kind == CONF_SCALAR && base_day_parse_iso(item->text, &days[i])) continue;
    base_error_at(error, BASE_ERROR_INPUT, item->span, "\"%s\" is no date: write year-month-day, such as 2026-12-25",
                  item->kind == CONF_SCALAR ? item->text : "this");
    return FALSE;
  }
  config->n_holidays = node->n;
  config->holidays = g_steal_pointer(&days);
  return TRUE;
}

/* "09:00-17:30"; the end of a day is 24:00. */
static gboolean read_working_hours(const ConfNode *node, const char *text, CalendarConfig *config, GError **error) {
  g_auto(GStrv) ends = g_strsplit(text, "-", -1);
  int from = 0, to = 0;
  gboolean ok = g_strv_length(ends) == 2 && conf_time_of_day(g_strstrip(ends[0]), &from) &&
                conf_time_of_day(g_strstrip(ends[1]), &to) && from < to;
  if (!ok) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "\"%s\" are no working hours: write when a working day begins and ends, such as 09:00-17:30", text);
    return FALSE;
  }
  config->opens_minute = from;
  config->closes_minute = to;
  return TRUE;
}

static gboolean apply_calendar(const ConfNode *node, const CalendarSection *section, CalendarConfig *config,
                               GError **error) {
  config->kind = (CalendarKind)section->kind;
  config->named_by_start = section->named_by == 1;
  config->restate_53 = section->week_53 == 1;
  config->sunday_weeks = section->week_starts == 1;
  if (section->year_starts &&
      !read_month(conf_map_get(node, "year_starts"), section->year_starts, &config->first_month, error))
    return FALSE;
  if (section->year_ends && config->kind == CALENDAR_MONTHS) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "year_ends")->span,
                  "\"year_ends\" is for retail years: set `kind: 4-4-5`, 4-5-4 or 5-4-4, or take it out");
    return FALSE;
  }
  if (section->year_ends && !read_year_end(conf_map_get(node, "year_ends"), section->year_ends, config, error))
    return FALSE;
  if (section->working_days &&
      !read_working_days(conf_map_get(node, "working_days"), section->working_days, config, error))
    return FALSE;
  if (section->working_hours &&
      !read_working_hours(conf_map_get(node, "working_hours"), section->working_hours, config, error))
    return FALSE;
  return !section->holidays || read_holidays(section->holidays, config, error);
}

static gboolean read_calendar(const ConfNode *node, CalendarConfig *config, GError **error) {
  CalendarSection section = {0};
  if (!conf_read_map(node, calendar_fields, G_N_ELEMENTS(calendar_fields), &section, error)) return FALSE;
  gboolean ok = apply_calendar(node, &section, config, error);
  conf_free_fields(calendar_fields, G_N_ELEMENTS(calendar_fields), &section);
  return ok;
}

typedef struct {
  int owner, team;
} Credit;

static gboolean read_credit(const ConfNode *node, ConfOrganisation *organisation, GError **error) {
  static const char *const credits[] = {"at_event", "now", NULL};
  static const ConfField fields[] = {
      {"owner", CONF_ENUM, G_STRUCT_OFFSET(Credit, owner), FALSE, credits},
      {"team", CONF_ENUM, G_STRUCT_OFFSET(Credit, team), FALSE, credits},
  };
  Credit section = {0};
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  organisation->owner_credit = (ConfCredit)section.owner;
  organisation->team_credit = (ConfCredit)section.team;
  return TRUE;
}

typedef struct {
  int max_groups, max_cells_mb;
  double max_rejected;
} Limits;

static gboolean check_at_least_one(const ConfNode *node, const char *key, int value, GError **error) {
  if (value >= 1) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, key)->span, "\"%s\" must be at least 1", key);
  return FALSE;
}

static gboolean read_limits(const ConfNode *node, ConfOrganisation *organisation, GError **error) {
  static const ConfField fields[] = {
      {"max_groups", CONF_INT, G_STRUCT_OFFSET(Limits, max_groups)},
      {"max_cells_mb", CONF_INT, G_STRUCT_OFFSET(Limits, max_cells_mb)},
      {"max_rejected", CONF_SHARE, G_STRUCT_OFFSET(Limits, max_rejected)},
  };
  Limits limits = {DEFAULT_MAX_GROUPS, DEFAULT_MAX_CELLS_MB, DEFAULT_MAX_REJECTED};
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &limits, error) ||
      !check_at_least_one(node, "max_groups", limits.max_groups, error) ||
      !check_at_least_one(node, "max_cells_mb", limits.max_cells_mb, error))
    return FALSE;
  organisation->max_groups = limits.max_groups;
  organisation->max_cells_bytes = (guint64)limits.max_cells_mb << 20;
  organisation->max_rejected_share = limits.max_rejected;
  return TRUE;
}

static gboolean check_currency(const ConfNode *node, const char *currency, GError **error) {
  if (base_currency_is_valid(currency)) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, node->span,
                "\"%s\" is no currency code: write its three capital letters, such as EUR, USD or GBP", currency);
  return FALSE;
}

static gboolean read_sections(const ConfNode *root, const Top *top, const char *folder, ConfOrganisation *organisation,
                              GError **error) {
  if (!check_currency(conf_map_get(root, "currency"), top->currency, error)) return FALSE;
  if (top->time_zone && !conf_check_zone(conf_map_get(root, "time_zone"), top->time_zone, error)) return FALSE;
  if (top->calendar && !read_calendar(top->calendar, &organisation->calendar, error)) return FALSE;
  if (top->credit && !read_credit(top->credit, organisation, error)) return FALSE;
  if (top->limits && !read_limits(top->limits, organisation, error)) return FALSE;
  if (top->alerts && !conf_alerts_read(top->alerts, folder, &organisation->alerts, error)) return FALSE;
  if (top->scorecard && !conf_scorecard_read(top->scorecard, &organisation->scorecard, error)) return FALSE;
  if (top->lint && !conf_lint_read(top->lint, &organisation->lint, error)) return FALSE;
  if (top->server && !conf_server_read(top->server, folder, &organisation->server, error)) return FALSE;
  if (top->sign_in && !conf_sign_in_read(top->sign_in, folder, &organisation->sign_in, error)) return FALSE;
  return conf_read_own_columns(top->dimensions, top->facts, &organisation->extra, &organisation->n_extra, error);
}

static ConfOrganisation *read_organisation(const ConfNode *root, const char *folder, GError **error) {
  Top top = {.business = -1};
  if (!conf_read_map(root, top_fields, G_N_ELEMENTS(top_fields), &top, error)) return NULL;

  g_autoptr(ConfOrganisation) organisation = g_new0(ConfOrganisation, 1);
  organisation->calendar = (CalendarConfig){.first_month = 1, .year_end_weekday = 6, .working_weekdays = 0x1f};
  organisation->max_groups = DEFAULT_MAX_GROUPS;
  organisation->max_cells_bytes = (guint64)DEFAULT_MAX_CELLS_MB << 20;
  organisation->max_rejected_share = DEFAULT_MAX_REJECTED;
  conf_alerts_init(&organisation->alerts);
  conf_scorecard_init(&organisation->scorecard);
  conf_lint_init(&organisation->lint);
  g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
  gboolean ok = read_sections(root, &top, absolute, organisation, error);
  organisation->name = g_strdup(top.name);
  organisation->currency = g_strdup(top.currency);
  organisation->time_zone = g_strdup(top.time_zone ? top.time_zone : "UTC");
  organisation->calendar.time_zone = organisation->time_zone;
  organisation->business = top.business < 0 ? NULL : g_strdup(businesses[top.business]);
  organisation->database = g_canonicalize_filename(top.database ? top.database : "data/attain.duckdb", absolute);
  conf_free_fields(top_fields, G_N_ELEMENTS(top_fields), &top);
  return ok ? g_steal_pointer(&organisation) : NULL;
}

static ConfOrganisation *organisation_of(const ConfDocument *document, const char *file, const char *folder,
                                         GError **error) {
  const ConfNode *root = conf_document_root(document);
  if (root) return read_organisation(root, folder, error);
  BaseSpan span = {.file = g_intern_string(file)};
  base_error_at(error, BASE_ERROR_INPUT, span, "the file is empty: it needs at least `name: …` and `currency: EUR`");
  return NULL;
}

ConfOrganisation *conf_organisation_load(const char *folder, GError **error) {
  g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
  g_autofree char *path = g_build_filename(absolute, "attain.yaml", NULL);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "no attain.yaml in %s: `attain new` makes a workspace, `-C DIR` names the folder of one", absolute);
    return NULL;
  }
  g_autoptr(ConfDocument) document = conf_document_load(path, error);
  return document ? organisation_of(document, path, absolute, error) : NULL;
}

ConfOrganisation *conf_organisation_parse(const char *file, const char *text, gsize length, const char *folder,
                                          GError **error) {
  g_autoptr(ConfDocument) document = conf_document_parse(file, text, length, error);
  return document ? organisation_of(document, file, folder, error) : NULL;
}

void conf_organisation_free(ConfOrganisation *organisation) {
  if (!organisation) return;
  g_free(organisation->name);
  g_free(organisation->currency);
  g_free(organisation->time_zone);
  g_free((gpointer)organisation->calendar.holidays);
  g_free(organisation->business);
  g_free(organisation->database);
  conf_free_own_columns(organisation->extra, organisation->n_extra);
  conf_alerts_clear(&organisation->alerts);
  conf_scorecard_clear(&organisation->scorecard);
  conf_lint_clear(&organisation->lint);
  conf_server_clear(&organisation->server);
  conf_sign_in_clear(&organisation->sign_in);
  g_free(organisation);
}
