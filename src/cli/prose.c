/* Running text on a terminal: words in lines that fit, under one another. */
#include "cli/cli.h"

#define DEFAULT_WIDTH 96
#define LEAST_WIDTH   50

static int usable_width(const CliContext *context) {
  return context->width > 0 ? CLAMP(context->width, LEAST_WIDTH, DEFAULT_WIDTH) : DEFAULT_WIDTH;
}

/* Prints one line of the text in as many lines as it takes. */
static void print_line(const CliContext *context, const char *text, int indent, int at) {
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  int width = usable_width(context);
  gboolean first = TRUE;
  for (guint i = 0; words[i]; i++) {
    int length = (int)g_utf8_strlen(words[i], -1);
    if (!first && at + 1 + length > width) {
      fprintf(context->out, "\n%*s", indent, "");
      at = indent;
      first = TRUE;
    }
    fprintf(context->out, "%s%s", first ? "" : " ", words[i]);
    at += length + (first ? 0 : 1);
    first = FALSE;
  }
  fputc('\n', context->out);
}

void cli_print_text(const CliContext *context, const char *text, int indent, int at) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    if (i > 0) fprintf(context->out, "%*s", *lines[i] ? indent : 0, "");
    print_line(context, lines[i], indent, i > 0 ? indent : at);
  }
}

void cli_print_heading(const CliContext *context, const char *text) {
  fprintf(context->out, "%s%s%s\n", context->colour ? "\033[1m" : "", text, context->colour ? "\033[0m" : "");
}
