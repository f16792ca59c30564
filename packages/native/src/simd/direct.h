#ifndef MEDGAN_DIRECT_H
#define MEDGAN_DIRECT_H

#include "../kernels.h"
#include "../vec.h"

// What a direct convolution reads and writes: the context of its matrix product.
struct direct {
  const struct conv_shape *shape;
  const float *left, *right;
  float *result;
};

void PER_ISA(direct_forward)(struct pool *pool, const struct direct *direct, float *scratch);
void PER_ISA(direct_input_gradient)(struct pool *pool, const struct direct *direct, float *scratch);
void PER_ISA(direct_weight_gradient)(struct pool *pool, const struct direct *direct, float *scratch);

#endif
