/* Rows are taken one after the other, the wanted ones first; one that would give something away beside those taken is
 * left out. As more rows only ever tell more, a row left out cannot be taken at the end either.
 *
 * Taken rows cut the atoms into blocks: atoms in the same rows. Any sum of rows is the same number on all of a block,
 * so it is of whole blocks only. Where every block is of enough people, nothing can be told (for rows that lie within
 * one another this is the whole answer: each block is a difference of rows). Else the sums of rows that touch none of
 * the blocks that are enough by themselves are looked at: a space W, found by elimination. Of W are tried all sets of
 * blocks of fewer people than `least`: is there a sum of rows that touches these only? Where there are too many sets to
 * try, the row is left out.
 *
 * Sets of enough people stay so when they grow, and sets in which nobody has nearly all stay so when they are put
 * together; so a sum of rows whose smallest parts are safe is safe. Elimination is modulo the prime 2^61 - 1: for rows
 * of zeros and ones it tells what it would with fractions unless a minor is a multiple of it. */
#include "access/suppress.h"

#include <math.h>
#include <string.h>

#define PRIME    G_GUINT64_CONSTANT(2305843009213693951) /* 2^61 - 1 */
#define MAX_WORK G_GUINT64_CONSTANT(500000000)           /* numbers looked at while trying sets of blocks: a second */
#define NOTHING  1e-9

typedef struct {
  guint person; /* 0: nobody */
  GArray *rows; /* guint, ascending */
  double *amounts;
} Atom;

struct AccessCells {
  guint n_layers, n_people; /* n_people: one more than the largest number of a person */
  gboolean *is_sum;
  GArray *levels;   /* guint, by row */
  GPtrArray *atoms; /* Atom */
};

static void free_atom(gpointer data) {
  Atom *atom = data;
  g_array_unref(atom->rows);
  g_free(atom->amounts);
  g_free(atom);
}

AccessCells *access_cells_new(guint n_layers, const gboolean *is_sum) {
  AccessCells *cells = g_new0(AccessCells, 1);
  cells->n_layers = n_layers;
  cells->n_people = 1;
  cells->is_sum = g_memdup2(is_sum, n_layers * sizeof *is_sum);
  cells->levels = g_array_new(FALSE, FALSE, sizeof(guint));
  cells->atoms = g_ptr_array_new_with_free_func(free_atom);
  return cells;
}

void access_cells_free(AccessCells *cells) {
  if (!cells) return;
  g_free(cells->is_sum);
  g_array_unref(cells->levels);
  g_ptr_array_unref(cells->atoms);
  g_free(cells);
}

guint access_cells_add_row(AccessCells *cells, guint level) {
  g_array_append_val(cells->levels, level);
  return cells->levels->len - 1;
}

static int by_number(gconstpointer a, gconstpointer b) {
  guint x = *(const guint *)a, y = *(const guint *)b;
  return (x > y) - (x < y);
}

void access_cells_add(AccessCells *cells, guint person, const guint *rows, guint n_rows, const double *amounts) {
  Atom *atom = g_new0(Atom, 1);
  atom->person = person;
  atom->rows = g_array_new(FALSE, FALSE, sizeof(guint));
  g_array_append_vals(atom->rows, rows, n_rows);
  g_array_sort(atom->rows, by_number);
  atom->amounts = g_new(double, cells->n_layers);
  for (guint l = 0; l < cells->n_layers; l++) atom->amounts[l] = fabs(amounts[l]);
  cells->n_people = MAX(cells->n_people, person + 1);
  g_ptr_array_add(cells->atoms, atom);
}

/* --- whether a set of atoms is of enough people --- */

typedef struct {
  const AccessCells *cells;
  const AccessProtection *protection;
  gboolean *is_empty; /* layers to which nobody adds anything */
  double *sums;       /* scratch, by person; zeros between uses */
  GArray *touched;    /* guint: people with something in `sums` */
  guint64 work;       /* done, of MAX_WORK */
} Judge;

static guint n_rows(const Judge *judge) {
  return judge->cells->levels->len;
}

static const Atom *atom_at(const Judge *judge, guint index) {
  return g_ptr_array_index(judge->cells->atoms, index);
}

static guint n_atoms(const Judge *judge) {
  return judge->cells->atoms->len;
}

