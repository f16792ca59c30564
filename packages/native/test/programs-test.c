// Loads and runs programs from a file, as they are and then damaged: the loader refuses a damaged one, or it runs without
// leaving its memory, which the sanitizers watch. Arguments: file, seed, damaged copies of each program.
//
// The file holds for each program, in 32-bit words: words of code, words of constants, slots, size of each slot, code,
// constants.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "program.h"
#include "random.h"

#define MOST_SLOTS 4096
// Damaged programs may ask for any arena; the machine has not any memory.
#define MOST_ARENA_WORDS (1 << 22)

struct recorded {
  struct program_source source;
  int32_t *code;
  union word *slots[MOST_SLOTS];
  size_t slot_sizes[MOST_SLOTS];
};

struct counts {
  int programs, refused, run;
};

static int32_t *take(const int32_t **words, size_t count) {
  int32_t *copy = malloc((count + 1) * sizeof *copy);
  memcpy(copy, *words, count * sizeof *copy);
  *words += count;
  return copy;
}

static void read_program(const int32_t **words, struct recorded *recorded) {
  struct program_source *source = &recorded->source;
  source->code_length = (size_t)*(*words)++;
  source->constants_length = (size_t)*(*words)++;
  source->slot_count = (size_t)*(*words)++;
  for (size_t i = 0; i < source->slot_count; i++) {
    recorded->slot_sizes[i] = (size_t)*(*words)++;
    recorded->slots[i] = calloc(recorded->slot_sizes[i] + 1, sizeof(union word));
  }
  recorded->code = take(words, source->code_length);
  source->code = recorded->code;
  source->constants = (const union word *)take(words, source->constants_length);
  source->slots = recorded->slots;
  source->slot_sizes = recorded->slot_sizes;
}

static void free_recorded(struct recorded *recorded) {
  for (size_t i = 0; i < recorded->source.slot_count; i++) free(recorded->slots[i]);
  free(recorded->code);
  free((void *)recorded->source.constants);
}

static bool load_and_run(const struct program_source *source, struct pool *pool, char *error) {
  struct program *program = program_load(source, pool, kernels_select(NULL), error);
  if (program == NULL) return false;
  for (size_t i = 0; i < program_inputs(program); i++) {
    const struct border *border = program_input(program, i);
    memset(border->words, 0, border->length * sizeof(union word));
  }
  program_run(program, error);
  program_free(program);
  return true;
}

// A word becomes its neighbour, a small number, an end of the range, or another word of the code.
static int32_t damaged(struct random *random, const struct program_source *source, int32_t word) {
  switch (random_int(random, 0, 4)) {
  case 0: return (int32_t)((uint32_t)word + (random_int(random, 0, 1) ? 1u : UINT32_MAX));
  case 1: return random_int(random, 0, 16);
  case 2: return random_int(random, 0, 1) ? INT32_MAX : INT32_MIN;
  case 3: return word ^ (int32_t)(1u << random_int(random, 0, 30));
  default: return source->code[random_int(random, 0, (int)source->code_length - 1)];
  }
}

static void damage(struct random *random, const struct recorded *recorded, struct pool *pool, struct counts *counts) {
  struct program_source source = recorded->source;
  const int32_t *whole = source.code;
  int32_t *code = malloc(source.code_length * sizeof *code);
  memcpy(code, whole, source.code_length * sizeof *code);
  for (int changes = random_int(random, 1, 3); changes > 0; changes--) {
    const int at = random_int(random, 0, (int)source.code_length - 1);
    code[at] = damaged(random, &source, code[at]);
  }
  if (random_int(random, 0, 9) == 0) source.code_length = (size_t)random_int(random, 0, (int)source.code_length - 1);
  source.code = code;
  char error[PROGRAM_ERROR_SIZE];
  if (source.code_length > 1 && code[1] > MOST_ARENA_WORDS && code[1] != whole[1]) code[1] = whole[1];
  if (load_and_run(&source, pool, error)) counts->run++;
  else counts->refused++;
  free(code);
}

static int32_t *read_all(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  fseek(file, 0, SEEK_END);
  *count = (size_t)ftell(file) / sizeof(int32_t);
  rewind(file);
  int32_t *words = malloc((*count + 1) * sizeof *words);
  const size_t got = fread(words, sizeof *words, *count, file);
  fclose(file);
  return got == *count ? words : NULL;
}

int main(int argc, char **argv) {
  size_t count = 0;
  int32_t *words = argc > 3 ? read_all(argv[1], &count) : NULL;
  if (words == NULL) {
    fprintf(stderr, "usage: programs-test <file> <seed> <damaged copies of each program>\n");
    return 2;
  }
  struct random random = {(uint64_t)atoi(argv[2])};
  struct pool *pool = pool_create(2);
  struct counts counts = {0};
  int failures = 0;
  for (const int32_t *at = words; at < words + count; counts.programs++) {
    struct recorded *recorded = calloc(1, sizeof *recorded);
    char error[PROGRAM_ERROR_SIZE];
    read_program(&at, recorded);
    if (!load_and_run(&recorded->source, pool, error)) {
      printf("program %d is refused: %s\n", counts.programs, error);
      failures++;
    }
    for (int i = atoi(argv[3]); i > 0; i--) damage(&random, recorded, pool, &counts);
    free_recorded(recorded);
    free(recorded);
  }
  pool_destroy(pool);
  free(words);
  printf("%d programs; damaged: %d refused, %d run\n", counts.programs, counts.refused, counts.run);
  return failures == 0 ? 0 : 1;
}
