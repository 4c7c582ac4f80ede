#pragma once

#include <unisono/codec/detail/json_prescan.hpp>
#include <unisono/codec/detail/json_tape_builder.hpp>
#include <unisono/codec/detail/rapidjson.hpp>
#include <unisono/codec/json_document.hpp>
#include <unisono/core/config.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace unisono::inline v0::detail {

UNISONO_DECL codec_error json_error(RAPIDJSON_NAMESPACE::ParseErrorCode code, codec_error refused) noexcept {
    switch (code) {
    case RAPIDJSON_NAMESPACE::kParseErrorTermination:
        return refused;
    case RAPIDJSON_NAMESPACE::kParseErrorDocumentRootNotSingular:
        return codec_error::trailing_bytes;
    case RAPIDJSON_NAMESPACE::kParseErrorStringInvalidEncoding:
    case RAPIDJSON_NAMESPACE::kParseErrorStringUnicodeSurrogateInvalid:
        return codec_error::invalid_utf8;
    case RAPIDJSON_NAMESPACE::kParseErrorNumberTooBig:
        return codec_error::number_overflow;
    default:
        return codec_error::invalid_json;
    }
}

/// Reads `tape.source` and fills in the rest.
UNISONO_DECL result<void> json_fill(json_tape& tape, std::size_t max_nodes) {
    using namespace RAPIDJSON_NAMESPACE;
    constexpr unsigned flags = kParseIterativeFlag | kParseValidateEncodingFlag | kParseNumbersAsStringsFlag;

    // Bounded: the reader stops at a NUL, and of unbounded text 1.1.0 reads past the end when validating.
    MemoryStream stream{tape.source.data(), tape.source.size()};
    json_tape_builder handler{tape, stream, max_nodes};
    GenericReader<UTF8<>, UTF8<>> reader;
    try {
        ParseResult const parsed = reader.Parse<flags>(stream, handler);
        if (parsed.IsError())
            return json_error(parsed.Code(), handler.error());
    } catch (rapidjson_assertion const&) {
        return codec_error::invalid_json;
    }
    if (stream.Tell() != tape.source.size())
        return codec_error::trailing_bytes;
    return {};
}

} // namespace unisono::inline v0::detail

namespace unisono::inline v0::json {

UNISONO_DECL result<document> parse(std::string_view text, limits const& limit) {
    // Offsets on the tape have 32 bits.
    if (text.size() > std::min<std::size_t>(limit.size, std::numeric_limits<std::uint32_t>::max()))
        return codec_error::too_large;
    if (auto scanned = detail::json_prescan(text, limit.depth); !scanned)
        return scanned.error();
    auto tape = std::make_shared<detail::json_tape>();
    tape->source = text;
    if (auto filled = detail::json_fill(*tape, limit.values); !filled)
        return filled.error();
    return document{std::move(tape)};
}

} // namespace unisono::inline v0::json
