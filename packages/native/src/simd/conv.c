#include "conv.h"

#include "direct.h"
#include "winograd.h"

size_t PER_ISA(conv_scratch)(const struct conv *conv, int threads) {
  if (conv->algorithm == CONV_DIRECT) return PER_ISA(direct_scratch)(conv, threads);
  if (conv->direction == CONV_WEIGHT_GRADIENT) return PER_ISA(winograd_weight_scratch)(conv, threads);
  return PER_ISA(winograd_scratch)(conv, threads);
}

void PER_ISA(conv)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  if (conv->algorithm == CONV_DIRECT) PER_ISA(direct)(pool, conv, operands);
  else if (conv->direction == CONV_WEIGHT_GRADIENT) PER_ISA(winograd_weight_gradient)(pool, conv, operands);
  else PER_ISA(winograd_conv)(pool, conv, operands);
}
