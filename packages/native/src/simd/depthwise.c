// Several filters per channel (a multiplier m) are reduced to one: the channels of x are repeated m times, or the m
// channels of a repeated input gradient are added up.
#include "depthwise.h"

struct repeat {
  const float *source;
  float *target;
  int pixels, channels, times;
};

static int multiplier(const struct conv *conv) { return conv->shape.out_channels / conv->shape.channels; }

static int input_pixels(const struct conv *conv) { return conv->shape.batch * conv->shape.height * conv->shape.width; }

// One filter per channel of the repeated input.
static struct conv repeated(const struct conv *conv) {
  struct conv copy = *conv;
  copy.shape.channels = conv->shape.out_channels;
  return copy;
}

static size_t repeated_floats(const struct conv *conv) {
  if (multiplier(conv) == 1) return 0;
  return ((size_t)input_pixels(conv) * conv->shape.out_channels + 15) / 16 * 16;
}

// Pixels of part `part` of the repeat.
#define PIXELS_PER_PART 256

static void repeat_channels(void *context, int part, int worker) {
  (void)worker;
  const struct repeat *repeat = context;
  const int first = part * PIXELS_PER_PART * repeat->channels;
  const int rest = repeat->pixels * repeat->channels - first, most = PIXELS_PER_PART * repeat->channels;
  for (int i = first; i < first + (rest < most ? rest : most); i++) {
    for (int j = 0; j < repeat->times; j++) repeat->target[(ptrdiff_t)i * repeat->times + j] = repeat->source[i];
  }
}

static void add_repeated(void *context, int part, int worker) {
  (void)worker;
  const struct repeat *repeat = context;
  const int first = part * PIXELS_PER_PART * repeat->channels;
  const int rest = repeat->pixels * repeat->channels - first, most = PIXELS_PER_PART * repeat->channels;
  for (int i = first; i < first + (rest < most ? rest : most); i++) {
    float sum = repeat->source[(ptrdiff_t)i * repeat->times];
    for (int j = 1; j < repeat->times; j++) sum += repeat->source[(ptrdiff_t)i * repeat->times + j];
    repeat->target[i] = sum;
  }
}

static void run_single(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  if (conv->direction == CONV_WEIGHT_GRADIENT) PER_ISA(depthwise_weights)(pool, conv, operands);
  else PER_ISA(depthwise_gather)(pool, conv, operands);
}

size_t PER_ISA(depthwise_scratch)(const struct conv *conv, int threads) {
  (void)threads;
  const struct conv single = repeated(conv);
  const size_t weights = conv->direction == CONV_WEIGHT_GRADIENT ? PER_ISA(depthwise_weights_scratch)(&single) : 0;
  return repeated_floats(conv) + weights;
}

void PER_ISA(depthwise)(struct pool *pool, const struct conv *conv, const struct operands *operands) {
  const struct conv single = repeated(conv);
  if (multiplier(conv) == 1) {
    run_single(pool, &single, operands);
    return;
  }
  struct operands inner = *operands;
  float *image = operands->scratch;
  inner.scratch = image + repeated_floats(conv);
  struct repeat repeat = {operands->left, image, input_pixels(conv), conv->shape.channels, multiplier(conv)};
  const int parts = (repeat.pixels + PIXELS_PER_PART - 1) / PIXELS_PER_PART;
  if (conv->direction == CONV_INPUT_GRADIENT) {
    inner.result = image;
    run_single(pool, &single, &inner);
    repeat.source = image;
    repeat.target = operands->result;
    pool_run(pool, add_repeated, &repeat, parts);
  } else {
    pool_run(pool, repeat_channels, &repeat, parts);
    inner.left = image;
    run_single(pool, &single, &inner);
  }
}
