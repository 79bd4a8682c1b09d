# Takes the sources of the installed libraries, and the folders in which they were built, from where they were:
#   cmake -DSCRATCH= -P MoveAway.cmake
# What an installed file says about them leads nowhere from here on.
cmake_minimum_required(VERSION 3.25)
foreach(folder IN ITEMS copy subproject shared)
  file(REMOVE_RECURSE "${SCRATCH}/away/${folder}")
  file(MAKE_DIRECTORY "${SCRATCH}/away")
  file(RENAME "${SCRATCH}/${folder}" "${SCRATCH}/away/${folder}")
endforeach()
