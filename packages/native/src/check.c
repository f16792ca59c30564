// What is wrong with a shape.
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "kernels.h"

// Strides, dilations and kernels beyond these have no use, and within them no sum of positions overflows an int.
#define MAX_STEP 1024
#define MAX_SIZE (1 << 24)

static _Thread_local char message[160];

static const char *say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return message;
}

struct limit {
  const char *name;
  int value, low, high;
};

static const char *check_limits(const struct limit *limits, int count) {
  for (int i = 0; i < count; i++) {
    const struct limit *limit = &limits[i];
    if (limit->value < limit->low) return say("%s is %d, less than %d", limit->name, limit->value, limit->low);
    if (limit->value > limit->high) return say("%s is %d, more than %d", limit->name, limit->value, limit->high);
  }
  return NULL;
}

// Tensors of INT_MAX floats and more are refused: kernels count rows and columns in ints.
static const char *check_tensor(const char *name, const int sizes[4]) {
  int64_t floats = 1;
  for (int i = 0; i < 4; i++) {
    floats *= sizes[i];
    if (floats > INT_MAX) return say("the %s has more than %d values", name, INT_MAX);
  }
  return NULL;
}

static const char *check_shape(const struct conv_shape *s) {
  const struct limit limits[] = {
      {"batch", s->batch, 1, MAX_SIZE},
      {"height", s->height, 1, MAX_SIZE},
      {"width", s->width, 1, MAX_SIZE},
      {"channels", s->channels, 1, MAX_SIZE},
      {"out_height", s->out_height, 1, MAX_SIZE},
      {"out_width", s->out_width, 1, MAX_SIZE},
      {"out_channels", s->out_channels, 1, MAX_SIZE},
      {"kernel_height", s->kernel_height, 1, MAX_STEP},
      {"kernel_width", s->kernel_width, 1, MAX_STEP},
      {"stride_y", s->stride_y, 1, MAX_STEP},
      {"stride_x", s->stride_x, 1, MAX_STEP},
      {"dilation_y", s->dilation_y, 1, MAX_STEP},
      {"dilation_x", s->dilation_x, 1, MAX_STEP},
      {"pad_top", s->pad_top, -MAX_SIZE, MAX_SIZE},
      {"pad_left", s->pad_left, -MAX_SIZE, MAX_SIZE},
  };
  const char *wrong = check_limits(limits, sizeof limits / sizeof limits[0]);
  if (wrong != NULL) return wrong;
  if ((int64_t)s->out_height * s->stride_y > MAX_SIZE)
    return say("out_height times stride_y is more than %d", MAX_SIZE);
  if ((int64_t)s->out_width * s->stride_x > MAX_SIZE) return say("out_width times stride_x is more than %d", MAX_SIZE);
  wrong = check_tensor("input", (const int[4]){s->batch, s->height, s->width, s->channels});
  if (wrong != NULL) return wrong;
  return check_tensor("output", (const int[4]){s->batch, s->out_height, s->out_width, s->out_channels});
}

bool conv_supports(const struct conv *conv) {
  const struct conv_shape *s = &conv->shape;
  if (conv->algorithm == CONV_DIRECT) return true;
  const bool stride2 = s->kernel_height == 4 && s->kernel_width == 4 && s->stride_y == 2 && s->stride_x == 2;
  const bool stride1 = s->kernel_height == 3 && s->kernel_width == 3 && s->stride_y == 1 && s->stride_x == 1;
  return (stride1 || stride2) && s->dilation_y == 1 && s->dilation_x == 1 && s->channels % 16 == 0 &&
         s->out_channels % 16 == 0;
}

const char *conv_check(const struct conv *conv) {
  const struct conv_shape *s = &conv->shape;
  if (conv->direction < CONV_FORWARD || conv->direction > CONV_WEIGHT_GRADIENT) {
    return say("direction is %d, not one of 0, 1, 2", (int)conv->direction);
  }
  if (conv->algorithm < CONV_DIRECT || conv->algorithm > CONV_WINOGRAD_4) {
    return say("algorithm is %d, not one of 0, 1, 2", (int)conv->algorithm);
  }
  const char *wrong = check_shape(s);
  if (wrong != NULL) return wrong;
  wrong = check_tensor("filter", (const int[4]){s->kernel_height, s->kernel_width, s->channels, s->out_channels});
  if (wrong != NULL) return wrong;
  if (conv_supports(conv)) return NULL;
  return say(
      "Winograd serves kernels of 4x4 with stride 2 and 3x3 with stride 1, without dilation, and multiples of 16 "
      "channels");
}

const char *depthwise_check(const struct conv *conv) {
  const struct conv_shape *s = &conv->shape;
  if (conv->direction < CONV_FORWARD || conv->direction > CONV_WEIGHT_GRADIENT) {
    return say("direction is %d, not one of 0, 1, 2", (int)conv->direction);
  }
  const char *wrong = check_shape(s);
  if (wrong != NULL) return wrong;
  if (s->out_channels % s->channels == 0) return NULL;
  return say("out_channels is %d, not a multiple of %d channels", s->out_channels, s->channels);
}

static const char *check_matrix(const char *name, int columns, int stride) {
  return stride >= columns ? NULL
                           : say("the rows of %s hold %d values, more than their stride %d", name, columns, stride);
}

const char *gemm_check(const struct gemm *g) {
  const struct limit limits[] = {
      {"batch", g->batch, 1, INT_MAX},
      {"rows", g->rows, 1, INT_MAX},
      {"columns", g->columns, 1, INT_MAX},
      {"inner", g->inner, 1, INT_MAX},
  };
  const char *wrong = check_limits(limits, sizeof limits / sizeof limits[0]);
  if (wrong == NULL) wrong = check_tensor("left matrix", (const int[4]){g->rows, g->inner, 1, 1});
  if (wrong == NULL) wrong = check_tensor("right matrix", (const int[4]){g->inner, g->columns, 1, 1});
  if (wrong == NULL) wrong = check_tensor("result", (const int[4]){g->rows, g->columns, 1, 1});
  if (wrong == NULL) wrong = check_matrix("left", g->transpose_left ? g->rows : g->inner, g->left_stride);
  if (wrong == NULL) wrong = check_matrix("right", g->transpose_right ? g->inner : g->columns, g->right_stride);
  if (wrong == NULL) wrong = check_matrix("result", g->columns, g->result_stride);
  return wrong;
}
