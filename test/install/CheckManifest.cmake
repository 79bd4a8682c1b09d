# vcpkg.json says what CMake says: name, version and description of the project, and the packages that it looks for, those
# of an optional room as the feature of that room:
#   cmake -DSOURCE= -DVERSION= -DDESCRIPTION= -P CheckManifest.cmake
cmake_minimum_required(VERSION 3.25)
file(READ "${SOURCE}/vcpkg.json" manifest)

function(compare what said wanted)
  if(NOT said STREQUAL wanted)
    message(FATAL_ERROR "vcpkg.json: ${what} is '${said}', in CMake '${wanted}'")
  endif()
endfunction()

# The packages that <room>/CMakeLists.txt looks for, as vcpkg calls them. Threads are the system's.
function(packages_of variable room)
  file(READ "${SOURCE}/${room}CMakeLists.txt" text)
  string(REGEX MATCHALL "find_package\\([A-Za-z0-9_]+" packages "${text}")
  list(TRANSFORM packages REPLACE "find_package\\(" "")
  list(REMOVE_ITEM packages Threads)
  list(TRANSFORM packages TOLOWER)
  list(TRANSFORM packages REPLACE "_" "-")
  list(TRANSFORM packages REPLACE "^absl$" "abseil")
  list(SORT packages)
  set(${variable} "${packages}" PARENT_SCOPE)
endfunction()

# The array at the keys that follow, as a list.
function(array_of variable)
  string(JSON length LENGTH "${manifest}" ${ARGN})
  set(items "")
  foreach(index RANGE 1 ${length})
    math(EXPR index "${index} - 1")
    string(JSON item GET "${manifest}" ${ARGN} ${index})
    list(APPEND items "${item}")
  endforeach()
  set(${variable} "${items}" PARENT_SCOPE)
endfunction()

string(JSON name GET "${manifest}" name)
string(JSON version GET "${manifest}" version-semver)
string(JSON description GET "${manifest}" description)
compare(name "${name}" precast)
compare(version "${version}" "${VERSION}")
compare(description "${description}" "${DESCRIPTION}")

array_of(dependencies dependencies)
packages_of(wanted "")
compare(dependencies "${dependencies}" "${wanted}")
string(JSON features LENGTH "${manifest}" features)
compare("the number of features" ${features} 2)
foreach(room IN ITEMS bench tools)
  array_of(dependencies features ${room} dependencies)
  packages_of(wanted "${room}/")
  compare("what ${room} needs" "${dependencies}" "${wanted}")
endforeach()
