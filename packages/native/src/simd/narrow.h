// Products with at most NARROW_COLUMNS columns: layers that make images of one or three channels. A tile would compute
// TILE_COLUMNS and drop most. Here the inner dimension lies along the lanes instead: each result is a dot product.
#ifndef MEDGAN_NARROW_H
#define MEDGAN_NARROW_H

#include "product.h"

#define NARROW_COLUMNS 4
// Rows that share each loaded value of the right operand.
#define NARROW_ROWS 4
// Most taps (a kernel of 7x7) and values per tap.
#define NARROW_TAPS 49
#define NARROW_DEPTH 2048
// Fewer values per tap would leave most lanes empty.
#define NARROW_LEAST_DEPTH 8

// The inner dimension is taps x depth; the `depth` values of one tap lie side by side in both operands.
struct narrow_product {
  struct product product;
  int taps, depth;
  const float *right[NARROW_TAPS]; // column 0 of each tap
  ptrdiff_t right_stride;          // between columns
};

struct narrow_operation {
  const void *context;
  int products;
  void (*open)(struct narrow_product *narrow);
  // Where the left values of each row begin, tap by tap; NULL where they are zero.
  void (*find_left)(const struct narrow_product *narrow, struct range rows, const float *left[][NARROW_ROWS]);
  void (*find_rows)(const struct product *product, struct range rows, float **pointers);
};

void PER_ISA(narrow_run)(struct pool *pool, const struct narrow_operation *operation);

#endif
