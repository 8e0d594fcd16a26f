/* YAML text to a tree of nodes that remember their places.
 *
 * libyaml's events come one at a time; a stack of open lists and maps turns them into nodes:
 *
 *   text ──► UTF-8 check ──► yaml events ──► stack of open collections ──► ConfNode tree
 *
 * Only the part of YAML that people write by hand is accepted. Anchors, aliases and tags are refused: they let a small
 * file grow without end, and nobody can say at which line a value given by an alias is wrong. A key given twice is
 * refused because one of the two would be lost quietly. Nodes live as long as their document, so freeing never walks
 * the tree. */
#include "base/fault.h"
#include "conf/document.h"

#include <yaml.h>

#define MAX_LEVELS     64
#define MAX_FILE_BYTES (16 * 1024 * 1024)

/* A list or map that is not closed yet. */
typedef struct {
  ConfNode *node;
  GPtrArray *items;
  GPtrArray *keys;   /* maps only */
  GHashTable *names; /* maps only: key text -> key node */
  ConfNode *key;     /* maps only: waits for its value */
} Level;

typedef struct {
  ConfDocument *document;
  const char *file; /* interned */
  const char *text, *end;
  Level levels[MAX_LEVELS];
  guint n_levels;
} Builder;

static void level_clear(Level *level) {
  g_clear_pointer(&level->items, g_ptr_array_unref);
  g_clear_pointer(&level->keys, g_ptr_array_unref);
  g_clear_pointer(&level->names, g_hash_table_unref);
}

static void builder_clear(Builder *builder) {
  for (guint i = 0; i < builder->n_levels; i++) level_clear(&builder->levels[i]);
  conf_document_free(builder->document);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Builder, builder_clear)

static BaseSpan span_of(const Builder *builder, const yaml_mark_t *start, const yaml_mark_t *end) {
  BaseSpan span = {.file = builder->file, .line = (guint)start->line + 1, .column = (guint)start->column + 1};
  if (end->line == start->line) span.length = (guint)(end->column - start->column);
  return span;
}

static ConfNode *new_node(Builder *builder, ConfKind kind, BaseSpan span) {
  ConfNode *node = g_new0(ConfNode, 1);
  node->kind = kind;
  node->span = span;
  g_ptr_array_add(builder->document->allocations, node);
  return node;
}

static ConfNode **keep_array(Builder *builder, GPtrArray *nodes) {
  if (nodes->len == 0) return NULL;
  ConfNode **array = g_memdup2(nodes->pdata, nodes->len * sizeof *nodes->pdata);
  g_ptr_array_add(builder->document->allocations, array);
  return array;
}

static gboolean add_key(Level *level, ConfNode *key, GError **error) {
  if (key->kind != CONF_SCALAR) {
    base_error_at(error, BASE_ERROR_INPUT, key->span, "a list or map cannot be a key: write a name, then a colon");
    return FALSE;
  }
  const ConfNode *earlier = g_hash_table_lookup(level->names, key->text);
  if (earlier) {
    base_error_at(error, BASE_ERROR_INPUT, key->span, "key \"%s\" is given twice (first on line %u): keep one of them",
                  key->text, earlier->span.line);
    return FALSE;
  }
  g_hash_table_insert(level->names, (gpointer)key->text, key);
  level->key = key;
  return TRUE;
}

/* Puts a node into the open list or map, or makes it the root. */
static gboolean place(Builder *builder, ConfNode *node, GError **error) {
  if (builder->n_levels == 0) {
    builder->document->root = node;
    return TRUE;
  }
  Level *level = &builder->levels[builder->n_levels - 1];
  if (level->node->kind == CONF_MAP && !level->key) return add_key(level, node, error);
  if (level->node->kind == CONF_MAP) g_ptr_array_add(level->keys, g_steal_pointer(&level->key));
  g_ptr_array_add(level->items, node);
  return TRUE;
}

static gboolean refuse_anchor_and_tag(const Builder *builder, const yaml_event_t *event, const yaml_char_t *anchor,
                                      const yaml_char_t *tag, GError **error) {
  BaseSpan span = span_of(builder, &event->start_mark, &event->end_mark);
  if (anchor) {
    base_error_at(error, BASE_ERROR_INPUT, span,
                  "anchors (&%s) and aliases are not accepted: write the value out in each place",
                  (const char *)anchor);
    return FALSE;
  }
  if (tag) {
    base_error_at(error, BASE_ERROR_INPUT, span, "tags (%s) are not accepted: quote a value to make it text",
                  (const char *)tag);
    return FALSE;
  }
  return TRUE;
}

