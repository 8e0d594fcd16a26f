/* What a file of deals or sales says besides of people, accounts and products: "Customer ID" beside "Customer Name"
 * names the customer, a rep's region and an account's industry make rows of their own. */
#include "ingest/propose.h"

typedef struct {
  const char *table, *by; /* the table, and the deal's column that refers to it */
  const char *columns[5];
} Side;

/* "Customer ID" and "Customer Name": the words without the last, when that says which of both it is; of
 * "owner.fullName" without the last two. */
static char *stem_of(const ProfileColumn *column, gboolean *is_name) {
  static const char *const ids[] = {"id", "no", "nr", "number", "code", "key", "num", "sk", "nummer", "uuid", NULL};
  static const char *const names[] = {"name", "title", "label", NULL}, *const whole[] = {"full", "display", NULL};
  guint n = g_strv_length(column->words);
  *is_name = n > 1 && g_strv_contains(names, column->words[n - 1]);
  if (n < 2 || !(*is_name || g_strv_contains(ids, column->words[n - 1]))) return NULL;
  gsize last = strlen(column->words[n - 1]), all = strlen(column->key);
  if (*is_name && n > 2 && g_strv_contains(whole, column->words[n - 2])) last += strlen(column->words[n - 2]);
  return all > last ? g_strndup(column->key, all - last) : NULL;
}

static ProfileColumn *sibling_of(const ProposeEntry *entry, const ProfileColumn *column) {
  gboolean is_name = FALSE;
  g_autofree char *stem = stem_of(column, &is_name);
  for (guint i = 0; stem && i < entry->from->columns->len; i++) {
    ProfileColumn *other = entry->from->columns->pdata[i];
    gboolean other_is_name = FALSE;
    g_autofree char *other_stem = stem_of(other, &other_is_name);
    gboolean bare = !is_name && g_str_equal(other->key, stem);
    if (other == column || other->n_filled == 0) continue;
    if (bare || (other_stem && other_is_name != is_name && g_str_equal(stem, other_stem))) return other;
  }
  return NULL;
}

/* An id beside a name is the id, when each id has one name; else the name is. Returns the name's column, or NULL. */
static ProfileColumn *settle_pair(Propose *propose, ProposeEntry *entry, ProposeColumn *by) {
  ProfileColumn *other = sibling_of(entry, by->of);
  if (!other) return NULL;
  gboolean is_name = FALSE;
  g_free(stem_of(by->of, &is_name));
  ProfileColumn *id = is_name ? other : by->of, *name = is_name ? by->of : other;
  g_autofree char *a = profile_sql_text(id);
  g_autofree char *b = profile_sql_text(name);
  g_autofree char *sql = g_strdup_printf(
      "SELECT count(DISTINCT (i, n)) - count(DISTINCT i) + count(*) FILTER (i IS NULL AND n IS NOT NULL) FROM (SELECT "
      "%s "
      "AS i, %s AS n FROM %s) AS t WHERE n IS NOT NULL",
      a, b, entry->from->table);
  gint64 odd = profile_count(propose->scratch, sql);
  by->of = odd == 0 ? id : name;
  if (odd > 0)
    propose_check(propose, "%s: %s is not used, as some of its values have several %s.", entry->from->pattern,
                  id->header, name->header);
  return odd == 0 ? name : NULL;
}

/* The mail address beside an id or a name: "owner.email" beside "owner.id". */
static ProfileColumn *email_beside(const ProposeEntry *entry, const ProfileColumn *column) {
  gboolean is_name = FALSE;
  g_autofree char *stem = stem_of(column, &is_name);
  for (guint i = 0; stem && i < entry->from->columns->len; i++) {
    ProfileColumn *other = entry->from->columns->pdata[i];
    g_autofree char *wanted = g_strconcat(stem, "email", NULL);
    if (other->n_emails > 0 && g_str_equal(other->key, wanted)) return other;
  }
  return NULL;
}

/* A stage is known by its name, where each id of a stage has one name beside it. */
void propose_stage_name(const Propose *propose, const ProposeEntry *entry) {
  ProposeColumn *stage = propose_entry_column(entry, "stage");
  if (propose->system || !stage || !stage->of || stage->lookup || stage->values) return;
  gboolean is_name = FALSE, named = FALSE;
  g_free(stem_of(stage->of, &is_name));
  ProfileColumn *other = is_name ? NULL : sibling_of(entry, stage->of);
  if (!other) return;
  g_free(stem_of(other, &named));
  g_autofree char *a = profile_sql_text(stage->of);
  g_autofree char *b = profile_sql_text(other);
  g_autofree char *sql =
      g_strdup_printf("SELECT count(DISTINCT (i, n)) - count(DISTINCT i) FROM (SELECT %s AS i, %s AS n FROM %s) AS t",
                      a, b, entry->from->table);
  if (named && profile_count(propose->scratch, sql) == 0) stage->of = other;
}

static void add_side(Propose *propose, ProposeEntry *entry, const Side *side) {
  ProposeColumn *by = propose_entry_column(entry, side->by);
  if (!by || !by->of || by->lookup || by->values || propose_find(propose, side->table)) return;
  ProfileColumn *name = propose->system ? NULL : settle_pair(propose, entry, by);
  ProposeEntry *made = name ? propose_entry_new(propose, side->table, entry->from) : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(side->columns) && side->columns[i]; i++) {
    ProfileColumn *extra = propose_extra(entry, side->columns[i]);
    if (!extra) continue;
    if (!made) made = propose_entry_new(propose, side->table, entry->from);
    propose_entry_set(made, side->columns[i], extra);
  }
  if (!made) return;
  propose_entry_set(made, "id", by->of);
  propose_entry_set(made, "name", name ? name : by->of);
  ProfileColumn *email = g_str_equal(side->table, "person") ? email_beside(entry, by->of) : NULL;
  if (email) propose_entry_set(made, "email", email);
  g_autofree char *header = store_quote_name(by->of->header);
  made->where = g_strdup_printf("coalesce(%s, '') <> ''", header);
  made->comment = g_strdup_printf("one row for each %s", by->of->header);
  propose_assumed(propose, "%s also says what there is to know of its %s.", entry->from->pattern,
                  g_str_equal(side->table, "person") ? "people" : side->table);
}

void propose_sides(Propose *propose, ProposeEntry *entry) {
  static const Side sides[] = {{"person", "owner", {"manager", "team", "region", NULL}},
                               {"account", "account", {"industry", "country", "segment", NULL}},
                               {"product", "product", {"family", NULL}}};
  for (gsize i = 0; i < G_N_ELEMENTS(sides); i++) add_side(propose, entry, &sides[i]);
}
