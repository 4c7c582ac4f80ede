#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// What the user asked for on the command line.
struct command_line {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string data = "showcase-data";
    std::string web = SHOWCASE_WEB;
    std::size_t threads = 1;
    std::uint32_t grace = 15;
    bool verbose = false;
};

/// Reads the command line. When the program should end instead, says why on the terminal and sets
/// `exit_code`.
std::optional<command_line> read_command_line(int argc, char** argv, int& exit_code);
