// Depthwise weight gradients: for each channel and tap, the sum over pixels of x times dy. The output rows are cut into
// a fixed number of slices, whose sums are added in order at the end.
#include "depthwise.h"
#include "product.h"
#include "span.h"

// By the shape only, as it is part of the order of additions.
#define MAX_SLICES 16
// Vectors of channels that are summed at a time: independent chains of additions hide each other's latency.
#define CHAINS 4

struct job {
  const struct conv *conv;
  const struct operands *operands;
  int slices;
};

static int min_int(int a, int b) { return a < b ? a : b; }

static int count_slices(const struct conv_shape *shape) {
  return min_int(MAX_SLICES, shape->batch * shape->out_height);
}

static int filter_floats(const struct conv_shape *shape) {
  return shape->kernel_height * shape->kernel_width * shape->channels;
}

// Adds a span to sums[channel ...]; the loads read all lanes of `chains` vectors, or `lanes` of one.
ALWAYS_INLINE void add_chains(int chains, size_t lanes, struct span span, int channel, float *sums) {
  vec totals[CHAINS];
  UNROLL
  for (int i = 0; i < CHAINS; i++) totals[i] = vec_zero();
  const float *x = span.x + channel, *dy = span.dy + channel;
  for (int j = 0; j < span.count; j++, x += span.x_step, dy += span.dy_step) {
    UNROLL
    for (int i = 0; i < CHAINS; i++) {
      if (i >= chains) continue;
      const int lane = i * VEC_WIDTH;
      totals[i] = vec_fma(vec_load_first(x + lane, lanes), vec_load_first(dy + lane, lanes), totals[i]);
    }
  }
  UNROLL
  for (int i = 0; i < CHAINS; i++) {
    if (i >= chains) continue;
    float *sum = sums + channel + i * VEC_WIDTH;
    vec_store_first(sum, vec_add(vec_load_first(sum, lanes), totals[i]), lanes);
  }
}

static void add_span(struct span span, int channels, float *sums) {
  int channel = 0;
  for (; channel + CHAINS * VEC_WIDTH <= channels; channel += CHAINS * VEC_WIDTH) {
    add_chains(CHAINS, VEC_WIDTH, span, channel, sums);
  }
  for (; channel + VEC_WIDTH <= channels; channel += VEC_WIDTH) add_chains(1, VEC_WIDTH, span, channel, sums);
  if (channel < channels) add_chains(1, (size_t)(channels - channel), span, channel, sums);
}

static void sum_slice(void *context, int slice, int worker) {
  (void)worker;
  const struct job *job = context;
  const struct conv_shape *shape = &job->conv->shape;
  const int rows = shape->batch * shape->out_height, taps = shape->kernel_height * shape->kernel_width;
  float *sums = job->operands->scratch + (ptrdiff_t)slice * filter_floats(shape);
  memset(sums, 0, (size_t)filter_floats(shape) * sizeof(float));
  const int end = (int)((long long)rows * (slice + 1) / job->slices);
  for (int row = (int)((long long)rows * slice / job->slices); row < end; row++) {
    for (int tap = 0; tap < taps; tap++) {
      const struct span span = find_span(shape, job->operands, row, tap);
      if (span.count > 0) add_span(span, shape->channels, sums + (ptrdiff_t)tap * shape->channels);
    }
  }
}

static void add_slices(void *context, int part, int worker) {
  (void)worker;
  const struct job *job = context;
  const int floats = filter_floats(&job->conv->shape), first = part * VEC_WIDTH;
  const size_t lanes = (size_t)min_int(VEC_WIDTH, floats - first);
  vec total = vec_zero();
  for (int slice = 0; slice < job->slices; slice++) {
    total = vec_add(total, vec_load_first(job->operands->scratch + (ptrdiff_t)slice * floats + first, lanes));
  }
  vec_store_first(job->operands->result + first, total, lanes);
}

size_t PER_ISA(depthwise_weights_scratch)(const struct conv *conv) {
  return (size_t)count_slices(&conv->shape) * filter_floats(&conv->shape);
}

void PER_ISA(depthwise_weights)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  struct job job = {conv, operands, count_slices(&conv->shape)};
  pool_run(pool, sum_slice, &job, job.slices);
  const int parts = (filter_floats(&conv->shape) + VEC_WIDTH - 1) / VEC_WIDTH;
  for (int part = 0; part < parts; part++) add_slices(&job, part, 0);
}
