/* What somebody is called, as patterns. Private to src/erase.
 *
 * A name of several words, an e-mail address and what the order adds are looked for in all texts; a name of one word
 * only where texts say who did something, for "Won" and "North" are names of people, too. */
#pragma once

#include "erase/erase.h"

EraseNames *erase_names_new(const char *shown);
void erase_names_free(EraseNames *names);
/* In all texts where it has several words or is an address, or `is_sure`. */
void erase_names_add(EraseNames *names, const char *name, gboolean is_sure);
/* SQL patterns for regexp_replace(); NULL: there is nothing to look for. */
char *erase_names_pattern(const EraseNames *names, gboolean with_words);
/* The text without the names of both kinds; NULL: it has none. A UserAuditErase. */
char *erase_names_take_out(const char *text, gpointer names);
/* SQL of `column` with the names that `pattern`, SQL, finds replaced by `shown`. */
char *erase_names_sql(const char *column, const char *pattern, const char *shown);
