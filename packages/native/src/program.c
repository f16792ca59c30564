#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aligned.h"
#include "load.h"

#define ALIGNMENT 64
// Inputs, outputs and instructions at most: more than any step has, and few enough to count in an int.
#define MOST_ITEMS (1 << 20)

static const char *const OPERATION_NAMES[OPERATIONS] = {"chain", "reduce",    "copy",   "fill", "gemm",
                                                        "conv",  "depthwise", "gather", "pool", "resize"};

// Zeros at a multiple of 64 bytes; counted.
static union word *allocate(struct program *program, size_t words) {
  size_t bytes = (words * sizeof(union word) + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
  union word *memory = aligned_new(ALIGNMENT, bytes);
  if (memory != NULL) memset(memory, 0, bytes);
  program->bytes += bytes;
  return memory;
}

static void read_borders(struct reader *reader, struct border **borders, size_t *count, bool are_inputs) {
  const char *what = are_inputs ? "an input" : "an output";
  snprintf(reader->where, sizeof reader->where, are_inputs ? "inputs" : "outputs");
  size_t listed = (size_t)read_in(reader, "count", 0, MOST_ITEMS);
  *borders = calloc(listed + 1, sizeof **borders);
  if (*borders == NULL) reader_fail(reader, "out of memory");
  for (size_t i = 0; i < listed && !reader_failed(reader); i++) {
    struct border *border = &(*borders)[i];
    int32_t space = are_inputs ? 0 : read_word(reader);
    int32_t offset = read_word(reader);
    border->length = read_size(reader, "words");
    border->type = (enum word_type)read_in(reader, "type", 0, WORD_BOOL);
    struct reader address = *reader;
    address.code = (const int32_t[]){space, offset};
    address.length = 2;
    address.at = 0;
    border->words = (union word *)(uintptr_t)read_source(&address, what, border->length);
    (*count)++;
  }
}

static void read_instructions(struct reader *reader, struct program *program) {
  size_t listed = (size_t)read_in(reader, "instructions", 0, MOST_ITEMS);
  program->instructions = calloc(listed + 1, sizeof *program->instructions);
  if (program->instructions == NULL) reader_fail(reader, "out of memory");
  for (size_t i = 0; i < listed && !reader_failed(reader); i++) {
    snprintf(reader->where, sizeof reader->where, "instruction %zu", i);
    struct instruction *instruction = &program->instructions[i];
    instruction->operation = (enum operation)read_in(reader, "operation", 0, OPERATIONS - 1);
    size_t length = (size_t)read_in(reader, "payload words", 0, INT32_MAX);
    if (reader_failed(reader)) return;
    snprintf(reader->where, sizeof reader->where, "instruction %zu (%s)", i, OPERATION_NAMES[instruction->operation]);
    size_t end = reader->at + length;
    program->instruction_count++;
    load_instruction(reader, instruction);
    if (reader->at != end) reader_fail(reader, "the payload has %zu words, not %zu", length, reader->at + length - end);
  }
  snprintf(reader->where, sizeof reader->where, "program");
  if (reader->at != reader->length) reader_fail(reader, "%zu words are left over", reader->length - reader->at);
}

// The header; then the spaces are known.
static void read_spaces(struct reader *reader, struct program *program, const struct program_source *source,
                        struct space *spaces) {
  if (read_word(reader) != PROGRAM_MAGIC) reader_fail(reader, "this is no program of this version");
  size_t arena = (size_t)read_in(reader, "arena words", 0, INT32_MAX);
  size_t constants = (size_t)read_in(reader, "constant words", 0, INT32_MAX);
  size_t slots = (size_t)read_in(reader, "slots", 0, INT32_MAX);
  if (constants != source->constants_length) {
    reader_fail(reader, "there are %zu words of constants, not %zu", source->constants_length, constants);
  }
  if (slots != source->slot_count) reader_fail(reader, "there are %zu state slots, not %zu", source->slot_count, slots);
  for (size_t i = 0; i < slots && !reader_failed(reader); i++) {
    size_t size = (size_t)read_in(reader, "slot size", 0, INT32_MAX);
    if (size != source->slot_sizes[i]) {
      reader_fail(reader, "state slot %zu has %zu words, not %zu", i, source->slot_sizes[i], size);
    }
    spaces[2 + i] = (struct space){source->slots[i], size};
  }
  if (reader_failed(reader)) return;
  program->arena = allocate(program, arena);
  program->constants = allocate(program, constants);
  if (program->arena == NULL || program->constants == NULL) {
    reader_fail(reader, "out of memory: the arena has %zu words", arena);
    return;
  }
  if (constants > 0) memcpy(program->constants, source->constants, constants * sizeof(union word));
  spaces[0] = (struct space){program->arena, arena};
  spaces[1] = (struct space){program->constants, constants};
}

// Words that one instruction needs beside its operands.
static size_t scratch_of(const struct program *program, const struct instruction *instruction) {
  int threads = pool_threads(program->pool);
  const struct kernels *kernels = program->kernels;
  switch (instruction->operation) {
  case OPERATION_CHAIN: return chain_scratch(&instruction->as.chain, threads);
  case OPERATION_GEMM: return kernels->gemm_scratch(&instruction->as.product.shape, threads);
  case OPERATION_CONV: return kernels->conv_scratch(&instruction->as.convolution.shape, threads);
  case OPERATION_DEPTHWISE: return kernels->depthwise_scratch(&instruction->as.convolution.shape, threads);
  default: return 0;
  }
}

static void allocate_scratch(struct reader *reader, struct program *program) {
  size_t most = 0;
  for (size_t i = 0; i < program->instruction_count; i++) {
    size_t words = scratch_of(program, &program->instructions[i]);
    if (words > most) most = words;
  }
  program->scratch = allocate(program, most);
  if (program->scratch == NULL) reader_fail(reader, "out of memory: %zu words of scratch", most);
  for (size_t i = 0; i < program->instruction_count; i++) {
    struct instruction *instruction = &program->instructions[i];
    if (instruction->operation == OPERATION_GEMM) instruction->as.product.operands.scratch = &program->scratch->f;
    if (instruction->operation == OPERATION_CONV || instruction->operation == OPERATION_DEPTHWISE) {
      instruction->as.convolution.operands.scratch = &program->scratch->f;
    }
  }
}

struct program *program_load(const struct program_source *source, struct pool *pool, const struct kernels *kernels,
                             char *error) {
  struct program *program = calloc(1, sizeof *program);
  struct space *spaces = calloc(source->slot_count + 2, sizeof *spaces);
  error[0] = '\0';
  struct reader reader = {
      .code = source->code,
      .length = source->code_length,
      .spaces = spaces,
      .space_count = source->slot_count + 2,
      .where = "header",
      .error = error,
  };
  if (program == NULL || spaces == NULL) {
    reader_fail(&reader, "out of memory");
  } else {
    program->pool = pool;
    program->kernels = kernels;
    program->chain_kernels = chain_kernels_select(kernels->name);
    read_spaces(&reader, program, source, spaces);
    if (!reader_failed(&reader)) read_borders(&reader, &program->inputs, &program->input_count, true);
    if (!reader_failed(&reader)) read_borders(&reader, &program->outputs, &program->output_count, false);
    if (!reader_failed(&reader)) read_instructions(&reader, program);
    if (!reader_failed(&reader)) allocate_scratch(&reader, program);
  }
  free(spaces);
  if (error[0] == '\0') return program;
  program_free(program);
  return NULL;
}

void program_free(struct program *program) {
  if (program == NULL) return;
  for (size_t i = 0; i < program->instruction_count; i++) free_instruction(&program->instructions[i]);
  free(program->instructions);
  free(program->inputs);
  free(program->outputs);
  aligned_free(program->arena);
  aligned_free(program->constants);
  aligned_free(program->scratch);
  free(program);
}

size_t program_inputs(const struct program *program) { return program->input_count; }
size_t program_outputs(const struct program *program) { return program->output_count; }
const struct border *program_input(const struct program *program, size_t i) { return &program->inputs[i]; }
const struct border *program_output(const struct program *program, size_t i) { return &program->outputs[i]; }
size_t program_bytes(const struct program *program) { return program->bytes; }
