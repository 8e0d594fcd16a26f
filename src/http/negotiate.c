/* Reading what a client can take and already has. */
#include "http/negotiate.h"

static const char *const names[HTTP_N_ENCODINGS] = {[HTTP_GZIP] = "gzip", [HTTP_BROTLI] = "br"};

const char *http_encoding_name(HttpEncoding encoding) {
  return names[encoding];
}

/* "q=0.75" as thousandths, -1 when it is none: at most three decimals, at most 1. */
static int read_quality(const char *text) {
  if (g_ascii_strncasecmp(text, "q=", 2) != 0) return -1;
  text += 2;
  if (*text != '0' && *text != '1') return -1;
  int value = (*text - '0') * 1000;
  if (!text[1]) return value;
  if (text[1] != '.' || strlen(text) > 5) return -1;
  int place = 100;
  for (text += 2; *text; text++, place /= 10) {
    if (!g_ascii_isdigit(*text)) return -1;
    value += (*text - '0') * place;
  }
  return value <= 1000 ? value : -1;
}

static int quality_of(char **parts) {
  int quality = 1000;
  for (char **part = parts + 1; *parts && *part; part++) {
    g_strstrip(*part);
    if (g_ascii_strncasecmp(*part, "q=", 2) == 0) quality = read_quality(*part);
  }
  return quality;
}

HttpEncoding http_choose_encoding(const char *accept, gboolean has_brotli) {
  int said[HTTP_N_ENCODINGS] = {-1, -1, -1}, others = -1; /* thousandths; -1: not said */
  g_auto(GStrv) items = g_strsplit(accept ? accept : "", ",", -1);
  for (char **item = items; *item; item++) {
    g_auto(GStrv) parts = g_strsplit(*item, ";", -1);
    if (!*parts) continue;
    const char *name = g_strstrip(*parts);
    int quality = quality_of(parts);
    if (g_str_equal(name, "*")) others = quality;
    if (g_ascii_strcasecmp(name, "identity") == 0) said[HTTP_IDENTITY] = quality;
    if (g_ascii_strcasecmp(name, "gzip") == 0 || g_ascii_strcasecmp(name, "x-gzip") == 0) said[HTTP_GZIP] = quality;
    if (g_ascii_strcasecmp(name, "br") == 0) said[HTTP_BROTLI] = quality;
  }
  if (!has_brotli) said[HTTP_BROTLI] = 0;
  HttpEncoding best = HTTP_IDENTITY;
  int quality = said[HTTP_IDENTITY] >= 0 ? said[HTTP_IDENTITY] : 0;
  for (HttpEncoding encoding = HTTP_GZIP; encoding < HTTP_N_ENCODINGS; encoding++) {
    int its = said[encoding] >= 0 ? said[encoding] : others;
    if (its > 0 && its >= quality) best = encoding, quality = its;
  }
  return best;
}

static const char *opaque(const char *tag) {
  return g_str_has_prefix(tag, "W/") ? tag + 2 : tag;
}

gboolean http_has_tag(const char *if_none_match, const char *tag) {
  if (!if_none_match) return FALSE;
  const char *wanted = opaque(tag);
  gsize length = strlen(wanted);
  for (const char *at = if_none_match; *at;) {
    at += strspn(at, " \t,");
    if (*at == '*') return TRUE;
    at = opaque(at);
    if (*at != '"') return FALSE;
    const char *end = strchr(at + 1, '"');
    if (!end) return FALSE;
    if ((gsize)(end + 1 - at) == length && memcmp(at, wanted, length) == 0) return TRUE;
    at = end + 1;
  }
  return FALSE;
}

static char *essence(const char *content_type) {
  char *type = g_ascii_strdown(content_type ? content_type : "", -1);
  type[strcspn(type, ";")] = '\0';
  return g_strstrip(type);
}

static gboolean is_utf8(const char *content_type) {
  g_auto(GStrv) parts = g_strsplit(content_type, ";", -1);
  for (char **part = parts + 1; *parts && *part; part++) {
    g_strstrip(*part);
    if (g_ascii_strncasecmp(*part, "charset=", 8) != 0) continue;
    char *charset = *part + 8;
    g_strdelimit(charset, "\"", ' ');
    g_strstrip(charset);
    if (g_ascii_strcasecmp(charset, "utf-8") != 0 && g_ascii_strcasecmp(charset, "us-ascii") != 0) return FALSE;
  }
  return TRUE;
}

gboolean http_is_type(const char *content_type, const char *types) {
  if (g_str_equal(types, "*")) return TRUE;
  if (!content_type || !is_utf8(content_type)) return FALSE;
  g_autofree char *type = essence(content_type);
  g_auto(GStrv) all = g_strsplit(types, "|", -1);
  for (char **one = all; *one; one++) {
    if (g_str_equal(*one, type)) return TRUE;
    if (g_str_equal(*one, "application/json") && g_str_has_prefix(type, "application/") &&
        g_str_has_suffix(type, "+json"))
      return TRUE;
  }
  return FALSE;
}

gboolean http_is_text(const char *content_type) {
  static const char *const types[] = {"application/json",
                                      "application/x-ndjson",
                                      "application/javascript",
                                      "application/xml",
                                      "application/yaml",
                                      "image/svg+xml",
                                      "application/x-www-form-urlencoded",
                                      NULL};
  g_autofree char *type = essence(content_type);
  return g_str_has_prefix(type, "text/") || g_strv_contains(types, type) || g_str_has_suffix(type, "+json") ||
         g_str_has_suffix(type, "+xml");
}
