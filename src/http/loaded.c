/* libmicrohttpd and the Brotli encoder, loaded when a server starts. */
#include "http/loaded.h"

#include <dlfcn.h>

#define SERVER_LIBRARY "libmicrohttpd.so.12"
#define BROTLI_LIBRARY "libbrotlienc.so.1"

LoadedMicrohttpd loaded_mhd;
__typeof__(&BrotliEncoderCompress) loaded_brotli_compress;

static gboolean find(void *library, const char *name, void *function) {
  void *found = dlsym(library, name);
  *(void **)function = found;
  return found != NULL;
}

static gboolean load(void) {
  void *brotli = dlopen(BROTLI_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (brotli) find(brotli, "BrotliEncoderCompress", &loaded_brotli_compress);
  void *mhd = dlopen(SERVER_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  return mhd && find(mhd, "MHD_start_daemon", &loaded_mhd.start_daemon) &&
         find(mhd, "MHD_quiesce_daemon", &loaded_mhd.quiesce_daemon) &&
         find(mhd, "MHD_stop_daemon", &loaded_mhd.stop_daemon) &&
         find(mhd, "MHD_get_connection_info", &loaded_mhd.get_connection_info) &&
         find(mhd, "MHD_get_connection_values", &loaded_mhd.get_connection_values) &&
         find(mhd, "MHD_lookup_connection_value", &loaded_mhd.lookup_connection_value) &&
         find(mhd, "MHD_suspend_connection", &loaded_mhd.suspend_connection) &&
         find(mhd, "MHD_resume_connection", &loaded_mhd.resume_connection) &&
         find(mhd, "MHD_create_response_from_buffer_with_free_callback_cls",
              &loaded_mhd.create_response_from_content) &&
         find(mhd, "MHD_create_response_from_buffer", &loaded_mhd.create_response_from_buffer) &&
         find(mhd, "MHD_create_response_from_callback", &loaded_mhd.create_response_from_callback) &&
         find(mhd, "MHD_add_response_header", &loaded_mhd.add_response_header) &&
         find(mhd, "MHD_queue_response", &loaded_mhd.queue_response) &&
         find(mhd, "MHD_destroy_response", &loaded_mhd.destroy_response);
}

gboolean loaded_mhd_ready(GError **error) {
  static gsize state; /* 1: there is none, 2: it is loaded */
  if (g_once_init_enter(&state)) g_once_init_leave(&state, load() ? 2 : 1);
  if (state == 2) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
              SERVER_LIBRARY " is not installed: on Debian, apt-get install libmicrohttpd12");
  return FALSE;
}
