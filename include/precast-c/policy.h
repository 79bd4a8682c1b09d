/* What the user wants: a mode, and what ATC's policy files and flags say. A new policy is force_fp16 and nothing else.
 * The readers add to what a policy holds; the text of a file is given with a name for messages ("SOURCE:LINE:COLUMN:
 * ..."; of a flag's value, whose source is the flag, "SOURCE: ..."), and PRECAST_INVALID_ARGUMENT is a mistake in it.
 * PolicyFiles.h has the formats.
 */
#ifndef PRECAST_C_POLICY_H
#define PRECAST_C_POLICY_H

#include "precast-c/target.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t precast_mode;
enum {
  PRECAST_FORCE_FP16 = 0,
  PRECAST_FORCE_FP32 = 1,
  PRECAST_ALLOW_FP32_TO_FP16 = 2,
  PRECAST_ALLOW_FP32_TO_BF16 = 3,
  PRECAST_MUST_KEEP_ORIGIN_DTYPE = 4,
  PRECAST_ALLOW_MIX_PRECISION = 5,
  PRECAST_ALLOW_MIX_PRECISION_BF16 = 6,
  PRECAST_CUBE_FP16IN_FP32OUT = 7
};
/* The word of --precision_mode; empty for a number that is no mode. Static storage. */
precast_string precast_mode_name(precast_mode mode);
/* The mode of a word of --precision_mode, or of --precision_mode_v2. PRECAST_NOT_FOUND for any other word. */
precast_status precast_mode_parse(const char* word, precast_mode* mode, precast_error** error);
precast_status precast_mode_parse_v2(const char* word, precast_mode* mode, precast_error** error);

typedef int32_t precast_guard;
enum { PRECAST_GUARD_OFF = 0, PRECAST_GUARD_WARN = 1, PRECAST_GUARD_KEEP = 2 };

typedef int32_t precast_impl_mode;
enum {
  PRECAST_IMPL_NONE = -1, /* the kernel has no choice */
  PRECAST_IMPL_HIGH_PERFORMANCE = 0,
  PRECAST_IMPL_HIGH_PRECISION = 1,
  PRECAST_IMPL_SUPER_PERFORMANCE = 2,
  PRECAST_IMPL_ENABLE_FLOAT32_EXECUTION = 3,
  PRECAST_IMPL_ENABLE_HI_FLOAT32_EXECUTION = 4,
  PRECAST_IMPL_SUPPORT_OUT_OF_BOUND_INDEX = 5,
  PRECAST_IMPL_KEEP_FP16 = 6
};
/* "high_precision"; empty for PRECAST_IMPL_NONE and for a number that is no mode. Static storage. */
precast_string precast_impl_mode_name(precast_impl_mode mode);

typedef struct precast_policy precast_policy;
precast_status precast_policy_create(precast_policy** policy, precast_error** error);
void precast_policy_free(precast_policy* policy);

precast_status precast_policy_set_mode(precast_policy* policy, precast_mode mode, precast_error** error);
/* Without it: keep in the mixed modes on targets without an op map, else warn. */
precast_status precast_policy_set_numeric_guard(precast_policy* policy, precast_guard guard, precast_error** error);
/* 1, the default: constants beyond float16 saturate. 0: they become infinite. */
precast_status precast_policy_set_weight_clip(precast_policy* policy, int32_t clip, precast_error** error);

/* --- By hand ---------------------------------------------------------------------------------------------------- */

/* How `pattern` selects nodes: by name, by a glob of names, or by operator type. */
typedef int32_t precast_selector;
enum { PRECAST_SELECT_NODE = 0, PRECAST_SELECT_GLOB = 1, PRECAST_SELECT_TYPE = 2 };

/* Mixed modes only. */
precast_status precast_policy_move_op(precast_policy* policy, const char* op_type, precast_colour colour,
                                      precast_error** error);
precast_status precast_policy_keep_dtype(precast_policy* policy, precast_selector selector, const char* pattern,
                                         precast_error** error);
/* The dtypes that operands must have, by slot; PRECAST_DTYPE_UNDEFINED and slots beyond are free. */
precast_status precast_policy_customize_dtypes(precast_policy* policy, precast_selector selector, const char* pattern,
                                               const precast_dtype* inputs, size_t input_count,
                                               const precast_dtype* outputs, size_t output_count,
                                               precast_error** error);
precast_status precast_policy_impl_mode(precast_policy* policy, precast_selector selector, const char* pattern,
                                        precast_impl_mode mode, precast_error** error);
/* The dtype of every float output of the model. */
precast_status precast_policy_output_type(precast_policy* policy, precast_dtype dtype, precast_error** error);
/* The dtype of the output that slot `slot` of node `node` makes. */
precast_status precast_policy_output_type_of(precast_policy* policy, const char* node, uint32_t slot,
                                             precast_dtype dtype, precast_error** error);
/* The model input named `name` becomes float16. */
precast_status precast_policy_input_fp16(precast_policy* policy, const char* name, precast_error** error);

/* --- From the texts of files and flags -------------------------------------------------------------------------- */

/* --modify_mixlist. Warns of operators that `target` does not know, or does not have where they are removed. */
precast_status precast_policy_read_mixlist(precast_policy* policy, const char* text, size_t size, const char* source,
                                           const precast_target* target, precast_diagnostic_callback on_diagnostic,
                                           void* user, precast_error** error);
/* --keep_dtype. Warns of a file that names nothing and of an entry that is given twice; of one that matches no node,
 * precast_compile() and precast_make_plan() do. */
precast_status precast_policy_read_keep_dtype(precast_policy* policy, const char* text, size_t size, const char* source,
                                              precast_diagnostic_callback on_diagnostic, void* user,
                                              precast_error** error);
/* --customize_dtypes. Warns of a file that names nothing. */
precast_status precast_policy_read_customize_dtypes(precast_policy* policy, const char* text, size_t size,
                                                    const char* source, precast_diagnostic_callback on_diagnostic,
                                                    void* user, precast_error** error);
/* --output_type: "FP16", or "node:0:FP16;..." */
precast_status precast_policy_read_output_type(precast_policy* policy, const char* text, size_t size,
                                               const char* source, precast_error** error);
/* --input_fp16_nodes: "a;b" */
precast_status precast_policy_read_input_fp16_nodes(precast_policy* policy, const char* text, size_t size,
                                                    const char* source, precast_error** error);
/* A table of implementation modes: lines OPTYPE=MODE. */
precast_status precast_policy_read_impl_mode_table(precast_policy* policy, const char* text, size_t size,
                                                   const char* source, precast_error** error);

/* The flags that choose implementation modes; NULL is not given. */
typedef struct precast_impl_mode_flags {
  size_t struct_size;
  const char* op_precision_mode; /* the text of the file */
  size_t op_precision_mode_size;
  const char* op_precision_mode_source;
  const char* op_select_implmode;
  const char* optypelist_for_implmode;
} precast_impl_mode_flags;
#define PRECAST_IMPL_MODE_FLAGS_INIT                                                                                   \
  { sizeof(precast_impl_mode_flags), NULL, 0, NULL, NULL, NULL }
/* What these flags amount to, in ATC's order and with its built-in tables: see resolveImplModes() in PolicyFiles.h. */
precast_status precast_policy_read_impl_mode_flags(precast_policy* policy, const precast_impl_mode_flags* flags,
                                                   precast_diagnostic_callback on_diagnostic, void* user,
                                                   precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
