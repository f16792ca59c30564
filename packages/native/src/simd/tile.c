#include "tile.h"

// Adds the products of one step of the inner dimension. `rows` is a constant in every caller. The loops
// run to TILE_ROWS all the same: old Clang unrolls a loop only if its count is known before the function is inlined.
ALWAYS_INLINE void multiply_step(int rows, vec (*sums)[2], const float *left, int stride, const float *right) {
  const vec right0 = vec_load(right);
  const vec right1 = vec_load(right + VEC_WIDTH);
  UNROLL
  for (int i = 0; i < TILE_ROWS; i++) {
    if (i >= rows) continue;
    const vec value = vec_splat(left[i * stride]);
    sums[i][0] = vec_fma(value, right0, sums[i][0]);
    sums[i][1] = vec_fma(value, right1, sums[i][1]);
  }
}

ALWAYS_INLINE void store_full(int rows, vec (*sums)[2], const struct tile *tile) {
  UNROLL
  for (int i = 0; i < TILE_ROWS; i++) {
    if (i >= rows) continue;
    float *row = tile->rows[i] + tile->offset;
    UNROLL
    for (int j = 0; j < 2; j++) {
      vec value = sums[i][j];
      if (tile->accumulate) value = vec_add(value, vec_load(row + j * VEC_WIDTH));
      vec_store(row + j * VEC_WIDTH, value);
    }
  }
}

// How many lanes of vector j of a row are results. (No early exit from the loops below: they must unroll.)
ALWAYS_INLINE size_t lanes_of(int columns, int j) {
  const int rest = columns - j * VEC_WIDTH;
  return rest <= 0 ? 0 : rest < VEC_WIDTH ? (size_t)rest : VEC_WIDTH;
}

ALWAYS_INLINE void store_some(int rows, vec (*sums)[2], const struct tile *tile) {
  UNROLL
  for (int i = 0; i < TILE_ROWS; i++) {
    if (i >= rows) continue;
    float *row = tile->rows[i] + tile->offset;
    UNROLL
    for (int j = 0; j < 2; j++) {
      const size_t count = lanes_of(tile->columns, j);
      vec value = sums[i][j];
      if (tile->accumulate) value = vec_add(value, vec_load_first(row + j * VEC_WIDTH, count));
      vec_store_first(row + j * VEC_WIDTH, value, count);
    }
  }
}

ALWAYS_INLINE void store_sums(int rows, vec (*sums)[2], const struct tile *tile) {
  if (tile->columns == TILE_COLUMNS) store_full(rows, sums, tile);
  else store_some(rows, sums, tile);
}

ALWAYS_INLINE void multiply_panel(int rows, const struct tile *tile) {
  vec sums[TILE_ROWS][2];
  UNROLL
  for (int i = 0; i < TILE_ROWS; i++) sums[i][0] = sums[i][1] = vec_zero();
  const float *left = tile->left, *right = tile->right;
  const int stride = tile->right_stride;
  int inner = tile->inner;
  for (; inner >= PANEL_DEPTH; inner -= PANEL_DEPTH) {
    for (int k = 0; k < PANEL_DEPTH; k++, right += stride) multiply_step(rows, sums, left + k, PANEL_DEPTH, right);
    left += rows * PANEL_DEPTH + tile->left_gap;
    right += tile->right_gap;
  }
  for (int k = 0; k < inner; k++, right += stride) multiply_step(rows, sums, left + k, PANEL_DEPTH, right);
  store_sums(rows, sums, tile);
}

ALWAYS_INLINE void multiply_strip(int rows, const struct tile *tile) {
  vec sums[TILE_ROWS][2];
  UNROLL
  for (int i = 0; i < TILE_ROWS; i++) sums[i][0] = sums[i][1] = vec_zero();
  const float *left = tile->left, *right = tile->right;
  const int left_stride = tile->left_stride, right_stride = tile->right_stride;
  for (int inner = tile->inner; inner > 0; inner -= PANEL_DEPTH) {
    const int steps = inner < PANEL_DEPTH ? inner : PANEL_DEPTH;
    for (int k = 0; k < steps; k++, left += left_stride, right += right_stride) {
      multiply_step(rows, sums, left, 1, right);
    }
    left += tile->left_gap;
    right += tile->right_gap;
  }
  store_sums(rows, sums, tile);
}

// One function for each row count.
#define KERNELS(rows)                                                                                                  \
  static void panel_##rows(const struct tile *tile) { multiply_panel(rows, tile); }                                    \
  static void strip_##rows(const struct tile *tile) { multiply_strip(rows, tile); }

KERNELS(1)
KERNELS(2)
KERNELS(3)
KERNELS(4)
#if TILE_ROWS > 4
KERNELS(5)
KERNELS(6)
#endif
#if TILE_ROWS > 6
KERNELS(7)
KERNELS(8)
KERNELS(9)
KERNELS(10)
KERNELS(11)
KERNELS(12)
#endif
#if TILE_ROWS > 12
KERNELS(13)
KERNELS(14)
#endif

#if TILE_ROWS == 4
#define TABLE(kind)                                                                                                    \
  { NULL, kind##_1, kind##_2, kind##_3, kind##_4 }
#elif TILE_ROWS == 6
#define TABLE(kind)                                                                                                    \
  { NULL, kind##_1, kind##_2, kind##_3, kind##_4, kind##_5, kind##_6 }
#elif TILE_ROWS == 12
#define TABLE(kind)                                                                                                    \
  {                                                                                                                    \
    NULL, kind##_1, kind##_2, kind##_3, kind##_4, kind##_5, kind##_6, kind##_7, kind##_8, kind##_9, kind##_10,         \
        kind##_11, kind##_12                                                                                           \
  }
#else
#define TABLE(kind)                                                                                                    \
  {                                                                                                                    \
    NULL, kind##_1, kind##_2, kind##_3, kind##_4, kind##_5, kind##_6, kind##_7, kind##_8, kind##_9, kind##_10,         \
        kind##_11, kind##_12, kind##_13, kind##_14                                                                     \
  }
#endif

tile_kernel *const PER_ISA(tile_panel)[TILE_ROWS + 1] = TABLE(panel);
tile_kernel *const PER_ISA(tile_strip)[TILE_ROWS + 1] = TABLE(strip);
