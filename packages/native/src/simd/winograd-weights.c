// Winograd weight gradients: at each point, windows of x (transposed) times transformed tiles of dy, summed over the
// tiles. Each phase of the kernel's taps is a product of its own.
#include "product.h"
#include "winograd.h"
#include "winograd-geometry.h"

// Tiles that are multiplied before the sums go to memory: part of the order of additions (product.h).
#ifndef DEPTH_TILES
#define DEPTH_TILES 64
#endif
// Channels and output channels of a block. They change no bit of the result.
#ifndef CHANNEL_BLOCK
#define CHANNEL_BLOCK 64
#endif
#ifndef OUTPUT_BLOCK
#define OUTPUT_BLOCK 128
#endif
// Added to the distance between planes: planes that lie a power of two apart compete for the same lines of the cache.
#define PLANE_PAD 80

#define GRADIENT_PLANE (DEPTH_TILES * TILE_COLUMNS + PLANE_PAD)
#define WINDOW_PLANE (DEPTH_TILES * CHANNEL_BLOCK + PLANE_PAD)
#define SUM_PLANE (CHANNEL_BLOCK * OUTPUT_BLOCK + PLANE_PAD)

struct blocks {
  float *gradients; // [out_channels / TILE_COLUMNS][point][tile][TILE_COLUMNS]
  float *windows;   // [point][tile][CHANNEL_BLOCK]
  float *sums;      // [point][channel][OUTPUT_BLOCK]
};

struct job {
  const struct conv *conv;
  const struct operands *operands;
  const struct winograd_kind *kind;
  int points, tiles;
  int channel_parts, output_parts; // of each phase
};

static const float zeros[OUTPUT_BLOCK];

static int min_int(int a, int b) { return a < b ? a : b; }

static size_t worker_floats(int points) {
  return (size_t)points * (OUTPUT_BLOCK / TILE_COLUMNS * GRADIENT_PLANE + WINDOW_PLANE + SUM_PLANE);
}

static struct blocks open_blocks(const struct job *job, int worker) {
  struct blocks blocks;
  blocks.gradients = job->operands->scratch + worker * worker_floats(job->points);
  blocks.windows = blocks.gradients + (size_t)job->points * (OUTPUT_BLOCK / TILE_COLUMNS) * GRADIENT_PLANE;
  blocks.sums = blocks.windows + (size_t)job->points * WINDOW_PLANE;
  return blocks;
}

static void transform_gradients(const struct job *job, const struct winograd_phase *phase, struct range tiles,
                                struct range outputs, float *gradients) {
  const struct square square = {job->operands->right, job->conv->shape.out_channels, outputs.start, zeros};
  for (int i = 0; i < tiles.count; i++) {
    const float *pixels[MAX_TILE];
    find_target(&square, phase, find_tile(phase, tiles.start + i), job->kind, pixels);
    const struct planes planes = {gradients + i * TILE_COLUMNS, GRADIENT_PLANE, (ptrdiff_t)job->points * GRADIENT_PLANE,
                                  TILE_COLUMNS};
    job->kind->gradient(pixels, outputs.count, &planes);
  }
}

static void transform_windows(const struct job *job, const struct winograd_phase *phase, struct range tiles,
                              struct range channels, float *windows) {
  const struct square square = {job->operands->left, job->conv->shape.channels, channels.start, zeros};
  for (int i = 0; i < tiles.count; i++) {
    const float *pixels[MAX_POINTS];
    find_window(&square, phase, find_tile(phase, tiles.start + i), job->kind, pixels);
    const struct planes planes = {windows + i * CHANNEL_BLOCK, WINDOW_PLANE, 0, CHANNEL_BLOCK};
    job->kind->data(pixels, channels.count, &planes);
  }
}

static void multiply_planes(const struct job *job, const struct blocks *blocks, struct range tiles, int channels,
                            int outputs) {
  for (int point = 0; point < job->points; point++) {
    const float *windows = blocks->windows + (ptrdiff_t)point * WINDOW_PLANE;
    float *sums = blocks->sums + (ptrdiff_t)point * SUM_PLANE;
    for (int panel = 0; panel < panel_count(channels); panel++) {
      const int start = panel_start(channels, panel), rows = panel_start(channels, panel + 1) - start;
      float *pointers[TILE_ROWS];
      for (int i = 0; i < rows; i++) pointers[i] = sums + (start + i) * OUTPUT_BLOCK;
      for (int j = 0; j < outputs; j += TILE_COLUMNS) {
        const struct tile tile = {
            .inner = tiles.count,
            .left = windows + start,
            .left_stride = CHANNEL_BLOCK,
            .right = blocks->gradients + ((ptrdiff_t)(j / TILE_COLUMNS) * job->points + point) * GRADIENT_PLANE,
            .right_stride = TILE_COLUMNS,
            .rows = pointers,
            .offset = j,
            .columns = min_int(TILE_COLUMNS, outputs - j),
            .accumulate = tiles.start > 0,
        };
        PER_ISA(tile_strip)[rows](&tile);
      }
    }
  }
}

