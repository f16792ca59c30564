// Instructions that move words without computing on them.
#include <string.h>

#include "instruction.h"

#define COPY_PART 16384

struct copying {
  const struct copy *copy;
  // The last axis is copied as a row; rows are counted through the axes before it.
  size_t rows, per_part;
};

static void copy_row(const struct copy *copy, const union word *x, union word *y) {
  int last = copy->rank - 1;
  size_t n = copy->lengths[last];
  ptrdiff_t from = copy->x_strides[last], to = copy->y_strides[last];
  if (from == 1 && to == 1) memcpy(y, x, n * sizeof *y);
  else for (size_t i = 0; i < n; i++) y[(ptrdiff_t)i * to] = x[(ptrdiff_t)i * from];
}

static void copy_part(void *context, int part, int worker) {
  (void)worker;
  const struct copying *copying = context;
  const struct copy *copy = copying->copy;
  size_t row = (size_t)part * copying->per_part;
  size_t end = row + copying->per_part < copying->rows ? row + copying->per_part : copying->rows;
  size_t index[COPY_MAX_RANK] = {0};
  size_t rest = row;
  const union word *x = copy->x;
  union word *y = copy->y;
  for (int axis = copy->rank - 2; axis >= 0; axis--) {
    index[axis] = rest % copy->lengths[axis];
    rest /= copy->lengths[axis];
    x += (ptrdiff_t)index[axis] * copy->x_strides[axis];
    y += (ptrdiff_t)index[axis] * copy->y_strides[axis];
  }
  for (; row < end; row++) {
    copy_row(copy, x, y);
    for (int axis = copy->rank - 2; axis >= 0; axis--) {
      x += copy->x_strides[axis];
      y += copy->y_strides[axis];
      if (++index[axis] < copy->lengths[axis]) break;
      x -= (ptrdiff_t)index[axis] * copy->x_strides[axis];
      y -= (ptrdiff_t)index[axis] * copy->y_strides[axis];
      index[axis] = 0;
    }
  }
}

void copy_run(const struct copy *copy, struct pool *pool) {
  struct copying copying = {copy, 1, 1};
  for (int axis = 0; axis < copy->rank - 1; axis++) copying.rows *= copy->lengths[axis];
  size_t row = copy->lengths[copy->rank - 1];
  copying.per_part = (COPY_PART + row - 1) / row;
  pool_run(pool, copy_part, &copying, (int)((copying.rows + copying.per_part - 1) / copying.per_part));
}

bool gather_run(const struct gather *gather, int32_t *index) {
  for (size_t i = 0; i < gather->count; i++) {
    *index = gather->indices[i].i;
    if (*index < 0 || (size_t)*index >= gather->length) return false;
  }
  for (size_t o = 0; o < gather->outer; o++) {
    const union word *x = gather->x + o * gather->length * gather->inner;
    union word *y = gather->y + o * gather->count * gather->inner;
    for (size_t i = 0; i < gather->count; i++) {
      memcpy(y + i * gather->inner, x + (size_t)gather->indices[i].i * gather->inner, gather->inner * sizeof *y);
    }
  }
  return true;
}
