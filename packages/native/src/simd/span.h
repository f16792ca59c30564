// Pixels along one output row that meet the input through one tap of the kernel.
#ifndef MEDGAN_SPAN_H
#define MEDGAN_SPAN_H

#include "../kernels.h"

// Pixel j of `count` reads the input pixel at x + j * x_step and the output pixel at dy + j * dy_step.
struct span {
  const float *x, *dy;
  int count, x_step, dy_step;
};

// `row` counts the output rows of all images. The span is empty where the tap lies outside of the input.
static inline struct span find_span(const struct conv_shape *s, const struct operands *operands, int row, int tap) {
  const struct span empty = {NULL, NULL, 0, 0, 0};
  const int image = row / s->out_height, i = row % s->out_height;
  const int y = i * s->stride_y + tap / s->kernel_width * s->dilation_y - s->pad_top;
  const int offset = tap % s->kernel_width * s->dilation_x - s->pad_left; // x is j * stride_x + offset
  if (y < 0 || y >= s->height || offset >= s->width) return empty;
  const int first = offset >= 0 ? 0 : (-offset + s->stride_x - 1) / s->stride_x;
  const int last = (s->width - offset + s->stride_x - 1) / s->stride_x;
  const int end = last < s->out_width ? last : s->out_width;
  if (end <= first) return empty;
  const ptrdiff_t column = (ptrdiff_t)first * s->stride_x + offset;
  return (struct span){
      .x = operands->left + (((ptrdiff_t)image * s->height + y) * s->width + column) * s->channels,
      .dy = operands->right + ((ptrdiff_t)row * s->out_width + first) * s->out_channels,
      .count = end - first,
      .x_step = s->stride_x * s->channels,
      .dy_step = s->out_channels,
  };
}

#endif
