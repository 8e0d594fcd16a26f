/* policy.yaml of any bytes: a policy, or an error that says where; never half of one. */
#include "access/policy.h"
#include "fuzz.h"

#include <glib/gstdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char *folder, *path;
  g_autoptr(GError) error = NULL;
  if (!folder) folder = g_dir_make_tmp("attain-fuzz-XXXXXX", &error);
  if (!path) path = g_build_filename(folder, "policy.yaml", NULL);
  g_assert_no_error(error);
  g_assert(g_file_set_contents_full(path, (const char *)data, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600, &error));
  g_autoptr(AccessPolicy) policy = access_policy_read(folder, &error);
  g_unlink(path);
  g_assert((policy == NULL) == (error != NULL));
  if (error) g_assert(strstr(error->message, "policy.yaml") && g_utf8_validate(error->message, -1, NULL));
  for (guint i = 0; policy && i < USER_N_ROLES; i++) {
    const AccessRole *role = &policy->roles[i];
    g_assert(((role->may & USER_MAY_SEE_ALL) != 0) == (role->sees == ACCESS_ALL));
  }
  return 0;
}
