// The innermost kernel of every matrix product: a tile of TILE_ROWS x TILE_COLUMNS results that stay in registers while
// the inner dimension runs. All convolutions end here.
#ifndef MEDGAN_TILE_H
#define MEDGAN_TILE_H

#include <stdbool.h>

#include "../vec.h"

// A row has two vectors, so that each value of the left matrix, once broadcast, serves two multiply-adds. The number of
// rows fills the registers: 28 sums, 2 vectors of the right matrix and 1 broadcast of 32 registers (AVX-512); 12 + 2 +
// 1 of 16 (AVX2); 24 + 2 + 1 of 32 (NEON); 8 + 2 + 1 of 16 (WebAssembly on x86).
#if VEC_WIDTH == 16
#define TILE_ROWS 14
#elif VEC_WIDTH == 8
#define TILE_ROWS 6
#elif defined(__ARM_NEON)
#define TILE_ROWS 12
#else
#define TILE_ROWS 4
#endif
#define TILE_COLUMNS (2 * VEC_WIDTH)

// Steps of the inner dimension that lie side by side in a packed panel of the left matrix.
#define PANEL_DEPTH 16

// One call: result rows [i][0 .. columns) are set to, or increased by, left * right.
struct tile {
  int inner;
  const float *left;
  int left_stride;    // of a strip; not read for a panel
  int left_gap;       // floats between the end of PANEL_DEPTH steps and the next ones, of a panel or a strip
  const float *right; // [inner][right_stride], TILE_COLUMNS of each row are read
  int right_stride;
  int right_gap;      // alike
  float *const *rows; // one pointer per row of the tile, so that results may lie anywhere
  int offset;         // added to each row pointer
  int columns;        // 1 .. TILE_COLUMNS
  bool accumulate;
};

typedef void tile_kernel(const struct tile *tile);

// Kernels by row count, 1 .. TILE_ROWS.
// Panel: element (row, k) of the left matrix is left[(k / PANEL_DEPTH * rows + row) * PANEL_DEPTH + k % PANEL_DEPTH].
// Rows that are contiguous along the inner dimension become a panel by copying whole vectors.
extern tile_kernel *const PER_ISA(tile_panel)[TILE_ROWS + 1];
// Strip: element (row, k) is left[k * left_stride + row]: rows lie side by side, as in outer products.
extern tile_kernel *const PER_ISA(tile_strip)[TILE_ROWS + 1];

// Rows are cut into panels of equal height, not into full ones and a small rest: 128 rows are ten panels of 12 or 13.
static inline int panel_count(int rows) { return (rows + TILE_ROWS - 1) / TILE_ROWS; }
static inline int panel_start(int rows, int panel) { return (int)((long long)rows * panel / panel_count(rows)); }

#endif
