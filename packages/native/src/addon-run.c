// One asynchronous call for a series of steps.
#include <stdlib.h>
#include <string.h>

#include "addon.h"

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
    napi_resolve_deferred(env, call->deferred, addon_undefined(env));
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
    fits = addon_words(env, item, element, &pointers[i], &length) && length == border->length;
  }
  if (fits) return pointers;
  free(pointers);
  return NULL;
}

napi_value addon_run(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value arguments[4], kept, promise, name;
  void *handle;
  uint32_t steps = 0;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (napi_get_value_external(env, arguments[0], &handle) != napi_ok ||
      napi_get_value_uint32(env, arguments[1], &steps) != napi_ok) {
    return addon_fail(env, "run takes a program and a number of steps");
  }
  struct call *call = calloc(1, sizeof *call);
  if (call == NULL) return addon_fail(env, "no memory for a call");
  call->handle = handle;
  call->steps = steps;
  if (call->handle->program == NULL || call->handle->is_running) {
    free(call);
    return addon_fail(env, "the program is running already, or was disposed of");
  }
  call->inputs = read_arrays(env, arguments[2], call, true);
  call->outputs = read_arrays(env, arguments[3], call, false);
  if (call->inputs == NULL || call->outputs == NULL) {
    free_call(env, call);
    return addon_fail(env, "the inputs or outputs have other types or lengths than the program's");
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
    return addon_fail(env, "the call cannot be started");
  }
  call->handle->is_running = true;
  return promise;
}
