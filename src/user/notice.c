/* A table of what waits; its rows go, since the audit log has what happened. */
#include "user/notice.h"

#include "store/values.h"

static void free_notice(gpointer data) {
  UserNotice *notice = data;
  g_free(notice->id);
  g_free(notice->user);
  g_free(notice->what);
  g_free(notice);
}

gboolean user_notice_add(Store *store, gint64 user_number, const char *what, gint64 at_us, GError **error) {
  g_autofree char *id = g_uuid_string_random();
  const StoreValue values[] = {store_of_text(id), store_of_int(user_number), store_of_text(what),
                               store_of_instant(at_us)};
  return store_run(store, "INSERT INTO attain_notice VALUES ($1, $2, $3, $4, 0, $4)", values, G_N_ELEMENTS(values),
                   NULL, error);
}

GPtrArray *user_notice_due(Store *store, gint64 now_us, GError **error) {
  const StoreValue values[] = {store_of_instant(now_us), store_of_int(USER_MAX_DUE)};
  g_autoptr(StoreRows) rows =
      store_query(store,
                  "SELECT n.id, u.name, n.what, n.happened_at, n.attempts FROM attain_notice n JOIN attain_user u "
                  "USING (user_number) WHERE n.next_at <= $1 ORDER BY n.happened_at, n.id LIMIT $2",
                  values, G_N_ELEMENTS(values), 0, error);
  if (!rows) return NULL;
  GPtrArray *due = g_ptr_array_new_with_free_func(free_notice);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    UserNotice *notice = g_new(UserNotice, 1);
    *notice = (UserNotice){.id = g_strdup(store_text_at(rows, r, 0)),
                           .user = g_strdup(store_text_at(rows, r, 1)),
                           .what = g_strdup(store_text_at(rows, r, 2)),
                           .at_us = store_int_at(rows, r, 3),
                           .n_attempts = (guint)store_int_at(rows, r, 4)};
    g_ptr_array_add(due, notice);
  }
  return due;
}

gboolean user_notice_end(Store *store, const char *id, GError **error) {
  const StoreValue value = store_of_text(id);
  return store_run(store, "DELETE FROM attain_notice WHERE id = $1", &value, 1, NULL, error);
}

gboolean user_notice_put_off(Store *store, const char *id, gint64 next_us, GError **error) {
  const StoreValue values[] = {store_of_text(id), store_of_instant(next_us)};
  return store_run(store, "UPDATE attain_notice SET attempts = attempts + 1, next_at = $2 WHERE id = $1", values,
                   G_N_ELEMENTS(values), NULL, error);
}

gboolean user_notice_next(Store *store, gint64 *next_us, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store, "SELECT count(*), min(next_at) FROM attain_notice", NULL, 0, 0, error);
  if (rows) *next_us = store_int_at(rows, 0, 0) > 0 ? store_int_at(rows, 0, 1) : G_MAXINT64;
  return rows != NULL;
}
