#include "chain.h"

#include <math.h>

// Elements that a task has at least, and tasks that a chain has at most.
#define TASK_SIZE 16384
#define MOST_TASKS 64
// Columns of a partial result at least. Narrow columns are folded side by side: in long runs, and in short sums, which
// round less.
#define FOLD_WIDTH 128

int chain_arity(enum chain_operation operation) {
  if (operation < CHAIN_ADD) return 1;
  return operation < CHAIN_SELECT ? 2 : 3;
}

static size_t round_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

// The least common multiple of a block's unit and a period, where that is no more than a block.
static size_t with_period(size_t unit, size_t period) {
  if (period > CHAIN_BLOCK || unit % period == 0) return unit;
  if (period % unit == 0) return period;
  return unit * period <= CHAIN_BLOCK ? unit * period : unit;
}

// A block that the short periods divide, so that operands of these periods are alike in all blocks.
static size_t choose_block(const struct chain *chain) {
  size_t unit = 1;
  for (int i = 0; i < chain->loads; i++) {
    if (chain->load[i].mode == CHAIN_PERIODIC) unit = with_period(unit, chain->load[i].period);
  }
  for (int i = 0; i < chain->folds; i++) unit = with_period(unit, chain->fold[i].columns);
  return CHAIN_BLOCK / unit * unit;
}

static void choose_tasks(struct chain *chain) {
  size_t unit = chain->block;
  chain->partial = 0;
  for (int i = 0; i < chain->folds; i++) {
    struct chain_fold *fold = &chain->fold[i];
    fold->width = fold->columns * ((FOLD_WIDTH + fold->columns - 1) / fold->columns);
    fold->at = chain->partial;
    chain->partial += round_up(fold->width, FOLD_WIDTH);
    // All tasks but the first begin with column 0 of a partial result, too.
    size_t a = unit, b = fold->width;
    while (b != 0) {
      size_t rest = a % b;
      a = b;
      b = rest;
    }
    unit = unit / a * fold->width;
  }
  size_t wanted = chain->n / MOST_TASKS > TASK_SIZE ? chain->n / MOST_TASKS : TASK_SIZE;
  chain->task = round_up(wanted, unit);
}

// True where an instruction reads operand `value` as a single number. `where` is the operand's place in the step.
static bool takes_scalar(const struct chain *chain, const struct chain_step *step, int where) {
  if (chain_arity(step->operation) != 2) return false;
  int other = step->operands[1 - where];
  bool both = other < chain->loads && chain->load[other].mode == CHAIN_SCALAR;
  return !both || where == 0;
}

static bool needs_register(const struct chain *chain, int value) {
  const struct chain_load *load = &chain->load[value];
  if (load->mode != CHAIN_SCALAR) return load->mode != CHAIN_FULL;
  for (int i = 0; i < chain->steps; i++) {
    const struct chain_step *step = &chain->step[i];
    for (int k = 0; k < chain_arity(step->operation); k++) {
      if (step->operands[k] == value && !takes_scalar(chain, step, k)) return true;
    }
  }
  for (int i = 0; i < chain->stores; i++) if (chain->store[i].value == value) return true;
  for (int i = 0; i < chain->folds; i++) if (chain->fold[i].value == value) return true;
  return false;
}

// The last step that reads a value; `steps` where a store or a fold does, after all steps.
static int last_use(const struct chain *chain, int value) {
  for (int i = 0; i < chain->stores; i++) if (chain->store[i].value == value) return chain->steps;
  for (int i = 0; i < chain->folds; i++) if (chain->fold[i].value == value) return chain->steps;
  for (int i = chain->steps - 1; i >= 0; i--) {
    for (int k = 0; k < chain_arity(chain->step[i].operation); k++) {
      if (chain->step[i].operands[k] == value) return i;
    }
  }
  return -1;
}

// True where the store's words hold nothing that a later step of the block still reads.
static bool may_write_at_once(const struct chain *chain, const struct chain_store *store, int made) {
  for (int i = 0; i < chain->loads; i++) {
    const struct chain_load *load = &chain->load[i];
    bool overlaps = load->words < store->words + chain->n && store->words < load->words + chain->n;
    if (overlaps && (load->words != store->words || last_use(chain, i) > made)) return false;
  }
  return true;
}

static void place_results(struct chain *chain) {
  for (int i = 0; i < chain->steps; i++) chain->step[i].direct = NULL;
  for (int i = 0; i < chain->stores; i++) {
    struct chain_store *store = &chain->store[i];
    int made = store->value - chain->loads;
    store->is_direct = made >= 0 && chain->step[made].direct == NULL && may_write_at_once(chain, store, made);
    if (store->is_direct) chain->step[made].direct = store->words;
  }
}

