// The interpreter of chains: compiled once for each instruction set, vectorised by the compiler.
#include "../chain.h"

#include <string.h>

#include "../vec.h"
#include "chain-math.h"

// The loops have no dependence between iterations: operands and result are apart, or the same words.
#if defined(__clang__)
#define VECTORISED _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define VECTORISED _Pragma("GCC ivdep")
#else
#define VECTORISED
#endif
#define EACH VECTORISED for (size_t i = 0; i < n; i++)

struct operand {
  const union word *words;
  bool is_scalar;
};

#define F_UNARY(NAME, EXPRESSION) \
  case CHAIN_##NAME: EACH { const float x = a[i].f; d[i].f = (EXPRESSION); } break;
#define I_UNARY(NAME, OUT, EXPRESSION) \
  case CHAIN_##NAME: EACH { const int32_t x = a[i].i; d[i].OUT = (EXPRESSION); } break;

static void unary(enum chain_operation operation, const union word *a, union word *d, size_t n) {
  switch (operation) {
    F_UNARY(NEGATE, -x)
    F_UNARY(ABS, fabsf(x))
    F_UNARY(CEIL, ceilf(x))
    F_UNARY(FLOOR, floorf(x))
    F_UNARY(ROUND, round_of(x))
    F_UNARY(SIGN, sign_of(x))
    F_UNARY(SQRT, sqrtf(x))
    F_UNARY(RSQRT, 1.0f / sqrtf(x))
    F_UNARY(RECIPROCAL, 1.0f / x)
    F_UNARY(SQUARE, x * x)
    F_UNARY(EXP, exp_of(x))
    F_UNARY(EXPM1, expm1_of(x))
    F_UNARY(LOG, log_of(x))
    F_UNARY(LOG1P, log1p_of(x))
    F_UNARY(SIN, sinf(x))
    F_UNARY(COS, cosf(x))
    F_UNARY(TANH, tanh_of(x))
    F_UNARY(SIGMOID, sigmoid_of(x))
    F_UNARY(SOFTPLUS, softplus_of(x))
    F_UNARY(ERF, erff(x))
    F_UNARY(ELU, x >= 0.0f ? x : expm1_of(x))
    F_UNARY(RELU, x < 0.0f ? 0.0f : x)
    F_UNARY(NOT, x == 0.0f ? 1.0f : 0.0f)
  case CHAIN_TO_INT: EACH d[i].i = int_of(a[i].f); break;
    F_UNARY(TO_BOOL, x != 0.0f ? 1.0f : 0.0f)
    I_UNARY(I_NEGATE, i, (int32_t)(0u - (uint32_t)x))
    I_UNARY(I_ABS, i, x < 0 ? (int32_t)(0u - (uint32_t)x) : x)
    I_UNARY(I_SIGN, i, (x > 0) - (x < 0))
    I_UNARY(I_TO_FLOAT, f, (float)x)
    I_UNARY(I_TO_BOOL, f, x != 0 ? 1.0f : 0.0f)
  default: break;
  }
}

#define LOOPS(IN, TYPE, OUT, EXPRESSION) \
  if (a.is_scalar) { const TYPE x = a.words->IN; EACH { const TYPE y = b.words[i].IN; d[i].OUT = (EXPRESSION); } } \
  else if (b.is_scalar) { const TYPE y = b.words->IN; EACH { const TYPE x = a.words[i].IN; d[i].OUT = (EXPRESSION); } } \
  else EACH { const TYPE x = a.words[i].IN; const TYPE y = b.words[i].IN; d[i].OUT = (EXPRESSION); }
#define F_BINARY(NAME, EXPRESSION) case CHAIN_##NAME: LOOPS(f, float, f, EXPRESSION) break;
#define I_BINARY(NAME, EXPRESSION) case CHAIN_##NAME: LOOPS(i, int32_t, i, EXPRESSION) break;
#define I_COMPARE(NAME, EXPRESSION) case CHAIN_##NAME: LOOPS(i, int32_t, f, (EXPRESSION) ? 1.0f : 0.0f) break;

