/* Bodies of records as the one form that attain_put() takes. Private to src/app. */
#pragma once

#include <glib.h>

/* An object, with the id of its address put in; NULL for what is no object. The caller frees it. */
char *put_body_with_id(const char *json, const char *id);
/* Objects, one a line, as an array; empty lines are passed over. Whether each is an object is for who reads it. */
char *put_body_of_lines(const char *lines);
