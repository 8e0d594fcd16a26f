/* GnuTLS, loaded when the first signature is looked at: the server stands on it already, for TLS, and no command that
 * does not serve is to wait for it. The functions go by their own names. Private to src/oidc. */
#pragma once

#include "base/text.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

typedef struct {
  __typeof__(&gnutls_pubkey_init) init;
  __typeof__(&gnutls_pubkey_deinit) deinit;
  __typeof__(&gnutls_pubkey_import_rsa_raw) import_rsa;
  __typeof__(&gnutls_pubkey_import_ecc_raw) import_ecc;
  __typeof__(&gnutls_pubkey_verify_data2) verify;
  __typeof__(&gnutls_encode_rs_value) encode_rs;
  gnutls_free_function *release;
} LoadedGnutls;

extern LoadedGnutls loaded_gnutls;

/* Before any of them; any thread. Errors: IO, which package is missing. */
gboolean loaded_gnutls_ready(GError **error);

#define gnutls_pubkey_init           loaded_gnutls.init
#define gnutls_pubkey_deinit         loaded_gnutls.deinit
#define gnutls_pubkey_import_rsa_raw loaded_gnutls.import_rsa
#define gnutls_pubkey_import_ecc_raw loaded_gnutls.import_ecc
#define gnutls_pubkey_verify_data2   loaded_gnutls.verify
#define gnutls_encode_rs_value       loaded_gnutls.encode_rs
