/* Whoever runs a command for somebody else gives its sessions the database that is open. */
#include "app/opening.h"

Session *app_open_as_of(const CliContext *context, const char *as_of, guint needs, GError **error) {
  return session_open_at(context->host, context->folder, context->now, as_of, needs, error);
}

Session *app_open(const CliContext *context, guint needs, GError **error) {
  return app_open_as_of(context, NULL, needs, error);
}
