// Where the input values of one output pixel lie.
//
// The inner dimension of a convolution runs over [kernel_height][kernel_width][channels]. Without horizontal dilation,
// the values of one kernel row lie side by side in the image; with it, those of one tap do. Such a run is a segment
// here.
#ifndef MEDGAN_WINDOW_H
#define MEDGAN_WINDOW_H

#include "../kernels.h"

struct pixel {
  int image, y, x;
};

static inline struct pixel pixel_at(int index, int height, int width) {
  const int row = index / width;
  return (struct pixel){row / height, row % height, index % width};
}

static inline void pixel_next(struct pixel *pixel, int height, int width) {
  if (++pixel->x < width) return;
  pixel->x = 0;
  if (++pixel->y < height) return;
  pixel->y = 0;
  pixel->image++;
}

static inline int segment_taps(const struct conv_shape *shape) {
  return shape->dilation_x == 1 ? shape->kernel_width : 1;
}

static inline int clamp_int(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

// Floats low .. high - 1 of the segment lie inside of the image, from x[offset + low] on; the others are zero.
struct segment {
  ptrdiff_t offset;
  int low, high;
};

// Segment number `index` of the window of an output pixel.
static inline struct segment find_segment(const struct conv_shape *shape, struct pixel pixel, int index) {
  const int taps = segment_taps(shape), per_row = shape->kernel_width / taps;
  const int y = pixel.y * shape->stride_y - shape->pad_top + index / per_row * shape->dilation_y;
  const int x = pixel.x * shape->stride_x - shape->pad_left + index % per_row * shape->dilation_x;
  if (y < 0 || y >= shape->height) return (struct segment){0, 0, 0};
  const int low = clamp_int(-x, 0, taps), high = clamp_int(shape->width - x, low, taps);
  const ptrdiff_t row = (ptrdiff_t)pixel.image * shape->height + y;
  return (struct segment){(row * shape->width + x) * shape->channels, low * shape->channels, high * shape->channels};
}

#endif
