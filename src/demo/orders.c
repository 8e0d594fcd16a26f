/* Order lines: each won deal becomes an order whose lines add up to its amount; a few come back as credit notes. */
#include "demo/deal.h"

const char demo_order_header[] =
    "Line ID,Document,Kind,Account ID,Opportunity ID,Rep ID,Product Code,Invoice Date,Quantity,List Amount,Net "
    "Amount,Cost,Currency,"
    "Channel";

#define REFUND_CHANCE        0.02
#define INSTALLATION_PERCENT 15

typedef struct {
  const char *prefix, *kind;
  gint64 document;
  BaseDay day;
  guint product;
  gint64 quantity, list_minor, net_minor, cost_minor;
} Line;

static void write_line(DemoDealFiles *files, const DemoDeal *deal, const Line *line, int number) {
  DemoCsv *csv = files->orders;
  g_string_printf(files->text, "%s-%" G_GINT64_FORMAT, line->prefix, line->document);
  gsize length = files->text->len;
  g_string_append_printf(files->text, "-%d", number);
  demo_csv_text(csv, files->text->str);
  g_string_truncate(files->text, length);
  demo_csv_text(csv, files->text->str);
  demo_csv_text(csv, line->kind);
  demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + deal->account);
  demo_csv_id(csv, "D-", DEMO_DEAL_ID + deal->index);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)deal->owner_now);
  demo_csv_id(csv, "P-", 10 + line->product);
  demo_csv_day(csv, line->day);
  demo_csv_int(csv, line->quantity);
  demo_csv_money(csv, line->list_minor);
  demo_csv_money(csv, line->net_minor);
  demo_csv_money(csv, line->cost_minor);
  demo_csv_text(csv, demo_currencies[deal->currency]);
  demo_csv_text(csv, deal->source == DEMO_PARTNER ? "Partner" : "Direct");
  demo_csv_end(csv);
}

static gint64 cost_of(guint product, gint64 list_minor) {
  return (gint64)((double)list_minor * demo_products[product].cost_share + 0.5);
}

/* Devices are often installed by us: that part of the amount is a line of its own, at list price. */
static guint make_lines(const DemoDeal *deal, Line *lines, DemoRandom *random) {
  guint n = 1;
  gboolean device = !demo_products[deal->product].subscription;
  gint64 installation = 0;
  if (device && demo_random_chance(random, 0.45)) {
    installation = deal->amount_minor / 10000 * INSTALLATION_PERCENT * 100;
    if (installation > 0) {
      gint64 hours = MAX(1, installation / demo_products[DEMO_INSTALLATION].list_minor);
      lines[n++] = (Line){.product = DEMO_INSTALLATION,
                          .quantity = hours,
                          .list_minor = installation,
                          .net_minor = installation,
                          .cost_minor = cost_of(DEMO_INSTALLATION, installation)};
    }
  }
  gint64 list = deal->list_minor - installation;
  lines[0] = (Line){.product = deal->product,
                    .quantity = deal->units,
                    .list_minor = list,
                    .net_minor = deal->amount_minor - installation,
                    .cost_minor = cost_of(deal->product, list)};
  return n;
}

static void write_refund(DemoDealFiles *files, const DemoDeal *deal, Line line, BaseDay ordered, DemoRandom *random) {
  if (!demo_random_chance(random, REFUND_CHANCE)) return;
  BaseDay day = demo_workday(ordered + demo_random_between(random, 9, 60));
  if (day >= files->company->end) return;
  gint64 part = line.quantity > 1 && demo_random_chance(random, 0.7)
                    ? 1 + (gint64)demo_random_below(random, (guint32)MIN(line.quantity - 1, 1000))
                    : line.quantity;
  line.list_minor = -(line.list_minor / line.quantity * part);
  line.net_minor = -(line.net_minor / line.quantity * part);
  line.cost_minor = -(line.cost_minor / line.quantity * part);
  line.quantity = -part;
  line.prefix = "CN";
  line.kind = "credit note";
  line.document = files->next_credit++;
  line.day = day;
  write_line(files, deal, &line, 1);
}

void demo_orders_of_deal(DemoDealFiles *files, const DemoDeal *deal) {
  if (deal->outcome != DEMO_WON) return;
  DemoRandom random;
  demo_random_init(&random, files->company->options->seed, DEMO_STREAM_ORDER, (guint64)deal->index);
  Line lines[2];
  guint n = make_lines(deal, lines, &random);
  BaseDay day = demo_workday(demo_time_day(deal->closed) + demo_random_between(&random, 0, 4));
  day = MIN(day, files->company->end - 1);
  gint64 document = files->next_order++;
  for (guint i = 0; i < n; i++) {
    lines[i].prefix = "SO";
    lines[i].kind = "invoice";
    lines[i].document = document;
    lines[i].day = day;
    write_line(files, deal, &lines[i], (int)i + 1);
  }
  write_refund(files, deal, lines[0], day, &random);
}
