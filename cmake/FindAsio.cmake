# Standalone Asio as the target asio::asio. Conan and vcpkg bring a config file; Debian and a plain copy of the headers
# do not, and none of the two defines ASIO_STANDALONE.

if(NOT TARGET asio::asio)
    find_package(asio CONFIG QUIET)
endif()

if(TARGET asio::asio)
    # A target that somebody else made often has no version; then it is theirs to know.
    set(Asio_VERSION "${asio_VERSION}")
    if(NOT Asio_VERSION)
        set(Asio_FOUND TRUE)
        return()
    endif()
    set(Asio_TARGET asio::asio)
else()
    find_path(Asio_INCLUDE_DIR asio/version.hpp)
    mark_as_advanced(Asio_INCLUDE_DIR)
    if(Asio_INCLUDE_DIR)
        # 102201 stands for 1.22.1
        file(STRINGS "${Asio_INCLUDE_DIR}/asio/version.hpp" Asio_VERSION REGEX "define ASIO_VERSION [0-9]+")
        string(REGEX MATCH "[0-9]+" Asio_VERSION "${Asio_VERSION}")
        math(EXPR Asio_MAJOR "${Asio_VERSION} / 100000")
        math(EXPR Asio_MINOR "${Asio_VERSION} / 100 % 1000")
        math(EXPR Asio_PATCH "${Asio_VERSION} % 100")
        set(Asio_VERSION "${Asio_MAJOR}.${Asio_MINOR}.${Asio_PATCH}")
    endif()
    set(Asio_TARGET "${Asio_INCLUDE_DIR}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_TARGET VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET asio::asio)
    add_library(asio::asio INTERFACE IMPORTED)
    set_target_properties(asio::asio PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${Asio_INCLUDE_DIR}")
endif()
