#include "direct.h"

#include "narrow.h"

static bool is_narrow(const struct conv *conv) {
  const struct conv_shape *shape = &conv->shape;
  const bool gradient = conv->direction == CONV_INPUT_GRADIENT;
  const int columns = gradient ? shape->channels : shape->out_channels;
  const int depth = gradient ? shape->out_channels : shape->channels;
  return columns <= NARROW_COLUMNS && depth >= NARROW_LEAST_DEPTH && depth <= NARROW_DEPTH &&
         shape->kernel_height * shape->kernel_width <= NARROW_TAPS;
}

size_t PER_ISA(direct_scratch)(const struct conv *conv, int threads) {
  const struct conv_shape *shape = &conv->shape;
  if (!is_narrow(conv)) return PER_ISA(operation_scratch)(threads);
  if (conv->direction == CONV_WEIGHT_GRADIENT) return PER_ISA(narrow_weights_scratch)(shape);
  if (conv->direction == CONV_INPUT_GRADIENT) return 0;
  return (size_t)shape->kernel_height * shape->kernel_width * shape->channels * shape->out_channels;
}

void PER_ISA(direct)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  static direct_kernel *const kernels[3][2] = {
      [CONV_FORWARD] = {PER_ISA(direct_forward), PER_ISA(narrow_forward)},
      [CONV_INPUT_GRADIENT] = {PER_ISA(direct_input_gradient), PER_ISA(narrow_input_gradient)},
      [CONV_WEIGHT_GRADIENT] = {PER_ISA(direct_weight_gradient), PER_ISA(narrow_weight_gradient)},
  };
  const struct direct direct = {&conv->shape, operands->left, operands->right, operands->result};
  kernels[conv->direction][is_narrow(conv)](pool, &direct, operands->scratch);
}