static gboolean open_level(Builder *builder, ConfKind kind, const yaml_event_t *event, GError **error) {
  BaseSpan span = span_of(builder, &event->start_mark, &event->end_mark);
  if (builder->n_levels == MAX_LEVELS) {
    base_error_at(error, BASE_ERROR_LIMIT, span, "more than %d levels of lists and maps (limit: levels of a YAML file)",
                  MAX_LEVELS);
    return FALSE;
  }
  ConfNode *node = new_node(builder, kind, span);
  if (!place(builder, node, error)) return FALSE;
  Level *level = &builder->levels[builder->n_levels++];
  *level = (Level){.node = node, .items = g_ptr_array_new()};
  if (kind == CONF_MAP) {
    level->keys = g_ptr_array_new();
    level->names = g_hash_table_new(g_str_hash, g_str_equal);
  }
  return TRUE;
}

static void close_level(Builder *builder) {
  Level *level = &builder->levels[--builder->n_levels];
  ConfNode *node = level->node;
  node->n = level->items->len;
  node->items = keep_array(builder, level->items);
  if (level->keys) node->keys = keep_array(builder, level->keys);
  level_clear(level);
}

static gboolean add_scalar(Builder *builder, const yaml_event_t *event, GError **error) {
  BaseSpan span = span_of(builder, &event->start_mark, &event->end_mark);
  const char *value = (const char *)event->data.scalar.value;
  gsize length = event->data.scalar.length;
  if (memchr(value, 0, length)) {
    base_error_at(error, BASE_ERROR_INPUT, span, "text with a zero byte (\\0): take it out");
    return FALSE;
  }
  ConfNode *node = new_node(builder, CONF_SCALAR, span);
  char *text = g_strndup(value, length);
  g_ptr_array_add(builder->document->allocations, text);
  node->text = text;
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  return place(builder, node, error);
}

static gboolean take_event(Builder *builder, const yaml_event_t *event, GError **error) {
  BaseSpan span = span_of(builder, &event->start_mark, &event->end_mark);
  switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
      if (!builder->document->root) return TRUE;
      base_error_at(error, BASE_ERROR_INPUT, span,
                    "a second document (---) in one file: put it into a file of its own");
      return FALSE;
    case YAML_ALIAS_EVENT:
      base_error_at(error, BASE_ERROR_INPUT, span, "aliases (*%s) are not accepted: write the value out in each place",
                    (const char *)event->data.alias.anchor);
      return FALSE;
    case YAML_SCALAR_EVENT:
      return refuse_anchor_and_tag(builder, event, event->data.scalar.anchor, event->data.scalar.tag, error) &&
             add_scalar(builder, event, error);
    case YAML_SEQUENCE_START_EVENT:
      return refuse_anchor_and_tag(builder, event, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                                   error) &&
             open_level(builder, CONF_LIST, event, error);
    case YAML_MAPPING_START_EVENT:
      return refuse_anchor_and_tag(builder, event, event->data.mapping_start.anchor, event->data.mapping_start.tag,
                                   error) &&
             open_level(builder, CONF_MAP, event, error);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      close_level(builder);
      return TRUE;
    default:
      return TRUE;
  }
}

/* The commonest slips get words of their own; the rest is libyaml's message with its place. */
static const char *plain_words(const char *problem) {
  static const struct {
    const char *problem;
    const char *words;
  } known[] = {
      {"found a tab character that violates indentation", "a tab: use spaces"},
      {"found character that cannot start any token", "a character that no value starts with: put the text in quotes"},
      {"mapping values are not allowed in this context",
       "a colon where none belongs: check the indentation, and quote text that holds \": \""},
      {"could not find expected ':'", "a key without its colon: write `key: value`"},
      {"did not find expected key", "a key was expected here: check the indentation and the quotes above"},
      {"did not find expected '-' indicator",
       "a list item was expected here: check that all its items start in the same column"},
      {"found unexpected end of stream", "the text ends inside a quoted value: a closing quote is missing"},
      {"control characters are not allowed", "a control character: take it out"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (g_strcmp0(problem, known[i].problem) == 0) return known[i].words;
  return problem ? problem : "this is not YAML";
}

/* A tab at the place of the problem, or among the spaces its line begins with: an editor's, nearly always. libyaml's
 * words differ with what comes before. */
static gboolean find_tab(const Builder *builder, yaml_mark_t mark, guint *column) {
  const char *line = builder->text;
  for (gsize i = 0; i < mark.line && line; i++) {
    const char *stop = memchr(line, '\n', (gsize)(builder->end - line));
    line = stop ? stop + 1 : NULL;
  }
  const char *at = line;
  guint n = 0;
  for (; at && at < builder->end && (*at == ' ' || *at == '\t'); at++, n++) {
    if (*at != '\t') continue;
    *column = n + 1;
    return TRUE;
  }
  for (; at && at < builder->end && n < mark.column; n++) at = g_utf8_next_char(at);
  *column = n + 1;
  return at && at < builder->end && *at == '\t';
}

static void set_parser_error(const Builder *builder, const yaml_parser_t *parser, GError **error) {
  BaseSpan span = {.file = builder->file,
                   .line = (guint)parser->problem_mark.line + 1,
                   .column = (guint)parser->problem_mark.column + 1};
  if (parser->error == YAML_READER_ERROR) {
    span.line = (guint)parser->mark.line + 1;
    span.column = 0;
  }
  guint column = 0;
  if (parser->error == YAML_SCANNER_ERROR && find_tab(builder, parser->problem_mark, &column)) {
    span.column = column;
    base_error_at(error, BASE_ERROR_INPUT, span, "a tab: use spaces");
    return;
  }
  base_error_at(error, BASE_ERROR_INPUT, span, "%s", plain_words(parser->problem));
}

static gboolean read_events(Builder *builder, yaml_parser_t *parser, GError **error) {
  for (gboolean more = TRUE; more;) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event)) {
      set_parser_error(builder, parser, error);
      return FALSE;
    }
    more = event.type != YAML_STREAM_END_EVENT;
    gboolean ok = take_event(builder, &event, error);
    yaml_event_delete(&event);
    if (!ok) return FALSE;
  }
  return TRUE;
}

