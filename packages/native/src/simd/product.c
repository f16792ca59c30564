#include "product.h"

static int min_int(int a, int b) { return a < b ? a : b; }

// How an operation is cut into parts: each product into row_parts x column_parts.
struct grid {
  int row_parts, column_parts;
};

struct run {
  const struct operation *operation;
  struct grid grid;
  float *scratch;
};

// Scratch of one worker: a block of the right matrix and a panel or strip of the left one.
#define RIGHT_FLOATS (INNER_BLOCK * COLUMN_BLOCK)
#define LEFT_FLOATS (INNER_BLOCK * STRIP_STRIDE)
#define WORKER_FLOATS (RIGHT_FLOATS + LEFT_FLOATS)

size_t PER_ISA(operation_scratch)(int threads) { return (size_t)threads * WORKER_FLOATS; }

// Panels of a product: its groups of rows are cut alike.
static int product_panels(const struct product *product) {
  return product->rows / product->group * panel_count(product->group);
}

static struct range product_panel(const struct product *product, int panel) {
  const int per_group = panel_count(product->group);
  const int first = panel / per_group * product->group;
  const int start = panel_start(product->group, panel % per_group);
  return (struct range){first + start, panel_start(product->group, panel % per_group + 1) - start};
}

// Rows need fewer packed blocks than columns need packed panels, so that the longer side is cut. Several parts per
// thread even out the time that other processes take.
static struct grid choose_grid(const struct product *product, int parts) {
  const int panels = product_panels(product);
  const int columns = (product->columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  struct grid grid = {1, 1};
  while (grid.row_parts * grid.column_parts < parts) {
    const int row_share = panels / grid.row_parts * TILE_ROWS,
              column_share = columns / grid.column_parts * TILE_COLUMNS;
    if (row_share >= column_share && row_share >= 2 * TILE_ROWS) grid.row_parts *= 2;
    else if (column_share >= 2 * TILE_COLUMNS) grid.column_parts *= 2;
    else if (row_share >= 2 * TILE_ROWS) grid.row_parts *= 2;
    else break;
  }
  return grid;
}

static struct range share(int count, int parts, int part) {
  const int start = (int)((long long)count * part / parts);
  return (struct range){start, (int)((long long)count * (part + 1) / parts) - start};
}

// Multiplies one packed panel with all panels of a packed right block.
static void multiply_panel(const struct run *run, struct tile tile, int rows, struct range columns) {
  tile_kernel *kernel = (run->operation->strips ? PER_ISA(tile_strip) : PER_ISA(tile_panel))[rows];
  for (int j = 0; j < columns.count; j += TILE_COLUMNS) {
    tile.offset = columns.start + j;
    tile.columns = min_int(TILE_COLUMNS, columns.count - j);
    kernel(&tile);
    tile.right += (size_t)tile.inner * TILE_COLUMNS;
  }
}

static void multiply_block(const struct run *run, const struct product *product, struct range panels,
                           struct range inner, struct range columns, float *scratch) {
  float *right = scratch, *left = scratch + RIGHT_FLOATS;
  run->operation->pack_right(product, inner, columns, right);
  for (int panel = panels.start; panel < panels.start + panels.count; panel++) {
    const struct range rows = product_panel(product, panel);
    float *pointers[TILE_ROWS];
    run->operation->pack_left(product, rows, inner, left);
    run->operation->find_rows(product, rows, pointers);
    const struct tile tile = {
        .inner = inner.count,
        .left = left,
        .left_stride = STRIP_STRIDE,
        .right = right,
        .right_stride = TILE_COLUMNS,
        .rows = pointers,
        .accumulate = inner.start > 0,
    };
    multiply_panel(run, tile, rows.count, columns);
  }
}

static void run_part(void *context, int part, int worker) {
  const struct run *run = context;
  const int cells = run->grid.row_parts * run->grid.column_parts;
  struct product product = {.context = run->operation->context, .index = part / cells};
  run->operation->open(&product);
  const int cell = part % cells;
  const struct range panels = share(product_panels(&product), run->grid.row_parts, cell / run->grid.column_parts);
  const int column_tiles = (product.columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const struct range tiles = share(column_tiles, run->grid.column_parts, cell % run->grid.column_parts);
  const int end = min_int(product.columns, (tiles.start + tiles.count) * TILE_COLUMNS);
  float *scratch = run->scratch + (size_t)worker * WORKER_FLOATS;
  for (int column = tiles.start * TILE_COLUMNS; column < end; column += COLUMN_BLOCK) {
    const struct range columns = {column, min_int(COLUMN_BLOCK, end - column)};
    int k = 0;
    do {
      const struct range inner = {k, min_int(INNER_BLOCK, product.inner - k)};
      multiply_block(run, &product, panels, inner, columns, scratch);
      k += INNER_BLOCK;
    } while (k < product.inner);
  }
}

void PER_ISA(operation_run)(struct pool *pool, const struct operation *operation, float *scratch) {
  struct product first = {.context = operation->context, .index = 0};
  operation->open(&first);
  const int threads = pool_threads(pool);
  const int wanted = threads == 1 ? 1 : (4 * threads + operation->products - 1) / operation->products;
  struct run run = {operation, choose_grid(&first, wanted), scratch};
  pool_run(pool, run_part, &run, operation->products * run.grid.row_parts * run.grid.column_parts);
}
