/* Few questions for many figures. */
#include "target/asking.h"

#define COMPANY "company"

typedef struct {
  const char *dimension; /* of whoever wanted it first */
  BaseDay start, end;
  GPtrArray *kpis;    /* const char * */
  GHashTable *values; /* "kpi\nmember" -> QueryValue */
} Question;

struct TargetAnswers {
  TargetDesk desk;
  GPtrArray *questions;
  GHashTable *by_key; /* "dimension first last" -> Question */
};

static void free_question(gpointer data) {
  Question *question = data;
  g_ptr_array_unref(question->kpis);
  g_hash_table_unref(question->values);
  g_free(question);
}

TargetAnswers *target_answers_new(const TargetDesk *desk) {
  TargetAnswers *answers = g_new0(TargetAnswers, 1);
  answers->desk = *desk;
  answers->questions = g_ptr_array_new_with_free_func(free_question);
  answers->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return answers;
}

void target_answers_free(TargetAnswers *answers) {
  if (!answers) return;
  g_hash_table_unref(answers->by_key);
  g_ptr_array_unref(answers->questions);
  g_free(answers);
}

static char *key_of(const char *dimension, BaseDay start, BaseDay end) {
  return g_strdup_printf("%s %d %d", dimension, start, end);
}

static char *value_key(const char *kpi, const char *member) {
  g_autofree char *folded = member ? g_utf8_casefold(member, -1) : g_strdup("");
  return g_strconcat(kpi, "\n", folded, NULL);
}

void target_answers_want(TargetAnswers *answers, const TargetTerms *terms, BaseDay start, BaseDay end) {
  g_autofree char *key = key_of(terms->dimension, start, end);
  Question *question = g_hash_table_lookup(answers->by_key, key);
  if (!question) {
    question = g_new0(Question, 1);
    *question = (Question){.dimension = terms->dimension, .start = start, .end = end, .kpis = g_ptr_array_new()};
    question->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_add(answers->questions, question);
    g_hash_table_insert(answers->by_key, g_steal_pointer(&key), question);
  }
  if (!g_ptr_array_find_with_equal_func(question->kpis, terms->kpi, g_str_equal, NULL))
    g_ptr_array_add(question->kpis, terms->kpi);
}

static QueryResult *put_question(const TargetDesk *desk, const QueryRequest *request, GError **error) {
  return desk->ask ? desk->ask(desk->asker, request, error) : query_run(desk->context, request, error);
}

static char *span_text(BaseDay start, BaseDay end) {
  g_autofree char *first = base_day_format(start), *last = base_day_format(end - 1);
  return g_strconcat(first, "..", last, NULL);
}

static gboolean ask_one(const TargetDesk *desk, Question *question, GError **error) {
  g_autofree char *period = span_text(question->start, question->end);
  const char *const by[] = {question->dimension, NULL};
  g_ptr_array_add(question->kpis, NULL);
  QueryRequest request = {.kpis = (const char *const *)question->kpis->pdata,
                          .by = g_str_equal(question->dimension, COMPANY) ? NULL : by,
                          .period = period,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) missing = NULL;
  g_autoptr(QueryResult) result = put_question(desk, &request, &missing);
  if (!result && g_error_matches(missing, BASE_ERROR, BASE_ERROR_NOT_FOUND)) return TRUE;
  if (!result) {
    g_propagate_error(error, g_steal_pointer(&missing));
    return FALSE;
  }
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (request.by && !row->members[0]) continue;
    char *key = value_key(query_result_kpi(result, row->kpi)->name, request.by ? row->members[0] : NULL);
    g_hash_table_insert(question->values, key, g_memdup2(&row->value, sizeof row->value));
  }
  return TRUE;
}

gboolean target_answers_ask(TargetAnswers *answers, GError **error) {
  for (guint q = 0; q < answers->questions->len; q++)
    if (!ask_one(&answers->desk, g_ptr_array_index(answers->questions, q), error)) return FALSE;
  return TRUE;
}

const QueryValue *target_answers_find(const TargetAnswers *answers, const TargetTerms *terms, BaseDay start,
                                      BaseDay end) {
  g_autofree char *key = key_of(terms->dimension, start, end);
  const Question *question = g_hash_table_lookup(answers->by_key, key);
  g_autofree char *value = value_key(terms->kpi, terms->member);
  return question ? g_hash_table_lookup(question->values, value) : NULL;
}

GArray *target_ask_shape(const TargetDesk *desk, const TargetTerms *terms, const CalendarPeriod *span,
                         CalendarGrain grain, GError **error) {
  g_autofree char *period = span_text(span->start, span->end);
  const char *const kpis[] = {terms->kpi, NULL}, *const by[] = {terms->dimension, NULL};
  gboolean of_all = g_str_equal(terms->dimension, COMPANY);
  QueryRequest request = {.kpis = kpis,
                          .by = of_all ? NULL : by,
                          .period = period,
                          .has_grain = TRUE,
                          .grain = grain,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = put_question(desk, &request, error);
  if (!result) return NULL;
  GArray *shape = g_array_new(FALSE, FALSE, sizeof(TargetPart));
  for (guint p = 0; p < query_result_n_periods(result); p++) {
    const CalendarPeriod *at = query_result_period(result, p);
    TargetPart part = {.start = at->start, .end = at->end};
    g_array_append_val(shape, part);
  }
  g_autofree char *wanted = value_key(terms->kpi, of_all ? NULL : terms->member);
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!of_all && !row->members[0]) continue;
    g_autofree char *key = value_key(terms->kpi, of_all ? NULL : row->members[0]);
    if (g_str_equal(key, wanted) && row->value.has_value)
      g_array_index(shape, TargetPart, row->period).weight = row->value.value;
  }
  return shape;
}
