/* Bytes to plain UTF-8 text.
 *
 *   .gz ─► unpacked ─► UTF-16, windows-1252, … ─► UTF-8 ─► whole-line quotes taken off, line ends made one kind ─►
 * DuckDB
 *
 * DuckDB reads plain UTF-8 files as they are; whatever is not that is written to a temporary file first. Only the
 * beginning of a file is looked at, so that a good large file costs nothing; when DuckDB stumbles later on, the file is
 * opened again with `whole` set.
 *
 * A text that is not UTF-8 is taken for windows-1252, which holds latin-1's letters in the same places. But when most
 * of its letters beyond ASCII are good UTF-8, it is UTF-8 with some broken rows, and stays as it is: those rows are
 * rejected. */
#include "ingest/read.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define SAMPLE_BYTES (1 << 20)

typedef struct {
  gsize n_good, n_bad; /* characters beyond ASCII */
} Utf8Count;

static Utf8Count count_utf8(const char *text, gsize length) {
  Utf8Count count = {0};
  if (length == 0) return count;
  const char *end = text + length;
  while (text < end) {
    if ((guchar)*text < 0x80) {
      text++;
      continue;
    }
    gunichar c = g_utf8_get_char_validated(text, end - text);
    if (c == (gunichar)-2) break; /* cut off at the sample's end */
    if (c == (gunichar)-1) {
      count.n_bad++;
      text++;
    } else {
      count.n_good++;
      text = g_utf8_next_char(text);
    }
  }
  return count;
}

/* Every second byte of Latin text in UTF-16 is 0. */
static const char *utf16_of(const char *text, gsize length) {
  if (length >= 2 && (guchar)text[0] == 0xff && (guchar)text[1] == 0xfe) return "UTF-16LE";
  if (length >= 2 && (guchar)text[0] == 0xfe && (guchar)text[1] == 0xff) return "UTF-16BE";
  gsize n = MIN(length, 4096) / 2, n_even = 0, n_odd = 0;
  for (gsize i = 0; i < n; i++) {
    n_even += text[2 * i] == 0;
    n_odd += text[2 * i + 1] == 0;
  }
  if (n > 4 && n_odd > n * 7 / 10 && n_even < n / 10) return "UTF-16LE";
  if (n > 4 && n_even > n * 7 / 10 && n_odd < n / 10) return "UTF-16BE";
  return NULL;
}

static const char *guess_encoding(const char *text, gsize length) {
  const char *utf16 = utf16_of(text, length);
  if (utf16) return utf16;
  Utf8Count count = count_utf8(text, length);
  if (count.n_bad == 0 || count.n_good > count.n_bad) return NULL;
  return "WINDOWS-1252";
}

/* --- copies through GIO's converters --- */

static gboolean make_temporary(char **path, GError **error) {
  g_autoptr(GError) failed = NULL;
  int file = g_file_open_tmp("attain-XXXXXX.csv", path, &failed);
  if (file < 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "no temporary file can be made: %s", failed->message);
    return FALSE;
  }
  g_close(file, NULL);
  return TRUE;
}

static void replace_path(ReadText *text, char *path) {
  if (text->is_temporary) g_unlink(text->path);
  g_free(text->path);
  text->path = path;
  text->is_temporary = TRUE;
}

static gboolean convert(ReadText *text, GConverter *converter, GError **error) {
  g_autofree char *target = NULL;
  if (!make_temporary(&target, error)) return FALSE;
  g_autoptr(GFile) from = g_file_new_for_path(text->path);
  g_autoptr(GFile) to = g_file_new_for_path(target);
  g_autoptr(GFileInputStream) in = g_file_read(from, NULL, error);
  g_autoptr(GFileOutputStream) out = in ? g_file_replace(to, NULL, FALSE, G_FILE_CREATE_NONE, NULL, error) : NULL;
  gboolean ok = FALSE;
  if (out) {
    g_autoptr(GInputStream) converted = g_converter_input_stream_new(G_INPUT_STREAM(in), converter);
    ok = g_output_stream_splice(G_OUTPUT_STREAM(out), converted, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) >= 0;
  }
  if (!ok) {
    g_unlink(target);
    return FALSE;
  }
  replace_path(text, g_steal_pointer(&target));
  return TRUE;
}

