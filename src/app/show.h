/* The forms of `attain show`'s answer, private to src/app. */
#pragma once

#include "app/answer.h"

void show_json(const Session *session, const QueryResult *result, FILE *out);
void show_csv(const QueryResult *result, gboolean compared, FILE *out);
/* A table for people; `top` > 0 keeps so many members (and says how many there are), sorted by the first figure. */
CliTable *show_table(const Session *session, const QueryResult *result, gboolean compared, gboolean by_value,
                     guint top);
