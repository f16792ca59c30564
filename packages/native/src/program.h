// A training step as a flat program, and the machine that runs it.
//
// A program is a row of 32-bit integers (the code) and a row of 32-bit words (the constants). Every value is a dense row
// of 32-bit words: a float, a whole number, or a truth value as the float 0 or 1. An address is two integers, space and
// offset in words; the spaces are
//
//   0      the arena, which holds the inputs and everything that is computed,
//   1      the constants, which are only read,
//   2 + k  state slot k: weights, moments, statistics. They belong to the engine and outlive a run.
//
// The code is a header, then as many instructions as it says:
//
//   PROGRAM_MAGIC, arena words, constant words, slots, size of each slot,
//   inputs, for each: arena offset, words, type,     (enum word_type)
//   outputs, for each: address, words, type,
//   instructions, for each: operation, payload words, payload
//
// Payloads by operation (enum operation). Sizes are in elements, "x" stands for the address of operand x:
//
//   CHAIN     n,
//             loads,  for each: mode, x, and for CHAIN_PERIODIC: period,
//                                     for CHAIN_STRIDED: rank, lengths, strides (of an index in 0 .. n - 1),
//             steps,  for each: chain operation, three value numbers (loads first, then steps; unused ones are 0),
//             stores, for each: value number, y (n words),
//             folds,  for each: fold, value number, columns, divisor, y (columns words): element i goes to column
//                               i % columns; the result is divided by the divisor where it is not 1
//   REDUCE    fold, outer, rows, columns, divisor, x [outer][rows][columns], y [outer][columns]
//   COPY      rank, lengths, strides of x, strides of y, x, y
//   FILL      n, word, y
//   GEMM      batch, rows, columns, inner, transpose left, transpose right, left step, right step, left, right, result:
//             dense row-major matrices as in kernels.h, steps 0 or the size of a matrix
//   CONV      direction, algorithm, the 15 fields of struct conv_shape, left, right, result
//   DEPTHWISE direction, the 15 fields of struct conv_shape, left, right, result
//   GATHER    outer, length, inner, count, x [outer][length][inner], indices [count], y [outer][count][inner]
//   POOL      0 forward or 1 gradient, batch, height, width, channels, out height, out width, window height and width,
//             strides y and x, pads top and left, x, y: averages over the part of a window that lies in the image
//   RESIZE    batch, height, width, channels, out height, out width, align corners, half-pixel centres, x, y: bilinear
//
// program_load checks all of it once: operations are known, sizes are positive, every operand lies within its space,
// results never in the constants, and those of all operations but CHAIN apart from what they read. What passes can run
// without leaving its memory.
//
// GATHER with an index outside of the axis is the only thing that can fail while a program runs. Whoever writes programs
// leaves the state alone until all gathers are done: then a run that fails leaves the state as it was.
#ifndef MEDGAN_PROGRAM_H
#define MEDGAN_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "kernels.h"

#define PROGRAM_MAGIC 0x4d475031 // "MGP1"

union word {
  float f;
  int32_t i;
};

enum word_type { WORD_FLOAT, WORD_INT, WORD_BOOL };

enum operation {
  OPERATION_CHAIN,
  OPERATION_REDUCE,
  OPERATION_COPY,
  OPERATION_FILL,
  OPERATION_GEMM,
  OPERATION_CONV,
  OPERATION_DEPTHWISE,
  OPERATION_GATHER,
  OPERATION_POOL,
  OPERATION_RESIZE,
  OPERATIONS,
};

// What a program is loaded from. Code and constants are copied; the slots stay the caller's and must outlive the program.
struct program_source {
  const int32_t *code;
  size_t code_length;
  const union word *constants;
  size_t constants_length;
  union word *const *slots;
  const size_t *slot_sizes;
  size_t slot_count;
};

// An input or output, for those who fill and read it.
struct border {
  union word *words;
  size_t length;
  enum word_type type;
};

struct program;

#define PROGRAM_ERROR_SIZE 256

// Checks and prepares a program that runs on `pool`. Returns NULL and a sentence in `error` (PROGRAM_ERROR_SIZE
// characters) where it is refused or memory is missing.
struct program *program_load(const struct program_source *source, struct pool *pool, const struct kernels *kernels,
                             char *error);

// Runs all instructions. Returns false and a sentence in `error` where a gather is asked for what is not there.
bool program_run(struct program *program, char *error);

void program_free(struct program *program);

size_t program_inputs(const struct program *program);
size_t program_outputs(const struct program *program);
const struct border *program_input(const struct program *program, size_t i);
const struct border *program_output(const struct program *program, size_t i);

// Bytes that the program has allocated: arena, constants, scratch.
size_t program_bytes(const struct program *program);

#endif
