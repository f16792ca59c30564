// The native engine as a Node add-on (N-API): pools, programs, and one asynchronous call for a series of steps.
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

// One call: `steps` times all inputs are copied in, the program is run, and all outputs are copied out.
struct call {
  napi_async_work work;
  napi_deferred deferred;
  napi_ref arguments;
  struct handle *handle;
  size_t steps;
  void **inputs, **outputs;
  bool has_failed;
  char error[PROGRAM_ERROR_SIZE];
};

static napi_value fail(napi_env env, const char *message) {
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  if (!is_pending) napi_throw_error(env, NULL, message);
  return NULL;
}

static napi_value undefined(napi_env env) {
  napi_value value;
  napi_get_undefined(env, &value);
  return value;
}

static void release_pool(struct shared_pool *pool) {
  if (--pool->users > 0) return;
  pool_destroy(pool->pool);
  free(pool);
}

static void finalize_pool(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  release_pool(data);
}

static napi_value create_pool(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, external;
  int32_t threads = 0;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  if (napi_get_value_int32(env, argument, &threads) != napi_ok || threads < 1 || threads > POOL_MAX_THREADS) {
    return fail(env, "threads must be a number from 1 to 64");
  }
  struct shared_pool *shared = calloc(1, sizeof *shared);
  if (shared != NULL) shared->pool = pool_create(threads);
  if (shared == NULL || shared->pool == NULL) {
    free(shared);
    return fail(env, "the system refuses the threads of a pool");
  }
  shared->users = 1;
  if (napi_create_external(env, shared, finalize_pool, NULL, &external) != napi_ok) {
    release_pool(shared);
    return fail(env, "no memory for a pool");
  }
  return external;
}

static void clear_handle(napi_env env, struct handle *handle) {
  if (handle->program == NULL) return;
  program_free(handle->program);
  handle->program = NULL;
  napi_delete_reference(env, handle->slots);
  release_pool(handle->pool);
}

static void finalize_handle(napi_env env, void *data, void *hint) {
  (void)hint;
  clear_handle(env, data);
  free(data);
}

// Elements of 4 bytes, or of 1 byte, of a typed array; false for anything else.
static bool words_of(napi_env env, napi_value value, size_t element, void **data, size_t *length) {
  bool is_array = false;
  napi_typedarray_type type;
  napi_is_typedarray(env, value, &is_array);
  if (!is_array) return false;
  if (napi_get_typedarray_info(env, value, &type, length, data, NULL, NULL) != napi_ok) return false;
  if (element == 1) return type == napi_uint8_array;
  return type == napi_float32_array || type == napi_int32_array || type == napi_uint32_array;
}

static bool read_slots(napi_env env, napi_value list, struct program_source *source) {
  uint32_t count = 0;
  if (napi_get_array_length(env, list, &count) != napi_ok) return false;
  union word **slots = calloc((size_t)count + 1, sizeof *slots);
  source->slots = slots;
  size_t *sizes = calloc((size_t)count + 1, sizeof *sizes);
  source->slot_sizes = sizes;
  source->slot_count = count;
  if (slots == NULL || sizes == NULL) return false;
  for (uint32_t i = 0; i < count; i++) {
    napi_value item;
    void *data;
    napi_get_element(env, list, i, &item);
    if (!words_of(env, item, sizeof(union word), &data, &sizes[i])) return false;
    slots[i] = data;
  }
  return true;
}

static struct handle *load_source(napi_env env, const struct program_source *source, struct shared_pool *pool,
                                  napi_value slots) {
  char error[PROGRAM_ERROR_SIZE];
  struct handle *handle = calloc(1, sizeof *handle);
  if (handle == NULL) {
    fail(env, "no memory for a program");
    return NULL;
  }
  handle->program = program_load(source, pool->pool, kernels_select(NULL), error);
  if (handle->program == NULL) {
    free(handle);
    fail(env, error);
    return NULL;
  }
  handle->pool = pool;
  pool->users++;
  napi_create_reference(env, slots, 1, &handle->slots);
  return handle;
}

// load(pool, code, constants, slots)
static napi_value load(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value arguments[4], external = NULL;
  void *pool, *code, *constants;
  struct program_source source = {0};
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (napi_get_value_external(env, arguments[0], &pool) != napi_ok ||
      !words_of(env, arguments[1], sizeof(union word), &code, &source.code_length) ||
      !words_of(env, arguments[2], sizeof(union word), &constants, &source.constants_length)) {
    return fail(env, "load takes a pool, an Int32Array and a Float32Array");
  }
  source.code = code;
  source.constants = constants;
  struct handle *handle = NULL;
  if (read_slots(env, arguments[3], &source)) handle = load_source(env, &source, pool, arguments[3]);
  else fail(env, "the state slots must be arrays of floats or of whole numbers");
  free((void *)source.slots);
  free((void *)source.slot_sizes);
  if (handle == NULL) return NULL;
  if (napi_create_external(env, handle, finalize_handle, NULL, &external) == napi_ok) return external;
  finalize_handle(env, handle, NULL);
  return fail(env, "no memory for a program");
}

static void copy_in(const struct border *border, const void *data) {
  const unsigned char *bytes = data;
  if (border->type != WORD_BOOL) memcpy(border->words, data, border->length * sizeof(union word));
  else for (size_t i = 0; i < border->length; i++) border->words[i].f = bytes[i] != 0 ? 1.0f : 0.0f;
}

