/* From a chunk's rows to cells, private to src/query: one row at a time (accumulate.c), or whole columns (columns.c).
 */
#pragma once

#include "query/scan.h"

/* The span of days during which a row counts for a group: a flow on one day (until = from + 1), a level in [from,
 * until). */
typedef struct {
  BaseDay from;
  BaseDay until; /* BASE_DAY_MAX: still */
} Span;

/* Who is credited with which part of an amount: the millionths [from_ppm, to_ppm) of it, so that parts sum to the whole
 * exactly. */
typedef struct {
  gint32 person;
  gint64 from_ppm;
  gint64 to_ppm;
  gboolean is_overlay; /* on top of the whole: counts only in groups that have no share of the record */
  gboolean is_again;   /* the group has the record already: the money of a further share, not another record */
} Credit;

#define WHOLE_PPM 1000000

static inline gint32 scan_slot(const Scan *scan, BaseDay day) {
  if (scan->n_days == 0 || day < scan->first_day) return 0;
  guint offset = (guint)(day - scan->first_day);
  return offset < scan->n_days ? scan->slot_of_day[offset] : scan->slot_of_day[scan->n_days - 1];
}

static inline BaseDay scan_day(const StoreChunk *chunk, gint column, gsize row) {
  return scan_valid(chunk, column, row) ? ((const gint32 *)chunk->data[column])[row] : BASE_DAY_NONE;
}

/* What of a value spread evenly over the days of `whole` falls on those before `day`. The part of any days is the
 * difference of two of these, so that parts sum to the value to the last minor unit, however it is cut. */
static inline gint64 accumulate_spread_until(gint64 value, Span whole, BaseDay day) {
  return (gint64)((__int128)value * (day - whole.from) / (whole.until - whole.from));
}

static inline gint64 accumulate_share(gint64 value, const Credit *credit) {
  return (gint64)((__int128)value * credit->to_ppm / WHOLE_PPM - (__int128)value * credit->from_ppm / WHOLE_PPM);
}

/* A number as it is kept: money converted, others scaled to a whole number. FALSE when there is none; `*missing` when
 * it lacks a rate. */
gboolean accumulate_value(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, BaseDay day,
                          gint64 *value, gboolean *missing);
/* The same as it is read. */
double accumulate_number(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, BaseDay day,
                         gboolean *has, gboolean *missing);
/* The currency in which a level's amount is kept until it is read; -1 = the organisation's, or one without rates. */
gint32 accumulate_foreign(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row);
/* Whether a row that counts in `span` counts at a frame. */
gboolean accumulate_frame_holds(const PlanFrame *frame, const StoreChunk *chunk, const ScanUse *use, gsize row,
                                Span span);
/* The members that do not depend on the day. */
void accumulate_members(const Scan *scan, const ScanTable *table, const StoreChunk *chunk, gsize row, gint64 *members);
/* Rows that belong to no entity are nobody's: each(account, …) has nothing to say of a sale without an account. */
gboolean accumulate_lacks_entity(const ScanTable *table, const QueryPlan *plan, const gint64 *members);
gint32 accumulate_owner(const Scan *scan, const StoreChunk *chunk, gsize row);
/* Those that do: of a person in a place. */
void accumulate_place(const Scan *scan, const ScanTable *table, gint64 *members, gint32 person, QueryPlace place);
/* The group of a person in a place, beside the members found before; -1 when there are too many. */
gint32 accumulate_group(const Scan *scan, const ScanTable *table, CubeTable *cells, gint64 *members, gint32 person,
                        QueryPlace place);
/* The days in which a row counts; FALSE when it counts in none. */
gboolean accumulate_span(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, Span *span);
/* Counts the row in a group for the days of `piece`, which lies within the row's own span. */
void accumulate_row(const Scan *scan, CubeTable *cells, const StoreChunk *chunk, ScanUse *use, gsize row,
                    const Credit *credit, Span piece, Span whole, gint32 group);

/* Lists the row for the scan's sink where the number asked counts it (accumulate_list.c). */
void accumulate_list(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, const Credit *credit,
                     Span piece, Span whole);

/* Each adds rows to one table; FALSE when it makes too many groups. */
gboolean accumulate_rows(const Scan *scan, ScanTable *table, const StoreChunk *chunk, gint64 *members);
gboolean accumulate_columns(Scan *scan, ScanTable *table, const StoreChunk *chunk, gint64 *members);
