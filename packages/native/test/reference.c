#include "reference.h"

#include <string.h>

static size_t product(int a, int b, int c, int d) { return (size_t)a * b * c * d; }

struct sizes conv_sizes(const struct conv *conv, bool depthwise) {
  const struct conv_shape *s = &conv->shape;
  const size_t x = product(s->batch, s->height, s->width, s->channels);
  const size_t y = product(s->batch, s->out_height, s->out_width, s->out_channels);
  const size_t w = product(s->kernel_height, s->kernel_width, depthwise ? 1 : s->channels, s->out_channels);
  if (conv->direction == CONV_FORWARD) return (struct sizes){x, w, y};
  if (conv->direction == CONV_INPUT_GRADIENT) return (struct sizes){y, w, x};
  return (struct sizes){x, y, w};
}

struct sizes gemm_sizes(const struct gemm *g) {
  const size_t left = (size_t)(g->transpose_left ? g->inner : g->rows) * g->left_stride;
  const size_t right = (size_t)(g->transpose_right ? g->columns : g->inner) * g->right_stride;
  return (struct sizes){
      left + (g->batch - 1) * (size_t)g->left_step,
      right + (g->batch - 1) * (size_t)g->right_step,
      (size_t)g->rows * g->result_stride + (g->batch - 1) * (size_t)g->result_step,
  };
}

// Adds the products of one input value, at x[in], and one output pixel, whose channels start at y[out]; w is the offset
// of the filter of that input channel at the tap between them.
struct term {
  size_t x, w, y;
  int count;
};

static void add_term(const struct conv *conv, struct term term, const float *left, const float *right, double *result) {
  for (int o = 0; o < term.count; o++) {
    const size_t x = term.x, w = term.w + o, y = term.y + o;
    if (conv->direction == CONV_FORWARD) result[y] += (double)left[x] * right[w];
    else if (conv->direction == CONV_INPUT_GRADIENT) result[x] += (double)left[y] * right[w];
    else result[w] += (double)left[x] * right[y];
  }
}

void reference_conv(const struct conv *conv, bool depthwise, const float *left, const float *right, double *result) {
  const struct conv_shape *s = &conv->shape;
  memset(result, 0, conv_sizes(conv, depthwise).result * sizeof(double));
  const int filters = depthwise ? s->out_channels / s->channels : s->out_channels;
  const int pixels = s->batch * s->out_height * s->out_width, taps = s->kernel_height * s->kernel_width;
  for (int pixel = 0; pixel < pixels; pixel++) {
    const int image = pixel / (s->out_height * s->out_width);
    const int i = pixel / s->out_width % s->out_height, j = pixel % s->out_width;
    for (int tap = 0; tap < taps; tap++) {
      const int y = i * s->stride_y + tap / s->kernel_width * s->dilation_y - s->pad_top;
      const int x = j * s->stride_x + tap % s->kernel_width * s->dilation_x - s->pad_left;
      if (y < 0 || y >= s->height || x < 0 || x >= s->width) continue;
      const size_t in = (((size_t)image * s->height + y) * s->width + x) * s->channels;
      for (int c = 0; c < s->channels; c++) {
        const struct term term = {
            .x = in + c,
            .w = ((size_t)tap * s->channels + c) * filters,
            .y = (size_t)pixel * s->out_channels + (depthwise ? c * filters : 0),
            .count = filters,
        };
        add_term(conv, term, left, right, result);
      }
    }
  }
}

void reference_gemm(const struct gemm *g, const float *left, const float *right, double *result) {
  for (int b = 0; b < g->batch; b++) {
    for (int i = 0; i < g->rows; i++) {
      for (int j = 0; j < g->columns; j++) {
        double sum = 0;
        for (int k = 0; k < g->inner; k++) {
          const size_t a = g->transpose_left ? (size_t)k * g->left_stride + i : (size_t)i * g->left_stride + k;
          const size_t c = g->transpose_right ? (size_t)j * g->right_stride + k : (size_t)k * g->right_stride + j;
          sum += (double)left[b * g->left_step + a] * right[b * g->right_step + c];
        }
        result[b * g->result_step + (size_t)i * g->result_stride + j] = sum;
      }
    }
  }
}
