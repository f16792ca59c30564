// Where the windows, tiles and taps of a Winograd convolution lie, forward and as an input gradient.
#ifndef MEDGAN_WINOGRAD_GEOMETRY_H
#define MEDGAN_WINOGRAD_GEOMETRY_H

#include "phase.h"
#include "winograd.h"

// One axis of one phase. Row b of the window of tile t is source position source_start + (t * m + b) * source_step, or
// zero outside of 0 .. source_size - 1; row a of the tile is target position target_start + (t * m + a) * target_step,
// or dropped outside of 0 .. target_size - 1; tap a is kernel row first_tap + a * tap_step.
struct winograd_axis {
  int tiles;
  int source_start, source_step, source_size;
  int target_start, target_step, target_size;
  int first_tap, tap_step;
};

struct winograd_phase {
  struct winograd_axis y, x;
};

static inline struct winograd_axis forward_axis(struct axis_shape axis, int out_size, int tile, int phase) {
  return (struct winograd_axis){
      .tiles = (out_size + tile - 1) / tile,
      .source_start = phase - axis.pad,
      .source_step = axis.stride,
      .source_size = axis.size,
      .target_start = 0,
      .target_step = 1,
      .target_size = out_size,
      .first_tap = phase,
      .tap_step = axis.stride,
  };
}

static inline struct winograd_axis gradient_axis(struct axis_shape axis, int out_size, int tile, int remainder) {
  const struct phase_axis phase = find_phase(axis, remainder);
  return (struct winograd_axis){
      .tiles = (phase.count + tile - 1) / tile,
      .source_start = phase.first_source,
      .source_step = 1,
      .source_size = out_size,
      .target_start = phase.first,
      .target_step = axis.stride,
      .target_size = axis.size,
      .first_tap = phase.first_tap,
      .tap_step = phase.tap_step,
  };
}

static inline struct winograd_phase find_winograd_phase(const struct conv *conv, int index) {
  const struct conv_shape *shape = &conv->shape;
  const struct axis_shape y = {shape->height, shape->kernel_height, shape->stride_y, 1, shape->pad_top};
  const struct axis_shape x = {shape->width, shape->kernel_width, shape->stride_x, 1, shape->pad_left};
  const int tile = find_kind(conv)->tile, phase_y = index / shape->stride_x, phase_x = index % shape->stride_x;
  if (conv->direction == CONV_INPUT_GRADIENT) {
    return (struct winograd_phase){gradient_axis(y, shape->out_height, tile, phase_y),
                                   gradient_axis(x, shape->out_width, tile, phase_x)};
  }
  return (struct winograd_phase){forward_axis(y, shape->out_height, tile, phase_y),
                                 forward_axis(x, shape->out_width, tile, phase_x)};
}

struct winograd_tile {
  int image, y, x;
};

static inline struct winograd_tile find_tile(const struct winograd_phase *phase, int index) {
  const int row = index / phase->x.tiles;
  return (struct winograd_tile){row / phase->y.tiles, row % phase->y.tiles, index % phase->x.tiles};
}

// Pointers to the pixels of a square, side * side of them: the window of a tile in the source, or the tile in the
// target. Pixels outside of the image are `outside`.
struct square {
  const float *tensor; // NHWC; channel 0 of the pixels is tensor[.] + channel
  int channels, channel;
  const float *outside;
};

struct square_axis {
  int start, step, size;
};

static inline void find_pixels(const struct square *square, int image, struct square_axis y, struct square_axis x,
                               int side, const float **pixels) {
  for (int a = 0; a < side; a++) {
    const int row = y.start + a * y.step;
    const bool row_inside = row >= 0 && row < y.size;
    const ptrdiff_t line = ((ptrdiff_t)image * y.size + row) * x.size;
    for (int b = 0; b < side; b++) {
      const int column = x.start + b * x.step;
      const bool inside = row_inside && column >= 0 && column < x.size;
      pixels[a * side + b] =
          inside ? square->tensor + (line + column) * square->channels + square->channel : square->outside;
    }
  }
}

static inline void find_window(const struct square *square, const struct winograd_phase *phase,
                               struct winograd_tile tile, const struct winograd_kind *kind, const float **pixels) {
  const struct winograd_axis *y = &phase->y, *x = &phase->x;
  const int first_y = y->source_start + tile.y * kind->tile * y->source_step;
  const int first_x = x->source_start + tile.x * kind->tile * x->source_step;
  find_pixels(square, tile.image, (struct square_axis){first_y, y->source_step, y->source_size},
              (struct square_axis){first_x, x->source_step, x->source_size}, kind->tile + kind->taps - 1, pixels);
}

static inline void find_target(const struct square *square, const struct winograd_phase *phase,
                               struct winograd_tile tile, const struct winograd_kind *kind, const float **pixels) {
  const struct winograd_axis *y = &phase->y, *x = &phase->x;
  const int first_y = y->target_start + tile.y * kind->tile * y->target_step;
  const int first_x = x->target_start + tile.x * kind->tile * x->target_step;
  find_pixels(square, tile.image, (struct square_axis){first_y, y->target_step, y->target_size},
              (struct square_axis){first_x, x->target_step, x->target_size}, kind->tile, pixels);
}

// Pointers to the r * r taps of a filter at [channel][column] of each kernel position.
static inline void find_taps(const struct conv *conv, const struct winograd_phase *phase, ptrdiff_t offset,
                             const float *weights, const float **taps) {
  const struct conv_shape *shape = &conv->shape;
  const int count = find_kind(conv)->taps;
  const ptrdiff_t plane = (ptrdiff_t)shape->channels * shape->out_channels;
  for (int a = 0; a < count; a++) {
    const int y = phase->y.first_tap + a * phase->y.tap_step;
    for (int b = 0; b < count; b++) {
      const int x = phase->x.first_tap + b * phase->x.tap_step;
      taps[a * count + b] = weights + (y * shape->kernel_width + x) * plane + offset;
    }
  }
}

#endif
