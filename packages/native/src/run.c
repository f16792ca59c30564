#include <stdio.h>

#include "instruction.h"

// Words of x that a part of a reduction reads at least.
#define REDUCE_PART 16384

struct reduction {
  const struct reduce *reduce;
  const struct chain_kernels *kernels;
  size_t per_part;
};

static void reduce_part(void *context, int part, int worker) {
  (void)worker;
  const struct reduction *reduction = context;
  const struct reduce *reduce = reduction->reduce;
  size_t begin = (size_t)part * reduction->per_part;
  size_t end = begin + reduction->per_part < reduce->outer ? begin + reduction->per_part : reduce->outer;
  for (size_t o = begin; o < end; o++) {
    union word *y = reduce->y + o * reduce->columns;
    const union word *x = reduce->x + o * reduce->rows * reduce->columns;
    reduction->kernels->reduce(reduce->fold, (const size_t[]){reduce->rows, reduce->columns}, x, y);
    if (reduce->divisor == 1) continue;
    for (size_t c = 0; c < reduce->columns; c++) y[c] = fold_divided(reduce->fold, y[c], reduce->divisor);
  }
}

static void reduce_run(const struct reduce *reduce, const struct chain_kernels *kernels, struct pool *pool) {
  size_t size = reduce->rows * reduce->columns;
  size_t per_part = (REDUCE_PART + size - 1) / size;
  struct reduction reduction = {reduce, kernels, per_part};
  pool_run(pool, reduce_part, &reduction, (int)((reduce->outer + per_part - 1) / per_part));
}

static void fill_run(const struct fill *fill) {
  for (size_t i = 0; i < fill->n; i++) fill->y[i] = fill->value;
}

static bool run_instruction(const struct program *program, const struct instruction *instruction, int32_t *index) {
  struct pool *pool = program->pool;
  const struct kernels *kernels = program->kernels;
  const struct convolution *convolution = &instruction->as.convolution;
  switch (instruction->operation) {
  case OPERATION_CHAIN: chain_run(&instruction->as.chain, program->chain_kernels, pool, program->scratch); break;
  case OPERATION_REDUCE: reduce_run(&instruction->as.reduce, program->chain_kernels, pool); break;
  case OPERATION_COPY: copy_run(&instruction->as.copy, pool); break;
  case OPERATION_FILL: fill_run(&instruction->as.fill); break;
  case OPERATION_GEMM:
    kernels->gemm(pool, &instruction->as.product.shape, &instruction->as.product.operands);
    break;
  case OPERATION_CONV: kernels->conv(pool, &convolution->shape, &convolution->operands); break;
  case OPERATION_DEPTHWISE: kernels->depthwise(pool, &convolution->shape, &convolution->operands); break;
  case OPERATION_GATHER: return gather_run(&instruction->as.gather, index);
  case OPERATION_POOL: pool_shape_run(&instruction->as.pool, pool); break;
  case OPERATION_RESIZE: resize_run(&instruction->as.resize, pool); break;
  default: break;
  }
  return true;
}

bool program_run(struct program *program, char *error) {
  for (size_t i = 0; i < program->instruction_count; i++) {
    const struct instruction *instruction = &program->instructions[i];
    int32_t index;
    if (run_instruction(program, instruction, &index)) continue;
    snprintf(error, PROGRAM_ERROR_SIZE, "a gather asks for index %d of an axis of length %zu", index,
             instruction->as.gather.length);
    return false;
  }
  return true;
}
