/* Runs a fuzz target without libFuzzer, so that any compiler and every test run exercises it.
 *
 *   driver CORPUS-FOLDER RUNS [SEED]
 *
 * First every file of the folder as it is, then RUNS of them changed at random: bytes flipped, replaced, removed,
 * repeated, or the head of one file joined to the tail of another. The seed is printed; the same seed gives the same
 * inputs. When a run fails its input is written to standard error as a C string, ready to be kept as a file of the
 * corpus. */
#include "fuzz.h"

#include <glib.h>
#include <signal.h>
#include <stdio.h>

#define INPUT_MAX_BYTES 4096

static GByteArray *current;

static void show_input(void) {
  fputs("input: \"", stderr);
  for (guint i = 0; i < current->len; i++) {
    guint8 c = current->data[i];
    fprintf(stderr, g_ascii_isprint(c) && c != '"' && c != '\\' ? "%c" : "\\%03o", c);
  }
  fputs("\"\n", stderr);
}

static void on_abort(int number) {
  show_input();
  signal(number, SIG_DFL);
  raise(number);
}

/* Of the address sanitizer, where it is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void run(void) {
  /* An exact copy, so that reading one byte too far is seen by the address sanitizer. */
  g_autofree guint8 *copy = g_memdup2(current->data, current->len);
  static const guint8 nothing[1];
  LLVMFuzzerTestOneInput(copy != NULL ? copy : nothing, current->len);
}

static void set_current(const guint8 *data, gsize size) {
  g_byte_array_set_size(current, 0);
  g_byte_array_append(current, data, (guint)MIN(size, INPUT_MAX_BYTES));
}

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *read_corpus(const char *folder) {
  GPtrArray *inputs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
    g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
  g_ptr_array_sort(paths, by_name);
  for (guint i = 0; i < paths->len; i++) {
    char *data;
    gsize size;
    if (g_file_get_contents(paths->pdata[i], &data, &size, NULL)) g_ptr_array_add(inputs, g_bytes_new_take(data, size));
  }
  return inputs;
}

static void change(GRand *random, const GPtrArray *inputs) {
  guint at = current->len > 0 ? (guint)g_rand_int_range(random, 0, (gint32)current->len) : 0;
  guint length = current->len > 0 ? (guint)g_rand_int_range(random, 1, (gint32)MIN(current->len - at, 8) + 1) : 0;
  guint8 byte = (guint8)g_rand_int_range(random, 0, 256);
  guint8 part[8];
  switch (g_rand_int_range(random, 0, 6)) {
    case 0:
      if (current->len > 0) current->data[at] ^= (guint8)(1u << (byte % 8));
      break;
    case 1:
      if (current->len > 0) current->data[at] = byte;
      break;
    case 2:
      g_byte_array_append(current, &byte, 1);
      break;
    case 3:
      if (current->len > 0) g_byte_array_remove_range(current, at, length);
      break;
    case 4:
      if (length > 0) {
        memcpy(part, current->data + at, length);
        g_byte_array_append(current, part, length);
      }
      break;
    default: {
      gsize size;
      const guint8 *other = g_bytes_get_data(inputs->pdata[g_rand_int_range(random, 0, (gint32)inputs->len)], &size);
      if (size > 0) {
        gsize from = (gsize)g_rand_int_range(random, 0, (gint32)size);
        g_byte_array_set_size(current, at);
        g_byte_array_append(current, other + from, (guint)(size - from));
      }
    }
  }
  if (current->len > INPUT_MAX_BYTES) g_byte_array_set_size(current, INPUT_MAX_BYTES);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "use: %s CORPUS-FOLDER RUNS [SEED]\n", argv[0]);
    return 2;
  }
  guint64 runs = g_ascii_strtoull(argv[2], NULL, 10);
  guint32 seed = argc > 3 ? (guint32)g_ascii_strtoull(argv[3], NULL, 10) : 20260101;
  current = g_byte_array_new();
  signal(SIGABRT, on_abort);
  if (__sanitizer_set_death_callback != NULL) __sanitizer_set_death_callback(show_input);
  g_autoptr(GPtrArray) inputs = read_corpus(argv[1]);
  if (inputs->len == 0) {
    fprintf(stderr, "no inputs in %s\n", argv[1]);
    return 1;
  }
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  printf("seed %u, %u files, %" G_GUINT64_FORMAT " runs\n", seed, inputs->len, runs);
  for (guint64 i = 0; i < inputs->len + runs; i++) {
    gboolean as_is = i < inputs->len;
    gint32 which = as_is ? (gint32)i : g_rand_int_range(random, 0, (gint32)inputs->len);
    gsize size;
    const guint8 *data = g_bytes_get_data(inputs->pdata[which], &size);
    set_current(data, size);
    for (int changes = as_is ? 0 : g_rand_int_range(random, 1, 5); changes > 0; changes--) change(random, inputs);
    run();
  }
  if (fuzz_end) fuzz_end();
  g_byte_array_unref(current);
  return 0;
}
