/* Customers of a question and the models fitted to them.
 *
 *   cells ──► purchases, sorted and kept ──► customers, sorted ──digest──► model kept? ──no──► fit, keep
 *                                                                               └──────────────┴──► value at a horizon
 *
 * A group is asked month after month, each time for all purchases until then. Those of the group read last are kept
 * sorted, so that a later month only adds its own, and an earlier one passes over what is after it.
 *
 * Customers are known again by a digest of their histories and not by where they were read: two measures that differ
 * in their horizon have columns of their own, and a team of one rep has the cells of another level. A fit depends on
 * the customers alone, so that no answer depends on what was asked before it.
 *
 * The lock is pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "query/customers.h"

#include <pthread.h>

#define MAX_MODELS      50000 /* about 10 MB; beyond it all are let go */
#define FIELDS          4
#define CUSTOMERS_A_BIT 256

struct QueryCustomers {
  pthread_mutex_t lock; /* each() may ask from several threads */
  GHashTable *models;   /* hexadecimal digest -> StatsCustomerModel */
  guint n_fits;
  const CubeTable *cells; /* the purchases' place, and the slot before which they are */
  guint column;
  gint32 group;
  guint to;
  GArray *purchases; /* StatsPurchase, sorted */
};

QueryCustomers *query_customers_new(void) {
  QueryCustomers *customers = g_new0(QueryCustomers, 1);
  pthread_mutex_init(&customers->lock, NULL);
  customers->models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  customers->purchases = g_array_new(FALSE, FALSE, sizeof(StatsPurchase));
  return customers;
}

void query_customers_free(QueryCustomers *customers) {
  if (customers == NULL) return;
  g_hash_table_unref(customers->models);
  g_array_unref(customers->purchases);
  pthread_mutex_destroy(&customers->lock);
  g_free(customers);
}

guint query_customers_n_fits(const QueryCustomers *customers) {
  return customers->n_fits;
}

/* Of the fields, for a struct's padding is anything. */
static char *digest_of(const StatsCustomer *customers, gsize n) {
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  double fields[CUSTOMERS_A_BIT][FIELDS];
  for (gsize i = 0; i < n; i += CUSTOMERS_A_BIT) {
    gsize n_now = MIN(n - i, CUSTOMERS_A_BIT);
    for (gsize j = 0; j < n_now; j++) {
      const StatsCustomer *customer = &customers[i + j];
      fields[j][0] = customer->repeats;
      fields[j][1] = customer->recency;
      fields[j][2] = customer->age;
      fields[j][3] = customer->mean_value;
    }
    g_checksum_update(checksum, (const guchar *)(gpointer)fields, (gssize)(n_now * sizeof fields[0]));
  }
  return g_strdup(g_checksum_get_string(checksum));
}

static const StatsCustomerModel *model_of(QueryCustomers *customers, StatsCustomer *who, gsize n) {
  stats_customers_sort(who, n);
  g_autofree char *digest = digest_of(who, n);
  StatsCustomerModel *model = g_hash_table_lookup(customers->models, digest);
  if (model != NULL) return model;
  if (g_hash_table_size(customers->models) >= MAX_MODELS) g_hash_table_remove_all(customers->models);
  model = g_new(StatsCustomerModel, 1);
  *model = stats_customer_model_fit(who, n);
  customers->n_fits++;
  g_hash_table_insert(customers->models, g_steal_pointer(&digest), model);
  return model;
}

static StatsPurchase *first_of(const GArray *purchases) {
  return (StatsPurchase *)(gpointer)purchases->data;
}

/* Two sorted arrays as one. */
static GArray *merged(const GArray *a, const GArray *b) {
  GArray *all = g_array_sized_new(FALSE, FALSE, sizeof(StatsPurchase), a->len + b->len);
  guint i = 0, j = 0;
  while (i < a->len && j < b->len) {
    gboolean from_a = stats_purchases_compare(first_of(a) + i, first_of(b) + j) <= 0;
    g_array_append_vals(all, from_a ? first_of(a) + i++ : first_of(b) + j++, 1);
  }
  g_array_append_vals(all, first_of(a) + i, a->len - i);
  g_array_append_vals(all, first_of(b) + j, b->len - j);
  return all;
}

/* Holds the purchases of the group at least until slot `to`. */
static void hold_purchases(QueryCustomers *customers, const CubeTable *cells, guint column, gint32 group, guint to) {
  if (customers->cells != cells || customers->column != column || customers->group != group) {
    customers->cells = cells;
    customers->column = column;
    customers->group = group;
    customers->to = 0;
    g_array_set_size(customers->purchases, 0);
  }
  if (to <= customers->to) return;
  g_autoptr(GArray) more = g_array_new(FALSE, FALSE, sizeof(StatsPurchase));
  cube_read_purchases(cells, column, group, customers->to, to, more);
  customers->to = to;
  if (more->len == 0) return;
  stats_purchases_sort(first_of(more), more->len);
  GArray *all = merged(customers->purchases, more);
  g_array_unref(customers->purchases);
  customers->purchases = all;
}

static StatsLifetimeValue value_of(QueryCustomers *customers, const KpiMeasure *measure, BaseDay last_day) {
  const GArray *purchases = customers->purchases;
  g_autofree StatsCustomer *who = g_new(StatsCustomer, MAX(purchases->len, 1));
  gsize n = stats_customers(first_of(purchases), purchases->len, last_day, who);
  if (n < STATS_MIN_CUSTOMERS) return (StatsLifetimeValue){.n = n};
  const StatsCustomerModel *model = model_of(customers, who, n);
  return stats_customer_model_value(model, who, n, kpi_duration_days(measure->horizon), measure->discount);
}

StatsLifetimeValue query_customers_value(QueryCustomers *customers, const KpiMeasure *measure, const CubeTable *cells,
                                         guint column, gint32 group, guint to, BaseDay last_day) {
  pthread_mutex_lock(&customers->lock);
  hold_purchases(customers, cells, column, group, to);
  StatsLifetimeValue value = value_of(customers, measure, last_day);
  pthread_mutex_unlock(&customers->lock);
  return value;
}
