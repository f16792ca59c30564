// dx of one phase (phase.h) = windows of dy times transposed weights: one row per input pixel of the phase, one column
// per input channel. The phases are independent products.
#include "direct.h"
#include "phase.h"
#include "windows.h"

// The windows of a phase in the output gradient, as those of a convolution with stride 1.
static struct conv_shape phase_windows(const struct conv_shape *shape, const struct phase *phase) {
  return (struct conv_shape){
      .batch = shape->batch,
      .height = shape->out_height,
      .width = shape->out_width,
      .channels = shape->out_channels,
      .out_height = phase->y.count,
      .out_width = phase->x.count,
      .out_channels = shape->channels,
      .kernel_height = phase->y.taps,
      .kernel_width = phase->x.taps,
      .stride_y = 1,
      .stride_x = 1,
      .dilation_y = phase->y.source_step,
      .dilation_x = phase->x.source_step,
      .pad_top = -phase->y.first_source,
      .pad_left = -phase->x.first_source,
  };
}

static void open_product(struct product *product) {
  const struct direct *direct = product->context;
  const struct conv_shape *shape = direct->shape;
  const struct axis_shape y = {shape->height, shape->kernel_height, shape->stride_y, shape->dilation_y, shape->pad_top};
  const struct axis_shape x = {shape->width, shape->kernel_width, shape->stride_x, shape->dilation_x, shape->pad_left};
  product->phase.y = find_phase(y, product->index / shape->stride_x);
  product->phase.x = find_phase(x, product->index % shape->stride_x);
  product->windows = phase_windows(shape, &product->phase);
  product->source = direct->left;
  product->rows = shape->batch * product->phase.y.count * product->phase.x.count;
  product->group = product->rows > 0 ? product->rows : 1; // a phase has no pixels where the stride exceeds the image
  product->columns = shape->channels;
  product->inner = product->phase.y.taps * product->phase.x.taps * shape->out_channels;
}

static int min_int(int a, int b) { return a < b ? a : b; }

// The weights [channels][out_channels] of a tap of the phase.
static const float *find_weights(const struct direct *direct, const struct phase *phase, int tap) {
  const struct conv_shape *shape = direct->shape;
  const int y = phase->y.first_tap + tap / phase->x.taps * phase->y.tap_step;
  const int x = phase->x.first_tap + tap % phase->x.taps * phase->x.tap_step;
  return direct->right + (ptrdiff_t)(y * shape->kernel_width + x) * shape->channels * shape->out_channels;
}

// Each panel of columns is packed tap by tap: the steps of one tap are the output channels of weights[ky][kx].
static void pack_right(const struct product *product, struct range inner, struct range columns, float *packed) {
  const struct direct *direct = product->context;
  const struct conv_shape *shape = direct->shape;
  const struct phase *phase = &product->phase;
  for (int j = 0; j < columns.count; j += TILE_COLUMNS) {
    for (int k = 0; k < inner.count;) {
      const int tap = (inner.start + k) / shape->out_channels, start = (inner.start + k) % shape->out_channels;
      const int count = min_int(shape->out_channels - start, inner.count - k);
      const float *weights = find_weights(direct, phase, tap);
      weights += (ptrdiff_t)(columns.start + j) * shape->out_channels + start;
      PER_ISA(pack_columns_transposed)
      (weights, shape->out_channels, count, min_int(TILE_COLUMNS, columns.count - j),
       packed + (size_t)k * TILE_COLUMNS);
      k += count;
    }
    packed += (size_t)inner.count * TILE_COLUMNS;
  }
}

static void find_rows(const struct product *product, struct range rows, float **pointers) {
  const struct direct *direct = product->context;
  const struct conv_shape *shape = direct->shape;
  const struct phase *phase = &product->phase;
  struct pixel pixel = pixel_at(rows.start, phase->y.count, phase->x.count);
  for (int i = 0; i < rows.count; i++) {
    const int y = phase->y.first + pixel.y * shape->stride_y, x = phase->x.first + pixel.x * shape->stride_x;
    const ptrdiff_t row = (ptrdiff_t)pixel.image * shape->height + y;
    pointers[i] = direct->result + (row * shape->width + x) * shape->channels;
    pixel_next(&pixel, phase->y.count, phase->x.count);
  }
}

// Weights lie as the dot products need them: [channels][out_channels] for each tap.
static void open_narrow(struct narrow_product *narrow) {
  const struct direct *direct = narrow->product.context;
  open_product(&narrow->product);
  const struct phase *phase = &narrow->product.phase;
  narrow->depth = direct->shape->out_channels;
  narrow->taps = phase->y.taps * phase->x.taps;
  narrow->right_stride = direct->shape->out_channels;
  for (int tap = 0; tap < narrow->taps; tap++) narrow->right[tap] = find_weights(direct, phase, tap);
}

void PER_ISA(direct_input_gradient)(struct pool *pool, const struct direct *direct, float *scratch) {
  const struct operation operation = {
      .context = direct,
      .products = direct->shape->stride_y * direct->shape->stride_x,
      .open = open_product,
      .pack_left = PER_ISA(pack_windows),
      .pack_right = pack_right,
      .find_rows = find_rows,
  };
  PER_ISA(operation_run)(pool, &operation, scratch);
}

void PER_ISA(narrow_input_gradient)(struct pool *pool, const struct direct *direct, float *scratch) {
  (void)scratch;
  const struct narrow_operation operation = {
      .context = direct,
      .products = direct->shape->stride_y * direct->shape->stride_x,
      .open = open_narrow,
      .find_left = PER_ISA(find_windows),
      .find_rows = find_rows,
  };
  PER_ISA(narrow_run)(pool, &operation);
}
