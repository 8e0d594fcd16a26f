/* The command line, taken apart by the table of commands.
 *
 * A command's name is one word or two: "target set" is a command beside "target", and two words that name one go before
 * one word with an operand.
 *
 * The command is the first word that is no option, so options may stand before it; which of them exist is only known
 * with the command. Hence two passes over the same words: the first, with the global options and every option of every
 * command that takes a value, finds the command; the second reads all options by its table. */
#include "cli/parse.h"

const CliOption cli_global_options[] = {
    {"workspace", 'C', CLI_VALUE, "DIR",
     "act on the workspace in DIR instead of the current folder or the nearest one above it"},
    {"now", 0, CLI_VALUE, "TIME",
     "set the clock to a date (its end) or a time: nothing after it is counted; records stand as they are known today, "
     "not as they were known then (show --as-of)"},
    {"no-colour", 0, CLI_FLAG, NULL, "never use colour (the variable NO_COLOR does the same)"},
    {"help", 'h', CLI_FLAG, NULL, "print this help"},
    {"version", 0, CLI_FLAG, NULL, "print the program's version"},
};
const guint cli_n_global_options = G_N_ELEMENTS(cli_global_options);

struct CliArguments {
  const CliCommand *commands; /* all */
  guint n_commands;
  const CliCommand *command;
  gboolean is_help;
  guint n_words;      /* of the command's name, or `help` */
  GHashTable *values; /* long name -> GPtrArray of texts, with a NULL at the end; flags: an empty one */
  GPtrArray *operands;
};

static const char *const no_values[] = {NULL};

static const CliOption *find_among(const CliOption *options, guint n, const char *name, gsize length, char letter) {
  for (guint i = 0; i < n; i++) {
    if (name && strncmp(options[i].name, name, length) == 0 && options[i].name[length] == 0) return &options[i];
    if (!name && letter && options[i].letter == letter) return &options[i];
  }
  return NULL;
}

static const CliOption *find_option(const CliCommand *command, const char *name, gsize length, char letter) {
  if (name && length == strlen("no-color") && strncmp(name, "no-color", length) == 0) {
    name = "no-colour";
    length = strlen(name);
  }
  const CliOption *found = find_among(cli_global_options, cli_n_global_options, name, length, letter);
  if (!found && command) found = find_among(command->options, command->n_options, name, length, letter);
  return found;
}

static gboolean refuse_option(const CliCommand *command, const char *name, gsize length, GError **error) {
  g_autofree char *word = g_strndup(name, length);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < cli_n_global_options; i++) g_ptr_array_add(names, (gpointer)cli_global_options[i].name);
  for (guint i = 0; command && i < command->n_options; i++) g_ptr_array_add(names, (gpointer)command->options[i].name);
  const char *nearest = base_nearest(word, (const char *const *)names->pdata, names->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "unknown option --%s%s%s%s", word,
              nearest ? ": did you mean --" : "", nearest ? nearest : "", nearest ? "?" : "");
  return FALSE;
}

static gboolean check_choice(const CliOption *option, const char *value, GError **error) {
  if (!option->choices) return TRUE;
  g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);
  if (g_strv_contains((const char *const *)choices, value)) return TRUE;
  const char *nearest = base_nearest(value, (const char *const *)choices, g_strv_length(choices));
  g_autofree char *all = g_strjoinv(", ", choices);
  if (nearest)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--%s cannot be \"%s\": did you mean \"%s\"? (one of: %s)",
                option->name, value, nearest, all);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--%s cannot be \"%s\": it is one of %s", option->name, value,
                all);
  return FALSE;
}

static gboolean add_value(CliArguments *arguments, const CliOption *option, const char *value, GError **error) {
  if (value && !check_choice(option, value, error)) return FALSE;
  GPtrArray *values = g_hash_table_lookup(arguments->values, option->name);
  if (values && option->kind == CLI_VALUE) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--%s is given twice: keep one of them", option->name);
    return FALSE;
  }
  if (!values) {
    values = g_ptr_array_new();
    g_ptr_array_add(values, NULL);
    g_hash_table_insert(arguments->values, (gpointer)option->name, values);
  }
  if (value) g_ptr_array_insert(values, (int)values->len - 1, (gpointer)value);
  return TRUE;
}

/* The words of a command line, read one by one. */
typedef struct {
  int argc;
  char *const *argv;
  int next;
} Words;

