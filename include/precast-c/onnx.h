/* ONNX files in and out: see Onnx.h for what is kept and how files are replaced. */
#ifndef PRECAST_C_ONNX_H
#define PRECAST_C_ONNX_H

#include "precast-c/compile.h"
#include "precast-c/graph.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

/* A graph, and what the writer needs of the file that it came from. */
typedef struct precast_model precast_model;

/* What a file may ask for, and where warnings and notes go. A limit of 0 is the default of Limits.h. */
typedef struct precast_read_options {
  size_t struct_size;
  uint32_t region_depth; /* nested bodies inside nested bodies */
  uint32_t tensor_rank;  /* dimensions of one tensor */
  precast_diagnostic_callback on_diagnostic;
  void* user;              /* of on_diagnostic */
  uint32_t function_depth; /* calls of local functions inside functions */
  uint64_t inlined_nodes;  /* nodes and calls that inlining all local functions may make */
  uint64_t inlined_bytes;  /* bytes of those nodes */
} precast_read_options;
#define PRECAST_READ_OPTIONS_INIT                                                                                      \
  { sizeof(precast_read_options), 0, 0, NULL, NULL, 0, 0, 0 }

/* The file is mapped: it must not shrink while the model, or what is compiled from it, lives. `options` may be NULL.
 * Errors name the file, the item and the byte offset: PRECAST_NOT_FOUND, PRECAST_INVALID_ARGUMENT (malformed),
 * PRECAST_DATA_LOSS (ends early), PRECAST_RESOURCE_EXHAUSTED (a limit), PRECAST_PERMISSION_DENIED (external data
 * outside the model's directory), PRECAST_UNIMPLEMENTED, PRECAST_UNAVAILABLE (the file changed meanwhile): see Onnx.h.
 */
precast_status precast_onnx_read_file(const char* path, const precast_read_options* options, precast_model** model,
                                      precast_error** error);
/* A model in memory. `data` is not copied: it must outlive the model and what is compiled from it; with `release` the
 * library calls release(owner) when that time has come, or before this call returns if it fails. External data is
 * PRECAST_FAILED_PRECONDITION. */
precast_status precast_onnx_read(const void* data, size_t size, void (*release)(void* owner), void* owner,
                                 const precast_read_options* options, precast_model** model, precast_error** error);
void precast_model_free(precast_model* model);

/* Belongs to the model; NULL for NULL. */
const precast_graph* precast_model_graph(const precast_model* model);
/* Bytes of the file and its external data; 0 for NULL. */
uint64_t precast_model_bytes(const precast_model* model);

/* Where the contents of large tensors (1 KiB and more) go. */
typedef int32_t precast_placement;
enum {
  PRECAST_PLACE_AUTOMATIC = 0, /* where they were, but to a data file if the model would pass 2 GiB */
  PRECAST_PLACE_INLINED = 1,   /* into the model file */
  PRECAST_PLACE_EXTERNAL = 2   /* to a data file beside it, PATH.data; never one that holds anything else */
};

typedef struct precast_write_options {
  size_t struct_size;
  precast_diagnostic_callback on_diagnostic;
  void* user;                            /* of on_diagnostic */
  precast_progress_callback on_progress; /* NULL: silence */
  void* progress_user;                   /* of on_progress */
  size_t threads;              /* that convert and write; 0: as many as there are processors. The bytes are the same. */
  precast_placement placement; /* of large tensors */
  int32_t durable;             /* 1: files and their names are on the device when precast_onnx_write_file() returns */
} precast_write_options;
#define PRECAST_WRITE_OPTIONS_INIT                                                                                     \
  { sizeof(precast_write_options), NULL, NULL, NULL, NULL, 0, 0, 0 }

/* What was written. */
typedef struct precast_written precast_written;
void precast_written_free(precast_written* written);

/* Writes a result of compiling the graph of `model`: `path` holds its old contents or the whole new model. `options`
 * and `written` may be NULL. PRECAST_RESOURCE_EXHAUSTED, before any file is made, if a protocol buffer cannot hold the
 * model. */
precast_status precast_onnx_write_file(const precast_model* model, const precast_result* result, const char* path,
                                       const precast_write_options* options, precast_written** written,
                                       precast_error** error);
/* The same into memory, with external data inlined: PRECAST_INVALID_ARGUMENT for PRECAST_PLACE_EXTERNAL. `options` may
 * be NULL. */
precast_status precast_onnx_write(const precast_model* model, const precast_result* result,
                                  const precast_write_options* options, precast_written** written,
                                  precast_error** error);

/* Bytes of the model and its data file together; 0 for NULL. */
uint64_t precast_written_bytes(const precast_written* written);
/* The model that precast_onnx_write() made; empty after precast_onnx_write_file(). */
precast_string precast_written_data(const precast_written* written);
/* By the index of precast_result_constant(). */
size_t precast_written_conversion_count(const precast_written* written);
precast_status precast_written_conversion(const precast_written* written, size_t index, precast_conversion* conversion,
                                          precast_error** error);

/* What a node fills its result with (ConstantOfShape), where it was written at another dtype: no constant of a graph.
 */
typedef struct precast_fill {
  size_t struct_size;
  uint32_t node;  /* in the graph that was compiled */
  uint32_t value; /* its result, in the compiled graph */
  precast_dtype from;
  precast_dtype to;
} precast_fill;
#define PRECAST_FILL_INIT                                                                                              \
  { sizeof(precast_fill), 0, 0, 0, 0 }
size_t precast_written_fill_count(const precast_written* written);
/* `conversion` may be NULL. */
precast_status precast_written_fill(const precast_written* written, size_t index, precast_fill* fill,
                                    precast_conversion* conversion, precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
