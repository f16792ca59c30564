// y = windows of x times weights: one row per output pixel, one column per output channel. The windows are gathered
// panel by panel and never stored as a whole ("implicit GEMM").
#include "direct.h"
#include "narrow.h"
#include "product.h"
#include "window.h"

static void open_product(struct product *product) {
  const struct conv_shape *shape = ((const struct direct *)product->context)->shape;
  product->rows = product->group = shape->batch * shape->out_height * shape->out_width;
  product->columns = shape->out_channels;
  product->inner = shape->kernel_height * shape->kernel_width * shape->channels;
}

static int min_int(int a, int b) { return a < b ? a : b; }

// Writes floats start .. end - 1 of a segment into a panel from step k on.
static void put_segment(float *panel, int rows, int k, const float *source, struct range part, struct segment segment) {
  const int end = part.start + part.count;
  const int low = clamp_int(segment.low, part.start, end), high = clamp_int(segment.high, low, end);
  PER_ISA(panel_put)(panel, rows, k, NULL, low - part.start);
  if (high > low) PER_ISA(panel_put)(panel, rows, k + low - part.start, source + segment.offset + low, high - low);
  PER_ISA(panel_put)(panel, rows, k + high - part.start, NULL, end - high);
}

static void pack_left(const struct product *product, struct range rows, struct range inner, float *packed) {
  const struct direct *direct = product->context;
  const struct conv_shape *shape = direct->shape;
  const int length = segment_taps(shape) * shape->channels;
  struct pixel pixel = pixel_at(rows.start, shape->out_height, shape->out_width);
  for (int i = 0; i < rows.count; i++) {
    for (int k = 0; k < inner.count;) {
      const int start = (inner.start + k) % length;
      const struct range part = {start, min_int(length - start, inner.count - k)};
      const struct segment segment = find_segment(shape, pixel, (inner.start + k) / length);
      put_segment(packed + i * PANEL_DEPTH, rows.count, k, direct->left, part, segment);
      k += part.count;
    }
    pixel_next(&pixel, shape->out_height, shape->out_width);
  }
}

static void pack_right(const struct product *product, struct range inner, struct range columns, float *packed) {
  const struct direct *direct = product->context;
  const int stride = direct->shape->out_channels;
  const float *weights = direct->right + (ptrdiff_t)inner.start * stride + columns.start;
  PER_ISA(pack_columns)(weights, stride, inner.count, columns.count, packed);
}

static void find_rows(const struct product *product, struct range rows, float **pointers) {
  const struct direct *direct = product->context;
  const ptrdiff_t stride = direct->shape->out_channels;
  for (int i = 0; i < rows.count; i++) pointers[i] = direct->result + (rows.start + i) * stride;
}

void PER_ISA(direct_forward)(struct pool *pool, const struct direct *direct, float *scratch) {
  const struct operation operation = {
      .context = direct,
      .products = 1,
      .open = open_product,
      .pack_left = pack_left,
      .pack_right = pack_right,
      .find_rows = find_rows,
  };
  PER_ISA(operation_run)(pool, &operation, scratch);
}

// Weights for dot products, as narrow_forward packs them: [out_channels][tap][channels].
struct narrow_forward {
  struct direct direct; // first, so that find_rows reads it from the same context
  const float *weights;
};

static void open_narrow(struct narrow_product *narrow) {
  const struct narrow_forward *forward = narrow->product.context;
  open_product(&narrow->product);
  narrow->depth = forward->direct.shape->channels;
  narrow->taps = narrow->product.inner / narrow->depth;
  narrow->right_stride = narrow->product.inner;
  for (int tap = 0; tap < narrow->taps; tap++) narrow->right[tap] = forward->weights + (ptrdiff_t)tap * narrow->depth;
}

static void find_left(const struct narrow_product *narrow, struct range rows, const float *left[][NARROW_ROWS]) {
  const struct direct *direct = narrow->product.context;
  const struct conv_shape *s = direct->shape;
  struct pixel pixel = pixel_at(rows.start, s->out_height, s->out_width);
  for (int i = 0; i < rows.count; i++) {
    for (int ky = 0, tap = 0; ky < s->kernel_height; ky++) {
      const int y = pixel.y * s->stride_y + ky * s->dilation_y - s->pad_top;
      const ptrdiff_t line = ((ptrdiff_t)pixel.image * s->height + y) * s->width;
      for (int kx = 0; kx < s->kernel_width; kx++, tap++) {
        const int x = pixel.x * s->stride_x + kx * s->dilation_x - s->pad_left;
        const bool inside = y >= 0 && y < s->height && x >= 0 && x < s->width;
        left[tap][i] = inside ? direct->left + (line + x) * s->channels : NULL;
      }
    }
    pixel_next(&pixel, s->out_height, s->out_width);
  }
}

void PER_ISA(narrow_forward)(struct pool *pool, const struct direct *direct, float *scratch) {
  const struct conv_shape *shape = direct->shape;
  const int inner = shape->kernel_height * shape->kernel_width * shape->channels, columns = shape->out_channels;
  for (int k = 0; k < inner; k++) {
    for (int j = 0; j < columns; j++) scratch[(ptrdiff_t)j * inner + k] = direct->right[(ptrdiff_t)k * columns + j];
  }
  const struct narrow_forward forward = {*direct, scratch};
  const struct narrow_operation operation = {
      .context = &forward,
      .products = 1,
      .open = open_narrow,
      .find_left = find_left,
      .find_rows = find_rows,
  };
  PER_ISA(narrow_run)(pool, &operation);
}
