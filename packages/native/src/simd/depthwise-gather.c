// Depthwise convolutions, forward and as input gradients: each target pixel gathers source pixels times taps. The input
// gradient works phase by phase (phase.h), so that it meets no tap in vain.
#include "depthwise.h"
#include "phase.h"
#include "product.h"
#include "window.h"

// Pixels of a target row that share each loaded weight, taps that are summed before the result is written, and channels
// of a block. The number of taps is part of the order of additions.
#define PIXEL_BLOCK 6
#define TAP_BLOCK 32
#define LANE_BLOCK 512

// Target position start + t * step reads, through tap a, source position source + t * advance + a * source_step; tap a
// is kernel row first_tap + a * tap_step.
struct gather_axis {
  int start, step, count;
  int source, advance, source_step, source_size;
  int first_tap, tap_step, taps;
};

struct job {
  const struct conv *conv;
  const struct operands *operands;
  int target_height, target_width, rows_per_part;
};

// What a block of pixels reads: for each tap its weights and the source pixel of each target pixel.
struct block {
  int taps, pixels;
  const float *weights[TAP_BLOCK];
  const float *sources[TAP_BLOCK][PIXEL_BLOCK];
  float *targets[PIXEL_BLOCK];
  bool accumulate;
};

static const float zeros[LANE_BLOCK];

static int min_int(int a, int b) { return a < b ? a : b; }

static struct gather_axis open_axis(struct axis_shape axis, int out_size, bool gradient, int remainder) {
  if (!gradient) {
    return (struct gather_axis){0, 1, out_size, -axis.pad, axis.stride, axis.dilation, axis.size, 0, 1, axis.kernel};
  }
  const struct phase_axis phase = find_phase(axis, remainder);
  return (struct gather_axis){phase.first,       axis.stride, phase.count,     phase.first_source, 1,
                              phase.source_step, out_size,    phase.first_tap, phase.tap_step,     phase.taps};
}

static inline int source_of(const struct gather_axis *axis, int target, int tap) {
  return axis->source + target * axis->advance + tap * axis->source_step;
}

// Sums `lanes` channels of the block's pixels; `pixels` is a constant in every caller.
ALWAYS_INLINE void gather_lanes(int pixels, const struct block *block, int channel, size_t lanes) {
  vec sums[PIXEL_BLOCK];
  UNROLL
  for (int i = 0; i < PIXEL_BLOCK; i++) sums[i] = vec_zero();
  for (int tap = 0; tap < block->taps; tap++) {
    const vec weight = vec_load_first(block->weights[tap] + channel, lanes);
    UNROLL
    for (int i = 0; i < PIXEL_BLOCK; i++) {
      if (i < pixels) sums[i] = vec_fma(vec_load_first(block->sources[tap][i] + channel, lanes), weight, sums[i]);
    }
  }
  UNROLL
  for (int i = 0; i < PIXEL_BLOCK; i++) {
    if (i >= pixels) continue;
    float *target = block->targets[i] + channel;
    vec_store_first(target, block->accumulate ? vec_add(sums[i], vec_load_first(target, lanes)) : sums[i], lanes);
  }
}

ALWAYS_INLINE void gather_block(int pixels, const struct block *block, int channels) {
  int channel = 0;
  for (; channel + VEC_WIDTH <= channels; channel += VEC_WIDTH) gather_lanes(pixels, block, channel, VEC_WIDTH);
  if (channel < channels) gather_lanes(pixels, block, channel, (size_t)(channels - channel));
}

static void run_block(const struct block *block, int channels) {
  if (block->pixels == PIXEL_BLOCK) {
    gather_block(PIXEL_BLOCK, block, channels);
    return;
  }
  struct block one = *block;
  for (int i = 0; i < block->pixels; i++) {
    one.targets[0] = block->targets[i];
    for (int tap = 0; tap < block->taps; tap++) one.sources[tap][0] = block->sources[tap][i];
    gather_block(1, &one, channels);
  }
}

// One row of the target: its image, and its position on the axis y.
struct row {
  int image, position;
  const struct gather_axis *y, *x;
};

