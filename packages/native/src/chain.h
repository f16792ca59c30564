// A chain: element-wise operations run block by block, so that what they hand to each other stays in the first-level
// cache and memory is read and written once for all of them. See program.h for its form in a program.
#ifndef MEDGAN_CHAIN_H
#define MEDGAN_CHAIN_H

#include "program.h"

#define CHAIN_BLOCK 1024
#define CHAIN_MAX_LOADS 48
#define CHAIN_MAX_STEPS 96
#define CHAIN_MAX_VALUES (CHAIN_MAX_LOADS + CHAIN_MAX_STEPS)
#define CHAIN_MAX_STORES 48
#define CHAIN_MAX_FOLDS 16
#define CHAIN_MAX_RANK 8

// How element i of an operand is found.
enum chain_mode {
  CHAIN_FULL,     // word i
  CHAIN_SCALAR,   // word 0
  CHAIN_PERIODIC, // word i % period
  CHAIN_STRIDED,  // i counts through `lengths`, the last axis fastest; the word is the sum of index times stride
  CHAIN_MODES,
};

// Operations on floats unless the name says otherwise (I = whole numbers). Comparisons give the float 0 or 1.
// The order is part of the program format: packages/engine/src/native/chain-operations.ts has the same list.
enum chain_operation {
  CHAIN_NEGATE, CHAIN_ABS, CHAIN_CEIL, CHAIN_FLOOR, CHAIN_ROUND, CHAIN_SIGN, CHAIN_SQRT, CHAIN_RSQRT,
  CHAIN_RECIPROCAL, CHAIN_SQUARE, CHAIN_EXP, CHAIN_EXPM1, CHAIN_LOG, CHAIN_LOG1P, CHAIN_SIN, CHAIN_COS, CHAIN_TANH,
  CHAIN_SIGMOID, CHAIN_SOFTPLUS, CHAIN_ERF, CHAIN_ELU, CHAIN_RELU, CHAIN_NOT, CHAIN_TO_INT, CHAIN_TO_BOOL,
  CHAIN_I_NEGATE, CHAIN_I_ABS, CHAIN_I_SIGN, CHAIN_I_TO_FLOAT, CHAIN_I_TO_BOOL,
  CHAIN_ADD, CHAIN_SUBTRACT, CHAIN_MULTIPLY, CHAIN_DIVIDE, CHAIN_MAXIMUM, CHAIN_MINIMUM, CHAIN_POWER, CHAIN_MODULO,
  CHAIN_FLOOR_DIVIDE, CHAIN_LESS, CHAIN_LESS_EQUAL, CHAIN_EQUAL, CHAIN_NOT_EQUAL, CHAIN_AND, CHAIN_OR, CHAIN_PRELU,
  CHAIN_STEP,
  CHAIN_I_ADD, CHAIN_I_SUBTRACT, CHAIN_I_MULTIPLY, CHAIN_I_MAXIMUM, CHAIN_I_MINIMUM, CHAIN_I_POWER, CHAIN_I_MODULO,
  CHAIN_I_FLOOR_DIVIDE, CHAIN_I_LESS, CHAIN_I_LESS_EQUAL, CHAIN_I_EQUAL, CHAIN_I_NOT_EQUAL,
  CHAIN_SELECT,
  CHAIN_OPERATIONS,
};

// How many values an operation takes: 1, 2 or 3.
int chain_arity(enum chain_operation operation);

enum fold { FOLD_SUM, FOLD_PRODUCT, FOLD_MAXIMUM, FOLD_MINIMUM, FOLD_I_SUM, FOLD_I_PRODUCT, FOLD_I_MAXIMUM, FOLD_I_MINIMUM, FOLDS };

struct chain_load {
  enum chain_mode mode;
  const union word *words;
  size_t period;
  int rank;
  size_t lengths[CHAIN_MAX_RANK];
  ptrdiff_t strides[CHAIN_MAX_RANK];
  // Register that holds a block of it, or -1 where steps read the words in place. `is_hoisted`: the register is filled
  // once for a task, because all its blocks are alike.
  int reg;
  bool is_hoisted;
};

struct chain_step {
  enum chain_operation operation;
  int operands[3];
  // Register of the result, or -1 where it is written to its place in memory at once (`direct`).
  int reg;
  union word *direct;
};

struct chain_store {
  int value;
  union word *words;
  bool is_direct;
};

struct chain_fold {
  enum fold fold;
  int value;
  size_t columns;
  // Columns of a partial result: a multiple of `columns` of at least 128, so that narrow columns are folded side by side.
  size_t width;
  int32_t divisor;
  union word *words;
  // Where its partial results start in those of a task.
  size_t at;
};

struct chain {
  size_t n;
  // Elements that a task computes: given by the shape alone, so that the order of additions is.
  size_t task;
  // Elements of a block, at most CHAIN_BLOCK.
  size_t block;
  int loads, steps, stores, folds;
  int registers;
  // Words of the partial results of all folds of one task.
  size_t partial;
  struct chain_load *load;
  struct chain_step *step;
  struct chain_store *store;
  struct chain_fold *fold;
};

// Decides tasks, blocks, registers and direct stores of a chain whose other fields are set and checked.
void chain_prepare(struct chain *chain);

size_t chain_tasks(const struct chain *chain);

// What is compiled once for each instruction set.
struct chain_kernels {
  // Elements begin .. end - 1. `registers` has CHAIN_BLOCK words a register; `partials` is where this task's folds go.
  void (*blocks)(const struct chain *chain, size_t begin, size_t end, union word *registers, union word *partials);
  // y[o][c] = fold of x[o][0 .. rows - 1][c], for o in begin .. end - 1. Not divided.
  void (*reduce)(enum fold fold, const size_t shape[2], const union word *x, union word *y);
};

const struct chain_kernels *chain_kernels_select(const char *name);

// Runs a chain. `scratch` holds chain_scratch words.
void chain_run(const struct chain *chain, const struct chain_kernels *kernels, struct pool *pool, union word *scratch);

size_t chain_scratch(const struct chain *chain, int threads);

// The value that changes nothing, and one fold of two values; for the few that are left at the end.
union word fold_identity(enum fold fold);
union word fold_two(enum fold fold, union word a, union word b);
union word fold_divided(enum fold fold, union word total, int32_t divisor);

#endif
