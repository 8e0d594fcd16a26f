/* Questions bound to kept cells: made by the same steps as a question to the records, and read by a plan and an
 * evaluator that are put together for one reading, of the binding's formulas and a side's cells. */
#include "query/binding.h"

#include "query/evaluate_private.h"

struct QueryBinding {
  gint n_holders; /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  BoardLayout *layout;
  BaseDay today, first, last; /* the clock's day, and the days of what happened, by which periods are read */
  QueryShape *shape;
  CalendarPeriod asked;
  QueryPlan *plan; /* its uses; what else a plan has is the side's that is read */
  Evaluator *evaluator;
  RowAsked *asked_of;
  gboolean reads_whole, mixes_whole, goes_by_group;
  gsize bytes;
};

static void name_dims(QueryRun *run, const BindingCells *cells) {
  const Dim *dims = board_dims(cells->board, &run->n_dims);
  if (cells->limit != NULL) {
    dims = cells->limit->dims;
    run->n_dims = cells->limit->n_dims;
  }
  for (guint d = 0; d < run->n_dims; d++) run->dims[d] = dims[d];
}

/* Takes over what a run has bound. */
static QueryBinding *binding_of(QueryRun *run, const Board *board, guint side) {
  QueryBinding *binding = g_new0(QueryBinding, 1);
  binding->n_holders = 1;
  binding->layout = board_layout_copy(board_layout(board, side));
  binding->today = run->context->today;
  query_stat_bounds(run->context->stat, &binding->first, &binding->last);
  binding->shape = query_shape_hold(run->result->shape);
  binding->asked = run->asked;
  binding->reads_whole = query_run_reads_whole(run, FALSE);
  binding->mixes_whole = query_run_reads_whole(run, TRUE);
  gsize n = (gsize)binding->shape->kpis->len * binding->shape->periods->len;
  for (gsize i = 0; i < n; i++) binding->goes_by_group |= run->asked_of[i].by_group;
  binding->bytes = evaluator_seal(run->evaluator) + n * (sizeof(RowAsked) + sizeof(QueryColumn));
  binding->asked_of = g_steal_pointer(&run->asked_of);
  binding->evaluator = g_steal_pointer(&run->evaluator);
  binding->plan = g_steal_pointer(&run->plan);
  binding->plan->context = NULL;
  return binding;
}

static BindingOutcome bind(QueryRun *run, const Board *board, guint side, GError **error) {
  gboolean outside;
  if (!query_run_read(run, error)) return BINDING_FAILED;
  for (guint d = 0; d < run->n_dims; d++) g_ptr_array_add(run->result->dims, (gpointer)run->dims[d].name);
  run->plan = board_view(board, side, run->context);
  run->evaluator = evaluator_new(run->plan);
  query_run_collect(run);
  if (!board_attach(board, side, run->plan, &outside)) return outside ? BINDING_IS_OUTSIDE : BINDING_LACKS_CELLS;
  query_run_bind(run);
  return BINDING_MADE;
}

BindingOutcome query_binding_make(const BindingCells *cells, const QueryRequest *request, QueryBinding **made,
                                  QueryPlan **lacking, GError **error) {
  g_autoptr(QueryResult) result = query_result_new();
  QueryRun run = {.context = cells->context, .request = request, .sight = cells->sight, .result = result};
  name_dims(&run, cells);
  BindingOutcome outcome = bind(&run, cells->board, cells->side, error);
  if (outcome == BINDING_MADE) *made = binding_of(&run, cells->board, cells->side);
  if (outcome == BINDING_LACKS_CELLS) *lacking = g_steal_pointer(&run.plan);
  query_run_clear(&run);
  return outcome;
}

QueryBinding *query_binding_hold(QueryBinding *binding) {
  g_atomic_int_inc(&binding->n_holders);
  return binding;
}

void query_binding_free(QueryBinding *binding) {
  if (binding == NULL || !g_atomic_int_dec_and_test(&binding->n_holders)) return;
  board_layout_free(binding->layout);
  query_shape_free(binding->shape);
  evaluator_free(binding->evaluator);
  query_plan_free(binding->plan);
  g_free(binding->asked_of);
  g_free(binding);
}

const BoardLayout *query_binding_layout(const QueryBinding *binding) {
  return binding->layout;
}

gboolean query_binding_holds(const QueryBinding *binding, const QueryContext *context) {
  BaseDay first, last;
  query_stat_bounds(context->stat, &first, &last);
  return binding->today == context->today && binding->first == first && binding->last == last;
}

gboolean query_binding_can_be_shared(const QueryBinding *binding) {
  return !binding->goes_by_group;
}

gboolean query_binding_mixes_whole(const QueryBinding *binding) {
  return binding->mixes_whole;
}

gboolean query_binding_reads_whole(const QueryBinding *binding) {
  return binding->reads_whole;
}

const GPtrArray *query_binding_uses(const QueryBinding *binding) {
  return binding->plan->uses;
}

gsize query_binding_bytes(const QueryBinding *binding) {
  return binding->bytes;
}

/* By what an answer is read, to see whether groups of an earlier one hold still. */
typedef struct {
  const BindingCells *cells;
  guint32 change;
} Since;

static gboolean has_changed(gconstpointer data, guint n_members, const gint64 *ids) {
  const Since *since = data;
  const BindingCells *cells = since->cells;
  if (cells->limit == NULL) return board_has_changed(cells->board, cells->side, n_members, ids, since->change);
  gint64 members[BOARD_MAX_DIMS];
  limit_members(cells->limit, n_members, ids, members);
  return board_has_changed(cells->board, cells->side, limit_level(cells->limit, n_members), members, since->change);
}

/* The plan's dimensions are the answer's. `members` has room for them. */
static void limit_plan(QueryPlan *plan, const BoardLimit *limit, DimMembers **members) {
  for (guint d = 0; d < limit->n_dims; d++) members[d] = plan->members[limit->at[d]];
  plan->members = members;
  plan->dims = limit->dims;
  plan->n_dims = limit->n_dims;
}

QueryResult *query_binding_read(const QueryBinding *binding, const BindingCells *cells, const QueryRequest *request,
                                BindingEarlier earlier, GError **error) {
  const Evaluator *of = board_levels(cells->board, cells->side);
  QueryPlan plan = board_reading(cells->board, cells->side, cells->context);
  DimMembers *members[BOARD_MAX_DIMS];
  if (cells->limit != NULL) limit_plan(&plan, cells->limit, members);
  plan.uses = binding->plan->uses;
  plan.customers = binding->plan->customers;
  g_autoptr(GPtrArray) limited = cells->limit != NULL ? limit_levels(cells->limit, of) : NULL;
  Evaluator evaluator = *binding->evaluator;
  evaluator.plan = &plan;
  evaluator.levels = limited != NULL ? limited : of->levels;
  evaluator.first_day = of->first_day;
  Since since = {cells, earlier.change};
  g_autoptr(QueryResult) result = query_result_new_of(binding->shape);
  QueryRun run = {.context = cells->context,
                  .request = request,
                  .sight = cells->sight,
                  .stop = cells->stop,
                  .result = result,
                  .asked = binding->asked,
                  .plan = &plan,
                  .evaluator = &evaluator,
                  .asked_of = binding->asked_of,
                  .earlier = earlier.result,
                  .has_changed = has_changed,
                  .board = &since};
  name_dims(&run, cells);
  return query_run_answer(&run, error) ? g_steal_pointer(&result) : NULL;
}
