// Winograd convolutions, forward and as input gradients: transform a block of filters and a block of windows, multiply
// them plane by plane, and transform the sums to outputs. All blocks stay in the second-level cache, and nothing is
// kept between calls: transforming the filters again for each block of tiles costs less than reading them from memory.
#include "product.h"
#include "winograd.h"
#include "winograd-geometry.h"

// Channels that are multiplied before the sums go to memory: part of the order of additions (product.h).
#ifndef DEPTH_BLOCK
#define DEPTH_BLOCK 128
#endif
// Tiles and output columns of a block. They change no bit of the result.
#ifndef TILE_BLOCK
#define TILE_BLOCK 56
#endif
#ifndef WIDTH_BLOCK
#define WIDTH_BLOCK 128
#endif
// Added to the distance between planes: planes that lie a power of two apart compete for the same lines of the cache.
#define PLANE_PAD 80

struct blocks {
  float *filters; // [columns / TILE_COLUMNS][point][depth][TILE_COLUMNS]
  float *windows; // [point][panel of tiles][depth / PANEL_DEPTH][tile][PANEL_DEPTH]
  float *sums;    // [point][tile][columns]
  float *outside; // where pixels outside of the target are written
};

struct job {
  const struct conv *conv;
  const struct operands *operands;
  const struct winograd_kind *kind;
  int points, phases;
  int channels, columns;        // of the source (summed over) and of the target
  int tile_parts, column_parts; // of each product
};

static const float zeros[DEPTH_BLOCK];

static int min_int(int a, int b) { return a < b ? a : b; }
static int max_int(int a, int b) { return a > b ? a : b; }
static int round_up(int a, int unit) { return (a + unit - 1) / unit * unit; }

static bool is_gradient(const struct job *job) { return job->conv->direction == CONV_INPUT_GRADIENT; }

// A forward convolution sums over the phases: they extend the inner dimension. The phases of an input gradient are
// products of their own.
static int job_products(const struct job *job) { return is_gradient(job) ? job->phases : 1; }
static int job_depth(const struct job *job) { return is_gradient(job) ? job->channels : job->phases * job->channels; }

static struct job open_job(const struct conv *conv, const struct operands *operands) {
  const struct conv_shape *shape = &conv->shape;
  const struct winograd_kind *kind = find_kind(conv);
  const bool gradient = conv->direction == CONV_INPUT_GRADIENT;
  return (struct job){
      .conv = conv,
      .operands = operands,
      .kind = kind,
      .points = kind_points(kind),
      .phases = shape->stride_y * shape->stride_x,
      .channels = gradient ? shape->out_channels : shape->channels,
      .columns = gradient ? shape->channels : shape->out_channels,
      .tile_parts = 1,
      .column_parts = 1,
  };
}

#define FILTER_PLANE (DEPTH_BLOCK * TILE_COLUMNS + PLANE_PAD)
#define WINDOW_PLANE (DEPTH_BLOCK * TILE_BLOCK + PLANE_PAD)
#define SUM_PLANE (TILE_BLOCK * WIDTH_BLOCK + PLANE_PAD)

static size_t worker_floats(int points) {
  return (size_t)points * (WIDTH_BLOCK / TILE_COLUMNS * FILTER_PLANE + WINDOW_PLANE + SUM_PLANE) + WIDTH_BLOCK;
}

static struct blocks open_blocks(const struct job *job, int worker) {
  struct blocks blocks;
  blocks.filters = job->operands->scratch + worker * worker_floats(job->points);
  blocks.windows = blocks.filters + (size_t)job->points * (WIDTH_BLOCK / TILE_COLUMNS) * FILTER_PLANE;
  blocks.sums = blocks.windows + (size_t)job->points * WINDOW_PLANE;
  blocks.outside = blocks.sums + (size_t)job->points * SUM_PLANE;
  return blocks;
}

// A run of the inner dimension: channels of one phase.
struct run {
  int phase, channel, count;
  int position; // within the block
};

