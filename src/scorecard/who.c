/* Names without a dimension, and the usual set of KPIs. */
#include "scorecard/who.h"

#define SHOWN_NAMES 5

/* In which order a bare name is looked for. */
static const char *const order[] = {"team", "manager", "rep", "region", "product", "industry", "source"};

static gboolean same_name(const char *a, const char *b) {
  g_autofree char *x = g_utf8_casefold(a, -1), *y = g_utf8_casefold(b, -1);
  return g_str_equal(x, y);
}

static gboolean has_word(const char *name, const char *word) {
  g_auto(GStrv) words = g_strsplit(name, " ", -1);
  for (char **one = words; *one; one++)
    if (same_name(*one, word)) return TRUE;
  return FALSE;
}

static const TargetKnown *find(const GArray *known, const char *name) {
  for (guint d = 0; d < G_N_ELEMENTS(order); d++)
    for (guint i = 0; i < known->len; i++) {
      const TargetKnown *one = &g_array_index(known, TargetKnown, i);
      if (g_str_equal(one->dimension, order[d]) && same_name(one->name, name)) return one;
    }
  return NULL;
}

/* The names that have the word in them, each once; caller frees the array. */
static GPtrArray *names_with(const GArray *known, const char *word) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < known->len; i++) {
    const char *name = g_array_index(known, TargetKnown, i).name;
    if (has_word(name, word) && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
      g_ptr_array_add(names, (gpointer)name);
  }
  return names;
}

static void set_several(GPtrArray *names, const char *word, GError **error) {
  guint n = names->len;
  g_ptr_array_set_size(names, (gint)MIN(n, SHOWN_NAMES));
  g_ptr_array_add(names, NULL);
  g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%u are called \"%s\": %s%s. Write the whole name", n, word,
              list, n > SHOWN_NAMES ? " …" : "");
}

static void set_unknown(const GArray *known, const char *name, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < known->len; i++) g_ptr_array_add(names, g_array_index(known, TargetKnown, i).name);
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
              "nobody is called \"%s\", no person, team, region or product%s%s%s", name,
              nearest ? ": did you mean \"" : ": write company, team:North or \"rep:Ana Silva\"",
              nearest ? nearest : "", nearest ? "\"?" : "");
}

gboolean scorecard_who_read(const QueryContext *context, const char *text, char **dimension, char **member,
                            GError **error) {
  g_autofree char *name = g_strstrip(g_strdup(text));
  if (strchr(name, ':') || g_ascii_strcasecmp(name, TARGET_COMPANY) == 0) {
    if (!target_who_read(context, name, dimension, member, error)) return FALSE;
    if (*member || g_str_equal(*dimension, TARGET_COMPANY)) return TRUE;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "\"%s\" names nobody: write who behind the colon, or ask by %s for each", text, *dimension);
    g_clear_pointer(dimension, g_free);
    return FALSE;
  }
  g_autoptr(GArray) known = target_members_known(context, error);
  if (!known) return FALSE;
  const TargetKnown *found = find(known, name);
  g_autoptr(GPtrArray) others = found ? NULL : names_with(known, name);
  if (others && others->len == 1) found = find(known, g_ptr_array_index(others, 0));
  if (others && others->len > 1) set_several(others, name, error);
  if (others && others->len == 0) set_unknown(known, name, error);
  if (!found) return FALSE;
  *dimension = g_strdup(found->dimension);
  *member = g_strdup(found->name);
  return TRUE;
}

const char *scorecard_role_of(const char *dimension) {
  static const char *const roles[][2] = {{"rep", "rep"},          {"team", "leader"},        {"manager", "leader"},
                                         {"source", "marketing"}, {"campaign", "marketing"}, {"channel", "marketing"}};
  for (guint i = 0; i < G_N_ELEMENTS(roles); i++)
    if (g_str_equal(roles[i][0], dimension)) return roles[i][1];
  return "manager";
}
