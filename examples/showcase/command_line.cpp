#include "command_line.hpp"

#include <charconv>
#include <cstdio>
#include <string_view>

namespace {

constexpr char usage[] = R"(usage: showcase [options]

  --address ADDRESS  where to listen (default 127.0.0.1: this computer only)
  --port PORT        0 picks a free port (default 8080)
  --data DIR         where documents are kept (default showcase-data)
  --web DIR          the built pages (default: those of the source tree)
  --threads N        event loops (default 1)
  --grace SECONDS    how long whose connection was lost is still shown to others (default 15)
  --verbose          tell what goes on
  --help             this text
)";

template <class Number>
bool read_number(std::string_view text, Number least, Number most, Number& out) {
    auto const* const end = text.data() + text.size();
    auto const [stopped, ec] = std::from_chars(text.data(), end, out);
    return ec == std::errc{} && stopped == end && out >= least && out <= most;
}

} // namespace

std::optional<command_line> read_command_line(int argc, char** argv, int& exit_code) {
    command_line result;
    auto const fail = [&](std::string const& why) {
        std::fprintf(stderr, "showcase: %s\nTry --help.\n", why.c_str());
        exit_code = 2;
        return std::nullopt;
    };
    for (int i = 1; i < argc; ++i) {
        std::string_view const flag = argv[i];
        if (flag == "--help") {
            std::fputs(usage, stdout);
            exit_code = 0;
            return std::nullopt;
        }
        if (flag == "--verbose") {
            result.verbose = true;
            continue;
        }
        bool const known = flag == "--address" || flag == "--port" || flag == "--data" || flag == "--web" ||
                           flag == "--threads" || flag == "--grace";
        if (!known)
            return fail("unknown option " + std::string{flag});
        if (++i == argc)
            return fail(std::string{flag} + " needs a value");
        std::string_view const value = argv[i];
        if (flag == "--address")
            result.address = value;
        else if (flag == "--data")
            result.data = value;
        else if (flag == "--web")
            result.web = value;
        else if (flag == "--port" && !read_number<std::uint16_t>(value, 0, 65535, result.port))
            return fail("--port wants a number from 0 to 65535, not " + std::string{value});
        else if (flag == "--threads" && !read_number<std::size_t>(value, 1, 256, result.threads))
            return fail("--threads wants a number from 1 to 256, not " + std::string{value});
        else if (flag == "--grace" && !read_number<std::uint32_t>(value, 0, 3600, result.grace))
            return fail("--grace wants a number from 0 to 3600, not " + std::string{value});
    }
    return result;
}
