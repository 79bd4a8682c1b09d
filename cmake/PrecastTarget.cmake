# precast_own_target(<target>): the language level, visibility and warnings of the code in this repository.
#
# Warnings belong to our own builds: inside another project (add_subdirectory) its compiler flags are its business.
function(precast_own_target target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion)
  endif()
  if(PRECAST_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
