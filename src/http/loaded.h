/* libmicrohttpd and the Brotli encoder, loaded when a server starts: the first stands on gnutls, and no command that
 * does not serve is to wait for it. The functions go by their own names. Private to src/http. */
#pragma once

#include "base/text.h"

#include <brotli/encode.h>
#include <microhttpd.h>

typedef struct {
  __typeof__(&MHD_start_daemon) start_daemon;
  __typeof__(&MHD_quiesce_daemon) quiesce_daemon;
  __typeof__(&MHD_stop_daemon) stop_daemon;
  __typeof__(&MHD_get_connection_info) get_connection_info;
  __typeof__(&MHD_get_connection_values) get_connection_values;
  __typeof__(&MHD_lookup_connection_value) lookup_connection_value;
  __typeof__(&MHD_suspend_connection) suspend_connection;
  __typeof__(&MHD_resume_connection) resume_connection;
  __typeof__(&MHD_create_response_from_buffer_with_free_callback_cls) create_response_from_content;
  __typeof__(&MHD_create_response_from_buffer) create_response_from_buffer;
  __typeof__(&MHD_create_response_from_callback) create_response_from_callback;
  __typeof__(&MHD_add_response_header) add_response_header;
  __typeof__(&MHD_queue_response) queue_response;
  __typeof__(&MHD_destroy_response) destroy_response;
} LoadedMicrohttpd;

extern LoadedMicrohttpd loaded_mhd;
/* NULL: there is no Brotli on this machine; gzip it is then. */
extern __typeof__(&BrotliEncoderCompress) loaded_brotli_compress;

/* Before any of them; any thread. Errors: IO, which package is missing. */
gboolean loaded_mhd_ready(GError **error);

#define MHD_start_daemon                                       loaded_mhd.start_daemon
#define MHD_quiesce_daemon                                     loaded_mhd.quiesce_daemon
#define MHD_stop_daemon                                        loaded_mhd.stop_daemon
#define MHD_get_connection_info                                loaded_mhd.get_connection_info
#define MHD_get_connection_values                              loaded_mhd.get_connection_values
#define MHD_lookup_connection_value                            loaded_mhd.lookup_connection_value
#define MHD_suspend_connection                                 loaded_mhd.suspend_connection
#define MHD_resume_connection                                  loaded_mhd.resume_connection
#define MHD_create_response_from_buffer_with_free_callback_cls loaded_mhd.create_response_from_content
#define MHD_create_response_from_buffer                        loaded_mhd.create_response_from_buffer
#define MHD_create_response_from_callback                      loaded_mhd.create_response_from_callback
#define MHD_add_response_header                                loaded_mhd.add_response_header
#define MHD_queue_response                                     loaded_mhd.queue_response
#define MHD_destroy_response                                   loaded_mhd.destroy_response
