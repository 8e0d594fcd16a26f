/* The pipelines as ladders of stages, and where the names that deals carry stand on them.
 *
 * A name is looked for in the deal's own pipeline first and then in any, capitals aside. Deals name few stages in few
 * pipelines, so each pair is looked up once; the pairs seen last stand in a small table in front. */
#include "store/derived.h"
#include "store/derived_facts.h"

#include <string.h>

#define N_RECENT 1024

typedef struct {
  guint64 pair;
  gint32 rung;
} Placed;

struct DerivedLadders {
  GArray *rungs, *ladders;
  GHashTable *exact, *anywhere; /* names -> rung + 1 */
  GHashTable *by_pipeline;      /* its name -> ladder + 1 */
  GHashTable *places;           /* pair -> Placed */
  Placed recent[N_RECENT];
  DerivedWord last_pipeline; /* of the deal before, and its ladder + 1; below -1: none yet */
  gint last_ladder;
};

static void ladder_clear(gpointer data) {
  DerivedLadder *ladder = data;
  g_free(ladder->match_pipeline);
  g_array_unref(ladder->open);
}

static DerivedLadders *ladders_new(void) {
  DerivedLadders *ladders = g_new0(DerivedLadders, 1);
  ladders->rungs = g_array_new(FALSE, TRUE, sizeof(DerivedRung));
  ladders->ladders = g_array_new(FALSE, TRUE, sizeof(DerivedLadder));
  g_array_set_clear_func(ladders->ladders, ladder_clear);
  ladders->exact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  ladders->anywhere = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  ladders->by_pipeline = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  ladders->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
  for (gsize i = 0; i < N_RECENT; i++) ladders->recent[i].pair = G_MAXUINT64;
  ladders->last_pipeline = -2;
  return ladders;
}

void store_derived_ladders_free(DerivedLadders *ladders) {
  if (!ladders) return;
  g_array_unref(ladders->rungs);
  g_array_unref(ladders->ladders);
  g_hash_table_unref(ladders->exact);
  g_hash_table_unref(ladders->anywhere);
  g_hash_table_unref(ladders->by_pipeline);
  g_hash_table_unref(ladders->places);
  g_free(ladders);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DerivedLadders, store_derived_ladders_free)

const DerivedRung *store_derived_rung(const DerivedLadders *ladders, gint32 rung) {
  return rung < 0 ? NULL : &g_array_index(ladders->rungs, DerivedRung, rung);
}

const DerivedLadder *store_derived_ladder(const DerivedLadders *ladders, gint32 ladder) {
  return ladder < 0 ? NULL : &g_array_index(ladders->ladders, DerivedLadder, ladder);
}

/* --- reading --- */

static gint32 ladder_named(DerivedLadders *ladders, const char *match_pipeline) {
  gint known = GPOINTER_TO_INT(g_hash_table_lookup(ladders->by_pipeline, match_pipeline));
  if (known) return known - 1;
  DerivedLadder ladder = {
      .match_pipeline = g_strdup(match_pipeline), .open = g_array_new(FALSE, FALSE, sizeof(gint32)), .first = -1};
  g_array_append_val(ladders->ladders, ladder);
  g_hash_table_insert(ladders->by_pipeline, g_strdup(match_pipeline), GINT_TO_POINTER((gint)ladders->ladders->len));
  return (gint32)ladders->ladders->len - 1;
}

static char *exact_name(const char *match_pipeline, const char *match_name) {
  return g_strdup_printf("%" G_GSIZE_FORMAT " %s%s", strlen(match_pipeline), match_pipeline, match_name);
}

static gint64 whole_or_none(StoreValue value) {
  return value.type == STORE_NULL ? DERIVED_NO_INSTANT : value.integer;
}

static const char *text_or_none(StoreValue value) {
  return value.type == STORE_NULL ? NULL : value.text;
}

/* The same name stands in several pipelines: the first of them is meant where a deal's own has none. */
static void note_anywhere(DerivedLadders *ladders, const char *match_name, gint32 rung) {
  gint known = GPOINTER_TO_INT(g_hash_table_lookup(ladders->anywhere, match_name));
  if (known) {
    const DerivedLadder *first = store_derived_ladder(ladders, store_derived_rung(ladders, known - 1)->ladder);
    const DerivedLadder *other = store_derived_ladder(ladders, store_derived_rung(ladders, rung)->ladder);
    if (strcmp(first->match_pipeline, other->match_pipeline) < 0) return;
  }
  g_hash_table_replace(ladders->anywhere, g_strdup(match_name), GINT_TO_POINTER(rung + 1));
}

