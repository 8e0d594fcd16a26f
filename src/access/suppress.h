/* Which rows of tables may be published so that nobody's number follows from them: suppression, primary (a row of too
 * few people) and complementary (a row that would give away another one).
 *
 *   people ─► atoms: what a person adds to the same rows ─► rows: sums of atoms ─► which of them are published
 *
 * What is protected: no sum of published rows, each times any number, is of fewer than `least` people (the reader and
 * whom the reader sees are not among them: what they add is no atom). So no person's number can be solved for, and
 * none of a group of fewer; whatever their numbers are, there are others that give the same published rows. And of no
 * published row, nor of a part of it that a difference of rows is, has one person nearly all: somebody who knows the
 * row would know that person's number to within a share (the p% rule).
 *
 * Pure: no database, no clock. Sources: Hundepool et al., Statistical Disclosure Control, 2012, ch. 4 (threshold and p%
 * rules, complementary suppression); Cox, Suppression methodology and statistical disclosure control, JASA 1980. */
#pragma once

#include <glib.h>

typedef struct AccessCells AccessCells;

/* Numbers of a row that are published together (a KPI's value, its numerator, how many records it rests on …) are
 * layers: each must be of enough people. `is_sum`: whether a layer's numbers add up, by layer; the p% rule is for
 * those. A layer to which nobody adds anything is passed over: it says of everybody that they have none. */
AccessCells *access_cells_new(guint n_layers, const gboolean *is_sum);
void access_cells_free(AccessCells *cells);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessCells, access_cells_free)

/* A row, by its number from 0. Those of a lower `level` are published first, so that what is hidden for the sake of
 * others is of a higher one; among those of a level, those of more people. */
guint access_cells_add_row(AccessCells *cells, guint level);
/* What a person adds to `rows`, of each once, by layer; 0: nothing. `person` 0: nobody's, which needs no protection.
 * What one person adds to the same rows may come in several parts. */
void access_cells_add(AccessCells *cells, guint person, const guint *rows, guint n_rows, const double *amounts);

typedef struct {
  guint least;  /* people; 0 and 1: nobody is hidden */
  double share; /* no one's number is to be told to within this share of it by those who know a row; 0: not looked at */
} AccessProtection;

/* `published[row]` for all rows. None can be added: each that is hidden would give something away beside those that
 * are published. */
void access_cells_publish(const AccessCells *cells, const AccessProtection *protection, gboolean *published);
