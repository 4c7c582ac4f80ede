# Finds the third parties. For each one, in this order:
#   1. a target of that name exists already (a superproject or a package manager brought it);
#   2. the Find module of that name, which tries the package's own config and then the plain headers;
#   3. with UNISONO_FETCH_DEPS, a pinned download.
# Their own build scripts are never run: they are header-only, and those scripts build tests or need an older CMake.

include(FetchContent)

function(unisono_fetch_headers name target subdirectory url hash)
    FetchContent_Declare(${name} URL ${url} URL_HASH ${hash} DOWNLOAD_EXTRACT_TIMESTAMP FALSE
        SOURCE_SUBDIR there-is-no-build-script-here)
    FetchContent_MakeAvailable(${name})
    FetchContent_GetProperties(${name} SOURCE_DIR source)
    add_library(${target} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${target} INTERFACE "${source}/${subdirectory}")
endfunction()

# unisono_dependency(<package> <target> <minimum version> <Debian package> <directory in the archive> <url> <hash>)
macro(unisono_dependency package target minimum debian subdirectory url hash)
    if(NOT TARGET ${target})
        find_package(${package} ${minimum} MODULE QUIET)
        if(NOT TARGET ${target} AND UNISONO_FETCH_DEPS)
            unisono_fetch_headers(unisono_${package} ${target} "${subdirectory}" ${url} ${hash})
        elseif(NOT TARGET ${target})
            set(unisono_found "not found")
            if(${package}_VERSION)
                set(unisono_found "too old: ${${package}_VERSION}")
            endif()
            message(FATAL_ERROR "unisono needs ${package} ${minimum} or newer (${unisono_found}). Install it "
                "(Debian and Ubuntu: apt install ${debian}), or let CMake download it: -DUNISONO_FETCH_DEPS=ON")
        endif()
    endif()
endmacro()

unisono_dependency(Asio asio::asio 1.22 libasio-dev asio/include
    https://github.com/chriskohlhoff/asio/archive/asio-1-28-2.tar.gz
    SHA256=5705a0e403017eba276625107160498518838064a6dd7fd8b00b2e30c0ffbdee)
unisono_dependency(Websocketpp websocketpp::websocketpp 0.8.2 libwebsocketpp-dev .
    https://github.com/zaphoyd/websocketpp/archive/0.8.2.tar.gz
    SHA256=6ce889d85ecdc2d8fa07408d6787e7352510750daa66b5ad44aacb47bea76755)
unisono_dependency(RapidJSON RapidJSON::RapidJSON 1.1 rapidjson-dev include
    https://github.com/Tencent/rapidjson/archive/v1.1.0.tar.gz
    SHA256=bf7ced29704a1e696fbccf2a2b4ea068e7774fa37f6d7dd4039d0787f8bed98e)
