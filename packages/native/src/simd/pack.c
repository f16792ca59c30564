#include "product.h"

// Copies `columns` floats and fills up with zeros to TILE_COLUMNS.
ALWAYS_INLINE void copy_padded(const float *source, int columns, float *packed) {
  UNROLL
  for (int j = 0; j < 2; j++) {
    const int rest = columns - j * VEC_WIDTH;
    const size_t count = rest <= 0 ? 0 : rest < VEC_WIDTH ? (size_t)rest : VEC_WIDTH;
    vec_store(packed + j * VEC_WIDTH, count == 0 ? vec_zero() : vec_load_first(source + j * VEC_WIDTH, count));
  }
}

ALWAYS_INLINE void copy_full(const float *source, float *packed) {
  vec_store(packed, vec_load(source));
  vec_store(packed + VEC_WIDTH, vec_load(source + VEC_WIDTH));
}

void PER_ISA(pack_columns)(const float *source, int stride, int inner, int columns, float *packed) {
  const int full = columns / TILE_COLUMNS, rest = columns % TILE_COLUMNS;
  const size_t panel = (size_t)inner * TILE_COLUMNS;
  for (int k = 0; k < inner; k++, source += stride, packed += TILE_COLUMNS) {
    for (int j = 0; j < full; j++) copy_full(source + j * TILE_COLUMNS, packed + j * panel);
    if (rest > 0) copy_padded(source + full * TILE_COLUMNS, rest, packed + full * panel);
  }
}

// Transposes a square of VEC_WIDTH rows of the source; rows or steps beyond the counts are zeros, or not written.
ALWAYS_INLINE void transpose_square(const float *source, int stride, struct range size, float *packed) {
  const int rows = size.start, steps = size.count;
  vec square[VEC_WIDTH];
  if (rows == VEC_WIDTH && steps == VEC_WIDTH) {
    UNROLL
    for (int i = 0; i < VEC_WIDTH; i++) square[i] = vec_load(source + (ptrdiff_t)i * stride);
    vec_transpose(square);
    UNROLL
    for (int i = 0; i < VEC_WIDTH; i++) vec_store(packed + i * TILE_COLUMNS, square[i]);
    return;
  }
  float copy[VEC_WIDTH * VEC_WIDTH] = {0};
  for (int i = 0; i < rows; i++) {
    for (int k = 0; k < steps; k++) copy[k * VEC_WIDTH + i] = source[(ptrdiff_t)i * stride + k];
  }
  for (int k = 0; k < steps; k++) vec_store(packed + k * TILE_COLUMNS, vec_load(copy + k * VEC_WIDTH));
}

void PER_ISA(pack_columns_transposed)(const float *source, int stride, int inner, int columns, float *packed) {
  for (int panel = 0; panel < columns; panel += TILE_COLUMNS, packed += (size_t)inner * TILE_COLUMNS) {
    for (int half = 0; half < TILE_COLUMNS; half += VEC_WIDTH) {
      const int first = panel + half, rest = columns - first;
      const int rows = rest <= 0 ? 0 : rest < VEC_WIDTH ? rest : VEC_WIDTH;
      const float *corner = rows == 0 ? source : source + (ptrdiff_t)first * stride;
      for (int k = 0; k < inner; k += VEC_WIDTH) {
        const int steps = inner - k < VEC_WIDTH ? inner - k : VEC_WIDTH;
        transpose_square(corner + k, stride, (struct range){rows, steps}, packed + half + (size_t)k * TILE_COLUMNS);
      }
    }
  }
}

ALWAYS_INLINE void put_chunk(float *chunk, const float *source, int count) {
  if (count == PANEL_DEPTH) {
    UNROLL
    for (int j = 0; j < PANEL_DEPTH; j += VEC_WIDTH) {
      vec_store(chunk + j, source == NULL ? vec_zero() : vec_load(source + j));
    }
    return;
  }
  for (int j = 0; j < count; j += VEC_WIDTH) {
    const size_t lanes = count - j < VEC_WIDTH ? (size_t)(count - j) : VEC_WIDTH;
    vec_store_first(chunk + j, source == NULL ? vec_zero() : vec_load_first(source + j, lanes), lanes);
  }
}

void PER_ISA(panel_put)(float *panel, int rows, int k, const float *source, int count) {
  while (count > 0) {
    const int offset = k % PANEL_DEPTH;
    const int taken = count < PANEL_DEPTH - offset ? count : PANEL_DEPTH - offset;
    put_chunk(panel + (size_t)(k / PANEL_DEPTH) * rows * PANEL_DEPTH + offset, source, taken);
    if (source != NULL) source += taken;
    k += taken;
    count -= taken;
  }
}