/* Adds what the people have in a layer to `sums`; of layer n_layers: whether they have anything. */
static void gather(Judge *judge, const GArray *atoms, guint layer) {
  const AccessCells *cells = judge->cells;
  for (guint i = 0; i < atoms->len; i++) {
    const Atom *atom = atom_at(judge, g_array_index(atoms, guint, i));
    double amount = layer == cells->n_layers ? 1 : atom->amounts[layer];
    if (atom->person == 0 || amount < NOTHING) continue;
    if (judge->sums[atom->person] == 0) g_array_append_val(judge->touched, atom->person);
    judge->sums[atom->person] += amount;
  }
}

/* How many people there are, and whether one of them has nearly all. Ends with `sums` as it was. */
static guint count(Judge *judge, const GArray *atoms, guint layer, gboolean *dominated) {
  double all = 0, most = 0;
  gather(judge, atoms, layer);
  guint n = judge->touched->len;
  for (guint i = 0; i < n; i++) {
    double *sum = &judge->sums[g_array_index(judge->touched, guint, i)];
    all += *sum;
    most = MAX(most, *sum);
    *sum = 0;
  }
  g_array_set_size(judge->touched, 0);
  *dominated = all - most < judge->protection->share * most;
  return n;
}

typedef enum { SAFE, DOMINATED, TOO_FEW } Verdict;

static Verdict judge_atoms(Judge *judge, const GArray *atoms) {
  const AccessCells *cells = judge->cells;
  gboolean dominated, any_dominated = FALSE;
  if (count(judge, atoms, cells->n_layers, &dominated) == 0) return SAFE;
  for (guint l = 0; l < cells->n_layers; l++) {
    if (judge->is_empty[l]) continue;
    if (count(judge, atoms, l, &dominated) < judge->protection->least) return TOO_FEW;
    any_dominated = any_dominated || (cells->is_sum[l] && dominated);
  }
  return any_dominated ? DOMINATED : SAFE;
}

static void find_empty_layers(Judge *judge) {
  for (guint l = 0; l < judge->cells->n_layers; l++) {
    judge->is_empty[l] = TRUE;
    for (guint a = 0; a < n_atoms(judge); a++)
      if (atom_at(judge, a)->person > 0 && atom_at(judge, a)->amounts[l] >= NOTHING) judge->is_empty[l] = FALSE;
  }
}

/* --- blocks --- */

typedef struct {
  guint *of_atom;    /* 0: in none of the rows */
  GPtrArray *blocks; /* GArray of guint, atoms; block b is at b - 1 */
} Partition;

static void partition_clear(Partition *partition) {
  g_free(partition->of_atom);
  if (partition->blocks) g_ptr_array_unref(partition->blocks);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Partition, partition_clear)

static gboolean is_in(const Atom *atom, guint row) {
  for (guint i = 0; i < atom->rows->len; i++)
    if (g_array_index(atom->rows, guint, i) == row) return TRUE;
  return FALSE;
}

/* `before` (NULL: no rows yet) cut by one more row. */
static void cut(const Judge *judge, const Partition *before, guint row, Partition *after) {
  guint n = n_atoms(judge);
  g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
  after->of_atom = g_new0(guint, n + 1);
  after->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  for (guint a = 0; a < n; a++) {
    guint old = before->of_atom ? before->of_atom[a] : 0;
    gboolean is_within = is_in(atom_at(judge, a), row);
    if (old == 0 && !is_within) continue;
    gpointer key = GUINT_TO_POINTER(2 * old + (is_within ? 1 : 0));
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(numbers, key));
    if (number == 0) {
      g_ptr_array_add(after->blocks, g_array_new(FALSE, FALSE, sizeof(guint)));
      g_hash_table_insert(numbers, key, GUINT_TO_POINTER(number = after->blocks->len));
    }
    after->of_atom[a] = number;
    g_array_append_val((GArray *)g_ptr_array_index(after->blocks, number - 1), a);
  }
}

static const GArray *block_at(const Partition *partition, guint block) {
  return g_ptr_array_index(partition->blocks, block);
}

/* --- elimination --- */

static guint64 times(guint64 a, guint64 b) {
  return (guint64)((unsigned __int128)a * b % PRIME);
}

static guint64 inverse(guint64 a) {
  guint64 result = 1;
  for (guint64 power = PRIME - 2; power > 0; power >>= 1, a = times(a, a))
    if (power & 1) result = times(result, a);
  return result;
}

typedef struct {
  guint n, width;
  guint64 *at; /* n rows of `width` */
} Matrix;