static void copy_out(const struct border *border, void *data) {
  unsigned char *bytes = data;
  if (border->type != WORD_BOOL) memcpy(data, border->words, border->length * sizeof(union word));
  else for (size_t i = 0; i < border->length; i++) bytes[i] = border->words[i].f != 0.0f;
}

static void execute(napi_env env, void *data) {
  (void)env;
  struct call *call = data;
  struct program *program = call->handle->program;
  size_t inputs = program_inputs(program), outputs = program_outputs(program);
  for (size_t step = 0; step < call->steps && !call->has_failed; step++) {
    for (size_t i = 0; i < inputs; i++) copy_in(program_input(program, i), call->inputs[step * inputs + i]);
    call->has_failed = !program_run(program, call->error);
    if (call->has_failed) return;
    for (size_t i = 0; i < outputs; i++) copy_out(program_output(program, i), call->outputs[step * outputs + i]);
  }
}

static void free_call(napi_env env, struct call *call) {
  if (call->work != NULL) napi_delete_async_work(env, call->work);
  if (call->arguments != NULL) napi_delete_reference(env, call->arguments);
  free(call->inputs);
  free(call->outputs);
  free(call);
}

static void complete(napi_env env, napi_status status, void *data) {
  struct call *call = data;
  call->handle->is_running = false;
  if (status == napi_ok && !call->has_failed) {
    napi_resolve_deferred(env, call->deferred, undefined(env));
  } else {
    napi_value message, error;
    const char *text = call->has_failed ? call->error : "the call was cancelled";
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message);
    napi_create_error(env, NULL, message, &error);
    napi_reject_deferred(env, call->deferred, error);
  }
  free_call(env, call);
}

// Pointers to the arrays of a list, whose sizes are those of the borders, again and again for each step.
static void **read_arrays(napi_env env, napi_value list, struct call *call, bool are_inputs) {
  struct program *program = call->handle->program;
  size_t each = are_inputs ? program_inputs(program) : program_outputs(program);
  uint32_t count = 0;
  napi_get_array_length(env, list, &count);
  void **pointers = calloc(each * call->steps + 1, sizeof *pointers);
  bool fits = pointers != NULL && count == each * call->steps;
  for (uint32_t i = 0; fits && i < count; i++) {
    const struct border *border = are_inputs ? program_input(program, i % each) : program_output(program, i % each);
    size_t length = 0;
    napi_value item;
    napi_get_element(env, list, i, &item);
    size_t element = border->type == WORD_BOOL ? 1 : sizeof(union word);
    fits = words_of(env, item, element, &pointers[i], &length) && length == border->length;
  }
  if (fits) return pointers;
  free(pointers);
  return NULL;
}

// run(program, steps, inputs, outputs): a promise. The arrays must not change until it is settled.
static napi_value run(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value arguments[4], kept, promise, name;
  void *handle;
  uint32_t steps = 0;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (napi_get_value_external(env, arguments[0], &handle) != napi_ok ||
      napi_get_value_uint32(env, arguments[1], &steps) != napi_ok) {
    return fail(env, "run takes a program and a number of steps");
  }
  struct call *call = calloc(1, sizeof *call);
  if (call == NULL) return fail(env, "no memory for a call");
  call->handle = handle;
  call->steps = steps;
  if (call->handle->program == NULL || call->handle->is_running) {
    free(call);
    return fail(env, "the program is running already, or was disposed of");
  }
  call->inputs = read_arrays(env, arguments[2], call, true);
  call->outputs = read_arrays(env, arguments[3], call, false);
  if (call->inputs == NULL || call->outputs == NULL) {
    free_call(env, call);
    return fail(env, "the inputs or outputs have other types or lengths than the program's");
  }
  napi_create_array_with_length(env, 3, &kept);
  napi_set_element(env, kept, 0, arguments[0]);
  napi_set_element(env, kept, 1, arguments[2]);
  napi_set_element(env, kept, 2, arguments[3]);
  napi_create_string_utf8(env, "medgan step", NAPI_AUTO_LENGTH, &name);
  if (napi_create_reference(env, kept, 1, &call->arguments) != napi_ok ||
      napi_create_async_work(env, NULL, name, execute, complete, call, &call->work) != napi_ok ||
      napi_create_promise(env, &call->deferred, &promise) != napi_ok ||
      napi_queue_async_work(env, call->work) != napi_ok) {
    free_call(env, call);
    return fail(env, "the call cannot be started");
  }
  call->handle->is_running = true;
  return promise;
}

static napi_value dispose(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  void *handle;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  if (napi_get_value_external(env, argument, &handle) != napi_ok) return fail(env, "dispose takes a program");
  if (((struct handle *)handle)->is_running) return fail(env, "the program is running");
  clear_handle(env, handle);
  return undefined(env);
}

static napi_value bytes(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, value;
  void *handle;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  if (napi_get_value_external(env, argument, &handle) != napi_ok) return fail(env, "bytes takes a program");
  struct program *program = ((struct handle *)handle)->program;
  napi_create_double(env, program ? (double)program_bytes(program) : 0, &value);
  return value;
}

static bool export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  napi_value name;
  export_function(env, exports, "createPool", create_pool);
  export_function(env, exports, "load", load);
  export_function(env, exports, "run", run);
  export_function(env, exports, "dispose", dispose);
  export_function(env, exports, "bytes", bytes);
  napi_create_string_utf8(env, kernels_select(NULL)->name, NAPI_AUTO_LENGTH, &name);
  napi_set_named_property(env, exports, "instructionSet", name);
  return exports;
}
