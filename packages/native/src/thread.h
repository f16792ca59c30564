// Threads, a mutex and a condition variable, over POSIX and Windows. WebAssembly without threads starts none.
#ifndef MEDGAN_THREAD_H
#define MEDGAN_THREAD_H

#include <stdbool.h>

#if defined(_WIN32)

#include <windows.h>

typedef HANDLE thread;
typedef SRWLOCK mutex;
typedef CONDITION_VARIABLE condition;
typedef DWORD thread_result;
#define THREAD_CALL WINAPI

static inline bool thread_start(thread *t, thread_result(THREAD_CALL *body)(void *), void *argument) {
  *t = CreateThread(NULL, 0, body, argument, 0, NULL);
  return *t != NULL;
}
static inline void thread_join(thread t) {
  WaitForSingleObject(t, INFINITE);
  CloseHandle(t);
}
static inline void mutex_create(mutex *m) { InitializeSRWLock(m); }
static inline void mutex_destroy(mutex *m) { (void)m; }
static inline void mutex_lock(mutex *m) { AcquireSRWLockExclusive(m); }
static inline void mutex_unlock(mutex *m) { ReleaseSRWLockExclusive(m); }
static inline void condition_create(condition *c) { InitializeConditionVariable(c); }
static inline void condition_destroy(condition *c) { (void)c; }
static inline void condition_wait(condition *c, mutex *m) { SleepConditionVariableSRW(c, m, INFINITE, 0); }
static inline void condition_wake_all(condition *c) { WakeAllConditionVariable(c); }

#elif defined(__wasm__) && !defined(_REENTRANT)

typedef int thread, mutex, condition;
typedef void *thread_result;
#define THREAD_CALL

static inline bool thread_start(thread *t, thread_result (*body)(void *), void *argument) {
  (void)t, (void)body, (void)argument;
  return false;
}
static inline void thread_join(thread t) { (void)t; }
static inline void mutex_create(mutex *m) { (void)m; }
static inline void mutex_destroy(mutex *m) { (void)m; }
static inline void mutex_lock(mutex *m) { (void)m; }
static inline void mutex_unlock(mutex *m) { (void)m; }
static inline void condition_create(condition *c) { (void)c; }
static inline void condition_destroy(condition *c) { (void)c; }
static inline void condition_wait(condition *c, mutex *m) { (void)c, (void)m; }
static inline void condition_wake_all(condition *c) { (void)c; }

#else

#include <pthread.h>

typedef pthread_t thread;
typedef pthread_mutex_t mutex;
typedef pthread_cond_t condition;
typedef void *thread_result;
#define THREAD_CALL

static inline bool thread_start(thread *t, thread_result (*body)(void *), void *argument) {
  return pthread_create(t, NULL, body, argument) == 0;
}
static inline void thread_join(thread t) { pthread_join(t, NULL); }
static inline void mutex_create(mutex *m) { pthread_mutex_init(m, NULL); }
static inline void mutex_destroy(mutex *m) { pthread_mutex_destroy(m); }
static inline void mutex_lock(mutex *m) { pthread_mutex_lock(m); }
static inline void mutex_unlock(mutex *m) { pthread_mutex_unlock(m); }
static inline void condition_create(condition *c) { pthread_cond_init(c, NULL); }
static inline void condition_destroy(condition *c) { pthread_cond_destroy(c); }
static inline void condition_wait(condition *c, mutex *m) { pthread_cond_wait(c, m); }
static inline void condition_wake_all(condition *c) { pthread_cond_broadcast(c); }

#endif

#endif
