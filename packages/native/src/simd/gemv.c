// Matrix times vector. Each value of the matrix is used once, so that nothing is packed: where the inner dimension lies
// along the rows, results are dot products; where it lies across them, rows are scaled and added.
#include "gemm.h"
#include "narrow.h"

// Slices of the inner dimension whose sums are added in order at the end: by the shape only.
#define MAX_SLICES 16
// Vectors of results that are summed at a time.
#define CHAINS 8

struct gemv {
  const float *matrix; // [rows][stride], or [inner][stride] where it is transposed
  const float *vector;
  float *result; // result_stride apart
  int rows, inner, stride, result_stride, slices;
  float *sums; // [slice][rows]
};

static int min_int(int a, int b) { return a < b ? a : b; }

static void open_dots(struct narrow_product *narrow) {
  const struct gemv *gemv = narrow->product.context;
  narrow->product.rows = gemv->rows;
  narrow->product.columns = 1;
  narrow->taps = 1;
  narrow->depth = gemv->inner;
  narrow->right[0] = gemv->vector;
}

static void find_left(const struct narrow_product *narrow, struct range rows, const float *left[][NARROW_ROWS]) {
  const struct gemv *gemv = narrow->product.context;
  for (int i = 0; i < rows.count; i++) left[0][i] = gemv->matrix + (ptrdiff_t)(rows.start + i) * gemv->stride;
}

static void find_rows(const struct product *product, struct range rows, float **pointers) {
  const struct gemv *gemv = product->context;
  for (int i = 0; i < rows.count; i++) {
    pointers[i] = gemv->result + (ptrdiff_t)(rows.start + i) * gemv->result_stride;
  }
}

// sums[0 .. chains * VEC_WIDTH) = sum over k of vector[k] * matrix[k]; the last vector has `lanes` lanes.
ALWAYS_INLINE void add_rows(int chains, size_t lanes, const struct gemv *gemv, struct range inner, int row,
                            float *sums) {
  vec totals[CHAINS];
  UNROLL
  for (int i = 0; i < CHAINS; i++) totals[i] = vec_zero();
  const float *values = gemv->matrix + (ptrdiff_t)inner.start * gemv->stride + row;
  for (int k = 0; k < inner.count; k++, values += gemv->stride) {
    const vec factor = vec_splat(gemv->vector[inner.start + k]);
    UNROLL
    for (int i = 0; i < CHAINS; i++) {
      if (i < chains) totals[i] = vec_fma(factor, vec_load_first(values + i * VEC_WIDTH, lanes), totals[i]);
    }
  }
  UNROLL
  for (int i = 0; i < CHAINS; i++) {
    if (i < chains) vec_store_first(sums + row + i * VEC_WIDTH, totals[i], lanes);
  }
}

static void sum_slice(void *context, int slice, int worker) {
  (void)worker;
  const struct gemv *gemv = context;
  const int start = (int)((long long)gemv->inner * slice / gemv->slices);
  const struct range inner = {start, (int)((long long)gemv->inner * (slice + 1) / gemv->slices) - start};
  float *sums = gemv->sums + (ptrdiff_t)slice * gemv->rows;
  int row = 0;
  for (; row + CHAINS * VEC_WIDTH <= gemv->rows; row += CHAINS * VEC_WIDTH) {
    add_rows(CHAINS, VEC_WIDTH, gemv, inner, row, sums);
  }
  for (; row + VEC_WIDTH <= gemv->rows; row += VEC_WIDTH) add_rows(1, VEC_WIDTH, gemv, inner, row, sums);
  if (row < gemv->rows) add_rows(1, (size_t)(gemv->rows - row), gemv, inner, row, sums);
}

static void add_slices(const struct gemv *gemv) {
  for (int row = 0; row < gemv->rows; row++) {
    float total = 0;
    for (int slice = 0; slice < gemv->slices; slice++) total += gemv->sums[(ptrdiff_t)slice * gemv->rows + row];
    gemv->result[(ptrdiff_t)row * gemv->result_stride] = total;
  }
}

// A row vector times a matrix is the transposed matrix times a column.
static struct gemm with_column(const struct gemm *gemm, const struct operands *operands, struct operands *turned) {
  *turned = *operands;
  if (gemm->columns == 1) return *gemm;
  turned->left = operands->right;
  turned->right = operands->left;
  return (struct gemm){
      .batch = 1,
      .rows = gemm->columns,
      .columns = 1,
      .inner = gemm->inner,
      .transpose_left = !gemm->transpose_right,
      .transpose_right = !gemm->transpose_left,
      .left_stride = gemm->right_stride,
      .right_stride = gemm->left_stride,
      .result_stride = 1,
  };
}

static int count_slices(int inner) { return min_int(MAX_SLICES, (inner + INNER_BLOCK - 1) / INNER_BLOCK); }

bool PER_ISA(is_gemv)(const struct gemm *gemm) { return gemm->batch == 1 && (gemm->columns == 1 || gemm->rows == 1); }

// A contiguous copy of the vector, and the slices' sums.
size_t PER_ISA(gemv_scratch)(const struct gemm *gemm) {
  const size_t rows = gemm->columns == 1 ? gemm->rows : gemm->columns;
  return gemm->inner + (size_t)count_slices(gemm->inner) * rows;
}

void PER_ISA(gemv)(struct pool *pool, const struct gemm *gemm, const struct operands *operands) {
  struct operands turned;
  const struct gemm column = with_column(gemm, operands, &turned);
  struct gemv gemv = {
      .matrix = turned.left,
      .vector = turned.right,
      .result = turned.result,
      .rows = column.rows,
      .inner = column.inner,
      .stride = column.left_stride,
      .result_stride = column.result_stride,
      .slices = count_slices(column.inner),
      .sums = operands->scratch + column.inner,
  };
  if (!column.transpose_right && column.right_stride > 1) {
    float *copy = operands->scratch;
    for (int k = 0; k < gemv.inner; k++) copy[k] = turned.right[(ptrdiff_t)k * column.right_stride];
    gemv.vector = copy;
  }
  if (column.transpose_left) {
    pool_run(pool, sum_slice, &gemv, gemv.slices);
    add_slices(&gemv);
    return;
  }
  const struct narrow_operation dots = {
      .context = &gemv, .products = 1, .open = open_dots, .find_left = find_left, .find_rows = find_rows};
  PER_ISA(narrow_run)(pool, &dots);
}
