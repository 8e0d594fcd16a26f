/* A JSON text (RFC 8259) as a tree of values in one array: strict, for it comes from strangers. Nothing beside the
 * grammar is taken: no comments, no commas at the end, no numbers with leading zeros, no half of a surrogate pair, no
 * NUL in a text. */
#pragma once

#include "base/text.h"

#define BASE_JSON_MAX_DEPTH 32 /* objects and lists within one another */

typedef enum {
  BASE_JSON_NULL,
  BASE_JSON_FLAG,
  BASE_JSON_NUMBER,
  BASE_JSON_TEXT,
  BASE_JSON_LIST,
  BASE_JSON_OBJECT
} BaseJsonKind;

typedef struct {
  BaseJsonKind kind;
  gboolean flag;
  const char *name; /* in its object; NULL elsewhere */
  const char *text; /* of TEXT */
  double number;
  gsize start, end; /* where it stands in the source */
  guint first;      /* value within it; 0: none, for the first value of all is in no other */
  guint next;       /* beside it; 0: it is the last */
} BaseJsonValue;

typedef struct BaseJson BaseJson;

/* `text` is UTF-8 and ends with NUL; it is not kept. Errors: INPUT with the line and column; LIMIT for the depth. */
BaseJson *base_json_read(const char *text, gsize length, GError **error);
void base_json_free(BaseJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BaseJson, base_json_free)

/* Value 0 is the whole. */
const BaseJsonValue *base_json_value(const BaseJson *json, guint index);