static guint64 *matrix_row(const Matrix *matrix, guint row) {
  return matrix->at + (gsize)row * matrix->width;
}

static void swap_rows(Matrix *matrix, guint a, guint b) {
  for (guint c = 0; a != b && c < matrix->width; c++) {
    guint64 kept = matrix_row(matrix, a)[c];
    matrix_row(matrix, a)[c] = matrix_row(matrix, b)[c];
    matrix_row(matrix, b)[c] = kept;
  }
}

/* Takes the pivot's row from the others, so that their column is 0. */
static void clear_column(Matrix *matrix, guint pivot, guint column) {
  guint64 *from = matrix_row(matrix, pivot), scale = inverse(from[column]);
  for (guint c = 0; c < matrix->width; c++) from[c] = times(from[c], scale);
  for (guint r = 0; r < matrix->n; r++) {
    guint64 *row = matrix_row(matrix, r), factor = row[column];
    if (r == pivot || factor == 0) continue;
    for (guint c = 0; c < matrix->width; c++)
      if (from[c]) row[c] = (row[c] + PRIME - times(factor, from[c])) % PRIME;
  }
}

/* Eliminates the columns for which `takes`; gives the rank of those. The rows from there on are 0 in them. */
static guint eliminate(Matrix *matrix, const gboolean *takes) {
  guint rank = 0;
  for (guint c = 0; c < matrix->width && rank < matrix->n; c++) {
    guint found = rank;
    while (takes[c] && found < matrix->n && matrix_row(matrix, found)[c] == 0) found++;
    if (!takes[c] || found == matrix->n) continue;
    swap_rows(matrix, rank, found);
    clear_column(matrix, rank++, c);
  }
  return rank;
}

/* --- sums of rows that touch few people --- */

typedef struct {
  Judge *judge;
  const Partition *partition;
  Matrix w;         /* sums of rows that touch no safe block: as many as are different on the blocks of people */
  gboolean *is_out; /* by block: neither in the set that is tried nor nobody's */
  GArray *atoms;    /* of the set */
} Search;

/* Whether a sum of rows is of blocks of the set only; or there was too much to look at. */
static gboolean is_told(Search *search) {
  const Matrix *w = &search->w;
  search->judge->work += (guint64)w->n * w->n * w->width;
  if (search->judge->work > MAX_WORK) return TRUE;
  Matrix copy = {w->n, w->width, g_memdup2(w->at, (gsize)w->n * w->width * sizeof(guint64))};
  guint rank = eliminate(&copy, search->is_out);
  g_free(copy.at);
  return rank < w->n;
}

/* Whether the set, or one that has more blocks from `next` on, tells of too few people. */
static gboolean finds_more(Search *search, guint next) {
  for (guint b = next; b < search->w.width; b++) {
    const GArray *block = block_at(search->partition, b);
    guint length = search->atoms->len;
    if (!search->is_out[b]) continue;
    g_array_append_vals(search->atoms, block->data, block->len);
    search->is_out[b] = FALSE;
    gboolean is_few = judge_atoms(search->judge, search->atoms) != SAFE;
    if (is_few && (is_told(search) || finds_more(search, b + 1))) return TRUE;
    search->is_out[b] = TRUE;
    g_array_set_size(search->atoms, length);
  }
  return FALSE;
}

/* A row each of `rows`, a column each block. */
static Matrix matrix_of(const Judge *judge, const GArray *rows, const Partition *partition) {
  guint width = partition->blocks->len;
  Matrix matrix = {rows->len, width, g_new0(guint64, (gsize)rows->len * width + 1)};
  for (guint r = 0; r < rows->len; r++)
    for (guint b = 0; b < width; b++) {
      guint first = g_array_index(block_at(partition, b), guint, 0);
      matrix_row(&matrix, r)[b] = is_in(atom_at(judge, first), g_array_index(rows, guint, r));
    }
  return matrix;
}

static void keep_rows_from(Matrix *matrix, guint first) {
  memmove(matrix->at, matrix_row(matrix, first), (gsize)(matrix->n - first) * matrix->width * sizeof(guint64));
  matrix->n -= first;
}

/* What blocks are: of enough people by themselves, of too few, or nobody's, which may be in any sum. */
typedef struct {
  gboolean *is_safe, *is_few;
} Kinds;

