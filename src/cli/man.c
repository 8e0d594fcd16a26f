/* Man pages and the bash completion, made from the table of commands.
 *
 * Pages are in man(7) and pass `mandoc -T lint`: no empty sections, dates in ISO form, lines that start with a full
 * stop or an apostrophe guarded. The date is that of the last release, so that building twice gives the same bytes. */
#include "cli/help.h"
#include "cli/parse.h"

#include <glib/gstdio.h>

#define RELEASE_DATE "2026-11-21"
#define MAX_LINE     78

static const struct {
  int code;
  const char *meaning;
} exit_codes[] = {CLI_EXIT_CODES};

/* Text with roff's own characters escaped. */
static char *roff(const char *text) {
  GString *out = g_string_new(NULL);
  gboolean line_start = TRUE;
  for (; *text; text = g_utf8_next_char(text)) {
    gunichar c = g_utf8_get_char(text);
    if (line_start && (c == '.' || c == '\'')) g_string_append(out, "\\&");
    line_start = c == '\n';
    if (c == '\\')
      g_string_append(out, "\\e");
    else if (c == '-')
      g_string_append(out, "\\-");
    else if (c == '~')
      g_string_append(out, "\\(ti");
    else if (c == '^')
      g_string_append(out, "\\(ha");
    else if (c == '`')
      g_string_append(out, "\\(ga");
    else if (c == '\'')
      g_string_append(out, "\\(aq");
    else if (c < 0x80)
      g_string_append_c(out, (char)c);
    else
      g_string_append_printf(out, "\\[u%04X]", c);
  }
  return g_string_free(out, FALSE);
}

static void append_text(GString *page, const char *before, const char *text, const char *after) {
  g_autofree char *escaped = roff(text);
  g_string_append_printf(page, "%s%s%s", before, escaped, after);
}

/* Running text, in lines short enough for mandoc's taste; a line never starts with a full stop or an apostrophe. */
static void append_prose(GString *page, const char *text, const char *after) {
  g_autofree char *whole = g_strconcat(text, after, NULL);
  g_auto(GStrv) words = g_strsplit(whole, " ", -1);
  gsize used = 0;
  for (guint i = 0; words[i]; i++) {
    g_autofree char *word = roff(words[i]);
    if (used > 0) g_string_append_c(page, used + 1 + strlen(word) > MAX_LINE ? '\n' : ' ');
    used = page->len > 0 && page->str[page->len - 1] == '\n' ? 0 : used + 1;
    g_string_append(page, word);
    used += strlen(word);
  }
  g_string_append_c(page, '\n');
}

static void append_head(GString *page, const char *name, const char *about) {
  g_autofree char *capitals = g_ascii_strup(name, -1);
  g_autofree char *title = roff(capitals);
  g_string_append_printf(page, ".TH %s 1 %s \"Attain %s\" \"Attain Manual\"\n.SH NAME\n", title, RELEASE_DATE,
                         ATTAIN_VERSION);
  append_text(page, "", name, " \\- ");
  append_text(page, "", about, "\n");
}

static void append_option(GString *page, const CliOption *option) {
  g_autofree char *usage = cli_option_usage(option);
  append_text(page, ".TP\n.B ", usage, "\n");
  append_prose(page, option->about, option->choices ? "" : ".");
  if (option->choices) {
    g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);
    g_autofree char *all = g_strjoinv(", ", choices);
    append_text(page, "(", all, ").\n");
  }
  if (option->kind == CLI_VALUES) g_string_append(page, "May be repeated.\n");
}

static void append_global_options(GString *page) {
  for (guint i = 0; i < cli_n_global_options; i++) append_option(page, &cli_global_options[i]);
}

static void append_paragraphs(GString *page, const char *text) {
  g_auto(GStrv) paragraphs = g_strsplit(text, "\n", -1);
  gboolean first = TRUE;
  for (guint i = 0; paragraphs[i]; i++) {
    if (!*paragraphs[i]) continue;
    if (!first) g_string_append(page, ".PP\n");
    append_prose(page, paragraphs[i], "");
    first = FALSE;
  }
}

