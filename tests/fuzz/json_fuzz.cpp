// Any bytes are refused or give a document whose every value is again a valid text, and whose strings survive
// the writer.
#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace json = unisono::json;
using fuzz::require;

namespace {

void check(json::value v) {
    auto const again = json::parse(v.raw());
    require(again.has_value() && again->root().raw() == v.raw() && again->root().size() == v.size());
    static_cast<void>(v.as_int64());
    static_cast<void>(v.as_double());
    if (auto const text = v.as_string()) {
        std::string written;
        json::writer{written}.string(*text);
        auto const read = json::parse(written);
        require(read.has_value() && read->root().as_string() == text);
    }
    for (json::value element : v.elements())
        check(element);
    for (auto const& [key, value] : v.members()) {
        require(v[key].raw() == value.raw());
        check(value);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    if (auto const parsed = json::parse(text))
        check(parsed->root());
    std::string written;
    json::writer{written}.string(text);
    require(json::parse(written).has_value());
    return 0;
}
