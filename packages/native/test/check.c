#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int thread_counts[4] = {1, 2, 3, 16};
static const char *const sets[] = {"avx512", "avx2", "neon", "wasm", "plain"};

struct check check_open(uint64_t seed) {
  struct check check = {.random = {seed * UINT64_C(0x9e3779b97f4a7c15) + 1}};
  for (int i = 0; i < 4; i++) {
    check.pools[i] = pool_create(thread_counts[i]);
    if (check.pools[i] == NULL) {
      fprintf(stderr, "no pool of %d threads\n", thread_counts[i]);
      exit(2);
    }
  }
  return check;
}

void check_close(struct check *check) {
  for (int i = 0; i < 4; i++) pool_destroy(check->pools[i]);
}

// A kernel with its arguments, whatever its kind.
struct subject {
  const struct conv *conv;
  const struct gemm *gemm;
  bool depthwise;
  double bound, least;
};

static void describe(const struct subject *subject, const char *set, int threads, const char *what) {
  printf("FAILED %s, %d threads: %s\n", set, threads, what);
  if (subject->gemm != NULL) {
    const struct gemm *g = subject->gemm;
    printf("  gemm batch %d, %dx%dx%d, transposed %d %d, strides %d %d %d\n", g->batch, g->rows, g->inner, g->columns,
           g->transpose_left, g->transpose_right, g->left_stride, g->right_stride, g->result_stride);
    return;
  }
  const struct conv_shape *s = &subject->conv->shape;
  printf("  %s direction %d algorithm %d: [%d,%d,%d,%d] to [%d,%d,%d], kernel %dx%d, stride %dx%d, dilation %dx%d, pad "
         "%d %d\n",
         subject->depthwise ? "depthwise" : "conv", subject->conv->direction, subject->conv->algorithm, s->batch,
         s->height, s->width, s->channels, s->out_height, s->out_width, s->out_channels, s->kernel_height,
         s->kernel_width, s->stride_y, s->stride_x, s->dilation_y, s->dilation_x, s->pad_top, s->pad_left);
}

static size_t scratch_floats(const struct subject *subject, const struct kernels *kernels, int threads) {
  if (subject->gemm != NULL) return kernels->gemm_scratch(subject->gemm, threads);
  if (subject->depthwise) return kernels->depthwise_scratch(subject->conv, threads);
  return kernels->conv_scratch(subject->conv, threads);
}

static void run(const struct subject *subject, const struct kernels *kernels, struct pool *pool,
                const struct operands *operands) {
  if (subject->gemm != NULL) kernels->gemm(pool, subject->gemm, operands);
  else if (subject->depthwise) kernels->depthwise(pool, subject->conv, operands);
  else kernels->conv(pool, subject->conv, operands);
}

// Exact size, so that AddressSanitizer sees a step beyond the end.
static float *fill(struct random *random, size_t count) {
  float *values = malloc(count * sizeof(float));
  for (size_t i = 0; i < count; i++) values[i] = random_normal(random);
  return values;
}

// Root mean square error over the root mean square of the result, or over `least` where that is less.
static double relative_error(const float *result, const double *expected, size_t count, double least) {
  double error = 0, size = 0;
  for (size_t i = 0; i < count; i++) {
    const double difference = result[i] - expected[i];
    if (!isfinite(result[i])) return INFINITY;
    error += difference * difference;
    size += expected[i] * expected[i];
  }
  return sqrt(error / fmax(size, least * least * count));
}

static void fail(struct check *check, const struct subject *subject, const char *set, int threads, const char *what) {
  describe(subject, set, threads, what);
  check->failures++;
}

static void check_subject(struct check *check, const struct subject *subject, struct sizes sizes) {
  float *left = fill(&check->random, sizes.left), *right = fill(&check->random, sizes.right);
  float *result = malloc(sizes.result * sizeof(float)), *first = malloc(sizes.result * sizeof(float));
  double *expected = calloc(sizes.result, sizeof(double));
  if (subject->gemm != NULL) reference_gemm(subject->gemm, left, right, expected);
  else reference_conv(subject->conv, subject->depthwise, left, right, expected);
  const char *x86_set = NULL;
  for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
    const struct kernels *kernels = kernels_select(sets[s]);
    if (kernels == NULL) continue;
    const bool x86 = strncmp(sets[s], "avx", 3) == 0;
    for (int t = 0; t < 4; t++) {
      // The scratch holds NaN and the result too: nothing may be read that was not written.
      const size_t floats = scratch_floats(subject, kernels, thread_counts[t]);
      float *scratch = aligned_alloc(64, (floats * sizeof(float) + 64) / 64 * 64);
      memset(scratch, 0xff, floats * sizeof(float));
      for (size_t i = 0; i < sizes.result; i++) result[i] = expected[i] == 0 && subject->gemm != NULL ? 0 : NAN;
      run(subject, kernels, check->pools[t], &(struct operands){left, right, result, scratch});
      free(scratch);
      if (t == 0 && !(x86 && x86_set != NULL)) {
        const double error = relative_error(result, expected, sizes.result, subject->least);
        char text[80];
        snprintf(text, sizeof text, "relative error %.3g, more than %.3g", error, subject->bound);
        if (!(error <= subject->bound)) fail(check, subject, sets[s], thread_counts[t], text);
        memcpy(first, result, sizes.result * sizeof(float));
        if (x86) x86_set = sets[s];
      } else if (memcmp(first, result, sizes.result * sizeof(float)) != 0) {
        fail(check, subject, sets[s], thread_counts[t],
             x86 ? "other bits than the first x86 set" : "other bits than 1 thread");
      }
    }
  }
  check->cases++;
  free(left), free(right), free(result), free(first), free(expected);
}

double conv_bound(const struct conv *conv) {
  if (conv->algorithm == CONV_DIRECT) return 1e-6;
  const bool stride1 = conv->shape.stride_y == 1;
  if (conv->algorithm == CONV_WINOGRAD_2) return stride1 ? 1.5e-6 : 1.5e-6;
  return stride1 ? 8e-6 : 4e-6;
}

// Winograd's errors are relative to the largest values of a tile. Where the shape drops or zeroes most of a tile's
// outputs, they are compared with what a whole sum of standard normal products would be.
static double conv_least(const struct conv *conv) {
  const struct conv_shape *s = &conv->shape;
  if (conv->algorithm == CONV_DIRECT) return 1;
  if (conv->direction == CONV_WEIGHT_GRADIENT) return sqrt((double)s->batch * s->out_height * s->out_width);
  const int taps = s->stride_y == 1 ? 9 : conv->direction == CONV_FORWARD ? 16 : 4;
  return sqrt((double)taps * (conv->direction == CONV_FORWARD ? s->channels : s->out_channels));
}

void check_conv(struct check *check, const struct conv *conv, bool depthwise) {
  const struct subject subject = {.conv = conv,
                                  .depthwise = depthwise,
                                  .bound = depthwise ? 1e-6 : conv_bound(conv),
                                  .least = depthwise ? 1 : conv_least(conv)};
  const char *wrong = depthwise ? depthwise_check(conv) : conv_check(conv);
  if (wrong != NULL) fail(check, &subject, "every set", 1, wrong);
  else check_subject(check, &subject, conv_sizes(conv, depthwise));
}

void check_gemm(struct check *check, const struct gemm *gemm) {
  const struct subject subject = {.gemm = gemm, .bound = 1e-6, .least = 1};
  const char *wrong = gemm_check(gemm);
  if (wrong != NULL) fail(check, &subject, "every set", 1, wrong);
  else check_subject(check, &subject, gemm_sizes(gemm));
}
