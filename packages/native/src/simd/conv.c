#include "conv.h"

#include "direct.h"
#include "product.h"
#include "winograd.h"

size_t PER_ISA(conv_scratch)(const struct conv *conv, int threads) {
  if (conv->algorithm == CONV_DIRECT) return PER_ISA(operation_scratch)(threads);
  if (conv->direction == CONV_WEIGHT_GRADIENT) return PER_ISA(winograd_weight_scratch)(conv, threads);
  return PER_ISA(winograd_scratch)(conv, threads);
}

static void run_direct(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  const struct direct direct = {&conv->shape, operands->left, operands->right, operands->result};
  switch (conv->direction) {
  case CONV_FORWARD: PER_ISA(direct_forward)(pool, &direct, operands->scratch); return;
  case CONV_INPUT_GRADIENT: PER_ISA(direct_input_gradient)(pool, &direct, operands->scratch); return;
  case CONV_WEIGHT_GRADIENT: PER_ISA(direct_weight_gradient)(pool, &direct, operands->scratch); return;
  }
}

void PER_ISA(conv)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  if (conv->algorithm == CONV_DIRECT) run_direct(pool, conv, operands);
  else if (conv->direction == CONV_WEIGHT_GRADIENT) PER_ISA(winograd_weight_gradient)(pool, conv, operands);
  else PER_ISA(winograd_conv)(pool, conv, operands);
}
