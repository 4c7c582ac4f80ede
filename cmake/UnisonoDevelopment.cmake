# What only unisono's own developers need: warnings, and a compiler cache when there is one. A superproject decides for
# itself.

add_library(unisono_warnings INTERFACE)

if(NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()

target_compile_options(unisono_warnings INTERFACE -Wall -Wextra -Wpedantic)
# Optimising, GCC 12 and 13 see faults in the standard library where there are none (GCC bug 105329 and its like).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(unisono_warnings INTERFACE -Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict
        -Wno-stringop-overflow -Wno-stringop-overread)
endif()

find_program(UNISONO_CCACHE ccache)
mark_as_advanced(UNISONO_CCACHE)
if(UNISONO_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    # ccache caches nothing that uses a precompiled header unless it is told that their time stamps do not matter.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${UNISONO_CCACHE}")
endif()
