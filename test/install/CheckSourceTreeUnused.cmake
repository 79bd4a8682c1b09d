# None of the builds in the scratch folder read a file of the source tree (in which the scratch folder itself may lie):
#   cmake -DSCRATCH= -DSOURCE= -DNINJA= -P CheckSourceTreeUnused.cmake
foreach(build IN ITEMS gcc shared shared-consumers subproject)
  execute_process(COMMAND "${NINJA}" -C "${SCRATCH}/${build}" -t deps OUTPUT_VARIABLE deps COMMAND_ERROR_IS_FATAL ANY)
  if(NOT deps MATCHES "precast/Version.h")
    message(FATAL_ERROR "${build}: its dependencies are unknown")
  endif()
  string(REPLACE "${SCRATCH}" "" deps "${deps}")
  string(FIND "${deps}" "${SOURCE}/" found)
  if(NOT found EQUAL -1)
    string(SUBSTRING "${deps}" ${found} 200 file)
    message(FATAL_ERROR "${build} uses ${file}")
  endif()
endforeach()
