// Checks every kernel against double precision and for equal bits. Arguments: seed, and how many random cases of each
// kind. Fixed cases come first.
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

static struct conv_shape square_shape(int batch, int size, int channels, int out_channels) {
  return (struct conv_shape){batch, size, size, channels, 0, 0, out_channels, 1, 1, 1, 1, 1, 1, 0, 0};
}

static struct conv_shape with_kernel(struct conv_shape shape, int kernel, int stride, int pad) {
  shape.kernel_height = shape.kernel_width = kernel;
  shape.stride_y = shape.stride_x = stride;
  shape.pad_top = shape.pad_left = pad;
  shape.out_height = (shape.height + 2 * pad - kernel) / stride + 1;
  shape.out_width = (shape.width + 2 * pad - kernel) / stride + 1;
  return shape;
}

static void check_all(struct check *check, struct conv_shape shape) {
  for (int algorithm = CONV_DIRECT; algorithm <= CONV_WINOGRAD_4; algorithm++) {
    for (int direction = CONV_FORWARD; direction <= CONV_WEIGHT_GRADIENT; direction++) {
      const struct conv conv = {shape, direction, algorithm};
      if (conv_supports(&conv)) check_conv(check, &conv, false);
    }
  }
}

// Layers of the networks, small enough for the reference.
static void check_layers(struct check *check) {
  check_all(check, with_kernel(square_shape(2, 32, 3, 64), 4, 2, 1));
  check_all(check, with_kernel(square_shape(2, 32, 1, 64), 4, 2, 1));
  check_all(check, with_kernel(square_shape(5, 16, 64, 128), 4, 2, 1));
  check_all(check, with_kernel(square_shape(3, 8, 128, 256), 4, 2, 1));
  check_all(check, with_kernel(square_shape(70, 8, 32, 48), 4, 2, 1));
  check_all(check, with_kernel(square_shape(4, 4, 512, 1), 4, 1, 0));
  check_all(check, with_kernel(square_shape(3, 16, 64, 64), 3, 1, 1));
  check_all(check, with_kernel(square_shape(2, 8, 256, 128), 3, 1, 1));
  check_all(check, with_kernel(square_shape(2, 16, 64, 3), 3, 1, 1));
  check_all(check, with_kernel(square_shape(2, 16, 96, 160), 1, 1, 0));
  check_all(check, with_kernel(square_shape(2, 16, 64, 64), 3, 2, 1));
}

static struct conv_shape random_shape(struct random *random, int channels, int out_channels) {
  struct conv_shape shape = {
      .batch = random_int(random, 1, 3),
      .height = random_int(random, 1, 14),
      .width = random_int(random, 1, 14),
      .channels = channels,
      .out_channels = out_channels,
      .kernel_height = random_int(random, 1, 5),
      .kernel_width = random_int(random, 1, 5),
      .stride_y = random_int(random, 1, 3),
      .stride_x = random_int(random, 1, 3),
      .dilation_y = random_int(random, 1, 3),
      .dilation_x = random_int(random, 1, 3),
      .pad_top = random_int(random, -2, 7),
      .pad_left = random_int(random, -2, 7),
      .out_height = random_int(random, 1, 9),
      .out_width = random_int(random, 1, 9),
  };
  if (random_int(random, 0, 1) == 0) shape.dilation_y = shape.dilation_x = 1;
  return shape;
}

static int random_channels(struct random *random) {
  static const int common[] = {1, 2, 3, 4, 16, 17, 32, 33, 48, 64, 100};
  return common[random_int(random, 0, 10)];
}

// Any kernel, stride, dilation and padding, whatever the output reads.
static void check_random_direct(struct check *check) {
  struct random *random = &check->random;
  const struct conv_shape shape = random_shape(random, random_channels(random), random_channels(random));
  for (int direction = CONV_FORWARD; direction <= CONV_WEIGHT_GRADIENT; direction++) {
    check_conv(check, &(struct conv){shape, direction, CONV_DIRECT}, false);
  }
}

static void check_random_winograd(struct check *check) {
  struct random *random = &check->random;
  const int channels = 16 * random_int(random, 1, 11), out_channels = 16 * random_int(random, 1, 11);
  struct conv_shape shape = random_shape(random, channels, out_channels);
  const int stride = random_int(random, 1, 2), kernel = stride == 1 ? 3 : 4;
  shape.kernel_height = shape.kernel_width = kernel;
  shape.stride_y = shape.stride_x = stride;
  shape.dilation_y = shape.dilation_x = 1;
  for (int direction = CONV_FORWARD; direction <= CONV_WEIGHT_GRADIENT; direction++) {
    for (int algorithm = CONV_WINOGRAD_2; algorithm <= CONV_WINOGRAD_4; algorithm++) {
      check_conv(check, &(struct conv){shape, direction, algorithm}, false);
    }
  }
}

static void check_random_depthwise(struct check *check) {
  struct random *random = &check->random;
  const int channels = random_channels(random);
  const struct conv_shape shape = random_shape(random, channels, channels * random_int(random, 1, 3));
  for (int direction = CONV_FORWARD; direction <= CONV_WEIGHT_GRADIENT; direction++) {
    check_conv(check, &(struct conv){shape, direction, CONV_DIRECT}, true);
  }
}

static int random_side(struct random *random) {
  const int kind = random_int(random, 0, 3);
  return kind == 0 ? 1 : kind == 1 ? random_int(random, 1, 20) : random_int(random, 1, kind == 2 ? 80 : 600);
}

static void check_random_gemm(struct check *check) {
  struct random *random = &check->random;
  struct gemm gemm = {
      .batch = random_int(random, 0, 2) == 0 ? random_int(random, 2, 5) : 1,
      .rows = random_side(random),
      .columns = random_side(random),
      .inner = random_side(random),
      .transpose_left = random_int(random, 0, 1),
      .transpose_right = random_int(random, 0, 1),
  };
  if (gemm.batch > 1 && gemm.rows > 100) gemm.rows = 100;
  gemm.left_stride = (gemm.transpose_left ? gemm.rows : gemm.inner) + random_int(random, 0, 3);
  gemm.right_stride = (gemm.transpose_right ? gemm.inner : gemm.columns) + random_int(random, 0, 3);
  gemm.result_stride = gemm.columns;
  if (random_int(random, 0, 2) > 0) gemm.left_step = (gemm.transpose_left ? gemm.inner : gemm.rows) * gemm.left_stride;
  if (random_int(random, 0, 2) > 0)
    gemm.right_step = (gemm.transpose_right ? gemm.columns : gemm.inner) * gemm.right_stride;
  gemm.result_step = gemm.rows * gemm.result_stride;
  check_gemm(check, &gemm);
}

int main(int argc, char **argv) {
  const int seed = argc > 1 ? atoi(argv[1]) : 1, count = argc > 2 ? atoi(argv[2]) : 20;
  struct check check = check_open((uint64_t)seed);
  check_layers(&check);
  for (int i = 0; i < count; i++) {
    check_random_direct(&check);
    check_random_winograd(&check);
    check_random_depthwise(&check);
    check_random_gemm(&check);
  }
  printf("%d cases, %d failures\n", check.cases, check.failures);
  check_close(&check);
  return check.failures == 0 ? 0 : 1;
}
