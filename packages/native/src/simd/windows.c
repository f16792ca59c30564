// Gathers windows of an image, for the matrix products and dot products of direct convolutions.
#include "windows.h"

static int min_int(int a, int b) { return a < b ? a : b; }

// Writes a part of a segment into a panel from step k on.
static void put_segment(float *panel, int rows, int k, const float *source, struct range part, struct segment segment) {
  const int end = part.start + part.count;
  const int low = clamp_int(segment.low, part.start, end), high = clamp_int(segment.high, low, end);
  if (low > part.start) PER_ISA(panel_put)(panel, rows, k, NULL, low - part.start);
  if (high > low) PER_ISA(panel_put)(panel, rows, k + low - part.start, source + segment.offset + low, high - low);
  if (end > high) PER_ISA(panel_put)(panel, rows, k + high - part.start, NULL, end - high);
}

void PER_ISA(pack_windows)(const struct product *product, struct range rows, struct range inner, float *packed) {
  const struct conv_shape *shape = &product->windows;
  if (inner.count == 0) return; // a phase without taps
  const int length = segment_taps(shape) * shape->channels;
  struct pixel pixel = pixel_at(rows.start, shape->out_height, shape->out_width);
  for (int i = 0; i < rows.count; i++) {
    int index = inner.start / length, start = inner.start % length;
    for (int k = 0; k < inner.count;) {
      const struct range part = {start, min_int(length - start, inner.count - k)};
      put_segment(packed + i * PANEL_DEPTH, rows.count, k, product->source, part, find_segment(shape, pixel, index));
      k += part.count;
      start = 0;
      index++;
    }
    pixel_next(&pixel, shape->out_height, shape->out_width);
  }
}

void PER_ISA(find_windows)(const struct narrow_product *narrow, struct range rows, const float *left[][NARROW_ROWS]) {
  const struct conv_shape *s = &narrow->product.windows;
  struct pixel pixel = pixel_at(rows.start, s->out_height, s->out_width);
  for (int i = 0; i < rows.count; i++) {
    for (int ky = 0, tap = 0; ky < s->kernel_height; ky++) {
      const int y = pixel.y * s->stride_y + ky * s->dilation_y - s->pad_top;
      const ptrdiff_t line = ((ptrdiff_t)pixel.image * s->height + y) * s->width;
      for (int kx = 0; kx < s->kernel_width; kx++, tap++) {
        const int x = pixel.x * s->stride_x + kx * s->dilation_x - s->pad_left;
        const bool inside = y >= 0 && y < s->height && x >= 0 && x < s->width;
        left[tap][i] = inside ? narrow->product.source + (line + x) * s->channels : NULL;
      }
    }
    pixel_next(&pixel, s->out_height, s->out_width);
  }
}
