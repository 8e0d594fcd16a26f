/* libcurl, loaded when something is first sent. */
#include "send/loaded.h"

#include <dlfcn.h>

#define LIBRARY "libcurl.so.4"

LoadedCurl loaded_curl;

static gboolean find(void *library, const char *name, void *function) {
  void *found = dlsym(library, name);
  *(void **)function = found;
  return found != NULL;
}

static gboolean load(void) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  gboolean all = library && find(library, "curl_global_init", &loaded_curl.global_init) &&
                 find(library, "curl_easy_init", &loaded_curl.init) &&
                 find(library, "curl_easy_setopt", &loaded_curl.setopt) &&
                 find(library, "curl_easy_perform", &loaded_curl.perform) &&
                 find(library, "curl_easy_getinfo", &loaded_curl.getinfo) &&
                 find(library, "curl_easy_strerror", &loaded_curl.strerror) &&
                 find(library, "curl_easy_cleanup", &loaded_curl.cleanup) &&
                 find(library, "curl_slist_append", &loaded_curl.append) &&
                 find(library, "curl_slist_free_all", &loaded_curl.free_all);
  return all && loaded_curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

gboolean loaded_curl_ready(char **words) {
  static gsize state; /* 1: there is none, 2: it is loaded */
  if (g_once_init_enter(&state)) g_once_init_leave(&state, load() ? 2 : 1);
  if (state == 2) return TRUE;
  *words = g_strdup(LIBRARY " is not installed: on Debian, apt-get install libcurl4");
  return FALSE;
}
