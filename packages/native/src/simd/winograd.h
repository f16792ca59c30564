// Winograd convolutions of images: F(m x m, r x r) applies a line (winograd_lines.h) along both axes. A tile of m x m
// outputs takes a window of n x n inputs, n = m + r - 1. The products at one of the n * n points, over all tiles and
// channels, are a matrix product: the points are n * n planes.
//
// A kernel of r * s taps with stride s is the sum of s * s kernels of r taps with stride 1, each on the rows and
// columns of one remainder modulo s (a phase). So F(m, 2) serves 4x4 with stride 2 and F(m, 3) serves 3x3.
#ifndef MEDGAN_WINOGRAD_H
#define MEDGAN_WINOGRAD_H

#include "../kernels.h"
#include "../vec.h"

#define MAX_POINTS 36 // n * n of F(4x4, 3x3)
#define MAX_TILE 16   // m * m

// Where the planes of one tile (or weight) lie: channel j of plane p is start[p * plane + j / unit * unit_stride + j %
// unit].
struct planes {
  float *start;
  ptrdiff_t plane, unit_stride;
  int unit; // a multiple of VEC_WIDTH
};

struct winograd_kind {
  int tile, taps; // m, r
  // Windows of n * n pixels to n * n planes.
  void (*data)(const float *const *pixels, int channels, const struct planes *planes);
  // r * r taps, each `channels` floats side by side, to planes.
  void (*filter)(const float *const *taps, int channels, const struct planes *planes);
  // The same for VEC_WIDTH rows of taps, transposed: row i, at taps[.] + i * stride, becomes channel i; step k of the
  // VEC_WIDTH steps goes to planes->start + k * planes->unit_stride.
  void (*filter_transposed)(const float *const *taps, int stride, const struct planes *planes);
  // Planes to m * m pixels.
  void (*output)(const struct planes *planes, int channels, float *const *pixels);
  // m * m pixels of the output gradient to planes, and planes to r * r taps of the weight gradient.
  void (*gradient)(const float *const *pixels, int channels, const struct planes *planes);
  void (*weights)(const struct planes *planes, int channels, float *const *taps);
};

static inline int kind_points(const struct winograd_kind *kind) {
  const int side = kind->tile + kind->taps - 1;
  return side * side;
}

// Kinds by [tile == 4][taps == 3].
extern const struct winograd_kind PER_ISA(winograd_kinds)[2][2];

static inline const struct winograd_kind *find_kind(const struct conv *conv) {
  return &PER_ISA(winograd_kinds)[conv->algorithm == CONV_WINOGRAD_4][conv->shape.stride_y == 1];
}

size_t PER_ISA(winograd_scratch)(const struct conv *conv, int threads);
void PER_ISA(winograd_conv)(struct pool *pool, const struct conv *conv, const struct operands *operands);
size_t PER_ISA(winograd_weight_scratch)(const struct conv *conv, int threads);
void PER_ISA(winograd_weight_gradient)(struct pool *pool, const struct conv *conv, const struct operands *operands);

#endif
