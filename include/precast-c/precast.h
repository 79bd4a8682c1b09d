/* precast's C interface: for engines in C, and for every language that calls C. It needs no Abseil and no C++ headers.
 *
 *   precast_model* model = NULL;
 *   precast_result* result = NULL;
 *   precast_error* error = NULL;
 *   precast_status status = precast_onnx_read_file("in.onnx", NULL, &model, &error);
 *   if (status == PRECAST_OK) status = precast_compile(precast_model_graph(model), NULL, &result, &error);
 *   if (status == PRECAST_OK) status = precast_onnx_write_file(model, result, "out.onnx", NULL, NULL, &error);
 *   if (status != PRECAST_OK) fprintf(stderr, "%s\n", precast_error_message(error));
 *   precast_error_free(error);
 *   precast_result_free(result);
 *   precast_model_free(model);
 *
 * Rules, for every function here:
 *
 * Errors     A function that can fail returns a precast_status and takes a precast_error** last, which may be NULL. On
 *            failure *error is a new error (NULL if there is no memory for it), on success NULL; whatever it held
 *            before is not freed. Results are NULL, 0 or untouched after a failure, and the arguments are as they were.
 *            A NULL where an object is needed, an id that is not in the graph and an unknown number of an enumeration
 *            are PRECAST_INVALID_ARGUMENT. Want of memory is PRECAST_RESOURCE_EXHAUSTED, except inside of Abseil's hash
 *            tables, which do not survive it. No C++ exception leaves.
 * Ownership  What a function hands out through a pointer to a pointer is the caller's, to be freed with the function of
 *            its type; freeing NULL does nothing. What it returns as a const pointer or a precast_string belongs to the
 *            object that it was asked of and is valid as long as that one is neither changed nor freed.
 *            Arguments are copied, except where a comment says that they must outlive something.
 * Buffers    A function that fills a buffer of the caller's takes its capacity and always sets the size that the whole
 *            answer has (of a text: without the NUL that ends it). A buffer that is too small stays untouched:
 *            PRECAST_OUT_OF_RANGE. A capacity of 0 with NULL asks for the size.
 * Structs    Those that open with struct_size are made by their _INIT macro, which sets it. Later versions append
 *            fields; a library takes the structs of older headers, and those of newer ones while what it does not know
 *            is zero. Any other size is PRECAST_INVALID_ARGUMENT.
 * Threads    An object may be read by many threads at once (functions that take it as const), or changed by one.
 *            There is no other state.
 */
#ifndef PRECAST_C_PRECAST_H
#define PRECAST_C_PRECAST_H

#include "precast-c/compile.h"
#include "precast-c/graph.h"
#include "precast-c/half.h"
#include "precast-c/kernels.h"
#include "precast-c/onnx.h"
#include "precast-c/passes.h"
#include "precast-c/plan.h"
#include "precast-c/policy.h"
#include "precast-c/report.h"
#include "precast-c/target.h"
#include "precast-c/types.h"

#endif
