# Finds Dear ImGui with its GLFW and OpenGL 3 backends: ImGui::ImGui and ImGui::GlfwGL3.
# Distributions do not agree on what their imgui library contains, so a backend symbol is linked on
# trial. No IMGUI_* macro is defined here: the headers must match the library as it was built.
find_package(imgui QUIET CONFIG GLOBAL) # vcpkg
if(TARGET imgui::imgui)
  add_library(ImGui::ImGui ALIAS imgui::imgui)
  add_library(ImGui::GlfwGL3 ALIAS imgui::imgui)
  set(ImGui_FOUND TRUE)
  return()
endif()

find_path(ImGui_INCLUDE_DIR imgui.h PATH_SUFFIXES imgui)
find_library(ImGui_LIBRARY imgui)
find_library(ImGui_STB_LIBRARY NAMES libstb.a stb)
if(ImGui_INCLUDE_DIR)
  file(STRINGS ${ImGui_INCLUDE_DIR}/imgui.h version_line REGEX "#define IMGUI_VERSION +\"")
  string(REGEX MATCH "[0-9]+\\.[0-9.]+" ImGui_VERSION "${version_line}")
endif()

if(ImGui_INCLUDE_DIR AND ImGui_LIBRARY AND TARGET glfw AND NOT DEFINED ImGui_LINKS)
  set(trial ${CMAKE_CURRENT_BINARY_DIR}/imgui_trial.cpp)
  file(WRITE ${trial} "#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
int main(int argc, char**) {
  return argc > 9 && ImGui_ImplGlfw_InitForOpenGL(nullptr, true) && ImGui_ImplOpenGL3_Init(nullptr);
}
")
  set(libraries ${ImGui_LIBRARY} glfw ${CMAKE_DL_LIBS})
  if(ImGui_STB_LIBRARY)
    list(APPEND libraries ${ImGui_STB_LIBRARY})
  endif()
  try_compile(ImGui_LINKS ${CMAKE_CURRENT_BINARY_DIR}/imgui_trial ${trial}
    CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${ImGui_INCLUDE_DIR};${ImGui_INCLUDE_DIR}/backends"
    LINK_LIBRARIES ${libraries})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ImGui
  REQUIRED_VARS ImGui_LIBRARY ImGui_INCLUDE_DIR ImGui_LINKS VERSION_VAR ImGui_VERSION)
if(NOT ImGui_FOUND)
  unset(ImGui_LINKS CACHE) # try again once the right package is there
  return()
endif()

add_library(ImGui::ImGui UNKNOWN IMPORTED GLOBAL)
set_target_properties(ImGui::ImGui PROPERTIES
  IMPORTED_LOCATION ${ImGui_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${ImGui_INCLUDE_DIR})
if(ImGui_STB_LIBRARY)
  target_link_libraries(ImGui::ImGui INTERFACE ${ImGui_STB_LIBRARY})
endif()
add_library(ImGui::GlfwGL3 INTERFACE IMPORTED GLOBAL)
target_include_directories(ImGui::GlfwGL3 SYSTEM INTERFACE ${ImGui_INCLUDE_DIR}/backends)
target_link_libraries(ImGui::GlfwGL3 INTERFACE ImGui::ImGui glfw ${CMAKE_DL_LIBS})
