#include "load.h"

#include <stdlib.h>

static void read_strided(struct reader *reader, struct chain_load *load, size_t n) {
  load->rank = read_in(reader, "rank", 1, CHAIN_MAX_RANK);
  size_t elements = 1;
  for (int axis = 0; axis < load->rank; axis++) {
    load->lengths[axis] = read_size(reader, "length");
    elements = multiply_sizes(reader, elements, load->lengths[axis]);
  }
  for (int axis = 0; axis < load->rank; axis++) load->strides[axis] = read_word(reader);
  if (elements != n) reader_fail(reader, "a load has %zu elements, the chain %zu", elements, n);
}

// The address comes before what decides its size: it is read when that is known.
static void read_load(struct reader *reader, struct chain_load *load, size_t n) {
  load->mode = (enum chain_mode)read_in(reader, "mode", 0, CHAIN_MODES - 1);
  size_t address = reader->at;
  reader->at += 2;
  size_t words = n;
  if (load->mode == CHAIN_SCALAR) words = 1;
  if (load->mode == CHAIN_PERIODIC) words = load->period = read_size(reader, "period");
  if (load->mode == CHAIN_STRIDED) {
    read_strided(reader, load, n);
    if (!reader_failed(reader)) words = strided_span(reader, load->rank, load->lengths, load->strides);
  }
  size_t end = reader->at;
  reader->at = address;
  load->words = read_source(reader, "a load", words);
  reader->at = end;
}

static void read_fold(struct reader *reader, struct chain_fold *fold, const struct chain *chain) {
  fold->fold = (enum fold)read_in(reader, "fold", 0, FOLDS - 1);
  fold->value = read_in(reader, "value", 0, chain->loads + chain->steps - 1);
  fold->columns = read_size(reader, "columns");
  if (chain->n % fold->columns != 0) {
    reader_fail(reader, "%zu columns do not divide %zu elements", fold->columns, chain->n);
  }
  fold->divisor = read_in(reader, "divisor", 1, INT32_MAX);
  fold->words = read_target(reader, "a fold", fold->columns);
}

void load_chain(struct reader *reader, struct chain *chain) {
  chain->n = read_size(reader, "n");
  chain->loads = read_in(reader, "loads", 0, CHAIN_MAX_LOADS);
  chain->load = calloc((size_t)chain->loads + 1, sizeof *chain->load);
  if (chain->load == NULL) reader_fail(reader, "out of memory");
  for (int i = 0; i < chain->loads && !reader_failed(reader); i++) read_load(reader, &chain->load[i], chain->n);
  chain->steps = read_in(reader, "steps", 0, CHAIN_MAX_STEPS);
  chain->step = calloc((size_t)chain->steps + 1, sizeof *chain->step);
  if (chain->step == NULL) reader_fail(reader, "out of memory");
  for (int i = 0; i < chain->steps && !reader_failed(reader); i++) {
    struct chain_step *step = &chain->step[i];
    step->operation = (enum chain_operation)read_in(reader, "chain operation", 0, CHAIN_OPERATIONS - 1);
    for (int k = 0; k < 3; k++) {
      // Operands that the operation does not take name some value, too: blocks look all three up.
      step->operands[k] = read_in(reader, "operand", 0, chain->loads + i - 1);
    }
  }
  if (chain->loads == 0) reader_fail(reader, "a chain has no loads");
  chain->stores = read_in(reader, "stores", 0, CHAIN_MAX_STORES);
  chain->store = calloc((size_t)chain->stores + 1, sizeof *chain->store);
  if (chain->store == NULL) reader_fail(reader, "out of memory");
  for (int i = 0; i < chain->stores && !reader_failed(reader); i++) {
    chain->store[i].value = read_in(reader, "value", 0, chain->loads + chain->steps - 1);
    chain->store[i].words = read_target(reader, "a store", chain->n);
  }
  chain->folds = read_in(reader, "folds", 0, CHAIN_MAX_FOLDS);
  chain->fold = calloc((size_t)chain->folds + 1, sizeof *chain->fold);
  if (chain->fold == NULL) reader_fail(reader, "out of memory");
  for (int i = 0; i < chain->folds && !reader_failed(reader); i++) read_fold(reader, &chain->fold[i], chain);
  if (!reader_failed(reader)) chain_prepare(chain);
}

void free_chain(struct chain *chain) {
  free(chain->load);
  free(chain->step);
  free(chain->store);
  free(chain->fold);
}
