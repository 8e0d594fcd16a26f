/* A workspace opened for one command: its organisation, schema, calendar, definitions, database and clock, made in that order and only as
 * far as the command needs. */
#pragma once

#include "conf/conf.h"
#include "kpi/kpi.h"
#include "store/store.h"

typedef enum {
  SESSION_DATABASE = 1 << 0,    /* open the database, to read */
  SESSION_WRITE = 1 << 1,       /* … to write; made when there is none */
  SESSION_DEFINITIONS = 1 << 2, /* the catalogue and the workspace's own definitions */
} SessionNeeds;

typedef struct {
  char *folder;  /* of the workspace, absolute */
  gint64 now_us; /* the clock: --now, or the time at which the command began */
  BaseDay today; /* the local day of now_us */
  gboolean now_given; /* --now was given */
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  KpiCatalogue *catalogue; /* NULL unless asked for */
  Store *store;            /* NULL unless asked for */
} Session;

Session *session_open(const char *folder, const char *now, guint needs, GError **error);
void session_free(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)
