/* One user of each role, as `attain demo --users` makes them: somebody of the company where the role is somebody's. */
#include "app/demo_users.h"

#include "app/failed.h"
#include "user/secret.h"

#include <attain/attain.h>

#define PASSWORD_CHARS 16

/* Whom each role is given to: somebody of the records, or nobody of them (`cast` < 0) under a name of their own. */
static const struct {
  const char *role, *user;
  int cast;
} users[] = {
    {"rep", NULL, DEMO_CAST_REP},
    {"leader", NULL, DEMO_CAST_LEADER},
    {"manager", NULL, DEMO_CAST_MANAGER},
    {"executive", NULL, DEMO_CAST_HEAD},
    {"marketing", NULL, DEMO_CAST_MARKETER},
    {"finance", "finance@nordwind-telematics.example", -1},
    {"coach", "coach@nordwind-telematics.example", -1},
    {"administrator", "admin@nordwind-telematics.example", -1},
};

static gboolean add_user(AttainWorkspace *workspace, const AttainUser *user, const char *password,
                         AttainError *failed) {
  char *link = attain_user_add(workspace, user, failed);
  char *session = link ? attain_accept_invitation(workspace, link, password, NULL, failed) : NULL;
  gboolean ok = session && attain_sign_out(workspace, session, failed);
  user_password_free(link);
  user_password_free(session);
  return ok;
}

static gboolean add_all(const CliContext *context, AttainWorkspace *workspace, const DemoSummary *summary,
                        const char *password, AttainError *failed) {
  fprintf(context->out, "\nSign in as any of them, with the password  %s\n", password);
  for (guint i = 0; i < G_N_ELEMENTS(users); i++) {
    const char *email = users[i].cast < 0 ? users[i].user : summary->cast[users[i].cast];
    if (!*email) continue;
    const AttainUser user = {.user = email, .role = users[i].role, .person = users[i].cast < 0 ? NULL : email};
    if (!add_user(workspace, &user, password, failed)) return FALSE;
    fprintf(context->out, "  %-14s %s\n", users[i].role, email);
  }
  return TRUE;
}

gboolean demo_users_add(const CliContext *context, const char *folder, const DemoSummary *summary, GError **error) {
  AttainError failed = {0};
  AttainWorkspace *workspace = attain_open(folder, &(AttainOptions){.now = context->now}, &failed);
  char *password = user_secret_new();
  password[PASSWORD_CHARS] = '\0';
  gboolean ok = workspace && add_all(context, workspace, summary, password, &failed);
  user_password_free(password);
  attain_close(workspace);
  return ok || app_fail(&failed, error) == 0;
}
