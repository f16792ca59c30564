#include "load.h"

// Rows or columns of a pooling window at most.
#define MOST_WINDOW (1 << 20)

static void load_reduce(struct reader *reader, struct reduce *reduce) {
  reduce->fold = (enum fold)read_in(reader, "fold", 0, FOLDS - 1);
  reduce->outer = read_size(reader, "outer");
  reduce->rows = read_size(reader, "rows");
  reduce->columns = read_size(reader, "columns");
  reduce->divisor = read_in(reader, "divisor", 1, INT32_MAX);
  size_t y = multiply_sizes(reader, reduce->outer, reduce->columns);
  reduce->x = read_source(reader, "x", multiply_sizes(reader, y, reduce->rows));
  reduce->y = read_result(reader, "y", y);
}

static void load_copy(struct reader *reader, struct copy *copy) {
  copy->rank = read_in(reader, "rank", 1, COPY_MAX_RANK);
  size_t n = 1;
  for (int i = 0; i < copy->rank; i++) {
    copy->lengths[i] = read_size(reader, "length");
    n = multiply_sizes(reader, n, copy->lengths[i]);
  }
  for (int i = 0; i < copy->rank; i++) copy->x_strides[i] = read_word(reader);
  for (int i = 0; i < copy->rank; i++) copy->y_strides[i] = read_word(reader);
  if (reader_failed(reader)) return;
  copy->x = read_source(reader, "x", strided_span(reader, copy->rank, copy->lengths, copy->x_strides));
  copy->y = read_result(reader, "y", strided_span(reader, copy->rank, copy->lengths, copy->y_strides));
}

static void load_fill(struct reader *reader, struct fill *fill) {
  fill->n = read_size(reader, "n");
  fill->value.i = read_word(reader);
  fill->y = read_target(reader, "y", fill->n);
}

// The floats of both operands and of the result, by their sizes. Nothing is stored after an error.
static void read_operands(struct reader *reader, struct operands *operands, const size_t sizes[3]) {
  const union word *left = read_source(reader, "left", sizes[0]);
  const union word *right = read_source(reader, "right", sizes[1]);
  union word *result = read_result(reader, "result", sizes[2]);
  if (reader_failed(reader)) return;
  operands->left = &left->f;
  operands->right = &right->f;
  operands->result = &result->f;
}

static void load_gemm(struct reader *reader, struct product *product) {
  struct gemm *gemm = &product->shape;
  gemm->batch = (int)read_size(reader, "batch");
  gemm->rows = (int)read_size(reader, "rows");
  gemm->columns = (int)read_size(reader, "columns");
  gemm->inner = (int)read_size(reader, "inner");
  gemm->transpose_left = read_flag(reader, "transpose left");
  gemm->transpose_right = read_flag(reader, "transpose right");
  bool left_steps = read_flag(reader, "left step");
  bool right_steps = read_flag(reader, "right step");
  gemm->left_stride = gemm->transpose_left ? gemm->rows : gemm->inner;
  gemm->right_stride = gemm->transpose_right ? gemm->inner : gemm->columns;
  gemm->result_stride = gemm->columns;
  size_t batch = (size_t)gemm->batch;
  size_t left = multiply_sizes(reader, (size_t)gemm->rows, (size_t)gemm->inner);
  size_t right = multiply_sizes(reader, (size_t)gemm->inner, (size_t)gemm->columns);
  size_t result = multiply_sizes(reader, (size_t)gemm->rows, (size_t)gemm->columns);
  gemm->left_step = left_steps ? (ptrdiff_t)left : 0;
  gemm->right_step = right_steps ? (ptrdiff_t)right : 0;
  gemm->result_step = (ptrdiff_t)result;
  const char *wrong = reader_failed(reader) ? NULL : gemm_check(gemm);
  if (wrong != NULL) reader_fail(reader, "%s", wrong);
  size_t lefts = left_steps ? multiply_sizes(reader, left, batch) : left;
  size_t rights = right_steps ? multiply_sizes(reader, right, batch) : right;
  read_operands(reader, &product->operands, (const size_t[]){lefts, rights, multiply_sizes(reader, result, batch)});
}

static size_t four(struct reader *reader, const int sizes[4]) {
  size_t product = 1;
  for (int i = 0; i < 4; i++) {
    if (sizes[i] < 1) reader_fail(reader, "a size is %d, less than 1", sizes[i]);
    if (reader_failed(reader)) return 1;
    product = multiply_sizes(reader, product, (size_t)sizes[i]);
  }
  return product;
}

