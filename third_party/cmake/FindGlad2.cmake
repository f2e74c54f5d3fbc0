# Finds the generator program glad, version 2 (version 1 has the same name and other options).
find_program(GLAD_PROGRAM glad)
if(GLAD_PROGRAM AND NOT GLAD_IS_VERSION_2)
  execute_process(COMMAND ${GLAD_PROGRAM} --help
    OUTPUT_VARIABLE help ERROR_QUIET RESULT_VARIABLE result TIMEOUT 30)
  string(FIND "${help}" "{c,rust}" place)
  if(result EQUAL 0 AND NOT place EQUAL -1)
    set(GLAD_IS_VERSION_2 TRUE CACHE INTERNAL "")
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Glad2 REQUIRED_VARS GLAD_PROGRAM GLAD_IS_VERSION_2)
