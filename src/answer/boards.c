/* Shared boards as JSON. What is hidden is not in it but for how many rows there are of it. */
#include "answer/boards.h"

#include "answer/members.h"
#include "answer/show.h"

static const char *const names[] = {"hidden", "own", "shown"};

static void write_head(CliJson *json, const AccessPolicy *policy, const AccessBoard *board) {
  cli_json_member_text(json, "board", board->name);
  cli_json_member_text(json, "title", board->title);
  cli_json_member_texts(json, "kpis", (const char *const *)board->kpis);
  cli_json_member_texts(json, "by", (const char *const *)board->by);
  cli_json_member_text(json, "grain", calendar_grain_name(board->grain));
  cli_json_member_integer(json, "n_periods", board->n_periods);
  cli_json_member_text(json, "names", names[board->names]);
  cli_json_member_integer(json, "smallest_group", policy->protection.least);
  cli_json_member_array(json, "to");
  for (guint role = 0; role < USER_N_ROLES; role++)
    if (board->to >> role & 1) cli_json_text(json, user_role_name(role));
  cli_json_end_array(json);
}

static void write_period(CliJson *json, const CalendarPeriod *period) {
  cli_json_member_object(json, "period");
  cli_json_member_text(json, "name", period->name);
  answer_day_member(json, "start", period->start);
  answer_day_member(json, "end", period->end);
  cli_json_end_object(json);
}

static const KpiDefinition *kpi_at(const AccessBoardTable *table, guint index) {
  return g_ptr_array_index(table->kpis, index);
}

static void write_kpi(CliJson *json, const KpiDefinition *kpi) {
  cli_json_member_text(json, "kpi", kpi->name);
  cli_json_member_text(json, "name", kpi->title);
  cli_json_member_text(json, "unit", answer_unit(kpi));
}

static void write_row(CliJson *json, const AccessBoard *board, const AccessBoardTable *table,
                      const AccessBoardRow *row) {
  cli_json_begin_object(json);
  write_kpi(json, kpi_at(table, row->kpi));
  cli_json_member_object(json, "members");
  for (guint i = 0; i < row->n_members; i++) cli_json_member_text(json, board->by[i], row->members[i]);
  cli_json_end_object(json);
  show_json_figures(json, &row->value);
  answer_flags_member(json, row->value.flags);
  cli_json_end_object(json);
}

static void write_part(CliJson *json, const AccessBoardPart *part) {
  cli_json_begin_object(json);
  cli_json_member_integer(json, "n_people", part->n_people);
  cli_json_value(json, "mean", !part->is_hidden, part->mean);
  cli_json_end_object(json);
}

static void write_standing(CliJson *json, const KpiDefinition *kpi, const AccessStanding *standing) {
  cli_json_begin_object(json);
  write_kpi(json, kpi);
  cli_json_value(json, "value", standing->has_own, standing->own.value);
  cli_json_value(json, "rank", standing->rank > 0, standing->rank);
  cli_json_value(json, "n_peers", standing->n_peers > 0, standing->n_peers);
  cli_json_value(json, "better_than", standing->rank > 0, standing->better_than);
  cli_json_member_array(json, "parts");
  for (guint i = 0; i < standing->n_parts; i++) write_part(json, &standing->parts[i]);
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void write_hidden(CliJson *json, const AccessBoardTable *table) {
  cli_json_member_array(json, "hidden");
  for (guint k = 0; k < table->kpis->len; k++) {
    guint n = g_array_index(table->n_hidden, guint, k);
    if (n == 0) continue;
    cli_json_begin_object(json);
    cli_json_member_text(json, "kpi", kpi_at(table, k)->name);
    cli_json_member_integer(json, "n_rows", n);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static void write_table(CliJson *json, const AccessBoard *board, const AnswerBoardPeriod *one) {
  const AccessBoardTable *table = one->table;
  cli_json_begin_object(json);
  write_period(json, &one->period);
  answer_day_member(json, "as_of", one->as_of);
  cli_json_member_array(json, "rows");
  for (guint r = 0; r < table->rows->len; r++)
    write_row(json, board, table, &g_array_index(table->rows, AccessBoardRow, r));
  cli_json_end_array(json);
  cli_json_member_array(json, "standings");
  for (guint k = 0; k < table->standings->len; k++)
    write_standing(json, kpi_at(table, k), &g_array_index(table->standings, AccessStanding, k));
  cli_json_end_array(json);
  write_hidden(json, table);
  cli_json_member_array(json, "notes");
  for (guint i = 0; i < table->notes->len; i++) cli_json_text(json, g_ptr_array_index(table->notes, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
}

void answer_board_json(FILE *out, const AnswerBoard *board) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  write_head(json, board->policy, board->board);
  cli_json_member_array(json, "periods");
  for (guint i = 0; i < board->periods->len; i++)
    write_table(json, board->board, &g_array_index(board->periods, AnswerBoardPeriod, i));
  cli_json_end_array(json);
  cli_json_member_object(json, "next");
  write_period(json, &board->next);
  answer_day_member(json, "after", board->next_day);
  cli_json_end_object(json);
  cli_json_end_object(json);
}

void answer_boards_json(FILE *out, const AccessPolicy *policy, const GPtrArray *boards) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "boards");
  for (guint i = 0; i < boards->len; i++) {
    cli_json_begin_object(json);
    write_head(json, policy, g_ptr_array_index(boards, i));
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}
