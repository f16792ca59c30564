#ifndef MEDGAN_GEMM_H
#define MEDGAN_GEMM_H

#include "../kernels.h"
#include "../vec.h"

size_t PER_ISA(gemm_scratch)(const struct gemm *gemm, int threads);
void PER_ISA(gemm)(struct pool *pool, const struct gemm *gemm, const struct operands *operands);

// The same where the right operand is one column or the left one row.
bool PER_ISA(is_gemv)(const struct gemm *gemm);
size_t PER_ISA(gemv_scratch)(const struct gemm *gemm);
void PER_ISA(gemv)(struct pool *pool, const struct gemm *gemm, const struct operands *operands);

#endif
