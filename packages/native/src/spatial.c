// Pooling and resizing of images: NHWC, one part for each row of the result.
#include <math.h>

#include "instruction.h"

struct window {
  int first, end;
};

// The pixels of an axis that window `i` covers.
static struct window window_of(int i, int size, int stride, int pad, int length) {
  int first = i * stride - pad;
  int end = first + size < length ? first + size : length;
  return (struct window){first > 0 ? first : 0, end};
}

static void clear(union word *y, int n) {
  for (int c = 0; c < n; c++) y[c].f = 0;
}

static void average(const struct pool_shape *p, const union word *image, struct window rows, struct window columns,
                    union word *y) {
  clear(y, p->channels);
  for (int i = rows.first; i < rows.end; i++) {
    for (int j = columns.first; j < columns.end; j++) {
      const union word *x = image + ((size_t)i * (size_t)p->width + (size_t)j) * (size_t)p->channels;
      for (int c = 0; c < p->channels; c++) y[c].f += x[c].f;
    }
  }
  const float count = (float)((rows.end - rows.first) * (columns.end - columns.first));
  for (int c = 0; c < p->channels; c++) y[c].f /= count;
}

static void pool_row(void *context, int part, int worker) {
  (void)worker;
  const struct pool_shape *p = context;
  int n = part / p->out_height, i = part % p->out_height;
  const union word *image = p->x + (size_t)n * (size_t)p->height * (size_t)p->width * (size_t)p->channels;
  struct window rows = window_of(i, p->window_height, p->stride_y, p->pad_top, p->height);
  for (int j = 0; j < p->out_width; j++) {
    struct window columns = window_of(j, p->window_width, p->stride_x, p->pad_left, p->width);
    average(p, image, rows, columns, p->y + ((size_t)part * (size_t)p->out_width + (size_t)j) * (size_t)p->channels);
  }
}

// Each gradient is spread evenly over the whole window, as TF.js has it; windows may overlap.
static void spread_image(void *context, int part, int worker) {
  (void)worker;
  const struct pool_shape *p = context;
  size_t channels = (size_t)p->channels;
  union word *image = p->y + (size_t)part * (size_t)p->height * (size_t)p->width * channels;
  const float share = 1.0f / (float)(p->window_height * p->window_width);
  for (int i = 0; i < p->height * p->width; i++) clear(image + (size_t)i * channels, p->channels);
  for (int i = 0; i < p->out_height; i++) {
    struct window rows = window_of(i, p->window_height, p->stride_y, p->pad_top, p->height);
    for (int j = 0; j < p->out_width; j++) {
      struct window columns = window_of(j, p->window_width, p->stride_x, p->pad_left, p->width);
      const union word *dy = p->x + (((size_t)part * (size_t)p->out_height + (size_t)i) * (size_t)p->out_width + (size_t)j) * channels;
      for (int a = rows.first; a < rows.end; a++) {
        for (int b = columns.first; b < columns.end; b++) {
          union word *dx = image + ((size_t)a * (size_t)p->width + (size_t)b) * channels;
          for (size_t c = 0; c < channels; c++) dx[c].f += dy[c].f * share;
        }
      }
    }
  }
}

void pool_shape_run(const struct pool_shape *shape, struct pool *pool) {
  if (shape->is_gradient) pool_run(pool, spread_image, (void *)(uintptr_t)shape, shape->batch);
  else pool_run(pool, pool_row, (void *)(uintptr_t)shape, shape->batch * shape->out_height);
}

// The two pixels of an axis that pixel `i` of the result lies between, and the share of the second.
struct between {
  size_t before, after;
  float share;
};

static struct between place(const struct resize *r, int i, int from, int to) {
  float ratio = r->align_corners && to > 1 ? (float)(from - 1) / (float)(to - 1) : (float)from / (float)to;
  float at = r->half_pixel_centers ? ratio * ((float)i + 0.5f) - 0.5f : ratio * (float)i;
  at = at < 0 ? 0 : at > (float)(from - 1) ? (float)(from - 1) : at;
  size_t before = (size_t)floorf(at);
  size_t after = before + 1 < (size_t)from ? before + 1 : before;
  return (struct between){before, after, at - (float)before};
}

static void resize_row(void *context, int part, int worker) {
  (void)worker;
  const struct resize *r = context;
  int n = part / r->out_height, i = part % r->out_height;
  size_t channels = (size_t)r->channels, width = (size_t)r->width;
  const union word *image = r->x + (size_t)n * (size_t)r->height * width * channels;
  struct between rows = place(r, i, r->height, r->out_height);
  for (int j = 0; j < r->out_width; j++) {
    struct between columns = place(r, j, r->width, r->out_width);
    const union word *top = image + rows.before * width * channels, *bottom = image + rows.after * width * channels;
    union word *y = r->y + ((size_t)part * (size_t)r->out_width + (size_t)j) * channels;
    for (size_t c = 0; c < channels; c++) {
      size_t a = columns.before * channels + c, b = columns.after * channels + c;
      float upper = top[a].f + (top[b].f - top[a].f) * columns.share;
      float lower = bottom[a].f + (bottom[b].f - bottom[a].f) * columns.share;
      y[c].f = upper + (lower - upper) * rows.share;
    }
  }
}

void resize_run(const struct resize *resize, struct pool *pool) {
  pool_run(pool, resize_row, (void *)(uintptr_t)resize, resize->batch * resize->out_height);
}