static void load_convolution(struct reader *reader, struct convolution *convolution, bool is_depthwise) {
  struct conv *conv = &convolution->shape;
  struct conv_shape *s = &conv->shape;
  conv->direction = (enum conv_direction)read_in(reader, "direction", 0, CONV_WEIGHT_GRADIENT);
  conv->algorithm = is_depthwise ? CONV_DIRECT : (enum conv_algorithm)read_in(reader, "algorithm", 0, CONV_WINOGRAD_4);
  int *const fields[] = {&s->batch,         &s->height,       &s->width,    &s->channels,   &s->out_height,
                         &s->out_width,     &s->out_channels, &s->kernel_height, &s->kernel_width, &s->stride_y,
                         &s->stride_x,      &s->dilation_y,   &s->dilation_x, &s->pad_top,  &s->pad_left};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) *fields[i] = read_word(reader);
  size_t x = four(reader, (const int[]){s->batch, s->height, s->width, s->channels});
  size_t y = four(reader, (const int[]){s->batch, s->out_height, s->out_width, s->out_channels});
  int rows = is_depthwise && s->channels > 0 ? s->out_channels / s->channels : s->out_channels;
  size_t w = four(reader, (const int[]){s->kernel_height, s->kernel_width, s->channels, rows});
  const char *wrong = reader_failed(reader) ? NULL : is_depthwise ? depthwise_check(conv) : conv_check(conv);
  if (wrong != NULL) reader_fail(reader, "%s", wrong);
  size_t left = conv->direction == CONV_INPUT_GRADIENT ? y : x;
  size_t right = conv->direction == CONV_WEIGHT_GRADIENT ? y : w;
  size_t result = conv->direction == CONV_FORWARD ? y : conv->direction == CONV_INPUT_GRADIENT ? x : w;
  read_operands(reader, &convolution->operands, (const size_t[]){left, right, result});
}

static void load_gather(struct reader *reader, struct gather *gather) {
  gather->outer = read_size(reader, "outer");
  gather->length = read_size(reader, "length");
  gather->inner = read_size(reader, "inner");
  gather->count = read_size(reader, "count");
  size_t slices = multiply_sizes(reader, gather->outer, gather->inner);
  gather->x = read_source(reader, "x", multiply_sizes(reader, slices, gather->length));
  gather->indices = read_source(reader, "indices", gather->count);
  gather->y = read_result(reader, "y", multiply_sizes(reader, slices, gather->count));
}

// Windows that step outside of the image by no more than themselves: sums of indices stay in an int.
static void check_windows(struct reader *reader, const struct pool_shape *p) {
  const int y[] = {p->height, p->out_height, p->window_height, p->stride_y, p->pad_top};
  const int x[] = {p->width, p->out_width, p->window_width, p->stride_x, p->pad_left};
  const int *const axes[] = {y, x};
  for (int i = 0; i < 2; i++) {
    const int *a = axes[i];
    int64_t last = (int64_t)(a[1] - 1) * a[3] - a[4];
    if (a[4] >= a[2] || last >= a[0]) reader_fail(reader, "a window lies outside of the image");
    if (a[2] > MOST_WINDOW) reader_fail(reader, "a window has %d rows or columns, more than %d", a[2], MOST_WINDOW);
  }
}

static void load_pool(struct reader *reader, struct pool_shape *p) {
  p->is_gradient = read_flag(reader, "gradient");
  int *const sizes[] = {&p->batch,     &p->height,        &p->width,        &p->channels, &p->out_height,
                        &p->out_width, &p->window_height, &p->window_width, &p->stride_y, &p->stride_x};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) *sizes[i] = (int)read_size(reader, "a size");
  p->pad_top = read_in(reader, "pad", 0, INT32_MAX);
  p->pad_left = read_in(reader, "pad", 0, INT32_MAX);
  size_t image = four(reader, (const int[]){p->batch, p->height, p->width, p->channels});
  size_t pooled = four(reader, (const int[]){p->batch, p->out_height, p->out_width, p->channels});
  if (!reader_failed(reader)) check_windows(reader, p);
  p->x = read_source(reader, "x", p->is_gradient ? pooled : image);
  p->y = read_result(reader, "y", p->is_gradient ? image : pooled);
}

static void load_resize(struct reader *reader, struct resize *r) {
  int *const sizes[] = {&r->batch, &r->height, &r->width, &r->channels, &r->out_height, &r->out_width};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) *sizes[i] = (int)read_size(reader, "a size");
  r->align_corners = read_flag(reader, "align corners");
  r->half_pixel_centers = read_flag(reader, "half-pixel centres");
  r->x = read_source(reader, "x", four(reader, (const int[]){r->batch, r->height, r->width, r->channels}));
  r->y = read_result(reader, "y", four(reader, (const int[]){r->batch, r->out_height, r->out_width, r->channels}));
}

void load_instruction(struct reader *reader, struct instruction *instruction) {
  reader->source_count = 0;
  switch (instruction->operation) {
  case OPERATION_CHAIN: load_chain(reader, &instruction->as.chain); break;
  case OPERATION_REDUCE: load_reduce(reader, &instruction->as.reduce); break;
  case OPERATION_COPY: load_copy(reader, &instruction->as.copy); break;
  case OPERATION_FILL: load_fill(reader, &instruction->as.fill); break;
  case OPERATION_GEMM: load_gemm(reader, &instruction->as.product); break;
  case OPERATION_CONV: load_convolution(reader, &instruction->as.convolution, false); break;
  case OPERATION_DEPTHWISE: load_convolution(reader, &instruction->as.convolution, true); break;
  case OPERATION_GATHER: load_gather(reader, &instruction->as.gather); break;
  case OPERATION_POOL: load_pool(reader, &instruction->as.pool); break;
  case OPERATION_RESIZE: load_resize(reader, &instruction->as.resize); break;
  default: break;
  }
}

void free_instruction(struct instruction *instruction) {
  if (instruction->operation == OPERATION_CHAIN) free_chain(&instruction->as.chain);
}