static gboolean need_value(const CliOption *option, Words *words, const char **value, GError **error) {
  if (words->next < words->argc) {
    *value = words->argv[words->next++];
    return TRUE;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--%s needs a value: --%s %s", option->name, option->name,
              option->value);
  return FALSE;
}

static gboolean read_long(CliArguments *arguments, const char *word, Words *words, GError **error) {
  gsize length = strcspn(word, "=");
  const CliOption *option = find_option(arguments->command, word, length, 0);
  if (!option) return refuse_option(arguments->command, word, length, error);
  const char *value = word[length] ? word + length + 1 : NULL;
  if (option->kind == CLI_FLAG && value) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--%s takes no value", option->name);
    return FALSE;
  }
  if (option->kind != CLI_FLAG && !value && !need_value(option, words, &value, error)) return FALSE;
  return add_value(arguments, option, value, error);
}

/* -abc: the flags a, b and c; the first that takes a value takes the rest of the word, or the next one. */
static gboolean read_letters(CliArguments *arguments, const char *letters, Words *words, GError **error) {
  for (; *letters; letters++) {
    const CliOption *option = find_option(arguments->command, NULL, 0, *letters);
    if (!option) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "unknown option -%.*s",
                  (int)(g_utf8_next_char(letters) - letters), letters);
      return FALSE;
    }
    const char *value = NULL;
    if (option->kind != CLI_FLAG) {
      value = letters[1] == '=' ? letters + 2 : letters + 1;
      if (!*value && !need_value(option, words, &value, error)) return FALSE;
    }
    if (!add_value(arguments, option, value, error)) return FALSE;
    if (option->kind != CLI_FLAG) return TRUE;
  }
  return TRUE;
}

static gboolean read_words(CliArguments *arguments, int argc, char *const *argv, GError **error) {
  Words words = {.argc = argc, .argv = argv};
  gboolean only_operands = FALSE;
  guint n_seen = 0;
  while (words.next < argc) {
    const char *word = argv[words.next++];
    gboolean ok = TRUE;
    if (only_operands || word[0] != '-' || word[1] == 0) {
      if (n_seen++ >= arguments->n_words) g_ptr_array_add(arguments->operands, (gpointer)word);
    } else if (strcmp(word, "--") == 0) {
      only_operands = TRUE;
    } else if (word[1] == '-') {
      ok = read_long(arguments, word + 2, &words, error);
    } else {
      ok = read_letters(arguments, word + 1, &words, error);
    }
    if (!ok) return FALSE;
  }
  return TRUE;
}

/* Whether the word after this option word is its value, whichever command it belongs to. */
static gboolean takes_next_word(const CliCommand *commands, guint n_commands, const char *word) {
  gboolean is_long = word[1] == '-';
  const char *name = is_long ? word + 2 : NULL;
  gsize length = strlen(word);
  if (is_long ? strchr(word, '=') != NULL : length != 2) return FALSE;
  for (guint i = 0; i < n_commands; i++) {
    const CliOption *option = find_option(&commands[i], name, is_long ? length - 2 : 0, is_long ? 0 : word[1]);
    if (option && option->kind != CLI_FLAG) return TRUE;
  }
  return FALSE;
}

/* The first two words that are neither options nor their values; NULL where there are fewer. */
static void leading_words(const CliCommand *commands, guint n_commands, int argc, char *const *argv,
                          const char *words[2]) {
  gboolean only_operands = FALSE;
  guint n = 0;
  words[0] = words[1] = NULL;
  for (int i = 0; i < argc && n < 2; i++) {
    if (only_operands || argv[i][0] != '-' || argv[i][1] == 0)
      words[n++] = argv[i];
    else if (strcmp(argv[i], "--") == 0)
      only_operands = TRUE;
    else if (takes_next_word(commands, n_commands, argv[i]))
      i++;
  }
}

static const CliCommand *find_exactly(const CliCommand *commands, guint n_commands, const char *name) {
  for (guint i = 0; i < n_commands; i++)
    if (strcmp(commands[i].name, name) == 0) return &commands[i];
  return NULL;
}

/* The command of two words, or of one; NULL: neither. */
static const CliCommand *find_by_words(const CliCommand *commands, guint n_commands, const char *const words[2]) {
  if (!words[0]) return NULL;
  g_autofree char *both = words[1] ? g_strconcat(words[0], " ", words[1], NULL) : NULL;
  const CliCommand *found = both ? find_exactly(commands, n_commands, both) : NULL;
  return found ? found : find_exactly(commands, n_commands, words[0]);
}

