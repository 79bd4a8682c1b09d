# Copies what a build of the library needs of the source tree, and its users, into the scratch folder:
#   cmake -DSOURCE= -DSCRATCH= -P CopySources.cmake
# MoveAway.cmake puts the copy and its build folders away; these come back here, so that a second run builds little.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${SCRATCH}/copy" "${SCRATCH}/users" "${SCRATCH}/away/copy" "${SCRATCH}/prefix"
  "${SCRATCH}/shared-prefix")
foreach(build IN ITEMS subproject shared)
  if(EXISTS "${SCRATCH}/away/${build}")
    file(REMOVE_RECURSE "${SCRATCH}/${build}")
    file(RENAME "${SCRATCH}/away/${build}" "${SCRATCH}/${build}")
  endif()
endforeach()
foreach(item IN ITEMS CMakeLists.txt LICENSE NOTICE cmake include lib ops_info)
  file(COPY "${SOURCE}/${item}" DESTINATION "${SCRATCH}/copy/precast")
endforeach()
foreach(item IN ITEMS test/install/consumers test/install/subproject examples/plan_graph.py)
  file(COPY "${SOURCE}/${item}" DESTINATION "${SCRATCH}/users")
endforeach()
