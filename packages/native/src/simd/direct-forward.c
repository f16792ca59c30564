// y = windows of x times weights: one row per output pixel, one column per output channel. The windows are gathered
// panel by panel and never stored as a whole ("implicit GEMM").
#include "direct.h"
#include "windows.h"

static void open_product(struct product *product) {
  const struct direct *direct = product->context;
  const struct conv_shape *shape = direct->shape;
  product->windows = *shape;
  product->source = direct->left;
  product->rows = product->group = shape->batch * shape->out_height * shape->out_width;
  product->columns = shape->out_channels;
  product->inner = shape->kernel_height * shape->kernel_width * shape->channels;
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
      .pack_left = PER_ISA(pack_windows),
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
      .find_left = PER_ISA(find_windows),
      .find_rows = find_rows,
  };
  PER_ISA(narrow_run)(pool, &operation);
}
