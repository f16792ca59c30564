// Reads the code of a program word by word and keeps the first thing that is wrong with it. After an error all readings
// give 0 or NULL, so that callers check once at the end.
#ifndef MEDGAN_READER_H
#define MEDGAN_READER_H

#include "program.h"

// Elements of an operand at most: sizes multiply without overflow, and kernels may count in int.
#define MOST_ELEMENTS ((size_t)INT32_MAX)

// Operands of an instruction at most whose result must lie apart from them.
#define MOST_SOURCES 2

struct space {
  union word *words;
  size_t size;
};

struct reader {
  const int32_t *code;
  size_t length, at;
  // Arena, constants, slots.
  const struct space *spaces;
  size_t space_count;
  // What is read: "instruction 12 (chain)".
  char where[48];
  // Operands of the instruction that have been read so far.
  struct space sources[MOST_SOURCES];
  size_t source_count;
  char *error;
};

bool reader_failed(const struct reader *reader);
__attribute__((format(printf, 2, 3))) void reader_fail(struct reader *reader, const char *format, ...);

int32_t read_word(struct reader *reader);
// A number in low .. high.
int32_t read_in(struct reader *reader, const char *what, int32_t low, int32_t high);
// A number from 1.
size_t read_size(struct reader *reader, const char *what);
bool read_flag(struct reader *reader, const char *what);

// The product of sizes, which must be an operand's.
size_t multiply_sizes(struct reader *reader, size_t a, size_t b);

// An operand of `size` words that is read, and one that is written.
const union word *read_source(struct reader *reader, const char *what, size_t size);
union word *read_target(struct reader *reader, const char *what, size_t size);

// One that is written, and lies apart from all that the instruction reads.
union word *read_result(struct reader *reader, const char *what, size_t size);

// How many words an operand spans that is read or written by index times stride; fails on a negative stride.
size_t strided_span(struct reader *reader, int rank, const size_t *lengths, const ptrdiff_t *strides);

#endif
