// Whatever is read must be exactly what would be written.
#include <unisono/codec/base64.hpp>
#include <unisono/hub/position_cookie.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

void check(std::string_view text) {
    auto const cookie = unisono::position_cookie::parse(text);
    if (cookie)
        fuzz::require(cookie->text() == text && !cookie->empty() &&
                      text.size() <= unisono::position_cookie::max_size);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    check(input);
    check("v1." + unisono::base64_encode(unisono::as_bytes(input), unisono::base64_alphabet::url));
    return 0;
}
