/* The records behind a number: what is listed is what is counted, row by row, with what each contributes. */
#include "query/accumulate.h"

/* What the row adds to its measure; where it is spread, on `days` of all its own. */
static gboolean contribution(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, Span days,
                             Span whole, const Credit *credit, double *contributed) {
  gboolean has, missing, level = use->use->measure->when == KPI_WHEN_LEVEL;
  BaseDay rate_day = level ? scan->sink->at - 1 : whole.from; /* as the number itself is converted */
  gint64 value;
  switch (use->use->measure->agg) {
    case KPI_AGG_COUNT:
    case KPI_AGG_DISTINCT:
      *contributed = 1;
      return TRUE;
    case KPI_AGG_KM: {
      BaseDay from = scan_day(chunk, use->value, row), to = scan_day(chunk, use->value_to, row);
      *contributed = (to == BASE_DAY_NONE ? scan->plan->context->today : to) - from;
      return from != BASE_DAY_NONE;
    }
    case KPI_AGG_SUM:
    case KPI_AGG_MEAN:
      has = accumulate_value(scan, chunk, use, row, rate_day, &value, &missing);
      value = has ? accumulate_share(value, credit) : 0;
      if (has && use->use->measure->when == KPI_WHEN_SPREAD)
        value = accumulate_spread_until(value, whole, days.until) - accumulate_spread_until(value, whole, days.from);
      *contributed = (double)value / (double)use->use->scale;
      return has;
    default:
      *contributed = accumulate_number(scan, chunk, use, row, rate_day, &has, &missing);
      break;
  }
  return has && (use->use->measure->agg != KPI_AGG_CLV || scan_valid(chunk, use->value_to, row));
}

static gboolean is_read(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, Span piece,
                        Span whole) {
  const ScanSink *sink = scan->sink;
  if (use->use->framed) {
    const PlanFrame *frame = &g_array_index(use->use->frames, PlanFrame, sink->from);
    return frame->at > piece.from && frame->at <= piece.until && accumulate_frame_holds(frame, chunk, use, row, whole);
  }
  switch (use->use->measure->when) {
    case KPI_WHEN_ALWAYS:
      return TRUE;
    case KPI_WHEN_LEVEL:
      return piece.from < sink->at && sink->at <= piece.until;
    case KPI_WHEN_SPREAD:
      return (guint)scan_slot(scan, piece.from) < sink->to && (guint)scan_slot(scan, piece.until - 1) >= sink->from;
    default:
      return (guint)scan_slot(scan, piece.from) >= sink->from && (guint)scan_slot(scan, piece.from) < sink->to;
  }
}

/* Another piece of the record listed last: what is spread counts in each place that its owner had. */
static gboolean joins_last(ScanSink *sink, const ScanRecord *record) {
  if (record->days == 0 || sink->row != sink->last_row || record->person != sink->last_person) return FALSE;
  if (sink->last_kept) {
    ScanRecord *last = &g_array_index(sink->records, ScanRecord, sink->records->len - 1);
    last->value += record->value;
    last->days += record->days;
  }
  return TRUE;
}

/* A level's amounts are added up in their own currency, and converted together. */
static void note_foreign(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, const Credit *credit,
                         ScanRecord *record) {
  gboolean kept = use->use->measure->when == KPI_WHEN_LEVEL && !use->use->framed && record->has_value;
  record->currency = kept ? accumulate_foreign(scan, chunk, use, row) : -1;
  if (record->currency >= 0) record->foreign = accumulate_share(((const gint64 *)chunk->data[use->value])[row], credit);
}

void accumulate_list(const Scan *scan, const StoreChunk *chunk, const ScanUse *use, gsize row, const Credit *credit,
                     Span piece, Span whole) {
  ScanSink *sink = scan->sink;
  if (!is_read(scan, chunk, use, row, piece, whole)) return;
  ScanRecord record = {.day = whole.from, .person = credit->person};
  Span days = {MAX(piece.from, sink->first), MIN(piece.until, sink->at)};
  record.has_value = contribution(scan, chunk, use, row, days, whole, credit, &record.value);
  if (!record.has_value && !(use->use->missing_column >= 0 && scan_valid(chunk, use->value, row))) return;
  note_foreign(scan, chunk, use, row, credit, &record);
  if (use->use->measure->when == KPI_WHEN_ALWAYS) record.day = BASE_DAY_NONE;
  if (use->use->measure->when == KPI_WHEN_SPREAD) {
    record.days = days.until - days.from;
    record.of_days = whole.until - whole.from;
  }
  if (joins_last(sink, &record)) return;
  for (guint i = 0; i < SCAN_TEXTS; i++)
    record.texts[i] =
        scan_valid(chunk, sink->columns[i], row) ? ((const gint32 *)chunk->data[sink->columns[i]])[row] : -1;
  gboolean is_new = sink->row != sink->last_row; /* not another's share of the record listed last */
  if (record.has_value)
    sink->n_used += is_new;
  else
    sink->n_without_rate += is_new;
  sink->n_listed++;
  sink->last_row = sink->row;
  sink->last_person = record.person;
  sink->last_kept = sink->records->len < sink->max_records;
  if (sink->last_kept) g_array_append_val(sink->records, record);
}
