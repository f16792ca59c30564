// The kernels' definitions as plain loops in double precision.
#ifndef MEDGAN_TEST_REFERENCE_H
#define MEDGAN_TEST_REFERENCE_H

#include "../src/kernels.h"

// Floats of the left operand, right operand and result of a convolution. `depthwise` selects the filters' layout.
struct sizes {
  size_t left, right, result;
};
struct sizes conv_sizes(const struct conv *conv, bool depthwise);
struct sizes gemm_sizes(const struct gemm *gemm);

void reference_conv(const struct conv *conv, bool depthwise, const float *left, const float *right, double *result);
void reference_gemm(const struct gemm *gemm, const float *left, const float *right, double *result);

#endif
