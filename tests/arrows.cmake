# Which module sees which: compiled with each module's include path, so that an arrow added by
# mistake (or lost) stops the build. The table is the house's plan, written a second time on purpose.
set(modules trace scenario tcp world net view ui panels sources window)
set(sees_trace)
set(sees_scenario trace)
set(sees_tcp trace)
set(sees_world trace scenario tcp)
set(sees_net trace scenario)
set(sees_view trace)
set(sees_ui trace view)
set(sees_panels trace view ui)
set(sees_sources trace scenario tcp world net view)
set(sees_window trace view ui)

foreach(module ${modules})
  set(checks "")
  foreach(other ${modules})
    if(other STREQUAL module OR other IN_LIST sees_${module})
      string(APPEND checks "#if !__has_include(\"${other}.module\")\n"
        "#error \"${module} must see ${other}\"\n#endif\n")
    else()
      string(APPEND checks "#if __has_include(\"${other}.module\")\n"
        "#error \"${module} must not see ${other}\"\n#endif\n")
    endif()
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/arrows_${module}.cpp CONTENT "${checks}")
  add_library(arrows_${module} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/arrows_${module}.cpp)
  target_link_libraries(arrows_${module} PRIVATE twomsl_${module})
endforeach()