static gboolean check_text(const char *file, const char *text, gsize length, GError **error) {
  BaseSpan span = {.file = file};
  if (length > MAX_FILE_BYTES) {
    base_error_at(error, BASE_ERROR_LIMIT, span, "larger than 16 MiB (limit: size of a YAML file)");
    return FALSE;
  }
  const char *end;
  if (g_utf8_validate_len(text, length, &end)) return TRUE;
  span.line = 1;
  const char *line_start = text;
  for (const char *at = text; at < end; at++) {
    if (*at != '\n') continue;
    span.line++;
    line_start = at + 1;
  }
  span.column = (guint)g_utf8_strlen(line_start, end - line_start) + 1;
  base_error_at(error, BASE_ERROR_INPUT, span,
                "this is not UTF-8 text (byte 0x%02x): save the file with UTF-8 encoding", (guint)(guchar)*end);
  return FALSE;
}

ConfDocument *conf_document_parse(const char *file, const char *text, gsize length, GError **error) {
  file = file ? g_intern_string(file) : NULL;
  if (!check_text(file, text, length, error)) return NULL;
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    length -= 3;
  }

  g_auto(Builder) builder = {.document = g_new0(ConfDocument, 1), .file = file, .text = text, .end = text + length};
  builder.document->allocations = g_ptr_array_new_with_free_func(g_free);
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) g_error("out of memory");
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const guchar *)text, length);
  gboolean ok = read_events(&builder, &parser, error);
  yaml_parser_delete(&parser);
  return ok ? g_steal_pointer(&builder.document) : NULL;
}

ConfDocument *conf_document_load(const char *path, GError **error) {
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr(GError) cause = NULL;
  if (base_fault("conf-read"))
    g_set_error(&cause, G_FILE_ERROR, G_FILE_ERROR_IO, "Input/output error");
  else
    g_file_get_contents(path, &text, &length, &cause);
  if (cause) {
    gboolean missing = g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_set_error(error, BASE_ERROR, missing ? BASE_ERROR_NOT_FOUND : BASE_ERROR_IO, "%s cannot be read: %s", path,
                cause->message);
    return NULL;
  }
  return conf_document_parse(path, text, length, error);
}

const ConfNode *conf_document_root(const ConfDocument *document) {
  return document->root;
}

void conf_document_free(ConfDocument *document) {
  if (!document) return;
  g_ptr_array_unref(document->allocations);
  g_free(document);
}

const ConfNode *conf_map_get(const ConfNode *map, const char *key) {
  if (!map || map->kind != CONF_MAP) return NULL;
  for (guint i = 0; i < map->n; i++)
    if (strcmp(map->keys[i]->text, key) == 0) return map->items[i];
  return NULL;
}

gboolean conf_is_null(const ConfNode *node) {
  if (!node) return TRUE;
  if (node->kind != CONF_SCALAR || node->quoted) return FALSE;
  const char *text = node->text;
  return *text == 0 || (*text == '~' && text[1] == 0) || (*text == 'n' && strcmp(text, "null") == 0);
}

char *conf_quote(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *out = g_string_new("\"");
  for (const char *at = valid; *at; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf(out, "\\%c", *at);
    else if ((guchar)*at < 0x20 || *at == 0x7f)
      g_string_append_printf(out, "\\x%02x", (guint)*at);
    else
      g_string_append_c(out, *at);
  }
  g_string_append_c(out, '"');
  return g_string_free(out, FALSE);
}
