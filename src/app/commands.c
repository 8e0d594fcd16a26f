/* The table of commands: a new command is a line here, a line in the header and a file cmd_NAME.c. */
#include "app/commands.h"

CliCommand *commands_all(guint *n_commands) {
  const CliCommand *const commands[] = {
      &cmd_new,
      &cmd_load,
      &cmd_check,
      &cmd_kpis,
      &cmd_show,
      &cmd_explain,
      &cmd_records,
      &cmd_scorecard,
      &cmd_snapshot,
      &cmd_target,
      &cmd_target_set,
      &cmd_target_propose,
      &cmd_target_cascade,
      &cmd_target_counter,
      &cmd_target_accept,
      &cmd_target_decline,
      &cmd_target_adjust,
      &cmd_target_withdraw,
      &cmd_target_comment,
      &cmd_target_grid,
      &cmd_target_suggest,
      &cmd_target_show,
      &cmd_alert,
      &cmd_alert_run,
      &cmd_alert_test,
      &cmd_alert_snooze,
      &cmd_alert_ack,
      &cmd_alert_history,
      &cmd_alert_outbox,
      &cmd_alert_send,
      &cmd_objective,
      &cmd_objective_set,
      &cmd_lint,
      &cmd_choose,
      &cmd_serve,
      &cmd_backup,
      &cmd_restore,
      &cmd_user,
      &cmd_user_add,
      &cmd_user_change,
      &cmd_user_lock,
      &cmd_user_unlock,
      &cmd_user_invite,
      &cmd_token,
      &cmd_token_add,
      &cmd_token_end,
      &cmd_audit,
      &cmd_demo,
  };
  CliCommand *all = g_new(CliCommand, G_N_ELEMENTS(commands));
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) all[i] = *commands[i];
  *n_commands = G_N_ELEMENTS(commands);
  return all;
}
