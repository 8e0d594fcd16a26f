/* Profiles: what the files of an export look like, before anyone says what they mean.
 *
 * Each file is read as text into one table of a scratch store, as a load would read it, and each of its columns is
 * measured there: how many values, how many different ones, and how many of them look like a date, a number, a share, a
 * mail address… */
#pragma once

#include "store/store.h"

/* How a column's dates are written. */
typedef enum {
  PROFILE_DATE_NONE,
  PROFILE_DATE_YMD,
  PROFILE_DATE_DMY,
  PROFILE_DATE_MDY,
  PROFILE_DATE_DMY_OR_MDY, /* no day above 12: either */
  PROFILE_DATE_WORDS,      /* 3 Mar 2024, March 3, 2024 */
  PROFILE_DATE_COMPACT,    /* 20240303 */
  PROFILE_DATE_SERIAL,     /* 45354: days as a spreadsheet counts them */
  PROFILE_DATE_EPOCH_MS,   /* 1709424000000 */
  PROFILE_DATE_MONTH,      /* 2024-03: the first day of the month is taken */
} ProfileDate;

typedef struct {
  char *text;
  gint64 count;
} ProfileValue;

typedef struct {
  char *header;    /* as the file has it */
  char *key;       /* the header's letters and digits in lower case: "Close Date" and "close_date" are both closedate */
  char **words;    /* the header's words in lower case */
  gint64 n_filled; /* rows with a value */
  gint64 n_distinct;
  gint64 n_dates, n_numbers, n_integers, n_percents, n_booleans, n_emails, n_words; /* values that look like one */
  gint64 n_comma_decimals, n_dot_decimals;
  double least, most; /* of the numbers */
  gint64 longest;     /* characters of the longest value */
  ProfileDate date;   /* set when the column's values are dates */
  gboolean decimal_comma;
  double scale;           /* of numbers in thousands or millions, as the header says ("k€"); else 1 */
  gboolean has_suffix;    /* 1.2k, 3M */
  gboolean has_odd_signs; /* (500), 500- */
  ProfileValue *values;   /* the commonest first, at most PROFILE_MAX_VALUES */
  gsize n_values;
} ProfileColumn;

#define PROFILE_MAX_VALUES 60

typedef struct {
  char *path;    /* of the first file */
  char *pattern; /* what `file:` says: the base name, or a glob when several files are parts of one */
  char *name;    /* a short name for it, unique in the folder: letters, digits and underscores */
  char *table;   /* quoted name of its table in the scratch store; NULL when it could not be read */
  char *problem; /* why it could not be read, or NULL */
  gsize n_files;
  char *json_rows; /* `json: {rows: }`, where its records are not at the first level; or NULL */
  char delimiter;  /* 0 when it is no text table */
  gint64 n_rows;
  gint64 n_lost;      /* lines that are no rows */
  char *lost_why;     /* the first one's reason, or NULL */
  GPtrArray *notes;   /* char *: what its reader found odd, a sentence each */
  gboolean sampled;   /* longer than what was looked at */
  GPtrArray *columns; /* ProfileColumn */
} ProfileFile;

typedef struct {
  char *folder;       /* absolute */
  GPtrArray *files;   /* ProfileFile, readable or not, by name */
  GPtrArray *ignored; /* char *: names of files that are no tables */
  guint n_read;
} ProfileFolder;

/* Reads a file, or the files of a folder (not those of its folders). Errors: NOT_FOUND, INPUT for a folder without a
 * table. */
ProfileFolder *profile_folder(Store *scratch, const char *path, GError **error);
void profile_folder_free(ProfileFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProfileFolder, profile_folder_free)

ProfileColumn *profile_find(const ProfileFile *file, const char *key); /* by key; NULL when absent */
/* Letters and digits in lower case, accents kept. The caller frees. */
char *profile_key(const char *header);
/* The words of a header in lower case, split at what is no letter or digit, and at capitals. The caller frees. */
char **profile_words(const char *header);

/* What the column's values are, for the most part (95 % of those there are). */
gboolean profile_is_date(const ProfileColumn *column);
gboolean profile_is_number(const ProfileColumn *column);
gboolean profile_is_boolean(const ProfileColumn *column);
gboolean profile_is_unique(const ProfileFile *file, const ProfileColumn *column); /* a different value in every row */

/* SQL over the file's table: the value without spaces around it (NULL when empty), as a timestamp, as a number. Caller
 * frees. */
char *profile_sql_text(const ProfileColumn *column);
char *profile_sql_date(const ProfileColumn *column);
char *profile_sql_number(const ProfileColumn *column);
char *profile_sql_amount(const ProfileColumn *column); /* the text, with k and M behind its number written out */

/* --- between profile.c, profile_folder.c and profile_read.c --- */
void profile_measure(Store *scratch, ProfileFile *file); /* counts of each column */
/* Reads `file->path` into `file->table` and sets its columns' headers; a problem is told in `file->problem`. */
void profile_read(Store *scratch, ProfileFile *file, guint number);
ProfileColumn *profile_column_new(const char *header);
void profile_column_free(ProfileColumn *column);
/* One number of a query that gives one. Errors become -1: a scratch query that fails says nothing about the file. */
gint64 profile_count(Store *scratch, const char *sql);
