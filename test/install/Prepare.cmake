# Installs a build into a new prefix, and copies what a subproject needs of the source tree, and the consumers:
#   cmake -DBUILD= -DPREFIX= -DSOURCE= -DCOPY= -DCONSUMERS= -P Prepare.cmake
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${PREFIX}" "${COPY}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${PREFIX}" COMMAND_ERROR_IS_FATAL ANY
  OUTPUT_QUIET)

file(MAKE_DIRECTORY "${COPY}/precast")
foreach(item IN ITEMS CMakeLists.txt LICENSE NOTICE cmake include lib ops_info)
  file(COPY "${SOURCE}/${item}" DESTINATION "${COPY}/precast")
endforeach()
file(COPY "${CONSUMERS}/consumers" "${CONSUMERS}/subproject" DESTINATION "${COPY}")

file(GLOB_RECURSE installed RELATIVE "${PREFIX}" "${PREFIX}/*")
foreach(wanted IN ITEMS bin/precast share/man/man1/precast.1 share/doc/precast/LICENSE share/doc/libprecast-dev/NOTICE
    include/precast/precast.h include/precast-c/precast.h)
  if(NOT wanted IN_LIST installed)
    message(FATAL_ERROR "not installed: ${wanted}")
  endif()
endforeach()
execute_process(COMMAND "${PREFIX}/bin/precast" --version OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "installed: ${version}")

# Text that is installed must hold wherever it is copied.
foreach(file IN LISTS installed)
  if(file MATCHES "\\.(cmake|pc|h)$")
    file(READ "${PREFIX}/${file}" text)
    foreach(path IN ITEMS "${SOURCE}" "${PREFIX}")
      string(FIND "${text}" "${path}" found)
      if(NOT found EQUAL -1)
        message(FATAL_ERROR "${file} names ${path}")
      endif()
    endforeach()
    if(file MATCHES "\\.h$" AND text MATCHES "#include [<\"](fmt|nlohmann)/")
      message(FATAL_ERROR "${file} includes more than Abseil")
    endif()
  endif()
endforeach()
