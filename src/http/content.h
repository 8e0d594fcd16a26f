/* Bytes that are sent, with what is derived from them and kept: their tag and what they are compressed. Private to
 * src/http. */
#pragma once

#include "http/http.h"
#include "http/negotiate.h"

typedef struct {
  const char *bytes;
  gsize length;
  HttpEncoding encoding;
} HttpForm;

const char *http_content_type(const HttpContent *content);
gsize http_content_length(const HttpContent *content);
/* With quotes and the mark of a weak one; made when first asked for. Owned by the content. */
const char *http_content_tag(HttpContent *content);
/* Whether it is worth compressing. */
gboolean http_content_shrinks(const HttpContent *content);
/* The bytes for who takes `encoding`, compressed when first asked for; as they are where that is no smaller. They live
 * as long as the content. */
HttpForm http_content_form(HttpContent *content, HttpEncoding encoding);
