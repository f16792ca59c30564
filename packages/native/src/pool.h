// A pool of threads that run the parts of one task.
//
// A kernel cuts its work into parts by shape and thread count, and each output element is computed in one part, in one
// order of additions. Which thread runs which part therefore changes no bit of the result.
#ifndef MEDGAN_POOL_H
#define MEDGAN_POOL_H

#define POOL_MAX_THREADS 64

struct pool;

// Runs one part of a task. `worker` is in 0 .. threads - 1 and differs between parts that run at the same time: it
// selects the scratch memory of the part.
typedef void pool_task(void *context, int part, int worker);

// Starts threads - 1 workers (the caller of pool_run is worker 0); threads is in 1 .. POOL_MAX_THREADS.
// Returns NULL where the system refuses memory or a thread.
struct pool *pool_create(int threads);

// Ends the workers. No pool_run may be under way.
void pool_destroy(struct pool *pool);

int pool_threads(const struct pool *pool);

// Runs task(context, part, worker) for each part in 0 .. parts - 1 and returns when all are done. Threads take parts as
// they become free, so that a thread which the system interrupts delays the task by one part only. All parts run with
// denormal numbers flushed to zero (x86 and ARM), on the caller's thread too: a denormal operand costs some processors
// a hundred cycles. One pool_run at a time; a task must not call pool_run.
void pool_run(struct pool *pool, pool_task *task, void *context, int parts);

#endif
