/* A process that has a workspace open and takes commands for it, without a server's network:
 *
 *   keeper FOLDER     prints "ready", and keeps it until standard input ends; prints a line for each load told of */
#include "app/local.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

static AttainWorkspace *hold(gpointer workspace) {
  return workspace;
}

static void let_go(gpointer app, AttainWorkspace *workspace) {}

static void on_change(const AttainChange *change, void *data) {
  printf("load %lld of %s, %zu tables\n", (long long)change->load, change->source, change->n_tables);
  fflush(stdout);
}

static void print_won(AttainWorkspace *workspace) {
  AttainError error = {0};
  AttainAnswer *answer = attain_ask(
      workspace, &(AttainQuestion){.kpis = (const char *const[]){"won_deals", NULL}, .period = "2026"}, &error);
  size_t n = answer ? attain_answer_n_rows(answer) : 0;
  printf("won %g\n", n == 1 ? attain_answer_row(answer, 0)->figures.value : -1.0);
  fflush(stdout);
  attain_answer_free(answer);
  attain_error_clear(&error);
}

int main(int argc, char **argv) {
  AttainError error = {0};
  GError *failed = NULL;
  if (argc != 2) return 2;
  setlocale(LC_CTYPE, "C.UTF-8"); /* as the program does */
  AttainWorkspace *workspace = attain_open(argv[1], NULL, &error);
  LocalSettings settings = {.folder = argv[1], .hold = hold, .let_go = let_go, .app = workspace};
  LocalServer *server = workspace ? local_server_start(&settings, &failed) : NULL;
  if (!server) {
    fprintf(stderr, "%s\n", failed ? failed->message : error.message);
    return 1;
  }
  attain_subscribe(workspace, on_change, NULL);
  puts("ready");
  fflush(stdout);
  for (char byte; read(STDIN_FILENO, &byte, 1) > 0;)
    if (byte == 'w') print_won(workspace);
  local_server_stop(server, 5);
  attain_close(workspace);
  return 0;
}
