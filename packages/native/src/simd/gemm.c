// C = A * B, with either operand transposed as it lies in memory.
#include "gemm.h"

#include "product.h"

struct gemm_call {
  const struct gemm *gemm;
  const struct operands *operands;
};

static void open_product(struct product *product) {
  const struct gemm_call *call = product->context;
  product->rows = product->group = call->gemm->rows;
  product->columns = call->gemm->columns;
  product->inner = call->gemm->inner;
}

static const float *left_matrix(const struct product *product) {
  const struct gemm_call *call = product->context;
  return call->operands->left + product->index * call->gemm->left_step;
}

static void pack_left(const struct product *product, struct range rows, struct range inner, float *packed) {
  const struct gemm_call *call = product->context;
  const ptrdiff_t stride = call->gemm->left_stride;
  const float *source = left_matrix(product) + rows.start * stride + inner.start;
  for (int i = 0; i < rows.count; i++) {
    PER_ISA(panel_put)(packed + i * PANEL_DEPTH, rows.count, 0, source + i * stride, inner.count);
  }
}

static void pack_left_strip(const struct product *product, struct range rows, struct range inner, float *packed) {
  const struct gemm_call *call = product->context;
  const ptrdiff_t stride = call->gemm->left_stride;
  const float *source = left_matrix(product) + inner.start * stride + rows.start;
  for (int k = 0; k < inner.count; k++, source += stride, packed += STRIP_STRIDE) {
    for (int i = 0; i < rows.count; i += VEC_WIDTH) {
      const size_t lanes = rows.count - i < VEC_WIDTH ? (size_t)(rows.count - i) : VEC_WIDTH;
      vec_store(packed + i, vec_load_first(source + i, lanes));
    }
  }
}

static void pack_right(const struct product *product, struct range inner, struct range columns, float *packed) {
  const struct gemm_call *call = product->context;
  const ptrdiff_t stride = call->gemm->right_stride;
  const float *right = call->operands->right + product->index * call->gemm->right_step;
  if (call->gemm->transpose_right) {
    right += columns.start * stride + inner.start;
    PER_ISA(pack_columns_transposed)(right, (int)stride, inner.count, columns.count, packed);
  } else {
    right += inner.start * stride + columns.start;
    PER_ISA(pack_columns)(right, (int)stride, inner.count, columns.count, packed);
  }
}

static void find_rows(const struct product *product, struct range rows, float **pointers) {
  const struct gemm_call *call = product->context;
  float *result = call->operands->result + product->index * call->gemm->result_step;
  for (int i = 0; i < rows.count; i++) {
    pointers[i] = result + (ptrdiff_t)(rows.start + i) * call->gemm->result_stride;
  }
}

size_t PER_ISA(gemm_scratch)(const struct gemm *gemm, int threads) {
  if (PER_ISA(is_gemv)(gemm)) return PER_ISA(gemv_scratch)(gemm);
  return PER_ISA(operation_scratch)(threads);
}

void PER_ISA(gemm)(struct pool *pool, const struct gemm *gemm, const struct operands *operands) {
  if (PER_ISA(is_gemv)(gemm)) {
    PER_ISA(gemv)(pool, gemm, operands);
    return;
  }
  const struct gemm_call call = {gemm, operands};
  const struct operation operation = {
      .context = &call,
      .products = gemm->batch,
      .strips = gemm->transpose_left,
      .open = open_product,
      .pack_left = gemm->transpose_left ? pack_left_strip : pack_left,
      .pack_right = pack_right,
      .find_rows = find_rows,
  };
  PER_ISA(operation_run)(pool, &operation, operands->scratch);
}
