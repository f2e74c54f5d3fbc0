# Run after a test executable is built: writes a ctest file with one test per TEST_CASE. Unlike the
# script that comes with Catch2, it takes names with semicolons and brackets, and fails when the
# executable cannot be listed.
# Called with -D of: executable, name, list_arguments, run_arguments, folder, properties, output.
execute_process(COMMAND ${executable} ${list_arguments}
  WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE names ERROR_VARIABLE errors RESULT_VARIABLE result)
if(result LESS 0 OR NOT result MATCHES "^[0-9]+$" OR NOT errors STREQUAL "")
  message(FATAL_ERROR "Cannot list the tests of ${executable}: ${result} ${errors}")
endif()

set(script "")
while(NOT names STREQUAL "")
  # Not as a list: names may contain what separates or groups list elements.
  string(FIND "${names}" "\n" end)
  if(end EQUAL -1)
    set(test "${names}")
    set(names "")
  else()
    string(SUBSTRING "${names}" 0 ${end} test)
    math(EXPR end "${end} + 1")
    string(SUBSTRING "${names}" ${end} -1 names)
  endif()
  string(STRIP "${test}" test)
  if(test STREQUAL "")
    continue()
  endif()
  # What would mean something in Catch2's filter language.
  set(filter "${test}")
  foreach(character "\\" "," "[" "\"")
    string(REPLACE "${character}" "\\${character}" filter "${filter}")
  endforeach()
  string(APPEND script "add_test([==[${name}: ${test}]==] [==[${executable}]==] [==[${filter}]==] ${run_arguments})\n"
    "set_tests_properties([==[${name}: ${test}]==] PROPERTIES WORKING_DIRECTORY [==[${folder}]==] ${properties})\n")
  # What only waits begins before all others and runs beside them.
  if(test MATCHES "takes a minute")
    string(APPEND script "set_tests_properties([==[${name}: ${test}]==] PROPERTIES COST 100000)\n")
  endif()
endwhile()
file(WRITE ${output} "${script}")
