/* The library's errors by the codes that the commands end with. */
#include "app/failed.h"

int app_fail(AttainError *failed, GError **error) {
  static const BaseErrorCode codes[] = {
      [ATTAIN_ERROR_NONE] = BASE_ERROR_IO,
      [ATTAIN_ERROR_INPUT] = BASE_ERROR_INPUT,
      [ATTAIN_ERROR_NOT_FOUND] = BASE_ERROR_NOT_FOUND,
      [ATTAIN_ERROR_LIMIT] = BASE_ERROR_LIMIT,
      [ATTAIN_ERROR_BUSY] = BASE_ERROR_BUSY,
      [ATTAIN_ERROR_VERSION] = BASE_ERROR_VERSION,
      [ATTAIN_ERROR_IO] = BASE_ERROR_IO,
      [ATTAIN_ERROR_USAGE] = BASE_ERROR_USAGE,
      [ATTAIN_ERROR_CANCELLED] = BASE_ERROR_IO,
      [ATTAIN_ERROR_FORBIDDEN] = BASE_ERROR_FORBIDDEN,
  };
  BaseErrorCode code = (gsize)failed->code < G_N_ELEMENTS(codes) ? codes[failed->code] : BASE_ERROR_IO;
  g_set_error_literal(error, BASE_ERROR, (int)code, failed->message ? failed->message : "it could not be done");
  attain_error_clear(failed);
  return -1;
}
