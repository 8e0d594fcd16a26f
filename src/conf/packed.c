/* A document in a form that is read without looking at a character: for the texts that are part of the program.
 *
 * libyaml takes 3 ms for the built-in definitions, and their text never changes once the program is built. So the build
 * reads them (catalogue/pack.c) and what it found is kept as numbers, one record a node, each before what it holds:
 *
 *   header   mark, number of nodes
 *   nodes    kind, quoted, length | line | column | items, or where in the texts it starts
 *   texts    each ends with a zero byte; the same text is kept once
 *
 * The numbers are the machine's own: a packed document is read by the program that it was built with, never taken from
 * elsewhere. */
#include "conf/document.h"

#define MARK 0x31504341 /* "ACP1" */

enum { KIND_BITS = 2, QUOTED_BIT = 1 << KIND_BITS, HEAD_BITS = KIND_BITS + 1 };

typedef struct {
  guint32 mark, n_nodes;
} Header;

typedef struct {
  guint32 head, line, column, value;
} Record;

/* --- packing --- */

typedef struct {
  GArray *records;
  GByteArray *texts;
  GHashTable *known; /* text -> where it starts, and 1 */
} Packer;

static guint32 add_text(Packer *packer, const char *text) {
  guint32 start = GPOINTER_TO_UINT(g_hash_table_lookup(packer->known, text));
  if (start > 0) return start - 1;
  start = packer->texts->len;
  g_byte_array_append(packer->texts, (const guint8 *)text, (guint)strlen(text) + 1);
  g_hash_table_insert(packer->known, (gpointer)text, GUINT_TO_POINTER(start + 1));
  return start;
}

static void add_node(Packer *packer, const ConfNode *node) {
  Record record = {(guint32)node->kind | (node->quoted ? QUOTED_BIT : 0) | node->span.length << HEAD_BITS,
                   node->span.line, node->span.column,
                   node->kind == CONF_SCALAR ? add_text(packer, node->text) : node->n};
  g_array_append_val(packer->records, record);
  for (guint i = 0; i < node->n; i++) {
    if (node->kind == CONF_MAP) add_node(packer, node->keys[i]);
    add_node(packer, node->items[i]);
  }
}

GBytes *conf_document_pack(const ConfDocument *document) {
  g_autoptr(GArray) records = g_array_new(FALSE, FALSE, sizeof(Record));
  g_autoptr(GByteArray) texts = g_byte_array_new();
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  Packer packer = {records, texts, known};
  if (document->root) add_node(&packer, document->root);
  Header header = {MARK, records->len};
  GByteArray *packed = g_byte_array_new();
  g_byte_array_append(packed, (const guint8 *)&header, sizeof header);
  if (records->len) g_byte_array_append(packed, (const guint8 *)records->data, records->len * (guint)sizeof(Record));
  g_byte_array_append(packed, texts->data, texts->len);
  return g_byte_array_free_to_bytes(packed);
}

/* --- unpacking --- */

typedef struct {
  const char *file;
  const guint8 *records;
  const char *texts;
  ConfNode *node;   /* the next to be filled */
  ConfNode **items; /* the next place for a pointer */
} Unpacker;

static ConfNode *take_node(Unpacker *unpacker) {
  Record record;
  memcpy(&record, unpacker->records, sizeof record);
  unpacker->records += sizeof record;
  ConfNode *node = unpacker->node++;
  *node = (ConfNode){.kind = (ConfKind)(record.head & (QUOTED_BIT - 1)), .quoted = (record.head & QUOTED_BIT) != 0};
  node->span = (BaseSpan){
      .file = unpacker->file, .line = record.line, .column = record.column, .length = record.head >> HEAD_BITS};
  if (node->kind == CONF_SCALAR) {
    node->text = unpacker->texts + record.value;
    return node;
  }
  node->n = record.value;
  node->items = unpacker->items;
  unpacker->items += node->n;
  if (node->kind == CONF_MAP) {
    node->keys = unpacker->items;
    unpacker->items += node->n;
  }
  for (guint i = 0; i < node->n; i++) {
    if (node->kind == CONF_MAP) node->keys[i] = take_node(unpacker);
    node->items[i] = take_node(unpacker);
  }
  return node;
}

ConfDocument *conf_document_unpack(const char *file, gconstpointer packed, gsize length) {
  Header header = {0};
  if (length >= sizeof header) memcpy(&header, packed, sizeof header);
  gsize records = sizeof(Record) * (gsize)header.n_nodes;
  g_return_val_if_fail(header.mark == MARK && length - sizeof header >= records, NULL);
  ConfDocument *document = g_new0(ConfDocument, 1);
  document->allocations = g_ptr_array_new_with_free_func(g_free);
  if (header.n_nodes == 0) return document;
  /* One block: the nodes, then the pointers to all of them but the root. */
  ConfNode *nodes = g_malloc(header.n_nodes * (sizeof(ConfNode) + sizeof(ConfNode *)));
  g_ptr_array_add(document->allocations, nodes);
  const guint8 *start = (const guint8 *)packed + sizeof header;
  Unpacker unpacker = {file ? g_intern_string(file) : NULL, start, (const char *)start + records, nodes,
                       (ConfNode **)(gpointer)(nodes + header.n_nodes)};
  document->root = take_node(&unpacker);
  return document;
}