static struct run find_run(const struct job *job, int product, struct range depth, int position) {
  const int k = depth.start + position, channel = k % job->channels;
  return (struct run){
      .phase = is_gradient(job) ? product : k / job->channels,
      .channel = channel,
      .count = min_int(job->channels - channel, depth.count - position),
      .position = position,
  };
}

static void transform_filters(const struct job *job, struct run run, struct range columns, float *filters) {
  const struct winograd_phase phase = find_winograd_phase(job->conv, run.phase);
  const float *taps[9];
  filters += run.position * TILE_COLUMNS;
  if (!is_gradient(job)) {
    for (int k = 0; k < run.count; k++) {
      const ptrdiff_t offset = (ptrdiff_t)(run.channel + k) * job->columns + columns.start;
      find_taps(job->conv, &phase, offset, job->operands->right, taps);
      const struct planes planes = {filters + k * TILE_COLUMNS, FILTER_PLANE, (ptrdiff_t)job->points * FILTER_PLANE,
                                    TILE_COLUMNS};
      job->kind->filter(taps, columns.count, &planes);
    }
    return;
  }
  for (int j = 0; j < columns.count; j += VEC_WIDTH) {
    float *panel = filters + (ptrdiff_t)(j / TILE_COLUMNS) * job->points * FILTER_PLANE + j % TILE_COLUMNS;
    for (int k = 0; k < run.count; k += VEC_WIDTH) {
      const ptrdiff_t offset = (ptrdiff_t)(columns.start + j) * job->channels + run.channel + k;
      find_taps(job->conv, &phase, offset, job->operands->right, taps);
      const struct planes planes = {panel + k * TILE_COLUMNS, FILTER_PLANE, TILE_COLUMNS, VEC_WIDTH};
      job->kind->filter_transposed(taps, job->channels, &planes);
    }
  }
}

static void transform_windows(const struct job *job, struct run run, struct range tiles, int depth, float *windows) {
  const struct winograd_phase phase = find_winograd_phase(job->conv, run.phase);
  const struct square square = {job->operands->left, job->channels, run.channel, zeros};
  for (int panel = 0; panel < panel_count(tiles.count); panel++) {
    const int start = panel_start(tiles.count, panel), rows = panel_start(tiles.count, panel + 1) - start;
    for (int i = 0; i < rows; i++) {
      const float *pixels[MAX_POINTS];
      find_window(&square, &phase, find_tile(&phase, tiles.start + start + i), job->kind, pixels);
      float *first = windows + start * depth + run.position * rows + i * PANEL_DEPTH;
      const struct planes planes = {first, WINDOW_PLANE, (ptrdiff_t)rows * PANEL_DEPTH, PANEL_DEPTH};
      job->kind->data(pixels, run.count, &planes);
    }
  }
}

static void multiply_planes(const struct job *job, const struct blocks *blocks, struct range tiles, struct range depth,
                            int columns) {
  for (int point = 0; point < job->points; point++) {
    const float *windows = blocks->windows + (ptrdiff_t)point * WINDOW_PLANE;
    float *sums = blocks->sums + (ptrdiff_t)point * SUM_PLANE;
    for (int j = 0; j < columns; j += TILE_COLUMNS) {
      const float *filters = blocks->filters + ((ptrdiff_t)(j / TILE_COLUMNS) * job->points + point) * FILTER_PLANE;
      for (int panel = 0; panel < panel_count(tiles.count); panel++) {
        const int start = panel_start(tiles.count, panel), rows = panel_start(tiles.count, panel + 1) - start;
        float *pointers[TILE_ROWS];
        for (int i = 0; i < rows; i++) pointers[i] = sums + (start + i) * WIDTH_BLOCK;
        const struct tile tile = {
            .inner = depth.count,
            .left = windows + start * depth.count,
            .right = filters,
            .right_stride = TILE_COLUMNS,
            .rows = pointers,
            .offset = j,
            .columns = min_int(TILE_COLUMNS, columns - j),
            .accumulate = depth.start > 0,
        };
        PER_ISA(tile_panel)[rows](&tile);
      }
    }
  }
}

