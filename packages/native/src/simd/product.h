// Matrix products whose operands are gathered block by block: the frame of gemm.c and of the direct convolutions.
//
// result = left * right, cut as in Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008):
// a block of the right matrix (INNER_BLOCK x up to COLUMN_BLOCK) is packed for the second-level cache; panels of up to
// TILE_ROWS rows of the left matrix are packed one at a time for the first-level cache; tiles are multiplied in
// registers. What the operands are (a matrix, the windows of an image, its pixels) is known to the packing functions
// only.
#ifndef MEDGAN_PRODUCT_H
#define MEDGAN_PRODUCT_H

#include "../kernels.h"
#include "phase.h"
#include "tile.h"

// Sums are carried over INNER_BLOCK steps in registers and then added to the result: the block is part of the order of
// additions, so it is the same for all instruction sets. Longer blocks round more: with 256, float32 lost a sign in the
// recorded trajectory sngan-64.
#define INNER_BLOCK 128
#define COLUMN_BLOCK 512
// Distance between the steps of a packed strip.
#define STRIP_STRIDE 16

// One of the products of an operation.
struct product {
  const void *context; // of the operation
  int index;
  int rows, columns, inner; // inner may be 0: the result is then zero
  int group;                // rows is a multiple of it, and no panel reaches from one group into the next
  // Of convolutions: the windows that are gathered as those of a forward convolution of `source`, and the phase of an
  // input gradient that they belong to.
  struct conv_shape windows;
  const float *source;
  struct phase phase;
};

// A range of one dimension.
struct range {
  int start, count;
};

struct operation {
  const void *context;
  int products; // independent of each other, of similar size
  bool strips;  // pack_left writes strips [inner][STRIP_STRIDE], not a panel (tile.h)
  // Fills in the sizes; context and index are set.
  void (*open)(struct product *product);
  void (*pack_left)(const struct product *product, struct range rows, struct range inner, float *packed);
  // Writes panels [columns / TILE_COLUMNS][inner][TILE_COLUMNS]; the last is filled up with zeros.
  void (*pack_right)(const struct product *product, struct range inner, struct range columns, float *packed);
  // Pointers to column 0 of result rows.
  void (*find_rows)(const struct product *product, struct range rows, float **pointers);
};

// Floats of scratch that operation_run needs.
size_t PER_ISA(operation_scratch)(int threads);
void PER_ISA(operation_run)(struct pool *pool, const struct operation *operation, float *scratch);

// Packing functions for matrices as they lie in memory; `stride` is the distance between rows.
// Right panels of element (k, j) = source[k * stride + j], or source[j * stride + k] for the transposed one.
void PER_ISA(pack_columns)(const float *source, int stride, int inner, int columns, float *packed);
void PER_ISA(pack_columns_transposed)(const float *source, int stride, int inner, int columns, float *packed);

// Writes `count` floats of one row into a panel of `rows` rows, from step k on; zeros where source is NULL.
void PER_ISA(panel_put)(float *panel, int rows, int k, const float *source, int count);

#endif
