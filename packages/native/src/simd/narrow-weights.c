// Weight gradients of layers with few output channels. A tile would need many columns; here the input channels are the
// lanes, and each pixel of x, once loaded, meets all output channels of dy. The output rows are cut into a fixed number
// of slices, whose sums are added in order at the end.
#include "direct.h"
#include "narrow.h"
#include "span.h"

// By the shape only, as it is part of the order of additions.
#define MAX_SLICES 16
// Vectors of channels that are summed at a time.
#define CHAINS 3

struct job {
  const struct direct *direct;
  struct operands operands;
  float *sums; // [slice][tap][out_channel][channel]
  int slices;
};

static int min_int(int a, int b) { return a < b ? a : b; }

static int count_slices(const struct conv_shape *shape) {
  return min_int(MAX_SLICES, shape->batch * shape->out_height);
}

static int filter_floats(const struct conv_shape *shape) {
  return shape->kernel_height * shape->kernel_width * shape->channels * shape->out_channels;
}

// Adds a span to sums[column * channels + channel ...]: `chains` vectors of which `lanes` are read. `columns` and
// `chains` are constants in every caller.
ALWAYS_INLINE void add_chains(int columns, int chains, size_t lanes, struct span span, int channels, float *sums) {
  vec totals[NARROW_COLUMNS][CHAINS];
  UNROLL
  for (int j = 0; j < NARROW_COLUMNS; j++) {
    UNROLL
    for (int i = 0; i < CHAINS; i++) totals[j][i] = vec_zero();
  }
  for (int k = 0; k < span.count; k++, span.x += span.x_step, span.dy += span.dy_step) {
    vec x[CHAINS];
    UNROLL
    for (int i = 0; i < CHAINS; i++) {
      if (i < chains) x[i] = vec_load_first(span.x + i * VEC_WIDTH, lanes);
    }
    UNROLL
    for (int j = 0; j < NARROW_COLUMNS; j++) {
      if (j >= columns) continue;
      const vec dy = vec_splat(span.dy[j]);
      UNROLL
      for (int i = 0; i < CHAINS; i++) {
        if (i < chains) totals[j][i] = vec_fma(x[i], dy, totals[j][i]);
      }
    }
  }
  UNROLL
  for (int j = 0; j < NARROW_COLUMNS; j++) {
    UNROLL
    for (int i = 0; i < CHAINS; i++) {
      if (j >= columns || i >= chains) continue;
      float *sum = sums + (ptrdiff_t)j * channels + i * VEC_WIDTH;
      vec_store_first(sum, vec_add(vec_load_first(sum, lanes), totals[j][i]), lanes);
    }
  }
}

ALWAYS_INLINE void add_span(int columns, struct span span, int channels, float *sums) {
  int channel = 0;
  for (; channel + CHAINS * VEC_WIDTH <= channels; channel += CHAINS * VEC_WIDTH) {
    add_chains(columns, CHAINS, VEC_WIDTH, span, channels, sums + channel);
    span.x += CHAINS * VEC_WIDTH;
  }
  for (; channel + VEC_WIDTH <= channels; channel += VEC_WIDTH, span.x += VEC_WIDTH) {
    add_chains(columns, 1, VEC_WIDTH, span, channels, sums + channel);
  }
  if (channel < channels) add_chains(columns, 1, (size_t)(channels - channel), span, channels, sums + channel);
}

static void add_span_of(int columns, struct span span, int channels, float *sums) {
  switch (columns) {
  case 1: add_span(1, span, channels, sums); return;
  case 2: add_span(2, span, channels, sums); return;
  case 3: add_span(3, span, channels, sums); return;
  default: add_span(4, span, channels, sums); return;
  }
}

static void sum_slice(void *context, int slice, int worker) {
  (void)worker;
  const struct job *job = context;
  const struct conv_shape *shape = job->direct->shape;
  const int rows = shape->batch * shape->out_height, taps = shape->kernel_height * shape->kernel_width;
  float *sums = job->sums + (ptrdiff_t)slice * filter_floats(shape);
  memset(sums, 0, (size_t)filter_floats(shape) * sizeof(float));
  const int end = (int)((long long)rows * (slice + 1) / job->slices);
  for (int row = (int)((long long)rows * slice / job->slices); row < end; row++) {
    for (int tap = 0; tap < taps; tap++) {
      const struct span span = find_span(shape, &job->operands, row, tap);
      float *sum = sums + (ptrdiff_t)tap * shape->channels * shape->out_channels;
      if (span.count > 0) add_span_of(shape->out_channels, span, shape->channels, sum);
    }
  }
}

// Adds the slices of one tap and writes [channel][out_channel].
static void add_slices(void *context, int tap, int worker) {
  (void)worker;
  const struct job *job = context;
  const struct conv_shape *shape = job->direct->shape;
  const int channels = shape->channels, columns = shape->out_channels;
  const ptrdiff_t first = (ptrdiff_t)tap * channels * columns;
  for (int j = 0; j < columns; j++) {
    for (int c = 0; c < channels; c++) {
      float total = 0;
      for (int slice = 0; slice < job->slices; slice++) {
        total += job->sums[(ptrdiff_t)slice * filter_floats(shape) + first + (ptrdiff_t)j * channels + c];
      }
      job->direct->result[first + (ptrdiff_t)c * columns + j] = total;
    }
  }
}

size_t PER_ISA(narrow_weights_scratch)(const struct conv_shape *shape) {
  return (size_t)count_slices(shape) * filter_floats(shape);
}

void PER_ISA(narrow_weight_gradient)(struct pool *pool, const struct direct *direct, float *scratch) {
  const struct conv_shape *shape = direct->shape;
  struct job job = {direct, {.left = direct->left, .right = direct->right}, scratch, count_slices(shape)};
  pool_run(pool, sum_slice, &job, job.slices);
  pool_run(pool, add_slices, &job, shape->kernel_height * shape->kernel_width);
}
