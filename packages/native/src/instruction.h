// Instructions as they are run: decoded and checked by the loader, with addresses turned into pointers.
#ifndef MEDGAN_INSTRUCTION_H
#define MEDGAN_INSTRUCTION_H

#include "chain.h"
#include "program.h"

#define COPY_MAX_RANK 8

struct reduce {
  enum fold fold;
  size_t outer, rows, columns;
  int32_t divisor;
  const union word *x;
  union word *y;
};

struct copy {
  int rank;
  size_t lengths[COPY_MAX_RANK];
  ptrdiff_t x_strides[COPY_MAX_RANK], y_strides[COPY_MAX_RANK];
  const union word *x;
  union word *y;
};

struct fill {
  size_t n;
  union word value;
  union word *y;
};

struct product {
  struct gemm shape;
  struct operands operands;
};

struct convolution {
  struct conv shape;
  struct operands operands;
};

struct gather {
  size_t outer, length, inner, count;
  const union word *x, *indices;
  union word *y;
};

struct pool_shape {
  bool is_gradient;
  int batch, height, width, channels, out_height, out_width;
  int window_height, window_width, stride_y, stride_x, pad_top, pad_left;
  const union word *x;
  union word *y;
};

struct resize {
  int batch, height, width, channels, out_height, out_width;
  bool align_corners, half_pixel_centers;
  const union word *x;
  union word *y;
};

struct instruction {
  enum operation operation;
  union {
    struct chain chain;
    struct reduce reduce;
    struct copy copy;
    struct fill fill;
    struct product product;
    struct convolution convolution;
    struct gather gather;
    struct pool_shape pool;
    struct resize resize;
  } as;
};

struct program {
  struct pool *pool;
  const struct kernels *kernels;
  const struct chain_kernels *chain_kernels;
  union word *arena, *constants, *scratch;
  size_t bytes;
  struct instruction *instructions;
  size_t instruction_count;
  struct border *inputs, *outputs;
  size_t input_count, output_count;
};

void copy_run(const struct copy *copy, struct pool *pool);
// False where an index is outside of the axis; the first such is left in `index`.
bool gather_run(const struct gather *gather, int32_t *index);
void pool_shape_run(const struct pool_shape *shape, struct pool *pool);
void resize_run(const struct resize *resize, struct pool *pool);

#endif
