/* What each team won this quarter: now, and whenever something changes. */
#include <attain/attain.h>
#include <stdio.h>

static void print_wins(AttainWorkspace *workspace) {
  const char *kpis[] = {"won_deals", "revenue", NULL}, *by[] = {"team", NULL};
  AttainQuestion question = {.kpis = kpis, .by = by, .period = "this-quarter"};
  AttainAnswer *answer = attain_ask(workspace, &question, NULL);
  for (size_t i = 0; answer && i < attain_answer_n_rows(answer); i++) {
    const AttainRow *row = attain_answer_row(answer, i);
    printf("%-24s %-12s %12.0f\n", row->members[0] ? row->members[0] : "(none)", row->title, row->figures.value);
  }
  attain_answer_free(answer);
}

static void on_change(const AttainChange *change, void *workspace) {
  printf("-- change %lld, of %s\n", (long long)change->load, change->source);
  print_wins(workspace);
}

int main(int argc, char **argv) {
  AttainError error = {0};
  AttainWorkspace *workspace = attain_open(argc > 1 ? argv[1] : ".", NULL, &error);
  if (!workspace) return fprintf(stderr, "%s\n", error.message), attain_error_clear(&error), 1;
  print_wins(workspace);
  attain_subscribe(workspace, on_change, workspace);
  const char *deal =
      "{\"id\": \"D-1\", \"amount\": 12000, \"outcome\": \"won\", \"closed_at\": \"2026-11-20T16:30:00Z\"}";
  AttainPutOptions mine = {.source = "my-program"};
  bool ok = attain_put(workspace, "opportunity", deal, &mine, NULL, &error);
  if (!ok) fprintf(stderr, "%s\n", error.message);
  attain_error_clear(&error);
  attain_close(workspace);
  return ok ? 0 : 1;
}
