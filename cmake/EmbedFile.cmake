# precast_embed(TARGET <target> NAMESPACE <a::b> SYMBOL <name> FILE <file>)
#   Compiles <file> into <target> and defines `std::string_view <a::b>::<name>()`, which returns its bytes.
#
# precast_embed_table(TARGET <target> HEADER <header> NAMESPACE <a::b> TYPE <struct> SYMBOL <name> BASE <dir> FILES ...)
#   Compiles all files into <target> and defines `absl::Span<const TYPE> <a::b>::<name>()`, ordered by path. <header>
#   declares the function and TYPE, an aggregate of two string_views: the path relative to BASE, and the bytes.
#
# For text files: the bytes become raw string literals, which GCC and Clang compile in milliseconds per megabyte, where
# an array of numbers takes seconds. A .json file is stored without its indentation. A file with a NUL byte is refused.
# The sources are generated during the build, whenever an embedded file changes.

set(PRECAST_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/EmbedScript.cmake")

function(precast_embed)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;NAMESPACE;SYMBOL;FILE" "")
  cmake_path(GET arg_FILE PARENT_PATH base)
  _precast_embed_source("${arg_TARGET}" "${arg_SYMBOL}" "${base}" "${arg_FILE}"
    "-DKIND=single" "-DNAMESPACE=${arg_NAMESPACE}" "-DSYMBOL=${arg_SYMBOL}")
endfunction()

function(precast_embed_table)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;HEADER;NAMESPACE;TYPE;SYMBOL;BASE" "FILES")
  list(SORT arg_FILES)
  _precast_embed_source("${arg_TARGET}" "${arg_SYMBOL}" "${arg_BASE}" "${arg_FILES}"
    "-DKIND=table" "-DNAMESPACE=${arg_NAMESPACE}" "-DSYMBOL=${arg_SYMBOL}" "-DHEADER=${arg_HEADER}" "-DTYPE=${arg_TYPE}")
endfunction()

# The list of files travels in a file of its own: it can be long, and it must trigger a new run when it changes.
function(_precast_embed_source target symbol base files)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp")
  set(list "${source}.list")
  list(JOIN files "\n" lines)
  file(CONFIGURE OUTPUT "${list}" CONTENT "${lines}" @ONLY)
  add_custom_command(
    OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${source}" "-DLIST=${list}" "-DBASE=${base}" ${ARGN} -P "${PRECAST_EMBED_SCRIPT}"
    DEPENDS ${files} "${list}" "${PRECAST_EMBED_SCRIPT}"
    COMMENT "Embedding ${symbol}"
    VERBATIM)
  # Clang's -Wpedantic counts literals beyond 64 KiB, which the standard does not require of a compiler.
  set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  target_sources(${target} PRIVATE "${source}")
endfunction()
