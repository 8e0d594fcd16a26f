/* All commands, in the order in which help lists them. */
#pragma once

#include "cli/cli.h"

extern const CliCommand cmd_new;
extern const CliCommand cmd_load;
extern const CliCommand cmd_check;
extern const CliCommand cmd_kpis;
extern const CliCommand cmd_show;
extern const CliCommand cmd_explain;
extern const CliCommand cmd_decompose;
extern const CliCommand cmd_records;
extern const CliCommand cmd_scorecard;
extern const CliCommand cmd_snapshot;
extern const CliCommand cmd_target;
extern const CliCommand cmd_target_set;
extern const CliCommand cmd_target_propose;
extern const CliCommand cmd_target_cascade;
extern const CliCommand cmd_target_counter;
extern const CliCommand cmd_target_accept;
extern const CliCommand cmd_target_decline;
extern const CliCommand cmd_target_adjust;
extern const CliCommand cmd_target_withdraw;
extern const CliCommand cmd_target_comment;
extern const CliCommand cmd_target_grid;
extern const CliCommand cmd_target_show;
extern const CliCommand cmd_target_suggest;
extern const CliCommand cmd_board;
extern const CliCommand cmd_alert;
extern const CliCommand cmd_alert_run;
extern const CliCommand cmd_alert_test;
extern const CliCommand cmd_alert_snooze;
extern const CliCommand cmd_alert_ack;
extern const CliCommand cmd_alert_history;
extern const CliCommand cmd_alert_outbox;
extern const CliCommand cmd_alert_send;
extern const CliCommand cmd_objective;
extern const CliCommand cmd_objective_set;
extern const CliCommand cmd_lint;
extern const CliCommand cmd_choose;
extern const CliCommand cmd_serve;
extern const CliCommand cmd_backup;
extern const CliCommand cmd_restore;
extern const CliCommand cmd_user;
extern const CliCommand cmd_user_add;
extern const CliCommand cmd_user_change;
extern const CliCommand cmd_user_lock;
extern const CliCommand cmd_user_unlock;
extern const CliCommand cmd_user_invite;
extern const CliCommand cmd_token;
extern const CliCommand cmd_token_add;
extern const CliCommand cmd_token_end;
extern const CliCommand cmd_audit;
extern const CliCommand cmd_erase;
extern const CliCommand cmd_tidy;
extern const CliCommand cmd_demo;

/* The caller frees the array. */
CliCommand *commands_all(guint *n_commands);
