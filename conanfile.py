import re
from pathlib import Path

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, rmdir

required_conan_version = ">=2.0"


class UnisonoConan(ConanFile):
    name = "unisono"
    description = "Real-time sync inside your C++ backend: SSE, WebSocket, rooms, presence, Yjs documents"
    license = "MIT"
    topics = ("websocket", "sse", "crdt", "yjs", "real-time", "asio")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "sqlite": [True, False], "deflate": [True, False],
               "tls": [True, False]}
    default_options = {"shared": False, "fPIC": True, "sqlite": False, "deflate": False, "tls": False}
    implements = ["auto_shared_fpic"]
    exports_sources = "CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*"

    def set_version(self):
        script = Path(self.recipe_folder, "CMakeLists.txt").read_text()
        self.version = re.search(r"project\(unisono VERSION ([\d.]+)", script).group(1)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        # Asio is in the public headers; the other two as well for those who link unisono::header_only.
        self.requires("asio/[>=1.22.1 <2]", transitive_headers=True)
        self.requires("rapidjson/1.1.0", transitive_headers=True)
        # Only its protocol core is used: without its own pin on an old Asio.
        self.requires("websocketpp/0.8.2", transitive_headers=True,
                      options={"asio": False, "with_openssl": False, "with_zlib": False})
        if self.options.sqlite:
            self.requires("sqlite3/[>=3.35 <4]")
        if self.options.deflate:
            self.requires("zlib/[>=1.2.11 <2]")
        if self.options.tls:
            self.requires("openssl/[>=3.0 <4]")

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.24]")

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["UNISONO_BUILD_TESTS"] = False
        toolchain.cache_variables["UNISONO_BUILD_EXAMPLES"] = False
        toolchain.cache_variables["UNISONO_BUILD_BENCHMARKS"] = False
        toolchain.cache_variables["UNISONO_WITH_SQLITE"] = bool(self.options.sqlite)
        toolchain.cache_variables["UNISONO_WITH_DEFLATE"] = bool(self.options.deflate)
        toolchain.cache_variables["UNISONO_WITH_TLS"] = bool(self.options.tls)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, Path(self.package_folder, "licenses"))
        # Conan writes these itself, from package_info().
        rmdir(self, Path(self.package_folder, "lib", "cmake"))
        rmdir(self, Path(self.package_folder, "lib", "pkgconfig"))
        rmdir(self, Path(self.package_folder, "share"))

    def package_info(self):
        # The same names as in the package that cmake --install makes.
        self.cpp_info.set_property("cmake_file_name", "unisono")

        core = self.cpp_info.components["unisono"]
        core.set_property("cmake_target_name", "unisono::unisono")
        core.set_property("pkg_config_name", "unisono")
        core.libs = ["unisono"]
        core.defines = ["UNISONO_SEPARATE_COMPILATION", "ASIO_STANDALONE"]
        core.requires = ["asio::asio"]

        header_only = self.cpp_info.components["header_only"]
        header_only.set_property("cmake_target_name", "unisono::header_only")
        header_only.defines = ["ASIO_STANDALONE"]
        header_only.libdirs = []
        header_only.requires = ["asio::asio", "rapidjson::rapidjson", "websocketpp::websocketpp"]

        if self.options.sqlite:
            sqlite = self.cpp_info.components["sqlite"]
            sqlite.set_property("cmake_target_name", "unisono::sqlite")
            sqlite.libs = ["unisono_sqlite"]
            sqlite.requires = ["unisono", "sqlite3::sqlite3"]
        if self.options.deflate:
            deflate = self.cpp_info.components["deflate"]
            deflate.set_property("cmake_target_name", "unisono::deflate")
            deflate.libs = ["unisono_deflate"]
            deflate.requires = ["unisono", "zlib::zlib"]

        if self.options.tls:
            tls = self.cpp_info.components["tls"]
            tls.set_property("cmake_target_name", "unisono::tls")
            tls.libs = ["unisono_tls"]
            tls.requires = ["unisono", "openssl::ssl"]

        if self.settings.os in ("Linux", "FreeBSD"):
            for component in (core, header_only):
                component.system_libs = ["pthread"]
