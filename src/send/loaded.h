/* libcurl, loaded when something is first sent: it stands on thirty libraries, which would take 8 ms of every start.
 * The functions go by their own names. Private to src/send. */
#pragma once

#include <glib.h>

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

typedef struct {
  __typeof__(&curl_global_init) global_init;
  __typeof__(&curl_easy_init) init;
  __typeof__(&curl_easy_setopt) setopt;
  __typeof__(&curl_easy_perform) perform;
  __typeof__(&curl_easy_getinfo) getinfo;
  __typeof__(&curl_easy_strerror) strerror;
  __typeof__(&curl_easy_cleanup) cleanup;
  __typeof__(&curl_slist_append) append;
  __typeof__(&curl_slist_free_all) free_all;
} LoadedCurl;

extern LoadedCurl loaded_curl;

/* Before any of them. Any thread; FALSE: there is no libcurl on this machine, and `words` (caller frees) say so. */
gboolean loaded_curl_ready(char **words);

#define curl_easy_init      loaded_curl.init
#define curl_easy_setopt    loaded_curl.setopt
#define curl_easy_perform   loaded_curl.perform
#define curl_easy_getinfo   loaded_curl.getinfo
#define curl_easy_strerror  loaded_curl.strerror
#define curl_easy_cleanup   loaded_curl.cleanup
#define curl_slist_append   loaded_curl.append
#define curl_slist_free_all loaded_curl.free_all
