/* attain backup, attain restore: a workspace as of one commit, with checksums, and back. */
#include "app/commands.h"
#include "app/opening.h"
#include "backup/backup.h"
#include "lib/guest.h"
#include "lib/reader.h"
#include "lib/tally.h"

static void say(const CliContext *context, const CliArguments *arguments, const BackupManifest *manifest,
                const char *folder, const char *replaced) {
  guint n_files = manifest->files->len;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    cli_json_begin_object(json);
    cli_json_member_text(json, "folder", folder);
    cli_json_member_text(json, "attain", manifest->attain_version);
    cli_json_member_integer(json, "load", manifest->load);
    cli_json_member_text(json, "made_at", manifest->made_at);
    cli_json_member_integer(json, "files", n_files);
    cli_json_member_text(json, "replaced", replaced);
    cli_json_end_object(json);
    return;
  }
  g_autofree char *files = base_count_words(n_files, "# {file|files}");
  fprintf(context->out, "%s: %s, as of load %" G_GINT64_FORMAT ", made at %s by Attain %s.\n", folder, files,
          manifest->load, manifest->made_at, manifest->attain_version);
  if (replaced) fprintf(context->out, "What was there lies in %s.\n", replaced);
}

/* Beside a server, whose log is written to; a command alone only reads the workspace. */
static void note(const CliContext *context, const BackupManifest *manifest) {
  AttainWorkspace *workspace = lib_host_workspace(context->host, context->folder);
  if (!workspace) return;
  g_autofree char *about =
      g_strdup_printf("%u files, as of load %" G_GINT64_FORMAT, manifest->files->len, manifest->load);
  lib_note(workspace, NULL, "backed up", about);
}

/* Who put what is in the copy's audit log, too. */
static void write_tally(const CliContext *context) {
  AttainWorkspace *workspace = lib_host_workspace(context->host, context->folder);
  if (workspace) lib_write_tally(workspace);
}

static int run_backup(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autofree char *folder = cli_path(context, cli_operand(arguments, 0));
  write_tally(context);
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE, error);
  g_auto(BackupManifest) manifest = {0};
  if (!session || !backup_make(session, folder, &manifest, error)) return -1;
  g_clear_pointer(&session, session_free); /* it reads, and the note waits for who opens the database again */
  note(context, &manifest);
  say(context, arguments, &manifest, cli_operand(arguments, 0), NULL);
  return 0;
}

static int run_restore(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *backup = cli_operand(arguments, 0), *folder = cli_operand(arguments, 1);
  g_auto(BackupManifest) manifest = {0};
  g_autofree char *replaced = NULL;
  gboolean ok = folder ? backup_restore(backup, folder, cli_flag(arguments, "replace"), &manifest, &replaced, error)
                       : backup_check(backup, &manifest, error);
  if (!ok) return -1;
  say(context, arguments, &manifest, folder ? folder : backup, replaced);
  if (!folder && g_strcmp0(cli_option(arguments, "format"), "json") != 0)
    fputs("Every file is as it was written.\n", context->out);
  return 0;
}

static const CliOption backup_options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write what was done", "table|json"},
};
static const CliOption restore_options[] = {
    {"replace", 0, CLI_FLAG, NULL, "where FOLDER is there already: put it aside, under another name", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write what was done", "table|json"},
};

const CliCommand cmd_backup = {
    .name = "backup",
    .synopsis = "FOLDER",
    .about = "copy the workspace as of one commit into a new folder",
    .details =
        "The copy holds the database, attain.yaml, policy.yaml, and the files of kpis/, sources/, alerts/, goals/ and "
        "webhooks/, with their checksums; not the files that sources read. It is of one commit: nobody waits for it, "
        "and what is loaded meanwhile is not in it. FOLDER appears when all of it is on the disk.\n"
        "Passwords of users are in it as hashes, and so is all that the records say: keep it as you keep the "
        "workspace.",
    .examples = "attain backup /backups/2026-11-22\tas things are now, also while a server runs",
    .options = backup_options,
    .n_options = G_N_ELEMENTS(backup_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_backup,
};

const CliCommand cmd_restore = {
    .name = "restore",
    .synopsis = "BACKUP [FOLDER]",
    .about = "make a workspace of a backup, or check a backup",
    .details =
        "Every file is held against its checksum first. FOLDER appears when all of it is on the disk; a folder that is "
        "there already is left as it is. A database of an earlier version of Attain is brought to this one's.\n"
        "Without a FOLDER the backup is only checked.",
    .examples =
        "attain restore /backups/2026-11-22\tis it whole?\n"
        "attain restore /backups/2026-11-22 company\ta workspace as it was\n"
        "attain restore /backups/2026-11-22 company --replace\tin place of what is there, which is put aside",
    .options = restore_options,
    .n_options = G_N_ELEMENTS(restore_options),
    .min_operands = 1,
    .max_operands = 2,
    .place = CLI_HERE,
    .run = run_restore,
};