static void append_examples(GString *page, const char *examples) {
  g_string_append(page, ".SH EXAMPLES\n");
  g_auto(GStrv) lines = g_strsplit(examples, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_auto(GStrv) parts = g_strsplit(lines[i], "\t", 2);
    if (!parts[0]) continue;
    append_text(page, ".TP\n.B ", parts[0], "\n");
    if (parts[1]) append_prose(page, parts[1], "");
  }
}

static void append_exit_codes(GString *page) {
  g_string_append(page, ".SH EXIT STATUS\n");
  for (gsize i = 0; i < G_N_ELEMENTS(exit_codes); i++) {
    g_string_append_printf(page, ".TP\n.B %d\n", exit_codes[i].code);
    append_prose(page, exit_codes[i].meaning, ".");
  }
}

/* "attain-target-set" of "target set". */
static char *page_name(const char *command) {
  return g_strdelimit(g_strconcat("attain-", command, NULL), " ", '-');
}

static void append_see_also(GString *page, const CliCommand *commands, guint n_commands) {
  g_string_append(page, ".SH SEE ALSO\n");
  for (guint i = 0; i < n_commands; i++) {
    g_autofree char *name = page_name(commands[i].name);
    g_autofree char *title = roff(name);
    g_string_append_printf(page, ".BR %s (1)%s\n", title, i + 1 < n_commands ? "," : "");
  }
}

static char *command_page(const CliCommand *command) {
  GString *page = g_string_new(NULL);
  g_autofree char *name = page_name(command->name);
  append_head(page, name, command->about);
  append_text(page, ".SH SYNOPSIS\n.B attain ", command->name, "\n");
  if (command->synopsis && *command->synopsis) append_text(page, "", command->synopsis, "\n");
  if (command->n_options > 0) append_text(page, "", "[OPTION…]", "\n");
  g_string_append(page, ".SH DESCRIPTION\n");
  append_paragraphs(page, command->details ? command->details : command->about);
  g_string_append(page, ".SH OPTIONS\n");
  for (guint i = 0; i < command->n_options; i++) append_option(page, &command->options[i]);
  append_global_options(page);
  if (command->examples) append_examples(page, command->examples);
  append_exit_codes(page);
  g_string_append(page, ".SH SEE ALSO\n.BR attain (1)\n");
  return g_string_free(page, FALSE);
}

