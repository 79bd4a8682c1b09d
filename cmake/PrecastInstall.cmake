# What is installed, in two components: `library` (headers, the library, its CMake and pkg-config files) and `tool` (the
# command line and its manual page); and packages of them: cpack -G DEB, cpack -G TGZ.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/precast")
set(generated "${CMAKE_CURRENT_BINARY_DIR}/install")

target_include_directories(precast INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
install(TARGETS precast EXPORT precastTargets COMPONENT library)
install(EXPORT precastTargets NAMESPACE precast:: DESTINATION "${package_dir}" COMPONENT library)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT library
  FILES_MATCHING PATTERN "*.h")

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/precastConfig.cmake.in" "${generated}/precastConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
# Before 1.0 a new minor version may break its users.
write_basic_package_version_file("${generated}/precastConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${generated}/precastConfig.cmake" "${generated}/precastConfigVersion.cmake"
  DESTINATION "${package_dir}" COMPONENT library)

# The parts of Abseil, as pkg-config calls them. The static library leaves the linking of all of them to its user.
get_target_property(libraries precast LINK_LIBRARIES)
string(REGEX MATCHALL "absl::[a-z0-9_]+" libraries "${libraries}")
list(TRANSFORM libraries REPLACE "absl::" "absl_")
list(JOIN libraries ", " requires)
set(cflags "")
set(libs_private "")
if(PRECAST_SHARED)
  set(cflags " -DPRECAST_SHARED_LIBRARY")
else()
  set(libs_private "-pthread -lstdc++ -lm")  # the C++ library for users in C
endif()
# Relative folders move with the prefix, which is found from where the file is; an absolute one is where it is.
set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(pc_prefix "\${pcfiledir}/${up}")
endif()
foreach(folder IN ITEMS LIBDIR INCLUDEDIR)
  set(pc_${folder} "\${prefix}/${CMAKE_INSTALL_${folder}}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${folder}}")
    set(pc_${folder} "${CMAKE_INSTALL_${folder}}")
  endif()
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/precast.pc.in" "${generated}/precast.pc" @ONLY)
install(FILES "${generated}/precast.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT library)

set(licences "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/NOTICE")
install(FILES ${licences} DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/libprecast-dev" COMPONENT library)
if(TARGET precast_tool)
  install(TARGETS precast_tool COMPONENT tool)
  configure_file("${PROJECT_SOURCE_DIR}/tools/precast.1.in" "${generated}/precast.1" @ONLY)
  install(FILES "${generated}/precast.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT tool)
  install(FILES ${licences} DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/precast" COMPONENT tool)
endif()

# A project that precast is a part of makes its own packages.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
set(CPACK_PACKAGE_CONTACT "the precast authors <precast@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_GENERATOR TGZ)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
set(CPACK_COMPONENTS_ALL library)
if(TARGET precast_tool)
  list(APPEND CPACK_COMPONENTS_ALL tool)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libprecast-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS libabsl-dev)
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME precast)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION science)
include(CPack)
