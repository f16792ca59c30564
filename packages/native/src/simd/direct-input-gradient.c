// dx of one phase (phase.h) = windows of dy times transposed weights: one row per input pixel of the phase, one column
// per input channel. The phases are independent products.
#include "direct.h"
#include "narrow.h"
#include "phase.h"
#include "product.h"
#include "window.h"

static void open_product(struct product *product) {
  const struct conv_shape *shape = ((const struct direct *)product->context)->shape;
  const struct axis_shape y = {shape->height, shape->kernel_height, shape->stride_y, shape->dilation_y, shape->pad_top};
  const struct axis_shape x = {shape->width, shape->kernel_width, shape->stride_x, shape->dilation_x, shape->pad_left};
  product->phase.y = find_phase(y, product->index / shape->stride_x);
  product->phase.x = find_phase(x, product->index % shape->stride_x);
  product->rows = shape->batch * product->phase.y.count * product->phase.x.count;
  product->group = product->rows > 0 ? product->rows : 1; // a phase has no pixels where the stride exceeds the image
  product->columns = shape->channels;
  product->inner = product->phase.y.taps * product->phase.x.taps * shape->out_channels;
}

static int min_int(int a, int b) { return a < b ? a : b; }

struct tap {
  int y, x;
};

// The output pixel that a tap of the phase reads for a pixel of the phase, or NULL where there is none.
static const float *find_source(const struct direct *direct, const struct phase *phase, struct pixel pixel,
                                struct tap tap) {
  const struct conv_shape *shape = direct->shape;
  const int y = phase->y.first_source + pixel.y + tap.y * phase->y.source_step;
  const int x = phase->x.first_source + pixel.x + tap.x * phase->x.source_step;
  if (y < 0 || y >= shape->out_height || x < 0 || x >= shape->out_width) return NULL;
  const ptrdiff_t row = (ptrdiff_t)pixel.image * shape->out_height + y;
  return direct->left + (row * shape->out_width + x) * shape->out_channels;
}

// The weights [channels][out_channels] of a tap of the phase.
static const float *find_weights(const struct direct *direct, const struct phase *phase, int tap) {
  const struct conv_shape *shape = direct->shape;
  const int y = phase->y.first_tap + tap / phase->x.taps * phase->y.tap_step;
  const int x = phase->x.first_tap + tap % phase->x.taps * phase->x.tap_step;
  return direct->right + (ptrdiff_t)(y * shape->kernel_width + x) * shape->channels * shape->out_channels;
}

static void pack_left(const struct product *product, struct range rows, struct range inner, float *packed) {
  const struct direct *direct = product->context;
  const struct phase *phase = &product->phase;
  const int channels = direct->shape->out_channels;
  struct pixel pixel = pixel_at(rows.start, phase->y.count, phase->x.count);
  for (int i = 0; i < rows.count; i++) {
    for (int k = 0; k < inner.count;) {
      const int start = (inner.start + k) % channels;
      const int count = min_int(channels - start, inner.count - k);
      const int tap = (inner.start + k) / channels;
      const float *source = find_source(direct, phase, pixel, (struct tap){tap / phase->x.taps, tap % phase->x.taps});
      PER_ISA(panel_put)(packed + i * PANEL_DEPTH, rows.count, k, source == NULL ? NULL : source + start, count);
      k += count;
    }
    pixel_next(&pixel, phase->y.count, phase->x.count);
  }
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

static void find_left(const struct narrow_product *narrow, struct range rows, const float *left[][NARROW_ROWS]) {
  const struct phase *phase = &narrow->product.phase;
  struct pixel pixel = pixel_at(rows.start, phase->y.count, phase->x.count);
  for (int i = 0; i < rows.count; i++) {
    for (int tap_y = 0, tap = 0; tap_y < phase->y.taps; tap_y++) {
      for (int tap_x = 0; tap_x < phase->x.taps; tap_x++, tap++) {
        left[tap][i] = find_source(narrow->product.context, phase, pixel, (struct tap){tap_y, tap_x});
      }
    }
    pixel_next(&pixel, phase->y.count, phase->x.count);
  }
}

void PER_ISA(direct_input_gradient)(struct pool *pool, const struct direct *direct, float *scratch) {
  const struct operation operation = {
      .context = direct,
      .products = direct->shape->stride_y * direct->shape->stride_x,
      .open = open_product,
      .pack_left = pack_left,
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
      .find_left = find_left,
      .find_rows = find_rows,
  };
  PER_ISA(narrow_run)(pool, &operation);
}
