/* The program: the table of commands, given to the command line's machinery.
 *
 * Further forms, for the build only, write what is made from the tables of commands and routes:
 *   attain --write-man-pages FOLDER      attain --write-bash-completion FILE      attain --write-openapi FILE */
#include "app/api_openapi.h"
#include "app/commands.h"
#include "app/local.h"

static int write_for_build(const CliCommand *commands, guint n_commands, const char *what, const char *path) {
  g_autoptr(GError) error = NULL;
  gboolean ok;
  if (strcmp(what, "--write-man-pages") == 0) {
    ok = cli_write_man_pages(commands, n_commands, path, &error);
  } else if (strcmp(what, "--write-openapi") == 0) {
    g_autofree char *description = api_openapi();
    ok = g_file_set_contents(path, description, -1, &error);
  } else {
    g_autofree char *script = cli_bash_completion(commands, n_commands);
    ok = g_file_set_contents(path, script, -1, &error);
  }
  if (!ok) fprintf(stderr, "attain: %s\n", error->message);
  return ok ? 0 : 1;
}

int main(int argc, char **argv) {
  guint n_commands;
  g_autofree CliCommand *commands = commands_all(&n_commands);
  static const char *const for_build[] = {"--write-man-pages", "--write-bash-completion", "--write-openapi", NULL};
  if (argc == 3 && g_strv_contains(for_build, argv[1])) return write_for_build(commands, n_commands, argv[1], argv[2]);
  const CliProgram program = {commands, n_commands, local_run};
  return cli_main(&program, argc, argv);
}
