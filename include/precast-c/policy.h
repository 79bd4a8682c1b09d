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

/* What is done with nodes that float16 would break. */
typedef int32_t precast_guard;
enum {
  PRECAST_GUARD_UNSET = -1, /* keep in the mixed modes on targets without an op map, else warn */
  PRECAST_GUARD_OFF = 0,
  PRECAST_GUARD_WARN = 1,
  PRECAST_GUARD_KEEP = 2
};
/* "off", "warn" or "keep"; empty for any other number. Static storage. */
precast_string precast_guard_name(precast_guard guard);
/* The inverse. PRECAST_NOT_FOUND for any other word. */
precast_status precast_guard_parse(const char* word, precast_guard* guard, precast_error** error);

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
/* The inverse. PRECAST_NOT_FOUND for any other word. */
precast_status precast_impl_mode_parse(const char* word, precast_impl_mode* mode, precast_error** error);

typedef struct precast_policy precast_policy;
precast_status precast_policy_create(precast_policy** policy, precast_error** error);
/* A policy that may be changed independently. */
precast_status precast_policy_copy(const precast_policy* policy, precast_policy** copy, precast_error** error);
void precast_policy_free(precast_policy* policy);

precast_status precast_policy_set_mode(precast_policy* policy, precast_mode mode, precast_error** error);
/* PRECAST_GUARD_UNSET, the default, takes back what was set. */
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

/* --- Reading one back ------------------------------------------------------------------------------------------- */

/* What was set, or its default; of NULL, that of a new policy. */
precast_mode precast_policy_get_mode(const precast_policy* policy);
precast_guard precast_policy_get_numeric_guard(const precast_policy* policy);
int32_t precast_policy_get_weight_clip(const precast_policy* policy);
/* PRECAST_DTYPE_UNDEFINED: every output that has no entry of its own keeps its dtype. */
precast_dtype precast_policy_get_output_type(const precast_policy* policy);
/* The guard in force where `target` is compiled for; never PRECAST_GUARD_UNSET. */
precast_status precast_policy_effective_numeric_guard(const precast_policy* policy, const precast_target* target,
                                                      precast_guard* guard, precast_error** error);

/* The entries, in the order in which they were added, by hand and from files. Counts are 0 for NULL; an index beyond
 * the last is PRECAST_INVALID_ARGUMENT. Strings belong to the policy. Where an entry was given stands in `origin` as
 * reasons show it ("keep_dtype, line 4") and in `place` as warnings do ("keep.txt:4:1", or a flag); both are empty for
 * one that was made by hand. */

/* A move to a list. */
typedef struct precast_move_entry {
  size_t struct_size;
  precast_string op_type;
  precast_colour colour;
  precast_string origin;
  precast_string place;
} precast_move_entry;
#define PRECAST_MOVE_ENTRY_INIT                                                                                        \
  {                                                                                                                    \
    sizeof(precast_move_entry), {NULL, 0}, 0, {NULL, 0}, { NULL, 0 }                                                   \
  }
size_t precast_policy_move_op_count(const precast_policy* policy);
precast_status precast_policy_get_move_op(const precast_policy* policy, size_t index, precast_move_entry* entry,
                                          precast_error** error);

/* Nodes that keep their dtypes. */
typedef struct precast_keep_entry {
  size_t struct_size;
  precast_selector selector;
  precast_string pattern;
  precast_string origin;
  precast_string place;
} precast_keep_entry;
#define PRECAST_KEEP_ENTRY_INIT                                                                                        \
  {                                                                                                                    \
    sizeof(precast_keep_entry), 0, {NULL, 0}, {NULL, 0}, { NULL, 0 }                                                   \
  }
size_t precast_policy_keep_dtype_count(const precast_policy* policy);
precast_status precast_policy_get_keep_dtype(const precast_policy* policy, size_t index, precast_keep_entry* entry,
                                             precast_error** error);

/* Nodes with dtypes of their own. */
typedef struct precast_custom_entry {
  size_t struct_size;
  precast_selector selector;
  precast_string pattern;
  precast_string origin;
  precast_string place;
  size_t input_count; /* slots that the entry lists; those beyond are free */
  size_t output_count;
} precast_custom_entry;
#define PRECAST_CUSTOM_ENTRY_INIT                                                                                      \
  { sizeof(precast_custom_entry), 0, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0 }
size_t precast_policy_customize_dtypes_count(const precast_policy* policy);
precast_status precast_policy_get_customize_dtypes(const precast_policy* policy, size_t index,
                                                   precast_custom_entry* entry, precast_error** error);
/* By slot; PRECAST_DTYPE_UNDEFINED is free. */
precast_status precast_policy_get_customize_inputs(const precast_policy* policy, size_t index, precast_dtype* dtypes,
                                                   size_t capacity, size_t* count, precast_error** error);
precast_status precast_policy_get_customize_outputs(const precast_policy* policy, size_t index, precast_dtype* dtypes,
                                                    size_t capacity, size_t* count, precast_error** error);

/* The implementation mode of nodes. */
typedef struct precast_impl_mode_entry {
  size_t struct_size;
  precast_selector selector;
  precast_string pattern;
  precast_string origin;
  precast_string place;
  precast_impl_mode mode;
  int32_t from_user; /* 0: a line of a built-in table, which need not match any node */
} precast_impl_mode_entry;
#define PRECAST_IMPL_MODE_ENTRY_INIT                                                                                   \
  { sizeof(precast_impl_mode_entry), 0, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0 }
size_t precast_policy_impl_mode_count(const precast_policy* policy);
precast_status precast_policy_get_impl_mode(const precast_policy* policy, size_t index, precast_impl_mode_entry* entry,
                                            precast_error** error);

/* The dtype of one output of the model. */
typedef struct precast_output_type_entry {
  size_t struct_size;
  precast_string node; /* the one that makes it */
  uint32_t slot;
  precast_dtype dtype;
  precast_string origin;
  precast_string place;
} precast_output_type_entry;
#define PRECAST_OUTPUT_TYPE_ENTRY_INIT                                                                                 \
  {                                                                                                                    \
    sizeof(precast_output_type_entry), {NULL, 0}, 0, 0, {NULL, 0}, { NULL, 0 }                                         \
  }
size_t precast_policy_output_type_of_count(const precast_policy* policy);
precast_status precast_policy_get_output_type_of(const precast_policy* policy, size_t index,
                                                 precast_output_type_entry* entry, precast_error** error);

/* Model inputs that become float16. */
size_t precast_policy_input_fp16_count(const precast_policy* policy);
/* Empty beyond the last. */
precast_string precast_policy_get_input_fp16(const precast_policy* policy, size_t index);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