const CliCommand *cli_find_command(const CliCommand *commands, guint n_commands, const char *name, GError **error) {
  const CliCommand *found = find_exactly(commands, n_commands, name);
  if (found) return found;
  g_autofree const char **names = g_new0(const char *, n_commands + 1);
  for (guint i = 0; i < n_commands; i++) names[i] = commands[i].name;
  names[n_commands] = "help";
  const char *nearest = base_nearest(name, names, n_commands + 1);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "there is no command \"%s\"%s%s%s", name,
              nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return NULL;
}

const CliCommand *cli_named_command(const CliCommand *commands, guint n_commands, int argc, char *const *argv) {
  const char *words[2];
  leading_words(commands, n_commands, argc, argv, words);
  return find_by_words(commands, n_commands, words);
}

guint cli_n_commands_under(const CliCommand *commands, guint n_commands, const char *name) {
  gsize length = strlen(name);
  guint n = 0;
  for (guint i = 0; i < n_commands; i++)
    n += strncmp(commands[i].name, name, length) == 0 && commands[i].name[length] == ' ';
  return n;
}

static gboolean check_operands(const CliArguments *arguments, GError **error) {
  const CliCommand *command = arguments->command;
  int n = (int)arguments->operands->len;
  if (!command || cli_flag(arguments, "help") || cli_flag(arguments, "version")) return TRUE;
  if (n < command->min_operands) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s needs %s", command->name, command->synopsis);
    return FALSE;
  }
  if (command->max_operands >= 0 && n > command->max_operands) {
    if (cli_n_commands_under(arguments->commands, arguments->n_commands, command->name) > 0) {
      const char *word = g_ptr_array_index(arguments->operands, command->max_operands);
      g_autofree char *both = g_strconcat(command->name, " ", word, NULL);
      cli_find_command(arguments->commands, arguments->n_commands, both, error);
      return FALSE;
    }
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "\"%s\" is one word too many for %s",
                (const char *)g_ptr_array_index(arguments->operands, command->max_operands), command->name);
    return FALSE;
  }
  return TRUE;
}

CliArguments *cli_parse(const CliCommand *commands, guint n_commands, int argc, char *const *argv, GError **error) {
  g_autoptr(CliArguments) arguments = g_new0(CliArguments, 1);
  arguments->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  arguments->operands = g_ptr_array_new();
  arguments->commands = commands;
  arguments->n_commands = n_commands;
  const char *words[2];
  leading_words(commands, n_commands, argc, argv, words);
  arguments->is_help = g_strcmp0(words[0], "help") == 0;
  if (words[0] && !arguments->is_help) {
    arguments->command = find_by_words(commands, n_commands, words);
    if (!arguments->command && !cli_find_command(commands, n_commands, words[0], error)) return NULL;
  }
  arguments->n_words = arguments->command ? (strchr(arguments->command->name, ' ') ? 2 : 1) : arguments->is_help;
  if (!read_words(arguments, argc, argv, error) || !check_operands(arguments, error)) return NULL;
  return g_steal_pointer(&arguments);
}

void cli_arguments_free(CliArguments *arguments) {
  if (!arguments) return;
  g_hash_table_unref(arguments->values);
  g_ptr_array_unref(arguments->operands);
  g_free(arguments);
}

const CliCommand *cli_arguments_command(const CliArguments *arguments) {
  return arguments->command;
}
gboolean cli_arguments_is_help(const CliArguments *arguments) {
  return arguments->is_help;
}

const char *cli_option(const CliArguments *arguments, const char *name) {
  const char *const *values = cli_option_all(arguments, name);
  return values[0];
}

const char *const *cli_option_all(const CliArguments *arguments, const char *name) {
  const GPtrArray *values = g_hash_table_lookup(arguments->values, name);
  return values ? (const char *const *)values->pdata : no_values;
}

gboolean cli_flag(const CliArguments *arguments, const char *name) {
  return g_hash_table_contains(arguments->values, name);
}
guint cli_n_operands(const CliArguments *arguments) {
  return arguments->operands->len;
}
const char *cli_operand(const CliArguments *arguments, guint index) {
  return index < arguments->operands->len ? g_ptr_array_index(arguments->operands, index) : NULL;
}
