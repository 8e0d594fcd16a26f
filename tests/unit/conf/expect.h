/* Checks shared by the tests of src/conf. */
#pragma once

#include "../unit.h"
#include "conf/conf.h"

/* The error must be there, of this code, and its message must be exactly this. */
static inline void expect_error(GError *error, BaseErrorCode code, const char *message) {
  assert_non_null(error);
  assert_string_equal(error->message, message);
  assert_int_equal(error->domain, BASE_ERROR);
  assert_int_equal(error->code, code);
  g_error_free(error);
}

static inline ConfDocument *parse_text(const char *text) {
  g_autoptr(GError) error = NULL;
  ConfDocument *document = conf_document_parse("a.yaml", text, strlen(text), &error);
  if (error) fail_msg("%s", error->message);
  return document;
}

static inline void expect_refused(const char *text, BaseErrorCode code, const char *message) {
  GError *error = NULL;
  ConfDocument *document = conf_document_parse("a.yaml", text, strlen(text), &error);
  assert_null(document);
  expect_error(error, code, message);
}
