/* What an event says, and for whom it is. A reader is told only of commits in which something of theirs changed: of
 * others neither source nor tables, nor that they were. */
#include "app/feed_private.h"
#include "cli/cli.h"

#include <string.h>

#define MAX_NAMED 100 /* people in one event: of more it is said that it is for everybody */

/* --- changes --- */

FeedChange *feed_change_new(const AttainChange *change, gint64 now_us) {
  g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
  FeedChange *kept = g_new0(FeedChange, 1);
  kept->load = change->load;
  kept->at =
      g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year(now), g_date_time_get_month(now),
                      g_date_time_get_day_of_month(now), g_date_time_get_hour(now), g_date_time_get_minute(now),
                      g_date_time_get_second(now), (int)(now_us % G_USEC_PER_SEC / 1000));
  kept->source = g_strdup(change->source);
  kept->tables = g_new0(char *, change->n_tables + 1);
  for (size_t i = 0; i < change->n_tables; i++) kept->tables[i] = g_strdup(change->tables[i]);
  kept->is_for_all = !change->knows_people;
  kept->people = g_array_new(FALSE, FALSE, sizeof(gint32));
  if (change->knows_people) g_array_append_vals(kept->people, change->people, (guint)change->n_people);
  return kept;
}

void feed_change_free(gpointer data) {
  FeedChange *change = data;
  g_free(change->at);
  g_free(change->source);
  g_strfreev(change->tables);
  g_array_unref(change->people);
  g_free(change);
}

gboolean feed_change_is_of_organisation(const FeedChange *change) {
  static const char *const tables[] = {"person", "team", "membership"};
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
    if (g_strv_contains((const char *const *)change->tables, tables[i])) return TRUE;
  }
  return FALSE;
}

/* --- for whom --- */

static const AttainPerson *find_person(const AttainSeen *seen, gint32 key) {
  size_t low = 0, high = seen->n_people;
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

/* Those touched whom the reader sees; FALSE: none of it is for them. Records of nobody are for who sees everything. */
static gboolean add_people(Told *told, const FeedChange *change, const AttainSeen *seen) {
  gboolean is_any = seen->all || change->is_for_all;
  told->is_for_all |= change->is_for_all;
  for (guint i = 0; i < change->people->len; i++) {
    const AttainPerson *person = find_person(seen, g_array_index(change->people, gint32, i));
    if (!person) continue;
    is_any = TRUE;
    add_once(told->people, person->name);
    add_once(told->teams, person->team);
  }
  return is_any;
}

static void add_change(Told *told, const FeedChange *change, const AttainSeen *seen) {
  if (!add_people(told, change, seen)) return;
  told->n_loads++;
  told->load = change->load;
  told->at = change->at;
  add_once(told->sources, change->source);
  for (char **table = change->tables; *table; table++) add_once(told->tables, *table);
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

GBytes *feed_event_write(const GPtrArray *changes, const AttainSeen *seen) {
  g_autoptr(GPtrArray) sources = g_ptr_array_new(), tables = g_ptr_array_new();
  g_autoptr(GPtrArray) people = g_ptr_array_new(), teams = g_ptr_array_new();
  Told told = {.sources = sources, .tables = tables, .people = people, .teams = teams};
  for (guint i = 0; i < changes->len; i++) add_change(&told, changes->pdata[i], seen);
  return told.n_loads > 0 ? write_told(&told) : NULL;
}

GBytes *feed_event_state(const char *name, gint64 load) {
  g_autofree char *json = g_strdup_printf("{\"load\":%" G_GINT64_FORMAT "}", load);
  return event_bytes(name, load, json);
}
