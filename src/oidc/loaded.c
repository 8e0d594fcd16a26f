/* GnuTLS, loaded when the first signature is looked at. */
#include "oidc/loaded.h"

#include <dlfcn.h>

#define LIBRARY "libgnutls.so.30"

LoadedGnutls loaded_gnutls;

static gboolean find(void *library, const char *name, void *function) {
  void *found = dlsym(library, name);
  *(void **)function = found;
  return found != NULL;
}

static gboolean load(void) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  return library && find(library, "gnutls_pubkey_init", &loaded_gnutls.init) &&
         find(library, "gnutls_pubkey_deinit", &loaded_gnutls.deinit) &&
         find(library, "gnutls_pubkey_import_rsa_raw", &loaded_gnutls.import_rsa) &&
         find(library, "gnutls_pubkey_import_ecc_raw", &loaded_gnutls.import_ecc) &&
         find(library, "gnutls_pubkey_verify_data2", &loaded_gnutls.verify) &&
         find(library, "gnutls_encode_rs_value", &loaded_gnutls.encode_rs) &&
         find(library, "gnutls_free", &loaded_gnutls.release);
}

gboolean loaded_gnutls_ready(GError **error) {
  static gsize state; /* 1: there is none, 2: it is loaded */
  if (g_once_init_enter(&state)) g_once_init_leave(&state, load() ? 2 : 1);
  if (state == 2) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, LIBRARY " is not installed: on Debian, apt-get install libgnutls30");
  return FALSE;
}
