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
// Blocks hold the planes of PANEL_DEPTH channels side by side: a transform then writes to few pages, where planes far
// apart would need more entries than the processor's buffer of page addresses has. Each plane is a line longer than its
// data: planes that lie a power of two apart compete for the same lines of the cache.
#define PLANE_PAD 16
#define DEPTH_CHUNKS (DEPTH_BLOCK / PANEL_DEPTH)

struct blocks {
  float *filters; // [columns / TILE_COLUMNS][depth / PANEL_DEPTH][point][PANEL_DEPTH][TILE_COLUMNS]
  float *windows; // [panel of tiles][depth / PANEL_DEPTH][point][tile][PANEL_DEPTH]
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

#define FILTER_PLANE (PANEL_DEPTH * TILE_COLUMNS + PLANE_PAD)
#define SUM_PLANE (TILE_BLOCK * WIDTH_BLOCK + 5 * PLANE_PAD)
// Panels are of different heights; the room for each is that of the highest.
#define WINDOW_PANELS ((TILE_BLOCK + TILE_ROWS - 1) / TILE_ROWS)

static int window_plane(int rows) { return rows * PANEL_DEPTH + PLANE_PAD; }

static ptrdiff_t filter_panel(int points) { return (ptrdiff_t)points * DEPTH_CHUNKS * FILTER_PLANE; }
static ptrdiff_t window_panel(int points) { return (ptrdiff_t)points * DEPTH_CHUNKS * window_plane(TILE_ROWS); }

static size_t worker_floats(int points) {
  return WIDTH_BLOCK / TILE_COLUMNS * filter_panel(points) + WINDOW_PANELS * window_panel(points) +
         (size_t)points * SUM_PLANE + WIDTH_BLOCK;
}

static struct blocks open_blocks(const struct job *job, int worker) {
  struct blocks blocks;
  blocks.filters = job->operands->scratch + worker * worker_floats(job->points);
  blocks.windows = blocks.filters + WIDTH_BLOCK / TILE_COLUMNS * filter_panel(job->points);
  blocks.sums = blocks.windows + WINDOW_PANELS * window_panel(job->points);
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

// Where the first plane of step k begins.
static float *filter_step(const struct job *job, float *filters, int k) {
  return filters + k / PANEL_DEPTH * (job->points * FILTER_PLANE) + k % PANEL_DEPTH * TILE_COLUMNS;
}

// Asks for the taps of a step that is transformed a little later: rows of weights lie a page and more apart, so that
// the processor does not foresee them by itself.
static void prefetch_taps(const float *const *taps, int count, int columns, ptrdiff_t ahead) {
  for (int tap = 0; tap < count; tap++) {
    for (int j = 0; j < columns; j += PANEL_DEPTH) __builtin_prefetch(taps[tap] + ahead + j);
  }
}

static void transform_filters(const struct job *job, struct run run, struct range columns, float *filters) {
  const struct winograd_phase phase = find_winograd_phase(job->conv, run.phase);
  const float *taps[9];
  if (!is_gradient(job)) {
    for (int k = 0; k < run.count; k++) {
      const ptrdiff_t offset = (ptrdiff_t)(run.channel + k) * job->columns + columns.start;
      find_taps(job->conv, &phase, offset, job->operands->right, taps);
      const struct planes planes = {filter_step(job, filters, run.position + k), FILTER_PLANE,
                                    filter_panel(job->points), TILE_COLUMNS};
      const int ahead = min_int(2, run.count - 1 - k);
      prefetch_taps(taps, job->kind->taps * job->kind->taps, columns.count, (ptrdiff_t)ahead * job->columns);
      job->kind->filter(taps, columns.count, &planes);
    }
    return;
  }
  for (int j = 0; j < columns.count; j += VEC_WIDTH) {
    float *panel = filters + j / TILE_COLUMNS * filter_panel(job->points) + j % TILE_COLUMNS;
    for (int k = 0; k < run.count; k += VEC_WIDTH) {
      const ptrdiff_t offset = (ptrdiff_t)(columns.start + j) * job->channels + run.channel + k;
      find_taps(job->conv, &phase, offset, job->operands->right, taps);
      const struct planes planes = {filter_step(job, panel, run.position + k), FILTER_PLANE, TILE_COLUMNS, VEC_WIDTH};
      job->kind->filter_transposed(taps, job->channels, &planes);
    }
  }
}

// A panel of the block's tiles.
static struct range tile_panel(struct range tiles, int panel) {
  const int start = panel_start(tiles.count, panel);
  return (struct range){start, panel_start(tiles.count, panel + 1) - start};
}

static void transform_windows(const struct job *job, struct run run, struct range tiles, float *windows) {
  const struct winograd_phase phase = find_winograd_phase(job->conv, run.phase);
  const struct square square = {job->operands->left, job->channels, run.channel, zeros};
  for (int panel = 0; panel < panel_count(tiles.count); panel++, windows += window_panel(job->points)) {
    const struct range rows = tile_panel(tiles, panel);
    const ptrdiff_t plane = window_plane(rows.count), chunk = job->points * plane;
    for (int i = 0; i < rows.count; i++) {
      const float *pixels[MAX_POINTS];
      find_window(&square, &phase, find_tile(&phase, tiles.start + rows.start + i), job->kind, pixels);
      float *first = windows + run.position / PANEL_DEPTH * chunk + i * PANEL_DEPTH;
      job->kind->data(pixels, run.count, &(struct planes){first, plane, chunk, PANEL_DEPTH});
    }
  }
}

// Multiplies the planes of one point.
static void multiply_point(const struct job *job, const struct blocks *blocks, int point, struct range tiles,
                           struct tile tile) {
  const int columns = tile.columns;
  for (int j = 0; j < columns; j += TILE_COLUMNS) {
    tile.right = blocks->filters + j / TILE_COLUMNS * filter_panel(job->points) + point * FILTER_PLANE;
    tile.offset = j;
    tile.columns = min_int(TILE_COLUMNS, columns - j);
    for (int panel = 0; panel < panel_count(tiles.count); panel++) {
      const struct range rows = tile_panel(tiles, panel);
      const int plane = window_plane(rows.count);
      float *sums = blocks->sums + (ptrdiff_t)point * SUM_PLANE, *pointers[TILE_ROWS];
      for (int i = 0; i < rows.count; i++) pointers[i] = sums + (rows.start + i) * WIDTH_BLOCK;
      tile.left = blocks->windows + panel * window_panel(job->points) + point * plane;
      tile.left_gap = job->points * plane - rows.count * PANEL_DEPTH;
      tile.rows = pointers;
      PER_ISA(tile_panel)[rows.count](&tile);
    }
  }
}

static void multiply_planes(const struct job *job, const struct blocks *blocks, struct range tiles, struct range depth,
                            int columns) {
  const struct tile tile = {
      .inner = depth.count,
      .right_stride = TILE_COLUMNS,
      .right_gap = job->points * FILTER_PLANE - PANEL_DEPTH * TILE_COLUMNS,
      .columns = columns,
      .accumulate = depth.start > 0,
  };
  for (int point = 0; point < job->points; point++) multiply_point(job, blocks, point, tiles, tile);
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
      transform_windows(job, run, tiles, blocks->windows);
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