static void float_binary(enum chain_operation operation, struct operand a, struct operand b, union word *d, size_t n) {
  switch (operation) {
    F_BINARY(ADD, x + y)
    F_BINARY(SUBTRACT, x - y)
    F_BINARY(MULTIPLY, x * y)
    F_BINARY(DIVIDE, x / y)
    F_BINARY(MAXIMUM, x > y || x != x ? x : y)
    F_BINARY(MINIMUM, x < y || x != x ? x : y)
    F_BINARY(POWER, powf(x, y))
    F_BINARY(MODULO, x - floorf(x / y) * y)
  case CHAIN_FLOOR_DIVIDE: LOOPS(f, float, i, int_of(floorf(x / y))) break;
    F_BINARY(LESS, x < y ? 1.0f : 0.0f)
    F_BINARY(LESS_EQUAL, x <= y ? 1.0f : 0.0f)
    F_BINARY(EQUAL, x == y ? 1.0f : 0.0f)
    F_BINARY(NOT_EQUAL, x != y ? 1.0f : 0.0f)
    F_BINARY(AND, x != 0.0f && y != 0.0f ? 1.0f : 0.0f)
    F_BINARY(OR, x != 0.0f || y != 0.0f ? 1.0f : 0.0f)
    F_BINARY(PRELU, x < 0.0f ? x * y : x)
    F_BINARY(STEP, x > 0.0f ? 1.0f : y)
  default: break;
  }
}

static void int_binary(enum chain_operation operation, struct operand a, struct operand b, union word *d, size_t n) {
  switch (operation) {
    I_BINARY(I_ADD, (int32_t)((uint32_t)x + (uint32_t)y))
    I_BINARY(I_SUBTRACT, (int32_t)((uint32_t)x - (uint32_t)y))
    I_BINARY(I_MULTIPLY, (int32_t)((uint32_t)x * (uint32_t)y))
    I_BINARY(I_MAXIMUM, x > y ? x : y)
    I_BINARY(I_MINIMUM, x < y ? x : y)
    I_BINARY(I_POWER, int_power(x, y))
    I_BINARY(I_MODULO, floor_rest(x, y))
    I_BINARY(I_FLOOR_DIVIDE, floor_quotient(x, y))
    I_COMPARE(I_LESS, x < y)
    I_COMPARE(I_LESS_EQUAL, x <= y)
    I_COMPARE(I_EQUAL, x == y)
    I_COMPARE(I_NOT_EQUAL, x != y)
  default: break;
  }
}

static void splat(union word *d, union word value, size_t n) { EACH d[i] = value; }

// Words begin .. begin + n - 1 of an operand that repeats itself.
static void load_periodic(const struct chain_load *load, size_t begin, size_t n, union word *d) {
  size_t at = begin % load->period;
  while (n > 0) {
    size_t run = load->period - at < n ? load->period - at : n;
    memcpy(d, load->words + at, run * sizeof *d);
    d += run;
    n -= run;
    at = 0;
  }
}

static void load_strided(const struct chain_load *load, size_t begin, size_t n, union word *d) {
  size_t index[CHAIN_MAX_RANK];
  const union word *words = load->words;
  int last = load->rank - 1;
  size_t rest = begin;
  for (int axis = last; axis >= 0; axis--) {
    index[axis] = rest % load->lengths[axis];
    rest /= load->lengths[axis];
    words += (ptrdiff_t)index[axis] * load->strides[axis];
  }
  ptrdiff_t stride = load->strides[last];
  while (n > 0) {
    size_t run = load->lengths[last] - index[last] < n ? load->lengths[last] - index[last] : n;
    if (stride == 0) splat(d, *words, run);
    else if (stride == 1) memcpy(d, words, run * sizeof *d);
    else for (size_t i = 0; i < run; i++) d[i] = words[(ptrdiff_t)i * stride];
    d += run;
    n -= run;
    index[last] += run;
    words += (ptrdiff_t)run * stride;
    for (int axis = last; axis > 0 && index[axis] == load->lengths[axis]; axis--) {
      words += load->strides[axis - 1] - (ptrdiff_t)load->lengths[axis] * load->strides[axis];
      index[axis] = 0;
      index[axis - 1]++;
    }
  }
}

static struct operand load_block(const struct chain_load *load, size_t begin, size_t n, union word *registers) {
  if (load->mode == CHAIN_FULL) return (struct operand){load->words + begin, false};
  if (load->reg < 0) return (struct operand){load->words, true};
  union word *d = registers + (size_t)load->reg * CHAIN_BLOCK;
  if (!load->is_hoisted) {
    size_t at = load->mode == CHAIN_PERIODIC ? begin % load->period : 0;
    if (load->mode == CHAIN_PERIODIC && at + n <= load->period) return (struct operand){load->words + at, false};
    if (load->mode == CHAIN_PERIODIC) load_periodic(load, begin, n, d);
    else load_strided(load, begin, n, d);
  }
  return (struct operand){d, false};
}

static void fill_hoisted(const struct chain *chain, size_t begin, size_t n, union word *registers) {
  for (int i = 0; i < chain->loads; i++) {
    const struct chain_load *load = &chain->load[i];
    if (!load->is_hoisted || load->reg < 0) continue;
    union word *d = registers + (size_t)load->reg * CHAIN_BLOCK;
    if (load->mode == CHAIN_SCALAR) splat(d, *load->words, n);
    else load_periodic(load, begin, n, d);
  }
}

