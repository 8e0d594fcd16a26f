/* Ana and Ben, their November and its targets. */
#include "november.h"

BaseDay day(int month, int of_month) {
  return base_day_from_civil(2026, month, of_month);
}

World november_world(const char *definitions, const char *created, const WorldDeal *deals, guint n) {
  World world = world_empty(definitions);
  world_add_team(&world, 1, "North");
  world_add_person(&world, 1, "Ana", 1);
  world_add_person(&world, 2, "Ben", 1);
  world_add_deals(&world, created, deals, n);
  world_set_clock(&world, day(11, 20));
  return world;
}

TargetTerms terms_of(const char *kpi, const char *dimension, const char *member, TargetKind kind, double amount,
                     BaseDay start, BaseDay end) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)dimension;
  terms.member = (char *)member;
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = kind;
  terms.amount = amount;
  terms.start = start;
  terms.end = end;
  return terms;
}

TargetTerms in_november(const char *kpi, const char *dimension, const char *member, TargetKind kind, double amount) {
  return terms_of(kpi, dimension, member, kind, amount, day(11, 1), day(12, 1));
}

Target *november_set(const World *world, TargetVersion *version, BaseDay on) {
  Target *target = target_new(0, 0);
  TargetEvent event = {.act = TARGET_ACT_SET, .author = (char *)"Mia", .said_at_us = (gint64)on * G_TIME_SPAN_DAY};
  g_autoptr(GError) error = NULL;
  if (!target_say(world->store, target, version, &event, &error)) fail_msg("%s", error->message);
  return target;
}
