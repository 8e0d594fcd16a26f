/* Files as they were when they were read; private to src/ingest. */
#pragma once

#include "ingest/memory.h"

/* Of MemoryFile, which it owns. */
GArray *memory_files_new(void);
MemoryFile *memory_files_find(const GArray *files_or_null, const char *path);
ReadDialect memory_copy_dialect(const ReadDialect *from);
/* FALSE: there is no such file. */
gboolean memory_file_stat(const char *path, MemoryFile *file);
/* The file's own hash; whether it ends with a line. FALSE: it cannot be read. */
gboolean memory_file_hash(MemoryFile *file);
gboolean memory_file_is_same(const MemoryFile *known, const MemoryFile *file);
/* The lines that came behind what is known; *tail is NULL when none is whole yet, else a temporary file's path, the
 * caller's. FALSE: the file is not one that only grew. Afterwards `file` is what is known with these lines. */
gboolean memory_file_read_tail(const MemoryFile *known, MemoryFile *file, char **tail);
