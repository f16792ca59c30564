// What the parts of the Node add-on share.
#ifndef MEDGAN_ADDON_H
#define MEDGAN_ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>

#include "program.h"

// A pool is freed when its engine lets go of it and no program uses it any more.
struct shared_pool {
  struct pool *pool;
  int users;
};

// A program as JavaScript holds it. The references keep the memory of the state slots alive.
struct handle {
  struct program *program;
  struct shared_pool *pool;
  napi_ref slots;
  bool is_running;
};

// Throws an error unless one is pending; returns NULL.
napi_value addon_fail(napi_env env, const char *message);

napi_value addon_undefined(napi_env env);

// Elements of 4 bytes, or of 1 byte, of a typed array; false for anything else.
bool addon_words(napi_env env, napi_value value, size_t element, void **data, size_t *length);

// run(program, steps, inputs, outputs): a promise. The arrays must not change until it is settled.
napi_value addon_run(napi_env env, napi_callback_info info);

#endif
