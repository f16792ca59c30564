#include "narrow.h"

// A dot product has 16 partial sums at every vector width: lane l sums the steps k with k % 16 == l. They are added in
// the order of a tree at the end, so that all instruction sets agree.
#define LANES 16
#define SUMS (NARROW_ROWS * NARROW_COLUMNS)

struct run {
  const struct narrow_operation *operation;
  int parts; // per product
};

// Padding reads zeros.
static const float zeros[NARROW_DEPTH];

// Adds one tap to the partial sums of lanes first_lane .. first_lane + VEC_WIDTH - 1; `columns` is a constant in every
// caller.
ALWAYS_INLINE void add_tap(int columns, const float *const *left, const float *const *right, int depth, int first_lane,
                           vec (*sums)[NARROW_COLUMNS]) {
  for (int k = first_lane; k < depth; k += LANES) {
    const size_t lanes = depth - k < VEC_WIDTH ? (size_t)(depth - k) : VEC_WIDTH;
    vec values[NARROW_COLUMNS];
    UNROLL
    for (int j = 0; j < NARROW_COLUMNS; j++) {
      if (j < columns) values[j] = lanes == VEC_WIDTH ? vec_load(right[j] + k) : vec_load_first(right[j] + k, lanes);
    }
    UNROLL
    for (int i = 0; i < NARROW_ROWS; i++) {
      const vec value = lanes == VEC_WIDTH ? vec_load(left[i] + k) : vec_load_first(left[i] + k, lanes);
      UNROLL
      for (int j = 0; j < NARROW_COLUMNS; j++) {
        if (j < columns) sums[i][j] = vec_fma(value, values[j], sums[i][j]);
      }
    }
  }
}

// Turns partial sums [result][lane] into the sums of SUMS results.
static void add_lanes(const float *partial, float *totals) {
  float turned[LANES][SUMS];
  for (int i = 0; i < SUMS; i += VEC_WIDTH) {
    for (int lane = 0; lane < LANES; lane += VEC_WIDTH) {
      vec square[VEC_WIDTH];
      UNROLL
      for (int r = 0; r < VEC_WIDTH; r++) square[r] = vec_load(partial + (i + r) * LANES + lane);
      vec_transpose(square);
      UNROLL
      for (int r = 0; r < VEC_WIDTH; r++) vec_store(&turned[lane + r][i], square[r]);
    }
  }
  for (int i = 0; i < SUMS; i += VEC_WIDTH) {
    vec sums[LANES];
    UNROLL
    for (int lane = 0; lane < LANES; lane++) sums[lane] = vec_load(&turned[lane][i]);
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) sums[lane] = vec_add(sums[lane], sums[lane + half]);
    }
    vec_store(totals + i, sums[0]);
  }
}

// The partial sums of a block of rows, [row][column][LANES].
ALWAYS_INLINE void sum_partially(int columns, const struct narrow_product *narrow, const float *left[][NARROW_ROWS],
                                 float *partial) {
  for (int lane = 0; lane < LANES; lane += VEC_WIDTH) {
    vec sums[NARROW_ROWS][NARROW_COLUMNS];
    UNROLL
    for (int i = 0; i < NARROW_ROWS; i++) {
      UNROLL
      for (int j = 0; j < NARROW_COLUMNS; j++) sums[i][j] = vec_zero();
    }
    for (int tap = 0; tap < narrow->taps; tap++) {
      const float *right[NARROW_COLUMNS];
      for (int j = 0; j < columns; j++) right[j] = narrow->right[tap] + j * narrow->right_stride;
      add_tap(columns, left[tap], right, narrow->depth, lane, sums);
    }
    UNROLL
    for (int i = 0; i < NARROW_ROWS; i++) {
      UNROLL
      for (int j = 0; j < NARROW_COLUMNS; j++) {
        vec_store(partial + (i * NARROW_COLUMNS + j) * LANES + lane, sums[i][j]);
      }
    }
  }
}

ALWAYS_INLINE void sum_rows(int columns, const struct narrow_operation *operation, const struct narrow_product *narrow,
                            struct range rows) {
  const float *left[NARROW_TAPS][NARROW_ROWS] = {{NULL}};
  operation->find_left(narrow, rows, left);
  for (int tap = 0; tap < narrow->taps; tap++) {
    for (int i = 0; i < NARROW_ROWS; i++) {
      if (i >= rows.count) left[tap][i] = left[tap][0]; // computed and dropped
      if (left[tap][i] == NULL) left[tap][i] = zeros;
    }
  }
  float partial[SUMS * LANES], totals[SUMS], *pointers[NARROW_ROWS];
  sum_partially(columns, narrow, left, partial);
  add_lanes(partial, totals);
  operation->find_rows(&narrow->product, rows, pointers);
  for (int i = 0; i < rows.count; i++) {
    for (int j = 0; j < columns; j++) pointers[i][j] = totals[i * NARROW_COLUMNS + j];
  }
}

static void sum_rows_of(const struct narrow_operation *operation, const struct narrow_product *narrow,
                        struct range rows) {
  switch (narrow->product.columns) {
  case 1: sum_rows(1, operation, narrow, rows); return;
  case 2: sum_rows(2, operation, narrow, rows); return;
  case 3: sum_rows(3, operation, narrow, rows); return;
  default: sum_rows(4, operation, narrow, rows); return;
  }
}

static void run_part(void *context, int part, int worker) {
  (void)worker;
  const struct run *run = context;
  struct narrow_product narrow = {.product = {.context = run->operation->context, .index = part / run->parts}};
  run->operation->open(&narrow);
  const int blocks = (narrow.product.rows + NARROW_ROWS - 1) / NARROW_ROWS, cell = part % run->parts;
  const int end = (int)((long long)blocks * (cell + 1) / run->parts);
  for (int block = (int)((long long)blocks * cell / run->parts); block < end; block++) {
    const int start = block * NARROW_ROWS, rest = narrow.product.rows - start;
    sum_rows_of(run->operation, &narrow, (struct range){start, rest < NARROW_ROWS ? rest : NARROW_ROWS});
  }
}

void PER_ISA(narrow_run)(struct pool *pool, const struct narrow_operation *operation) {
  const int threads = pool_threads(pool);
  struct run run = {operation, threads == 1 ? 1 : (4 * threads + operation->products - 1) / operation->products};
  pool_run(pool, run_part, &run, operation->products * run.parts);
}
