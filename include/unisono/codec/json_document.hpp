#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/json_value.hpp>
#include <unisono/core/result.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace unisono::inline v0::json {

/// What a text may cost at most. Memory grows with what is there, never with what is announced: at most
/// 24 bytes for each value plus three times the size of the text.
struct limits {
    std::size_t size = 1024 * 1024; ///< bytes of the text (4 GiB - 1 at most)
    std::size_t depth = 32;         ///< arrays and objects inside one another
    std::size_t values = 65'536;    ///< values of every kind, keys included
};

/// A parsed and validated text (RFC 8259) that owns its bytes. Copies share them; thread safety as for any
/// immutable value: distinct copies may be read from any thread.
class document {
public:
    /// The outermost value. Valid as long as a copy of the document lives.
    value root() const noexcept { return {*tape_, 0}; }

private:
    friend result<document> parse(std::string_view text, limits const& limit);
    explicit document(std::shared_ptr<detail::json_tape const> tape) noexcept : tape_(std::move(tape)) {}

    std::shared_ptr<detail::json_tape const> tape_;
};

/// Parses a copy of `text`, which holds one value and whitespace. Runs in O(n log n) time, without recursion.
///
/// Errors: codec_error::invalid_json, trailing_bytes, invalid_utf8 (also unpaired surrogate escapes),
/// duplicate_key (in any object, compared unescaped), too_deep, too_large (size, number of values, a number
/// longer than 40 characters or 4 digits of exponent), number_overflow (beyond the range of double).
result<document> parse(std::string_view text, limits const& limit = {});

} // namespace unisono::inline v0::json

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/impl/json_document.ipp>
#endif
