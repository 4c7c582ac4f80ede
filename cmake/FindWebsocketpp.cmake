# websocketpp as the target websocketpp::websocketpp. Debian and Conan bring a config file; a plain copy of the headers
# does not.

if(NOT TARGET websocketpp::websocketpp)
    find_package(websocketpp CONFIG QUIET)
endif()

if(TARGET websocketpp::websocketpp)
    # A target that somebody else made often has no version; then it is theirs to know.
    set(Websocketpp_VERSION "${websocketpp_VERSION}")
    if(NOT Websocketpp_VERSION)
        set(Websocketpp_FOUND TRUE)
        return()
    endif()
    set(Websocketpp_TARGET websocketpp::websocketpp)
else()
    find_path(Websocketpp_INCLUDE_DIR websocketpp/version.hpp)
    mark_as_advanced(Websocketpp_INCLUDE_DIR)
    if(Websocketpp_INCLUDE_DIR)
        foreach(part IN ITEMS major minor patch)
            file(STRINGS "${Websocketpp_INCLUDE_DIR}/websocketpp/version.hpp" line REGEX "int const ${part}_version")
            string(REGEX MATCH "[0-9]+" line "${line}")
            list(APPEND Websocketpp_VERSION "${line}")
        endforeach()
        list(JOIN Websocketpp_VERSION "." Websocketpp_VERSION)
    endif()
    set(Websocketpp_TARGET "${Websocketpp_INCLUDE_DIR}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Websocketpp REQUIRED_VARS Websocketpp_TARGET VERSION_VAR Websocketpp_VERSION)

if(Websocketpp_FOUND AND NOT TARGET websocketpp::websocketpp)
    add_library(websocketpp::websocketpp INTERFACE IMPORTED)
    set_target_properties(websocketpp::websocketpp PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${Websocketpp_INCLUDE_DIR}")
endif()
