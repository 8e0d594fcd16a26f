/* Members of a request's body, by name and kind. What a handler asks for is what may stand there. */
#include "app/api_body.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

#define MAX_WHOLE 9007199254740991.0 /* beyond, a double is no longer every whole number */

struct ApiBody {
  BaseJson *json; /* owned by the outermost; NULL: there is nothing in it */
  const char *source;
  char *copy;          /* of the source, of the outermost */
  guint object;        /* its value */
  char *place;         /* "questions[1]."; "" of the outermost */
  GPtrArray *asked;    /* const char *: names that were asked for */
  GPtrArray *children; /* ApiBody */
  GPtrArray *lists;    /* GPtrArray of const char *, NULL at the end; or of ApiBody, not owned */
  GStringChunk *texts;
  char *wrong;
};

/* --- making --- */

static ApiBody *make(BaseJson *json, const char *source, guint object, const char *place) {
  ApiBody *body = g_new0(ApiBody, 1);
  body->json = json;
  body->source = source;
  body->object = object;
  body->place = g_strdup(place);
  body->asked = g_ptr_array_new();
  body->children = g_ptr_array_new_with_free_func((GDestroyNotify)api_body_free);
  body->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  body->texts = g_string_chunk_new(64);
  return body;
}

ApiBody *api_body_parse(const char *text, gsize length) {
  g_autoptr(GError) error = NULL;
  if (length == 0) return make(NULL, NULL, 0, "");
  char *copy = g_strndup(text, length);
  BaseJson *json = base_json_read(copy, length, &error);
  ApiBody *body = make(json, copy, 0, "");
  body->copy = copy;
  if (!json) {
    body->wrong = g_strdup_printf("the body is no JSON: %s", error->message);
  } else if (base_json_value(json, 0)->kind != BASE_JSON_OBJECT) {
    body->wrong = g_strdup("the body is to be an object, such as {\"kpis\": [\"revenue\"]}");
  }
  return body;
}

ApiBody *api_body_new(HttpExchange *exchange) {
  gsize length;
  const char *text = http_body(exchange, &length);
  return api_body_parse(text, length);
}

void api_body_free(ApiBody *body) {
  if (!body) return;
  g_ptr_array_unref(body->children);
  g_ptr_array_unref(body->lists);
  g_ptr_array_unref(body->asked);
  g_string_chunk_free(body->texts);
  if (body->copy) base_json_free(body->json);
  g_free(body->copy);
  g_free(body->place);
  g_free(body->wrong);
  g_free(body);
}

/* --- members --- */

void api_body_mark(ApiBody *body, const char *name, const char *format, ...) {
  if (body->wrong) return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *what = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  body->wrong = g_strdup_printf("%s%s %s", body->place, name, what);
}

/* NULL: it is not given, or is null. */
static const BaseJsonValue *find(ApiBody *body, const char *name) {
  g_ptr_array_add(body->asked, (gpointer)name);
  if (!body->json || body->wrong) return NULL;
  for (guint i = base_json_value(body->json, body->object)->first; i; i = base_json_value(body->json, i)->next) {
    const BaseJsonValue *value = base_json_value(body->json, i);
    if (strcmp(value->name, name) == 0) return value->kind == BASE_JSON_NULL ? NULL : value;
  }
  return NULL;
}

const char *api_body_text(ApiBody *body, const char *name) {
  const BaseJsonValue *value = find(body, name);
  if (!value) return NULL;
  if (value->kind != BASE_JSON_TEXT) api_body_mark(body, name, "is to be a text, in quotes");
  return value->text;
}

const char *const *api_body_texts(ApiBody *body, const char *name) {
  const BaseJsonValue *value = find(body, name);
  if (!value) return NULL;
  GPtrArray *texts = g_ptr_array_new();
  g_ptr_array_add(body->lists, texts);
  if (value->kind == BASE_JSON_TEXT) {
    g_ptr_array_add(texts, (gpointer)value->text);
  } else if (value->kind != BASE_JSON_LIST) {
    api_body_mark(body, name, "is to be a list of texts: [\"one\", \"two\"]");
  } else {
    for (guint i = value->first; i; i = base_json_value(body->json, i)->next) {
      const BaseJsonValue *item = base_json_value(body->json, i);
      if (item->kind != BASE_JSON_TEXT) api_body_mark(body, name, "is to have nothing but texts in it, in quotes");
      g_ptr_array_add(texts, (gpointer)item->text);
    }
  }
  g_ptr_array_add(texts, NULL);
  return body->wrong ? NULL : (const char *const *)texts->pdata;
}

