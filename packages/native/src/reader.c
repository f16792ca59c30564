#include "reader.h"

#include <stdarg.h>
#include <stdio.h>

bool reader_failed(const struct reader *reader) { return reader->error[0] != '\0'; }

void reader_fail(struct reader *reader, const char *format, ...) {
  if (reader_failed(reader)) return;
  int used = snprintf(reader->error, PROGRAM_ERROR_SIZE, "%s: ", reader->where);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reader->error + used, PROGRAM_ERROR_SIZE - (size_t)used, format, arguments);
  va_end(arguments);
}

int32_t read_word(struct reader *reader) {
  if (reader_failed(reader)) return 0;
  if (reader->at < reader->length) return reader->code[reader->at++];
  reader_fail(reader, "the code ends too early");
  return 0;
}

int32_t read_in(struct reader *reader, const char *what, int32_t low, int32_t high) {
  int32_t value = read_word(reader);
  if (reader_failed(reader)) return low;
  if (value >= low && value <= high) return value;
  reader_fail(reader, "%s is %d, not in %d .. %d", what, value, low, high);
  return low;
}

size_t read_size(struct reader *reader, const char *what) { return (size_t)read_in(reader, what, 1, INT32_MAX); }

bool read_flag(struct reader *reader, const char *what) { return read_in(reader, what, 0, 1) == 1; }

size_t multiply_sizes(struct reader *reader, size_t a, size_t b) {
  if (a <= MOST_ELEMENTS / b) return a * b;
  reader_fail(reader, "an operand of %zu times %zu elements is too large", a, b);
  return 1;
}

static union word *read_operand(struct reader *reader, const char *what, size_t size, bool is_written) {
  int32_t space = read_word(reader);
  int32_t offset = read_word(reader);
  if (reader_failed(reader)) return NULL;
  if (space < 0 || (size_t)space >= reader->space_count) {
    reader_fail(reader, "%s is in space %d of %zu", what, space, reader->space_count);
    return NULL;
  }
  const struct space *in = &reader->spaces[space];
  if (offset < 0 || (size_t)offset > in->size || size > in->size - (size_t)offset) {
    reader_fail(reader, "%s has %zu words at %d in space %d of %zu words", what, size, offset, space, in->size);
    return NULL;
  }
  if (is_written && space == 1) {
    reader_fail(reader, "%s is written to the constants", what);
    return NULL;
  }
  return in->words + offset;
}

const union word *read_source(struct reader *reader, const char *what, size_t size) {
  union word *words = read_operand(reader, what, size, false);
  if (reader->source_count < MOST_SOURCES) reader->sources[reader->source_count++] = (struct space){words, size};
  return words;
}

union word *read_target(struct reader *reader, const char *what, size_t size) {
  return read_operand(reader, what, size, true);
}

union word *read_result(struct reader *reader, const char *what, size_t size) {
  union word *words = read_operand(reader, what, size, true);
  for (size_t i = 0; i < reader->source_count && words != NULL; i++) {
    const struct space *source = &reader->sources[i];
    if (words >= source->words + source->size || source->words >= words + size) continue;
    reader_fail(reader, "%s overlaps what is read", what);
    return NULL;
  }
  return words;
}

size_t strided_span(struct reader *reader, int rank, const size_t *lengths, const ptrdiff_t *strides) {
  size_t last = 0;
  for (int axis = 0; axis < rank; axis++) {
    if (strides[axis] < 0) {
      reader_fail(reader, "the stride of axis %d is %td, less than 0", axis, strides[axis]);
      return 1;
    }
    if (lengths[axis] == 1 || strides[axis] == 0) continue;
    last += multiply_sizes(reader, lengths[axis] - 1, (size_t)strides[axis]);
    if (last >= MOST_ELEMENTS) {
      reader_fail(reader, "an operand spans too many words");
      return 1;
    }
  }
  return last + 1;
}
