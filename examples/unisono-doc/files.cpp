#include "files.hpp"

#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>

namespace {

[[noreturn]] void fail(std::string const& name) {
    throw std::system_error(errno != 0 ? errno : EIO, std::generic_category(), name);
}

} // namespace

unisono::byte_buffer read_file(std::string const& name) {
    errno = 0;
    std::ifstream file;
    if (name != "-")
        file.open(name, std::ios::binary);
    std::istream& in = name == "-" ? std::cin : file;
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    if (!in)
        fail(name);
    auto const bytes = unisono::as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

void write_file(std::string const& name, unisono::bytes_view bytes) {
    errno = 0;
    std::ofstream file;
    if (name != "-")
        file.open(name, std::ios::binary | std::ios::trunc);
    std::ostream& out = name == "-" ? std::cout : file;
    out << unisono::as_text(bytes) << std::flush;
    if (!out)
        fail(name);
}