gint64 api_body_number(ApiBody *body, const char *name) {
  const BaseJsonValue *value = find(body, name);
  if (!value) return 0;
  double number = value->kind == BASE_JSON_NUMBER ? value->number : -1;
  if (number >= 0 && number <= MAX_WHOLE && number == floor(number)) return (gint64)number;
  api_body_mark(body, name, "is to be a whole number from 0, without quotes");
  return 0;
}

gboolean api_body_flag(ApiBody *body, const char *name) {
  const BaseJsonValue *value = find(body, name);
  if (!value) return FALSE;
  if (value->kind != BASE_JSON_FLAG) api_body_mark(body, name, "is to be true or false, without quotes");
  return value->flag;
}

const char *api_body_json(ApiBody *body, const char *name) {
  const BaseJsonValue *value = find(body, name);
  if (!value) return NULL;
  return g_string_chunk_insert_len(body->texts, body->source + value->start, (gssize)(value->end - value->start));
}

const GPtrArray *api_body_objects(ApiBody *body, const char *name, guint most) {
  GPtrArray *objects = g_ptr_array_new();
  g_ptr_array_add(body->lists, objects);
  const BaseJsonValue *value = find(body, name);
  if (!value) return objects;
  if (value->kind != BASE_JSON_LIST) api_body_mark(body, name, "is to be a list of objects: [{…}, {…}]");
  for (guint i = value->kind == BASE_JSON_LIST ? value->first : 0; i; i = base_json_value(body->json, i)->next) {
    if (objects->len == most) api_body_mark(body, name, "has more than %u objects in it", most);
    if (base_json_value(body->json, i)->kind != BASE_JSON_OBJECT)
      api_body_mark(body, name, "is to have nothing but objects in it: [{…}, {…}]");
    if (body->wrong) break;
    g_autofree char *place = g_strdup_printf("%s%s[%u].", body->place, name, objects->len);
    ApiBody *child = make(body->json, body->source, i, place);
    g_ptr_array_add(body->children, child);
    g_ptr_array_add(objects, child);
  }
  return objects;
}

/* --- what is wrong --- */

static gboolean was_asked(const ApiBody *body, const char *name) {
  for (guint i = 0; i < body->asked->len; i++)
    if (strcmp(body->asked->pdata[i], name) == 0) return TRUE;
  return FALSE;
}

static void check_name(ApiBody *body, GHashTable *seen, const char *name) {
  if (!g_hash_table_add(seen, (gpointer)name)) api_body_mark(body, name, "is given twice");
  if (was_asked(body, name)) return;
  const char *near = base_nearest(name, (const char *const *)body->asked->pdata, body->asked->len);
  if (near) api_body_mark(body, name, "is not known here: did you mean %s?", near);
  g_autoptr(GString) known = g_string_new(NULL);
  for (guint i = 0; i < body->asked->len; i++)
    g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", (char *)body->asked->pdata[i]);
  api_body_mark(body, name, "is not known here: %s%s", known->len ? "it takes " : "nothing is taken", known->str);
}

static void check_names(ApiBody *body) {
  if (!body->json || body->wrong) return;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = base_json_value(body->json, body->object)->first; i; i = base_json_value(body->json, i)->next)
    check_name(body, seen, base_json_value(body->json, i)->name);
}

const char *api_body_wrong(ApiBody *body) {
  check_names(body);
  for (guint i = 0; i < body->children->len && !body->wrong; i++)
    body->wrong = g_strdup(api_body_wrong(body->children->pdata[i]));
  return body->wrong;
}

gboolean api_body_end(ApiBody *body, HttpExchange *exchange) {
  const char *wrong = api_body_wrong(body);
  if (wrong) http_problem(exchange, 400, "wrong-body", "The body could not be read", "%s", wrong);
  return wrong == NULL;
}
