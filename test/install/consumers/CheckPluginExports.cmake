# A plugin with the static library inside offers none of the library's compiled functions:
#   cmake -DFILE= -DNM= -P CheckPluginExports.cmake
# Weak ones are inline functions of headers, which the plugin compiled itself with the visibility that it chose.
execute_process(COMMAND "${NM}" -DC --defined-only "${FILE}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES " T plugin_float16_nodes\n")
  message(FATAL_ERROR "the plugin does not export its function:\n${symbols}")
endif()
if(symbols MATCHES "[0-9a-f]+ [TBDR] (precast|fmt|nlohmann)[^\n]*")
  message(FATAL_ERROR "the plugin exports the library: ${CMAKE_MATCH_0}")
endif()
