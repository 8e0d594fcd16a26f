/* What an event says, and for whom it is.
 *
 * Who sees the whole company is told of every commit. Anybody else is told only of commits in which something of theirs
 * changed: by name and table where somebody whom they see today is credited with it; else only that there was something
 * (rates and stages, which any number may rest on). Of somebody who was theirs and is no more they still see the
 * records of then, of which it is not known whether they are the ones that changed: that something did is told with the
 * next event, or later, so that nobody follows who has left them. Of other commits they are told nothing. While what a
 * reader sees changes, a commit is told by name only of those whom they saw before and see after. */
#include "app/feed_private.h"
#include "cli/cli.h"

#include <string.h>

#define MAX_NAMED 100 /* people in one event: of more it is said that it is for everybody */

/* --- changes --- */

static void touched_clear(gpointer data) {
  FeedTouched *touched = data;
  g_free(touched->table);
  g_array_unref(touched->people);
}

static int compare_keys(gconstpointer a, gconstpointer b) {
  gint32 x = *(const gint32 *)a, y = *(const gint32 *)b;
  return (x > y) - (x < y);
}

static void add_touched(FeedChange *kept, const char *table, const AttainTouched *from) {
  FeedTouched touched = {.table = g_strdup(table), .people = g_array_new(FALSE, FALSE, sizeof(gint32))};
  if (from) {
    touched.is_everybodys = from->is_everybodys;
    if (from->n_people > 0) g_array_append_vals(touched.people, from->people, (guint)from->n_people);
    g_array_sort(touched.people, compare_keys);
  }
  kept->n_people += touched.people->len;
  g_array_append_val(kept->touched, touched);
}

FeedChange *feed_change_new(const AttainChange *change, gint64 now_us) {
  g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
  FeedChange *kept = g_new0(FeedChange, 1);
  kept->load = change->load;
  kept->at =
      g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year(now), g_date_time_get_month(now),
                      g_date_time_get_day_of_month(now), g_date_time_get_hour(now), g_date_time_get_minute(now),
                      g_date_time_get_second(now), (int)(now_us % G_USEC_PER_SEC / 1000));
  kept->source = g_strdup(change->source);
  kept->is_unknown = !change->touched;
  kept->touched = g_array_new(FALSE, FALSE, sizeof(FeedTouched));
  g_array_set_clear_func(kept->touched, touched_clear);
  for (size_t i = 0; i < change->n_tables; i++)
    add_touched(kept, change->tables[i], change->touched ? &change->touched[i] : NULL);
  return kept;
}

void feed_change_free(gpointer data) {
  FeedChange *change = data;
  g_free(change->at);
  g_free(change->source);
  g_array_unref(change->touched);
  g_free(change);
}

gboolean feed_change_is_of_organisation(const FeedChange *change) {
  static const char *const tables[] = {"person", "team", "membership", "leadership", NULL};
  for (guint i = 0; i < change->touched->len; i++) {
    if (g_strv_contains(tables, g_array_index(change->touched, FeedTouched, i).table)) return TRUE;
  }
  return change->is_unknown && change->touched->len == 0;
}

guint feed_changes_count_moving(const GPtrArray *changes) {
  for (guint n = changes->len; n > 0; n--)
    if (feed_change_is_of_organisation(changes->pdata[n - 1])) return n;
  return 0;
}

/* --- for whom --- */

