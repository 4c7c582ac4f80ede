# cmake --install: libraries, headers, the package config with the Find modules it uses, and a pkg-config file.

include(CMakePackageConfigHelpers)

set(unisono_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/unisono")

# One export set for each component, so that a host needs the dependencies of those it links only.
install(TARGETS unisono EXPORT unisono FILE_SET HEADERS)
install(EXPORT unisono NAMESPACE unisono:: FILE unisono-targets.cmake DESTINATION "${unisono_package_dir}")
install(TARGETS unisono_header_only EXPORT unisono_header_only)
install(EXPORT unisono_header_only NAMESPACE unisono:: FILE unisono-header_only-targets.cmake
    DESTINATION "${unisono_package_dir}")
if(TARGET unisono_sqlite)
    install(TARGETS unisono_sqlite EXPORT unisono_sqlite)
    install(EXPORT unisono_sqlite NAMESPACE unisono:: FILE unisono-sqlite-targets.cmake
        DESTINATION "${unisono_package_dir}")
endif()
if(TARGET unisono_deflate)
    install(TARGETS unisono_deflate EXPORT unisono_deflate)
    install(EXPORT unisono_deflate NAMESPACE unisono:: FILE unisono-deflate-targets.cmake
        DESTINATION "${unisono_package_dir}")
endif()

if(TARGET unisono_tls)
    install(TARGETS unisono_tls EXPORT unisono_tls)
    install(EXPORT unisono_tls NAMESPACE unisono:: FILE unisono-tls-targets.cmake
        DESTINATION "${unisono_package_dir}")
endif()

install(DIRECTORY include/unisono DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.ipp")

configure_package_config_file(cmake/unisono-config.cmake.in unisono-config.cmake
    INSTALL_DESTINATION "${unisono_package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(unisono-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/unisono-config.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/unisono-config-version.cmake"
    cmake/FindAsio.cmake
    cmake/FindWebsocketpp.cmake
    cmake/FindRapidJSON.cmake
    DESTINATION "${unisono_package_dir}")

# Relative to the file itself: the installed tree can be moved.
file(RELATIVE_PATH unisono_pc_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
configure_file(cmake/unisono.pc.in unisono.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/unisono.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/unisono")