static void transform_sums(const struct job *job, const struct winograd_phase *phase, const struct blocks *blocks,
                           struct range channels, struct range outputs) {
  for (int i = 0; i < channels.count; i++) {
    const ptrdiff_t offset = (ptrdiff_t)(channels.start + i) * job->conv->shape.out_channels + outputs.start;
    const float *taps[9];
    find_taps(job->conv, phase, offset, job->operands->result, taps);
    const struct planes planes = {blocks->sums + i * OUTPUT_BLOCK, SUM_PLANE, 0, OUTPUT_BLOCK};
    job->kind->weights(&planes, outputs.count, (float *const *)taps);
  }
}

static void run_block(const struct job *job, const struct blocks *blocks, int index, struct range channels,
                      struct range outputs) {
  const struct winograd_phase phase = find_winograd_phase(job->conv, index);
  for (int k = 0; k < job->tiles; k += DEPTH_TILES) {
    const struct range tiles = {k, min_int(DEPTH_TILES, job->tiles - k)};
    transform_gradients(job, &phase, tiles, outputs, blocks->gradients);
    transform_windows(job, &phase, tiles, channels, blocks->windows);
    multiply_planes(job, blocks, tiles, channels.count, outputs.count);
  }
  transform_sums(job, &phase, blocks, channels, outputs);
}

static int panels_of(int count, int width) { return (count + width - 1) / width; }

// Part `part` of `parts` of `count` channels, in whole panels of `width`.
static struct range share(int count, int width, int parts, int part) {
  const int panels = panels_of(count, width);
  const int start = (int)((long long)panels * part / parts) * width;
  const int end = min_int(count, (int)((long long)panels * (part + 1) / parts) * width);
  return (struct range){start, end - start};
}

static void run_part(void *context, int part, int worker) {
  const struct job *job = context;
  const struct conv_shape *shape = &job->conv->shape;
  const int cells = job->channel_parts * job->output_parts, cell = part % cells;
  const struct range channels = share(shape->channels, 16, job->channel_parts, cell / job->output_parts);
  const struct range outputs = share(shape->out_channels, TILE_COLUMNS, job->output_parts, cell % job->output_parts);
  const struct blocks blocks = open_blocks(job, worker);
  if (outputs.count % TILE_COLUMNS != 0) { // the last panel is filled up with zeros
    memset(blocks.gradients, 0, (size_t)(blocks.windows - blocks.gradients) * sizeof(float));
  }
  for (int j = 0; j < outputs.count; j += OUTPUT_BLOCK) {
    const struct range some_outputs = {outputs.start + j, min_int(OUTPUT_BLOCK, outputs.count - j)};
    for (int i = 0; i < channels.count; i += CHANNEL_BLOCK) {
      const struct range some_channels = {channels.start + i, min_int(CHANNEL_BLOCK, channels.count - i)};
      run_block(job, &blocks, part / cells, some_channels, some_outputs);
    }
  }
}

static void choose_parts(struct job *job, int threads) {
  const struct conv_shape *shape = &job->conv->shape;
  const int phases = shape->stride_y * shape->stride_x;
  const int wanted = threads == 1 ? 1 : (3 * threads + phases - 1) / phases;
  const int channels = panels_of(shape->channels, 16), outputs = panels_of(shape->out_channels, TILE_COLUMNS);
  while (job->channel_parts * job->output_parts < wanted) {
    const int channel_share = channels / job->channel_parts * 16,
              output_share = outputs / job->output_parts * TILE_COLUMNS;
    if (channel_share >= output_share && channel_share >= 32) job->channel_parts *= 2;
    else if (output_share >= 2 * TILE_COLUMNS) job->output_parts *= 2;
    else if (channel_share >= 32) job->channel_parts *= 2;
    else break;
  }
}

size_t PER_ISA(winograd_weight_scratch)(const struct conv *conv, int threads) {
  return threads * worker_floats(kind_points(find_kind(conv)));
}

void PER_ISA(winograd_weight_gradient)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  struct job job = {conv, operands, find_kind(conv), kind_points(find_kind(conv)), 0, 1, 1};
  const struct winograd_phase phase = find_winograd_phase(conv, 0);
  job.tiles = conv->shape.batch * phase.y.tiles * phase.x.tiles;
  choose_parts(&job, pool_threads(pool));
  pool_run(pool, run_part, &job, conv->shape.stride_y * conv->shape.stride_x * job.channel_parts * job.output_parts);
}
