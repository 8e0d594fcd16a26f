/* Answers as they were sent, by what they depend on. Any thread. Private to src/app. */
#pragma once

#include "app/server.h"

#define API_CACHE_BYTES (64u << 20) /* the usual cap: of the bytes kept, and twice for what they are compressed */

ApiCache *api_cache_new(gsize max_bytes);
void api_cache_free(ApiCache *cache);
/* Of a key that `reader` was given before; otherwise NULL, so that the library sees who looks at what. Release it. */
HttpContent *api_cache_find(ApiCache *cache, const char *key, const char *reader);
/* Lets go of those not asked for the longest until there is room. What is more than a quarter of all is not kept. */
void api_cache_keep(ApiCache *cache, const char *key, HttpContent *content, gsize n_bytes, const char *reader);
gsize api_cache_bytes(ApiCache *cache);