static gboolean unpack(ReadText *text, const char *shown, GError **error) {
  g_autoptr(GZlibDecompressor) unzip = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr(GError) failed = NULL;
  if (convert(text, G_CONVERTER(unzip), &failed)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is compressed, but not whole: copy it or export it again",
              shown);
  return FALSE;
}

static gboolean transcode(ReadText *text, const char *shown, const char *encoding, gboolean is_given, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(GCharsetConverter) charset = g_charset_converter_new("UTF-8", encoding, &failed);
  if (!charset) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s: csv: encoding: \"%s\" is not known; write utf-8, utf-16, windows-1252, …", shown, encoding);
    return FALSE;
  }
  if (convert(text, G_CONVERTER(charset), &failed)) return TRUE;
  if (!is_given && g_str_equal(encoding, "WINDOWS-1252")) return transcode(text, shown, "ISO-8859-1", FALSE, error);
  if (g_error_matches(failed, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s ends within a character of %s: it was not written to its end; get the whole file, and load again",
                shown, encoding);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is not text in %s%s: %s", shown, encoding,
                is_given ? ", as the source says" : "", failed->message);
  return FALSE;
}

/* --- rewriting: whole-line quotes and mixed line ends --- */

static void put_unwrapped(FILE *out, const char *line, gsize length) {
  if (length < 2 || line[0] != '"' || line[length - 1] != '"') {
    fwrite(line, 1, length, out);
    return;
  }
  for (gsize i = 1; i + 1 < length; i++) {
    if (line[i] == '"' && line[i + 1] == '"' && i + 2 < length) i++;
    fputc(line[i], out);
  }
}

static gboolean rewrite(ReadText *text, const char *content, gsize length, gboolean is_wrapped, GError **error) {
  g_autofree char *target = NULL;
  if (!make_temporary(&target, error)) return FALSE;
  FILE *out = g_fopen(target, "wb");
  const char *end = content + length;
  for (const char *line = content; out && line < end;) {
    const char *stop = line;
    while (stop < end && *stop != '\n' && *stop != '\r') stop++;
    if (is_wrapped) {
      put_unwrapped(out, line, (gsize)(stop - line));
    } else {
      fwrite(line, 1, (gsize)(stop - line), out);
    }
    if (stop < end) fputc('\n', out);
    line = stop + (stop + 1 < end && stop[0] == '\r' && stop[1] == '\n' ? 2 : 1);
  }
  gboolean is_whole = out && !ferror(out);
  if (out) is_whole = fclose(out) == 0 && is_whole;
  if (!is_whole) {
    g_unlink(target);
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the temporary file %s cannot be written; is the disk full?", target);
    return FALSE;
  }
  replace_path(text, g_steal_pointer(&target));
  return TRUE;
}

/* Line ends of one kind, \n or \r\n, are what DuckDB reads. */
static gboolean has_odd_line_ends(const char *text, gsize length) {
  gsize n_lf = 0, n_crlf = 0, n_cr = 0;
  for (gsize i = 0; i < length; i++) {
    if (text[i] == '\n') {
      n_lf++;
    } else if (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n') {
      n_crlf++;
      i++;
    } else if (text[i] == '\r' && i + 1 < length) {
      n_cr++;
    }
  }
  return n_cr > 0 || (n_lf > 0 && n_crlf > 0);
}

static GMappedFile *map_file(const char *path, const char *shown, GError **error) {
  g_autoptr(GError) failed = NULL;
  GMappedFile *mapped = g_mapped_file_new(path, FALSE, &failed);
  if (!mapped) g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: cannot be read: %s", shown, failed->message);
  return mapped;
}

