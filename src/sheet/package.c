/* A workbook's zip, and the XML in it: libzip and expat are used here only.
 *
 * A part is unpacked piece by piece into the parser, so what a small file unpacks to is bounded by the cap and not by
 * what it says of itself. Document types are refused, and with them entities of its own and addresses to be read. */
#include "sheet/sheet_private.h"

#include <expat.h>
#include <string.h>
#include <zip.h>

#define PIECE_BYTES 65536
#define MAX_DEPTH   64

/* --- XML --- */

static const char *local_name(const char *name) {
  const char *bar = strrchr(name, '|');
  return bar ? bar + 1 : name;
}

const char *sheet_attribute(const char **attributes, const char *name) {
  for (; *attributes; attributes += 2)
    if (g_str_equal(local_name(attributes[0]), name)) return attributes[1];
  return NULL;
}

void sheet_parse_fail(SheetParse *parse, int code, const char *format, ...) {
  if (parse->error) return;
  va_list arguments;
  va_start(arguments, format);
  parse->error = g_error_new_valist(BASE_ERROR, code, format, arguments);
  va_end(arguments);
  XML_StopParser(parse->parser, XML_FALSE);
}

static void on_start(void *data, const char *name, const char **attributes) {
  SheetParse *parse = data;
  if (++parse->depth > MAX_DEPTH)
    sheet_parse_fail(parse, BASE_ERROR_LIMIT, "the workbook's XML is nested deeper than %d (cap: depth of a part)",
                     MAX_DEPTH);
  else
    parse->handlers->start(parse, local_name(name), attributes);
}

static void on_end(void *data, const char *name) {
  SheetParse *parse = data;
  parse->depth--;
  if (parse->handlers->end) parse->handlers->end(parse, local_name(name));
}

static void on_text(void *data, const char *text, int length) {
  SheetParse *parse = data;
  if (parse->handlers->text) parse->handlers->text(parse, text, (gsize)length);
}

static void on_document_type(void *data, const char *name, const char *system, const char *public, int internal) {
  sheet_parse_fail(data, BASE_ERROR_INPUT,
                   "the workbook's XML has a document type, which spreadsheet programs do not write: it is not read");
}

static void parse_init(SheetParse *parse, const SheetHandlers *handlers, gpointer data) {
  XML_Parser parser = XML_ParserCreateNS(NULL, '|');
  if (!parser) g_error("out of memory");
  *parse = (SheetParse){.data = data, .handlers = handlers, .parser = parser};
  XML_SetUserData(parser, parse);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  XML_SetStartDoctypeDeclHandler(parser, on_document_type);
}

/* FALSE: the parse has an error. */
static gboolean feed(SheetParse *parse, const char *bytes, gsize length, gboolean last) {
  if (XML_Parse(parse->parser, bytes, (int)length, last) == XML_STATUS_OK) return TRUE;
  if (!parse->error)
    parse->error =
        g_error_new(BASE_ERROR, BASE_ERROR_INPUT,
                    "the workbook is damaged (XML, line %lu: %s): open it in a spreadsheet program and save "
                    "it again",
                    (gulong)XML_GetCurrentLineNumber(parse->parser), XML_ErrorString(XML_GetErrorCode(parse->parser)));
  return FALSE;
}

static gboolean parse_finish(SheetParse *parse, GError **error) {
  XML_ParserFree(parse->parser);
  if (!parse->error) return TRUE;
  g_propagate_error(error, parse->error);
  return FALSE;
}

gboolean sheet_parse_xml(const char *xml, gsize length, const SheetHandlers *handlers, gpointer data, GError **error) {
  SheetParse parse;
  parse_init(&parse, handlers, data);
  feed(&parse, xml, length, TRUE);
  return parse_finish(&parse, error);
}

/* --- the zip --- */

struct SheetPackage {
  zip_t *zip;
};

SheetPackage *sheet_package_open(const char *bytes, gsize length, GError **error) {
  zip_error_t problem;
  zip_error_init(&problem);
  zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &problem);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &problem) : NULL;
  if (!zip) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "this begins like an .xlsx workbook and is damaged or cut short (%s): save it again",
                zip_error_strerror(&problem));
    if (source) zip_source_free(source);
    zip_error_fini(&problem);
    return NULL;
  }
  zip_error_fini(&problem);
  SheetPackage *package = g_new0(SheetPackage, 1);
  package->zip = zip;
  return package;
}

void sheet_package_free(SheetPackage *package) {
  if (!package) return;
  zip_discard(package->zip);
  g_free(package);
}

gboolean sheet_package_has(const SheetPackage *package, const char *path) {
  return zip_name_locate(package->zip, path, ZIP_FL_NOCASE) >= 0;
}

static void feed_part(zip_file_t *file, const char *path, SheetParse *parse) {
  g_autofree char *piece = g_malloc(PIECE_BYTES);
  guint64 total = 0;
  zip_int64_t n;
  while ((n = zip_fread(file, piece, PIECE_BYTES)) > 0) {
    total += (guint64)n;
    if (total > SHEET_MAX_PART_BYTES) {
      sheet_parse_fail(parse, BASE_ERROR_LIMIT,
                       "%s in the workbook unpacks to more than %d bytes (cap: bytes of a part)", path,
                       SHEET_MAX_PART_BYTES);
      return;
    }
    if (!feed(parse, piece, (gsize)n, FALSE)) return;
  }
  if (n < 0)
    sheet_parse_fail(parse, BASE_ERROR_INPUT, "%s in the workbook is damaged (%s): save it again", path,
                     zip_file_strerror(file));
  else
    feed(parse, "", 0, TRUE);
}

gboolean sheet_package_parse(const SheetPackage *package, const char *path, const SheetHandlers *handlers,
                             gpointer data, GError **error) {
  zip_file_t *file = zip_fopen(package->zip, path, ZIP_FL_NOCASE);
  if (!file) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the workbook's %s cannot be read (%s): save it again", path,
                zip_strerror(package->zip));
    return FALSE;
  }
  SheetParse parse;
  parse_init(&parse, handlers, data);
  feed_part(file, path, &parse);
  zip_fclose(file);
  return parse_finish(&parse, error);
}
