/* Counts of failed tries, by name and address. */
#include "user/throttle.h"

#include <gio/gio.h>

#define MAX_COUNTS       50000 /* of names and addresses; then those whose time is over go, or else all */
#define FORGOTTEN_US     (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define KNOWN_US         (30 * FORGOTTEN_US)
#define FREE_PAIR        5
#define FREE_ADDRESS     20
#define FREE_NAME        50
#define MAX_WAIT_S       900
#define STRANGERS_WAIT_S 40 /* 90 tries an hour of one name, whatever the number of addresses */

typedef struct {
  guint n;
  gint64 last_us;
} Count;

struct UserThrottle {
  GMutex mutex;
  GHashTable *counts; /* key -> Count */
  GHashTable *known;  /* pair -> gint64 *: when somebody last signed in so */
};

UserThrottle *user_throttle_new(void) {
  UserThrottle *throttle = g_new0(UserThrottle, 1);
  g_mutex_init(&throttle->mutex);
  throttle->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  throttle->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return throttle;
}

void user_throttle_free(UserThrottle *throttle) {
  if (!throttle) return;
  g_hash_table_unref(throttle->counts);
  g_hash_table_unref(throttle->known);
  g_mutex_clear(&throttle->mutex);
  g_free(throttle);
}

/* Whoever has one IPv6 address has the 2^64 of its network. */
static char *network_of(const char *address) {
  g_autoptr(GInetAddress) read = address ? g_inet_address_new_from_string(address) : NULL;
  if (!read || g_inet_address_get_family(read) != G_SOCKET_FAMILY_IPV6) return g_strdup(address ? address : "local");
  const guint8 *bytes = g_inet_address_to_bytes(read);
  GString *network = g_string_new(NULL);
  for (guint i = 0; i < 8; i++) g_string_append_printf(network, "%02x", bytes[i]);
  return g_string_free(network, FALSE);
}

typedef struct {
  char *pair, *address, *name;
} Keys;

static void keys_clear(Keys *keys) {
  g_free(keys->pair);
  g_free(keys->address);
  g_free(keys->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Keys, keys_clear)

static Keys keys_of(const char *name, const char *address) {
  g_autofree char *network = network_of(address);
  return (Keys){.pair = g_strdup_printf("p%s\x1f%s", name, network),
                .address = g_strdup_printf("a%s", network),
                .name = g_strdup_printf("n%s", name)};
}

static gboolean is_over(gpointer key, gpointer value, gpointer now_us) {
  return *(gint64 *)now_us - ((Count *)value)->last_us > FORGOTTEN_US;
}

static gboolean is_unknown(gpointer key, gpointer value, gpointer now_us) {
  return *(gint64 *)now_us - *(gint64 *)value > KNOWN_US;
}

static void make_room(UserThrottle *throttle, gint64 now_us) {
  if (g_hash_table_size(throttle->counts) + 3 > MAX_COUNTS)
    g_hash_table_foreach_remove(throttle->counts, is_over, &now_us);
  if (g_hash_table_size(throttle->counts) + 3 > MAX_COUNTS) g_hash_table_remove_all(throttle->counts);
  if (g_hash_table_size(throttle->known) >= MAX_COUNTS)
    g_hash_table_foreach_remove(throttle->known, is_unknown, &now_us);
  if (g_hash_table_size(throttle->known) >= MAX_COUNTS) g_hash_table_remove_all(throttle->known);
}

static Count *count_of(UserThrottle *throttle, const char *key, gint64 now_us) {
  Count *count = g_hash_table_lookup(throttle->counts, key);
  if (!count) {
    count = g_new0(Count, 1);
    g_hash_table_insert(throttle->counts, g_strdup(key), count);
  }
  if (now_us - count->last_us > FORGOTTEN_US) count->n = 0;
  return count;
}

/* Seconds that are left of `wait_s` since the last try. A clock that was put back lets nobody wait longer. */
static guint left_of(const Count *count, guint wait_s, gint64 now_us) {
  gint64 passed_us = now_us - count->last_us, wait_us = (gint64)wait_s * G_USEC_PER_SEC;
  if (passed_us < 0 || passed_us >= wait_us) return 0;
  return (guint)((wait_us - passed_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

static guint growing_wait(const Count *count, guint n_free, gint64 now_us) {
  if (count->n < n_free) return 0;
  guint doublings = MIN(count->n - n_free, 10);
  return left_of(count, MIN(1u << doublings, MAX_WAIT_S), now_us);
}

static gboolean is_known(UserThrottle *throttle, const char *pair, gint64 now_us) {
  const gint64 *at_us = g_hash_table_lookup(throttle->known, pair);
  return at_us && now_us - *at_us <= KNOWN_US;
}

guint user_throttle_try(UserThrottle *throttle, const char *name, const char *address, gint64 now_us) {
  g_auto(Keys) keys = keys_of(name, address);
  g_mutex_lock(&throttle->mutex);
  make_room(throttle, now_us);
  Count *pair = count_of(throttle, keys.pair, now_us), *whence = count_of(throttle, keys.address, now_us);
  Count *anywhere = count_of(throttle, keys.name, now_us);
  guint wait_s = MAX(growing_wait(pair, FREE_PAIR, now_us), growing_wait(whence, FREE_ADDRESS, now_us));
  if (anywhere->n >= FREE_NAME && !is_known(throttle, keys.pair, now_us))
    wait_s = MAX(wait_s, left_of(anywhere, STRANGERS_WAIT_S, now_us));
  if (wait_s == 0) {
    Count *const all[] = {pair, whence, anywhere};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
      all[i]->n++;
      all[i]->last_us = now_us;
    }
  }
  g_mutex_unlock(&throttle->mutex);
  return wait_s;
}

void user_throttle_forgive(UserThrottle *throttle, const char *name, const char *address, gint64 now_us) {
  g_auto(Keys) keys = keys_of(name, address);
  g_mutex_lock(&throttle->mutex);
  g_hash_table_remove(throttle->counts, keys.pair);
  g_hash_table_remove(throttle->counts, keys.name);
  Count *whence = g_hash_table_lookup(throttle->counts, keys.address);
  if (whence && whence->n > 0) whence->n--; /* this try; those before it stay */
  gint64 *at_us = g_new(gint64, 1);
  *at_us = now_us;
  g_hash_table_insert(throttle->known, g_steal_pointer(&keys.pair), at_us);
  g_mutex_unlock(&throttle->mutex);
}