static void choose_registers(struct chain *chain) {
  int last[CHAIN_MAX_VALUES];
  int holder[CHAIN_MAX_VALUES];
  int registers = 0;
  for (int v = 0; v < chain->loads + chain->steps; v++) last[v] = last_use(chain, v);
  for (int i = 0; i < chain->loads; i++) {
    struct chain_load *load = &chain->load[i];
    load->is_hoisted = load->mode == CHAIN_SCALAR ||
                       (load->mode == CHAIN_PERIODIC && chain->block % load->period == 0);
    load->reg = -1;
    if (!needs_register(chain, i)) continue;
    load->reg = registers;
    // What is filled once for a task is never given to a step.
    holder[registers++] = load->is_hoisted ? -2 : i;
  }
  for (int i = 0; i < chain->steps; i++) {
    struct chain_step *step = &chain->step[i];
    step->reg = -1;
    if (step->direct != NULL) continue;
    for (int r = 0; r < registers && step->reg < 0; r++) {
      if (holder[r] != -2 && last[holder[r]] < i) step->reg = r;
    }
    if (step->reg < 0) step->reg = registers++;
    holder[step->reg] = chain->loads + i;
    // A result that nothing reads occupies its register for its own step.
    if (last[chain->loads + i] < i) last[chain->loads + i] = i;
  }
  chain->registers = registers;
}

void chain_prepare(struct chain *chain) {
  chain->block = choose_block(chain);
  choose_tasks(chain);
  place_results(chain);
  choose_registers(chain);
}

size_t chain_tasks(const struct chain *chain) { return (chain->n + chain->task - 1) / chain->task; }

static size_t register_words(const struct chain *chain) { return (size_t)chain->registers * CHAIN_BLOCK; }

size_t chain_scratch(const struct chain *chain, int threads) {
  return chain_tasks(chain) * chain->partial + (size_t)threads * register_words(chain);
}

union word fold_identity(enum fold fold) {
  switch (fold) {
  case FOLD_PRODUCT: return (union word){.f = 1};
  case FOLD_MAXIMUM: return (union word){.f = -INFINITY};
  case FOLD_MINIMUM: return (union word){.f = INFINITY};
  case FOLD_I_PRODUCT: return (union word){.i = 1};
  case FOLD_I_MAXIMUM: return (union word){.i = INT32_MIN};
  case FOLD_I_MINIMUM: return (union word){.i = INT32_MAX};
  default: return (union word){.i = 0};
  }
}

union word fold_two(enum fold fold, union word a, union word b) {
  switch (fold) {
  case FOLD_PRODUCT: return (union word){.f = a.f * b.f};
  case FOLD_MAXIMUM: return (union word){.f = a.f > b.f || isnan(a.f) ? a.f : b.f};
  case FOLD_MINIMUM: return (union word){.f = a.f < b.f || isnan(a.f) ? a.f : b.f};
  case FOLD_I_SUM: return (union word){.i = (int32_t)((uint32_t)a.i + (uint32_t)b.i)};
  case FOLD_I_PRODUCT: return (union word){.i = (int32_t)((uint32_t)a.i * (uint32_t)b.i)};
  case FOLD_I_MAXIMUM: return a.i > b.i ? a : b;
  case FOLD_I_MINIMUM: return a.i < b.i ? a : b;
  default: return (union word){.f = a.f + b.f};
  }
}

union word fold_divided(enum fold fold, union word total, int32_t divisor) {
  if (divisor != 1 && fold == FOLD_SUM) total.f /= (float)divisor;
  return total;
}

struct run {
  const struct chain *chain;
  const struct chain_kernels *kernels;
  union word *partials;
  union word *registers;
};

static void run_task(void *context, int part, int worker) {
  const struct run *run = context;
  const struct chain *chain = run->chain;
  size_t begin = (size_t)part * chain->task;
  size_t end = begin + chain->task < chain->n ? begin + chain->task : chain->n;
  union word *registers = run->registers + (size_t)worker * register_words(chain);
  run->kernels->blocks(chain, begin, end, registers, run->partials + (size_t)part * chain->partial);
}

// The fold of `count` words, `step` words apart. Sums of floats are carried in double precision.
static union word fold_strided(enum fold fold, const union word *words, size_t step, size_t count) {
  if (fold == FOLD_SUM) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (double)words[i * step].f;
    return (union word){.f = (float)sum};
  }
  union word total = words[0];
  for (size_t i = 1; i < count; i++) total = fold_two(fold, total, words[i * step]);
  return total;
}

// The partial results of all tasks, folded in the order of the tasks, then of the columns.
static void finish_fold(const struct chain *chain, const struct chain_fold *fold, union word *partials) {
  union word *total = partials + fold->at;
  for (size_t c = 0; c < fold->width; c++) {
    total[c] = fold_strided(fold->fold, total + c, chain->partial, chain_tasks(chain));
  }
  for (size_t c = 0; c < fold->columns; c++) {
    const union word sum = fold_strided(fold->fold, total + c, fold->columns, fold->width / fold->columns);
    fold->words[c] = fold_divided(fold->fold, sum, fold->divisor);
  }
}

void chain_run(const struct chain *chain, const struct chain_kernels *kernels, struct pool *pool, union word *scratch) {
  size_t tasks = chain_tasks(chain);
  struct run run = {chain, kernels, scratch, scratch + tasks * chain->partial};
  pool_run(pool, run_task, &run, (int)tasks);
  for (int i = 0; i < chain->folds; i++) finish_fold(chain, &chain->fold[i], scratch);
}