/* Whether some sum of `rows` is of too few people. */
static gboolean tells(Judge *judge, const GArray *rows, const Partition *partition, const Kinds *kinds) {
  g_autofree gboolean *is_out = g_memdup2(kinds->is_few, (partition->blocks->len + 1) * sizeof(gboolean));
  g_autoptr(GArray) atoms = g_array_new(FALSE, FALSE, sizeof(guint));
  Search search = {
      .judge = judge, .partition = partition, .w = matrix_of(judge, rows, partition), .is_out = is_out, .atoms = atoms};
  keep_rows_from(&search.w, eliminate(&search.w, kinds->is_safe));
  search.w.n = eliminate(&search.w, is_out);
  gboolean told = search.w.n > 0 && finds_more(&search, 0);
  g_free(search.w.at);
  return told;
}

/* --- rows, one after the other --- */

static gboolean may_publish(Judge *judge, const GArray *rows, const Partition *partition) {
  guint width = partition->blocks->len, n_few = 0;
  g_autofree gboolean *is_safe = g_new0(gboolean, width + 1), *is_few = g_new0(gboolean, width + 1);
  gboolean dominated;
  for (guint b = 0; b < width; b++) {
    const GArray *block = block_at(partition, b);
    if (count(judge, block, judge->cells->n_layers, &dominated) == 0) continue;
    is_safe[b] = judge_atoms(judge, block) == SAFE;
    is_few[b] = !is_safe[b];
    n_few += is_few[b];
  }
  return n_few == 0 || !tells(judge, rows, partition, &(Kinds){is_safe, is_few});
}

typedef struct {
  guint row, level, n_people;
} Wanted;

static int by_wish(gconstpointer a, gconstpointer b) {
  const Wanted *x = a, *y = b;
  if (x->level != y->level) return (x->level > y->level) - (x->level < y->level);
  if (x->n_people != y->n_people) return (x->n_people < y->n_people) - (x->n_people > y->n_people);
  return (x->row > y->row) - (x->row < y->row);
}

static GPtrArray *atoms_of_rows(const Judge *judge) {
  GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  for (guint r = 0; r < n_rows(judge); r++) g_ptr_array_add(found, g_array_new(FALSE, FALSE, sizeof(guint)));
  for (guint a = 0; a < n_atoms(judge); a++) {
    const GArray *rows = atom_at(judge, a)->rows;
    for (guint i = 0; i < rows->len; i++)
      g_array_append_val((GArray *)g_ptr_array_index(found, g_array_index(rows, guint, i)), a);
  }
  return found;
}

static GArray *order_rows(Judge *judge, const GPtrArray *atoms) {
  GArray *order = g_array_new(FALSE, FALSE, sizeof(Wanted));
  gboolean dominated;
  for (guint r = 0; r < n_rows(judge); r++) {
    Wanted wanted = {r, g_array_index(judge->cells->levels, guint, r),
                     count(judge, g_ptr_array_index(atoms, r), judge->cells->n_layers, &dominated)};
    g_array_append_val(order, wanted);
  }
  g_array_sort(order, by_wish);
  return order;
}

static void publish(Judge *judge, gboolean *published) {
  g_autoptr(GPtrArray) atoms = atoms_of_rows(judge);
  g_autoptr(GArray) order = order_rows(judge, atoms), taken = g_array_new(FALSE, FALSE, sizeof(guint));
  g_auto(Partition) partition = {0};
  for (guint i = 0; i < order->len; i++) {
    guint row = g_array_index(order, Wanted, i).row;
    published[row] = FALSE;
    if (judge_atoms(judge, g_ptr_array_index(atoms, row)) != SAFE) continue;
    Partition after = {0};
    cut(judge, &partition, row, &after);
    g_array_append_val(taken, row);
    published[row] = may_publish(judge, taken, &after);
    if (!published[row]) g_array_set_size(taken, taken->len - 1);
    partition_clear(published[row] ? &partition : &after);
    if (published[row]) partition = after;
  }
}

void access_cells_publish(const AccessCells *cells, const AccessProtection *protection, gboolean *published) {
  g_autofree gboolean *is_empty = g_new0(gboolean, cells->n_layers + 1);
  g_autofree double *sums = g_new0(double, cells->n_people);
  g_autoptr(GArray) touched = g_array_new(FALSE, FALSE, sizeof(guint));
  Judge judge = {cells, protection, is_empty, sums, touched, 0};
  find_empty_layers(&judge);
  publish(&judge, published);
}
