#include "pool.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "float-mode.h"
#include "thread.h"

// How often a thread looks for work before it sleeps: some tens of microseconds, the time between two kernels of a
// step.
#define SPINS 4000

// The parts of a run are handed out through one atomic word, so that a worker that was interrupted between two looks
// cannot take a part of a run that has ended: its compare-and-swap then finds another run number.
//   bits 32..63 number of the run, 16..31 its parts, 0..15 the next part to take
#define MAX_PARTS 0xffff

struct worker {
  struct pool *pool;
  thread thread;
  int index;
};

struct pool {
  int threads, started;
  _Atomic uint64_t tickets;
  atomic_int unfinished; // parts of the run under way that have not ended
  atomic_int sleepers;
  atomic_bool stop;
  pool_task *task;
  void *context;
  int first_part; // part that ticket 0 stands for: tasks of more than MAX_PARTS parts are several runs
  mutex mutex;
  condition work, done;
  struct worker workers[POOL_MAX_THREADS];
};

static inline void spin(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

static bool has_parts(uint64_t tickets) { return (tickets & MAX_PARTS) < (tickets >> 16 & MAX_PARTS); }

static void finish_part(struct pool *pool) {
  if (atomic_fetch_sub(&pool->unfinished, 1) != 1) return;
  mutex_lock(&pool->mutex);
  condition_wake_all(&pool->done);
  mutex_unlock(&pool->mutex);
}

// Takes and runs parts until none is left.
static void run_parts(struct pool *pool, int worker) {
  uint64_t tickets = atomic_load(&pool->tickets);
  while (has_parts(tickets)) {
    if (!atomic_compare_exchange_weak(&pool->tickets, &tickets, tickets + 1)) continue;
    pool->task(pool->context, pool->first_part + (int)(tickets & MAX_PARTS), worker);
    finish_part(pool);
    tickets = atomic_load(&pool->tickets);
  }
}

static void sleep_until_work(struct pool *pool) {
  mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (!has_parts(atomic_load(&pool->tickets)) && !atomic_load(&pool->stop)) {
    condition_wait(&pool->work, &pool->mutex);
  }
  atomic_fetch_sub(&pool->sleepers, 1);
  mutex_unlock(&pool->mutex);
}

static thread_result THREAD_CALL work(void *argument) {
  struct worker *worker = argument;
  struct pool *pool = worker->pool;
  float_mode_flush();
  while (!atomic_load(&pool->stop)) {
    run_parts(pool, worker->index);
    int spins = 0;
    while (spins < SPINS && !has_parts(atomic_load(&pool->tickets)) && !atomic_load(&pool->stop)) {
      spin();
      spins++;
    }
    if (spins == SPINS) sleep_until_work(pool);
  }
  return 0;
}

struct pool *pool_create(int threads) {
  if (threads < 1 || threads > POOL_MAX_THREADS) return NULL;
  struct pool *pool = calloc(1, sizeof *pool);
  if (pool == NULL) return NULL;
  mutex_create(&pool->mutex);
  condition_create(&pool->work);
  condition_create(&pool->done);
  pool->threads = threads;
  for (pool->started = 1; pool->started < threads; pool->started++) {
    struct worker *worker = &pool->workers[pool->started];
    worker->pool = pool;
    worker->index = pool->started;
    if (!thread_start(&worker->thread, work, worker)) {
      pool_destroy(pool);
      return NULL;
    }
  }
  return pool;
}

void pool_destroy(struct pool *pool) {
  if (pool == NULL) return;
  atomic_store(&pool->stop, true);
  mutex_lock(&pool->mutex);
  condition_wake_all(&pool->work);
  mutex_unlock(&pool->mutex);
  for (int i = 1; i < pool->started; i++) thread_join(pool->workers[i].thread);
  condition_destroy(&pool->done);
  condition_destroy(&pool->work);
  mutex_destroy(&pool->mutex);
  free(pool);
}

int pool_threads(const struct pool *pool) { return pool->threads; }

static void wait_for_parts(struct pool *pool) {
  for (int spins = 0; spins < SPINS; spins++) {
    if (atomic_load(&pool->unfinished) == 0) return;
    spin();
  }
  mutex_lock(&pool->mutex);
  while (atomic_load(&pool->unfinished) != 0) condition_wait(&pool->done, &pool->mutex);
  mutex_unlock(&pool->mutex);
}

static void run_on_all(struct pool *pool, int parts) {
  const uint64_t run = (atomic_load(&pool->tickets) >> 32) + 1;
  atomic_store(&pool->unfinished, parts);
  atomic_store(&pool->tickets, run << 32 | (uint64_t)parts << 16);
  if (atomic_load(&pool->sleepers) > 0) {
    mutex_lock(&pool->mutex);
    condition_wake_all(&pool->work);
    mutex_unlock(&pool->mutex);
  }
  run_parts(pool, 0);
  wait_for_parts(pool);
}

void pool_run(struct pool *pool, pool_task *task, void *context, int parts) {
  const float_mode mode = float_mode_flush();
  if (pool->threads == 1 || parts == 1) {
    for (int part = 0; part < parts; part++) task(context, part, 0);
  } else {
    pool->task = task;
    pool->context = context;
    for (int first = 0; first < parts; first += MAX_PARTS) {
      pool->first_part = first;
      run_on_all(pool, parts - first < MAX_PARTS ? parts - first : MAX_PARTS);
    }
  }
  float_mode_restore(mode);
}
