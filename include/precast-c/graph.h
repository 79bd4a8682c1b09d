/* The graph: nodes and values in flat arrays, with dense ids in order of addition. Nested bodies (If, Loop, Scan) are
 * regions. Build one by hand, read one (onnx.h), or take one from a JSON text.
 */
#ifndef PRECAST_C_GRAPH_H
#define PRECAST_C_GRAPH_H

#include "precast-c/types.h"

PRECAST_EXPORT_BEGIN
#ifdef __cplusplus
extern "C" {
#endif

typedef struct precast_graph precast_graph;

/* --- Making one ------------------------------------------------------------------------------------------------- */

precast_status precast_graph_create(precast_graph** graph, precast_error** error);
/* A graph that may be changed independently; contents of constants are shared. */
precast_status precast_graph_copy(const precast_graph* graph, precast_graph** copy, precast_error** error);
void precast_graph_free(precast_graph* graph);

/* Room for so many; saves time, never needed. */
precast_status precast_graph_reserve(precast_graph* graph, size_t nodes, size_t values, size_t operands,
                                     precast_error** error);
precast_status precast_graph_set_name(precast_graph* graph, const char* name, precast_error** error);

/* Calls release(owner) once nothing can refer to the contents of constants any more: after the graph, its copies and
 * all graphs compiled from them are freed, from the thread that frees the last one; or before this call returns, if it
 * fails. */
precast_status precast_graph_keep_alive(precast_graph* graph, void* owner, void (*release)(void* owner),
                                        precast_error** error);

/* One formal operand of an operator's schema; each field but type_var is 0 or 1. */
typedef struct precast_operand_spec {
  uint8_t type_var; /* operands of one type variable have one dtype */
  uint8_t optional;
  uint8_t variadic; /* stands for this operand and all that follow */
  uint8_t heterogeneous;
} precast_operand_spec;

/* The bit of a dtype in a set of dtypes. */
#define PRECAST_DTYPE_BIT(dtype) (UINT64_C(1) << (dtype))

/* An operator as the nodes of one graph use it. Strings may be NULL for "". */
typedef struct precast_op {
  size_t struct_size;
  const char* domain;
  const char* type;
  const char* variant;   /* value of the attribute that selects a kernel (the mode of Resize) */
  int32_t since_version; /* of the operator in its domain; 0 if unversioned */
  int32_t has_schema;    /* 1: the fields below say which dtypes are legal */
  const precast_operand_spec* inputs;
  size_t input_count;
  const precast_operand_spec* outputs;
  size_t output_count;
  const uint64_t* type_vars; /* by type variable: the set of its dtypes */
  size_t type_var_count;
} precast_op;
#define PRECAST_OP_INIT                                                                                                \
  { sizeof(precast_op), NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, NULL, 0 }

/* The id of this operator, added if new. PRECAST_INVALID_ARGUMENT: no type, or an operand of a type variable that is
 * not there. */
precast_status precast_graph_add_op(precast_graph* graph, const precast_op* op, uint32_t* id, precast_error** error);

/* The same for an operator of ONNX, with the schema that it has in a model which imports `domain` ("" or NULL is ONNX's
 * own) at `opset`. Without a schema the targets of the ONNX family keep an operator as it is. `variant` may be NULL. */
precast_status precast_graph_add_onnx_op(precast_graph* graph, const char* domain, const char* type, int32_t opset,
                                         const char* variant, uint32_t* id, precast_error** error);

/* A value without a producer yet. `rank` -1 is an unknown rank, a dimension of -1 an unknown dimension. */
precast_status precast_graph_add_value(precast_graph* graph, const char* name, precast_dtype dtype, const int64_t* dims,
                                       int32_t rank, uint32_t region, uint32_t* value, precast_error** error);
/* Makes `value` an input of its region. PRECAST_INVALID_ARGUMENT if it has a producer, is one already or is a
 * constant. */
precast_status precast_graph_add_input(precast_graph* graph, uint32_t value, precast_error** error);
/* Appends an output to `region`. */
precast_status precast_graph_add_output(precast_graph* graph, uint32_t value, uint32_t region, precast_error** error);
/* Gives `value` constant contents: elements of dtype `stored`, little-endian, any alignment. NULL: contents unknown.
 * `data` is not copied: it must outlive the graph, its copies and what is compiled from them (see
 * precast_graph_keep_alive). PRECAST_INVALID_ARGUMENT if the value has a producer or is an input, or if the size
 * disagrees with a known shape. */
precast_status precast_graph_set_constant(precast_graph* graph, uint32_t value, precast_dtype stored, const void* data,
                                          size_t size, precast_error** error);
/* Gives an input default contents, which a caller may override. As precast_graph_set_constant(). */
precast_status precast_graph_set_default(precast_graph* graph, uint32_t value, precast_dtype stored, const void* data,
                                         size_t size, precast_error** error);
/* Appends a node. PRECAST_NONE is an omitted operand. PRECAST_INVALID_ARGUMENT for an output that has a producer, is an
 * input or a constant. `node` may be NULL. */
precast_status precast_graph_add_node(precast_graph* graph, uint32_t op, const char* name, const uint32_t* inputs,
                                      size_t input_count, const uint32_t* outputs, size_t output_count, uint32_t region,
                                      uint32_t* node, precast_error** error);
/* A node that only holds a constant (ONNX Constant), with `value` as its output. */
precast_status precast_graph_add_constant_node(precast_graph* graph, uint32_t op, const char* name, uint32_t value,
                                               precast_dtype stored, const void* data, size_t size, uint32_t region,
                                               uint32_t* node, precast_error** error);
/* Adds a nested body of node `owner`, named like the attribute that holds it. */
precast_status precast_graph_add_region(precast_graph* graph, uint32_t owner, const char* name, uint32_t* region,
                                        precast_error** error);
/* Says that the attribute `name` of `node` is a number that its result is made of (what ConstantOfShape fills with, the
 * range of RandomUniform): the numeric guard looks after it. Readers of ONNX do this themselves. */
precast_status precast_graph_add_attribute_number(precast_graph* graph, uint32_t node, const char* name, double number,
                                                  precast_error** error);
/* A number of the caller's own; compile() hands it on to the node in the result. Belongs to the reader in graphs that
 * were read from ONNX. */
precast_status precast_graph_set_node_payload(precast_graph* graph, uint32_t node, uint64_t payload,
                                              precast_error** error);
precast_status precast_graph_set_value_payload(precast_graph* graph, uint32_t value, uint64_t payload,
                                               precast_error** error);
precast_status precast_graph_set_value_dtype(precast_graph* graph, uint32_t value, precast_dtype dtype,
                                             precast_error** error);
precast_status precast_graph_set_value_shape(precast_graph* graph, uint32_t value, const int64_t* dims, int32_t rank,
                                             precast_error** error);

/* PRECAST_INVALID_ARGUMENT names the node, the value and the two things that disagree. Linear time. compile() and
 * plan() do this themselves. */
precast_status precast_graph_verify(const precast_graph* graph, precast_error** error);

/* What a JSON text may ask for. A limit of 0 is the default of Limits.h. */
typedef struct precast_json_options {
  size_t struct_size;
  uint32_t json_depth;  /* nested objects and arrays */
  uint32_t tensor_rank; /* dimensions of one tensor */
} precast_json_options;
#define PRECAST_JSON_OPTIONS_INIT                                                                                      \
  { sizeof(precast_json_options), 0, 0 }

/* 1 if a text starts like a JSON graph: optional byte order mark and white space, then '{'. */
int32_t precast_graph_looks_like_json(const char* text, size_t size);
/* From and to JSON (precast.graph/1, see GraphJson.h). `source` names the text in messages: "SOURCE:LINE:COLUMN: ...".
 * `options` may be NULL. PRECAST_RESOURCE_EXHAUSTED: nested deeper than json_depth (a higher rank than tensor_rank is
 * PRECAST_INVALID_ARGUMENT); PRECAST_UNIMPLEMENTED: another schema version; for writing, nested bodies or operators of
 * a domain. */
precast_status precast_graph_parse_json(const char* text, size_t size, const char* source,
                                        const precast_json_options* options, precast_graph** graph,
                                        precast_error** error);
precast_status precast_graph_write_json(const precast_graph* graph, precast_text_callback write, void* user,
                                        precast_error** error);

/* --- Reading one ------------------------------------------------------------------------------------------------ */

/* Counts are 0, and the name is empty, for NULL. */
precast_string precast_graph_name(const precast_graph* graph);
size_t precast_graph_node_count(const precast_graph* graph);
size_t precast_graph_value_count(const precast_graph* graph);
size_t precast_graph_region_count(const precast_graph* graph);
size_t precast_graph_op_count(const precast_graph* graph);

/* An operator of a graph, by the id that nodes have it by. */
typedef struct precast_op_info {
  size_t struct_size;
  precast_string domain;
  precast_string type;
  precast_string variant;
  int32_t since_version;
  int32_t has_schema;
  uint32_t input_count; /* formal operands and type variables of its schema */
  uint32_t output_count;
  uint32_t type_var_count;
} precast_op_info;
#define PRECAST_OP_INFO_INIT                                                                                           \
  { sizeof(precast_op_info), {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0 }
precast_status precast_graph_get_op(const precast_graph* graph, uint32_t id, precast_op_info* op,
                                    precast_error** error);
precast_status precast_graph_op_inputs(const precast_graph* graph, uint32_t op, precast_operand_spec* operands,
                                       size_t capacity, size_t* count, precast_error** error);
precast_status precast_graph_op_outputs(const precast_graph* graph, uint32_t op, precast_operand_spec* operands,
                                        size_t capacity, size_t* count, precast_error** error);
/* By type variable: the set of its dtypes, one PRECAST_DTYPE_BIT each. */
precast_status precast_graph_op_type_vars(const precast_graph* graph, uint32_t op, uint64_t* type_vars, size_t capacity,
                                          size_t* count, precast_error** error);

typedef struct precast_node {
  size_t struct_size;
  precast_string name;
  precast_string op_type;
  precast_string op_domain;
  uint32_t op;
  uint32_t region;
  uint32_t first_region; /* the first nested body; PRECAST_NONE without bodies */
  uint32_t input_count;
  uint32_t output_count;
  uint64_t payload;
} precast_node;
#define PRECAST_NODE_INIT                                                                                              \
  { sizeof(precast_node), {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0, 0 }
precast_status precast_graph_get_node(const precast_graph* graph, uint32_t id, precast_node* node,
                                      precast_error** error);
/* Ids of its operands; PRECAST_NONE for an omitted one. */
precast_status precast_graph_node_inputs(const precast_graph* graph, uint32_t node, uint32_t* values, size_t capacity,
                                         size_t* count, precast_error** error);
precast_status precast_graph_node_outputs(const precast_graph* graph, uint32_t node, uint32_t* values, size_t capacity,
                                          size_t* count, precast_error** error);

typedef struct precast_value {
  size_t struct_size;
  precast_string name;
  precast_dtype dtype;
  int32_t rank; /* -1: unknown */
  uint32_t region;
  uint32_t producer; /* PRECAST_NONE for an input, an initializer, or what nothing makes */
  uint32_t producer_slot;
  int32_t is_input;  /* of its region */
  int32_t is_output; /* of a region */
  int32_t is_constant;
  int32_t has_contents; /* of a constant or a default */
  uint64_t payload;
} precast_value;
#define PRECAST_VALUE_INIT                                                                                             \
  { sizeof(precast_value), {NULL, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
precast_status precast_graph_get_value(const precast_graph* graph, uint32_t id, precast_value* value,
                                       precast_error** error);
/* Its dimensions, -1 for an unknown one; none if the rank is unknown. */
precast_status precast_graph_value_dims(const precast_graph* graph, uint32_t value, int64_t* dims, size_t capacity,
                                        size_t* count, precast_error** error);

/* A number among a node's attributes: see precast_graph_add_attribute_number(). */
typedef struct precast_attribute_number {
  size_t struct_size;
  uint32_t node;
  precast_string name; /* of the attribute */
  double number;
} precast_attribute_number;
#define PRECAST_ATTRIBUTE_NUMBER_INIT                                                                                  \
  { sizeof(precast_attribute_number), 0, {NULL, 0}, 0 }
/* In the order of the nodes. */
size_t precast_graph_attribute_number_count(const precast_graph* graph);
/* PRECAST_INVALID_ARGUMENT beyond the last. */
precast_status precast_graph_get_attribute_number(const precast_graph* graph, size_t index,
                                                  precast_attribute_number* number, precast_error** error);

typedef struct precast_region {
  size_t struct_size;
  precast_string name; /* the attribute that holds the body; empty for the main graph */
  uint32_t parent;
  uint32_t owner;
  uint32_t next; /* the owner's next body */
  uint32_t input_count;
  uint32_t output_count;
} precast_region;
#define PRECAST_REGION_INIT                                                                                            \
  { sizeof(precast_region), {NULL, 0}, 0, 0, 0, 0, 0 }
precast_status precast_graph_get_region(const precast_graph* graph, uint32_t id, precast_region* region,
                                        precast_error** error);
precast_status precast_graph_region_inputs(const precast_graph* graph, uint32_t region, uint32_t* values,
                                           size_t capacity, size_t* count, precast_error** error);
precast_status precast_graph_region_outputs(const precast_graph* graph, uint32_t region, uint32_t* values,
                                            size_t capacity, size_t* count, precast_error** error);

/* --- Contents of constants -------------------------------------------------------------------------------------- */

typedef int32_t precast_overflow;
enum { PRECAST_SATURATE = 0, PRECAST_INFINITY = 1 };

/* What a conversion did. */
typedef struct precast_conversion {
  uint64_t elements;
  uint64_t saturated;   /* finite elements that round to infinity */
  uint64_t underflowed; /* elements other than zero that became zero */
  double max_abs;       /* largest magnitude of the source that is not NaN */
} precast_conversion;

/* The contents as they are held, before any conversion: in a compiled graph `stored` may differ from the value's dtype.
 * NULL with size 0 if they are unknown. PRECAST_INVALID_ARGUMENT for a value without contents or default. */
precast_status precast_graph_stored_contents(const precast_graph* graph, uint32_t value, precast_dtype* stored,
                                             const void** data, size_t* size, precast_error** error);
/* Bytes of constant `value` at its dtype. PRECAST_INVALID_ARGUMENT if it is no constant, PRECAST_FAILED_PRECONDITION if
 * its contents are unknown. */
precast_status precast_graph_contents_size(const precast_graph* graph, uint32_t value, size_t* size,
                                           precast_error** error);
/* Writes constant `value`, converted to its dtype (nearest even), to `buffer` of exactly that size. `conversion` may be
 * NULL. Errors as precast_graph_contents_size(), and PRECAST_INVALID_ARGUMENT for another size. */
precast_status precast_graph_contents(const precast_graph* graph, uint32_t value, precast_overflow overflow,
                                      void* buffer, size_t size, precast_conversion* conversion, precast_error** error);

#ifdef __cplusplus
}
#endif
PRECAST_EXPORT_END

#endif
