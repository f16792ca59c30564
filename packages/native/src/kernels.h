// The kernels of the native engine: convolutions in three directions, depthwise convolutions and matrix products.
//
// Tensors are dense 32-bit floats. Activations are NHWC: [batch][height][width][channels]. Weights are
// [kernel_height][kernel_width][channels][out_channels]. Pointers need the alignment of a float only, but operands that
// start at a multiple of 64 bytes are read faster. Inputs, output and scratch must not overlap.
//
// Kernels do not check their arguments. A program calls conv_check, depthwise_check or gemm_check once, when it is
// loaded, and makes sure that the operands have the sizes that the shape implies.
//
// Results are the same to the bit for any number of threads, for repeated calls, and for AVX2 and AVX-512. They depend
// on the shape, the direction and the algorithm. Other instruction sets may differ: see vec.h.
#ifndef MEDGAN_KERNELS_H
#define MEDGAN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"

// A convolution, named by its forward direction: input [batch][height][width][channels] and weights to output
// [batch][out_height][out_width][out_channels],
//
//   y[n][i][j][o] = sum over ky, kx, c of  x[n][i * stride_y + ky * dilation_y - pad_top]
//                                           [j * stride_x + kx * dilation_x - pad_left][c] * w[ky][kx][c][o],
//
// where x is zero outside of the image. The padding at the bottom and right follows from the sizes and may differ from
// that at the top and left; pads may be negative (the first rows or columns are then cut off). A transposed convolution
// is the input gradient of the convolution that it transposes: `x` is then its output.
struct conv_shape {
  int batch, height, width, channels;
  int out_height, out_width, out_channels;
  int kernel_height, kernel_width;
  int stride_y, stride_x;
  int dilation_y, dilation_x;
  int pad_top, pad_left;
};

enum conv_direction {
  CONV_FORWARD,         // left x, right w,  result y
  CONV_INPUT_GRADIENT,  // left dy, right w, result dx
  CONV_WEIGHT_GRADIENT, // left x, right dy, result dw
};

// Direct convolutions serve every shape. Winograd's minimal filtering computes tiles of 2x2 or 4x4 outputs at a time
// with fewer multiplications and a larger rounding error. It serves kernels of 4x4 with stride 2 and of 3x3 with stride
// 1, without dilation, where channels and out_channels are multiples of 16 (conv_supports).
enum conv_algorithm {
  CONV_DIRECT,
  CONV_WINOGRAD_2, // F(2x2, 2x2) for 4x4 stride 2, F(2x2, 3x3) for 3x3 stride 1
  CONV_WINOGRAD_4, // F(4x4, 2x2) for 4x4 stride 2, F(4x4, 3x3) for 3x3 stride 1
};

struct conv {
  struct conv_shape shape;
  enum conv_direction direction;
  enum conv_algorithm algorithm;
};

// result[b] = op(left[b]) * op(right[b]) for each b in 0 .. batch - 1; op transposes where the flag is set.
// op(left) is rows x inner, op(right) is inner x columns, result is rows x columns, all row-major. A stride of a row is
// the distance in floats between the rows of the matrix as it lies in memory (before op); a step is the distance
// between the matrices of consecutive b, 0 where all b share one matrix (not for the result).
struct gemm {
  int batch, rows, columns, inner;
  bool transpose_left, transpose_right;
  int left_stride, right_stride, result_stride;
  ptrdiff_t left_step, right_step, result_step;
};

// Operands of one call. `scratch` has as many floats as the matching *_scratch function returns for the pool's threads;
// it starts at a multiple of 64 bytes, its contents are neither read nor kept between calls, and calls may share it.
struct operands {
  const float *left, *right;
  float *result;
  float *scratch;
};

// The kernels of one instruction set.
struct kernels {
  const char *name; // "avx512", "avx2", "neon", "wasm" or "plain"

  size_t (*conv_scratch)(const struct conv *conv, int threads);
  void (*conv)(struct pool *pool, const struct conv *conv, const struct operands *operands);

  // Each channel has filters of its own: out_channels is channels times a multiplier m, weights are
  // [kernel_height][kernel_width][channels][m], output channel c * m + i is filter i of channel c.
  // Operands by direction are those of conv_direction; `algorithm` is not read.
  size_t (*depthwise_scratch)(const struct conv *conv, int threads);
  void (*depthwise)(struct pool *pool, const struct conv *conv, const struct operands *operands);

  size_t (*gemm_scratch)(const struct gemm *gemm, int threads);
  void (*gemm)(struct pool *pool, const struct gemm *gemm, const struct operands *operands);
};

// Kernels by name; NULL where this build or this processor lacks the instruction set. NULL as name returns the fastest.
const struct kernels *kernels_select(const char *name);

// What is wrong with a shape, as a sentence without a full stop ("stride_y is 0, less than 1"), or NULL where nothing
// is. The text stays valid until the next call on the same thread.
const char *conv_check(const struct conv *conv);
const char *depthwise_check(const struct conv *conv);
const char *gemm_check(const struct gemm *gemm);

// Whether the algorithm serves this shape in this direction. conv_check refuses a conv that it does not serve.
bool conv_supports(const struct conv *conv);

#endif