#define FOLD_ALL(NAME, MEMBER, EXPRESSION) \
  case FOLD_##NAME: EACH { const __typeof__(a->MEMBER) x = d[i].MEMBER, y = a[i].MEMBER; d[i].MEMBER = (EXPRESSION); } break;

static void fold_row(enum fold fold, const union word *a, union word *d, size_t n) {
  switch (fold) {
    FOLD_ALL(SUM, f, x + y)
    FOLD_ALL(PRODUCT, f, x * y)
    FOLD_ALL(MAXIMUM, f, x > y || x != x ? x : y)
    FOLD_ALL(MINIMUM, f, x < y || x != x ? x : y)
    FOLD_ALL(I_SUM, i, (int32_t)((uint32_t)x + (uint32_t)y))
    FOLD_ALL(I_PRODUCT, i, (int32_t)((uint32_t)x * (uint32_t)y))
    FOLD_ALL(I_MAXIMUM, i, x > y ? x : y)
    FOLD_ALL(I_MINIMUM, i, x < y ? x : y)
  default: break;
  }
}

// Adds a block to the partial result, whose columns it goes through again and again.
static void fold_block(const struct chain_fold *fold, const union word *a, size_t at, size_t n, union word *partial) {
  while (n > 0) {
    size_t run = fold->width - at < n ? fold->width - at : n;
    fold_row(fold->fold, a, partial + at, run);
    a += run;
    n -= run;
    at = at + run == fold->width ? 0 : at + run;
  }
}

// One block that starts at element `begin`, which is `since` elements after the first one of the task.
static void run_block(const struct chain *chain, size_t begin, size_t since, size_t n, union word *registers,
                      union word *partials) {
  struct operand values[CHAIN_MAX_VALUES];
  for (int i = 0; i < chain->loads; i++) values[i] = load_block(&chain->load[i], begin, n, registers);
  for (int i = 0; i < chain->steps; i++) {
    const struct chain_step *step = &chain->step[i];
    union word *d = step->direct ? step->direct + begin : registers + (size_t)step->reg * CHAIN_BLOCK;
    struct operand a = values[step->operands[0]], b = values[step->operands[1]], c = values[step->operands[2]];
    if (step->operation < CHAIN_ADD) unary(step->operation, a.words, d, n);
    else if (step->operation < CHAIN_I_ADD) float_binary(step->operation, a, b, d, n);
    else if (step->operation < CHAIN_SELECT) int_binary(step->operation, a, b, d, n);
    else EACH d[i].i = a.words[i].f != 0.0f ? b.words[i].i : c.words[i].i;
    values[chain->loads + i] = (struct operand){d, false};
  }
  // Before the stores, which may overwrite an operand.
  for (int i = 0; i < chain->folds; i++) {
    const struct chain_fold *fold = &chain->fold[i];
    fold_block(fold, values[fold->value].words, since % fold->width, n, partials + fold->at);
  }
  for (int i = 0; i < chain->stores; i++) {
    const struct chain_store *store = &chain->store[i];
    if (!store->is_direct) memmove(store->words + begin, values[store->value].words, n * sizeof(union word));
  }
}

static void run_blocks(const struct chain *chain, size_t begin, size_t end, union word *registers, union word *partials) {
  for (int i = 0; i < chain->folds; i++) {
    splat(partials + chain->fold[i].at, fold_identity(chain->fold[i].fold), chain->fold[i].width);
  }
  size_t first = end - begin < chain->block ? end - begin : chain->block;
  fill_hoisted(chain, begin, first, registers);
  for (size_t at = begin; at < end; at += chain->block) {
    size_t n = end - at < chain->block ? end - at : chain->block;
    run_block(chain, at, at - begin, n, registers, partials);
  }
}

#define LANES 16

// One sum of a row: 16 partial sums, then those in order.
static union word fold_words(enum fold fold, const union word *x, size_t n) {
  union word lanes[LANES];
  splat(lanes, fold_identity(fold), LANES);
  for (size_t i = 0; i < n; i += LANES) fold_row(fold, x + i, lanes, n - i < LANES ? n - i : LANES);
  for (int i = 1; i < LANES; i++) lanes[0] = fold_two(fold, lanes[0], lanes[i]);
  return lanes[0];
}

static void reduce(enum fold fold, const size_t shape[2], const union word *x, union word *y) {
  size_t rows = shape[0], columns = shape[1];
  if (columns == 1) {
    *y = fold_words(fold, x, rows);
    return;
  }
  splat(y, fold_identity(fold), columns);
  for (size_t r = 0; r < rows; r++) fold_row(fold, x + r * columns, y, columns);
}

const struct chain_kernels PER_ISA(chain_kernels) = {run_blocks, reduce};
