/* Questions as they are typed, and members of JSON that several answers have. The catalogue is a small one of its own.
 */
#include "answer/answer.h"
#include "answer/members.h"
#include "asked.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  wins: {formula: won, better: higher, roles: [rep, manager]}\n"
    "  rate: {formula: won / decided, better: higher, proportion: true, roles: [manager]}\n"
    "  others: {formula: decided - won, better: lower}\n"
    "views:\n"
    "  both: {name: Both, kpis: [wins, rate], grain: month}\n";

static World world;
static Session session;

static int set_up(void **state) {
  world = world_empty(definitions);
  world_set_clock(&world, base_day_from_civil(2026, 11, 20));
  session = world_session(&world);
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void assert_texts(const char *expected, char **texts) {
  g_autofree char *joined = g_strjoinv("|", texts);
  assert_string_equal(expected, joined);
}

/* --- names --- */

static void names_are_taken_apart(void **state) {
  static const struct {
    const char *texts[4];
    const char *expected;
  } cases[] = {
      {{"wins"}, "wins"},
      {{"wins,rate"}, "wins|rate"},
      {{"wins, rate ,others"}, "wins|rate|others"},
      {{"wins", "rate"}, "wins|rate"},
      {{"wins,", ",rate", " , "}, "wins|rate"},
      {{"wins,wins"}, "wins|wins"}, /* asked twice, told twice */
      {{""}, ""},
      {{NULL}, ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    AnswerQuestion question = {.kpis = cases[i].texts};
    g_auto(AnswerRequest) request = {0};
    assert_true(answer_request_read(&session, &question, &request, NULL));
    assert_texts(cases[i].expected, request.kpis);
    assert_ptr_equal(request.request.kpis, request.kpis);
  }
}

/* A condition may have commas in it, and is never taken apart. */
static void conditions_stay_whole(void **state) {
  AnswerQuestion question = {.kpis = TEXTS("wins"), .where = TEXTS("rep in ('Ana', 'Ben')", "amount > 1")};
  g_auto(AnswerRequest) request = {0};
  assert_true(answer_request_read(&session, &question, &request, NULL));
  assert_texts("rep in ('Ana', 'Ben')|amount > 1", request.where);
}

/* --- options --- */

static void what_is_not_said(void **state) {
  AnswerQuestion question = {0};
  g_auto(AnswerRequest) request = {0};
  assert_true(answer_request_read(&session, &question, &request, NULL));
  assert_texts("", request.kpis);
  assert_texts("", request.by);
  assert_texts("", request.where);
  assert_false(request.request.has_grain);
  assert_int_equal(QUERY_COMPARE_NONE, request.request.compare);
  assert_int_equal(BASE_DAY_NONE, request.request.rates_of);
  assert_null(request.request.period);
  assert_false(request.request.credit_now);
}

static void what_is_said(void **state) {
  static const struct {
    const char *word;
    CalendarGrain grain;
  } grains[] = {{"day", CALENDAR_DAY},
                {"week", CALENDAR_WEEK},
                {"month", CALENDAR_MONTH},
                {"quarter", CALENDAR_QUARTER},
                {"year", CALENDAR_YEAR}};
  for (guint i = 0; i < G_N_ELEMENTS(grains); i++) {
    AnswerQuestion question = {.grain = grains[i].word,
                               .compare = i % 2 ? "previous" : "year-ago",
                               .period = "2026-Q3",
                               .rates_of = "2026-01-31",
                               .credit_now = TRUE};
    g_auto(AnswerRequest) request = {0};
    assert_true(answer_request_read(&session, &question, &request, NULL));
    assert_true(request.request.has_grain && request.request.grain == grains[i].grain);
    assert_int_equal(i % 2 ? QUERY_COMPARE_PREVIOUS : QUERY_COMPARE_YEAR_AGO, request.request.compare);
    assert_int_equal(base_day_from_civil(2026, 1, 31), request.request.rates_of);
    assert_string_equal("2026-Q3", request.request.period);
    assert_true(request.request.credit_now);
  }
}

static const char *const by_close[] = {"closed_at", NULL}, *const by_both[] = {"rep,closed_at", NULL};
static const char *const by_amount[] = {"amount", NULL}, *const by_birth[] = {"account.created_at", NULL};

/* As a command's options are written, and as another program's are. */
static void what_cannot_be(void **state) {
  static const struct {
    AnswerQuestion question;
    const char *message;
  } cases[] = {
      {{.grain = "fortnight", .is_command = TRUE}, "--grain takes day, week, month, quarter or year, not 'fortnight'"},
      {{.grain = "fortnight"}, "grain takes day, week, month, quarter or year, not 'fortnight'"},
      {{.compare = "last", .is_command = TRUE}, "--compare takes previous or year-ago, not 'last'"},
      {{.compare = "Previous"}, "compare takes previous or year-ago, not 'Previous'"},
      {{.rates_of = "2026-02-30", .is_command = TRUE}, "--rates-of takes a date, such as 2026-01-01, not '2026-02-30'"},
      {{.rates_of = "today"}, "rates-of takes a date, such as 2026-01-01, not 'today'"},
      {{.by = by_close, .is_command = TRUE},
       "closed_at is a date: dates are asked for by --grain, as in --grain month, and by --period"},
      {{.by = by_both}, "closed_at is a date: dates are asked for by grain, as in grain month, and by period"},
      {{.by = by_amount, .is_command = TRUE},
       "amount is a number, and nothing can be grouped by it; count a part of it, as in --where \"amount > 10000\""},
      {{.by = by_birth}, "account.created_at is a date"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(AnswerRequest) request = {0};
    g_autoptr(GError) error = NULL;
    if (answer_request_read(&session, &cases[i].question, &request, &error)) fail_msg("%s", cases[i].message);
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
    if (!g_str_has_prefix(error->message, cases[i].message)) fail_msg("%s", error->message);
  }
}

/* What is no column at all is left to the one who knows all dimensions. */
static void dimensions_that_may_be(void **state) {
  static const char *const names[] = {"rep", "team", "industry", "account.country", "nonsense", "stage", "source"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    AnswerQuestion question = {.by = TEXTS(names[i])};
    g_auto(AnswerRequest) request = {0};
    g_autoptr(GError) error = NULL;
    if (!answer_request_read(&session, &question, &request, &error)) fail_msg("%s: %s", names[i], error->message);
    assert_texts(names[i], request.by);
  }
}

/* --- roles and views --- */

/* In the order of the catalogue. */
static void a_role_adds_its_kpis(void **state) {
  static const struct {
    const char *asked, *role, *expected;
  } cases[] = {{"", "manager", "rate|wins"}, {"others", "rep", "others|wins"}, {"others", "finance", "others"}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    AnswerQuestion question = {.kpis = TEXTS(cases[i].asked)};
    g_auto(AnswerRequest) request = {0};
    assert_true(answer_request_read(&session, &question, &request, NULL));
    assert_true(answer_request_add_role(&session, cases[i].role, &request, NULL));
    assert_texts(cases[i].expected, request.kpis);
  }
  AnswerQuestion question = {0};
  g_auto(AnswerRequest) request = {0};
  g_autoptr(GError) error = NULL;
  assert_true(answer_request_read(&session, &question, &request, NULL));
  assert_false(answer_request_add_role(&session, "finance", &request, &error));
  assert_string_equal("no KPI is in the set of 'finance': the sets are manager, leader, rep, marketing and finance",
                      error->message);
}

/* A view alone brings its grain, unless one is asked; among others it is its KPIs. */
static void a_view_is_its_kpis(void **state) {
  static const struct {
    const char *asked, *grain, *expected;
    gboolean is_alone, has_grain;
  } cases[] = {{"both", NULL, "wins|rate", TRUE, TRUE},
               {"both", "year", "wins|rate", TRUE, TRUE},
               {"others,both", NULL, "others|wins|rate", FALSE, FALSE},
               {"wins", NULL, "wins", FALSE, FALSE}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    AnswerQuestion question = {.kpis = TEXTS(cases[i].asked), .grain = cases[i].grain};
    g_auto(AnswerRequest) request = {0};
    const KpiView *only = NULL;
    assert_true(answer_request_read(&session, &question, &request, NULL));
    answer_request_expand(&session, &request, &only);
    assert_texts(cases[i].expected, request.kpis);
    assert_true((only != NULL) == cases[i].is_alone);
    assert_int_equal(cases[i].has_grain, request.request.has_grain);
    if (cases[i].has_grain) assert_int_equal(cases[i].grain ? CALENDAR_YEAR : CALENDAR_MONTH, request.request.grain);
  }
}

/* --- members --- */

/* The JSON object that `write` makes, without spaces and line ends. */
static char *json_of(void (*write)(CliJson *json, gconstpointer data), gconstpointer data) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  CliJson *json = cli_json_new(out);
  cli_json_begin_object(json);
  write(json, data);
  cli_json_end_object(json);
  cli_json_free(json);
  fclose(out);
  GString *bare = g_string_new(NULL);
  for (const char *at = text; *at; at++)
    if (!g_ascii_isspace(*at)) g_string_append_c(bare, *at);
  free(text);
  return g_string_free(bare, FALSE);
}

static void assert_json(const char *expected, void (*write)(CliJson *json, gconstpointer data), gconstpointer data) {
  g_autofree char *found = json_of(write, data);
  assert_string_equal(expected, found);
}

static void write_days(CliJson *json, gconstpointer data) {
  const BaseDay *days = data;
  answer_day_member(json, "start", days[0]);
  answer_day_member(json, "end", days[1]);
}

static void write_flags(CliJson *json, gconstpointer data) {
  answer_flags_member(json, *(const guint *)data);
}

static void write_pace(CliJson *json, gconstpointer data) {
  answer_phase_member(json, data);
  answer_pace_members(json, data);
}

static void days_and_flags(void **state) {
  BaseDay days[] = {base_day_from_civil(2026, 2, 28), BASE_DAY_NONE};
  assert_json("{\"start\":\"2026-02-28\",\"end\":null}", write_days, days);
  guint none = 0;
  assert_json("{\"flags\":[]}", write_flags, &none);
  for (guint bit = 0; query_flag_name(bit); bit++) {
    guint flags = 1U << bit | 1U;
    g_autofree char *expected = g_strdup_printf("{\"flags\":[\"%s\"%s%s%s]}", query_flag_name(0), bit ? ",\"" : "",
                                                bit ? query_flag_name(bit) : "", bit ? "\"" : "");
    assert_json(expected, write_flags, &flags);
  }
}

/* 15,000 of 30,000, when 20,000 are due: what is not known is null, and never 0. */
static void pace_of_a_standing(void **state) {
  TargetStanding nothing = {.phase = TARGET_NOT_BEGUN, .working_days = 21, .working_days_left = 21};
  assert_json(
      "{\"phase\":\"not-begun\",\"met\":null,\"gap\":null,\"share_due\":null,\"due\":null,\"ahead\":null,"
      "\"days_ahead\":null,\"working_days\":21,\"working_days_left\":21,\"rate_so_far\":null,\"rate_needed\":null}",
      write_pace, &nothing);
  TargetStanding half = {.phase = TARGET_RUNNING,
                         .has_score = TRUE,
                         .score = {.has_score = TRUE, .score = 0.5, .gap = 15000, .met = FALSE},
                         .has_due = TRUE,
                         .share = 0.75,
                         .due = 22500,
                         .ahead = -7500,
                         .has_days = TRUE,
                         .days_ahead = -4,
                         .working_days = 20,
                         .working_days_left = 5,
                         .has_rate = TRUE,
                         .rate_so_far = 1000,
                         .rate_needed = 3000};
  assert_json(
      "{\"phase\":\"running\",\"met\":false,\"gap\":15000,\"share_due\":0.75,\"due\":22500,\"ahead\":-7500,"
      "\"days_ahead\":-4,\"working_days\":20,\"working_days_left\":5,\"rate_so_far\":1000,\"rate_needed\":3000}",
      write_pace, &half);
  half.phase = TARGET_ENDED;
  half.score.met = TRUE;
  g_autofree char *ended = json_of(write_pace, &half);
  assert_has(ended, "\"phase\":\"ended\",\"met\":true");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_taken_apart), cmocka_unit_test(conditions_stay_whole),
      cmocka_unit_test(what_is_not_said),      cmocka_unit_test(what_is_said),
      cmocka_unit_test(what_cannot_be),        cmocka_unit_test(dimensions_that_may_be),
      cmocka_unit_test(a_role_adds_its_kpis),  cmocka_unit_test(a_view_is_its_kpis),
      cmocka_unit_test(days_and_flags),        cmocka_unit_test(pace_of_a_standing),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
