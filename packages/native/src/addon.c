// The native engine as a Node add-on (N-API): pools and programs.
#include "addon.h"

#include <stdlib.h>

napi_value addon_fail(napi_env env, const char *message) {
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  if (!is_pending) napi_throw_error(env, NULL, message);
  return NULL;
}

napi_value addon_undefined(napi_env env) {
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
    return addon_fail(env, "threads must be a number from 1 to 64");
  }
  struct shared_pool *shared = calloc(1, sizeof *shared);
  if (shared != NULL) shared->pool = pool_create(threads);
  if (shared == NULL || shared->pool == NULL) {
    free(shared);
    return addon_fail(env, "the system refuses the threads of a pool");
  }
  shared->users = 1;
  if (napi_create_external(env, shared, finalize_pool, NULL, &external) != napi_ok) {
    release_pool(shared);
    return addon_fail(env, "no memory for a pool");
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

bool addon_words(napi_env env, napi_value value, size_t element, void **data, size_t *length) {
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
    if (!addon_words(env, item, sizeof(union word), &data, &sizes[i])) return false;
    slots[i] = data;
  }
  return true;
}

static struct handle *load_source(napi_env env, const struct program_source *source, struct shared_pool *pool,
                                  napi_value slots) {
  char error[PROGRAM_ERROR_SIZE];
  struct handle *handle = calloc(1, sizeof *handle);
  if (handle == NULL) {
    addon_fail(env, "no memory for a program");
    return NULL;
  }
  handle->program = program_load(source, pool->pool, kernels_select(NULL), error);
  if (handle->program == NULL) {
    free(handle);
    addon_fail(env, error);
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
      !addon_words(env, arguments[1], sizeof(union word), &code, &source.code_length) ||
      !addon_words(env, arguments[2], sizeof(union word), &constants, &source.constants_length)) {
    return addon_fail(env, "load takes a pool, an Int32Array and a Float32Array");
  }
  source.code = code;
  source.constants = constants;
  struct handle *handle = NULL;
  if (read_slots(env, arguments[3], &source)) handle = load_source(env, &source, pool, arguments[3]);
  else addon_fail(env, "the state slots must be arrays of floats or of whole numbers");
  free((void *)source.slots);
  free((void *)source.slot_sizes);
  if (handle == NULL) return NULL;
  if (napi_create_external(env, handle, finalize_handle, NULL, &external) == napi_ok) return external;
  finalize_handle(env, handle, NULL);
  return addon_fail(env, "no memory for a program");
}

static napi_value dispose(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  void *handle;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  if (napi_get_value_external(env, argument, &handle) != napi_ok) return addon_fail(env, "dispose takes a program");
  if (((struct handle *)handle)->is_running) return addon_fail(env, "the program is running");
  clear_handle(env, handle);
  return addon_undefined(env);
}

static napi_value bytes(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, value;
  void *handle;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  if (napi_get_value_external(env, argument, &handle) != napi_ok) return addon_fail(env, "bytes takes a program");
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
  export_function(env, exports, "run", addon_run);
  export_function(env, exports, "dispose", dispose);
  export_function(env, exports, "bytes", bytes);
  napi_create_string_utf8(env, kernels_select(NULL)->name, NAPI_AUTO_LENGTH, &name);
  napi_set_named_property(env, exports, "instructionSet", name);
  return exports;
}
