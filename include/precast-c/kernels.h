/* The tables of a target: which operators each of its kernel libraries has, at which dtypes, and how ONNX operators
 * reach them. All of it belongs to the target, and is valid as long as a copy of it lives. Target.h has the meaning of
 * every word.
 */
#ifndef PRECAST_C_KERNELS_H
#define PRECAST_C_KERNELS_H

#include "precast-c/graph.h"
#include "precast-c/target.h"
#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

/* --- Kernels ---------------------------------------------------------------------------------------------------- */

/* One operator in one kernel library. */
typedef struct precast_kernel precast_kernel;

/* In the order of the files; 0 for NULL and beyond the last library. */
size_t precast_target_kernel_count(const precast_target* target, size_t library);
/* NULL beyond the last. */
const precast_kernel* precast_target_kernel(const precast_target* target, size_t library, size_t index);
/* What `library` has for an operator of a graph, by its id there, through the op map and with its version: what a
 * compilation asks. *kernel is NULL if it has nothing. */
precast_status precast_target_kernel_of(const precast_target* target, const precast_graph* graph, uint32_t op,
                                        size_t library, const precast_kernel** kernel, precast_error** error);

/* Where the rows of a kernel come from. */
typedef int32_t precast_row_source;
enum {
  PRECAST_ROWS_COLUMNS = 0, /* row i is the i-th dtype of every operand's column */
  PRECAST_ROWS_SETS = 1,    /* each operand's own dtype must be in its set */
  PRECAST_ROWS_SCHEMA = 2,  /* every float dtype that the operator's schema allows */
  PRECAST_ROWS_UNIFORM = 3  /* all floats float16, or all float32 */
};

typedef struct precast_kernel_info {
  size_t struct_size;
  precast_string domain;
  precast_string type;   /* empty: for every operator without an entry */
  precast_string source; /* the file it was read from */
  int32_t since_version; /* serves operators of this schema version and newer, ... */
  int32_t until_version; /* ... up to this one; 0: all newer ones, until another entry takes over */
  precast_colour colour;
  int32_t colour_stated;
  precast_op_class op_class;
  precast_row_source rows;
  int32_t is_cube;     /* 1: runs on the matrix unit */
  uint32_t row_count;  /* PRECAST_ROWS_COLUMNS */
  uint32_t mode_count; /* implementation modes that it offers */
  uint32_t input_count;
  uint32_t output_count;
} precast_kernel_info;
#define PRECAST_KERNEL_INFO_INIT                                                                                       \
  { sizeof(precast_kernel_info), {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
precast_status precast_kernel_get_info(const precast_kernel* kernel, precast_kernel_info* info, precast_error** error);
/* The word of an implementation mode; empty for NULL and beyond the last. */
precast_string precast_kernel_mode(const precast_kernel* kernel, size_t index);

/* One operand in the rows. */
typedef struct precast_kernel_operand {
  size_t struct_size;
  precast_string name;
  int32_t is_optional; /* may be omitted; then it matches anything */
  int32_t is_variadic; /* this operand and all that follow share its column */
  int32_t keeps;       /* wants its own dtype in every mode */
  uint64_t dtypes;     /* PRECAST_ROWS_SETS: one PRECAST_DTYPE_BIT each */
} precast_kernel_operand;
#define PRECAST_KERNEL_OPERAND_INIT                                                                                    \
  { sizeof(precast_kernel_operand), {NULL, 0}, 0, 0, 0, 0 }
precast_status precast_kernel_input(const precast_kernel* kernel, size_t slot, precast_kernel_operand* operand,
                                    precast_error** error);
precast_status precast_kernel_output(const precast_kernel* kernel, size_t slot, precast_kernel_operand* operand,
                                     precast_error** error);
/* PRECAST_ROWS_COLUMNS: the dtypes of an operand, by row; undefined is any. */
precast_status precast_kernel_input_column(const precast_kernel* kernel, size_t slot, precast_dtype* dtypes,
                                           size_t capacity, size_t* count, precast_error** error);
precast_status precast_kernel_output_column(const precast_kernel* kernel, size_t slot, precast_dtype* dtypes,
                                            size_t capacity, size_t* count, precast_error** error);

/* --- The op map ------------------------------------------------------------------------------------------------- */

/* One way in which the op map serves an ONNX operator. */
typedef struct precast_mapping precast_mapping;

/* All of them for one operator: one per version and variant, none without an op map. */
precast_status precast_target_mappings(const precast_target* target, const char* onnx_type,
                                       const precast_mapping** mappings, size_t capacity, size_t* count,
                                       precast_error** error);

typedef struct precast_mapping_info {
  size_t struct_size;
  precast_string target_type; /* the operator of the target */
  precast_string variant;     /* empty matches every variant */
  int32_t since_version;      /* of the ONNX operator, and newer */
} precast_mapping_info;
#define PRECAST_MAPPING_INFO_INIT                                                                                      \
  { sizeof(precast_mapping_info), {NULL, 0}, {NULL, 0}, 0 }
precast_status precast_mapping_get_info(const precast_mapping* mapping, precast_mapping_info* info,
                                        precast_error** error);
/* By slot of the ONNX operator: the operand of the target's, or -1 where it has none. Of no size: slot by slot. */
precast_status precast_mapping_inputs(const precast_mapping* mapping, int32_t* operands, size_t capacity, size_t* count,
                                      precast_error** error);
precast_status precast_mapping_outputs(const precast_mapping* mapping, int32_t* operands, size_t capacity,
                                       size_t* count, precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
