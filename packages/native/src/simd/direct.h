// Direct convolutions: matrix products of gathered windows, or dot products where the result has few channels.
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

typedef void direct_kernel(struct pool *pool, const struct direct *direct, float *scratch);

direct_kernel PER_ISA(direct_forward), PER_ISA(direct_input_gradient), PER_ISA(direct_weight_gradient);
direct_kernel PER_ISA(narrow_forward), PER_ISA(narrow_input_gradient), PER_ISA(narrow_weight_gradient);
size_t PER_ISA(narrow_weights_scratch)(const struct conv_shape *shape);

size_t PER_ISA(direct_scratch)(const struct conv *conv, int threads);
void PER_ISA(direct)(struct pool *pool, const struct conv *conv, const struct operands *operands);

#endif
