#pragma once

#include <unisono/codec/detail/json_escape.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>

#include <charconv>
#include <cmath>

namespace unisono::inline v0::json {

UNISONO_DECL void writer::separate() {
    if (after_value_)
        out_ += ',';
    after_value_ = true;
}

UNISONO_DECL writer& writer::token(std::string_view text) {
    separate();
    out_ += text;
    return *this;
}

UNISONO_DECL writer& writer::key(std::string_view name) {
    string(name);
    out_ += ':';
    after_value_ = false;
    return *this;
}

UNISONO_DECL writer& writer::string(std::string_view text) {
    separate();
    out_ += '"';
    detail::append_json_escaped(out_, text);
    out_ += '"';
    return *this;
}

UNISONO_DECL writer& writer::int64(std::int64_t number) {
    char digits[20];
    return token({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
}

UNISONO_DECL writer& writer::uint64(std::uint64_t number) {
    char digits[20];
    return token({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
}

UNISONO_DECL writer& writer::real(double number) {
    if (!std::isfinite(number))
        return null();
    char digits[32];
    return token({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
}

UNISONO_DECL writer& writer::boolean(bool b) {
    return token(b ? "true" : "false");
}

UNISONO_DECL writer& writer::null() {
    return token("null");
}

UNISONO_DECL writer& writer::raw(std::string_view json) {
    separate();
    auto const begin = static_cast<std::ptrdiff_t>(out_.size());
    out_ += json;
    for (auto c = out_.begin() + begin; c != out_.end(); ++c)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    return *this;
}

} // namespace unisono::inline v0::json