static void add_rung(DerivedLadders *ladders, DerivedWords *words, const StoreRows *rows, gsize row) {
  const char *match_pipeline = store_rows_value(rows, row, 1).text;
  const char *match_name = text_or_none(store_rows_value(rows, row, 2));
  const char *outcome = store_rows_value(rows, row, 4).text;
  gint64 position = whole_or_none(store_rows_value(rows, row, 3));
  gboolean is_won = g_str_equal(outcome, "won");
  gboolean is_lost = g_str_equal(outcome, "lost") || g_str_equal(outcome, "abandoned");
  DerivedRung rung = {.key = (gint32)store_rows_value(rows, row, 0).integer,
                      .ladder = ladder_named(ladders, match_pipeline),
                      .name = store_derived_word(words, text_or_none(store_rows_value(rows, row, 5))),
                      .pipeline = store_derived_word(words, text_or_none(store_rows_value(rows, row, 6))),
                      .named_position = whole_or_none(store_rows_value(rows, row, 7)),
                      .position = position,
                      .height = is_won    ? DERIVED_TOP
                                : is_lost ? DERIVED_NO_INSTANT
                                          : position,
                      .is_open = !is_won && !is_lost};
  gint32 number = (gint32)ladders->rungs->len;
  g_array_append_val(ladders->rungs, rung);
  if (match_name) {
    g_hash_table_replace(ladders->exact, exact_name(match_pipeline, match_name), GINT_TO_POINTER(number + 1));
    note_anywhere(ladders, match_name, number);
  }
  if (!rung.is_open || position == DERIVED_NO_INSTANT) return;
  DerivedLadder *ladder = &g_array_index(ladders->ladders, DerivedLadder, rung.ladder);
  g_array_append_val(ladder->open, number);
  if (ladder->first < 0 || position < store_derived_rung(ladders, ladder->first)->position) ladder->first = number;
}

DerivedLadders *store_derived_ladders_read(Store *store, DerivedWords *words, GError **error) {
  g_autofree char *sql = store_resource("rungs.sql");
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, error);
  if (!rows) return NULL;
  g_autoptr(DerivedLadders) ladders = ladders_new();
  for (gsize row = 0; row < store_rows_count(rows); row++) add_rung(ladders, words, rows, row);
  return g_steal_pointer(&ladders);
}

/* --- looking up --- */

/* Small letters as the database makes them: each character by itself, in no language. */
static char *match_of(const DerivedWords *words, DerivedWord word) {
  const char *text = store_derived_word_text(words, word);
  g_autoptr(GString) match = g_string_new(NULL);
  for (const char *c = text ? text : ""; *c; c = g_utf8_next_char(c))
    g_string_append_unichar(match, g_unichar_tolower(g_utf8_get_char(c)));
  return g_string_free(g_steal_pointer(&match), FALSE);
}

static gint32 look_up(const DerivedLadders *ladders, const DerivedWords *words, DerivedWord pipeline,
                      DerivedWord stage) {
  g_autofree char *match_pipeline = match_of(words, pipeline);
  g_autofree char *match_name = match_of(words, stage);
  g_autofree char *exact = exact_name(match_pipeline, match_name);
  gint rung = GPOINTER_TO_INT(g_hash_table_lookup(ladders->exact, exact));
  if (!rung) rung = GPOINTER_TO_INT(g_hash_table_lookup(ladders->anywhere, match_name));
  return rung - 1;
}

gint32 store_derived_place(DerivedLadders *ladders, const DerivedWords *words, DerivedWord pipeline,
                           DerivedWord stage) {
  if (stage < 0) return -1;
  guint64 pair = (guint64)(guint32)pipeline << 32 | (guint32)stage;
  Placed *recent = &ladders->recent[((guint32)stage * 31 + (guint32)pipeline) % N_RECENT];
  if (recent->pair == pair) return recent->rung;
  Placed *placed = g_hash_table_lookup(ladders->places, &pair);
  if (!placed) {
    placed = g_new(Placed, 1);
    *placed = (Placed){.pair = pair, .rung = look_up(ladders, words, pipeline, stage)};
    g_hash_table_insert(ladders->places, &placed->pair, placed);
  }
  *recent = *placed;
  return placed->rung;
}

gint32 store_derived_ladder_of(DerivedLadders *ladders, const DerivedWords *words, DerivedWord pipeline, gint32 rung) {
  if (pipeline != ladders->last_pipeline) {
    g_autofree char *match_pipeline = match_of(words, pipeline);
    ladders->last_ladder = GPOINTER_TO_INT(g_hash_table_lookup(ladders->by_pipeline, match_pipeline));
    ladders->last_pipeline = pipeline;
  }
  if (ladders->last_ladder) return ladders->last_ladder - 1;
  if (rung >= 0) return store_derived_rung(ladders, rung)->ladder;
  return ladders->ladders->len == 1 ? 0 : -1;
}