static const AttainPerson *find_person(const AttainSeen *seen, gint32 key) {
  size_t low = 0, high = seen ? seen->n_people : 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (seen->people[middle].key == key) return &seen->people[middle];
    if (seen->people[middle].key < key)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

gboolean feed_seen_is_same(const AttainSeen *a, const AttainSeen *b) {
  if (a->all != b->all || a->n_people != b->n_people) return FALSE;
  for (size_t i = 0; i < a->n_people; i++) {
    const AttainPerson *x = &a->people[i], *y = &b->people[i];
    if (x->key != y->key || x->is_now != y->is_now || !g_str_equal(x->name, y->name) || g_strcmp0(x->team, y->team))
      return FALSE;
  }
  return TRUE;
}

/* What a reader sees while some changes are told. */
typedef struct {
  const AttainSeen *before, *now;
  gboolean is_between; /* the change was made while the one became the other */
} Sight;

typedef enum { NOT_THEIRS, LATER, UNNAMED, NAMED } Telling;

/* `*named`: who, where it is told. */
static Telling telling_of(const Sight *sight, gint32 key, const AttainPerson **named) {
  const AttainPerson *now = find_person(sight->now, key), *before = find_person(sight->before, key);
  gboolean is_named = now && (now->is_now || sight->now->all);
  if (sight->is_between && !sight->now->all) is_named = is_named && before && before->is_now;
  *named = is_named ? now : NULL;
  if (is_named) return NAMED;
  if ((now && now->is_now) || (sight->is_between && before && before->is_now)) return UNNAMED;
  return now ? LATER : NOT_THEIRS;
}

typedef struct {
  gint64 load;
  const char *at;
  guint n_loads;
  GPtrArray *sources, *tables, *people, *teams; /* const char *, each once */
  gboolean is_for_all;
} Told;

static void add_once(GPtrArray *texts, const char *text) {
  if (text && !g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL)) g_ptr_array_add(texts, (gpointer)text);
}

/* What a table's records are told as: by names where any may be named, else the most of what may be said. */
static Telling add_table(Told *told, const FeedTouched *touched, const Sight *sight) {
  Telling most = touched->is_everybodys ? UNNAMED : NOT_THEIRS;
  gboolean is_unnamed = touched->is_everybodys;
  for (guint i = 0; i < touched->people->len; i++) {
    const AttainPerson *named;
    Telling telling = telling_of(sight, g_array_index(touched->people, gint32, i), &named);
    most = MAX(most, telling);
    is_unnamed |= telling == UNNAMED || telling == LATER;
    if (!named || told->people->len > MAX_NAMED) continue;
    add_once(told->people, named->name);
    add_once(told->teams, named->team);
  }
  if (most == NAMED || sight->now->all) add_once(told->tables, touched->table);
  told->is_for_all |= is_unnamed;
  return most;
}

static void add_change(Told *told, const FeedChange *change, const Sight *sight) {
  Telling most = change->is_unknown ? UNNAMED : NOT_THEIRS;
  told->is_for_all |= change->is_unknown;
  for (guint i = 0; i < change->touched->len; i++)
    most = MAX(most, add_table(told, &g_array_index(change->touched, FeedTouched, i), sight));
  if (most < UNNAMED && !sight->now->all) return;
  told->n_loads++;
  told->load = change->load;
  told->at = change->at;
  if (most == NAMED || sight->now->all) add_once(told->sources, change->source);
}

static gboolean has_later(const FeedTouched *touched, const Sight *sight) {
  const AttainPerson *named;
  for (guint i = 0; i < touched->people->len; i++)
    if (telling_of(sight, g_array_index(touched->people, gint32, i), &named) == LATER) return TRUE;
  return FALSE;
}

/* What is not told at once: that there was something, under the number of the last of them all. */
static void add_later(Told *told, const GPtrArray *changes, const AttainSeen *now) {
  const Sight sight = {.now = now};
  gboolean is_any = FALSE;
  for (guint i = 0; i < changes->len && !is_any; i++) {
    const FeedChange *change = changes->pdata[i];
    for (guint t = 0; t < change->touched->len && !is_any; t++)
      is_any = has_later(&g_array_index(change->touched, FeedTouched, t), &sight);
  }
  if (!is_any || now->all) return;
  told->is_for_all = TRUE;
  if (told->n_loads > 0) return;
  const FeedChange *last = changes->pdata[changes->len - 1];
  told->n_loads = 1;
  told->load = last->load;
  told->at = last->at;
}

