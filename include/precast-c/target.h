/* What the hardware has. A target never changes after it was made. */
#ifndef PRECAST_C_TARGET_H
#define PRECAST_C_TARGET_H

#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

typedef struct precast_target precast_target;
void precast_target_free(precast_target* target);

/* A built-in target: "onnx", "ascend310", "ort-cuda", ... PRECAST_NOT_FOUND lists the names. */
precast_status precast_target_builtin(const char* name, precast_target** target, precast_error** error);
/* The built-in target for an Ascend SoC, by the name that Ascend's tools use: "Ascend310P3". PRECAST_NOT_FOUND lists
 * the names. */
precast_status precast_target_for_soc(const char* soc_version, precast_target** target, precast_error** error);
/* A target of its own from the text of an op-info JSON file, with a library "ops_info" and one for each engine that
 * entries name. `source` is the target's name, and names the text in messages. PRECAST_INVALID_ARGUMENT has line and
 * column. `on_diagnostic` may be NULL. */
precast_status precast_target_from_ops_info(const char* json, size_t size, const char* source,
                                            precast_diagnostic_callback on_diagnostic, void* user,
                                            precast_target** target, precast_error** error);
/* A new target: `base` with the entries of an op-info text replacing or adding to those of the library that their
 * engine names, or of the first. `base` may be freed before the new one. Errors as precast_target_from_ops_info(). */
precast_status precast_target_with_ops_info(const precast_target* base, const char* json, size_t size,
                                            const char* source, precast_diagnostic_callback on_diagnostic, void* user,
                                            precast_target** target, precast_error** error);

/* Empty for NULL. */
precast_string precast_target_name(const precast_target* target);
/* Kernel libraries, the preferred one first; 0 for NULL. */
size_t precast_target_library_count(const precast_target* target);
/* Empty beyond the last. */
precast_string precast_target_library_name(const precast_target* target, size_t index);
/* 1 if the first library computes in `dtype`, else 0; 0 for NULL. */
int32_t precast_target_computes_in(const precast_target* target, precast_dtype dtype);
/* 1 if an operator without an entry keeps its dtypes, with a warning; 0 if it is refused. 0 for NULL. */
int32_t precast_target_keeps_unknown_ops(const precast_target* target);
/* 1 if ONNX operators reach the target's entries through an op map; 0 for NULL. */
int32_t precast_target_has_op_map(const precast_target* target);

/* Each calls `each` once per name, in order. PRECAST_CANCELLED if it asked for the end. */
precast_status precast_list_builtin_targets(precast_text_callback each, void* user, precast_error** error);
/* All known SoC versions, or those of one built-in target (`target` may be NULL). */
precast_status precast_list_soc_versions(const char* target, precast_text_callback each, void* user,
                                         precast_error** error);
/* The operators that some library has an entry for: "Type" or "domain:Type". */
precast_status precast_target_list_operators(const precast_target* target, precast_text_callback each, void* user,
                                             precast_error** error);
/* The ONNX operators that the op map serves. */
precast_status precast_target_list_mapped_operators(const precast_target* target, precast_text_callback each,
                                                    void* user, precast_error** error);

typedef int32_t precast_colour;
enum { PRECAST_GRAY = 0, PRECAST_WHITE = 1, PRECAST_BLACK = 2 };

typedef int32_t precast_op_class;
enum {
  PRECAST_OP_COMPUTE = 0,
  PRECAST_OP_DATA_MOVER = 1,
  PRECAST_OP_CAST = 2,
  PRECAST_OP_CONTROL_FLOW = 3,
  PRECAST_OP_KEEP_OWN = 4
};

/* What a target says about one operator. */
typedef struct precast_target_op {
  size_t struct_size;
  precast_string target_type; /* empty if it has the graph's own name */
  precast_op_class op_class;
  precast_colour colour;
  int32_t colour_stated; /* 0: the colour is that of operators about which the tables say nothing */
  int32_t known;         /* some library has an entry, or the operator needs none */
} precast_target_op;
#define PRECAST_TARGET_OP_INIT                                                                                         \
  { sizeof(precast_target_op), {NULL, 0}, 0, 0, 0, 0 }

/* What `target` says about an operator as nodes name it. `domain` and `variant` may be NULL, `since_version` is 0 for
 * an operator without versions. */
precast_status precast_target_resolve(const precast_target* target, const char* domain, const char* type,
                                      const char* variant, int32_t since_version, precast_target_op* op,
                                      precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