static gboolean settle_encoding(ReadText *text, const char *shown, const char *given, gboolean whole, GError **error) {
  const char *encoding = given;
  g_autoptr(GMappedFile) mapped = map_file(text->path, shown, error);
  if (!mapped) return FALSE;
  gsize length = g_mapped_file_get_length(mapped);
  if (!given) encoding = guess_encoding(g_mapped_file_get_contents(mapped), whole ? length : MIN(length, SAMPLE_BYTES));
  if (!encoding || g_ascii_strcasecmp(encoding, "utf-8") == 0 || g_ascii_strcasecmp(encoding, "utf8") == 0) return TRUE;
  if (!transcode(text, shown, encoding, given != NULL, error)) return FALSE;
  if (!given) text->note = g_strdup_printf("is not UTF-8; it was read as %s", encoding);
  return TRUE;
}

static gboolean settle_lines(ReadText *text, const char *shown, gboolean whole, GError **error) {
  g_autoptr(GMappedFile) mapped = map_file(text->path, shown, error);
  if (!mapped) return FALSE;
  gsize length = g_mapped_file_get_length(mapped);
  const char *content = g_mapped_file_get_contents(mapped);
  gsize looked_at = whole ? length : MIN(length, SAMPLE_BYTES);
  gboolean is_wrapped = read_dialect_is_wrapped(content, MIN(length, SAMPLE_BYTES));
  if (!is_wrapped && !has_odd_line_ends(content, looked_at)) return TRUE;
  return rewrite(text, content, length, is_wrapped, error);
}

static gboolean holds(const char *content, gsize length, const char *part) {
  gsize n = strlen(part);
  for (gsize i = 0; i + n <= length; i++)
    if (memcmp(content + i, part, n) == 0) return TRUE;
  return FALSE;
}

/* Files that are no text, told by their first bytes: what they are and what to do. */
static const char *what_it_is(const char *content, gsize length) {
  static const struct {
    const char *bytes, *within, *what;
  } kinds[] = {
      {"PK\3\4", "mimetypeapplication/vnd.oasis",
       "a LibreOffice spreadsheet: save the sheet as CSV (File, Save As, Text CSV, UTF-8) and use that file"},
      {"PK\3\4", "[Content_Types].xml", NULL},
      {"PK\3\4", "xl/", NULL},
      {"PK\3\4", "", "a zip archive: unpack it and use the files inside"},
      {"\xd0\xcf\x11\xe0", "", NULL},
      {"%PDF-", "", "a PDF: export the table as CSV (UTF-8)"},
      {"PAR1", "", "a Parquet file: give it a name that ends in .parquet"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    gsize n = strlen(kinds[i].bytes);
    if (length < n || memcmp(content, kinds[i].bytes, n) != 0) continue;
    if (!holds(content, MIN(length, 4096), kinds[i].within)) continue;
    return kinds[i].what ? kinds[i].what
                         : "an Excel workbook: save the sheet as CSV (File, Save As, CSV UTF-8) and use that file";
  }
  return NULL;
}

static gboolean check_is_text(const ReadText *text, const char *shown, GError **error) {
  g_autoptr(GMappedFile) mapped = map_file(text->path, shown, error);
  if (!mapped) return FALSE;
  gsize length = g_mapped_file_get_length(mapped);
  const char *what = length ? what_it_is(g_mapped_file_get_contents(mapped), length) : NULL;
  if (what) g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is %s", shown, what);
  return !what;
}

gboolean read_text_open(const char *path, const char *shown, const char *encoding, gboolean whole, ReadText *text,
                        GError **error) {
  ReadText opened = {.path = g_strdup(path)};
  g_autoptr(GMappedFile) mapped = map_file(path, shown, error);
  gboolean ok = mapped != NULL;
  const guchar *content = ok ? (const guchar *)g_mapped_file_get_contents(mapped) : NULL;
  gboolean is_packed = ok && g_mapped_file_get_length(mapped) >= 2 && content[0] == 0x1f && content[1] == 0x8b;
  ok = ok && (!is_packed || unpack(&opened, shown, error)) && check_is_text(&opened, shown, error) &&
       settle_encoding(&opened, shown, encoding, whole, error) && settle_lines(&opened, shown, whole, error);
  if (!ok) {
    read_text_clear(&opened);
    return FALSE;
  }
  *text = opened;
  return TRUE;
}

void read_text_clear(ReadText *text) {
  if (text->is_temporary) g_unlink(text->path);
  g_free(text->path);
  g_free(text->note);
  *text = (ReadText){0};
}
