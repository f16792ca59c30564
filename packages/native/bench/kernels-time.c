// CPU time of each kernel on one thread: the least of many calls, by the thread's own clock, which other processes do
// not disturb. Prints milliseconds for direct, Winograd 2 and Winograd 4, and GFLOP/s counted as direct
// multiplications. Arguments: instruction set, and a word that a layer's name must hold.
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../src/kernels.h"

struct layer {
  const char *name;
  int batch, size, channels, out_channels, kernel, stride, pad;
};

static const struct layer layers[] = {
    {"dcgan64 3->64@64", 16, 64, 3, 64, 4, 2, 1},
    {"dcgan64 64->128@32", 16, 32, 64, 128, 4, 2, 1},
    {"dcgan64 128->256@16", 16, 16, 128, 256, 4, 2, 1},
    {"dcgan64 256->512@8", 16, 8, 256, 512, 4, 2, 1},
    {"dcgan64 batch32 64->128@32", 32, 32, 64, 128, 4, 2, 1},
    {"dcgan64 batch32 128->256@16", 32, 16, 128, 256, 4, 2, 1},
    {"dcgan64 batch32 256->512@8", 32, 8, 256, 512, 4, 2, 1},
    {"dcgan64 batch128 256->512@8", 128, 8, 256, 512, 4, 2, 1},
    {"dcgan128 64->128@64", 16, 64, 64, 128, 4, 2, 1},
    {"dcgan128 512->1024@8", 16, 8, 512, 1024, 4, 2, 1},
    {"head 512->1@4", 16, 4, 512, 1, 4, 1, 0},
    {"resnet 3->128@32", 16, 32, 3, 128, 3, 1, 1},
    {"resnet 128->128@32", 16, 32, 128, 128, 3, 1, 1},
    {"resnet 256->256@16", 16, 16, 256, 256, 3, 1, 1},
    {"resnet 512->512@8", 16, 8, 512, 512, 3, 1, 1},
    {"resnet 64->3@64", 16, 64, 64, 3, 3, 1, 1},
    {"resnet 1x1 128->256@16", 16, 16, 128, 256, 1, 1, 0},
};

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

static float *fill(size_t count) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 64) / 64 * 64);
  for (size_t i = 0; i < count; i++) values[i] = (float)((i * 2654435761u >> 7) % 2001) / 1000 - 1;
  return values;
}

// Milliseconds of one call.
static double time_conv(const struct kernels *kernels, struct pool *pool, const struct conv *conv) {
  const struct conv_shape *s = &conv->shape;
  const size_t x = (size_t)s->batch * s->height * s->width * s->channels;
  const size_t y = (size_t)s->batch * s->out_height * s->out_width * s->out_channels;
  const size_t w = (size_t)s->kernel_height * s->kernel_width * s->channels * s->out_channels;
  float *image = fill(x), *gradient = fill(y), *weights = fill(w), *scratch = fill(kernels->conv_scratch(conv, 1));
  struct operands operands = {image, weights, gradient, scratch};
  if (conv->direction == CONV_INPUT_GRADIENT) operands = (struct operands){gradient, weights, image, scratch};
  if (conv->direction == CONV_WEIGHT_GRADIENT) operands = (struct operands){image, gradient, weights, scratch};
  double best = 1e9, total = 0;
  for (int i = 0; i < 200 && (i < 5 || total < 0.25); i++) {
    const double start = seconds();
    kernels->conv(pool, conv, &operands);
    const double taken = seconds() - start;
    total += taken;
    if (taken < best) best = taken;
  }
  free(image), free(gradient), free(weights), free(scratch);
  return best * 1000;
}

static void time_layer(const struct kernels *kernels, struct pool *pool, const struct layer *layer) {
  static const char *const directions[] = {"forward", "input gradient", "weight gradient"};
  const int out = (layer->size + 2 * layer->pad - layer->kernel) / layer->stride + 1;
  for (int direction = CONV_FORWARD; direction <= CONV_WEIGHT_GRADIENT; direction++) {
    printf("%-28s %-16s", layer->name, directions[direction]);
    for (int algorithm = CONV_DIRECT; algorithm <= CONV_WINOGRAD_4; algorithm++) {
      const struct conv conv = {
          {layer->batch, layer->size, layer->size, layer->channels, out, out, layer->out_channels, layer->kernel,
           layer->kernel, layer->stride, layer->stride, 1, 1, layer->pad, layer->pad},
          direction,
          algorithm,
      };
      if (!conv_supports(&conv)) continue;
      const double flops =
          2.0 * layer->batch * out * out * layer->kernel * layer->kernel * layer->channels * layer->out_channels;
      const double milliseconds = time_conv(kernels, pool, &conv);
      printf(" %8.2f (%4.0f)", milliseconds, flops / milliseconds / 1e6);
    }
    printf("\n");
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  const struct kernels *kernels = kernels_select(argc > 1 && argv[1][0] != '-' ? argv[1] : NULL);
  if (kernels == NULL) {
    fprintf(stderr, "this processor or build has no %s\n", argv[1]);
    return 1;
  }
  struct pool *pool = pool_create(1);
  printf("%s, one thread: direct, Winograd 2, Winograd 4 in ms (GFLOP/s)\n", kernels->name);
  for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
    if (argc < 3 || strstr(layers[i].name, argv[2]) != NULL) time_layer(kernels, pool, &layers[i]);
  }
  pool_destroy(pool);
  return 0;
}
