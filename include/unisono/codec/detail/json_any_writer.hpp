#pragma once

#include <unisono/codec/detail/javascript_number.hpp>
#include <unisono/codec/detail/json_escape.hpp>
#include <unisono/core/bytes.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// Writes the events of a value (see any_handler) as JSON.stringify does.
class json_any_writer {
public:
    explicit json_any_writer(std::string& out) noexcept : out_(out) {}

    /// False when something came that has no JSON form.
    bool complete() const noexcept { return complete_; }

    void undefined() {
        if (depth_ == 0)
            complete_ = false;
        else if (keyed())
            has_key_ = false;
        else
            null();
    }
    void null() { token("null"); }
    void boolean(bool value) { token(value ? "true" : "false"); }
    void number(double value) {
        if (!std::isfinite(value))
            return null();
        separate();
        append_javascript_number(out_, value);
    }
    void bigint(std::int64_t) noexcept { complete_ = false; }
    void string(std::string_view value) {
        separate();
        quote(value);
    }
    void bytes(bytes_view value) {
        separate();
        char separator = '{';
        for (std::size_t i = 0; i < value.size(); ++i) {
            ((out_ += separator) += '"') += std::to_string(i);
            (out_ += "\":") += std::to_string(std::to_integer<unsigned>(value[i]));
            separator = ',';
        }
        out_ += value.empty() ? "{}" : "}";
    }
    void open_array(std::uint64_t) { open('['); }
    void open_object(std::uint64_t) { open('{'); }
    void key(std::string_view key) noexcept {
        key_ = key;
        has_key_ = true;
    }
    void close() {
        out_ += keyed() ? '}' : ']';
        --depth_;
        first_ = false;
    }

private:
    bool keyed() const noexcept { return (objects_ & std::uint64_t{1} << (depth_ - 1)) != 0; }

    void open(char bracket) {
        separate();
        out_ += bracket;
        std::uint64_t const bit = std::uint64_t{1} << depth_++;
        objects_ = bracket == '{' ? objects_ | bit : objects_ & ~bit;
        first_ = true;
    }

    /// What stands before a value: a comma, and the key that waited to know whether it has one.
    void separate() {
        if (!first_)
            out_ += ',';
        first_ = false;
        if (has_key_) {
            quote(key_);
            out_ += ':';
            has_key_ = false;
        }
    }

    void token(std::string_view text) {
        separate();
        out_ += text;
    }

    void quote(std::string_view text) {
        out_ += '"';
        append_json_escaped(out_, text);
        out_ += '"';
    }

    std::string& out_;
    std::string_view key_;
    bool has_key_ = false;
    bool first_ = true;
    bool complete_ = true;
    std::size_t depth_ = 0;
    std::uint64_t objects_ = 0; // one bit for each open container, outermost lowest
};

} // namespace unisono::inline v0::detail
