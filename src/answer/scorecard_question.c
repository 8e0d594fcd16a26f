/* From a question in texts to a scorecard: whose, of which KPIs, with which weights and levels. */
#include "answer/scorecard_question.h"

#include "scorecard/who.h"

typedef struct {
  const Session *session;
  const ScorecardQuestion *question;
  QueryContext context;
  AnswerRequest request;
  char *dimension, *member;
  GStrv by;
  GArray *weights; /* ConfWeight: those of attain.yaml, then those of the question */
  GPtrArray *weight_names;
} Asked;

static void asked_clear(Asked *asked) {
  answer_request_clear(&asked->request);
  g_free(asked->dimension);
  g_free(asked->member);
  g_strfreev(asked->by);
  g_clear_pointer(&asked->weights, g_array_unref);
  g_clear_pointer(&asked->weight_names, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* --- weights --- */

static gboolean add_weight(const char *text, Asked *asked, GError **error) {
  const char *equals = strrchr(text, '=');
  ConfWeight weight = {0};
  if (!equals || equals == text || !conf_weight_parse(equals + 1, &weight.weight)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "%sweight takes a KPI and a number from 0, such as revenue=3, not \"%s\"",
                asked->question->is_command ? "--" : "", text);
    return FALSE;
  }
  weight.kpi = g_strndup(text, (gsize)(equals - text));
  g_ptr_array_add(asked->weight_names, weight.kpi);
  g_array_append_val(asked->weights, weight);
  return TRUE;
}

/* The last one of a KPI counts. */
static gboolean read_weights(Asked *asked, GError **error) {
  const ConfScorecard *conf = &asked->session->organisation->scorecard;
  asked->weights = g_array_new(FALSE, FALSE, sizeof(ConfWeight));
  asked->weight_names = g_ptr_array_new_with_free_func(g_free);
  if (conf->n_weights > 0) g_array_append_vals(asked->weights, conf->weights, (guint)conf->n_weights);
  for (const char *const *text = asked->question->weights; text && *text; text++) {
    g_auto(GStrv) parts = g_strsplit(*text, ",", -1);
    for (char **part = parts; *part; part++)
      if (*g_strstrip(*part) && !add_weight(*part, asked, error)) return FALSE;
  }
  return TRUE;
}

/* --- levels and KPIs --- */

/* A workbook has a tab a team, so it goes down to people unless told otherwise. */
static gboolean choose_book_levels(const Asked *asked, GPtrArray *by, GError **error) {
  static const char *const people[] = {"company", "region", "team", "manager", NULL};
  if (!g_strv_contains(people, asked->dimension)) return TRUE;
  g_autoptr(GPtrArray) teams = target_members_of(&asked->context, "team", error);
  if (!teams) return FALSE;
  gboolean above_teams = g_str_equal(asked->dimension, "company") || g_str_equal(asked->dimension, "region");
  if (above_teams && teams->len > 0) g_ptr_array_add(by, g_strdup("team"));
  g_ptr_array_add(by, g_strdup("rep"));
  return TRUE;
}

static gboolean read_levels(Asked *asked, GError **error) {
  g_autoptr(GPtrArray) by = g_ptr_array_new();
  for (char **name = asked->request.by; *name; name++) g_ptr_array_add(by, g_ascii_strdown(*name, -1));
  gboolean ok = by->len > 0 || !asked->question->is_book || choose_book_levels(asked, by, error);
  g_ptr_array_add(by, NULL);
  asked->by = (char **)g_ptr_array_steal(by, NULL);
  return ok;
}

/* The set is that of whoever was asked to be in the rows. */
static gboolean read_kpis(Asked *asked, const char **role, GError **error) {
  guint n_by = g_strv_length(asked->request.by);
  *role = asked->question->role;
  if (!*role && !asked->request.kpis[0]) {
    g_autofree char *last = n_by > 0 ? g_ascii_strdown(asked->request.by[n_by - 1], -1) : NULL;
    *role = scorecard_role_of(last ? last : asked->dimension);
  }
  if (*role && !answer_request_add_role(asked->session, *role, &asked->request, error)) return FALSE;
  const KpiView *view;
  answer_request_expand(asked->session, &asked->request, &view);
  return TRUE;
}

/* --- all of it --- */

static gboolean read_period(const Asked *asked, CalendarPeriod *period, GError **error) {
  g_autoptr(QueryStat) stat = query_stat_load(asked->context.store, error);
  if (!stat) return FALSE;
  QueryContext asking = asked->context;
  asking.stat = stat;
  return query_request_period(&asking, &asked->request.request, period, error);
}

static gboolean read_asked(Asked *asked, const char **role, GError **error) {
  const ScorecardQuestion *question = asked->question;
  AnswerQuestion texts = {.kpis = question->kpis,
                          .by = question->by,
                          .where = question->where,
                          .compare = question->compare,
                          .period = question->period,
                          .is_command = question->is_command};
  const char *who = question->who ? question->who : TARGET_COMPANY;
  return answer_request_read(asked->session, &texts, &asked->request, error) &&
         scorecard_who_read(&asked->context, who, &asked->dimension, &asked->member, error) &&
         read_levels(asked, error) && read_kpis(asked, role, error) && read_weights(asked, error);
}

Scorecard *scorecard_ask(const Session *session, const TargetDesk *desk, const GPtrArray *targets,
                         const ScorecardQuestion *question, const char **role, GError **error) {
  g_auto(Asked) asked = {.session = session, .question = question, .context = *desk->context};
  ScorecardRequest request = {.n_trend = question->n_trend, .cap = session->organisation->scorecard.cap};
  if (!read_asked(&asked, role, error) || !read_period(&asked, &request.period, error)) return NULL;
  request.dimension = asked.dimension;
  request.member = asked.member;
  request.kpis = (const char *const *)asked.request.kpis;
  request.by = (const char *const *)asked.by;
  request.where = (const char *const *)asked.request.where;
  request.compare = asked.request.request.compare;
  request.weights = (const ConfWeight *)(gpointer)asked.weights->data;
  request.n_weights = asked.weights->len;
  return scorecard_new(desk, targets, &request, error);
}
