#pragma once

#include <unisono/core/bytes.hpp>

#include <string>

/// The bytes of a file, or of the standard input for "-". Throws std::system_error.
unisono::byte_buffer read_file(std::string const& name);

/// Writes a file, or to the standard output for "-". Throws std::system_error.
void write_file(std::string const& name, unisono::bytes_view bytes);
