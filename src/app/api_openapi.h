/* The API's description, made of the table of routes and schemas/api. Private to src/app. */
#pragma once

#include <glib.h>

/* OpenAPI 3.1 as JSON; the caller frees. The same for the same program. */
char *api_openapi(void);
