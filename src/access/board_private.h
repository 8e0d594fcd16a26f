/* A mask while it is made. Private to src/access/board_*.c. */
#pragma once

#include "access/board_mask.h"

#define ACCESS_LAYERS  4 /* of a KPI: its value, how many records it rests on, numerator, denominator */
#define ACCESS_NOTHING 1e-9

typedef struct {
  guint person;
  char **members;                 /* of the dimensions, then the person; NULL at its place: none */
  const QueryValue **full, **own; /* by KPI; of `own` NULL: the reader sees none of it */
} AccessAtom;

struct AccessMask {
  const AccessBoardReader *reader;
  const CalendarPeriod *period;
  GPtrArray *kpis;   /* const KpiDefinition * */
  GPtrArray *boards; /* const AccessBoard *: those with one of the KPIs, that hide people */
  GPtrArray *by;     /* const char *: their dimensions, rep and NULL */
  QueryResult *full, *own;
  GHashTable *people;  /* name -> number */
  GHashTable *atoms;   /* key of all members -> AccessAtom */
  GHashTable *rows;    /* key -> number + 1 */
  GHashTable *peers;   /* const KpiDefinition * -> AccessPeers */
  GHashTable *why_not; /* const KpiDefinition * -> char *, static */
  GArray *is_sum;      /* gboolean, by layer: it adds up */
  AccessCells *cells;
  gboolean *published; /* by row */
};

/* However the policy writes its name. */
gboolean access_board_has(const AccessMask *mask, const AccessBoard *board, const KpiDefinition *kpi);
guint access_mask_n_dims(const AccessMask *mask); /* without rep */
/* The rows of groups that an atom is in (guint); the caller frees. Rows that are new are added. */
GArray *access_mask_groups(AccessMask *mask, const AccessAtom *atom);
/* AccessAtom by key; the caller frees the array. */
GPtrArray *access_mask_atoms(const AccessMask *mask);
/* ACCESS_LAYERS each KPI, and what is between numbers. */
guint access_mask_n_layers(const AccessMask *mask);
/* What the reader does not see of an atom, by layer; whether there is something. */
gboolean access_mask_others(const AccessMask *mask, const AccessAtom *atom, double *layers);
/* Whether one of two KPIs may be a part of the other: both add up, in the same unit. */
gboolean access_mask_may_differ(const AccessMask *mask, guint a, guint b);
/* Adds a number that is not yet among them. */
void access_add_number(GArray *rows, guint row);

/* --- board_peers.c --- */
/* After the groups: those of the KPIs that are on boards with `names: own`. */
gboolean access_mask_find_peers(AccessMask *mask, GError **error);
