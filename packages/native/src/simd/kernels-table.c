#include "conv.h"
#include "depthwise.h"
#include "gemm.h"

const struct kernels PER_ISA(kernels) = {
    .name = VEC_ISA_NAME,
    .conv_scratch = PER_ISA(conv_scratch),
    .conv = PER_ISA(conv),
    .depthwise_scratch = PER_ISA(depthwise_scratch),
    .depthwise = PER_ISA(depthwise),
    .gemm_scratch = PER_ISA(gemm_scratch),
    .gemm = PER_ISA(gemm),
};