static char *general_page(const CliCommand *commands, guint n_commands) {
  GString *page = g_string_new(NULL);
  append_head(page, "attain", CLI_SUMMARY);
  g_string_append(page, ".SH SYNOPSIS\n.B attain\n");
  append_text(page, "", "COMMAND [OPTION…]", "\n");
  g_string_append(page, ".SH DESCRIPTION\n");
  append_paragraphs(page,
                    "Attain takes the records a company already has, computes the KPIs that sales teams are run by, "
                    "and says for each "
                    "number how it was made.\nA command acts on a workspace: a folder with an attain.yaml file.");
  g_string_append(page, ".SS Commands\n");
  for (guint i = 0; i < n_commands; i++) {
    append_text(page, ".TP\n.B ", commands[i].name, "\n");
    append_prose(page, commands[i].about, ".");
  }
  g_string_append(page, ".TP\n.B help\n");
  append_prose(page, "print what a command does, its options and examples", ".");
  g_string_append(page, ".SH OPTIONS\n");
  append_global_options(page);
  g_string_append(page, ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nWhen set and not empty, colour is never used.\n");
  g_string_append(page, ".TP\n.B COLUMNS\nWidth of the terminal, where it cannot be asked.\n");
  append_exit_codes(page);
  append_see_also(page, commands, n_commands);
  return g_string_free(page, FALSE);
}

static gboolean write_page(const char *folder, const char *command, const char *text, GError **error) {
  g_autofree char *name = command ? page_name(command) : g_strdup("attain");
  g_autofree char *file = g_strconcat(name, ".1", NULL);
  g_autofree char *path = g_build_filename(folder, file, NULL);
  g_autoptr(GError) cause = NULL;
  if (g_file_set_contents(path, text, -1, &cause)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s", cause->message);
  return FALSE;
}

gboolean cli_write_man_pages(const CliCommand *commands, guint n_commands, const char *folder, GError **error) {
  if (g_mkdir_with_parents(folder, 0777) != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be made: %s", folder, g_strerror(errno));
    return FALSE;
  }
  g_autofree char *general = general_page(commands, n_commands);
  if (!write_page(folder, NULL, general, error)) return FALSE;
  for (guint i = 0; i < n_commands; i++) {
    g_autofree char *page = command_page(&commands[i]);
    if (!write_page(folder, commands[i].name, page, error)) return FALSE;
  }
  return TRUE;
}

/* --- bash completion --- */

static void append_option_words(GString *script, const CliOption *options, guint n_options) {
  for (guint i = 0; i < n_options; i++) g_string_append_printf(script, " --%s", options[i].name);
}

static void append_first_words(GString *script, const CliCommand *commands, guint n_commands) {
  for (guint i = 0; i < n_commands; i++)
    if (!strchr(commands[i].name, ' ')) g_string_append_printf(script, "%s ", commands[i].name);
}

/* Of the commands of two words that begin with `first`. */
static void append_second_words(GString *script, const CliCommand *commands, guint n_commands, const char *first) {
  g_autofree char *prefix = g_strconcat(first, " ", NULL);
  for (guint i = 0; i < n_commands; i++)
    if (g_str_has_prefix(commands[i].name, prefix))
      g_string_append_printf(script, "%s ", commands[i].name + strlen(prefix));
}

static void append_choices(GString *script, const CliCommand *commands, guint n_commands) {
  for (guint i = 0; i < n_commands; i++)
    for (guint o = 0; o < commands[i].n_options; o++) {
      const CliOption *option = &commands[i].options[o];
      g_autofree char *words = option->choices ? g_strdelimit(g_strdup(option->choices), "|", ' ') : NULL;
      if (words)
        g_string_append_printf(script, "    '%s':--%s) words=\"%s\" ;;\n", commands[i].name, option->name, words);
    }
}

char *cli_bash_completion(const CliCommand *commands, guint n_commands) {
  GString *script = g_string_new(
      "# Completion of attain for bash.\n"
      "_attain() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= words= words_seen=0 i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in\n"
      "      -C|--workspace|--now) i=$((i + 1)) ;;\n"
      "      -*) ;;\n"
      "      *) command+=${command:+ }${COMP_WORDS[i]}; ((++words_seen == 2)) && break ;;\n"
      "    esac\n"
      "  done\n"
      "  case $command in\n");
  for (guint i = 0; i < n_commands; i++)
    if (strchr(commands[i].name, ' ')) g_string_append_printf(script, "    '%s') ;;\n", commands[i].name);
  g_string_append(script,
                  "    *) command=${command%% *} ;;\n"
                  "  esac\n"
                  "  case $before in -C|--workspace) COMPREPLY=($(compgen -d -- \"$word\")); return ;; esac\n"
                  "  case $command:$before in\n");
  append_choices(script, commands, n_commands);
  g_string_append(script, "  esac\n  if [[ -z $words ]]; then case $command in\n    '') words=\"");
  append_first_words(script, commands, n_commands);
  g_string_append(script, "help");
  append_option_words(script, cli_global_options, cli_n_global_options);
  g_string_append(script, "\" ;;\n");
  for (guint i = 0; i < n_commands; i++) {
    g_string_append_printf(script, "    '%s') words=\"", commands[i].name);
    append_second_words(script, commands, n_commands, commands[i].name);
    append_option_words(script, commands[i].options, commands[i].n_options);
    append_option_words(script, cli_global_options, cli_n_global_options);
    g_string_append(script, "\" ;;\n");
  }
  g_string_append(script, "    help) words=\"");
  append_first_words(script, commands, n_commands);
  g_string_append(script,
                  "\" ;;\n  esac; fi\n"
                  "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                  "  if [[ ${#COMPREPLY[@]} -eq 0 && $word != -* ]]; then COMPREPLY=($(compgen -f -- \"$word\")); fi\n"
                  "}\n"
                  "complete -F _attain attain\n");
  return g_string_free(script, FALSE);
}
