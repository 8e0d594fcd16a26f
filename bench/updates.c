/* Memory over a long run: deals that change again and again in a program that keeps a workspace open and asks after
 * each commit. Printed is what the process has and what the workspace says it takes.
 *
 *   updates WORKSPACE N      N changes of 10,000 deals, 500 a commit */
#include "attain/attain.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW         "2026-11-21"
#define N_DEALS     10000
#define AT_ONCE     500
#define N_LINES     20
#define N_PEOPLE    50
#define BYTES_IN_MB 1048576.0

static double resident_mb(void) {
  g_autofree char *text = NULL;
  if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL)) return 0;
  const char *line = g_strstr_len(text, -1, "VmRSS:");
  return line ? strtod(line + strlen("VmRSS:"), NULL) / 1024 : 0;
}

/* The next 500 deals of the round, each worth what it was not before. */
static gboolean put(AttainWorkspace *workspace, gint64 n_done, AttainError *error) {
  g_autoptr(GString) records = g_string_new("[");
  for (gint64 i = n_done; i < n_done + AT_ONCE; i++) {
    gint64 deal = i % N_DEALS, round = i / N_DEALS;
    g_string_append_printf(records,
                           "%s{\"id\": \"u-%" G_GINT64_FORMAT
                           "\", \"owner\": \"Person %04d\", \"amount\": %" G_GINT64_FORMAT
                           ", \"created_at\": \"2026-%02d-10\", \"expected_close\": \"2026-%02d-20\"}",
                           i > n_done ? ", " : "", deal, (int)(deal % N_PEOPLE) + 1, 1000 + deal + round,
                           (int)(deal % 10) + 1, (int)(round % 12) + 1);
  }
  g_string_append_c(records, ']');
  AttainPutOptions options = {.source = "updates"};
  return attain_put(workspace, "opportunity", records->str, &options, NULL, error);
}

static gboolean ask(AttainWorkspace *workspace, AttainError *error) {
  static const char *const kpis[] = {"pipeline_created", "open_pipeline", "average_deal_size", NULL};
  static const char *const by[] = {"rep", NULL};
  AttainQuestion question = {.kpis = kpis, .by = by, .period = "2026", .grain = "month"};
  AttainAnswer *answer = attain_ask(workspace, &question, error);
  attain_answer_free(answer);
  return answer != NULL;
}

static gboolean print(AttainWorkspace *workspace, gint64 n_done, AttainError *error) {
  AttainMemory memory;
  if (!attain_memory(workspace, &memory, error)) return FALSE;
  printf("%10" G_GINT64_FORMAT "  %8.0f  %6.1f  %6.1f  %9.1f\n", n_done, resident_mb(),
         (double)memory.cells_bytes / BYTES_IN_MB, (double)memory.put_bytes / BYTES_IN_MB,
         (double)memory.database_bytes / BYTES_IN_MB);
  fflush(stdout);
  return TRUE;
}

static gboolean run(AttainWorkspace *workspace, gint64 n, AttainError *error) {
  gint64 each = MAX(n / N_LINES / AT_ONCE, 1) * AT_ONCE;
  printf("   changes  MB in all   cells    keys   database\n");
  for (gint64 n_done = 0; n_done < n; n_done += AT_ONCE) {
    if (!put(workspace, n_done, error) || !ask(workspace, error)) return FALSE;
    if ((n_done + AT_ONCE) % each == 0 && !print(workspace, n_done + AT_ONCE, error)) return FALSE;
  }
  return TRUE;
}

int main(int n_arguments, char **arguments) {
  AttainError error = {0};
  if (n_arguments != 3) {
    fprintf(stderr, "updates WORKSPACE N\n");
    return 2;
  }
  AttainOptions options = {.now = NOW};
  AttainWorkspace *workspace = attain_open(arguments[1], &options, &error);
  gboolean ok = workspace && run(workspace, g_ascii_strtoll(arguments[2], NULL, 10), &error);
  if (!ok) fprintf(stderr, "updates: %s\n", error.message);
  attain_error_clear(&error);
  attain_close(workspace);
  return ok ? 0 : 1;
}