/* What they see became other with one of these: the last that moves people, where that is told by its number. */
static void add_other_sight(Told *told, const GPtrArray *changes, guint n) {
  guint last = n - 1;
  while (last > 0 && !feed_change_is_of_organisation(changes->pdata[last])) last--;
  const FeedChange *change = changes->pdata[feed_change_is_of_organisation(changes->pdata[last]) ? last : n - 1];
  told->is_for_all = TRUE;
  if (told->n_loads == 0) told->n_loads = 1;
  if (told->load >= change->load) return;
  told->load = change->load;
  told->at = change->at;
}

/* --- as text --- */

static GBytes *event_bytes(const char *name, gint64 load, const char *json) {
  char *text = g_strdup_printf("id: %" G_GINT64_FORMAT "\nevent: %s\ndata: %s\n\n", load, name, json);
  return g_bytes_new_take(text, strlen(text));
}

/* Of texts that end with NULL. */
static void write_texts(CliJson *json, const char *name, GPtrArray *texts) {
  g_ptr_array_add(texts, NULL);
  cli_json_member_texts(json, name, (const char *const *)texts->pdata);
}

static void write_for(CliJson *json, const Told *told) {
  gboolean is_for_all = told->is_for_all || told->people->len > MAX_NAMED;
  cli_json_member_object(json, "for");
  cli_json_member_bool(json, "everyone", is_for_all);
  if (!is_for_all) {
    write_texts(json, "people", told->people);
    write_texts(json, "teams", told->teams);
  }
  cli_json_end_object(json);
}

static GBytes *write_told(const Told *told) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  CliJson *json = cli_json_line_new(out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "load", told->load);
  cli_json_member_integer(json, "loads", told->n_loads);
  cli_json_member_text(json, "at", told->at);
  write_texts(json, "sources", told->sources);
  write_texts(json, "tables", told->tables);
  write_for(json, told);
  cli_json_end_object(json);
  cli_json_free(json);
  fclose(out);
  GBytes *bytes = event_bytes("change", told->load, g_strchomp(text));
  free(text);
  return bytes;
}

typedef enum { AT_ONCE = 1, FOR_LATER = 2 } When;

static GBytes *write_changes(const GPtrArray *changes, guint n_between, const AttainSeen *before, const AttainSeen *now,
                             When when) {
  g_autoptr(GPtrArray) sources = g_ptr_array_new(), tables = g_ptr_array_new();
  g_autoptr(GPtrArray) people = g_ptr_array_new(), teams = g_ptr_array_new();
  Told told = {.sources = sources, .tables = tables, .people = people, .teams = teams};
  for (guint i = 0; when & AT_ONCE && i < changes->len; i++)
    add_change(&told, changes->pdata[i], &(Sight){before, now, i < n_between});
  if (n_between > 0 && !now->all) add_other_sight(&told, changes, n_between);
  if (when & FOR_LATER) add_later(&told, changes, now);
  return told.n_loads > 0 ? write_told(&told) : NULL;
}

GBytes *feed_event_write(const GPtrArray *changes, guint n_between, const AttainSeen *before, const AttainSeen *now) {
  return write_changes(changes, n_between, before, now, AT_ONCE);
}

GBytes *feed_event_write_missed(const GPtrArray *changes, guint n_between, const AttainSeen *now) {
  return write_changes(changes, n_between, NULL, now, AT_ONCE | FOR_LATER);
}

GBytes *feed_event_write_later(const GPtrArray *changes, const AttainSeen *now) {
  return write_changes(changes, 0, NULL, now, FOR_LATER);
}

GBytes *feed_event_state(const char *name, gint64 load) {
  g_autofree char *json = g_strdup_printf("{\"load\":%" G_GINT64_FORMAT "}", load);
  return event_bytes(name, load, json);
}