static void transform_sums(const struct job *job, const struct blocks *blocks, int product, struct range tiles,
                           struct range columns) {
  const struct winograd_phase phase = find_winograd_phase(job->conv, product);
  const struct square square = {job->operands->result, job->columns, columns.start, blocks->outside};
  for (int i = 0; i < tiles.count; i++) {
    const float *pixels[MAX_TILE];
    find_target(&square, &phase, find_tile(&phase, tiles.start + i), job->kind, pixels);
    const struct planes planes = {blocks->sums + i * WIDTH_BLOCK, SUM_PLANE, 0, WIDTH_BLOCK};
    job->kind->output(&planes, columns.count, (float *const *)pixels);
  }
}

static void run_block(const struct job *job, const struct blocks *blocks, int product, struct range tiles,
                      struct range columns) {
  const int total = job_depth(job);
  for (int k = 0; k < total; k += DEPTH_BLOCK) {
    const struct range depth = {k, min_int(DEPTH_BLOCK, total - k)};
    for (int position = 0; position < depth.count;) {
      const struct run run = find_run(job, product, depth, position);
      transform_filters(job, run, columns, blocks->filters);
      transform_windows(job, run, tiles, depth.count, blocks->windows);
      position += run.count;
    }
    multiply_planes(job, blocks, tiles, depth, columns.count);
  }
  transform_sums(job, blocks, product, tiles, columns);
}

static struct range share(int count, int parts, int part) {
  const int start = (int)((long long)count * part / parts);
  return (struct range){start, (int)((long long)count * (part + 1) / parts) - start};
}

static int product_tiles(const struct job *job, int product) {
  const struct winograd_phase phase = find_winograd_phase(job->conv, product);
  return job->conv->shape.batch * phase.y.tiles * phase.x.tiles;
}

static void run_part(void *context, int part, int worker) {
  const struct job *job = context;
  const int cells = job->tile_parts * job->column_parts, product = part / cells, cell = part % cells;
  const struct range tiles = share(product_tiles(job, product), job->tile_parts, cell / job->column_parts);
  const struct range units =
      share((job->columns + TILE_COLUMNS - 1) / TILE_COLUMNS, job->column_parts, cell % job->column_parts);
  const int end = min_int(job->columns, (units.start + units.count) * TILE_COLUMNS);
  const struct blocks blocks = open_blocks(job, worker);
  const int tile_blocks = (tiles.count + TILE_BLOCK - 1) / TILE_BLOCK;
  for (int column = units.start * TILE_COLUMNS; column < end; column += WIDTH_BLOCK) {
    const struct range columns = {column, min_int(WIDTH_BLOCK, end - column)};
    // A last panel of half the columns is filled up with zeros.
    if (columns.count % TILE_COLUMNS != 0)
      memset(blocks.filters, 0, (size_t)(blocks.windows - blocks.filters) * sizeof(float));
    for (int block = 0; block < tile_blocks; block++) {
      struct range some = share(tiles.count, tile_blocks, block);
      some.start += tiles.start;
      run_block(job, &blocks, product, some, columns);
    }
  }
}

// Cuts tiles first, while a part keeps enough of them to pay for its transformed filters, and then columns.
static void choose_parts(struct job *job, int threads) {
  const int wanted = threads == 1 ? 1 : (3 * threads + job_products(job) - 1) / job_products(job);
  const int tiles = product_tiles(job, 0), columns = round_up(job->columns, TILE_COLUMNS) / TILE_COLUMNS;
  while (job->tile_parts * job->column_parts < wanted) {
    const int tile_share = tiles / job->tile_parts, column_share = columns / job->column_parts;
    if (tile_share >= TILE_BLOCK) job->tile_parts *= 2;
    else if (column_share >= 2) job->column_parts *= 2;
    else if (tile_share >= 2) job->tile_parts *= 2;
    else break;
  }
}

size_t PER_ISA(winograd_scratch)(const struct conv *conv, int threads) {
  return threads * worker_floats(kind_points(find_kind(conv)));
}

void PER_ISA(winograd_conv)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  struct job job = open_job(conv, operands);
  choose_parts(&job, pool_threads(pool));
  pool_run(pool, run_part, &job, max_int(1, job_products(&job) * job.tile_parts * job.column_parts));
}