static void open_taps(const struct job *job, const struct row *row, struct range taps, int first, int channel,
                      struct block *block) {
  const struct conv_shape *shape = &job->conv->shape;
  for (int i = 0; i < taps.count; i++) {
    const int tap = taps.start + i, tap_y = tap / row->x->taps, tap_x = tap % row->x->taps;
    const int ky = row->y->first_tap + tap_y * row->y->tap_step, kx = row->x->first_tap + tap_x * row->x->tap_step;
    block->weights[i] = job->operands->right + (ptrdiff_t)(ky * shape->kernel_width + kx) * shape->channels + channel;
    const int y = source_of(row->y, row->position, tap_y);
    const ptrdiff_t line = ((ptrdiff_t)row->image * row->y->source_size + y) * row->x->source_size;
    for (int j = 0; j < block->pixels; j++) {
      const int x = source_of(row->x, first + j, tap_x);
      const bool inside = y >= 0 && y < row->y->source_size && x >= 0 && x < row->x->source_size;
      block->sources[i][j] = inside ? job->operands->left + (line + x) * shape->channels + channel : zeros;
    }
  }
}

static void run_row(const struct job *job, const struct row *row) {
  const int channels = job->conv->shape.channels, taps = row->y->taps * row->x->taps;
  const int y = row->y->start + row->position * row->y->step;
  const ptrdiff_t line = ((ptrdiff_t)row->image * job->target_height + y) * job->target_width;
  for (int first = 0; first < row->x->count; first += PIXEL_BLOCK) {
    struct block block = {.pixels = min_int(PIXEL_BLOCK, row->x->count - first)};
    for (int channel = 0; channel < channels; channel += LANE_BLOCK) {
      for (int j = 0; j < block.pixels; j++) {
        const int x = row->x->start + (first + j) * row->x->step;
        block.targets[j] = job->operands->result + (line + x) * channels + channel;
      }
      int tap = 0;
      do { // once where there is no tap: the result is then zero
        block.taps = min_int(TAP_BLOCK, taps - tap);
        block.accumulate = tap > 0;
        open_taps(job, row, (struct range){tap, block.taps}, first, channel, &block);
        run_block(&block, min_int(LANE_BLOCK, channels - channel));
        tap += TAP_BLOCK;
      } while (tap < taps);
    }
  }
}

static void run_part(void *context, int part, int worker) {
  (void)worker;
  const struct job *job = context;
  const struct conv_shape *shape = &job->conv->shape;
  const bool gradient = job->conv->direction == CONV_INPUT_GRADIENT;
  const struct axis_shape y = {shape->height, shape->kernel_height, shape->stride_y, shape->dilation_y, shape->pad_top};
  const struct axis_shape x = {shape->width, shape->kernel_width, shape->stride_x, shape->dilation_x, shape->pad_left};
  const int rows = shape->batch * job->target_height;
  const int end = min_int(rows, (part + 1) * job->rows_per_part);
  for (int index = part * job->rows_per_part; index < end; index++) {
    const int target = index % job->target_height;
    const int remainder = gradient ? floor_modulo(target + shape->pad_top, shape->stride_y) : 0;
    const struct gather_axis axis_y = open_axis(y, shape->out_height, gradient, remainder);
    for (int phase = 0; phase < (gradient ? shape->stride_x : 1); phase++) {
      const struct gather_axis axis_x = open_axis(x, shape->out_width, gradient, phase);
      run_row(job, &(struct row){index / job->target_height, (target - axis_y.start) / axis_y.step, &axis_y, &axis_x});
    }
  }
}

void PER_ISA(depthwise_gather)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  const bool gradient = conv->direction == CONV_INPUT_GRADIENT;
  const struct conv_shape *shape = &conv->shape;
  struct job job = {conv, operands, gradient ? shape->height : shape->out_height,
                    gradient ? shape->width : shape->out_width, 1};
  const int rows = shape->batch * job.target_height, threads = pool_threads(pool);
  job.rows_per_part = (rows + 4 * threads - 1) / (4 * threads);
  pool_run(pool, run_part, &job, (rows + job.rows_per_part - 1) / job.rows_per_part);
}
