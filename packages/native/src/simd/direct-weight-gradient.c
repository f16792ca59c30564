// dw = transposed windows of x times dy: one row per weight of a filter, one column per output channel; the inner
// dimension runs over the output pixels. Both operands are outer products as they lie, so that nothing is transposed.
#include "direct.h"
#include "product.h"
#include "window.h"

static void open_product(struct product *product) {
  const struct conv_shape *shape = ((const struct direct *)product->context)->shape;
  product->rows = shape->kernel_height * shape->kernel_width * shape->channels;
  product->group = segment_taps(shape) * shape->channels; // so that a strip's rows lie in one segment
  product->columns = shape->out_channels;
  product->inner = shape->batch * shape->out_height * shape->out_width;
}

// Copies rows.count <= STRIP_STRIDE floats of a segment, zeros where it leaves the image.
ALWAYS_INLINE void put_strip(float *strip, const float *source, struct range rows, struct segment segment) {
  const int end = rows.start + rows.count;
  const int low = clamp_int(segment.low, rows.start, end), high = clamp_int(segment.high, low, end);
  if (high - low < rows.count) memset(strip, 0, STRIP_STRIDE * sizeof(float));
  if (high == low) return;
  source += segment.offset + low;
  strip += low - rows.start;
  for (int i = 0; i < high - low; i += VEC_WIDTH) {
    const size_t lanes = high - low - i < VEC_WIDTH ? (size_t)(high - low - i) : VEC_WIDTH;
    vec_store_first(strip + i, vec_load_first(source + i, lanes), lanes);
  }
}

static void pack_left(const struct product *product, struct range rows, struct range inner, float *packed) {
  const struct direct *direct = product->context;
  const struct conv_shape *shape = direct->shape;
  const int index = rows.start / product->group;
  const struct range part = {rows.start % product->group, rows.count};
  struct pixel pixel = pixel_at(inner.start, shape->out_height, shape->out_width);
  for (int k = 0; k < inner.count; k++) {
    put_strip(packed + k * STRIP_STRIDE, direct->left, part, find_segment(shape, pixel, index));
    pixel_next(&pixel, shape->out_height, shape->out_width);
  }
}

static void pack_right(const struct product *product, struct range inner, struct range columns, float *packed) {
  const struct direct *direct = product->context;
  const int stride = direct->shape->out_channels;
  const float *gradient = direct->right + (ptrdiff_t)inner.start * stride + columns.start;
  PER_ISA(pack_columns)(gradient, stride, inner.count, columns.count, packed);
}

static void find_rows(const struct product *product, struct range rows, float **pointers) {
  const struct direct *direct = product->context;
  const ptrdiff_t stride = direct->shape->out_channels;
  for (int i = 0; i < rows.count; i++) pointers[i] = direct->result + (rows.start + i) * stride;
}

void PER_ISA(direct_weight_gradient)(struct pool *pool, const struct direct *direct, float *scratch) {
  const struct operation operation = {
      .context = direct,
      .products = 1,
      .strips = true,
      .open = open_product,
      .pack_left = pack_left,
      .pack_right = pack_right,
      .find_rows = find_rows,
  };
  PER_ISA(operation_run)(pool, &operation, scratch);
}
